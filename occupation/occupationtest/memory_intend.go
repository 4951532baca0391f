package occupationtest

import (
	"context"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Intend implements occupation.Locks.
func (l *Locks) Intend(ctx context.Context, replica string, intents []occupation.Intent) ([]occupation.Outcome, error) {
	out := make([]occupation.Outcome, 0, len(intents))
	err := l.call(ctx, "Intend", true, func(now time.Time) {
		for _, in := range intents {
			out = append(out, l.intend(replica, in, now))
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (l *Locks) intend(replica string, in occupation.Intent, now time.Time) occupation.Outcome {
	lock, there := l.locks[in.Key]
	if _, known := l.intents[in.Event]; known {
		lock.Event = in.Event
		return occupation.Outcome{Verdict: occupation.Busy, Lock: lock}
	}
	o := occupation.Outcome{Verdict: occupation.Busy}
	if in.Kind == occupation.PauseWhy {
		if o = (occupation.Outcome{Verdict: l.judgePauseWhy(in, now), Lock: lock}); o.Verdict == occupation.Accepted {
			o.Intent = l.sayWhy(replica, in, now)
		}
		if o.Verdict != occupation.Gone {
			o.Until = l.revertsUntil(in, now)
		}
		return o
	}
	if lock.State != occupation.Changing { // whose end all wait for
		o = l.judge(in, lock, there, now)
	}
	if o.Lock = lock; o.Verdict != occupation.Accepted {
		return o
	}
	e := &entry{owner: replica, prior: lock, last: l.last(in.Key, now)}
	delete(l.lasts, in.Key)
	if in.Kind == occupation.Revert {
		in = e.last.completed(in)
	}
	switch {
	case in.Kind == occupation.Revert && in.Begins():
		l.fence++
		was := e.last.intent
		lock = occupation.Lock{
			Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: was.Operation,
			Since: was.Since, Deadline: was.Deadline, Fence: l.fence, State: occupation.Pending, Event: in.Event,
		}
	case in.Begins():
		l.fence++
		op := in.Operation
		if in.Kind == occupation.Transfer {
			op = lock.Operation
		}
		lock = occupation.Lock{
			Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: op,
			Since: now, Deadline: now.Add(in.TTL), Fence: l.fence, State: occupation.Pending, Event: in.Event,
		}
	case in.OnFree:
		l.fence++
		lock = occupation.Lock{
			Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: in.Operation,
			Since: now, Deadline: now, Fence: l.fence, State: occupation.Changing, Event: in.Event,
		}
	case in.Kind == occupation.Extend:
		lock.Deadline = utcMilli(in.Until)
		e.owed = true // nothing but its audit row is left to be done
	default:
		lock.State, lock.Event = occupation.Finishing, in.Event
		if in.Kind == occupation.Expire {
			lock.Until = now.Add(in.Grace)
		}
	}
	in.Operation, in.Fence, in.Since, in.Deadline, in.At = lock.Operation, lock.Fence, lock.Since, lock.Deadline, now
	in.Renews = in.Kind == occupation.Take && e.prior.State == occupation.Held
	l.locks[in.Key] = lock
	e.intent = in
	l.intents[in.Event] = e
	o.Intent, o.Lock = in, lock
	return o
}

func (l *Locks) judge(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Outcome {
	says := func(v occupation.Verdict) occupation.Outcome { return occupation.Outcome{Verdict: v} }
	switch in.Kind {
	case occupation.Take:
		return l.judgeTake(in, lock, there, now)
	case occupation.Expire:
		return says(judgeExpire(in, lock, there, now))
	case occupation.Transfer, occupation.Release:
		return says(judgeOverride(in, lock, there, now))
	case occupation.Retain, occupation.Lift:
		return l.judgeStop(in, lock, there, now)
	case occupation.Revert:
		return l.judgeRevert(in, lock, there, now)
	case occupation.Extend:
		return l.judgeExtend(in, lock, there, now)
	default:
		return l.judgeFinish(in, lock, there, now)
	}
}

func (l *Locks) judgeTake(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Outcome {
	mine := there && lock.Holder.ID == in.Worker.ID
	lapsed := there && lock.State == occupation.Lapsed
	passing := there && lock.Passing()
	switch {
	case mine && passing:
		return occupation.Outcome{Verdict: occupation.Busy}
	case mine && !lapsed && !now.After(lock.Deadline):
		return occupation.Outcome{Verdict: occupation.Already}
	case mine:
		return occupation.Outcome{Verdict: occupation.Accepted}
	case there && !lapsed:
		return occupation.Outcome{Verdict: occupation.Occupied}
	case lapsed && !now.After(lock.Until):
		return occupation.Outcome{Verdict: occupation.Kept}
	}
	if w := l.waits[in.Key]; w != nil && len(w.workers) > 0 && w.workers[0] != in.Worker.ID && !now.After(w.until) {
		return occupation.Outcome{Verdict: occupation.Reserved, Until: w.until}
	}
	return occupation.Outcome{Verdict: occupation.Accepted}
}

func (l *Locks) judgeFinish(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Outcome {
	mine := there && lock.Holder.ID == in.Worker.ID
	named := in.Fence == 0 || in.Fence == lock.Fence
	switch {
	case mine && lock.State == occupation.Lapsed && named && !now.After(lock.Until):
		return occupation.Outcome{Verdict: occupation.Accepted}
	case mine && lock.State != occupation.Lapsed && !named:
		return occupation.Outcome{Verdict: occupation.Stale}
	case mine && lock.State == occupation.Held:
		return occupation.Outcome{Verdict: occupation.Accepted}
	case mine && lock.State != occupation.Lapsed:
		return occupation.Outcome{Verdict: occupation.Busy}
	}
	return l.judgeLate(in, lock, there, now)
}

// judgeLate answers who does not hold the spool (any more).
func (l *Locks) judgeLate(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Outcome {
	if there && lock.State == occupation.Lapsed && lock.Holder.ID == in.Worker.ID && (in.Fence == 0 || in.Fence == lock.Fence) {
		return occupation.Outcome{Verdict: occupation.Expired, Expired: lock.Deadline}
	}
	stone, dead := l.tombstones[in.Key]
	switch {
	case dead && stone.holder == in.Worker.ID && (in.Fence == 0 || in.Fence == stone.fence) && !now.After(stone.until):
		return occupation.Outcome{Verdict: occupation.Expired, Expired: stone.deadline}
	case there && lock.State != occupation.Lapsed:
		return occupation.Outcome{Verdict: occupation.NotYours}
	default:
		return occupation.Outcome{Verdict: occupation.Free}
	}
}

func (l *Locks) judgeExtend(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Outcome {
	switch mine := there && lock.Holder.ID == in.Worker.ID; {
	case !mine || lock.State == occupation.Lapsed:
		return l.judgeLate(in, lock, there, now)
	case in.Fence != 0 && in.Fence != lock.Fence:
		return occupation.Outcome{Verdict: occupation.Stale}
	case lock.State != occupation.Held:
		return occupation.Outcome{Verdict: occupation.Busy}
	case !utcMilli(in.Until).After(lock.Deadline):
		return occupation.Outcome{Verdict: occupation.Already}
	default:
		return occupation.Outcome{Verdict: occupation.Accepted}
	}
}

// judgeStop is for a stop and its lifting: by who holds the spool, by somebody else,
// who names whose it is, or of one that nobody holds.
func (l *Locks) judgeStop(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Outcome {
	switch {
	case in.OnFree && there && lock.Passing():
		return occupation.Outcome{Verdict: occupation.Busy}
	case in.OnFree && there && lock.State != occupation.Lapsed:
		return occupation.Outcome{Verdict: occupation.Occupied}
	case in.OnFree && in.Kind == occupation.Retain && in.Fence != 0 && !l.justPaused(in, now):
		return occupation.Outcome{Verdict: occupation.Gone}
	case in.OnFree:
		return occupation.Outcome{Verdict: occupation.Accepted}
	case in.From.ID != 0:
		return occupation.Outcome{Verdict: judgeOverride(in, lock, there, now)}
	default:
		return l.judgeFinish(in, lock, there, now)
	}
}

// judgeOverride is for what somebody else than the holder does: a transfer and a
// forced release. It must name whose occupation it means.
func judgeOverride(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Verdict {
	switch {
	case !there, in.Kind == occupation.Transfer && lock.State == occupation.Lapsed && now.After(lock.Until):
		return occupation.Free
	case in.Kind == occupation.Transfer && lock.State == occupation.Held && lock.Holder.ID == in.Worker.ID:
		return occupation.Already
	case lock.Holder.ID != in.From.ID:
		return occupation.NotYours
	case lock.Fence != in.Fence:
		return occupation.Stale
	case lock.State == occupation.Pending, lock.State == occupation.Finishing:
		return occupation.Busy
	default:
		return occupation.Accepted
	}
}

func judgeExpire(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Verdict {
	switch {
	case !there, in.Worker.ID != lock.Holder.ID, in.Fence != lock.Fence:
		return occupation.Current
	case lock.State == occupation.Pending, lock.State == occupation.Finishing:
		return occupation.Busy
	case lock.State == occupation.Held && now.After(lock.Deadline):
		return occupation.Accepted
	default:
		return occupation.Current
	}
}
