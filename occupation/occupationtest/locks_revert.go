package occupationtest

import (
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func revert(event, key string, by occupation.Holder, undoes occupation.Kind) occupation.Intent {
	return occupation.Intent{Event: event, Kind: occupation.Revert, Undoes: undoes, Key: key, Tag: "tag of " + key, Worker: by}
}

func revertTake(l *lockTest) {
	l.seed()
	l.intend(revert("r0", "A-1", mauricio, occupation.Take), occupation.Gone)
	in := take("e1", "A-1", mauricio, long)
	in.Was = "ARM parcial (pausado)"
	held := l.held(in)
	l.intend(revert("r1", "A-1", nicolas, occupation.Take), occupation.Gone)
	l.intend(revert("r2", "A-1", mauricio, occupation.Pause), occupation.Gone)
	other := revert("r3", "A-1", mauricio, occupation.Take)
	other.Fence = held.Fence + 1
	l.intend(other, occupation.Gone)

	o := l.intend(revert("r4", "A-1", mauricio, occupation.Take), occupation.Accepted)
	want := held
	want.State, want.Event = occupation.Finishing, "r4"
	if l.sameLock(o.Lock, want); o.Intent.Former != held.Fence || o.Intent.Was != in.Was || o.Intent.Operation != held.Operation {
		l.Errorf("taken back as %+v", o.Intent)
	}
	l.sameLock(l.intend(revert("r5", "A-1", mauricio, occupation.Take), occupation.Busy).Lock, want)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"r4"})) // it can still be taken back then
	l.sameLock(l.lock("A-1"), held)
	named := revert("r6", "A-1", mauricio, occupation.Take)
	named.Fence = held.Fence
	l.carry(l.intend(named, occupation.Accepted))
	l.free("A-1")
	named.Event = "r7"
	l.intend(named, occupation.Already)
	l.intend(revert("r8", "A-1", mauricio, occupation.Pause), occupation.Gone)
	l.held(take("e2", "A-1", nicolas, long))
	named.Event = "r9"
	l.intend(named, occupation.Gone)
}

func revertFinish(l *lockTest) {
	l.seed()
	zone := time.FixedZone("-04", -4*3600)
	for _, kind := range []occupation.Kind{occupation.Pause, occupation.Complete} {
		key := "A-" + string(kind)
		held := l.held(take("e1"+key, key, nicolas, long))
		fin := pause("p1"+key, key, nicolas)
		fin.Kind, fin.Date = kind, time.Date(2026, 11, 23, 0, 0, 0, 0, zone)
		l.carry(l.intend(fin, occupation.Accepted))
		l.intend(revert("r0"+key, key, nicolas, occupation.Take), occupation.Gone)

		in := revert("r1"+key, key, nicolas, kind)
		in.Fence = held.Fence
		o := l.intend(in, occupation.Accepted)
		want := held
		want.State, want.Event, want.Fence = occupation.Pending, in.Event, o.Lock.Fence
		if l.sameLock(o.Lock, want); o.Lock.Fence <= held.Fence || o.Intent.Former != held.Fence || !o.Intent.Date.Equal(fin.Date) {
			l.Errorf("taken back as %+v, lock %+v", o.Intent, o.Lock)
		}
		left, err := l.Locks.Claim(l.ctx, other, nil)
		l.ok(err)
		if len(left) != 1 || left[0].Commit.Changes[0].Intent.Undoes != kind || left[0].Commit.Changes[0].Intent.Former != held.Fence || !left[0].Commit.Changes[0].Intent.Date.Equal(fin.Date) {
			l.Errorf("claimed %+v", left)
		}
		l.intend(take("e2"+key, key, mauricio, long), occupation.Occupied)
		l.ok(l.Locks.Undo(l.ctx, "", []string{in.Event}))
		l.free(key)
		in.Event = "r2" + key
		l.carry(l.intend(in, occupation.Accepted))
		want = l.lock(key)
		if want.State != occupation.Held || !want.Deadline.Equal(held.Deadline) || !want.Since.Equal(held.Since) || want.Holder != nicolas {
			l.Errorf("given back as %+v, it was %+v", want, held)
		}
		in.Event = "r3" + key
		l.sameLock(l.intend(in, occupation.Already).Lock, want)
		l.carry(l.intend(pause("p2"+key, key, nicolas), occupation.Accepted))
		in.Event = "r4" + key
		l.intend(in, occupation.Gone) // what it took back is an older one
	}
}

// Whatever is accepted after it ends the chance to take a change back.
func revertOvertaken(l *lockTest) {
	l.seed()
	for i, since := range []func(key string, held occupation.Lock) occupation.Intent{
		func(key string, held occupation.Lock) occupation.Intent {
			return extend("x"+key, held, l.now().Add(2*long))
		},
		func(_ string, held occupation.Lock) occupation.Intent { return release("f"+held.Key, held) },
		func(_ string, held occupation.Lock) occupation.Intent { return transfer("t"+held.Key, held, nicolas) },
		func(key string, _ occupation.Lock) occupation.Intent { return stop("s"+key, key, mauricio) },
	} {
		key := fmt.Sprint("A-", i)
		held := l.held(take("e"+key, key, mauricio, long))
		l.carry(l.intend(since(key, held), occupation.Accepted))
		l.intend(revert("r"+key, key, mauricio, occupation.Take), occupation.Gone)
	}
	l.held(take("e1", "B-1", mauricio, long))
	l.carry(l.intend(pause("p1", "B-1", mauricio), occupation.Accepted))
	l.carry(l.intend(onFree(stop("s1", "B-1", boss), occupation.Retain), occupation.Accepted))
	l.intend(revert("r1", "B-1", mauricio, occupation.Pause), occupation.Gone)
}

func revertTooLate(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, short))
	l.past(held.Deadline)
	again := l.intend(take("e2", "A-1", mauricio, short), occupation.Accepted)
	if !again.Intent.Renews {
		l.Errorf("renewed as %+v: it was theirs before", again.Intent)
	}
	l.carry(again)
	l.intend(revert("r1", "A-1", mauricio, occupation.Take), occupation.Gone)
	held = l.lock("A-1")
	l.past(held.Deadline)
	l.carry(l.intend(pause("p1", "A-1", mauricio), occupation.Accepted))
	o := l.intend(revert("r2", "A-1", mauricio, occupation.Pause), occupation.Expired)
	if !o.Expired.Equal(held.Deadline) {
		l.Errorf("expired at %v, want %v", o.Expired, held.Deadline)
	}
	if l.Advance == nil {
		return
	}
	l.held(take("e3", "A-1", mauricio, long))
	l.Advance(occupation.RevertFor - time.Second)
	l.ok(l.Locks.Undo(l.ctx, "", []string{l.intend(revert("r3", "A-1", mauricio, occupation.Take), occupation.Accepted).Intent.Event}))
	l.Advance(2 * time.Second)
	l.intend(revert("r4", "A-1", mauricio, occupation.Take), occupation.Gone)
}
