package locks_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/anishathalye/porcupine"
	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// step is one call about one spool in a history.
type step struct {
	op     string // "take", "pause", "settle", "undo"
	key    string
	worker int
	event  string
}

// answer is what a call said.
type answer struct {
	verdict occupation.Verdict
	fence   int64
	holder  int
}

// spoolState is a spool in the model: who has it, how, and the highest fence.
type spoolState struct {
	holder int
	fence  int64
	state  occupation.LockState
	event  string
}

// spoolModel says what each call may answer, one spool at a time.
func spoolModel() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byKey := map[string][]porcupine.Operation{}
			for _, o := range history {
				key := o.Input.(step).key
				byKey[key] = append(byKey[key], o)
			}
			var out [][]porcupine.Operation
			for _, part := range byKey {
				out = append(out, part)
			}
			return out
		},
		Init: func() any { return spoolState{} },
		Step: func(state, input, output any) (bool, any) {
			return next(state.(spoolState), input.(step), output.(answer))
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
		DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
	}
}

func next(s spoolState, in step, out answer) (bool, spoolState) {
	mine, passing := s.holder == in.worker, s.state == occupation.Pending || s.state == occupation.Finishing
	names := out.holder == s.holder && out.fence == s.fence
	switch {
	case in.op == "take" && s.holder == 0:
		return out.verdict == occupation.Accepted && out.fence > s.fence,
			spoolState{in.worker, out.fence, occupation.Pending, in.event}
	case in.op == "take" && !mine:
		return out.verdict == occupation.Occupied && names, s
	case in.op == "take" && passing:
		return out.verdict == occupation.Busy && names, s
	case in.op == "take":
		return out.verdict == occupation.Already && names, s
	case in.op == "pause" && s.holder == 0:
		return out.verdict == occupation.Free, s
	case in.op == "pause" && !mine:
		return out.verdict == occupation.NotYours && names, s
	case in.op == "pause" && passing:
		return out.verdict == occupation.Busy && names, s
	case in.op == "pause":
		return out.verdict == occupation.Accepted && names, spoolState{s.holder, s.fence, occupation.Finishing, in.event}
	}
	// Only the one whose intent was accepted settles or undoes it.
	held := (in.op == "settle") == (s.state == occupation.Pending)
	after := spoolState{fence: s.fence}
	if held {
		after = spoolState{s.holder, s.fence, occupation.Held, ""}
	}
	return s.event == in.event, after
}

func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	t.Run("redis-server", func(t *testing.T) {
		t.Parallel()
		checkHistory(t, dial(t, redistest.Start(t).URL()), 150)
	})
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		checkHistory(t, dial(t, "redis://"+miniredis.RunT(t).Addr()), 40)
	})
}

// checkHistory lets eight clients take and pause three spools and checks that
// their answers fit one order of events.
func checkHistory(t *testing.T, client redis.UniversalClient, rounds int) {
	site := locks.Options{Site: "history", WriteQuota: 1 << 30}
	if err := locks.New(client, site).Restore(t.Context(), nil, 0); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var mu sync.Mutex
	var history []porcupine.Operation
	var wg sync.WaitGroup
	for id := range 8 {
		c := &historian{T: t, id: id, store: locks.New(client, site), began: began, random: rand.New(rand.NewPCG(7, uint64(id)))}
		wg.Go(func() {
			for i := range rounds {
				c.round(i)
			}
			mu.Lock()
			defer mu.Unlock()
			history = append(history, c.history...)
		})
	}
	wg.Wait()
	if verdict := porcupine.CheckOperationsTimeout(spoolModel(), history, 30*time.Second); verdict != porcupine.Ok {
		t.Errorf("%d calls: the history is %v", len(history), verdict)
	}
}

// historian is one client and what it has seen. Two of them act for one worker.
type historian struct {
	*testing.T
	id      int
	store   *locks.Locks
	began   time.Time
	random  *rand.Rand
	history []porcupine.Operation
}

func (h *historian) round(i int) {
	worker, replica := 1+h.id/2, fmt.Sprint("replica-", h.id)
	in := occupation.Intent{
		Event: fmt.Sprintf("e-%d-%d", h.id, i), Kind: occupation.Take, Key: fmt.Sprint("A-", h.random.IntN(3)), Tag: "a",
		Operation: occupation.ARM, Worker: occupation.Holder{ID: worker}, TTL: time.Hour,
	}
	s := step{op: "take", key: in.Key, worker: worker, event: in.Event}
	if h.random.IntN(2) == 0 {
		in.Kind, s.op = occupation.Pause, "pause"
	}
	var got answer
	h.record(s, func() answer {
		out, err := h.store.Intend(h.Context(), replica, []occupation.Intent{in})
		if err != nil {
			h.Error(err)
			return got
		}
		got = answer{out[0].Verdict, out[0].Lock.Fence, out[0].Lock.Holder.ID}
		return got
	})
	if got.verdict != occupation.Accepted {
		return
	}
	s.op = "settle"
	end := func(commit string) error { return h.store.Settle(h.Context(), commit, []string{in.Event}, nil) }
	if h.random.IntN(4) == 0 {
		s.op = "undo"
		end = func(commit string) error { return h.store.Undo(h.Context(), commit, []string{in.Event}) }
	}
	commit := occupation.Commit{ID: "c-" + in.Event, Stamp: 1, Changes: []occupation.Change{{Intent: in}}}
	if b, err := h.store.Bind(h.Context(), replica, commit); err != nil || b.Sent.IsZero() {
		h.Errorf("bind: %+v, %v", b, err)
	}
	h.record(s, func() answer {
		if err := end(commit.ID); err != nil {
			h.Error(err)
		}
		return answer{}
	})
}

func (h *historian) record(s step, call func() answer) {
	from := time.Since(h.began)
	out := call()
	h.history = append(h.history, porcupine.Operation{
		ClientId: h.id, Input: s, Call: from.Nanoseconds(), Output: out, Return: time.Since(h.began).Nanoseconds(),
	})
}
