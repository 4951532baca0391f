package occupationtest

import (
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func why(event, key string, by occupation.Holder, fence int64) occupation.Intent {
	return occupation.Intent{Event: event, Kind: occupation.PauseWhy, Key: key, Tag: "tag of " + key, Worker: by, Fence: fence, Reason: "colación"}
}

func pauseWhy(l *lockTest) {
	l.seed()
	held := l.held(take("e1", "A-1", mauricio, long))
	l.intend(why("w0", "A-1", mauricio, held.Fence), occupation.Gone)
	l.carry(l.intend(pause("p1", "A-1", mauricio), occupation.Accepted))
	l.intend(why("w1", "A-1", nicolas, held.Fence), occupation.Gone)
	l.intend(why("w2", "B-1", mauricio, held.Fence), occupation.Gone)
	l.intend(why("w3", "A-1", mauricio, held.Fence+1), occupation.Gone)
	next := l.held(take("e2", "A-1", nicolas, long)) // also when somebody goes on with it
	o := l.intend(why("w4", "A-1", mauricio, held.Fence), occupation.Accepted)
	if o.Intent.Operation != held.Operation || o.Intent.Fence != held.Fence || o.Intent.Reason != "colación" || o.Intent.At.IsZero() {
		l.Errorf("said as %+v", o.Intent)
	}
	l.sameLock(l.lock("A-1"), next)
	l.intend(why("w5", "A-1", mauricio, held.Fence), occupation.Already)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"w4"})) // its answer was lost: it can be said again
	o = l.intend(why("w6", "A-1", mauricio, held.Fence), occupation.Accepted)
	left, err := l.Locks.Claim(l.ctx, other, nil)
	l.ok(err)
	if len(left) != 1 || !left[0].Owed || left[0].Commit.Changes[0].Intent != o.Intent {
		l.Errorf("owed are %+v, want what was said", left)
	}
	if !o.Until.IsZero() {
		l.Errorf("what somebody goes on with can be taken back until %v", o.Until)
	}
	l.sameLock(l.lock("A-1"), next)
	l.carry(l.intend(pause("p2", "A-1", nicolas), occupation.Accepted))
	said := l.intend(why("w8", "A-1", nicolas, next.Fence), occupation.Accepted)
	if left := said.Until.Sub(said.Intent.At); left <= 0 || left > occupation.RevertFor {
		l.Errorf("can be taken back for %v", left)
	}
	if got := l.intend(why("w9", "A-1", nicolas, next.Fence), occupation.Already); !got.Until.Equal(said.Until) {
		l.Errorf("can be taken back until %v, said before: %v", got.Until, said.Until)
	}
	if l.Advance == nil {
		return
	}
	l.Advance(occupation.RevertFor + time.Second)
	if got := l.intend(why("w10", "A-1", nicolas, next.Fence), occupation.Already); !got.Until.IsZero() {
		l.Errorf("can be taken back until %v, after its minute", got.Until)
	}
	l.Advance(occupation.PauseWhyFor + time.Second)
	l.intend(why("w7", "A-1", nicolas, next.Fence), occupation.Gone)
}

// Whoever has just paused a spool may stop it, and nobody else who is no supervisor.
func stopAfterPause(l *lockTest) {
	l.seed()
	stopIt := func(event string, by occupation.Holder, fence int64) occupation.Intent {
		in := onFree(stop(event, "A-1", by), occupation.Retain)
		in.Fence = fence
		return in
	}
	held := l.held(take("e1", "A-1", mauricio, long))
	l.carry(l.intend(pause("p1", "A-1", mauricio), occupation.Accepted))
	l.intend(stopIt("s1", nicolas, held.Fence), occupation.Gone)
	l.intend(stopIt("s2", mauricio, held.Fence+1), occupation.Gone)
	l.intend(why("w1", "A-1", mauricio, held.Fence), occupation.Accepted) // to say why is not to act
	l.intend(stopIt("s3", mauricio, held.Fence), occupation.Accepted)
	l.ok(l.Locks.Undo(l.ctx, "", []string{"s3"}))
	o := l.intend(stopIt("s4", mauricio, held.Fence), occupation.Accepted)
	l.carry(o)
	l.free("A-1")
	l.intend(stopIt("s5", mauricio, held.Fence), occupation.Gone)
	l.held(take("e2", "A-1", nicolas, long))
	l.carry(l.intend(pause("p2", "A-1", nicolas), occupation.Accepted))
	l.intend(stopIt("s6", mauricio, held.Fence), occupation.Gone)
}
