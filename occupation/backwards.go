package occupation

import (
	"context"
	"slices"
	"time"
)

// A lock store may go back to an earlier state: a replica of it takes over that had
// not got the last writes yet, or somebody puts a backup there. Its fences show it.

// snapshot is Locks.Snapshot, with a look at its clock, at who lives, and at
// whether the store has gone back, which is put right first.
func (s *Service) snapshot(ctx context.Context, keys ...string) (LockSnapshot, error) {
	known := s.fence.Load()
	snap, err := s.locks.Snapshot(ctx, keys...)
	if err == nil && snap.Seeded && snap.Fence < known {
		if err = s.catchUp(ctx); err == nil {
			snap, err = s.locks.Snapshot(ctx, keys...)
		}
	}
	if err == nil {
		jump := s.compareClock(snap.Now)
		if snap.Seeded && (jump > clockJump || !slices.Contains(snap.Living, s.cfg.Replica)) {
			s.committer.pulse.over()
		}
		s.sawFence(snap.Fence)
		s.roster.saw(snap.Living, time.Now())
	}
	return snap, err
}

// catchUp makes a lock store that has gone back fit to be used: its fences go on
// above all that anybody may have got, and what the audit log knows to have ended
// is not held any more. What it does not know of is put back where it is asked for,
// and by Reconcile.
func (s *Service) catchUp(ctx context.Context) error {
	if err := s.rebuild.take(ctx); err != nil {
		return err
	}
	defer s.rebuild.give()
	known := s.fence.Load()
	snap, err := s.locks.Snapshot(ctx)
	if err != nil || !snap.Seeded || snap.Fence >= known {
		return err
	}
	s.committer.pulse.goesBack()
	ledger, err := s.records.Ledger(ctx)
	if err != nil {
		return asUnavailable(err)
	}
	if err := s.dropOver(ctx, ledger, snap.Locks); err != nil {
		return err
	}
	return s.locks.Restore(ctx, nil, max(known, ledger.Fence)+fenceGap)
}

// dropOver frees what the audit log knows to have ended.
func (s *Service) dropOver(ctx context.Context, ledger Ledger, locks []Lock) error {
	ended := map[string]int64{}
	for _, l := range locks {
		if l.State == Held && ledger.Over(l.Key, l.Fence) {
			ended[l.Key] = l.Fence
		}
	}
	if len(ended) == 0 {
		return nil
	}
	return s.locks.Drop(ctx, ended)
}

// wentBack reports whether the fences of accepted intents were given before: known
// is the highest that was known when they were asked for.
func wentBack(outcomes []Outcome, known int64) bool {
	for _, o := range outcomes {
		if o.Verdict == Accepted && o.Intent.PutBack() && o.Intent.Fence <= known {
			return true
		}
	}
	return false
}

// intendAgain puts back what a lock store has accepted that had gone back, which is
// put right, and asks once more.
func (s *Service) intendAgain(ctx context.Context, intents []Intent, outcomes []Outcome) ([]Outcome, error) {
	var events []string
	for _, o := range outcomes {
		if o.Verdict == Accepted {
			events = append(events, o.Intent.Event)
		}
	}
	if err := s.locks.Undo(ctx, "", events); err != nil {
		return nil, err
	}
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	return s.locks.Intend(ctx, s.cfg.Replica, intents)
}
