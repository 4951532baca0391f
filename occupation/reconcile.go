package occupation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// FindingKind is how sheet and locks differ about a spool.
type FindingKind string

// The kinds of findings, and what Reconcile does about each.
const (
	NoLock      FindingKind = "no_lock"         // the row says held, no lock: the lock is put back with the time left
	Overdue     FindingKind = "overdue"         // the same, and its time is over: it is put back, and expires
	ByHand      FindingKind = "by_hand"         // the row names nobody with an id: left to the office
	RowCleared  FindingKind = "row_cleared"     // held, and the row says free: the sheet wins
	RowGone     FindingKind = "row_gone"        // held, and no single row has the TAG: the sheet wins
	Overwritten FindingKind = "row_overwritten" // held, and the row names another worker, who gets it
)

// Finding is one difference. Spool is the row (zero when there is none), Lock the
// lock (zero when there is none), or the one that is put back.
type Finding struct {
	Kind  FindingKind
	Spool Spool
	Lock  Lock
}

// Tag is the TAG of the spool that the finding is about.
func (f Finding) Tag() string { return Status{Spool: f.Spool, Lock: f.Lock}.tag() }

// sinkIn is how long a difference must last to be one: for so long a read may
// still show what stood there before a write (SHEETS.md 2, read-after-write).
const sinkIn = 35 * time.Second

// Compare says how sheet and locks differ at this moment; a change that is on its
// way may look like a difference. Nothing is changed. Errors: SHEET_...,
// LOCKS_UNAVAILABLE.
func (s *Service) Compare(ctx context.Context) ([]Finding, error) {
	before, err := s.snapshot(ctx)
	if err != nil {
		return nil, locksGone(err, NothingDone)
	}
	book, err := s.records.Book(ctx, 0)
	if err != nil {
		return nil, asUnavailable(err)
	}
	after, err := s.snapshot(ctx)
	if err != nil {
		return nil, locksGone(err, NothingDone)
	}
	was, is := s.localLocks(before.Locks), s.localLocks(after.Locks)
	var out []Finding
	var lost []Spool
	for i, sp := range book.Spools {
		key := book.keys[i]
		_, hadLock := was[key]
		_, hasLock := is[key]
		switch {
		case !sp.Occupied() || hadLock || hasLock || len(book.byKey[key]) > 1:
		case sp.HolderID == 0:
			out = append(out, Finding{Kind: ByHand, Spool: sp})
		default:
			lost = append(lost, sp)
		}
	}
	if len(lost) > 0 {
		ledger, err := s.records.Ledger(ctx)
		if err != nil {
			return nil, asUnavailable(err)
		}
		for _, sp := range lost {
			f := Finding{Kind: NoLock, Spool: sp, Lock: s.local(s.lockFromRow(ctx, sp, ledger, after))}
			if !f.Lock.Deadline.After(after.Now) {
				f.Kind = Overdue
			}
			out = append(out, f)
		}
	}
	for key, l := range is {
		if old := was[key]; l.State == Held && old.Fence == l.Fence && old.State == Held {
			if f, differs := compareHeld(book, l); differs {
				out = append(out, f)
			}
		}
	}
	slices.SortFunc(out, func(a, b Finding) int { return cmp.Compare(a.Tag(), b.Tag()) })
	return out, nil
}

// Review is Compare or, when it is to be put right, Reconcile, for a supervisor.
// Errors: as these, WORKER_UNKNOWN and ROLE_NOT_ALLOWED (NotSupervisor).
func (s *Service) Review(ctx context.Context, r Request, putRight bool) ([]Finding, error) {
	if _, err := s.supervisor(ctx, r.Worker); err != nil {
		return nil, err
	}
	if putRight {
		return s.Reconcile(ctx)
	}
	return s.Compare(ctx)
}

// compareHeld compares a lock that was held before and after the sheet was read.
func compareHeld(book *Book, l Lock) (Finding, bool) {
	f := Finding{Lock: l}
	spool, missing := book.Find(l.Tag)
	if missing != nil {
		f.Kind = RowGone
		return f, true
	}
	f.Spool = spool
	switch {
	case !spool.Occupied():
		f.Kind = RowCleared
	case spool.HolderID != l.Holder.ID:
		f.Kind = Overwritten
	default:
		return f, false
	}
	return f, true
}

// Reconcile compares sheet and locks and puts right what differs for longer than
// a read may lag behind a write; then it takes more than half a minute. The sheet
// wins: people edit it. Whoever loses a spool is told by the Notifier. It returns
// what it has found and what it has put right are the same, apart from ByHand. An
// empty lock store is rebuilt. Errors: as Compare.
func (s *Service) Reconcile(ctx context.Context) ([]Finding, error) {
	if err := s.Rebuild(ctx); err != nil {
		return nil, err
	}
	first, err := s.Compare(ctx)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	if err := wait(ctx, sinkIn); err != nil {
		return nil, err
	}
	second, err := s.Compare(ctx)
	if err != nil {
		return nil, err
	}
	real := slices.DeleteFunc(second, func(f Finding) bool {
		return !slices.ContainsFunc(first, func(o Finding) bool {
			return o.Kind == f.Kind && o.Tag() == f.Tag() && o.Lock.Fence == f.Lock.Fence && o.Spool.HeldBy == f.Spool.HeldBy
		})
	})
	return real, s.putRight(ctx, real)
}

// putRight releases the locks that the sheet does not know of, then puts back
// those that the lock store does not. Locks of what the audit log knows to have
// ended are of a store that went back: they are dropped, and nobody need be told.
func (s *Service) putRight(ctx context.Context, findings []Finding) error {
	var ledger Ledger
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Kind != NoLock && f.Kind != Overdue && f.Kind != ByHand }) {
		var err error
		if ledger, err = s.records.Ledger(ctx); err != nil {
			return asUnavailable(err)
		}
	}
	var over []Lock
	var releases []Intent
	var lost []Spool
	for _, f := range findings {
		switch f.Kind {
		case NoLock, Overdue:
			lost = append(lost, f.Spool)
			continue
		case ByHand:
			continue
		case Overwritten:
			if f.Spool.HolderID != 0 {
				lost = append(lost, f.Spool)
			}
		}
		if ledger.Over(f.Lock.Key, f.Lock.Fence) {
			over = append(over, f.Lock)
			continue
		}
		releases = append(releases, Intent{
			Event: eventID(Request{}, Release, f.Lock.Key), Kind: Release, Key: f.Lock.Key, Tag: f.Lock.Tag,
			Worker: f.Lock.Holder, From: f.Lock.Holder, Fence: f.Lock.Fence, Reason: "planilla", BySheet: true,
		})
	}
	faults := []error{s.dropOver(ctx, ledger, over)}
	for some := range slices.Chunk(releases, MaxBatch) {
		outcomes, err := s.change(ctx, some)
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		for _, o := range outcomes {
			if o.err != nil {
				faults = append(faults, o.err)
			}
		}
	}
	return errors.Join(append(faults, s.restore(ctx, lost))...)
}
