package occupation

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	lookEvery   = 2 * time.Second        // how soon a replica finds out that the lock store is empty
	musterAgain = 100 * time.Millisecond // between two looks at who is calm
)

// roster is what a replica keeps in mind of the others: an empty lock store does
// not know who lives.
type roster struct {
	mu   sync.Mutex
	ends map[string]time.Time // when the last heartbeat that is known of each is over, at the latest
}

// saw keeps in mind who lives at this moment.
func (r *roster) saw(living []string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ends == nil {
		r.ends = map[string]time.Time{}
	}
	for name, ends := range r.ends {
		if !now.Before(ends) {
			delete(r.ends, name)
		}
	}
	for _, name := range living {
		r.ends[name] = now.Add(beatFor)
	}
}

// all reports whether everybody who may live, as far as was seen last, is among
// these.
func (r *roster) all(present []string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.ends {
		if !slices.Contains(present, name) {
			return false
		}
	}
	return true
}

// guard looks until ctx ends whether the lock store has forgotten everything, so
// that nobody who has to rebuild it waits for a replica which has nothing to do.
func (s *Service) guard(ctx context.Context) {
	for wait(ctx, lookEvery) == nil {
		look, cancel := context.WithTimeout(ctx, beatEvery)
		snap, err := s.snapshot(look, "-")
		cancel()
		if err == nil && !snap.Seeded {
			_ = s.Rebuild(ctx) // there is a next time
		}
	}
}

// muster says that this replica is calm, once it is, and waits until every other one is whose
// heartbeat may last: what one of them had begun before the lock store forgot
// everything is known to it alone, and the sheet says what has become of it only
// when it has landed.
func (s *Service) muster(ctx context.Context) error {
	for {
		if err := s.committer.quiet(ctx); err != nil {
			return err
		}
		// Again and again: it may be forgotten as well. The heartbeat is.
		if err := errors.Join(s.beat(ctx), s.locks.Calm(ctx, s.cfg.Replica)); err != nil {
			return err
		}
		snap, err := s.snapshot(ctx, "-")
		if err != nil {
			return err
		}
		if snap.Seeded || s.roster.all(snap.Calm) {
			return nil
		}
		if err := wait(ctx, musterAgain); err != nil {
			return err
		}
	}
}
