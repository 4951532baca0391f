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

func TestTenTakesOfOneSpoolHaveOneWinner(t *testing.T) {
	t.Parallel()
	const rounds, racers = 1000, 10
	client := dial(t, redistest.Start(t).URL())
	stores := make([]*locks.Locks, racers)
	for i := range stores {
		stores[i] = locks.New(client, locks.Options{Site: "race"})
	}
	if err := stores[0].Restore(t.Context(), nil, 0); err != nil {
		t.Fatal(err)
	}
	var fence int64
	for round := range rounds {
		out := make([]occupation.Outcome, racers)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i, store := range stores {
			in := occupation.Intent{
				Event: fmt.Sprintf("e-%d-%d", round, i), Kind: occupation.Take, Key: fmt.Sprint("A-", round), Tag: "a",
				Operation: occupation.ARM, Worker: occupation.Holder{ID: 90 + i, Name: fmt.Sprint("worker ", i)}, TTL: time.Hour,
			}
			wg.Go(func() {
				<-start
				o, err := store.Intend(t.Context(), fmt.Sprint("replica-", i), []occupation.Intent{in})
				if err != nil {
					t.Error(err)
					return
				}
				out[i] = o[0]
			})
		}
		close(start)
		wg.Wait()
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
