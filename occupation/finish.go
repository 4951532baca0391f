package occupation

import (
	"context"
	"time"
)

// Pause is PAUSAR: the worker gives the spools back unfinished; anyone with the
// role may take them again. One result per distinct tag, in order. The error
// concerns the whole request: INVALID_INPUT, WORKER_UNKNOWN, SHEET_... and
// LOCKS_UNAVAILABLE.
func (s *Service) Pause(ctx context.Context, r Request, targets []Target) ([]Result, error) {
	return s.finish(ctx, r, Pause, targets, time.Time{})
}

// Complete is COMPLETAR: the operation of the worker's lock is done, on the
// given day (midnight in the shop's zone, from ParseDate). Results and errors
// as Pause.
func (s *Service) Complete(ctx context.Context, r Request, targets []Target, date time.Time) ([]Result, error) {
	now := r.Now.In(s.cfg.Zone)
	date, bad := checkDate(day(date.Year(), date.Month(), date.Day(), s.cfg.Zone), Midnight(now), "")
	if bad != nil {
		return nil, bad
	}
	return s.finish(ctx, r, Complete, targets, date)
}

func (s *Service) finish(ctx context.Context, r Request, kind Kind, targets []Target, date time.Time) ([]Result, error) {
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return nil, err
	}
	f, err := s.prepareFinish(ctx, r, worker, kind, targets)
	if err != nil {
		return nil, err
	}
	for n, i := range f.at {
		f.results[i].Date, f.intents[n].Date = date, date
	}
	if err := s.carryFinish(ctx, f); err != nil {
		return nil, err
	}
	return f.results, nil
}

// finishing is a request of a holder on its way.
type finishing struct {
	worker  Worker
	targets map[string]Target // by key
	results []Result
	at      []int // which result each intent is for
	intents []Intent
}

func (s *Service) prepareFinish(ctx context.Context, r Request, worker Worker, kind Kind, targets []Target) (*finishing, error) {
	f := &finishing{worker: worker, targets: map[string]Target{}}
	tags := make([]string, len(targets))
	for i, t := range targets {
		tags[i] = t.Tag
		f.targets[TagKey(t.Tag)] = t
	}
	var err error
	if f.results, err = newResults(tags, kind); err != nil {
		return nil, err
	}
	if err := s.findRows(ctx, f.results); err != nil {
		return nil, err
	}
	for i := range f.results {
		if f.results[i].Err != nil {
			continue
		}
		key := TagKey(f.results[i].Tag)
		f.at = append(f.at, i)
		f.intents = append(f.intents, Intent{
			Event: eventID(r, kind, key), Kind: kind, Key: key, Tag: f.results[i].Tag,
			Worker: worker.AsHolder(), Fence: f.targets[key].Fence,
		})
	}
	return f, nil
}

func (s *Service) carryFinish(ctx context.Context, f *finishing) error {
	outcomes, err := s.change(ctx, f.intents)
	if err != nil {
		return err
	}
	s.finishByRow(ctx, f, outcomes)
	for n, i := range f.at {
		s.concludeFinish(&f.results[i], outcomes[n])
	}
	return nil
}

// findRows finds the row of each result, on a fresh read where the snapshot
// has none.
func (s *Service) findRows(ctx context.Context, results []Result) error {
	book, err := s.Book(ctx)
	if err != nil {
		return err
	}
	for i, fresh := 0, false; i < len(results); i++ {
		spool, missing := book.Find(results[i].Tag)
		if missing != nil && !fresh {
			if book, err = s.records.Book(ctx, freshEnough); err != nil {
				return asUnavailable(err)
			}
			fresh = true
			spool, missing = book.Find(results[i].Tag)
		}
		if results[i].Err = missing; missing == nil {
			results[i].Spool, results[i].Tag = spool, spool.Tag
		}
	}
	return nil
}

// finishByRow helps where the lock store says that nobody holds a spool and the
// sheet says that this worker does: the lock is rebuilt and asked again. What
// hinders it concerns these spools alone, the others are at their end.
func (s *Service) finishByRow(ctx context.Context, f *finishing, outcomes []changed) {
	var free, again []int
	for n := range outcomes {
		if outcomes[n].Verdict == Free {
			free = append(free, n)
		}
	}
	if len(free) == 0 {
		return
	}
	fail := func(at []int, err error) {
		for _, n := range at {
			outcomes[n] = changed{Outcome: Outcome{Verdict: Busy}, err: asError(err)}
		}
	}
	book, err := s.records.Book(ctx, freshEnough)
	if err != nil {
		fail(free, asUnavailable(err))
		return
	}
	var lost []Spool
	var retry []Intent
	for _, n := range free {
		i := f.at[n]
		spool, missing := book.Find(f.results[i].Tag)
		if missing != nil {
			continue
		}
		f.results[i].Spool = spool
		if spool.HolderID == f.worker.ID && f.intents[n].Fence == 0 {
			lost, again, retry = append(lost, spool), append(again, n), append(retry, f.intents[n])
		}
	}
	if len(lost) == 0 {
		return
	}
	if err := s.restore(ctx, lost); err != nil {
		fail(again, err)
		return
	}
	redone, err := s.change(ctx, retry)
	if err != nil {
		fail(again, err)
		return
	}
	for j, n := range again {
		outcomes[n] = redone[j]
	}
}

func (s *Service) concludeFinish(res *Result, o changed) {
	res.Lock, res.Err, res.Reverts = s.local(o.Lock), o.err, o.reverts
	held := func(code Code, reason Reason) *Error {
		return &Error{
			Code: code, Reason: reason, Tag: res.Tag, Operation: res.Lock.Operation, Holder: res.Lock.Holder,
			Since: res.Lock.Since, Until: res.Lock.Deadline,
		}
	}
	switch o.Verdict {
	case Accepted, Busy:
	case Already:
		res.Already = true
	case Free:
		res.Err = &Error{Code: NotOwner, Reason: NobodyHolds, Tag: res.Tag, Holder: Holder{Name: res.Spool.HeldBy}, Since: res.Spool.Since}
		if res.Spool.Occupied() {
			res.Err.Reason = ""
		}
	case NotYours:
		res.Err = held(NotOwner, "")
	case Gone: // they have not just paused it
		res.Err = &Error{Code: RoleNotAllowed, Reason: NotSupervisor, Tag: res.Tag}
	case Occupied:
		res.Err = held(SpoolOccupied, "")
	case Stale:
		res.Err = held(NotOwner, HeldAnew)
	case Expired:
		if !res.Lock.Holds() {
			res.Lock = Lock{}
		}
		res.Err = held(LockExpired, "")
		res.Err.Expired = o.Outcome.Expired.In(s.cfg.Zone)
	default:
		res.Err = &Error{Code: LocksUnavailable, Reason: NothingDone, Tag: res.Tag}
	}
}
