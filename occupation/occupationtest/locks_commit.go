package occupationtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func bindStale(l *lockTest) {
	l.seed()
	mine := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	theirs := l.intendAs(other, take("e2", "A-2", nicolas, long), occupation.Accepted)
	gone := occupation.Outcome{Intent: take("e3", "A-3", nicolas, long)}
	b, err := l.Locks.Bind(l.ctx, ours, commitOf("c1", mine, theirs, gone))
	l.ok(err)
	if slices.Sort(b.Stale); !slices.Equal(b.Stale, []string{"e2", "e3"}) || !b.Sent.IsZero() {
		l.Errorf("stale %v, sent %v; want e2 and e3, nothing sent", b.Stale, b.Sent)
	}
	l.ok(l.Locks.Undo(l.ctx, "", []string{"e1"})) // it was not bound
	l.free("A-1")
}

func bindAgain(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	c := l.bind("c1", o)
	l.past(c.Sent)
	if again := l.bind("c1", o); !again.Sent.Equal(c.Sent) {
		l.Errorf("sent %v when bound again, want %v", again.Sent, c.Sent)
	}
	l.settled(l.Locks.Settle(l.ctx, "c1", []string{"e1"}, nil))
	b, err := l.Locks.Bind(l.ctx, ours, c)
	l.ok(err)
	if !slices.Equal(b.Stale, []string{"e1"}) {
		l.Errorf("bound after it was settled: %+v", b)
	}
}

func bindAnew(l *lockTest) {
	l.seed()
	a := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	b := l.intend(take("e2", "A-2", mauricio, long), occupation.Accepted)
	l.bind("c1", a, b)
	l.bind("c2", b)
	again, err := l.Locks.Bind(l.ctx, ours, commitOf("c1", a, b))
	l.ok(err)
	if !slices.Equal(again.Stale, []string{"e2"}) {
		l.Errorf("a commit that has lost an event is bound again: %+v", again)
	}
	l.settled(l.Locks.Settle(l.ctx, "c1", []string{"e1", "e2"}, nil))
	if lock := l.lock("A-2"); lock.State != occupation.Pending {
		l.Errorf("settled by a commit that it is not bound to any more: %+v", lock)
	}
	l.settled(l.Locks.Settle(l.ctx, "c2", []string{"e2"}, nil))
	if lock := l.lock("A-2"); lock.State != occupation.Held {
		l.Errorf("not settled: %+v", lock)
	}
}

// exhaust binds commits of one event until one has to wait.
func (l *lockTest) exhaust(o occupation.Outcome) (occupation.Bound, string) {
	l.Helper()
	for i := range 56 {
		id := fmt.Sprintf("c%d", i)
		b, err := l.Locks.Bind(l.ctx, ours, commitOf(id, o))
		l.ok(err)
		if b.Wait > 0 {
			return b, id
		}
	}
	l.Fatal("56 writes at once")
	return occupation.Bound{}, ""
}

func bindQuota(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	b, id := l.exhaust(o)
	if b.Wait > time.Minute || !b.Sent.IsZero() || len(b.Stale) > 0 {
		l.Errorf("no write is free: %+v", b)
	}
	l.settled(l.Locks.Settle(l.ctx, id, []string{"e1"}, nil))
	if lock := l.lock("A-1"); lock.State != occupation.Pending {
		l.Errorf("bound although it had to wait: %+v", lock)
	}
	b, err := l.Locks.Bind(l.ctx, other, commitOf("c-other", o))
	l.ok(err)
	if len(b.Stale) != 1 || b.Wait > 0 {
		l.Errorf("somebody else's event while no write is free: %+v", b)
	}
	if l.Advance != nil {
		again, err := l.Locks.Bind(l.ctx, ours, commitOf(id, o))
		l.ok(err)
		l.Advance(again.Wait)
		l.bind(id, o)
	}
}

func bindAgainQuota(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	for range 56 {
		b, err := l.Locks.Bind(l.ctx, ours, commitOf("c1", o))
		l.ok(err)
		if b.Wait > 0 {
			return
		}
	}
	l.Error("56 sendings of one commit at once")
}

func bindQuotaWindow(l *lockTest) {
	if l.Advance == nil {
		return // it takes minutes
	}
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	var sent []time.Time
	for began := l.now(); l.now().Sub(began) < 5*time.Minute; {
		b, err := l.Locks.Bind(l.ctx, ours, commitOf(fmt.Sprintf("c%d", len(sent)), o))
		l.ok(err)
		if b.Wait > 0 {
			l.Advance(b.Wait)
			continue
		}
		sent = append(sent, b.Sent)
		if n := len(sent); n > 55 && sent[n-1].Sub(sent[n-56]) < time.Minute {
			l.Fatalf("56 writes within %v", sent[n-1].Sub(sent[n-56]))
		}
	}
	if len(sent) < 5*45 {
		l.Errorf("%d writes in five minutes: far too few of 275", len(sent))
	}
}

func settleTake(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.bind("c1", o)
	for range 2 { // the second time it is there no more and left alone
		l.settled(l.Locks.Settle(l.ctx, "c1", []string{"e1"}, nil))
		want := o.Lock
		want.State, want.Event = occupation.Held, ""
		l.sameLock(l.lock("A-1"), want)
	}
	l.nothingToClaim()
}

func settleFinish(l *lockTest) {
	l.seed()
	l.held(take("e1", "A-1", mauricio, long))
	l.carry(l.intend(pause("e2", "A-1", mauricio), occupation.Accepted))
	l.free("A-1")
	l.intend(pause("e3", "A-1", mauricio), occupation.Free)
	l.intend(take("e4", "A-1", nicolas, long), occupation.Accepted)
	l.settled(l.Locks.Settle(l.ctx, "commit-of-e2", []string{"e2"}, nil))
	if lock := l.lock("A-1"); lock.Holder != nicolas || lock.State != occupation.Pending {
		l.Errorf("a late settling has touched the next lock: %+v", lock)
	}
}

func settleOthers(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	for _, commit := range []string{"c1", ""} { // it is bound to none
		l.settled(l.Locks.Settle(l.ctx, commit, []string{"e1", "e9"}, []string{"e9"}))
		l.sameLock(l.lock("A-1"), o.Lock)
	}
	l.bind("c1", o)
	for _, commit := range []string{"c2", ""} {
		l.settled(l.Locks.Settle(l.ctx, commit, []string{"e1"}, nil))
		l.sameLock(l.lock("A-1"), o.Lock)
	}
	l.settled(l.Locks.Settle(l.ctx, "c1", nil, nil))
	l.sameLock(l.lock("A-1"), o.Lock)
}

func settleLost(l *lockTest) {
	l.seed()
	settle := func(commit string, want ...string) {
		l.Helper()
		lost, err := l.Locks.Settle(l.ctx, commit, []string{"e1", "e9", "e2", "x1", "e8"}, nil)
		l.ok(err)
		if !slices.Equal(lost, want) {
			l.Errorf("settling %q has lost %q, want %q", commit, lost, want)
		}
	}
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	held := l.held(take("e0", "A-0", nicolas, long))
	l.bind("c1", o)
	l.bind("c2", l.intend(take("e2", "A-2", mauricio, long), occupation.Accepted))
	l.intend(extend("x1", held, held.Deadline.Add(long)), occupation.Accepted)
	settle("", "e9", "e8")
	settle("c3", "e9", "e8")
	settle("c1", "e9", "e8")
	settle("c1", "e1", "e9", "e8") // it has been settled, and is forgotten
	l.ok(l.Locks.Undo(l.ctx, "c2", []string{"e2"}))
	settle("c2", "e1", "e9", "e2", "e8")
	lost, err := l.Locks.Settle(l.ctx, "c2", nil, nil)
	l.ok(err)
	if len(lost) > 0 {
		l.Errorf("settling nothing has lost %q", lost)
	}
}

func settleOwed(l *lockTest) {
	l.seed()
	l.ok(l.Locks.Beat(l.ctx, ours, long))
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.bind("c1", o)
	l.settled(l.Locks.Settle(l.ctx, "c1", []string{"e1"}, []string{"e1"}))
	if lock := l.lock("A-1"); lock.State != occupation.Held || lock.Event != "" {
		l.Fatalf("an owed audit row holds up the lock: %+v", lock)
	}
	// The occupation goes on while the row is owed.
	l.carry(l.intend(pause("e2", "A-1", mauricio), occupation.Accepted))
	l.carry(l.intend(take("e3", "A-1", nicolas, long), occupation.Accepted))
	next := l.lock("A-1")

	left, err := l.Locks.Claim(l.ctx, ours, nil)
	l.ok(err)
	if len(left) != 1 || !left[0].Owed || len(left[0].Commit.Changes) != 1 || left[0].Commit.Changes[0].Intent.Event != "e1" {
		l.Fatalf("owed: %+v", left)
	}
	if left[0].Commit.ID != "" {
		l.Errorf("an owed row is bound to %q, want to no commit yet", left[0].Commit.ID)
	}
	owed := occupation.Outcome{Intent: left[0].Commit.Changes[0].Intent}
	l.bind("c2", owed)
	l.settled(l.Locks.Settle(l.ctx, "c2", []string{"e1"}, nil))
	l.sameLock(l.lock("A-1"), next)
	l.nothingToClaim()
}

func undoTake(l *lockTest) {
	l.seed()
	l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	for range 2 {
		l.ok(l.Locks.Undo(l.ctx, "", []string{"e1"}))
		l.free("A-1")
	}
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted) // the event is forgotten
	l.bind("c1", o)
	l.ok(l.Locks.Undo(l.ctx, "c1", []string{"e1"}))
	l.free("A-1")
	l.nothingToClaim()
}

func undoFinish(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	l.bind("c1", l.intend(pause("e2", "A-1", mauricio), occupation.Accepted))
	l.ok(l.Locks.Undo(l.ctx, "c1", []string{"e2"}))
	l.sameLock(l.lock("A-1"), held)
	l.nothingToClaim()
}

func undoExpire(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, short))
	l.past(held.Deadline)
	l.intend(expire("e2", held), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"e2"}))
	l.sameLock(l.lock("A-1"), held)
	l.intend(pause("e3", "A-1", mauricio), occupation.Accepted)
}

func undoOthers(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "c1", []string{"e1"}))
	l.sameLock(l.lock("A-1"), o.Lock)
	l.bind("c1", o)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"e1"}))
	l.ok(l.Locks.Undo(l.ctx, "c2", []string{"e1"}))
	l.sameLock(l.lock("A-1"), o.Lock)
}

func undoOwed(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.bind("c1", o)
	l.settled(l.Locks.Settle(l.ctx, "c1", []string{"e1"}, []string{"e1"}))
	held := l.lock("A-1")
	for i := range 2 {
		left, err := l.Locks.Claim(l.ctx, ours, nil)
		l.ok(err)
		if len(left) != 1 || !left[0].Owed || left[0].Commit.ID != "" {
			l.Fatalf("round %d: owed %+v", i, left)
		}
		l.ok(l.Locks.Undo(l.ctx, "", []string{"e1"}))
		l.bind("c2", o)
		l.ok(l.Locks.Undo(l.ctx, "c2", []string{"e1"}))
		l.sameLock(l.lock("A-1"), held)
	}
}

// nothingToClaim wants that nothing at all is left to be finished.
func (l *lockTest) nothingToClaim() {
	l.Helper()
	left, err := l.Locks.Claim(l.ctx, "undertaker", nil)
	l.ok(err)
	if len(left) > 0 {
		l.Errorf("left over: %+v", left)
	}
}
