package occupation

import (
	"context"
	"time"
)

// Board is how the whole shop stands at one moment.
type Board struct {
	Held    []Status          // what is held, or kept for a former holder, oldest first
	Stopped []Spool           // what nobody may take, in the order of the sheet
	Waits   []Waiter          // by spool, the first in line first
	Done    map[Operation]int // what was completed with today's date
	// Soon is how long before its deadline an occupation is about to expire.
	Soon time.Duration
}

// Waiter is somebody who waits for a spool.
type Waiter struct {
	Tag    string // as the sheet spells it
	Worker Holder // without a name when the sheet does not know them any more
}

// soonest is what counts as soon where nobody is warned.
const soonest = 15 * time.Minute

// Board returns how the shop stands, from what readers share: it never asks for a
// read of its own while that is younger than a minute. Errors: SHEET_...,
// LOCKS_UNAVAILABLE.
func (s *Service) Board(ctx context.Context) (Board, error) {
	book, byKey, err := s.whole(ctx)
	if err != nil {
		return Board{}, err
	}
	waits, err := s.desk.Waits(ctx)
	if err != nil {
		return Board{}, locksGone(err, NothingDone)
	}
	out := Board{Done: map[Operation]int{}, Soon: soonest}
	if len(s.cfg.WarnBefore) > 0 {
		out.Soon = s.cfg.WarnBefore[0]
	}
	today := s.Now().Format(time.DateOnly)
	for _, sp := range book.Spools {
		if _, stopped := sp.Stop(); stopped {
			out.Stopped = append(out.Stopped, sp)
		}
		if sp.ArmDate.Format(time.DateOnly) == today {
			out.Done[ARM]++
		}
		if sp.SoldDate.Format(time.DateOnly) == today {
			out.Done[SOLD]++
		}
	}
	out.Held = heldOf(book, byKey)
	for _, w := range waits {
		waiter := Waiter{Tag: w.Tag, Worker: Holder{ID: w.Worker}}
		if who, err := s.directory.Worker(ctx, w.Worker); err == nil {
			waiter.Worker = who.AsHolder()
		}
		out.Waits = append(out.Waits, waiter)
	}
	return out, nil
}
