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
			if _, err := store.Settle(t.Context(), "c1", commit.Events(), nil); err != nil {
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

// Every other call is one round trip as well, however much there is.
func TestEveryCallIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	client := dial(t, redistest.StartCluster(t).URL())
	store := locks.New(client, locks.Options{Site: "trips"})
	seed(t, store, 0)
	trips := &tripHook{}
	client.AddHook(trips)
	for round := range 2 { // in the first the scripts are loaded
		var intents []occupation.Intent
		for i := range occupation.MaxBatch {
			intents = append(intents, take(fmt.Sprint("e", round, "-", i), fmt.Sprint("A-", round, "-", i)))
		}
		if _, err := store.Intend(t.Context(), "replica-1", intents); err != nil {
			t.Fatal(err)
		}
		for name, call := range calls(t, store) {
			trips.take()
			if err := call(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want := "evalsha"
			if name == "Told" {
				want = "pipeline" // of two, in one trip
			}
			if got := trips.take(); round > 0 && !slices.Equal(got, []string{want}) {
				t.Errorf("%s: round trips %v, want %s", name, got, want)
			}
		}
	}
}

// calls are the methods that answer for many spools or none, by name.
func calls(t *testing.T, store *locks.Locks) map[string]func() error {
	ctx, id := t.Context(), 0
	return map[string]func() error{
		"Beat":     func() error { return store.Beat(ctx, "replica-1", time.Hour) },
		"Calm":     func() error { return store.Calm(ctx, "replica-1") },
		"Claim":    func() error { _, err := store.Claim(ctx, "replica-1", nil); return err },
		"Snapshot": func() error { _, err := store.Snapshot(ctx); return err },
		"Restore":  func() error { return store.Restore(ctx, nil, 0) },
		"Drop":     func() error { return store.Drop(ctx, map[string]int64{"B-1": 9}) },
		"Seed":     func() error { return store.Seed(ctx, "replica-1", nil, 0) },
		"Undo":     func() error { return store.Undo(ctx, "", []string{"e9"}) },
		"Due": func() error {
			_, err := store.Due(ctx, []time.Duration{2 * time.Hour, time.Hour}, time.Minute)
			return err
		},
		"Wait": func() error {
			_, err := store.Wait(ctx, occupation.Waiting{Key: "A-0-0", Tag: "a", Worker: 94})
			return err
		},
		"Leave": func() error { return store.Leave(ctx, "A-0-0", 94) },
		"Waits": func() error { _, err := store.Waits(ctx); return err },
		"Turns": func() error { _, err := store.Turns(ctx); return err },
		"Offer": func() error {
			id++
			_, err := store.Offer(ctx, occupation.Offer{ID: fmt.Sprint("o", id), Key: "A-0-0"})
			return err
		},
		"Answered":   func() error { _, _, err := store.Answered(ctx, "o1", 94); return err },
		"Unanswered": func() error { _, err := store.Unanswered(ctx); return err },
		"News":       func() error { _, err := store.News(ctx, 0); return err },
		"Told":       func() error { return store.Told(ctx, "e1", "e2") },
		"Lead":       func() error { _, err := store.Lead(ctx, "jobs", "replica-1", time.Minute); return err },
		"Count":      func() error { return store.Count(ctx, map[string]int{"takes": 1}) },
		"Counted":    func() error { _, err := store.Counted(ctx, time.Hour); return err },
		"Advance":    func() error { _, _, err := store.Advance(ctx, "sweep", time.Now()); return err },
	}
}

// A sweep looks at what is near its deadline, and not at all locks.
func TestDueDoesNotLookAtAllLocks(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "far"})
	seed(t, store, 0)
	intend(t, store, take("e1", "A-1"), occupation.Accepted)
	client.Set(t.Context(), "{spoolbot:far}:lock:A-1", "unreadable", 0)
	if due, err := store.Due(t.Context(), []time.Duration{55 * time.Minute, time.Minute}, time.Minute); err != nil {
		t.Errorf("due %+v, %v: has looked at a lock with an hour left", due, err)
	}
	if due, err := store.Due(t.Context(), []time.Duration{55 * time.Minute, time.Minute}, 6*time.Minute); err == nil {
		t.Errorf("due %+v: has not looked at a lock that may be told with others", due)
	}
}

// A rush of ten seconds at the beginning of a shift takes a write every quarter of
// a second, as fast as the sheet answers: one more than are free.
func TestARushDoesNotWaitForTheQuota(t *testing.T) {
	t.Parallel()
	h := openMini(t)
	store := h.Locks.(*locks.Locks)
	seed(t, store, 0)
	o := intend(t, store, take("e1", "A-1"), occupation.Accepted)
	for n := range 41 {
		b, err := store.Bind(t.Context(), "replica-1", occupation.Commit{ID: fmt.Sprint("c", n), Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}})
		if err != nil || b.Wait > 0 {
			t.Fatalf("write %d after %v: %+v, %v; want no wait", n+1, time.Duration(n)*250*time.Millisecond, b, err)
		}
		h.Advance(250 * time.Millisecond)
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
