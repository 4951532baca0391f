package locks_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/anishathalye/porcupine"
	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// step is one call about one spool in a history.
type step struct {
	op     string // "take", "pause", "extend", "transfer", "settle", "undo"
	key    string
	worker int
	event  string
	from   int   // transfer: whose it is thought to be
	fence  int64 // transfer: and under which fence
	until  int64 // extend: ms
}

// answer is what a call said.
type answer struct {
	verdict  occupation.Verdict
	fence    int64
	holder   int
	deadline int64 // ms
}

// spoolState is a spool in the model: its lock, and the highest fence it had.
type spoolState struct {
	holder   int
	fence    int64
	highest  int64
	deadline int64
	state    occupation.LockState
	event    string
	before   *spoolState // what an undo of what is on its way brings back
	moves    []move      // extensions that have not ended
}

// move is an extension: the deadlines before and after it.
type move struct {
	event       string
	fence       int64
	from, until int64
}

func (s spoolState) equal(o spoolState) bool {
	return s.holder == o.holder && s.fence == o.fence && s.highest == o.highest && s.deadline == o.deadline &&
		s.state == o.state && s.event == o.event &&
		slices.Equal(s.moves, o.moves) && (s.before == o.before || s.before != nil && o.before != nil && s.before.equal(*o.before))
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
			s, in := state.(spoolState), input.(step)
			if in.op == "settle" || in.op == "undo" {
				return s.end(in)
			}
			return s.next(in, output.(answer))
		},
		Equal:             func(a, b any) bool { return a.(spoolState).equal(b.(spoolState)) },
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
		DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
	}
}

// next is the state after an intent, and whether it may be answered so.
func (s spoolState) next(in step, out answer) (bool, spoolState) {
	mine, passing := s.holder == in.worker, s.event != ""
	says := func(v occupation.Verdict) (bool, spoolState) {
		return out == answer{v, s.fence, s.holder, s.deadline}, s
	}
	begins := func() (bool, spoolState) {
		return out.verdict == occupation.Accepted && out.fence > s.highest && out.holder == in.worker, spoolState{
			holder: in.worker, fence: out.fence, highest: out.fence, deadline: out.deadline, state: occupation.Pending,
			event: in.event, before: s.prior(), moves: s.moves,
		}
	}
	switch {
	case in.op == "take" && s.holder == 0:
		return begins()
	case in.op == "take" && !mine:
		return says(occupation.Occupied)
	case in.op == "transfer" && s.holder == in.worker && !passing:
		return says(occupation.Already)
	case s.holder == 0:
		return says(occupation.Free)
	case in.op == "transfer" && s.holder != in.from, in.op != "transfer" && !mine:
		return says(occupation.NotYours)
	case in.op == "transfer" && s.fence != in.fence:
		return says(occupation.Stale)
	case passing:
		return says(occupation.Busy)
	case in.op == "take", in.op == "extend" && in.until <= s.deadline:
		return says(occupation.Already)
	case in.op == "transfer":
		return begins()
	case in.op == "extend":
		s.moves = append(slices.Clone(s.moves), move{in.event, s.fence, s.deadline, in.until})
		s.deadline = in.until
		return says(occupation.Accepted)
	default:
		ok, _ := says(occupation.Accepted)
		s.before = s.prior()
		s.state, s.event = occupation.Finishing, in.event
		return ok, s
	}
}

// prior is what an undo brings back, but for what goes on meanwhile.
func (s spoolState) prior() *spoolState {
	s.moves = nil
	return &s
}

// end is the state after the end of an intent. Only the one whose intent was
// accepted brings it to its end.
func (s spoolState) end(in step) (bool, spoolState) {
	if i := slices.IndexFunc(s.moves, func(m move) bool { return m.event == in.event }); i >= 0 {
		m := s.moves[i]
		unchanged := s.state == occupation.Held && s.holder != 0 && s.fence == m.fence && s.deadline == m.until
		if in.op == "undo" && unchanged {
			s.deadline = m.from
		}
		if in.op == "settle" || unchanged { // else its row stays owed, and nobody asks for it again
			s.moves = slices.Delete(slices.Clone(s.moves), i, i+1)
		}
		return true, s
	}
	if s.event != in.event {
		return false, s
	}
	after := spoolState{highest: s.highest, moves: s.moves}
	switch {
	case in.op == "settle" && s.state == occupation.Pending:
		after = s
		after.state, after.event, after.before = occupation.Held, "", nil
	case in.op == "undo":
		after = *s.before
		after.highest, after.moves = s.highest, s.moves
	}
	return true, after
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

// checkHistory lets eight clients act on three spools and checks that their
// answers fit one order of events.
func checkHistory(t *testing.T, client redis.UniversalClient, rounds int) {
	site := locks.Options{Site: "history", WriteQuota: 1 << 30}
	if err := occupationtest.Seed(t.Context(), locks.New(client, site), nil, 0); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var mu sync.Mutex
	var history []porcupine.Operation
	verdicts := map[string]int{}
	var wg sync.WaitGroup
	for id := range 8 {
		c := &historian{
			T: t, id: id, store: locks.New(client, site), began: began,
			random: rand.New(rand.NewPCG(7, uint64(id))), seen: map[string]answer{},
		}
		wg.Go(func() {
			for i := range rounds {
				c.round(i)
			}
			mu.Lock()
			defer mu.Unlock()
			history = append(history, c.history...)
			for _, o := range c.history {
				verdicts[o.Input.(step).op+" "+string(o.Output.(answer).verdict)]++
			}
		})
	}
	wg.Wait()
	if verdict := porcupine.CheckOperationsTimeout(spoolModel(), history, 30*time.Second); verdict != porcupine.Ok {
		t.Errorf("%d calls: the history is %v", len(history), verdict)
	}
	for _, op := range []string{"take", "pause", "extend", "transfer"} {
		if verdicts[op+" accepted"] == 0 {
			t.Errorf("no %s was accepted: %v", op, verdicts)
		}
	}
}

// historian is one client and what it has seen. Two of them act for one worker.
type historian struct {
	*testing.T
	id      int
	store   *locks.Locks
	began   time.Time
	random  *rand.Rand
	seen    map[string]answer // by spool: its lock as it was last told
	moved   []step            // extensions that are to be undone, some time later
	history []porcupine.Operation
}

func (h *historian) round(i int) {
	if len(h.moved) > 0 && h.random.IntN(2) == 0 {
		h.finish(h.moved[0], "") // what was bound would only be unbound
		h.moved = h.moved[1:]
	}
	worker, replica := 1+h.id/2, fmt.Sprint("replica-", h.id)
	in := occupation.Intent{
		Event: fmt.Sprintf("e-%d-%d", h.id, i), Key: fmt.Sprint("A-", h.random.IntN(3)), Tag: "a",
		Operation: occupation.ARM, Worker: occupation.Holder{ID: worker}, TTL: time.Hour,
	}
	for key, seen := range h.seen {
		if seen.holder == worker && i%2 == 0 { // else little is accepted
			in.Key = key
		}
	}
	s := step{op: "take", key: in.Key, worker: worker, event: in.Event}
	switch seen := h.seen[in.Key]; h.random.IntN(8) {
	case 0, 1:
		in.Kind = occupation.Take
	case 2:
		in.Kind, s.op = occupation.Pause, "pause"
	case 3, 4, 5, 6:
		in.Kind, s.op = occupation.Extend, "extend"
		in.Until = h.began.Add(time.Hour + time.Duration(h.random.IntN(4000))*time.Millisecond)
		s.until = in.Until.UnixMilli()
	case 7:
		in.Kind, s.op = occupation.Transfer, "transfer"
		in.From.ID, in.Fence = seen.holder, seen.fence
		s.from, s.fence = seen.holder, seen.fence
	}
	var got answer
	h.record(s, func() answer {
		out, err := h.store.Intend(h.Context(), replica, []occupation.Intent{in})
		if err != nil {
			h.Error(err)
			return got
		}
		got = answer{verdict: out[0].Verdict, fence: out[0].Lock.Fence, holder: out[0].Lock.Holder.ID}
		if got.holder != 0 {
			got.deadline = out[0].Lock.Deadline.UnixMilli()
		}
		return got
	})
	if h.seen[in.Key] = got; got.verdict == occupation.Accepted {
		h.end(s, in, replica)
	}
}

// end settles or undoes the intent.
func (h *historian) end(s step, in occupation.Intent, replica string) {
	s.op = "settle"
	if h.random.IntN(4) == 0 {
		s.op = "undo"
	}
	if s.op == "undo" && in.Kind == occupation.Extend {
		h.moved = append(h.moved, s)
		return
	}
	commit := occupation.Commit{ID: "c-" + in.Event, Stamp: 1, Changes: []occupation.Change{{Intent: in}}}
	if b, err := h.store.Bind(h.Context(), replica, commit); err != nil || b.Sent.IsZero() {
		h.Errorf("bind: %+v, %v", b, err)
	}
	h.finish(s, commit.ID)
}

func (h *historian) finish(s step, commit string) {
	h.record(s, func() answer {
		var err error
		if s.op == "undo" {
			err = h.store.Undo(h.Context(), commit, []string{s.event})
		} else {
			_, err = h.store.Settle(h.Context(), commit, []string{s.event}, nil)
		}
		if err != nil {
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
