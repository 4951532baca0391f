package locks_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

func take(event, key string) occupation.Intent {
	return occupation.Intent{
		Event: event, Kind: occupation.Take, Key: key, Tag: key, Operation: occupation.ARM,
		Worker: occupation.Holder{ID: 93, Name: "Mauricio", Label: "M(93)"}, TTL: time.Hour, Grace: time.Minute,
	}
}

// intend sends one intent and wants the verdict.
func intend(t *testing.T, store *locks.Locks, in occupation.Intent, want occupation.Verdict) occupation.Outcome {
	t.Helper()
	out, err := store.Intend(t.Context(), "replica-1", []occupation.Intent{in})
	if err != nil {
		t.Fatal(err)
	}
	if out[0].Verdict != want {
		t.Fatalf("%s of %s: %s, want %s", in.Kind, in.Key, out[0].Verdict, want)
	}
	return out[0]
}

// settle brings an intent of replica-1 to its end.
func settle(t *testing.T, store *locks.Locks, event string) {
	t.Helper()
	commit := occupation.Commit{ID: "c-" + event, Stamp: 1, Changes: []occupation.Change{{Intent: occupation.Intent{Event: event}}}}
	if b, err := store.Bind(t.Context(), "replica-1", commit); err != nil || b.Sent.IsZero() {
		t.Fatalf("bound %+v, %v", b, err)
	}
	if lost, err := store.Settle(t.Context(), commit.ID, []string{event}, nil); err != nil || len(lost) > 0 {
		t.Fatalf("settled, and lost %q, %v", lost, err)
	}
}

func seed(t *testing.T, store *locks.Locks, fence int64) {
	t.Helper()
	if err := occupationtest.Seed(t.Context(), store, nil, fence); err != nil {
		t.Fatal(err)
	}
}

func TestScriptsComeBackAfterARestart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.AOF)
	client := dial(t, server.URL())
	store := newSite(client)
	seed(t, store, 0)
	first := intend(t, store, take("e1", "A-1"), occupation.Accepted)
	if err := client.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	intend(t, store, take("e2", "A-2"), occupation.Accepted)
	server.Restart(t)
	again := intend(t, store, take("e3", "A-1"), occupation.Busy)
	if again.Lock != first.Lock {
		t.Errorf("after the restart the lock is %+v, want %+v", again.Lock, first.Lock)
	}
	if o := intend(t, store, take("e4", "A-4"), occupation.Accepted); o.Intent.Fence != 3 {
		t.Errorf("fence %d, want 3", o.Intent.Fence)
	}
}

func TestFencesGoOnAfterEverythingIsLost(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	store := newSite(dial(t, server.URL()))
	seed(t, store, 0)
	var last int64
	for i := range 5 {
		last = intend(t, store, take(fmt.Sprint("e", i), fmt.Sprint("A-", i)), occupation.Accepted).Intent.Fence
	}
	server.Restart(t) // without AOF it is empty now
	if _, err := store.Intend(t.Context(), "replica-1", []occupation.Intent{take("e9", "A-9")}); !errors.Is(err, occupation.ErrUnseeded) {
		t.Fatalf("error %v, want ErrUnseeded", err)
	}
	held := occupation.Lock{Key: "A-1", Tag: "A-1", Holder: occupation.Holder{ID: 7}, Operation: occupation.ARM, Deadline: time.Now().Add(time.Hour)}
	if err := occupationtest.Seed(t.Context(), store, []occupation.Lock{held}, last); err != nil {
		t.Fatal(err)
	}
	o := intend(t, store, take("e9", "A-9"), occupation.Accepted)
	other := intend(t, store, take("e10", "A-1"), occupation.Occupied)
	if other.Lock.Fence != last+1 || o.Intent.Fence != last+2 {
		t.Errorf("fences %d and %d after %d", other.Lock.Fence, o.Intent.Fence, last)
	}
}

func TestAServerThatIsGoneIsAFault(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	store := newSite(dial(t, server.URL()))
	seed(t, store, 0)
	server.Stop()
	_, err := store.Intend(t.Context(), "replica-1", []occupation.Intent{take("e1", "A-1")})
	if err == nil || errors.Is(err, occupation.ErrUnseeded) {
		t.Errorf("error %v, want a fault", err)
	}
}

func TestAHungServerDoesNotHoldTheCaller(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts in the kernel and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	store := newSite(dial(t, "redis://"+l.Addr().String()))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := store.Snapshot(ctx); err == nil {
		t.Error("an answer from a hung server")
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("held for %v, although the time was 100ms", took)
	}
}

// deafConn loses the answer to whatever is written while it is armed: the
// server has carried it out, the client reads the end of the line.
type deafConn struct {
	net.Conn
	armed *atomic.Int32
	dead  bool
}

func (c *deafConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if err == nil && c.armed.Load() > 0 {
		c.armed.Add(-1)
		c.dead = true
		if _, err := c.Conn.Read(make([]byte, 1)); err != nil { // it has answered
			return n, err
		}
		_ = c.Conn.Close()
	}
	return n, err
}

func (c *deafConn) Read(b []byte) (int, error) {
	if c.dead {
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(b)
	return n, err
}

// deafClient is a client that sends again as ParseURL's does, and a counter of the
// next answers that are to be lost.
func deafClient(t *testing.T, addr string, retries int) (*redis.Client, *atomic.Int32) {
	armed := new(atomic.Int32)
	c := redis.NewClient(&redis.Options{
		Addr: addr, MaxRetries: retries, PoolSize: 1, DisableIdentity: true, ContextTimeoutEnabled: true,
		Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return &deafConn{Conn: conn, armed: armed}, err
		},
	})
	t.Cleanup(func() { _ = c.Close() })
	return c, armed
}
