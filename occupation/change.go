package occupation

import (
	"context"
	"errors"
	"time"
)

// freshEnough is how old a read may be that confirms a refusal.
const freshEnough = time.Second

// changed is what became of one intent: the lock store's verdict and, for those
// that it accepted, the end of the commit.
type changed struct {
	Outcome
	err     *Error
	reverts bool // it can be taken back
}

// change carries intents of one kind through intend, commit and settle, and
// waits for the end of each, at most the service's patience. The error is
// LOCKS_UNAVAILABLE or one of rebuilding the locks; then nothing was changed.
func (s *Service) change(ctx context.Context, intents []Intent) ([]changed, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Patience)
	defer cancel()
	intents = traced(ctx, intents)
	out, waiting, err := s.attempt(ctx, intents)
	if err != nil {
		return nil, err
	}
	for pause := 20 * time.Millisecond; len(waiting) > 0; pause = min(2*pause, time.Second) {
		if wait(ctx, pause) != nil {
			for _, i := range waiting {
				out[i].err = inVain(intents[i], out[i].Outcome)
			}
			break
		}
		again := make([]Intent, len(waiting))
		for j, i := range waiting {
			again[j] = intents[i]
		}
		next, still, err := s.attempt(ctx, again)
		if err != nil {
			for _, i := range waiting {
				out[i].err = asError(err)
			}
			break
		}
		for j, i := range waiting {
			out[i] = next[j]
		}
		for k, j := range still {
			still[k] = waiting[j]
		}
		waiting = still
	}
	return out, nil
}

// attempt is one round of change. waiting are the indexes of the intents that
// were not recorded because an earlier one of the same spool is or was on its
// way: one of another kind, which has ended meanwhile, or one of which nothing
// is known here, because another replica carries it, or a tap of this very
// moment. They are to be asked again.
func (s *Service) attempt(ctx context.Context, intents []Intent) (out []changed, waiting []int, err error) {
	if len(intents) == 0 {
		return nil, nil, nil
	}
	outcomes, jobs, fresh, err := s.ask(ctx, intents)
	if err != nil {
		return nil, nil, err
	}
	s.committer.queue(fresh)
	out = make([]changed, len(intents))
	for i, o := range outcomes {
		out[i].Outcome = o
		j := jobs[i]
		if j == nil {
			if o.Verdict == Busy {
				waiting = append(waiting, i)
			}
			continue
		}
		if j.owed { // nothing but its audit row is left to be done, and nobody waits for that
			out[i].Intent = j.intent
			continue
		}
		select {
		case <-j.done:
		case <-ctx.Done():
		}
		switch {
		case j.intent.Kind == intents[i].Kind && j.intent.Worker.ID == intents[i].Worker.ID:
			out[i].err = j.leave()
			out[i].Intent, out[i].Lock = j.intent, j.intent.lock()
			out[i].reverts = out[i].err == nil && j.reverts()
		case j.ended():
			waiting = append(waiting, i)
		default:
			out[i].err = notBegun(o.Lock.Tag)
		}
	}
	return out, waiting, nil
}

// ask asks the lock store for the intents, and gives the job of each that has one
// here, and those that have to be queued.
func (s *Service) ask(ctx context.Context, intents []Intent) (outcomes []Outcome, jobs, fresh []*job, err error) {
	if err := s.committer.asks(ctx, intents); err != nil {
		return nil, nil, nil, locksGone(err, NothingDone)
	}
	defer s.committer.asked(intents)
	if outcomes, err = s.intend(ctx, intents); err != nil {
		return nil, nil, nil, err
	}
	jobs = make([]*job, len(intents))
	for i, o := range outcomes {
		if intents[i].done(o) {
			outcomes[i].Verdict = Already
		}
		j, isNew := s.follow(outcomes[i])
		if jobs[i] = j; isNew {
			fresh = append(fresh, j)
		}
	}
	return outcomes, jobs, fresh, nil
}

// done reports whether the intent itself, delivered twice, is what makes the spool
// busy, and is carried out: nothing but its audit row is on its way.
func (i Intent) done(o Outcome) bool {
	return o.Verdict == Busy && o.Lock.Event == i.Event && !o.Lock.Passing()
}

// intend is Locks.Intend, with the lock store rebuilt first where it is empty.
func (s *Service) intend(ctx context.Context, intents []Intent) ([]Outcome, error) {
	known := s.fence.Load()
	outcomes, err := s.locks.Intend(ctx, s.cfg.Replica, intents)
	if errors.Is(err, ErrUnseeded) {
		if err := s.Rebuild(ctx); err != nil {
			return nil, err
		}
		outcomes, err = s.locks.Intend(ctx, s.cfg.Replica, intents)
	}
	if wentBack(outcomes, known) {
		outcomes, err = s.intendAgain(ctx, intents, outcomes)
	}
	for _, o := range outcomes {
		s.sawFence(o.Lock.Fence)
	}
	if err != nil {
		// The script may have run and its answer been lost: what it remembered
		// is put back as soon as the store answers.
		s.committer.forget(intents)
		return nil, locksGone(err, NothingDone)
	}
	return outcomes, nil
}

// follow makes the job of an accepted intent, which is fresh and has to be
// queued, or finds the job of the earlier intent that a Busy verdict speaks of.
// nil = there is nothing to wait for here.
func (s *Service) follow(o Outcome) (j *job, fresh bool) {
	switch o.Verdict {
	case Accepted:
		return s.committer.enter(&job{intent: o.Intent, owed: o.Intent.Kind.RowOnly()})
	case Busy:
		if j := s.committer.find(o.Lock.Event); j != nil {
			return j, false
		}
	}
	return nil, false
}

// lock is the occupation that the intent speaks of.
func (i Intent) lock() Lock {
	holder := i.Worker
	if i.Kind == Release || (i.Kind == Retain && i.From.ID != 0) {
		holder = i.From
	}
	return Lock{
		Key: i.Key, Tag: i.Tag, Holder: holder, Operation: i.Operation,
		Since: i.Since, Deadline: i.Deadline, Fence: i.Fence, State: Held,
	}
}

// newResults makes one result per distinct tag. Errors: INVALID_INPUT.
func newResults(tags []string, kind Kind) ([]Result, error) {
	seen := map[string]bool{}
	var out []Result
	for _, t := range tags {
		key := TagKey(t)
		if key == "" || len([]rune(key)) > MaxTagLength {
			return nil, &Error{Code: InvalidInput, Reason: BadTag, Text: t}
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, Result{Tag: t, Kind: kind})
		}
	}
	switch {
	case len(out) == 0:
		return nil, &Error{Code: InvalidInput, Reason: NoTags}
	case len(out) > MaxBatch:
		return nil, &Error{Code: InvalidInput, Reason: TooManyTags, Row: len(out)}
	default:
		return out, nil
	}
}

func checking(tag string) *Error {
	return &Error{Code: SheetUnavailable, Reason: BeingChecked, Tag: tag}
}

// inVain is the answer to an intent that waited in vain for an earlier one of the
// same spool, which another replica carries. Of their own take a worker will hear;
// of what ends an occupation nobody knows here who wants it, and anything else was
// not begun.
func inVain(in Intent, o Outcome) *Error {
	own := in.Begins() && o.Lock.State == Pending && o.Lock.Holder.ID == in.Worker.ID
	if own || o.Lock.Event == in.Event {
		return checking(in.Tag)
	}
	return notBegun(in.Tag)
}

// notBegun is the answer to an intent that was not recorded, so that nothing was
// changed.
func notBegun(tag string) *Error {
	return &Error{Code: SheetUnavailable, Reason: NothingDone, Tag: tag}
}

// asUnavailable gives an error of the records a code if it carries none.
func asUnavailable(err error) error {
	if CodeOf(err) != "" {
		return err
	}
	return &Error{Code: SheetUnavailable, Reason: NothingDone, Err: err}
}

func locksGone(err error, reason Reason) error {
	if CodeOf(err) != "" {
		return err
	}
	return &Error{Code: LocksUnavailable, Reason: reason, Err: err}
}

// local gives the times of a lock in the shop's zone.
func (s *Service) local(l Lock) Lock {
	if l.Fence != 0 {
		l.Since, l.Deadline = l.Since.In(s.cfg.Zone), l.Deadline.In(s.cfg.Zone)
		if !l.Until.IsZero() {
			l.Until = l.Until.In(s.cfg.Zone)
		}
	}
	return l
}

// localLocks are the locks by key, without those that are nobody's.
func (s *Service) localLocks(locks []Lock) map[string]Lock {
	out := make(map[string]Lock, len(locks))
	for _, l := range locks {
		if l.State != Changing {
			out[l.Key] = s.local(l)
		}
	}
	return out
}
