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
	o := occupation.Outcome{Lock: lock}
	switch in.Kind {
	case occupation.Take:
		o.Verdict = judgeTake(in, lock, there, now)
	case occupation.Expire:
		o.Verdict = judgeExpire(in, lock, there, now)
	default:
		o.Verdict, o.Expired = l.judgeFinish(in, lock, there, now)
	}
	if o.Verdict != occupation.Accepted {
		return o
	}
	prior := lock
	if in.Kind == occupation.Take {
		l.fence++
		lock = occupation.Lock{
			Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: in.Operation,
			Since: now, Deadline: now.Add(in.TTL), Fence: l.fence, State: occupation.Pending, Event: in.Event,
		}
	} else {
		lock.State, lock.Event = occupation.Finishing, in.Event
	}
	in.Operation, in.Fence, in.Since, in.Deadline, in.At = lock.Operation, lock.Fence, lock.Since, lock.Deadline, now
	l.locks[in.Key] = lock
	l.intents[in.Event] = &entry{intent: in, owner: replica, prior: prior}
	o.Intent, o.Lock = in, lock
	return o
}

func judgeTake(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Verdict {
	switch mine := lock.Holder.ID == in.Worker.ID; {
	case !there:
		return occupation.Accepted
	case mine && lock.State != occupation.Held:
		return occupation.Busy
	case mine && now.After(lock.Deadline):
		return occupation.Accepted
	case mine:
		return occupation.Already
	case lock.State == occupation.Held && now.After(lock.Deadline.Add(in.Grace)):
		return occupation.Lapsed
	default:
		return occupation.Occupied
	}
}

func (l *Locks) judgeFinish(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) (occupation.Verdict, time.Time) {
	if there && lock.Holder.ID == in.Worker.ID {
		switch {
		case in.Fence != 0 && in.Fence != lock.Fence:
			return occupation.Stale, time.Time{}
		case lock.State != occupation.Held:
			return occupation.Busy, time.Time{}
		default:
			return occupation.Accepted, time.Time{}
		}
	}
	stone, dead := l.tombstones[in.Key]
	if dead && stone.holder == in.Worker.ID && (in.Fence == 0 || in.Fence == stone.fence) && !now.After(stone.until) {
		return occupation.Expired, stone.deadline
	}
	if there {
		return occupation.NotYours, time.Time{}
	}
	return occupation.Free, time.Time{}
}

func judgeExpire(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Verdict {
	switch {
	case !there, in.Worker.ID != lock.Holder.ID, in.Fence != 0 && in.Fence != lock.Fence:
		return occupation.Current
	case lock.State != occupation.Held:
		return occupation.Busy
	case now.After(lock.Deadline.Add(in.Grace)):
		return occupation.Accepted
	default:
		return occupation.Current
	}
}
