package occupation

import (
	"context"
	"errors"
	"time"
)

// fenceGap is left over a wipe for what was on its way: takes of the last moments
// have fences that no row of the log knows yet. It is more than there can be.
const fenceGap = 10_000

// groundLasts is how long a row that was read is a ground for a lock. A process that
// stood still for longer would put back what has ended meanwhile.
const groundLasts = 20 * time.Second

// Rebuild fills an empty lock store from the sheet: a lock for every row that
// says occupied by a worker's id, with fence and deadline from the audit log
// where it knows them. It does nothing when the store is not empty.
//
// What this process and the others have on their way to the sheet is waited for:
// their intents are forgotten, and until their rows show, the sheet would give a
// spool that is being taken to somebody else. A replica of which nothing is heard
// is waited for until its heartbeat is over. Errors: SHEET_..., LOCKS_UNAVAILABLE.
func (s *Service) Rebuild(ctx context.Context) error {
	if seeded, err := s.seeded(ctx); err != nil || seeded {
		return err
	}
	calm, cancel := context.WithTimeout(ctx, s.cfg.Patience)
	defer cancel()
	for {
		err := s.rebuildOnce(ctx, calm)
		if !errors.Is(err, ErrUnseeded) || wait(calm, musterAgain) != nil {
			return err
		}
	}
}

// rebuildOnce is one try, which fails with ErrUnseeded when the store becomes empty
// once more meanwhile. It waits for others while calm lasts.
func (s *Service) rebuildOnce(ctx, calm context.Context) error {
	if err := s.rebuild.take(calm); err != nil {
		return locksGone(err, NothingDone)
	}
	defer s.rebuild.give()
	if err := s.muster(calm); err != nil {
		return locksGone(err, NothingDone)
	}
	snap, err := s.snapshot(ctx, "-")
	if err != nil {
		return locksGone(err, NothingDone)
	}
	if snap.Seeded {
		return nil
	}
	ctx, done := context.WithTimeout(ctx, groundLasts)
	defer done()
	s.records.Disown()                  // what this process wrote another replica may have ended, and the store has forgotten that
	book, err := s.records.Book(ctx, 0) // an older read would give away what another replica has just written
	if err != nil {
		return asUnavailable(err)
	}
	var held []Spool
	for _, sp := range book.Spools {
		if sp.HolderID != 0 {
			held = append(held, sp)
		}
	}
	return s.restoreFrom(ctx, held, snap)
}

func (s *Service) seeded(ctx context.Context) (bool, error) {
	snap, err := s.snapshot(ctx, "-")
	if err != nil {
		return false, locksGone(err, NothingDone)
	}
	return snap.Seeded, nil
}

// restore gives locks to spools whose rows say that they are held while the
// lock store knows nothing of it. The rows are read once more: what this process
// wrote may have been ended by another since, and it would still show its own.
func (s *Service) restore(ctx context.Context, spools []Spool) error {
	if len(spools) == 0 {
		return nil
	}
	ctx, done := context.WithTimeout(ctx, groundLasts)
	defer done()
	snap, err := s.snapshot(ctx, "-")
	switch {
	case err != nil:
		return locksGone(err, NothingDone)
	case !snap.Seeded: // a few locks would make it look as if it had all
		return s.Rebuild(ctx)
	}
	keys := make([]string, len(spools))
	for i, sp := range spools {
		keys[i] = TagKey(sp.Tag)
	}
	s.records.Disown(keys...)
	book, err := s.records.Book(ctx, 0)
	if err != nil {
		return asUnavailable(err)
	}
	held := make([]Spool, 0, len(spools))
	for _, sp := range spools {
		if now, missing := book.Find(sp.Tag); missing == nil && now.HolderID == sp.HolderID {
			held = append(held, now)
		}
	}
	if len(held) == 0 {
		return nil
	}
	return s.restoreFrom(ctx, held, snap)
}

// restoreFrom puts the locks of the spools back. On an empty store the next fences
// are above all that the audit log and this process know of.
func (s *Service) restoreFrom(ctx context.Context, spools []Spool, snap LockSnapshot) error {
	ledger, err := s.records.Ledger(ctx)
	if err != nil {
		return asUnavailable(err)
	}
	locks := make([]Lock, 0, len(spools))
	for _, sp := range spools {
		locks = append(locks, s.lockFromRow(ctx, sp, ledger, snap))
	}
	fence := ledger.Fence
	if snap.Seeded {
		err = s.locks.Restore(ctx, locks, fence)
	} else {
		err = s.locks.Seed(ctx, s.cfg.Replica, locks, max(fence, s.fence.Load())+fenceGap)
	}
	if err != nil {
		return locksGone(err, NothingDone)
	}
	return nil
}

// lockFromRow makes the lock that a row speaks of. The audit log's take of the
// same worker gives the rest; without it the operation is what the spool needs
// next and the deadline counts from Fecha_Ocupacion, or from now when that is
// empty or cannot be read.
func (s *Service) lockFromRow(ctx context.Context, sp Spool, ledger Ledger, snap LockSnapshot) Lock {
	key := TagKey(sp.Tag)
	if known, ok := ledger.Takes[key]; ok && known.Holder.ID == sp.HolderID {
		known.Key, known.Tag, known.State = key, sp.Tag, Held
		known.Holder.Label = sp.HeldBy
		return known
	}
	holder := Holder{ID: sp.HolderID, Name: sp.HeldBy, Label: sp.HeldBy}
	if w, err := s.directory.Worker(ctx, sp.HolderID); err == nil {
		holder = w.AsHolder()
	}
	since := sp.Since
	if since.IsZero() || since.After(snap.Now) {
		since = snap.Now
	}
	op := sp.Next()
	if op == "" {
		op = SOLD
	}
	return Lock{Key: key, Tag: sp.Tag, Holder: holder, Operation: op, Since: since, Deadline: since.Add(s.cfg.TTL), State: Held}
}
