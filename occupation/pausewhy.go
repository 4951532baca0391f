package occupation

import "context"

// PauseReason says why the worker has paused a spool, for PauseWhyFor after that; it
// is an audit row of its own, for which nobody waits, and changes nothing else.
// target.Fence is that of the occupation that was paused. Errors: INVALID_INPUT
// (NoReason), WORKER_UNKNOWN, those of Find, and LOCKS_UNAVAILABLE; that it is too late
// (NOT_OWNER, PauseOver) is in the result. Already says that a reason was given.
func (s *Service) PauseReason(ctx context.Context, r Request, target Target, reason string) (Result, error) {
	worker, err := s.Worker(ctx, r.Worker)
	if err != nil {
		return Result{}, err
	}
	if reason = tidyReason(reason); reason == "" {
		return Result{}, &Error{Code: InvalidInput, Reason: NoReason, Tag: target.Tag}
	}
	st, err := s.Find(ctx, target.Tag)
	if err != nil {
		return Result{}, err
	}
	key := TagKey(st.tag())
	in := Intent{
		Event: eventID(r, PauseWhy, key), Kind: PauseWhy, Key: key, Tag: st.tag(), Worker: worker.AsHolder(),
		Fence: target.Fence, Reason: reason,
	}
	res := Result{Tag: st.tag(), Spool: st.Spool, Kind: PauseWhy, Reason: reason}
	outcomes, err := s.change(ctx, []Intent{in})
	if err != nil {
		return res, err
	}
	o := outcomes[0]
	res.Reverts = !o.Until.IsZero()
	switch o.Verdict {
	case Accepted, Busy:
		res.Err = o.err
		res.Lock = Lock{Key: key, Tag: res.Tag, Holder: in.Worker, Operation: o.Intent.Operation, Fence: target.Fence}
	case Already:
		res.Already = true
		res.Lock = Lock{Key: key, Tag: res.Tag, Holder: in.Worker, Fence: target.Fence}
	default:
		res.Err = &Error{Code: NotOwner, Reason: PauseOver, Tag: res.Tag}
	}
	return res, nil
}
