package occupationtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func extend(event string, lock occupation.Lock, until time.Time) occupation.Intent {
	return occupation.Intent{
		Event: event, Kind: occupation.Extend, Key: lock.Key, Tag: lock.Tag, Worker: lock.Holder, Fence: lock.Fence, Until: until,
	}
}

func transfer(event string, lock occupation.Lock, to occupation.Holder) occupation.Intent {
	return occupation.Intent{
		Event: event, Kind: occupation.Transfer, Key: lock.Key, Tag: lock.Tag, Worker: to, From: lock.Holder, Fence: lock.Fence, TTL: long,
	}
}

func release(event string, lock occupation.Lock) occupation.Intent {
	return occupation.Intent{
		Event: event, Kind: occupation.Release, Key: lock.Key, Tag: lock.Tag, Worker: boss, From: lock.Holder, Fence: lock.Fence, Reason: "se fue",
	}
}

func extendMoves(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	for i, fence := range []int64{held.Fence, 0} {
		want := held
		want.Deadline = held.Deadline.Add(long)
		in := extend(fmt.Sprint("x", i), held, want.Deadline.In(time.FixedZone("-04", -4*3600)).Add(time.Microsecond))
		in.Fence = fence
		o := l.intend(in, occupation.Accepted)
		l.sameLock(o.Lock, want) // it is held all the while
		l.sameLock(l.lock("A-1"), want)
		got := o.Intent
		if got.Fence != held.Fence || got.Operation != held.Operation || !got.Since.Equal(held.Since) || !got.Deadline.Equal(want.Deadline) || got.At.Before(held.Since) {
			l.Errorf("completed as %+v from %+v", got, held)
		}
		again := want
		again.Event = in.Event
		l.sameLock(l.intend(in, occupation.Busy).Lock, again) // the event is remembered
		held = want
	}
	l.carry(l.intend(pause("p1", "A-1", mauricio), occupation.Accepted)) // nothing is on its way
	l.free("A-1")
}

func extendRules(l *lockTest) {
	l.seed()
	free := occupation.Lock{Key: "A-0", Holder: mauricio}
	if o := l.intend(extend("x0", free, l.now().Add(long)), occupation.Free); o.Lock != (occupation.Lock{}) {
		l.Errorf("a free spool has the lock %+v", o.Lock)
	}
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	later := o.Lock.Deadline.Add(long)
	l.sameLock(l.intend(extend("x1", o.Lock, later), occupation.Busy).Lock, o.Lock)
	l.carry(o)
	held := l.lock("A-1")
	for i, until := range []time.Time{held.Deadline, held.Deadline.Add(time.Millisecond - 1), held.Deadline.Add(-long), {}} {
		l.sameLock(l.intend(extend(fmt.Sprint("a", i), held, until), occupation.Already).Lock, held)
	}
	theirs, another := held, held
	theirs.Holder, another.Fence = nicolas, held.Fence+1
	l.sameLock(l.intend(extend("x2", theirs, later), occupation.NotYours).Lock, held)
	l.sameLock(l.intend(extend("x3", another, later), occupation.Stale).Lock, held)
	l.sameLock(l.lock("A-1"), held)
	l.nothingToClaim()
	fin := l.intend(pause("p1", "A-1", mauricio), occupation.Accepted)
	l.sameLock(l.intend(extend("x4", held, later), occupation.Busy).Lock, fin.Lock)

	late := l.held(take("e2", "A-2", mauricio, short)) // over, and nobody has processed it
	l.past(late.Deadline)
	l.intend(extend("x5", late, l.now().Add(long)), occupation.Accepted)
}

func extendExpired(l *lockTest) {
	l.seed()
	lapsed := l.lapsed("A-1", mauricio, long)
	later := l.now().Add(long)
	expired := func(event string, was, is occupation.Lock) {
		l.Helper()
		for i, fence := range []int64{was.Fence, 0} {
			in := extend(fmt.Sprint(event, i), was, later)
			in.Fence = fence
			o := l.intend(in, occupation.Expired)
			l.sameLock(o.Lock, is)
			if !o.Expired.Equal(was.Deadline) {
				l.Errorf("expired at %v, want %v", o.Expired, was.Deadline)
			}
		}
	}
	expired("x", lapsed, lapsed) // it is kept for whom it was
	theirs, another := lapsed, lapsed
	theirs.Holder, another.Fence = nicolas, lapsed.Fence+1
	l.intend(extend("y1", theirs, later), occupation.Free)
	l.intend(extend("y2", another, later), occupation.Free)
	l.sameLock(l.lock("A-1"), lapsed)

	gone := l.expired("A-2", mauricio)
	expired("z", gone, occupation.Lock{})
	next := l.held(take("e3", "A-2", nicolas, long))
	expired("w", gone, next)
	l.nothingToClaim()
}

func extendOwed(l *lockTest) {
	l.seed()
	l.ok(l.Locks.Beat(l.ctx, ours, long))
	l.ok(l.Locks.Beat(l.ctx, other, long))
	held := l.held(take("e1", "A-1", mauricio, long))
	o := l.intend(extend("x1", held, held.Deadline.Add(long)), occupation.Accepted)
	left, err := l.Locks.Claim(l.ctx, other, nil) // its row may be delivered by anybody
	l.ok(err)
	if len(left) != 1 || !left[0].Owed || left[0].Commit.ID != "" || !slices.Equal(left[0].Commit.Events(), []string{"x1"}) {
		l.Fatalf("claimed %+v, want the owed row of x1", left)
	}
	if got := left[0].Commit.Changes[0].Intent; !got.Until.Equal(o.Intent.Until) || !got.Deadline.Equal(o.Intent.Deadline) {
		l.Errorf("claimed %+v, want %+v", got, o.Intent)
	}
	b, err := l.Locks.Bind(l.ctx, ours, commitOf("c1", o))
	l.ok(err)
	if !slices.Equal(b.Stale, []string{"x1"}) {
		l.Errorf("the former owner still binds: %+v", b)
	}
	if b, err = l.Locks.Bind(l.ctx, other, commitOf("c1", o)); err != nil || len(b.Stale) > 0 {
		l.Fatalf("the new owner does not bind: %+v, %v", b, err)
	}
	l.settled(l.Locks.Settle(l.ctx, "c1", []string{"x1"}, nil))
	l.sameLock(l.lock("A-1"), o.Lock)
	l.nothingToClaim()
}

func extendUndone(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	first := l.intend(extend("x1", held, held.Deadline.Add(long)), occupation.Accepted)
	second := l.intend(extend("x2", first.Lock, held.Deadline.Add(2*long)), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"x1"})) // the deadline is another's by now
	l.sameLock(l.lock("A-1"), second.Lock)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"x2"}))
	l.sameLock(l.lock("A-1"), first.Lock)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"x1"}))
	l.sameLock(l.lock("A-1"), held)
	l.nothingToClaim()
	l.intend(extend("x1", held, held.Deadline.Add(long)), occupation.Accepted) // its event is forgotten
	fin := l.intend(pause("p1", "A-1", mauricio), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"x1"}))
	l.sameLock(l.lock("A-1"), fin.Lock)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"p1"}))
	l.sameLock(l.lock("A-1"), first.Lock)
	next := l.held(transfer("t1", first.Lock, nicolas))
	l.ok(l.Locks.Undo(l.ctx, "", []string{"x1"}))
	l.sameLock(l.lock("A-1"), next)

	// The deadline of another occupation may be the same.
	brief := l.held(take("e2", "A-2", mauricio, long/2))
	o := l.intend(extend("x3", brief, l.now().Add(long)), occupation.Accepted)
	next = l.held(transfer("t2", o.Lock, nicolas))
	l.ok(l.Locks.Undo(l.ctx, "", []string{"x3"}))
	l.sameLock(l.lock("A-2"), next)
}

func extendUnbound(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	o := l.intend(extend("x1", held, held.Deadline.Add(long)), occupation.Accepted)
	l.bind("c1", o)
	for _, commit := range []string{"", "c2", "c1"} {
		l.ok(l.Locks.Undo(l.ctx, commit, []string{"x1"}))
		l.sameLock(l.lock("A-1"), o.Lock)
	}
	left, err := l.Locks.Claim(l.ctx, other, nil)
	l.ok(err)
	if len(left) != 1 || !left[0].Owed || left[0].Commit.ID != "" {
		l.Errorf("claimed %+v, want the owed row of x1, bound to nothing", left)
	}
}

func transferBegins(l *lockTest) {
	l.seed()
	in := take("e1", "A-1", nicolas, 2*long)
	in.Operation = occupation.SOLD
	held := l.held(in)
	l.past(held.Since)
	give := transfer("t1", held, mauricio)
	give.Tag, give.Operation = "a new tag", occupation.ARM // the operation is the lock's
	o := l.intend(give, occupation.Accepted)
	want := occupation.Lock{
		Key: "A-1", Tag: "a new tag", Holder: mauricio, Operation: occupation.SOLD, Since: o.Intent.At,
		Deadline: o.Intent.At.Add(long), Fence: o.Intent.Fence, State: occupation.Pending, Event: "t1",
	}
	l.sameLock(o.Lock, want)
	l.sameLock(l.lock("A-1"), want)
	if got := o.Intent; got.Fence <= held.Fence || !got.Since.After(held.Since) || !got.Since.Equal(want.Since) || !got.Deadline.Equal(want.Deadline) || got.Operation != occupation.SOLD {
		l.Errorf("completed as %+v from %+v", got, held)
	}
	l.ok(l.Locks.Undo(l.ctx, "", []string{"t1"}))
	l.sameLock(l.lock("A-1"), held)
	o = l.intend(give, occupation.Accepted)
	l.carry(o)
	want = o.Lock
	want.State, want.Event = occupation.Held, ""
	l.sameLock(l.lock("A-1"), want)
	l.sameLock(l.intend(pause("p1", "A-1", nicolas), occupation.NotYours).Lock, want)
	l.nothingToClaim()
}

func transferRules(l *lockTest) {
	l.seed()
	nobody := occupation.Lock{Key: "A-0", Tag: "a", Holder: nicolas, Fence: 1}
	l.intend(transfer("t0", nobody, mauricio), occupation.Free)
	held := l.overrideRules(func(event string, lock occupation.Lock) occupation.Intent {
		return transfer(event, lock, boss)
	})
	l.sameLock(l.intend(transfer("t1", held, nicolas), occupation.Already).Lock, held)
	theirs := held
	theirs.Holder, theirs.Fence = mauricio, held.Fence-1 // the first of two taps has done it
	l.sameLock(l.intend(transfer("t2", theirs, nicolas), occupation.Already).Lock, held)
	l.sameLock(l.lock("A-1"), held)
	fin := l.intend(pause("p0", "A-1", nicolas), occupation.Accepted)
	l.sameLock(l.intend(transfer("t6", held, nicolas), occupation.Busy).Lock, fin.Lock) // the receiver's own

	lapsed := l.lapsed("A-2", nicolas, long)
	l.intend(transfer("t3", lapsed, mauricio), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"t3"}))
	l.sameLock(l.lock("A-2"), lapsed)
	l.held(transfer("t4", lapsed, mauricio))
	late := l.intend(pause("p1", "A-2", nicolas), occupation.Expired)
	if !late.Expired.Equal(lapsed.Deadline) || late.Lock.Holder != mauricio || !late.Lock.Until.IsZero() {
		l.Errorf("the former holder hears of %v and %+v", late.Expired, late.Lock)
	}
	over := l.lapsed("A-3", nicolas, short)
	l.past(over.Until)
	l.sameLock(l.intend(transfer("t5", over, mauricio), occupation.Free).Lock, over)
}

func releaseRules(l *lockTest) {
	l.seed()
	l.intend(release("r0", occupation.Lock{Key: "A-0", Tag: "a", Holder: nicolas, Fence: 1}), occupation.Free)
	held := l.overrideRules(release)
	in := release("r1", held)
	o := l.intend(in, occupation.Accepted)
	want := held
	want.State, want.Event = occupation.Finishing, "r1"
	l.sameLock(o.Lock, want)
	l.sameLock(l.lock("A-1"), want)
	got := o.Intent
	if got.Operation != held.Operation || got.Fence != held.Fence || !got.Since.Equal(held.Since) || !got.Deadline.Equal(held.Deadline) || got.From != nicolas || got.Worker != boss {
		l.Errorf("completed as %+v from %+v", got, held)
	}
	l.ok(l.Locks.Undo(l.ctx, "", []string{"r1"}))
	l.sameLock(l.lock("A-1"), held)
	l.carry(l.intend(in, occupation.Accepted))
	l.free("A-1")
	l.intend(pause("p1", "A-1", nicolas), occupation.Free)

	for i, grace := range []time.Duration{long, short} {
		lapsed := l.lapsed(fmt.Sprint("B-", i), nicolas, grace)
		if grace == short {
			l.past(lapsed.Until)
		}
		l.carry(l.intend(release(fmt.Sprint("r-", i), lapsed), occupation.Accepted))
		l.free(lapsed.Key)
	}
	l.nothingToClaim()
}

// overrideRules checks what a transfer and a forced release have in common; they
// are not accepted. It returns the lock that it leaves, held by nicolas as A-1.
func (l *lockTest) overrideRules(override func(event string, lock occupation.Lock) occupation.Intent) occupation.Lock {
	l.Helper()
	o := l.intend(take("taken", "A-1", nicolas, long), occupation.Accepted)
	l.sameLock(l.intend(override("o1", o.Lock), occupation.Busy).Lock, o.Lock)
	l.carry(o)
	fin := l.intend(pause("paused", "A-1", nicolas), occupation.Accepted)
	l.sameLock(l.intend(override("o2", fin.Lock), occupation.Busy).Lock, fin.Lock)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"paused"}))
	held := l.lock("A-1")
	theirs, another, any := held, held, held
	theirs.Holder, another.Fence, any.Fence = mauricio, held.Fence+1, 0
	l.sameLock(l.intend(override("o3", theirs), occupation.NotYours).Lock, held)
	l.sameLock(l.intend(override("o4", another), occupation.Stale).Lock, held)
	l.sameLock(l.intend(override("o5", any), occupation.Stale).Lock, held) // it must be named
	l.sameLock(l.lock("A-1"), held)
	return held
}
