package occupation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// These tests are of what the simulation has found when the lock store forgets
// everything, or is away, at an awkward moment.

// A release lands while the store forgets it: nobody else will tell its holder.
func TestWhatIsForgottenOnItsWayIsTold(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		var wg sync.WaitGroup
		wg.Go(func() {
			if r, err := s.Release(s.t.Context(), s.request(jefa), occupation.Target{Tag: "S-000"}, "se fue"); err != nil || r.Err != nil {
				t.Errorf("release: %+v, %v", r, err)
			}
		})
		s.passes(time.Second / 2)
		s.locks.Wipe()
		wg.Wait()
		if news := s.news(); news.To.ID != 93 || news.Intent.Kind != occupation.Release {
			t.Errorf("news = %+v, want the release for 93", news)
		}
	})
}

// Whoever asks for one spool of an empty store finds all of them there again, not
// that one alone.
func TestOneSpoolThatIsMissedBringsAllBack(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		last := s.take(mauricio, "S-000", "S-001")[1].Lock.Fence
		s.locks.Wipe()
		if place, _, err := s.WaitFor(s.t.Context(), s.request(juana), "S-000"); err != nil || place != 1 {
			t.Fatalf("waiting: place %d, %v", place, err)
		}
		s.want("lock of the other", s.lock("S-001"), "93 held")
		s.done("pause", s.pause(mauricio, "S-001").Err)
		if next := s.take(juana, "S-001")[0].Lock.Fence; next <= last+1 {
			t.Errorf("the fence went from %d to %d, want a gap for what nobody knows of", last, next)
		}
	})
}

// An extension counts from the deadline, also from one that the store has forgotten.
func TestAForgottenDeadlineIsExtended(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		before := s.take(mauricio, "S-000")[0].Lock.Deadline
		s.passes(40 * time.Minute)
		s.locks.Wipe()
		r := s.extend(mauricio, occupation.Extension{By: 20 * time.Minute}, occupation.Target{Tag: "S-000"})[0]
		if want := before.Add(20 * time.Minute); r.Err != nil || r.Lock.Deadline.Sub(want).Abs() > time.Second { // the log has whole seconds
			t.Errorf("extended to %v, %v; want %v", r.Lock.Deadline, r.Err, want)
		}
	})
}

// What is over is over, also when the store has forgotten it.
func TestASweepOfAnEmptyStoreSweeps(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.passes(70 * time.Minute)
		s.locks.Wipe()
		if _, err := s.Sweep(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.passes(time.Second)
		s.want("row", s.row("S-000"), "|ARM parcial (vencido)")
	})
}

// Fences that were given and put back are in no log.
func TestFencesGoOnOverTwoWipesWithoutARow(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		var last int64
		for range 3 {
			s.records.Fail("Prepare", occupationtest.RecordFault{Err: errLine})
			r := s.take(mauricio, "S-000")[0]
			s.refused("take", r.Err, occupation.SheetUnavailable, occupation.NothingDone)
			if r.Lock.Fence <= last {
				t.Errorf("the fence went from %d to %d", last, r.Lock.Fence)
			}
			last = r.Lock.Fence
			s.locks.Wipe()
			s.sweep()
		}
	})
}

// forgetful is records whose landing is the moment at which the lock store forgets
// everything.
type forgetful struct {
	*occupationtest.Records
	locks *occupationtest.Locks
}

func (r *forgetful) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	receipt, err := r.Records.Commit(ctx, c)
	if r.locks != nil {
		r.locks.Wipe()
		r.locks = nil
	}
	return receipt, err
}

// People have moved the rows under a commit, and the lock store forgets everything
// before that is put right.
func TestARepairOutlivesAWipe(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.stop()
		s.open("b", &forgetful{s.records, s.locks})
		s.records.Fail("Commit", occupationtest.RecordFault{Moved: true})
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.want("S-000", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("S-002, which was hit", s.row("S-002"), "|")
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("lock of what was hit", s.lock("S-002"), "")
	})
}

// The same while the lock store is away for some seconds.
func TestARepairWaitsForTheLockStore(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Moved: true})
		s.locks.Fail("Bind", nil, true) // that of the first sending
		for range 8 {
			s.locks.Fail("Bind", errLine, false)
		}
		if err := s.take(mauricio, "S-000")[0].Err; err != nil {
			s.refused("take", err, occupation.SheetUnavailable, occupation.BeingChecked)
			s.done("take in the end", s.news().Err)
		}
		s.want("S-000", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("S-002, which was hit", s.row("S-002"), "|")
	})
}

// slowLedger is records whose audit log takes its time.
type slowLedger struct {
	*occupationtest.Records
	delay time.Duration
}

func (r *slowLedger) Ledger(ctx context.Context) (occupation.Ledger, error) {
	<-time.After(r.delay)
	return r.Records.Ledger(ctx)
}

// A process that stood still between the reading of a row and the putting back of its
// lock puts nothing back: the row may have changed meanwhile.
func TestARowThatWasReadLongAgoIsNoGroundForALock(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		slow := &slowLedger{Records: s.records}
		s.stop()
		s.open("b", slow)
		s.records.Edit("S-000", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID, sp.Since = "JP(7)", 7, time.Now() })
		slow.delay = 10 * time.Minute
		if _, _, err := s.WaitFor(s.t.Context(), s.request(mauricio), "S-000"); err == nil {
			t.Error("it waits for a lock of ten minutes ago")
		}
		s.want("lock", s.lock("S-000"), "")
	})
}
