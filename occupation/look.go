package occupation

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Look is the shop at one moment: the sheet joined with all locks. It never
// changes; readers share it, so that many people's lists cost one look.
type Look struct {
	At   time.Time // the shop's time when the locks were looked at
	book *Book
	lock map[string]Lock
	held func() []Status // oldest first
	free func() []Spool  // what anybody could take next, most urgent first
}

// Look looks at the sheet and the locks: one round trip to the lock store, and no
// read of the sheet but where before, an earlier look, shows that the rows must
// have changed since they were read: a spool is not held any more that its row
// still gives to somebody, because another replica has freed it. before may be
// nil. Errors: SHEET_..., LOCKS_UNAVAILABLE.
func (s *Service) Look(ctx context.Context, before *Look) (*Look, error) {
	book, locks, err := s.whole(ctx)
	if err != nil {
		return nil, err
	}
	if gone := before.outdated(book, locks); len(gone) > 0 {
		s.records.Disown(gone...) // what we wrote there ourselves is older than what freed it
		if book, err = s.records.Book(ctx, 0); err != nil {
			return nil, asUnavailable(err)
		}
	}
	l := &Look{At: s.Now(), book: book, lock: locks}
	l.held = sync.OnceValue(func() []Status { return heldOf(book, locks) })
	l.free = sync.OnceValue(l.takeable)
	return l, nil
}

// outdated lists the spools whose lock of the earlier look is gone, and whose row in
// the book is still occupied.
func (l *Look) outdated(book *Book, locks map[string]Lock) (keys []string) {
	if l == nil {
		return nil
	}
	for key, old := range l.lock {
		if now, ok := locks[key]; !old.Holds() || ok && now.Holds() {
			continue
		}
		if slices.ContainsFunc(book.byKey[key], func(row int) bool { return book.Spools[row].Occupied() }) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Same reports whether nothing has been read since the other look and every lock
// is as it was.
func (l *Look) Same(o *Look) bool {
	if o == nil || l.book != o.book || len(l.lock) != len(o.lock) {
		return false
	}
	for key, a := range l.lock {
		b, ok := o.lock[key]
		if !ok || a.Fence != b.Fence || a.State != b.State || !a.Deadline.Equal(b.Deadline) || !a.Until.Equal(b.Until) {
			return false
		}
	}
	return true
}

// Held lists all that is held, or kept for a former holder, oldest first: by the
// locks, and by the sheet where the lock store knows nothing of it.
func (l *Look) Held() []Status { return l.held() }

func heldOf(book *Book, locks map[string]Lock) []Status {
	var out []Status
	seen := map[string]bool{}
	for i, sp := range book.Spools {
		key := book.keys[i]
		lock, locked := locks[key]
		if seen[key] {
			lock, locked = Lock{}, false // it stands in two rows: the first has the lock
		}
		if locked || sp.Occupied() {
			out = append(out, Status{Spool: sp, Lock: lock})
			seen[key] = seen[key] || locked
		}
	}
	for key, lock := range locks { // held, and its row has gone meanwhile
		if !seen[key] {
			out = append(out, Status{Spool: Spool{Tag: lock.Tag}, Lock: lock})
		}
	}
	slices.SortFunc(out, func(a, b Status) int {
		return cmp.Or(a.since().Compare(b.since()), strings.Compare(a.Spool.Tag, b.Spool.Tag))
	})
	return out
}

// Stopped lists what nobody may take, in the order of the sheet.
func (l *Look) Stopped() []Spool { return l.book.stopped() }

// HeldBy lists what a worker holds, or may take back, oldest first.
func HeldBy(held []Status, worker int) []Status {
	var out []Status
	for _, st := range held {
		if st.Lock.Holder.ID == worker || (st.Lock.Fence == 0 && st.Spool.HolderID == worker) {
			out = append(out, st)
		}
	}
	return out
}

// Free lists what the worker could take for the operation (or for what each spool
// needs next, when op is empty): by priority, then by the day it is due, then in
// the order of the sheet. Every word of the query must stand in the TAG, NV, OT,
// client or drawing.
func (l *Look) Free(w Worker, op Operation, query string) []Spool {
	words := Words(query)
	for i := range words {
		words[i] = TagKey(words[i])
	}
	var out []Spool
	for _, sp := range l.free() {
		next := sp.Next()
		if (op == "" || op == next) && w.May(next) && (len(words) == 0 || sp.mentions(TagKey(sp.Tag), words)) {
			out = append(out, sp)
		}
	}
	return out
}

// takeable is what stands free and once in the sheet and needs work, most urgent
// first.
func (l *Look) takeable() []Spool {
	type ranked struct {
		spool Spool
		rank  int
	}
	var found []ranked
	for i, sp := range l.book.Spools {
		key := l.book.keys[i]
		if _, locked := l.lock[key]; locked || sp.Occupied() || len(l.book.byKey[key]) > 1 {
			continue
		}
		if op := sp.Next(); op != "" && CanTake(sp, op) == nil {
			found = append(found, ranked{sp, urgency(sp.Priority)})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), compareDue(a.spool.Due, b.spool.Due))
	})
	out := make([]Spool, len(found))
	for i, f := range found {
		out[i] = f.spool
	}
	return out
}

// compareDue puts the earlier day first, and no day last.
func compareDue(a, b time.Time) int {
	switch {
	case a.IsZero() || b.IsZero():
		return cmp.Compare(b.Unix(), a.Unix()) // the zero time is long before any day
	default:
		return a.Compare(b)
	}
}
