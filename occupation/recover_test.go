package occupation_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// A lock store that came back from an old backup is seeded, and its fence is
// behind what the audit log knows.
func TestStartRaisesTheFenceOfAnOldBackup(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		var last int64
		for range 3 {
			last = s.take(mauricio, "S-000")[0].Lock.Fence
			s.done("pause", s.pause(mauricio, "S-000").Err)
		}
		s.stop()
		s.locks.Wipe()
		if err := s.locks.Restore(s.t.Context(), nil, 1); err != nil {
			t.Fatal(err)
		}
		s.open("b", s.records)
		if next := s.take(juana, "S-000")[0].Lock.Fence; next <= last {
			t.Errorf("the fence went from %d to %d", last, next)
		}
	})
}

// A replica dies between the landing of an owed audit row and its settling: the
// row is there, and is not written again.
func TestAnOwedRowThatHasLandedIsNotDeliveredAgain(t *testing.T) {
	for _, landed := range []bool{true, false} {
		inShop(t, 1, func(s *shop) {
			s.records.Fail("Commit", occupationtest.RecordFault{Owed: true})
			s.done("take", s.take(mauricio, "S-000")[0].Err)
			s.stop()
			ctx := s.t.Context()
			if err := s.locks.Beat(ctx, "dead", 15*time.Second); err != nil {
				t.Fatal(err)
			}
			left, err := s.locks.Claim(ctx, "dead")
			if err != nil || len(left) != 1 || !left[0].Owed {
				t.Fatalf("claimed %+v, %v; want the owed row", left, err)
			}
			change := left[0].Commit.Changes[0].Intent.Change()
			change.Cells = nil
			commit := occupation.Commit{ID: "commit-of-the-dead", Stamp: 4711, Changes: []occupation.Change{change}}
			draft, err := s.records.Prepare(ctx, commit.Changes)
			if err != nil {
				t.Fatal(err)
			}
			commit.Plan = draft.Plan
			if _, err := s.locks.Bind(ctx, "dead", commit); err != nil {
				t.Fatal(err)
			}
			if landed {
				if _, err := s.records.Commit(ctx, commit); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(afterDeath)
			s.open("b", s.records)
			time.Sleep(time.Second) // virtual: the row rides with the next commit
			s.want("log", s.log(), "TOMAR:S-000")
			if _, err := s.records.Commit(ctx, commit); err == nil && !landed {
				t.Error("a row that was given up landed late")
			}
			s.want("log in the end", s.log(), "TOMAR:S-000")
		})
	}
}

// An owed row is delivered when the spool has gone on long since: its cells are
// not written another time.
func TestAnOwedRowComesWithoutItsCells(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Owed: true})
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.done("pause", s.pause(mauricio, "S-000").Err)
		s.done("take by another", s.take(juana, "S-000")[0].Err)
		if err := s.Recover(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // virtual: the row rides with the next commit
		s.want("log", s.log(), "PAUSAR:S-000 TOMAR:S-000 TOMAR:S-000")
		s.want("row", s.row("S-000"), "JP(7)|ARM en progreso")
		s.want("lock", s.lock("S-000"), "7 held")
	})
}
