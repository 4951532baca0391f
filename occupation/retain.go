package occupation

import (
	"context"
	"slices"
)

// Retain is RETENER: nobody may take the spool until that is lifted. Whoever holds
// it stops it and ends the occupation with that; a supervisor stops one that
// somebody else holds, who is told, or that nobody holds; and whoever has paused it may
// for PauseWhyFor, if nobody has acted since. A reason is required.
// Errors: INVALID_INPUT (NoReason), WORKER_UNKNOWN, those of Find, and
// LOCKS_UNAVAILABLE; what became of the spool is in the result, also that the
// worker is no supervisor (NOT_OWNER, ROLE_NOT_ALLOWED), that it is stopped already
// (OnHold), and that the sheet has no Estado_Ocupacion (SHEET_SCHEMA).
func (s *Service) Retain(ctx context.Context, r Request, target Target, reason string) (Result, error) {
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return Result{}, err
	}
	if reason = tidyReason(reason); reason == "" {
		return Result{}, &Error{Code: InvalidInput, Reason: NoReason, Tag: target.Tag}
	}
	st, err := s.looked(ctx, target.Tag, func(sp Spool) bool {
		_, stopped := sp.Stop()
		return stopped
	})
	if err != nil {
		return Result{}, err
	}
	res := Result{Tag: st.tag(), Spool: st.Spool, Lock: st.Lock, Kind: Retain, Reason: reason}
	key := TagKey(res.Tag)
	in := Intent{
		Event: eventID(r, Retain, key), Kind: Retain, Key: key, Tag: res.Tag, Worker: worker.AsHolder(),
		Fence: target.Fence, Reason: reason,
	}
	switch bad := CanRetain(st, worker); {
	case bad == nil && st.Lock.Holder.ID == worker.ID:
	case bad == nil && st.Lock.Fence != 0:
		if in.From = st.Lock.Holder; in.Fence == 0 {
			in.Fence = st.Lock.Fence
		}
	case bad == nil:
		in.OnFree, in.Fence, in.Operation = true, 0, st.Spool.Next()
	case bad.Code == RoleNotAllowed && target.Fence != 0: // which they have just paused
		in.OnFree, in.Operation = true, st.Spool.Next()
	default:
		res.Err = bad
	}
	if res.Err == nil {
		err = s.override(ctx, &res, in)
	}
	return res, err
}

// CanRetain says whether the worker may stop the spool as it stands; nil = yes. Whoever
// has paused it a moment ago may as well, of which only the lock store knows.
func CanRetain(st Status, w Worker) *Error {
	_, stopped := st.Spool.Stop()
	boss := w.Has(Supervisor)
	switch {
	case stopped:
		return onHold(st.Spool)
	case st.Lock.Fence != 0 && (boss || st.Lock.Holder.ID == w.ID):
		return nil
	case st.Held() && boss:
		return heldByRow(st.Spool)
	case st.Held():
		return notYours(st)
	case boss:
		return nil
	default:
		return &Error{Code: RoleNotAllowed, Reason: NotSupervisor, Tag: st.tag()}
	}
}

// Lift ends a Stop: whoever set it, or a supervisor, of which the former is told. was is the state of the row as
// the person saw it, "" = whichever it is. Errors: WORKER_UNKNOWN, those of Find, and
// LOCKS_UNAVAILABLE; what became of the spool is in the result, also that nothing
// stops it (NotOnHold), that it was stopped anew since (OnHold), and that it is
// another's to lift (NotSetter).
func (s *Service) Lift(ctx context.Context, r Request, tag, was string) (Result, error) {
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return Result{}, err
	}
	st, err := s.looked(ctx, tag, func(sp Spool) bool { return canLift(Intent{Was: was}, sp) != nil })
	if err != nil {
		return Result{}, err
	}
	res := Result{Tag: st.tag(), Spool: st.Spool, Lock: st.Lock, Kind: Lift}
	if was == "" {
		was = st.Spool.State
	}
	stop, _ := st.Spool.Stop()
	res.Reason = stop.Reason
	switch bad := canLift(Intent{Was: was}, st.Spool); {
	case bad != nil:
		res.Err = bad
	case stop.By != worker.ID && !worker.Has(Supervisor):
		res.Err = onHold(st.Spool)
		res.Err.Code, res.Err.Reason = RoleNotAllowed, NotSetter
	case st.Held():
		res.Err = notYours(st)
		res.Err.Code = SpoolOccupied
	}
	if res.Err != nil {
		return res, nil
	}
	key := TagKey(res.Tag)
	err = s.override(ctx, &res, Intent{
		Event: eventID(r, Lift, key), Kind: Lift, Key: key, Tag: res.Tag, Worker: worker.AsHolder(),
		Operation: st.Spool.Next(), OnFree: true, Was: was, Reason: stop.Reason, From: s.setter(ctx, stop, worker.ID),
	})
	return res, err
}

// setter is who has set a stop and hears when another lifts it; zero = that other, or
// somebody at the sheet.
func (s *Service) setter(ctx context.Context, stop Stop, lifts int) Holder {
	if stop.By == 0 || stop.By == lifts {
		return Holder{}
	}
	w, err := s.AnyWorker(ctx, stop.By)
	if err != nil { // the state says enough
		return Holder{ID: stop.By, Name: stop.Label, Label: stop.Label}
	}
	return w.AsHolder()
}

// looked is lockOf, on a fresh read where the row of now is doubtful.
func (s *Service) looked(ctx context.Context, tag string, doubtful func(Spool) bool) (Status, error) {
	st, err := s.lockOf(ctx, tag)
	if err != nil || !doubtful(st.Spool) {
		return st, err
	}
	if _, err := s.records.Book(ctx, freshEnough); err != nil {
		return st, asUnavailable(err)
	}
	return s.lockOf(ctx, tag)
}

// notYours refuses what is for who holds the spool.
func notYours(st Status) *Error {
	if !st.Lock.Holds() {
		return heldByRow(st.Spool)
	}
	return &Error{
		Code: NotOwner, Tag: st.tag(), Operation: st.Lock.Operation, Holder: st.Lock.Holder,
		Since: st.Lock.Since, Until: st.Lock.Deadline,
	}
}

// Stopped lists the spools that nobody may take because they are stopped, in the
// order of the sheet. Errors: SHEET_....
func (s *Service) Stopped(ctx context.Context) ([]Spool, error) {
	book, err := s.Book(ctx)
	if err != nil {
		return nil, err
	}
	return book.stopped(), nil
}

func (b *Book) stopped() []Spool {
	return slices.DeleteFunc(slices.Clone(b.Spools), func(sp Spool) bool {
		_, stopped := sp.Stop()
		return !stopped
	})
}
