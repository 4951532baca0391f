package occupation_test

import (
	"context"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// What people write between the check of a request and its commit is respected:
// nobody is written over, and the lock is as it was before.
func TestPeopleWriteBetweenCheckAndCommit(t *testing.T) {
	name := func(sp *occupation.Spool) { sp.HeldBy = "Juan, el de ayer" }
	date := func(sp *occupation.Spool) { sp.ArmDate, sp.ArmBy = sp.Materials, "JP(7)" }
	for _, c := range []struct {
		name string
		held bool
		edit func(*occupation.Spool)
		code occupation.Code
		row  string
		lock string
	}{
		{"a name where one takes", false, name, occupation.SpoolOccupied, "Juan, el de ayer|", ""},
		{"a date where one takes", false, date, occupation.PrerequisiteNotMet, "|", ""},
		{"a date where one completes", true, date, occupation.PrerequisiteNotMet, "MR(93)|ARM en progreso", "93 held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 2, func(s *shop) {
				if c.held {
					s.take(mauricio, "S-000")
				}
				s.stop()
				s.open("b", &meanwhile{Records: s.records, edit: func() { s.records.Edit("S-000", c.edit) }})
				if c.held {
					if r := s.complete(mauricio, "S-000"); r.Err == nil || r.Err.Code != c.code {
						t.Errorf("complete: %v, want %s", r.Err, c.code)
					}
				} else {
					got := s.take(mauricio, "S-000", "S-001")
					if got[0].Err == nil || got[0].Err.Code != c.code {
						t.Errorf("take: %v, want %s", got[0].Err, c.code)
					}
					s.done("the other spool of the request", got[1].Err)
				}
				s.want("row", s.row("S-000"), c.row)
				s.want("lock", s.lock("S-000"), c.lock)
			})
		})
	}
}

// What the last read refuses may have been put right since: before anybody hears
// of it, it is looked at once more.
func TestARefusalIsConfirmedOnAFreshRead(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.records.Edit("S-000", func(sp *occupation.Spool) { sp.Tag = "S-OTRO" })
		s.records.Edit("S-001", func(sp *occupation.Spool) { sp.Materials = time.Time{} })
		old, err := s.records.Book(s.t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		s.records.Edit("S-OTRO", func(sp *occupation.Spool) { sp.Tag = "S-000" })
		s.records.Edit("S-001", func(sp *occupation.Spool) { sp.Materials = time.Now().AddDate(0, -1, 0) })
		s.stop()
		s.open("b", &lagging{s.records, old})
		for _, r := range s.take(mauricio, "S-000", "S-001") {
			s.done("take of "+r.Tag, r.Err)
		}
		s.done("pause", s.pause(mauricio, "S-000").Err)
	})
}

// lagging is records whose last read is an old one.
type lagging struct {
	*occupationtest.Records
	old *occupation.Book
}

func (r *lagging) Book(ctx context.Context, maxAge time.Duration) (*occupation.Book, error) {
	if maxAge >= time.Minute {
		return r.old, nil
	}
	return r.Records.Book(ctx, maxAge)
}

// meanwhile is records before whose first plan a person edits the sheet.
type meanwhile struct {
	*occupationtest.Records
	edit func()
}

func (r *meanwhile) Prepare(ctx context.Context, changes []occupation.Change) (occupation.Draft, error) {
	if r.edit != nil {
		r.edit()
		r.edit = nil
	}
	return r.Records.Prepare(ctx, changes)
}
