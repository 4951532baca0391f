package locks_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// tripHook lists the commands that a client sends.
type tripHook struct {
	mu    sync.Mutex
	names []string
}

func (h *tripHook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h *tripHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		h.mu.Lock()
		h.names = append(h.names, cmd.Name())
		h.mu.Unlock()
		return next(ctx, cmd)
	}
}

func (h *tripHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.mu.Lock()
		h.names = append(h.names, "pipeline")
		h.mu.Unlock()
		return next(ctx, cmds)
	}
}

func (h *tripHook) take() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.names
	h.names = nil
	return out
}

func TestFiftySpoolsAreThreeRoundTrips(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"redis-server": redistest.Start(t).URL(), "cluster": redistest.StartCluster(t).URL()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := dial(t, url)
			store := locks.New(client, locks.Options{Site: "trips"})
			seed(t, store, 0)
			warm(t, store)
			trips := &tripHook{}
			client.AddHook(trips)
			intents := make([]occupation.Intent, occupation.MaxBatch)
			for i := range intents {
				intents[i] = take(fmt.Sprint("e", i), fmt.Sprint("A-", i))
			}
			out, err := store.Intend(t.Context(), "replica-1", intents)
			if err != nil {
				t.Fatal(err)
			}
			commit := occupation.Commit{ID: "c1", Stamp: 1, Plan: make([]byte, 64<<10)}
			for _, o := range out {
				commit.Changes = append(commit.Changes, occupation.Change{Intent: o.Intent})
			}
			if b, err := store.Bind(t.Context(), "replica-1", commit); err != nil || b.Sent.IsZero() {
				t.Fatalf("bound %+v, %v", b, err)
			}
			if err := store.Settle(t.Context(), "c1", commit.Events(), nil); err != nil {
				t.Fatal(err)
			}
			if got := trips.take(); !slices.Equal(got, []string{"evalsha", "evalsha", "evalsha"}) {
				t.Errorf("round trips %v, want three scripts", got)
			}
			snap, err := store.Snapshot(t.Context())
			if err != nil || len(snap.Locks) != occupation.MaxBatch+1 {
				t.Errorf("%d locks, %v; want 51", len(snap.Locks), err)
			}
		})
	}
}

func TestTheQuotaIsSpread(t *testing.T) {
	t.Parallel()
	h := openMini(t)
	store := h.Locks.(*locks.Locks)
	seed(t, store, 0)
	o := intend(t, store, take("e1", "A-1"), occupation.Accepted)
	var sent []time.Time
	var longest, waited time.Duration
	free := 0
	for waited < 4*time.Minute {
		b, err := store.Bind(t.Context(), "replica-1", occupation.Commit{ID: fmt.Sprint("c", len(sent)), Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}})
		if err != nil {
			t.Fatal(err)
		}
		if b.Wait > 0 {
			if free == 0 {
				free = len(sent)
			}
			longest = max(longest, b.Wait)
			waited += b.Wait
			h.Advance(b.Wait)
			continue
		}
		if sent = append(sent, b.Sent); len(sent) > 55 && b.Sent.Sub(sent[len(sent)-56]) < time.Minute {
			t.Fatalf("56 writes within %v", b.Sent.Sub(sent[len(sent)-56]))
		}
	}
	if free < 40 {
		t.Errorf("only %d writes without waiting, want 40", free)
	}
	if longest > 5*time.Second {
		t.Errorf("somebody waits %v, want 5s at most", longest)
	}
	if len(sent) < 4*50 {
		t.Errorf("%d writes in four minutes, want 200 at least", len(sent))
	}
}
