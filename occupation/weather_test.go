package occupation_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

var errLine = errors.New("line cut")

// tomorrow's recovery: the heartbeat of a replica that died is over.
const afterDeath = 20 * time.Second

func TestSheetRefusesForGood(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.take(mauricio, "S-001")
		protected := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected}
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Err: protected, Bad: []int{0}}})
		got := s.take(mauricio, "S-000", "S-002")
		s.refused("the one to blame", got[0].Err, occupation.SheetUnavailable, occupation.Protected)
		s.done("the other", got[1].Err)
		s.want("lock", s.lock("S-000"), "")

		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Err: protected, Bad: []int{0}}})
		s.refused("pause", s.pause(mauricio, "S-001").Err, occupation.SheetUnavailable, occupation.Protected)
		s.want("lock after a pause that was refused", s.lock("S-001"), "93 held")
		s.want("log", s.log(), "TOMAR:S-001 TOMAR:S-002")
	})
}

// Nobody knows which change is to blame: they are committed apart.
func TestOneBadChangeDoesNotSinkTheOthers(t *testing.T) {
	inShop(t, 8, func(s *shop) {
		bad := &refusing{Records: s.records, tag: "S-005"}
		s.stop()
		s.open("b", bad)
		var tags []string
		for i := range 8 {
			tags = append(tags, fmt.Sprintf("S-%03d", i))
		}
		for i, r := range s.take(mauricio, tags...) {
			if i == 5 {
				s.refused("the bad one", r.Err, occupation.SheetUnavailable, occupation.Protected)
				continue
			}
			s.done(r.Tag, r.Err)
		}
	})
}

func TestUnknownOutcomes(t *testing.T) {
	unknown := func(again bool) error { return &occupation.Unknown{Err: errLine, Again: again} }
	for _, c := range []struct {
		name   string
		faults []occupationtest.RecordFault
		landed bool
	}{
		{"cut after applying", []occupationtest.RecordFault{{Err: unknown(true), Applied: true}}, true},
		{"cut before applying", []occupationtest.RecordFault{{Err: unknown(true)}}, true},
		{"cut before and after", []occupationtest.RecordFault{{Err: unknown(true)}, {Err: unknown(true), Applied: true}}, true},
		{"applied, and it may not be sent again", []occupationtest.RecordFault{{Err: unknown(false), Applied: true}}, true},
		{"not applied, and it may not be sent again", []occupationtest.RecordFault{{Err: unknown(false)}}, false},
		{"never answered", []occupationtest.RecordFault{{Err: unknown(true)}, {Err: unknown(true)}, {Err: unknown(true)}, {Err: unknown(true)}}, false},
		{"429 and then it works", []occupationtest.RecordFault{{Err: &occupation.Refused{Wait: 3 * time.Second}}}, true},
		{"people moved the row away", []occupationtest.RecordFault{{Err: &occupation.Refused{Moved: true, Bad: []int{0}}}}, true},
		{"stamp taken by another commit", []occupationtest.RecordFault{{Err: &occupation.Refused{StampTaken: true}}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				for _, f := range c.faults {
					s.records.Fail("Commit", f)
				}
				r := s.take(mauricio, "S-000")[0]
				if !c.landed {
					s.refused("take", r.Err, occupation.SheetUnavailable, occupation.NothingDone)
					s.want("log", s.log(), "")
					s.want("lock", s.lock("S-000"), "")
					s.records.LandLate()
					s.want("row", s.row("S-000"), "|")
					return
				}
				s.done("take", r.Err)
				s.want("log", s.log(), "TOMAR:S-000")
				s.want("lock", s.lock("S-000"), "93 held")
			})
		})
	}
}

// A finish that never landed is committed anew: the work is done.
func TestLostFinishIsCommittedAnew(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Unknown{Err: errLine}, Late: true})
		s.done("complete", s.complete(mauricio, "S-000").Err)
		if n := s.records.LandLate(); n != 0 {
			t.Errorf("%d burned commits landed late", n)
		}
		s.want("log", s.log(), "TOMAR:S-000 COMPLETAR:S-000")
	})
}

func TestSlowSheet(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: 20 * time.Second})
		began := time.Now()
		r := s.take(mauricio, "S-000")[0]
		s.refused("take", r.Err, occupation.SheetUnavailable, occupation.BeingChecked)
		if waited := time.Since(began); waited > 10*time.Second {
			t.Errorf("the person waited %v for the first word", waited)
		}
		news := s.news()
		if news.Err != nil || news.Intent.Tag != "S-000" || news.Intent.Worker.ID != 93 {
			t.Errorf("news = %+v, want that S-000 is done for 93", news)
		}
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

func TestLocksBreak(t *testing.T) {
	for _, c := range []struct {
		method  string
		applied bool
		done    bool
	}{
		{"Intend", false, false},
		{"Intend", true, false},
		{"Bind", false, false},
		{"Bind", true, false},
		{"Settle", false, true},
		{"Settle", true, true},
	} {
		t.Run(fmt.Sprintf("%s applied %v", c.method, c.applied), func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				s.locks.Fail(c.method, errLine, c.applied)
				out, err := s.Take(s.t.Context(), s.request(mauricio), "", []string{"S-000"})
				if err == nil && out[0].Err != nil {
					err = out[0].Err
				}
				if c.done {
					if err != nil {
						t.Errorf("take: %v, want it done", err)
					}
					return
				}
				if occupation.CodeOf(err) != occupation.LocksUnavailable {
					t.Errorf("take: %v, want LOCKS_UNAVAILABLE", err)
				}
				s.want("log", s.log(), "")
				s.passes(time.Second) // virtual: the doubtful intents are put back
				s.want("lock", s.lock("S-000"), "")
				s.done("take again", s.take(mauricio, "S-000")[0].Err)
			})
		})
	}
}

// A replica dies at each point of the way; the next one finishes or puts back.
func TestRecovery(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   occupation.Kind
		bound  bool
		landed bool
		log    string
		lock   string
	}{
		{"a take that was never bound", occupation.Take, false, false, "", ""},
		{"a take that was bound, not sent", occupation.Take, true, false, "", ""},
		{"a take that landed", occupation.Take, true, true, "TOMAR:S-000", "93 held"},
		{"a pause that was never bound", occupation.Pause, false, false, "TOMAR:S-000 PAUSAR:S-000", ""},
		{"a pause that was bound, not sent", occupation.Pause, true, false, "TOMAR:S-000 PAUSAR:S-000", ""},
		{"a pause that landed", occupation.Pause, true, true, "TOMAR:S-000 PAUSAR:S-000", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				if c.kind != occupation.Take {
					s.take(mauricio, "S-000")
				}
				s.stop()
				commit := s.dies(c.kind, c.bound, c.landed)
				s.passes(afterDeath)
				s.open("b", s.records)
				if c.kind != occupation.Take || c.landed {
					s.news() // the worker is told what became of it
				}
				s.want("log", s.log(), c.log)
				s.want("lock", s.lock("S-000"), c.lock)
				if c.bound && !c.landed { // the dead replica wakes up and sends after all
					if _, err := s.records.Commit(s.t.Context(), commit); err == nil {
						t.Error("a commit that was given up landed late")
					}
					s.want("log", s.log(), c.log)
				}
			})
		})
	}
}

// dies goes the way of a replica up to a point and no further.
func (s *shop) dies(kind occupation.Kind, bound, landed bool) occupation.Commit {
	s.t.Helper()
	return s.diesOn(occupation.Intent{
		Event: "event-of-the-dead", Kind: kind, Key: "S-000", Tag: "S-000", Operation: occupation.ARM,
		Worker: mauricio.AsHolder(), TTL: time.Hour, Grace: 15 * time.Minute,
	}, bound, landed)
}

func TestPeopleMoveRows(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Moved: true})
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.want("S-000", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("S-002, which was hit", s.row("S-002"), "|")
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// The rows that a repair was to put right are moved in turn: it is planned anew.
func TestPeopleMoveRowsUnderTheRepair(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Moved: true})
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Moved: true}})
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.want("S-000", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("S-002, which was hit", s.row("S-002"), "|")
		if n := s.records.Calls("Resolve"); n != 1 {
			t.Errorf("the records were asked %d times what is left to put right, want once", n)
		}
	})
}

func TestAuditLogBroken(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Owed: true})
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("log while broken", s.log(), "")
		if err := s.Recover(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.passes(time.Second) // virtual: the row rides with the next commit
		s.want("log when it is back", s.log(), "TOMAR:S-000")
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

func TestRowSaysOccupied(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.records.Edit("S-000", func(sp *occupation.Spool) {
			sp.HeldBy, sp.HolderID, sp.Since = "JP(7)", 7, time.Now().Add(-10*time.Minute)
		})
		s.records.Edit("S-001", func(sp *occupation.Spool) { sp.HeldBy = "Juan, el de ayer" })
		got := s.take(mauricio, "S-000", "S-001")
		s.refused("a row with an id", got[0].Err, occupation.SpoolOccupied, "")
		if got[0].Err != nil && got[0].Err.Holder.Name != "Juana Pérez" {
			t.Errorf("holder = %q, want Juana Pérez", got[0].Err.Holder.Name)
		}
		s.want("its lock, rebuilt", s.lock("S-000"), "7 held")
		s.refused("a row by hand", got[1].Err, occupation.SpoolOccupied, occupation.HeldByHand)
		s.done("the holder of the row pauses", s.pause(juana, "S-000").Err)
	})
}

// A fail-over to a store that forgot a take gives nobody a second holder.
func TestForgottenTake(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		first := s.take(mauricio, "S-000")[0].Lock
		s.locks.Wipe()
		r := s.take(juana, "S-000")[0]
		s.refused("take", r.Err, occupation.SpoolOccupied, "")
		s.want("lock, rebuilt", s.lock("S-000"), "93 held")
		if r.Err != nil && !r.Err.Until.Equal(first.Deadline.Truncate(time.Second)) {
			t.Errorf("rebuilt until %v, want %v", r.Err.Until, first.Deadline)
		}
		s.done("pause", s.pause(mauricio, "S-000").Err)
		if again := s.take(juana, "S-000")[0]; again.Lock.Fence <= first.Fence {
			t.Errorf("fence went from %d to %d over the wipe", first.Fence, again.Lock.Fence)
		}
	})
}

func TestStopWithWorkInFlight(t *testing.T) {
	inShop(t, 30, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: 2 * time.Second})
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() { s.done("take", s.take(juana, fmt.Sprintf("S-%03d", i))[0].Err) })
		}
		s.passes(time.Second) // virtual: the first commit is on its way, the rest wait
		s.stop()
		wg.Wait()
		if n := len(s.records.Audit()); n != 30 {
			t.Errorf("%d of 30 were logged", n)
		}
	})
}

// refusing is records that refuse every commit with a certain tag in it.
type refusing struct {
	*occupationtest.Records
	tag string
}

func (r *refusing) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	for _, ch := range c.Changes {
		if ch.Intent.Tag == r.tag {
			return occupation.Receipt{}, &occupation.Refused{Err: &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected}}
		}
	}
	return r.Records.Commit(ctx, c)
}

// Putting back goes on after the lock store was found empty.
func TestPutBackOutlivesAnEmptyStore(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.locks.Wipe()
		for _, applied := range []bool{false, true} {
			s.locks.Fail("Intend", errLine, applied)
			_, err := s.Take(s.t.Context(), s.request(mauricio), "", []string{"S-000"})
			if occupation.CodeOf(err) != occupation.LocksUnavailable {
				t.Fatalf("take: %v, want LOCKS_UNAVAILABLE", err)
			}
			s.passes(time.Second) // virtual
			if err := s.Rebuild(s.t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.want("lock", s.lock("S-000"), "")
	})
}

// Recovery that meets a sheet that is away goes on until it knows, also for the
// groups after the first.
func TestRecoveryGoesOn(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.dies(occupation.Take, true, true)
		s.passes(afterDeath)
		for range 3 {
			s.records.Fail("Resolve", occupationtest.RecordFault{Err: errLine})
		}
		s.open("b", s.records)
		s.want("lock while the sheet is away", s.lock("S-000"), "93 pending")
		if news := s.news(); news.Err != nil {
			t.Errorf("news = %+v, want that the take is done", news)
		}
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// A process that was frozen, or whose lock store's clock has jumped, does not
// take over from itself what it still carries.
func TestRecoveryLeavesItsOwnAlone(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: 2 * time.Second})
		var wg sync.WaitGroup
		wg.Go(func() { s.done("take", s.take(mauricio, "S-000")[0].Err) })
		s.passes(time.Second) // virtual: the commit is on its way
		s.locks.Advance(time.Minute)
		if err := s.Recover(s.t.Context()); err != nil {
			t.Error(err)
		}
		wg.Wait()
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}
