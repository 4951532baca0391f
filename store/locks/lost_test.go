package locks_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// The client sends a call again after a broken line. The first sending may have
// been carried out: the second must not do it again, and must answer the same.
func TestACallSentAgainIsOneCall(t *testing.T) {
	t.Parallel()
	client, armed := deafClient(t, redistest.Start(t).Addr(), 2)
	store := locks.New(client, locks.Options{Site: "lost"})
	seed(t, store, 0)
	warm(t, store)

	armed.Store(1)
	o := intend(t, store, take("e1", "A-1"), occupation.Accepted)
	if o.Intent.Fence != 2 || o.Lock.State != occupation.Pending || o.Intent.Deadline.IsZero() {
		t.Errorf("taken as %+v, lock %+v, want fence 2", o.Intent, o.Lock)
	}
	commit := occupation.Commit{ID: "c1", Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}}
	armed.Store(1)
	if b, err := store.Bind(t.Context(), "replica-1", commit); err != nil || b.Sent.IsZero() || b.Wait > 0 {
		t.Errorf("bound %+v, %v", b, err)
	}
	if n := client.ZCard(t.Context(), "{spoolbot:lost}:quota").Val(); n != 2 {
		t.Errorf("%d writes taken, want 2", n)
	}
	armed.Store(1)
	if err := store.Settle(t.Context(), "c1", []string{"e1"}, nil); err != nil {
		t.Error(err)
	}
	armed.Store(1)
	if first, err := store.First(t.Context(), []string{"event-1", "envelope-1"}, time.Minute); !first || err != nil {
		t.Errorf("first %v, %v: the only delivery is taken for a replay", first, err)
	}
	if armed.Load() != 0 {
		t.Error("no answer was lost")
	}
}

// warm makes the server know the scripts.
func warm(t *testing.T, store *locks.Locks) {
	t.Helper()
	o := intend(t, store, take("warm", "WARM"), occupation.Accepted)
	if _, err := store.Bind(t.Context(), "replica-1", occupation.Commit{ID: "warm", Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}}); err != nil {
		t.Fatal(err)
	}
	if err := store.Settle(t.Context(), "warm", []string{"warm"}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := store.First(t.Context(), []string{"warm"}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Claim(t.Context(), "replica-1"); err != nil {
		t.Fatal(err)
	}
}

func TestALostClaimIsNotLost(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client, armed := deafClient(t, server.Addr(), -1)
	store := locks.New(client, locks.Options{Site: "lost"})
	seed(t, store, 0)
	warm(t, store)
	intend(t, locks.New(client, locks.Options{Site: "lost"}), take("e1", "A-1"), occupation.Accepted)
	if err := store.Beat(t.Context(), "replica-2", time.Hour); err != nil {
		t.Fatal(err)
	}
	armed.Store(1)
	if left, err := store.Claim(t.Context(), "replica-2"); err == nil {
		t.Fatalf("claimed %+v over a broken line", left)
	}
	for want := 1; want >= 0; want-- { // it comes, and only once
		left, err := store.Claim(t.Context(), "replica-2")
		if err != nil || len(left) != want {
			t.Errorf("claimed %+v, %v; want %d", left, err, want)
		}
	}
}
