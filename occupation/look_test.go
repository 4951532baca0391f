package occupation_test

import (
	"context"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

func TestWhatIsFreeGoesByPriorityThenByTheDayItIsDue(t *testing.T) {
	day := time.Date(1999, 12, 1, 0, 0, 0, 0, santiago)
	spool := func(tag, priority string, due time.Time) occupation.Spool {
		return occupation.Spool{Tag: tag, Priority: priority, Due: due, Materials: day}
	}
	inShop(t, 0, func(s *shop) {
		records := occupationtest.NewRecords(
			spool("NO-DAY", "Alta", time.Time{}), spool("LATER", "Alta", day.AddDate(0, 1, 0)), spool("LOW", "Baja", day),
			spool("SOON", "Alta", day), spool("SAME-DAY", "Alta", day), spool("NOTHING", "", day),
			spool("TWICE", "", day), spool("TWICE", "", day),
		)
		s.stop()
		s.open("b", records)
		free, err := s.Free(s.t.Context(), mauricio, "", "", 10)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := tagsOf(free), "SOON SAME-DAY LATER NO-DAY LOW NOTHING"; got != want {
			t.Errorf("free %q, want %q", got, want)
		}
	})
}

// oldRecords show the sheet as it was, but to a read that must begin now.
type oldRecords struct {
	*occupationtest.Records
	old   *occupation.Book
	reads int
}

func (r *oldRecords) Book(ctx context.Context, maxAge time.Duration) (*occupation.Book, error) {
	if maxAge > 0 && r.old != nil {
		return r.old, nil
	}
	r.reads++
	return r.Records.Book(ctx, maxAge)
}

// What another replica has freed is read anew, once, because its lock is gone and the
// row still shows its holder; nothing else makes a look read the sheet.
func TestALookReadsTheSheetWhenALockIsGoneWhoseRowIsNot(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.take(mauricio, "S-000")
		other := &oldRecords{Records: s.records}
		book, err := s.Book(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		other.old = book
		here := s.Service
		stopHere := s.stop
		s.open("b", other)
		there, stopThere := s.Service, s.stop
		defer stopThere()
		s.Service, s.stop = here, stopHere
		first, err := there.Look(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		other.reads = 0
		again, err := there.Look(t.Context(), first)
		if err != nil || !again.Same(first) || other.reads != 0 {
			t.Errorf("nothing has happened: same %v, %d reads, %v", again.Same(first), other.reads, err)
		}
		s.take(mauricio, "S-001")
		taken, err := there.Look(t.Context(), again)
		if err != nil || taken.Same(again) || other.reads != 0 || len(occupation.HeldBy(taken.Held(), mauricio.ID)) != 2 {
			t.Errorf("after a take: %d held, %d reads, %v", len(taken.Held()), other.reads, err)
		}
		s.pause(mauricio, "S-000")
		freed, err := there.Look(t.Context(), taken)
		if err != nil || other.reads != 1 {
			t.Fatalf("after a pause elsewhere: %d reads, %v; want one", other.reads, err)
		}
		if got, want := tagsOf(freed.Free(mauricio, "", "")), "S-000 S-002"; got != want {
			t.Errorf("free %q, want %q", got, want)
		}
	})
}
