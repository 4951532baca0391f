package occupation_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
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
		s.passes(2 * afterDeath)
		if news := s.news(); news.Err == nil {
			t.Errorf("news = %+v, want that the take came to nothing", news)
		}
	})
}

// unreadable is a sheet that cannot be read while it is away.
type unreadable struct {
	occupation.Records
	away atomic.Bool
}

func (r *unreadable) Book(ctx context.Context, maxAge time.Duration) (*occupation.Book, error) {
	if r.away.Load() {
		return nil, errLine
	}
	return r.Records.Book(ctx, maxAge)
}

// The lock store forgets everything, and the sheet cannot be read to rebuild it until
// the process stops: nobody is told that they hold what no lock says.
func TestWhatCannotBeSettledIsNoSuccess(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		sheet := &unreadable{Records: &slowRecords{Records: s.records, delay: time.Second}}
		s.open("b", sheet)
		var wg sync.WaitGroup
		wg.Go(func() {
			r := s.take(mauricio, "S-000")[0]
			if r.Err == nil || r.Err.Reason != occupation.BeingChecked {
				t.Errorf("take: %v, want that it is being checked", r.Err)
			}
		})
		synctest.Wait()
		s.locks.Wipe()
		sheet.away.Store(true)
		s.passes(1100 * time.Millisecond)
		s.stop() // which gives up before the person does
		wg.Wait()
		s.open("c", s.records)
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

// Another replica has rebuilt the store that forgot everything, from a sheet that
// did not show the take yet: whoever is told that it is done gets the lock back,
// unless somebody else has got the spool.
func TestATakeThatLandsAfterARebuildElsewhereIsRegained(t *testing.T) {
	for _, c := range []struct {
		name  string
		given []occupation.Lock // what the other replica has put there
		code  occupation.Code
		lock  string
	}{
		{"free", nil, "", "93 held"},
		{"given to another", []occupation.Lock{{Key: "S-000", Tag: "S-000", Holder: juana.AsHolder(), Operation: occupation.ARM}}, occupation.SpoolOccupied, "7 held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				s.stop()
				s.open("b", &slowRecords{Records: s.records, delay: time.Second})
				var wg sync.WaitGroup
				wg.Go(func() {
					var code occupation.Code
					if err := s.take(mauricio, "S-000")[0].Err; err != nil {
						code = err.Code
					}
					s.want("take", string(code), string(c.code))
					s.want("lock", s.lock("S-000"), c.lock)
				})
				s.passes(time.Second / 2) // the commit is on its way
				s.locks.Wipe()
				if err := occupationtest.Seed(s.t.Context(), s.locks, c.given, 10_000); err != nil {
					t.Error(err)
				}
				wg.Wait()
			})
		})
	}
}

// Nobody can tell at first what became of a commit: it is asked for until it is
// known, and counts neither as landed nor as lost meanwhile.
func TestACommitIsResolvedUntilItIsKnown(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Unknown{Err: errLine}, Applied: true})
		for range 2 {
			s.records.Fail("Resolve", occupationtest.RecordFault{Err: errLine})
		}
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// A commit whose answer was lost cannot be sent again, because the lock store is away
// or the quota used up: what has landed all the same is not given up.
func TestAResendThatCannotBeMadeIsNoRefusal(t *testing.T) {
	applied := occupationtest.RecordFault{Err: &occupation.Unknown{Err: errLine, Again: true}, Applied: true}
	for name, harm := range map[string]func(*shop){
		"no lock store": func(s *shop) {
			s.locks.Fail("Bind", nil, true) // the first sending
			for range 3 {
				s.locks.Fail("Bind", errLine, false)
			}
		},
		"no quota for long": func(s *shop) {
			for range 2 {
				s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Wait: 100 * time.Second}})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				s.records.Fail("Commit", applied)
				harm(s)
				if err := s.take(mauricio, "S-000")[0].Err; err != nil {
					s.refused("take", err, occupation.SheetUnavailable, occupation.BeingChecked)
					s.done("take in the end", s.news().Err)
				}
				s.want("lock", s.lock("S-000"), "93 held")
				s.want("log", s.log(), "TOMAR:S-000")
			})
		})
	}
}

// An extension was told as done; the sheet that does not take its row for a while
// takes nothing back.
func TestAnExtensionStandsWhileTheSheetIsAway(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.records.Fail("Prepare", occupationtest.RecordFault{Err: errLine})
		r := s.extend(mauricio, hourMore, occupation.Target{Tag: "S-000"})[0]
		s.done("extend", r.Err)
		s.passes(time.Second)
		if got := s.held("S-000").Deadline; !got.Equal(r.Lock.Deadline) {
			t.Errorf("the lock is until %v, and was told until %v", got, r.Lock.Deadline)
		}
		s.passes(time.Minute)
		s.want("log", s.log(), "TOMAR:S-000 EXTENDER:S-000")
	})
}

// The day of a completion lies within what the shop can have done: the core checks
// it, whatever the door has let through.
func TestADayThatCannotBeIsRefused(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		for days, reason := range map[int]occupation.Reason{1: occupation.FutureDate, -40: occupation.OldDate} {
			date := time.Now().In(santiago).AddDate(0, 0, days)
			_, err := s.Complete(s.t.Context(), s.request(mauricio), []occupation.Target{{Tag: "S-000"}}, date)
			s.refused("complete", asCoded(err), occupation.InvalidInput, reason)
		}
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

// One request to extend, delivered twice while the first is under way, is one hour.
func TestSameRequestTwiceExtendsOnce(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		want := s.take(mauricio, "S-000")[0].Lock.Deadline.Add(time.Hour)
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: time.Second})
		r := s.request(mauricio)
		r.Key = "envelope-1"
		for range 2 {
			out, err := s.Extend(s.t.Context(), r, []occupation.Target{{Tag: "S-000"}}, hourMore)
			if err != nil || out[0].Err != nil || !out[0].Lock.Deadline.Equal(want) {
				t.Errorf("extended: %+v, %v; want until %v", out, err, want)
			}
		}
		s.passes(2 * time.Second)
		s.want("log", s.log(), "TOMAR:S-000 EXTENDER:S-000")
	})
}

// The answer to the settling of an expiry is lost, and when it is asked again the
// event is not remembered any more: the holder is told all the same, and at once.
func TestALostAnswerToASettlingSilencesNobody(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.passes(61 * time.Minute)
		s.locks.Fail("Settle", errLine, true)
		s.sweep()
		synctest.Wait()
		if told := s.notices.All(); len(told) != 1 || told[0].To.ID != 93 || told[0].Err != nil {
			t.Errorf("told %+v, want the expiry for 93", told)
		}
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
		s.passes(time.Minute - time.Since(began) + time.Second) // virtual
		s.want("lock", s.lock("S-059"), "93 held")
	})
}
