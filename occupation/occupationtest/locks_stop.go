package occupationtest

import (
	"github.com/spoolbot/spoolbot/occupation"
)

func stop(event, key string, by occupation.Holder) occupation.Intent {
	return occupation.Intent{Event: event, Kind: occupation.Retain, Key: key, Tag: "tag of " + key, Worker: by, Reason: "calidad"}
}

// onFree makes a stop, or its lifting, one of a spool that nobody holds.
func onFree(in occupation.Intent, kind occupation.Kind) occupation.Intent {
	in.Kind, in.OnFree, in.Operation, in.Was = kind, true, occupation.ARM, "ARM retenido: calidad"
	return in
}

func stopOfOnesOwn(l *lockTest) {
	l.seed()
	l.intend(stop("s0", "A-1", mauricio), occupation.Free)
	held := l.held(take("e1", "A-1", mauricio, long))
	l.sameLock(l.intend(stop("s1", "A-1", nicolas), occupation.NotYours).Lock, held)
	in := stop("s2", "A-1", mauricio)
	in.Fence = held.Fence + 1
	l.sameLock(l.intend(in, occupation.Stale).Lock, held)
	o := l.intend(stop("s3", "A-1", mauricio), occupation.Accepted)
	want := held
	want.State, want.Event = occupation.Finishing, "s3"
	l.sameLock(o.Lock, want)
	l.intend(pause("p1", "A-1", mauricio), occupation.Busy)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"s3"}))
	l.sameLock(l.lock("A-1"), held)
	l.carry(l.intend(stop("s4", "A-1", mauricio), occupation.Accepted))
	l.free("A-1")
}

func stopOfTheirs(l *lockTest) {
	l.seed()
	held := l.overrideRules(func(event string, lock occupation.Lock) occupation.Intent {
		in := stop(event, lock.Key, boss)
		in.From, in.Fence = lock.Holder, lock.Fence
		return in
	})
	in := stop("s1", held.Key, boss)
	in.From, in.Fence = held.Holder, held.Fence
	l.carry(l.intend(in, occupation.Accepted))
	l.free(held.Key)
}

func stopOfFree(l *lockTest) {
	for _, kind := range []occupation.Kind{occupation.Retain, occupation.Lift} {
		l.seed()
		key := "A-" + string(kind)
		o := l.intend(onFree(stop("s1"+key, key, boss), kind), occupation.Accepted)
		if o.Lock.State != occupation.Changing || o.Lock.Holds() || o.Lock.Fence == 0 || o.Intent.Fence != o.Lock.Fence {
			l.Errorf("on its way as %+v, intent %+v", o.Lock, o.Intent)
		}
		l.sameLock(l.lock(key), o.Lock)
		for _, in := range []occupation.Intent{ // whoever comes waits for its end
			take("e1", key, mauricio, long), take("e2", key, boss, long), pause("p1", key, boss),
			onFree(stop("s2", key, boss), kind), stop("s3", key, mauricio), extend("x1", o.Lock, l.now()), expire("v1", o.Lock),
		} {
			l.sameLock(l.intend(in, occupation.Busy).Lock, o.Lock)
		}
		due, err := l.Locks.Due(l.ctx, nil, 0)
		l.ok(err)
		if len(due.Over)+len(due.Ended) > 0 {
			l.Errorf("due are %+v", due)
		}
		l.ok(l.Locks.Undo(l.ctx, "", []string{"s1" + key}))
		l.free(key)
		o = l.intend(onFree(stop("s4"+key, key, boss), kind), occupation.Accepted)
		l.carry(o)
		l.free(key)
		coming := l.intend(take("e4"+key, key, mauricio, long), occupation.Accepted)
		l.sameLock(l.intend(onFree(stop("s6", key, boss), kind), occupation.Busy).Lock, coming.Lock)
		l.ok(l.Locks.Undo(l.ctx, "", []string{"e4" + key}))
		next := l.held(take("e3"+key, key, mauricio, long))
		if next.Fence <= o.Intent.Fence {
			l.Errorf("fence %d after %d", next.Fence, o.Intent.Fence)
		}
		l.sameLock(l.intend(onFree(stop("s5", key, boss), kind), occupation.Occupied).Lock, next)
	}
}

// A lapsed lock stays what it was over the lifting of a stop.
func liftOfLapsed(l *lockTest) {
	l.seed()
	lapsed := l.lapsed("A-1", mauricio, long)
	in := onFree(stop("s1", "A-1", boss), occupation.Lift)
	if o := l.intend(in, occupation.Accepted); o.Lock.State != occupation.Changing {
		l.Errorf("on its way as %+v", o.Lock)
	}
	l.ok(l.Locks.Undo(l.ctx, "", []string{"s1"}))
	l.sameLock(l.lock("A-1"), lapsed)
	in.Event = "s2"
	l.carry(l.intend(in, occupation.Accepted))
	l.sameLock(l.lock("A-1"), lapsed)
	l.intend(take("e2", "A-1", nicolas, long), occupation.Kept)
}
