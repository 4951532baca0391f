package locks_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
)

// Somebody takes a pause back with several taps while others take the spool and a
// supervisor stops it, each at another replica: one of them all has it.
func TestTakingBackAgainstTakesAndAStop(t *testing.T) {
	t.Parallel()
	stores := replicas(t, "revert")
	send := func(i int, in occupation.Intent) occupation.Outcome {
		o, err := stores[i].Intend(t.Context(), fmt.Sprint("replica-", i), []occupation.Intent{in})
		if err != nil {
			t.Error(err)
			return occupation.Outcome{}
		}
		return o[0]
	}
	land := func(o occupation.Outcome) {
		id := "c-" + o.Intent.Event
		commit := occupation.Commit{ID: id, Stamp: 1, Plan: []byte("p"), Changes: []occupation.Change{{Intent: o.Intent}}}
		if b, err := stores[0].Bind(t.Context(), "replica-0", commit); err != nil || len(b.Stale) > 0 {
			t.Fatalf("bind: %+v %v", b, err)
		}
		if _, err := stores[0].Settle(t.Context(), id, []string{o.Intent.Event}, nil); err != nil {
			t.Fatal(err)
		}
	}
	mine := occupation.Holder{ID: 90, Name: "worker 0"}
	won := map[occupation.Kind]int{}
	for round := range 300 {
		key := fmt.Sprint("A-", round)
		intent := func(i int, kind occupation.Kind, who occupation.Holder) occupation.Intent {
			return occupation.Intent{
				Event: fmt.Sprintf("%s-%d-%d", kind, round, i), Kind: kind, Key: key, Tag: "a", Operation: occupation.ARM, Worker: who, TTL: time.Hour,
			}
		}
		land(send(0, intent(0, occupation.Take, mine)))
		paused := send(0, intent(0, occupation.Pause, mine))
		land(paused)
		out := make([]occupation.Outcome, len(stores))
		race(stores, func(i int, _ *locks.Locks) {
			in := intent(10+i, occupation.Take, occupation.Holder{ID: 90 + i, Name: fmt.Sprint("worker ", i)})
			switch i % 5 {
			case 0, 1, 2:
				in.Kind, in.Worker, in.Undoes, in.Fence = occupation.Revert, mine, occupation.Pause, paused.Intent.Fence
			case 3:
				in.Kind, in.OnFree = occupation.Retain, true
			}
			out[i] = send(i, in)
		})
		var winner occupation.Lock
		for _, o := range out {
			if o.Verdict != occupation.Accepted {
				continue
			}
			if winner.Fence != 0 {
				t.Fatalf("round %d: two have it: %+v and %+v", round, winner, o.Lock)
			}
			winner = o.Lock
			won[o.Intent.Kind]++
		}
		if winner.Fence <= paused.Intent.Fence {
			t.Fatalf("round %d: fence %d after %d", round, winner.Fence, paused.Intent.Fence)
		}
	}
	t.Logf("won: %v", won)
}
