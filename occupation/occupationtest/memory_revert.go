package occupationtest

import (
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// lastChange is what was done last to a spool, and when it was settled.
type lastChange struct {
	intent occupation.Intent
	at     time.Time
}

// lastLife is how long the last change is remembered.
const lastLife = occupation.PauseWhyFor

// pauseTold is a pause, and whether it was said why.
type pauseTold struct {
	lastChange
	told bool
}

// last is the last change of a spool, zero when it is not remembered (any more).
func (l *Locks) last(key string, now time.Time) lastChange {
	last := l.lasts[key]
	if now.Sub(last.at) >= lastLife {
		return lastChange{}
	}
	return last
}

// remember keeps a change that has landed as the last one, if it can be taken back
// or is one that took something back.
func (l *Locks) remember(e *entry, now time.Time) {
	in := e.intent
	if in.Kind == occupation.Revert || (in.Kind.Reverts() && !in.Renews) {
		l.lasts[in.Key] = lastChange{in, now}
	}
	if in.Kind == occupation.Pause {
		l.pauses[in.Fence] = pauseTold{lastChange{in, now}, false}
	}
}

// justPaused reports whether the worker's pause of that occupation is the last thing
// that was done to the spool.
func (l *Locks) justPaused(in occupation.Intent, now time.Time) bool {
	last := l.last(in.Key, now).intent
	return last.Kind == occupation.Pause && last.Fence == in.Fence && last.Worker.ID == in.Worker.ID
}

// judgePauseWhy is for who says why they have paused.
func (l *Locks) judgePauseWhy(in occupation.Intent, now time.Time) occupation.Verdict {
	p := l.pauses[in.Fence]
	switch {
	case p.intent.Key != in.Key, p.intent.Worker.ID != in.Worker.ID, now.Sub(p.at) >= lastLife:
		return occupation.Gone
	case p.told:
		return occupation.Already
	default:
		return occupation.Accepted
	}
}

// revertsUntil is until when the worker's pause of that occupation can be taken back,
// zero = not any more.
func (l *Locks) revertsUntil(in occupation.Intent, now time.Time) time.Time {
	last := l.last(in.Key, now)
	end := last.at.Add(occupation.RevertFor)
	if last.intent.Deadline.Before(end) {
		end = last.intent.Deadline
	}
	if !l.justPaused(in, now) || now.After(end) {
		return time.Time{}
	}
	return end
}

// sayWhy remembers that it was said why there was a pause, and the intent that says it.
func (l *Locks) sayWhy(replica string, in occupation.Intent, now time.Time) occupation.Intent {
	p := l.pauses[in.Fence]
	p.told = true
	l.pauses[in.Fence] = p
	was := p.intent
	in.Operation, in.Since, in.Deadline, in.At = was.Operation, was.Since, was.Deadline, now
	l.intents[in.Event] = &entry{owner: replica, intent: in, owed: true}
	return in
}

// judgeRevert is for who wants to take a change back.
func (l *Locks) judgeRevert(in occupation.Intent, lock occupation.Lock, there bool, now time.Time) occupation.Outcome {
	last := l.last(in.Key, now)
	former := last.intent.Fence
	if last.intent.Kind == occupation.Revert {
		former = last.intent.Former
	}
	says := func(v occupation.Verdict) occupation.Outcome { return occupation.Outcome{Verdict: v} }
	switch {
	case there && lock.Passing():
		return says(occupation.Busy)
	case last.intent.Worker.ID != in.Worker.ID, in.Fence != 0 && in.Fence != former:
		return says(occupation.Gone)
	case last.intent.Kind == occupation.Revert && last.intent.Undoes == in.Undoes:
		return says(occupation.Already)
	case last.intent.Kind != in.Undoes, now.Sub(last.at) > occupation.RevertFor:
		return says(occupation.Gone)
	case in.Undoes == occupation.Take:
		if !there || lock.State != occupation.Held || lock.Fence != last.intent.Fence {
			return says(occupation.Gone)
		}
		return says(occupation.Accepted)
	case there:
		return says(occupation.Gone)
	case now.After(last.intent.Deadline):
		return occupation.Outcome{Verdict: occupation.Expired, Expired: last.intent.Deadline}
	}
	if w := l.waits[in.Key]; w != nil && w.toldFirst && !now.After(w.until) {
		return occupation.Outcome{Verdict: occupation.Reserved, Until: w.until}
	}
	return says(occupation.Accepted)
}

// completed is the intent of a Revert with what it takes back.
func (last lastChange) completed(in occupation.Intent) occupation.Intent {
	in.Former, in.Was, in.Date = last.intent.Fence, last.intent.Was, last.intent.Date
	return in
}
