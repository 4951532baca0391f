package occupation

import "context"

// WaitFor puts the worker on the wait list of a spool: they are told when it
// comes free, and the first of the list has it reserved for HeadStart. place is
// 0 when the spool is free already, which Status then says. Errors: those of
// Find, WORKER_UNKNOWN.
func (s *Service) WaitFor(ctx context.Context, r Request, tag string) (place int, st Status, err error) {
	if _, err := s.Worker(ctx, r.Worker); err != nil {
		return 0, Status{}, err
	}
	if st, err = s.lockOf(ctx, tag); err != nil {
		return 0, st, err
	}
	if st.Lock.Fence == 0 {
		if st.Spool.Occupied() {
			return 0, st, heldByRow(st.Spool)
		}
		return 0, st, nil
	}
	place, err = s.desk.Wait(ctx, Waiting{Key: st.Lock.Key, Tag: st.tag(), Worker: r.Worker})
	if err != nil {
		return 0, st, locksGone(err, NothingDone)
	}
	return place, st, nil
}

// StopWaiting takes the worker off the wait list of a spool. Error:
// LOCKS_UNAVAILABLE.
func (s *Service) StopWaiting(ctx context.Context, worker int, tag string) error {
	if err := s.desk.Leave(ctx, TagKey(tag), worker); err != nil {
		return locksGone(err, NothingDone)
	}
	return nil
}
