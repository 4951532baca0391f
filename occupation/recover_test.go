package occupation_test

import (
	"context"
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
		old := occupation.Lock{Key: "S-000", Tag: "S-000", Holder: mauricio.AsHolder(), Operation: occupation.ARM, Deadline: time.Now().Add(time.Hour), Fence: 1}
		if err := occupationtest.Seed(s.t.Context(), s.locks, []occupation.Lock{old}, 1); err != nil {
			t.Fatal(err)
		}
		s.open("b", s.records)
		s.want("the lock that has ended", s.lock("S-000"), "")
		if next := s.take(juana, "S-000")[0].Lock.Fence; next <= last {
			t.Errorf("the fence went from %d to %d", last, next)
		}
	})
}

// The store forgets everything while nobody holds anything: only the audit log
// knows how far the fences had come.
func TestFencesGoOnOverAWipeWhileAllIsFree(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		var last int64
		for _, replica := range []string{"b", "c", "d"} { // none has seen the fences of another
			s.stop()
			s.open(replica, s.records)
			next := s.take(mauricio, "S-000")[0].Lock.Fence
			if next <= last {
				t.Errorf("the fence went from %d to %d", last, next)
			}
			last = next
			s.done("pause", s.pause(mauricio, "S-000").Err)
			s.locks.Wipe()
		}
	})
}

// The fence of a take that is on its way stands in no log yet: nobody gets it again.
func TestNobodyGetsTheFenceOfATakeOnItsWay(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.take(mauricio, "S-002")
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		slow, stop := s.Service, s.stop
		first := make(chan int64, 1)
		go func() {
			out, err := s.asks(slow, mauricio, occupation.Take, "S-000")
			if err != nil || out[0].Err != nil {
				t.Errorf("take: %+v, %v", out, err)
			}
			first <- out[0].Lock.Fence
		}()
		s.passes(time.Second / 2)
		s.locks.Wipe()
		s.open("c", s.records)
		second := s.take(juana, "S-001")[0].Lock.Fence
		if before := <-first; second <= before {
			t.Errorf("the fence went from %d to %d", before, second)
		}
		stop()
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
			left, err := s.locks.Claim(ctx, "dead", nil)
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
			s.passes(afterDeath)
			s.open("b", s.records)
			s.passes(time.Second) // virtual: the row rides with the next commit
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
		s.passes(time.Second) // virtual: the row rides with the next commit
		s.want("log", s.log(), "PAUSAR:S-000 TOMAR:S-000 TOMAR:S-000")
		s.want("row", s.row("S-000"), "JP(7)|ARM en progreso")
		s.want("lock", s.lock("S-000"), "7 held")
	})
}

// People had moved the rows before a commit landed, and its process died then:
// who finds out that it has landed puts right what it hit.
func TestRecoveryPutsRightWhatWasMoved(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.stop()
		commit := s.dies(occupation.Take, true, false)
		s.records.Fail("Commit", occupationtest.RecordFault{Moved: true})
		if _, err := s.records.Commit(s.t.Context(), commit); err != nil {
			t.Fatal(err)
		}
		s.passes(afterDeath)
		s.open("b", s.records)
		if news := s.news(); news.Err != nil {
			t.Errorf("news = %+v, want that the take is done", news)
		}
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("the row that was hit", s.row("S-002"), "|")
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// A process dies before it has sent the repair of a commit that landed: the repair is
// made, what was done stays done, and an audit row that it owes is delivered.
func TestRecoveryFinishesARepair(t *testing.T) {
	for name, owed := range map[string]bool{"": false, "of what owes its audit row": true} {
		t.Run(name, func(t *testing.T) { recoversRepair(t, owed) })
	}
}

func recoversRepair(t *testing.T, owed bool) {
	inShop(t, 3, func(s *shop) {
		s.stop()
		commit := s.dies(occupation.Take, true, false)
		s.records.Fail("Commit", occupationtest.RecordFault{Moved: true, Owed: owed})
		receipt, err := s.records.Commit(s.t.Context(), commit)
		if err != nil || receipt.Remainder == nil {
			t.Fatalf("%+v, %v; want a remainder", receipt, err)
		}
		repair := occupation.Commit{ID: "repair-of-the-dead", Stamp: 4712, Changes: commit.Changes, Plan: receipt.Remainder, Repair: true}
		if _, err := s.locks.Bind(s.t.Context(), "dead", repair); err != nil {
			t.Fatal(err)
		}
		s.passes(afterDeath)
		s.open("b", s.records)
		if news := s.news(); news.Err != nil {
			t.Errorf("news = %+v, want that the take is done", news)
		}
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("the row that was hit", s.row("S-002"), "|")
		s.want("lock", s.lock("S-000"), "93 held")
		s.passes(time.Minute)
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// The audit log's last take is not of whom the office has put into the row since:
// the sheet wins.
func TestARebuiltLockIsOfWhoStandsInTheRow(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.locks.Wipe()
		s.records.Edit("S-000", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID = "JP(7)", 7 })
		s.refused("take", s.take(mauricio, "S-000")[0].Err, occupation.SpoolOccupied, "")
		s.want("lock", s.lock("S-000"), "7 held")
	})
}

// A repair may miss as well.
func TestARepairThatMissesIsFollowedByAnother(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.stop()
		s.open("b", &missingRepair{Records: s.records})
		s.records.Fail("Commit", occupationtest.RecordFault{Moved: true})
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("the row that was hit", s.row("S-002"), "|")
	})
}

// missingRepair is records whose first repair does nothing but leave the same
// to another.
type missingRepair struct {
	*occupationtest.Records
	missed bool
}

func (r *missingRepair) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	if c.Repair && !r.missed {
		r.missed = true
		return occupation.Receipt{Remainder: c.Plan}, nil
	}
	return r.Records.Commit(ctx, c)
}
