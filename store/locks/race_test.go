package locks_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// race lets ten replicas do something at the same time.
func race(stores []*locks.Locks, do func(i int, store *locks.Locks)) {
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, store := range stores {
		wg.Go(func() {
			<-start
			do(i, store)
		})
	}
	close(start)
	wg.Wait()
}

// replicas are ten stores of one site on a server of its own.
func replicas(t *testing.T, site string) []*locks.Locks {
	client := dial(t, redistest.Start(t).URL())
	stores := make([]*locks.Locks, 10)
	for i := range stores {
		stores[i] = locks.New(client, locks.Options{Site: site, WriteQuota: 1 << 30})
	}
	seed(t, stores[0], 0)
	return stores
}

func TestTenTakesOfOneSpoolHaveOneWinner(t *testing.T) {
	t.Parallel()
	stores := replicas(t, "race")
	var fence int64
	for round := range 1000 {
		out := make([]occupation.Outcome, len(stores))
		race(stores, func(i int, store *locks.Locks) {
			in := occupation.Intent{
				Event: fmt.Sprintf("e-%d-%d", round, i), Kind: occupation.Take, Key: fmt.Sprint("A-", round), Tag: "a",
				Operation: occupation.ARM, Worker: occupation.Holder{ID: 90 + i, Name: fmt.Sprint("worker ", i)}, TTL: time.Hour,
			}
			o, err := store.Intend(t.Context(), fmt.Sprint("replica-", i), []occupation.Intent{in})
			if err != nil {
				t.Error(err)
				return
			}
			out[i] = o[0]
		})
		winner := winnerOf(t, out)
		if winner.Fence <= fence {
			t.Fatalf("round %d: fence %d after %d", round, winner.Fence, fence)
		}
		fence = winner.Fence
	}
}

// winnerOf wants one accepted take and all others occupied by its worker.
func winnerOf(t *testing.T, out []occupation.Outcome) occupation.Lock {
	t.Helper()
	var winner occupation.Lock
	for i, o := range out {
		if o.Verdict == occupation.Accepted {
			if winner.Fence != 0 {
				t.Fatalf("two winners: %+v and %+v", winner, o.Lock)
			}
			if winner = o.Lock; winner.Holder.ID != 90+i {
				t.Fatalf("worker %d has won a lock of %+v", 90+i, winner.Holder)
			}
		}
	}
	if winner.Fence == 0 {
		t.Fatalf("nobody has won: %+v", out)
	}
	for _, o := range out {
		if o.Verdict != occupation.Accepted && (o.Verdict != occupation.Occupied || o.Lock.Holder != winner.Holder) {
			t.Fatalf("%s by %+v, want occupied by %+v", o.Verdict, o.Lock.Holder, winner.Holder)
		}
	}
	return winner
}

// Any number of replicas may sweep: each thing is told to one of them.
func TestOfManySweepsEachThingIsToldOnce(t *testing.T) {
	t.Parallel()
	stores := replicas(t, "sweeps")
	store := stores[0]
	const spools = 20
	for i := range spools {
		key := fmt.Sprint("A-", i)
		intend(t, store, take("taken-"+key, key), occupation.Accepted)
		settle(t, store, "taken-"+key)
		if place, err := store.Wait(t.Context(), occupation.Waiting{Key: key, Tag: key, Worker: 94}); err != nil || place != 1 {
			t.Fatalf("waits at %d, %v", place, err)
		}
		o := occupation.Offer{ID: "o-" + key, Key: key, Tag: key, To: occupation.Holder{ID: 94}, Lasts: 0}
		if _, err := store.Offer(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	told := map[string]int{}
	count := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		told[what]++
	}
	race(stores, func(_ int, store *locks.Locks) {
		due, err := store.Due(t.Context(), []time.Duration{2 * time.Hour}, time.Minute)
		if err != nil {
			t.Error(err)
		}
		for _, w := range due.Warnings {
			count("warning of " + w.Lock.Key)
		}
	})
	for i := range spools {
		key := fmt.Sprint("A-", i)
		pause := take("paused-"+key, key)
		pause.Kind = occupation.Pause
		intend(t, store, pause, occupation.Accepted)
		settle(t, store, "paused-"+key)
	}
	race(stores, func(i int, store *locks.Locks) {
		turns, err := store.Turns(t.Context())
		if err != nil {
			t.Error(err)
		}
		for _, turn := range turns {
			count("turn of " + turn.Key)
		}
		if i%2 == 0 {
			over, err := store.Unanswered(t.Context())
			if err != nil {
				t.Error(err)
			}
			for _, o := range over {
				count(o.ID)
			}
			return
		}
		for i := range spools {
			if o, ok, err := store.Answered(t.Context(), fmt.Sprint("o-A-", i), 94); err != nil || ok {
				t.Errorf("%+v was answered, although its time is over: %v", o, err)
			}
		}
	})
	for i := range spools {
		key := fmt.Sprint("A-", i)
		for _, what := range []string{"warning of " + key, "turn of " + key, "o-" + key} {
			if told[what] != 1 {
				t.Errorf("%s is told %d times", what, told[what])
			}
		}
	}
}
