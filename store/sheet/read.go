package sheet

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

const (
	errorsFor   = 2 * time.Second // how long a missing header is believed without looking again
	believeLoss = 3 * time.Minute // after this a sheet that stays at less than half is what it is
)

// flight is one read of the sheet that all who need it share.
type flight struct {
	began time.Time
	done  chan struct{}
	snap  *snapshot
	err   error
}

// shrinkage remembers how many rows with a TAG there were, and a loss of them
// that is not believed yet.
type shrinkage struct {
	known int
	since time.Time
	count int
}

// Book implements occupation.Records.
func (s *Sheet) Book(ctx context.Context, maxAge time.Duration) (*occupation.Book, error) {
	snap, err := s.spools(ctx, maxAge)
	if err != nil {
		return nil, err
	}
	return snap.book(), nil
}

// spools is a snapshot that has the tab Operaciones. A fault of the schema is
// not believed for long: people mend headers.
func (s *Sheet) spools(ctx context.Context, maxAge time.Duration) (*snapshot, error) {
	snap, err := s.read(ctx, maxAge)
	if err == nil && snap.spoolsErr != nil && maxAge > errorsFor {
		snap, err = s.read(ctx, errorsFor)
	}
	if err != nil {
		return nil, err
	}
	if snap.spoolsErr != nil {
		return nil, snap.spoolsErr
	}
	return snap, nil
}

// read returns a snapshot of a read that began at most maxAge ago, or, when
// maxAge is not positive, after this call. Errors: SHEET_UNAVAILABLE.
func (s *Sheet) read(ctx context.Context, maxAge time.Duration) (*snapshot, error) {
	now := time.Now()
	fresh, oldest := maxAge <= 0, now.Add(-max(maxAge, 0))
	s.mu.Lock()
	if !fresh && s.snap != nil && !s.snap.at.Before(oldest) {
		defer s.mu.Unlock()
		return s.snap, nil
	}
	f := s.join(now, oldest, fresh)
	s.mu.Unlock()
	select {
	case <-f.done:
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	}
	if f.err != nil {
		return nil, unavailable(f.err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snap != nil && !s.snap.at.Before(f.snap.at) {
		return s.snap, nil // the same read or a newer one, with our latest writes
	}
	return f.snap, nil
}

// join finds the flight that began late enough, or starts one. The caller holds
// s.mu. A flight belongs to nobody in particular and ends by the deadlines of its
// calls, or with the sheet.
func (s *Sheet) join(now, oldest time.Time, fresh bool) *flight {
	switch {
	case s.current == nil:
		s.current = &flight{began: now, done: make(chan struct{})}
		f := s.current
		s.flights.Go(func() { s.fly(f) })
		return f
	case !fresh && !s.current.began.Before(oldest):
		return s.current
	case s.next == nil:
		s.next = &flight{done: make(chan struct{})}
	}
	return s.next
}

// fly makes reads until nobody waits for a later one.
func (s *Sheet) fly(f *flight) {
	for f != nil {
		snap, err := s.fetch(s.life)
		s.mu.Lock()
		f.snap, f.err = snap, err
		if s.current = s.next; s.current != nil {
			s.current.began = time.Now()
		}
		close(f.done)
		f, s.next = s.current, nil
		s.mu.Unlock()
	}
}

// fetch makes one read and keeps it. It asks again when the headers are not
// where they were, when a tab is gone, and when rows are missing. An empty
// answer and one that lost more than half of the rows are never kept.
func (s *Sheet) fetch(ctx context.Context) (*snapshot, error) {
	s.mu.Lock()
	lay := s.layout
	s.mu.Unlock()
	asked, suspect := false, false
	for range 6 {
		if lay.tabs == nil || !lay.complete() && !asked {
			book, err := s.spreadsheet(ctx)
			if err != nil {
				return nil, err
			}
			asked = true
			lay.tabs, lay.asked = newTabs(book), time.Now()
		}
		answer, began, err := s.values(ctx, "COLUMNS", lay.ranges()...)
		if err != nil {
			if o := outcomeOf(err, began); o.code == http.StatusBadRequest && !asked {
				lay = layout{} // a tab was renamed, or columns are gone
				continue
			}
			return nil, err
		}
		snap, heads := lay.parse(answer, began)
		empty := lay.tab(tabSpools) != nil && len(heads) == 0
		if !empty && !slices.Equal(heads, lay.heads) {
			lay.heads = heads
			continue
		}
		if lost := s.lost(snap, empty); lost != nil {
			if suspect {
				return nil, lost
			}
			suspect = true
			continue
		}
		return s.keep(lay, snap), nil
	}
	return nil, fmt.Errorf("sheet: the columns of %s do not stand still", tabSpools)
}

// lost is the fault of a read that came back empty or lost more than half of
// the known rows. A loss that stays the same for minutes is what people made of
// the sheet, unless everything is gone.
func (s *Sheet) lost(n *snapshot, empty bool) *occupation.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, count := s.shrunk.known, 0
	if n.table != nil {
		count = n.table.count
	}
	if (n.table == nil && !empty) || 2*count >= known {
		s.shrunk.since = time.Time{}
		return nil
	}
	if s.shrunk.since.IsZero() || count != s.shrunk.count {
		s.shrunk.since, s.shrunk.count = n.at, count
	}
	if count > 0 && n.at.Sub(s.shrunk.since) >= believeLoss {
		return nil
	}
	return &occupation.Error{
		Code: occupation.SheetUnavailable, Reason: occupation.Shrunken,
		Err: fmt.Errorf("sheet: %d rows came back of %d", count, known),
	}
}

// keep makes the read the one that all share.
func (s *Sheet) keep(lay layout, n *snapshot) *snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layout = lay
	if n.table != nil {
		s.marks = fade(s.marks, n.table, time.Now())
		s.shrunk = shrinkage{known: n.table.count}
	}
	if n.people != nil {
		s.fadeLinks(n.people, n.at, time.Now())
		n.people = n.people.with(s.links)
	}
	s.snap = n.with(s.marks, s.opt.Zone)
	return s.snap
}

// forgetTabs makes the next read ask for the tabs anew.
func (s *Sheet) forgetTabs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layout.tabs = nil
}
