package occupation_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// Who is told that it is done may rely on the lock, too: also where the lock
// store does not take the settling at first.
func TestAnAnswerComesAfterTheSettling(t *testing.T) {
	for _, applied := range []bool{false, true} {
		t.Run(fmt.Sprintf("applied %v", applied), func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				s.locks.Fail("Settle", errLine, applied)
				s.done("take", s.take(mauricio, "S-000")[0].Err)
				s.want("lock", s.lock("S-000"), "93 held")
				s.locks.Fail("Settle", errLine, applied)
				s.done("pause", s.pause(mauricio, "S-000").Err)
				s.want("lock", s.lock("S-000"), "")
			})
		})
	}
}

// Every sending is one write of the shared quota, those after a lost answer and
// those of a repair as well.
func TestEverySendingTakesAWriteOfTheQuota(t *testing.T) {
	lost := &occupation.Unknown{Err: errLine, Again: true}
	for name, faults := range map[string][]occupationtest.RecordFault{
		"one":           {{}},
		"lost answers":  {{Err: lost}, {Err: lost, Applied: true}},
		"never landed":  {{Err: lost}, {Err: lost}, {Err: lost}, {Err: lost}},
		"a taken stamp": {{Err: &occupation.Refused{StampTaken: true}}},
		"a repair":      {{Moved: true}},
	} {
		t.Run(name, func(t *testing.T) {
			inShop(t, 2, func(s *shop) {
				for _, f := range faults {
					s.records.Fail("Commit", f)
				}
				s.take(mauricio, "S-000")
				if sent, taken := s.records.Calls("Commit"), s.locks.Calls("Bind"); sent != taken {
					t.Errorf("%d sendings took %d writes", sent, taken)
				}
			})
		})
	}
}

// The lock store forgets everything while a commit is on its way: who is told
// that it is done holds the lock, and nobody slips in meanwhile.
func TestALockStoreThatForgetsDuringACommit(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		var wg sync.WaitGroup
		wg.Go(func() {
			s.done("take", s.take(mauricio, "S-000")[0].Err)
			s.want("lock", s.lock("S-000"), "93 held")
		})
		synctest.Wait()
		s.locks.Wipe()
		wg.Wait()
	})
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		var wg sync.WaitGroup
		wg.Go(func() { s.done("take", s.take(mauricio, "S-000")[0].Err) })
		synctest.Wait()
		s.locks.Wipe()
		s.refused("take by another", s.take(juana, "S-000")[0].Err, occupation.SpoolOccupied, "")
		wg.Wait()
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// Another replica carries the person's first tap: the second one does not know
// yet what becomes of it.
func TestATapThatAnotherReplicaCarriesIsBeingChecked(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.dies(occupation.Take, false, false)
		s.refused("take", s.take(mauricio, "S-000")[0].Err, occupation.SheetUnavailable, occupation.BeingChecked)
		time.Sleep(2 * afterDeath)
		if news := s.news(); news.Err == nil {
			t.Errorf("news = %+v, want that the take came to nothing", news)
		}
	})
}

// The lock store forgets everything, and the sheet cannot be read to rebuild it:
// nobody is told that they hold what no lock says.
func TestWhatCannotBeSettledIsNoSuccess(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		var wg sync.WaitGroup
		wg.Go(func() {
			r := s.take(mauricio, "S-000")[0]
			if r.Err == nil || r.Err.Reason != occupation.BeingChecked {
				t.Errorf("take: %v, want that it is being checked", r.Err)
			}
		})
		synctest.Wait()
		s.locks.Wipe()
		s.records.Fail("Book", occupationtest.RecordFault{Err: errLine})
		wg.Wait()
	})
}

// When no write is free the commit waits as long as the lock store says, and
// does not ask it over and over.
func TestAWaitForTheQuotaIsWaited(t *testing.T) {
	inShop(t, 60, func(s *shop) {
		began := time.Now()
		for i := range 60 {
			if err := s.take(mauricio, fmt.Sprintf("S-%03d", i))[0].Err; err != nil && err.Reason != occupation.BeingChecked {
				t.Errorf("take %d: %v", i, err)
			}
		}
		if n := s.locks.Calls("Bind"); n > 65 {
			t.Errorf("60 commits asked %d times for a write", n)
		}
		time.Sleep(time.Minute - time.Since(began) + time.Second) // virtual
		s.want("lock", s.lock("S-059"), "93 held")
	})
}
