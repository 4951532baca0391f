package occupationtest

import (
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func unseeded(l *lockTest) {
	in := take("e1", "A-1", mauricio, long)
	_, err := l.Locks.Intend(l.ctx, ours, []occupation.Intent{in})
	l.unseeded(err)
	_, err = l.Locks.Bind(l.ctx, ours, commitOf("c1", occupation.Outcome{Intent: in}))
	l.unseeded(err)
	_, err = l.Locks.Settle(l.ctx, "c1", []string{"e1"}, nil)
	l.unseeded(err)
	l.unseeded(l.Locks.Undo(l.ctx, "", []string{"e1"}))
	_, err = l.Locks.Due(l.ctx, nil, 0)
	l.unseeded(err)
	snap, err := l.Locks.Snapshot(l.ctx)
	l.ok(err)
	if snap.Seeded || len(snap.Locks) > 0 || snap.Fence != 0 {
		l.Fatalf("an unseeded store has %+v", snap)
	}
	l.seed()
	if o := l.intend(in, occupation.Accepted); o.Intent.Fence != 1 {
		l.Errorf("first fence %d, want 1: the refused take has used one", o.Intent.Fence)
	}
}

func takeFree(l *lockTest) {
	l.seed()
	before := l.now()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	in := o.Intent
	if in.Since.Before(before) || in.Since.After(l.now()) || !in.Since.Equal(in.At) {
		l.Errorf("since %v, at %v: not the store's clock (%v)", in.Since, in.At, before)
	}
	if !in.Deadline.Equal(in.Since.Add(long)) {
		l.Errorf("deadline %v, want an hour after %v", in.Deadline, in.Since)
	}
	want := occupation.Lock{
		Key: "A-1", Tag: "tag of A-1", Holder: mauricio, Operation: occupation.ARM,
		Since: in.Since, Deadline: in.Deadline, Fence: in.Fence, State: occupation.Pending, Event: "e1",
	}
	l.sameLock(o.Lock, want)
	l.sameLock(l.lock("A-1"), want)
}

func takeMany(l *lockTest) {
	l.seed()
	l.held(take("e0", "A-7", nicolas, long))
	intents := make([]occupation.Intent, 50)
	for i := range intents {
		intents[i] = take(fmt.Sprintf("m%d", i), fmt.Sprintf("A-%d", i), mauricio, long)
	}
	out, err := l.Locks.Intend(l.ctx, ours, intents)
	l.ok(err)
	if len(out) != len(intents) {
		l.Fatalf("%d outcomes of %d intents", len(out), len(intents))
	}
	fences := map[int64]bool{}
	for i, o := range out {
		want := occupation.Accepted
		if i == 7 {
			want = occupation.Occupied
		}
		if o.Verdict != want || o.Lock.Key != intents[i].Key {
			l.Errorf("outcome %d: %s of %s, want %s of %s", i, o.Verdict, o.Lock.Key, want, intents[i].Key)
		}
		if fences[o.Lock.Fence] {
			l.Errorf("fence %d was given twice", o.Lock.Fence)
		}
		fences[o.Lock.Fence] = true
	}
}

func sameEvent(l *lockTest) {
	l.seed()
	first := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	again := l.intend(take("e1", "A-1", mauricio, long), occupation.Busy)
	l.sameLock(again.Lock, first.Lock)
	l.sameLock(l.lock("A-1"), first.Lock)
	l.intendAs(other, take("e1", "A-2", nicolas, long), occupation.Busy)
	l.free("A-2")
	if o := l.intend(take("e2", "A-2", nicolas, long), occupation.Accepted); o.Intent.Fence != first.Intent.Fence+1 {
		l.Errorf("fence %d after %d: a refused intent has used one", o.Intent.Fence, first.Intent.Fence)
	}
	both, err := l.Locks.Intend(l.ctx, ours, []occupation.Intent{take("e2", "A-2", nicolas, long), take("e1", "A-1", mauricio, long)})
	l.ok(err)
	if both[0].Lock.Event != "e2" || both[1].Lock.Event != "e1" {
		l.Errorf("remembered together: busy with %q and %q, want e2 and e1", both[0].Lock.Event, both[1].Lock.Event)
	}
}

func takeOwn(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	if busy := l.intend(take("e2", "A-1", mauricio, long), occupation.Busy); busy.Lock.Event != "e1" {
		l.Errorf("busy with %q, want e1", busy.Lock.Event)
	}
	l.carry(o)
	held := l.lock("A-1")
	l.sameLock(l.intend(take("e3", "A-1", mauricio, long), occupation.Already).Lock, held)
	l.sameLock(l.lock("A-1"), held)
	fin := l.intend(pause("p1", "A-1", mauricio), occupation.Accepted)
	l.sameLock(l.intend(take("e4", "A-1", mauricio, long), occupation.Busy).Lock, fin.Lock)
}

func takeOccupied(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", nicolas, short), occupation.Accepted)
	l.past(o.Intent.Deadline)
	in := take("e2", "A-1", mauricio, long)
	l.sameLock(l.intend(in, occupation.Occupied).Lock, o.Lock)
	l.carry(o)
	held := l.lock("A-1")
	l.sameLock(l.intend(in, occupation.Occupied).Lock, held) // over, and nobody has processed it
	fin := l.intend(pause("e3", "A-1", nicolas), occupation.Accepted)
	l.sameLock(l.intend(in, occupation.Occupied).Lock, fin.Lock)
}

func takeKept(l *lockTest) {
	l.seed()
	lapsed := l.lapsed("A-1", nicolas, long)
	l.sameLock(l.intend(take("e2", "A-1", mauricio, long), occupation.Kept).Lock, lapsed)
	l.sameLock(l.lock("A-1"), lapsed)
	o := l.intend(take("e3", "A-1", nicolas, long), occupation.Accepted) // taken back
	if o.Intent.Fence <= lapsed.Fence || !o.Lock.Until.IsZero() {
		l.Errorf("taken back as %+v", o.Lock)
	}
	l.ok(l.Locks.Undo(l.ctx, "", []string{"e3"}))
	l.sameLock(l.lock("A-1"), lapsed)
	l.held(take("e4", "A-1", nicolas, long))
	l.carry(l.intend(pause("p1", "A-1", nicolas), occupation.Accepted))
	l.intend(pause("p2", "A-1", nicolas), occupation.Free) // nothing of the expiry is left
}

// takeAfterGrace: nobody has looked at the lapsed lock since its grace is over.
func takeAfterGrace(l *lockTest) {
	l.seed()
	lapsed := l.lapsed("A-1", nicolas, short)
	l.past(lapsed.Until)
	l.intend(take("e2", "A-1", mauricio, long), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"e2"}))
	l.sameLock(l.lock("A-1"), lapsed)
	l.held(take("e3", "A-1", mauricio, long))
	late := l.intend(pause("p1", "A-1", nicolas), occupation.Expired)
	if !late.Expired.Equal(lapsed.Deadline) || late.Lock.Holder != mauricio {
		l.Errorf("the former holder hears of %v and %+v", late.Expired, late.Lock)
	}
}

func takeRenews(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, short))
	l.past(held.Deadline)
	o := l.intend(take("e2", "A-1", mauricio, long), occupation.Accepted)
	if o.Intent.Fence <= held.Fence || !o.Intent.Since.After(held.Since) || o.Lock.State != occupation.Pending {
		l.Errorf("renewed as %+v after %+v", o.Lock, held)
	}
	l.ok(l.Locks.Undo(l.ctx, "", []string{"e2"}))
	l.sameLock(l.lock("A-1"), held)
	again := l.held(take("e3", "A-1", mauricio, long))
	if again.Fence <= o.Intent.Fence {
		l.Errorf("fence %d after %d", again.Fence, o.Intent.Fence)
	}
}

func finishFree(l *lockTest) {
	l.seed()
	if o := l.intend(pause("e1", "A-1", mauricio), occupation.Free); o.Lock != (occupation.Lock{}) {
		l.Errorf("a free spool has the lock %+v", o.Lock)
	}
}

func finishNotYours(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", nicolas, long))
	in := pause("e2", "A-1", mauricio)
	in.Fence = held.Fence
	l.sameLock(l.intend(in, occupation.NotYours).Lock, held)
	l.sameLock(l.lock("A-1"), held)
}

func finishStale(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	in := pause("e2", "A-1", mauricio)
	in.Fence = held.Fence + 1
	l.sameLock(l.intend(in, occupation.Stale).Lock, held)
	in.Fence = held.Fence
	l.intend(in, occupation.Accepted)
}

func finishBusy(l *lockTest) {
	l.seed()
	o := l.intend(take("e1", "A-1", mauricio, long), occupation.Accepted)
	l.sameLock(l.intend(pause("e2", "A-1", mauricio), occupation.Busy).Lock, o.Lock)
	l.carry(o)
	fin := l.intend(pause("e3", "A-1", mauricio), occupation.Accepted)
	l.sameLock(l.intend(pause("e4", "A-1", mauricio), occupation.Busy).Lock, fin.Lock)
}

func finishAccepted(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	for _, fence := range []int64{0, held.Fence} {
		in := pause(fmt.Sprintf("p%d", fence), "A-1", mauricio)
		in.Kind, in.Fence = occupation.Complete, fence
		o := l.intend(in, occupation.Accepted)
		if got := o.Intent; got.Operation != held.Operation || got.Fence != held.Fence || !got.Since.Equal(held.Since) || !got.Deadline.Equal(held.Deadline) || got.At.Before(held.Since) {
			l.Errorf("completed as %+v from %+v", got, held)
		}
		want := held
		want.State, want.Event = occupation.Finishing, in.Event
		l.sameLock(o.Lock, want)
		l.sameLock(l.lock("A-1"), want)
		l.ok(l.Locks.Undo(l.ctx, "", []string{in.Event}))
	}
}

func finishLate(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, short))
	l.past(held.Deadline.Add(short))
	l.intend(pause("e2", "A-1", mauricio), occupation.Accepted)
}

func finishInGrace(l *lockTest) {
	l.seed()
	lapsed := l.lapsed("A-1", mauricio, long)
	in := pause("p1", "A-1", mauricio)
	in.Fence = lapsed.Fence
	o := l.intend(in, occupation.Accepted)
	if o.Lock.State != occupation.Finishing || o.Intent.Fence != lapsed.Fence || !o.Intent.Deadline.Equal(lapsed.Deadline) {
		l.Errorf("finishing as %+v, lock %+v", o.Intent, o.Lock)
	}
	l.ok(l.Locks.Undo(l.ctx, "", []string{"p1"}))
	l.sameLock(l.lock("A-1"), lapsed)
	l.intend(pause("p2", "A-1", nicolas), occupation.Free) // it is not his, and nobody works on it
	in.Event, in.Fence = "p3", lapsed.Fence+1
	l.intend(in, occupation.Free)
	in.Event, in.Fence = "p4", 0
	l.carry(l.intend(in, occupation.Accepted))
	l.free("A-1")

	over := l.lapsed("A-2", mauricio, short) // and nobody has looked at it since
	l.past(over.Until)
	late := l.intend(pause("p5", "A-2", mauricio), occupation.Expired)
	if l.sameLock(late.Lock, over); !late.Expired.Equal(over.Deadline) {
		l.Errorf("expired at %v, want %v", late.Expired, over.Deadline)
	}
}

func expireRules(l *lockTest) {
	l.seed()
	l.intend(expire("x0", occupation.Lock{Key: "A-0", Holder: mauricio, Fence: 1}), occupation.Current)
	held := l.held(take("e1", "A-1", mauricio, long))
	l.intend(expire("x1", held), occupation.Current)

	late := l.held(take("e2", "A-2", mauricio, short))
	l.past(late.Deadline)
	in := expire("x2", late)
	in.Grace, in.Fence = long, late.Fence-1
	l.intend(in, occupation.Current) // another occupation
	in.Fence, in.Worker = late.Fence, nicolas
	l.intend(in, occupation.Current) // and somebody else's
	in.Worker = mauricio
	o := l.intend(in, occupation.Accepted)
	if o.Lock.State != occupation.Finishing || o.Intent.Operation != late.Operation || !o.Intent.Deadline.Equal(late.Deadline) || !o.Lock.Until.Equal(o.Intent.At.Add(long)) {
		l.Errorf("expiring as %+v, lock %+v", o.Intent, o.Lock)
	}
	l.intend(expire("x3", late), occupation.Busy)
	l.carry(o)
	want := late
	want.State, want.Until = occupation.Lapsed, o.Intent.At.Add(long)
	l.sameLock(l.lock("A-2"), want)
	l.intend(expire("x4", late), occupation.Current)
}

// lapsed takes a spool for the worker and lets it expire.
func (l *lockTest) lapsed(key string, by occupation.Holder, grace time.Duration) occupation.Lock {
	l.Helper()
	late := l.held(take("taken-"+key, key, by, short))
	l.past(late.Deadline)
	in := expire("expired-"+key, late)
	in.Grace = grace
	l.carry(l.intend(in, occupation.Accepted))
	lapsed := l.lock(key)
	if lapsed.State != occupation.Lapsed {
		l.Fatalf("expired, and the lock is %+v", lapsed)
	}
	return lapsed
}

// expired lets a spool of the worker expire, grace and all.
func (l *lockTest) expired(key string, by occupation.Holder) occupation.Lock {
	l.Helper()
	late := l.lapsed(key, by, 0)
	l.past(late.Until)
	due, err := l.Locks.Due(l.ctx, nil, 0)
	l.ok(err)
	if len(due.Ended) != 1 || due.Ended[0] != late {
		l.Fatalf("graces that are over: %+v, want that of %+v", due.Ended, late)
	}
	l.free(key)
	return late
}

func finishExpired(l *lockTest) {
	l.seed()
	late := l.expired("A-1", mauricio)
	in := pause("p1", "A-1", mauricio)
	for _, fence := range []int64{0, late.Fence} {
		in.Fence = fence
		o := l.intend(in, occupation.Expired)
		if !o.Expired.Equal(late.Deadline) || o.Lock != (occupation.Lock{}) {
			l.Errorf("expired at %v, lock %+v; want %v and none", o.Expired, o.Lock, late.Deadline)
		}
	}
	in.Fence = late.Fence + 1
	l.intend(in, occupation.Free)
	l.intend(pause("p2", "A-1", nicolas), occupation.Free)

	next := l.held(take("e2", "A-1", nicolas, 48*time.Hour))
	in.Fence = late.Fence
	o := l.intend(in, occupation.Expired)
	l.sameLock(o.Lock, next)
	in.Fence = late.Fence + 1000
	l.intend(in, occupation.NotYours)
	if l.Advance != nil {
		in.Fence = late.Fence
		l.Advance(23 * time.Hour)
		l.intend(in, occupation.Expired)
		l.Advance(2 * time.Hour)
		l.intend(in, occupation.NotYours)
	}
}

func retakenAfterExpiry(l *lockTest) {
	l.seed()
	l.expired("A-1", mauricio)
	l.intend(take("e2", "A-1", mauricio, long), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"e2"}))
	l.intend(pause("p1", "A-1", mauricio), occupation.Expired)
	o := l.intend(take("e3", "A-1", mauricio, long), occupation.Accepted)
	l.carry(o)
	l.carry(l.intend(pause("p2", "A-1", mauricio), occupation.Accepted))
	l.intend(pause("p3", "A-1", mauricio), occupation.Free)
}
