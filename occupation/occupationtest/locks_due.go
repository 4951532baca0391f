package occupationtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// due asks what has become due, and checks the clock.
func (l *lockTest) due(together time.Duration, before ...time.Duration) occupation.Due {
	l.Helper()
	from := l.now()
	due, err := l.Locks.Due(l.ctx, before, together)
	l.ok(err)
	if due.Now.Before(from) || due.Now.After(l.now()) {
		l.Errorf("due at %v: not the store's clock (%v)", due.Now, from)
	}
	return due
}

// warns wants these warnings and no others, each as "key before".
func (l *lockTest) warns(due occupation.Due, want ...string) {
	l.Helper()
	var got []string
	for _, w := range due.Warnings {
		l.sameLock(w.Lock, l.lock(w.Lock.Key))
		got = append(got, fmt.Sprint(w.Lock.Key, " ", w.Before))
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		l.Errorf("warnings %q, want %q", got, want)
	}
}

func (l *lockTest) justLocks(what string, got []occupation.Lock, want ...occupation.Lock) {
	l.Helper()
	if !slices.Equal(got, want) {
		l.Errorf("%s: %+v\nwant %+v", what, got, want)
	}
}

func dueWarnsOnce(l *lockTest) {
	l.seed()
	l.warns(l.due(0, 2*long))
	l.held(take("e1", "A-1", mauricio, long))
	l.warns(l.due(0))
	l.warns(l.due(0, long/2))
	l.warns(l.due(0, 2*long, long/2), "A-1 2h0m0s")
	for range 2 {
		l.warns(l.due(0, 2*long, long/2))
	}
}

func dueWarnsTheLast(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	l.warns(l.due(0, 4*long, 3*long), "A-1 3h0m0s")
	l.warns(l.due(0, 5*long, 4*long, 3*long)) // what is wider is over with it
	l.warns(l.due(0, 3*long, 2*long), "A-1 2h0m0s")
	soon := long - short
	l.past(held.Deadline.Add(-soon))
	l.warns(l.due(0, 2*long, soon), fmt.Sprint("A-1 ", soon))
	l.warns(l.due(0, 2*long, soon))
	if l.Advance != nil {
		l.warns(l.due(0, long/2))
		l.Advance(long / 2)
		l.warns(l.due(0, long/2), "A-1 30m0s")
	}
}

func dueWarnsAnew(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	l.warns(l.due(0, 4*long), "A-1 4h0m0s")
	o := l.intend(extend("x1", held, held.Deadline.Add(long)), occupation.Accepted)
	l.warns(l.due(0, 4*long), "A-1 4h0m0s") // the deadline is another
	l.ok(l.Locks.Undo(l.ctx, "", []string{"x1"}))
	l.warns(l.due(0, 4*long)) // and back
	o = l.intend(extend("x2", held, held.Deadline.Add(9*long)), occupation.Accepted)
	l.warns(l.due(0, 4*long))
	given := l.held(transfer("t1", o.Lock, nicolas))
	l.warns(l.due(0, 4*long), "A-1 4h0m0s") // the occupation is another
	l.carry(l.intend(pause("p1", "A-1", nicolas), occupation.Accepted))
	again := take("e2", "A-1", nicolas, long)
	if l.held(again).Fence == given.Fence {
		l.Error("the same fence again")
	}
	l.warns(l.due(0, 4*long), "A-1 4h0m0s")
}

func dueTogether(l *lockTest) {
	l.seed()
	l.held(take("e2", "A-2", mauricio, 2*long+2*time.Minute))
	l.warns(l.due(3*time.Minute, 2*long)) // alone it waits for its time
	l.held(take("e1", "A-1", mauricio, 2*long))
	l.held(take("e3", "A-3", mauricio, 2*long+9*time.Minute))
	l.held(take("e4", "A-4", nicolas, 2*long+time.Minute))
	l.warns(l.due(time.Minute, 2*long), "A-1 2h0m0s")
	l.held(take("e0", "A-0", mauricio, 2*long-time.Minute))
	l.warns(l.due(4*time.Minute, 2*long), "A-0 2h0m0s", "A-2 2h0m0s")
	l.warns(l.due(4*time.Minute, 2*long))

	// A wider item of its own has come due, but the one that it goes with is told;
	// what is told of a wider item takes nothing along to a more urgent one.
	l.held(take("f1", "B-1", nicolas, long))
	l.held(take("f2", "B-2", nicolas, long+time.Minute))
	l.held(take("f3", "C-1", mauricio, long+time.Minute))
	l.held(take("f4", "C-2", mauricio, long+90*time.Second))
	l.warns(l.due(2*time.Minute, 3*long/2, long), "B-1 1h0m0s", "B-2 1h0m0s", "C-1 1h30m0s", "C-2 1h30m0s")
	l.warns(l.due(2*time.Minute, 3*long/2, long))
}

func dueApart(l *lockTest) {
	l.seed()
	l.held(take("e1", "A-1", mauricio, long))
	l.held(take("e2", "A-2", mauricio, long+time.Minute))
	l.held(take("e3", "A-3", nicolas, long+time.Minute))
	l.warns(l.due(2*time.Minute, long), "A-1 1h0m0s", "A-2 1h0m0s")
	l.held(take("e4", "A-4", nicolas, long-time.Minute)) // now the other worker has one that is due
	l.warns(l.due(3*time.Minute, long), "A-3 1h0m0s", "A-4 1h0m0s")
}

func dueHeldOnly(l *lockTest) {
	l.seed()
	l.intend(take("e1", "A-1", mauricio, short), occupation.Accepted)
	l.held(take("e2", "A-2", mauricio, long))
	l.intend(pause("p2", "A-2", mauricio), occupation.Accepted)
	lapsed := l.lapsed("A-3", mauricio, long)
	late := l.held(take("e4", "A-4", mauricio, short))
	l.past(late.Deadline)
	for range 2 { // it is over until it expires
		due := l.due(0, 2*long)
		l.warns(due)
		l.justLocks("over", due.Over, late)
		l.justLocks("ended", due.Ended)
	}
	l.intend(expire("x4", late), occupation.Accepted)
	l.justLocks("over", l.due(0, 2*long).Over)
	l.sameLock(l.lock("A-3"), lapsed)
}

func dueOver(l *lockTest) {
	l.seed()
	first := l.held(take("e1", "B-1", mauricio, short))
	l.past(first.Since)
	second := l.held(take("e2", "A-2", mauricio, short))
	l.past(second.Deadline)
	l.justLocks("over", l.due(0).Over, first, second)
	l.carry(l.intend(extend("x1", first, l.now().Add(long)), occupation.Accepted))
	l.justLocks("over", l.due(0).Over, second)
}

func dueEnds(l *lockTest) {
	l.seed()
	lapsed := l.lapsed("A-1", mauricio, short)
	finishing := l.lapsed("A-2", nicolas, short)
	l.intend(release("r2", finishing), occupation.Accepted)
	l.past(lapsed.Until)
	l.past(finishing.Until)
	due := l.due(0, 2*long)
	l.justLocks("ended", due.Ended, lapsed)
	l.justLocks("over", due.Over)
	l.free("A-1")
	l.justLocks("ended again", l.due(0, 2*long).Ended)
	late := l.intend(pause("p1", "A-1", mauricio), occupation.Expired)
	if !late.Expired.Equal(lapsed.Deadline) || late.Lock != (occupation.Lock{}) {
		l.Errorf("the former holder hears of %v and %+v", late.Expired, late.Lock)
	}
	if lock := l.lock("A-2"); lock.State != occupation.Finishing {
		l.Errorf("what is on its way is over: %+v", lock)
	}
}
