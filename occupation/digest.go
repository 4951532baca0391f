package occupation

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Tally counts what was done.
type Tally struct {
	ARM, SOLD int // operations completed
	Paused    int // spools that were paused and not taken up again
	Expired   int // occupations that nobody extended
}

// Done is how many operations were completed.
func (t Tally) Done() int { return t.ARM + t.SOLD }

// Share is a worker's part of a digest, or that of an NV.
type Share struct {
	Who    Holder        // of a worker
	NV     string        // of an NV; empty = spools without one
	Open   int           // spools held when the digest was made
	Worked time.Duration // of a worker: the time of the period in which they had a spool
	Before int           // operations completed a week before
	Tally
}

// Slow is a spool on which was worked for long.
type Slow struct {
	Tag       string
	Operation Operation
	Who       Holder        // who had it last
	Worked    time.Duration // in all occupations that ended in the period, or go on
	Open      bool          // and still has it
}

// Digest tells what happened in a period.
type Digest struct {
	Period
	Tally
	Before  Tally    // of the same time a week before
	Open    []Status // held when the digest was made, oldest first
	Workers []Share  // who did something or holds something; most done first
	NVs     []Share
	Slowest []Slow // at most three
	Events  int    // rows of the log
	// Conflicts is how often a take was refused because somebody else had the
	// spool, which the log does not know; 0 = never, or not known.
	Conflicts int
}

// Empty reports whether there is nothing to tell.
func (d Digest) Empty() bool { return d.Events == 0 && len(d.Open) == 0 && d.Conflicts == 0 }

// slowest is how many spools a digest names.
const slowest = 3

// NewDigest makes the digest of a period: of the rows of the log in it, of those of
// a week before, in any order, and of what is held now. nv gives the NV of a TAG.
func NewDigest(p Period, rows, before []AuditRow, held []Status, nv func(tag string) string) Digest {
	d := Digest{Period: p}
	count := newTallies(nv)
	count.add(rows)
	old := newTallies(nv)
	old.add(before)
	d.Events, d.Tally, d.Before = count.events, count.all, old.all
	for _, st := range held {
		if st.Held() {
			d.Open = append(d.Open, st)
			count.open(st, p.To)
		}
	}
	for id, share := range count.workers {
		share.Worked = count.busy(id, p)
		if b := old.workers[id]; b != nil {
			share.Before = b.Done()
		}
		d.Workers = append(d.Workers, *share)
	}
	for name, share := range count.nvs {
		if b := old.nvs[name]; b != nil {
			share.Before = b.Done()
		}
		d.NVs = append(d.NVs, *share)
	}
	slices.SortFunc(d.Workers, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Done(), a.Done()), cmp.Compare(b.Worked, a.Worked), strings.Compare(a.Who.Name, b.Who.Name), cmp.Compare(a.Who.ID, b.Who.ID))
	})
	slices.SortFunc(d.NVs, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Done(), a.Done()), cmp.Compare(b.Open, a.Open), strings.Compare(a.NV, b.NV))
	})
	d.Slowest = count.slowest()
	return d
}

// Digest reads what the digest of the period is made of. Errors: SHEET_...,
// LOCKS_UNAVAILABLE.
func (s *Service) Digest(ctx context.Context, p Period) (Digest, error) {
	rows, _, err := s.records.Log(ctx, LogQuery{From: p.From, To: p.To})
	if err != nil {
		return Digest{}, asUnavailable(err)
	}
	was := p.WeekBefore()
	before, _, err := s.records.Log(ctx, LogQuery{From: was.From, To: was.To})
	if err != nil {
		return Digest{}, asUnavailable(err)
	}
	held, err := s.Held(ctx)
	if err != nil {
		return Digest{}, err
	}
	book, err := s.Book(ctx)
	if err != nil {
		return Digest{}, err
	}
	d := NewDigest(p, rows, before, held, book.nv)
	for i := range d.Workers {
		if who := &d.Workers[i].Who; who.Name == "" && who.ID != 0 {
			*who = s.person(ctx, who.ID)
		}
	}
	return d, nil
}

// nv is the NV of a TAG, of the first row that has it.
func (b *Book) nv(tag string) string {
	if rows := b.byKey[TagKey(tag)]; len(rows) > 0 {
		return b.Spools[rows[0]].NV
	}
	return ""
}

// DigestDue is the period of the kind whose digest is the last that was due at now;
// zero = there is none.
func (s *Service) DigestDue(kind DigestKind, now time.Time) Period {
	return LastPeriod(kind, s.cfg.Shifts, now.In(s.cfg.Zone))
}
