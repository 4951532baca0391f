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
	if _, err := store.Settle(t.Context(), "c1", []string{"e1"}, nil); err != nil {
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

// What a call takes off is told again to the call that is sent again, and to no
// other.
func TestWhatALostAnswerToldIsToldAgain(t *testing.T) {
	t.Parallel()
	client, armed := deafClient(t, redistest.Start(t).Addr(), 2)
	store := locks.New(client, locks.Options{Site: "lost"})
	seed(t, store, 0)
	warm(t, store)
	held := func(event, key string, ttl time.Duration) occupation.Lock {
		t.Helper()
		in := take(event, key)
		in.TTL = ttl
		o := intend(t, store, in, occupation.Accepted)
		settle(t, store, event)
		return o.Lock
	}
	due := func() occupation.Due {
		out, err := store.Due(t.Context(), []time.Duration{2 * time.Hour}, 0)
		if err != nil {
			t.Error(err)
		}
		return out
	}
	offer := func(id, key string, lasts time.Duration) occupation.Offer {
		replaced, err := store.Offer(t.Context(), occupation.Offer{ID: id, Key: key, Tag: key, To: occupation.Holder{ID: 94}, Lasts: lasts})
		if err != nil {
			t.Error(err)
		}
		return replaced
	}
	var upTo int64
	for _, c := range []struct {
		name    string
		prepare func()
		told    func() int
	}{
		{"a warning", func() { held("e1", "A-1", time.Hour) }, func() int { return len(due().Warnings) }},
		{"the end of a grace", func() {
			late := held("e2", "A-2", -time.Second)
			in := take("x2", "A-2")
			in.Kind, in.Fence, in.Grace = occupation.Expire, late.Fence, -time.Second
			intend(t, store, in, occupation.Accepted)
			settle(t, store, "x2")
		}, func() int { return len(due().Ended) }},
		{"a turn", func() {
			held("e3", "A-3", time.Hour)
			if place, err := store.Wait(t.Context(), occupation.Waiting{Key: "A-3", Tag: "A-3", Worker: 94}); err != nil || place != 1 {
				t.Fatalf("waits at %d, %v", place, err)
			}
			pause := take("p3", "A-3")
			pause.Kind = occupation.Pause
			intend(t, store, pause, occupation.Accepted)
			settle(t, store, "p3")
		}, func() int {
			turns, err := store.Turns(t.Context())
			if err != nil {
				t.Error(err)
			}
			return len(turns)
		}},
		{"an answer", func() { offer("o1", "A-4", time.Hour) }, func() int {
			o, ok, err := store.Answered(t.Context(), "o1", 94)
			if err != nil || ok != (o.ID == "o1") {
				t.Errorf("answered %+v, %v, %v", o, ok, err)
			}
			return len(o.ID) / 2
		}},
		{"an offer that nobody answered", func() { offer("o2", "A-5", -time.Second) }, func() int {
			over, err := store.Unanswered(t.Context())
			if err != nil {
				t.Error(err)
			}
			return len(over)
		}},
		{"an offer that was replaced", func() { offer("o3", "A-6", time.Hour) }, func() int {
			if o := offer("o4", "A-6", time.Hour); o.ID == "o3" {
				return 1
			}
			return 0
		}},
		{"a stretch of a job", func() { upTo = 9 }, func() int {
			last, ok, err := store.Advance(t.Context(), "job", time.UnixMilli(1+upTo))
			if err != nil || upTo > 0 && ok && last.UnixMilli() != 1 {
				t.Errorf("from %v, %v, %v", last, ok, err)
			}
			if ok {
				return 1
			}
			return 0
		}},
	} {
		c.told() // the server knows the script now
		c.prepare()
		armed.Store(1)
		for want := 1; want >= 0; want-- {
			if n := c.told(); n != want {
				t.Errorf("%s is told %d times, want %d", c.name, n, want)
			}
			if armed.Load() != 0 {
				t.Errorf("%s: no answer was lost", c.name)
			}
		}
	}
}

// The lease is the replica's, whether its answer comes at the first sending or
// not, and an extension is accepted.
func TestOtherCallsSentAgain(t *testing.T) {
	t.Parallel()
	client, armed := deafClient(t, redistest.Start(t).Addr(), 2)
	store := locks.New(client, locks.Options{Site: "lost"})
	seed(t, store, 0)
	warm(t, store)
	lead := func(name string) {
		t.Helper()
		if leads, err := store.Lead(t.Context(), name, "replica-1", time.Hour); !leads || err != nil {
			t.Errorf("leads %v, %v", leads, err)
		}
	}
	lead("warm")
	more := take("x0", "WARM")
	more.Kind, more.Until = occupation.Extend, time.Now().Add(2*time.Hour)
	intend(t, store, more, occupation.Accepted)
	armed.Store(1)
	lead("jobs")
	count := func() {
		t.Helper()
		if err := store.Count(t.Context(), map[string]int{"takes": 1}); err != nil {
			t.Error(err)
		}
	}
	count()
	armed.Store(1)
	count()
	if sums, err := store.Counted(t.Context(), time.Hour); err != nil || sums["takes"] != 2 {
		t.Errorf("counted %v, %v; want 2 takes", sums, err)
	}
	armed.Store(1)
	more.Event, more.Until = "x1", more.Until.Add(time.Hour)
	o := intend(t, store, more, occupation.Accepted)
	if !o.Lock.Deadline.Equal(o.Intent.Deadline) || o.Intent.Deadline.UnixMilli() != more.Until.UnixMilli() {
		t.Errorf("extended as %+v, lock %+v", o.Intent, o.Lock)
	}
	if armed.Load() != 0 {
		t.Error("no answer was lost")
	}
}

// warm makes the server know the scripts.
func warm(t *testing.T, store *locks.Locks) {
	t.Helper()
	intend(t, store, take("warm", "WARM"), occupation.Accepted)
	settle(t, store, "warm")
	if _, err := store.First(t.Context(), []string{"warm"}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Claim(t.Context(), "replica-1", nil); err != nil {
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
	if left, err := store.Claim(t.Context(), "replica-2", nil); err == nil {
		t.Fatalf("claimed %+v over a broken line", left)
	}
	for want := 1; want >= 0; want-- { // it comes, and only once
		left, err := store.Claim(t.Context(), "replica-2", nil)
		if err != nil || len(left) != want {
			t.Errorf("claimed %+v, %v; want %d", left, err, want)
		}
	}
}

// What a claim with a lost answer took over, and what has been bound since, is on
// its way: the next claim leaves it alone.
func TestALostClaimOfWhatIsBoundSince(t *testing.T) {
	t.Parallel()
	client, armed := deafClient(t, redistest.Start(t).Addr(), -1)
	store := locks.New(client, locks.Options{Site: "lost"})
	seed(t, store, 0)
	warm(t, store)
	if err := store.Beat(t.Context(), "replica-1", time.Hour); err != nil {
		t.Fatal(err)
	}
	more := take("x1", "WARM")
	more.Kind, more.Until = occupation.Extend, time.Now().Add(2*time.Hour)
	o := intend(t, store, more, occupation.Accepted)
	armed.Store(1)
	if left, err := store.Claim(t.Context(), "replica-1", nil); err == nil {
		t.Fatalf("claimed %+v over a broken line", left)
	}
	commit := occupation.Commit{ID: "c1", Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}}
	if b, err := store.Bind(t.Context(), "replica-1", commit); err != nil || b.Sent.IsZero() {
		t.Fatalf("bound %+v, %v", b, err)
	}
	if left, err := store.Claim(t.Context(), "replica-1", nil); err != nil || len(left) > 0 {
		t.Errorf("claimed %+v, %v: it is on its way", left, err)
	}
}
