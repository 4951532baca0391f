package occupation_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

func (s *shop) revert(w occupation.Worker, tag string, undoes occupation.Kind) occupation.Result {
	s.t.Helper()
	rs, err := s.Revert(s.t.Context(), s.request(w), []occupation.Target{{Tag: tag}}, undoes)
	if err != nil || len(rs) != 1 {
		s.t.Fatalf("Revert(%s): %+v, %v", tag, rs, err)
	}
	return rs[0]
}

func TestATakeIsTakenBack(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(juana, "S-000")
		s.pause(juana, "S-000")
		lock := s.take(mauricio, "S-000")[0].Lock
		s.refused("by another", s.revert(juana, "S-000", occupation.Take).Err, occupation.NotOwner, occupation.UndoOver)
		s.refused("another kind", s.revert(mauricio, "S-000", occupation.Pause).Err, occupation.NotOwner, occupation.UndoOver)
		if r := s.revert(mauricio, "s-000", occupation.Take); r.Err != nil || r.Already || r.Lock.Fence != lock.Fence || r.Undoes != occupation.Take {
			t.Fatalf("taken back: %+v", r)
		}
		s.want("row", s.row("S-000"), "|ARM parcial (pausado)") // as it was before
		s.want("lock", s.lock("S-000"), "")
		if r := s.revert(mauricio, "S-000", occupation.Take); r.Err != nil || !r.Already {
			t.Errorf("the second tap: %+v, want that it is done", r)
		}
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000 TOMAR:S-000 DESHACER:S-000")
		if rows := s.records.Audit(); !strings.Contains(rows[3].JSON, `"undoes":"TOMAR_SPOOL"`) || rows[3].WorkerID != 93 {
			t.Errorf("logged as %+v", rows[3])
		}
		s.locks.Wipe()
		s.sweep()
		s.want("lock after a wipe", s.lock("S-000"), "")
	})
}

func TestAPauseIsTakenBackWithItsDeadline(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.extend(mauricio, hourMore)
		s.passes(20 * time.Minute)
		lock := s.held("S-000")
		s.pause(mauricio, "S-000")
		s.passes(59 * time.Second)
		r := s.revert(mauricio, "S-000", occupation.Pause)
		if r.Err != nil || r.Lock.Fence <= lock.Fence || !r.Lock.Deadline.Equal(lock.Deadline) || !r.Lock.Since.Equal(lock.Since) {
			t.Fatalf("taken back: %+v, it was %+v", r, lock)
		}
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000 EXTENDER:S-000 PAUSAR:S-000 DESHACER:S-000")
		want := s.held("S-000")
		s.locks.Wipe()
		s.sweep()
		if got := s.held("S-000"); got.Fence != want.Fence || !got.Deadline.Equal(want.Deadline.Truncate(time.Second)) {
			t.Errorf("rebuilt as %+v, want %+v", got, want)
		}
		s.done("pause", s.pause(mauricio, "S-000").Err)
	})
}

func TestACompletionIsTakenBackWithWhatItWrote(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.take(mauricio, "S-000")
		s.complete(mauricio, "S-000")
		if r := s.revert(mauricio, "S-000", occupation.Complete); r.Err != nil || r.Date.IsZero() {
			t.Fatalf("taken back: %+v", r)
		}
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		b, err := s.records.Book(s.t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if sp, _ := b.Find("S-000"); !sp.ArmDate.IsZero() || sp.ArmBy != "" {
			t.Errorf("the row still says done on %v by %q", sp.ArmDate, sp.ArmBy)
		}
		s.done("completed after all", s.complete(mauricio, "S-000").Err)
		s.want("log", s.log(), "TOMAR:S-000 COMPLETAR:S-000 DESHACER:S-000 COMPLETAR:S-000")
	})
}

// Whatever has happened since is left as it is.
func TestNothingIsTakenBackWhenSomebodyHasActedSince(t *testing.T) {
	office := func(edit func(*occupation.Spool)) func(*shop) {
		return func(s *shop) { s.records.Edit("S-000", edit) }
	}
	for _, c := range []struct {
		name   string
		undoes occupation.Kind
		since  func(*shop)
		code   occupation.Code
		reason occupation.Reason
		row    string
	}{
		{"a minute is over", occupation.Pause, func(s *shop) { s.passes(61 * time.Second) }, occupation.NotOwner, occupation.UndoOver, "|ARM parcial (pausado)"},
		{"another has taken it", occupation.Pause, func(s *shop) { s.take(juana, "S-000") }, occupation.NotOwner, occupation.UndoOver, "JP(7)|ARM en progreso"},
		{"another has had it", occupation.Pause, func(s *shop) { s.take(juana, "S-000"); s.pause(juana, "S-000") }, occupation.NotOwner, occupation.UndoOver, "|ARM parcial (pausado)"},
		{"a supervisor has stopped it", occupation.Pause, func(s *shop) { s.retain(jefa, "S-000", "calidad") }, occupation.NotOwner, occupation.UndoOver, "|ARM retenido: calidad, CF(1)"},
		{"the office has stopped it", occupation.Pause, office(func(sp *occupation.Spool) { sp.State = "retenido" }), occupation.PrerequisiteNotMet, occupation.OnHold, "|retenido"},
		{"the office has given it away", occupation.Pause, office(func(sp *occupation.Spool) { sp.HeldBy = "don José" }), occupation.SpoolOccupied, occupation.HeldByHand, "don José|ARM parcial (pausado)"},
		{"the office has written a state", occupation.Complete, office(func(sp *occupation.Spool) { sp.State = "revisado" }), occupation.NotOwner, occupation.UndoOver, "|revisado"},
		{"the office has written another date", occupation.Complete, office(func(sp *occupation.Spool) { sp.ArmDate = sp.ArmDate.AddDate(0, 0, -1) }), occupation.NotOwner, occupation.UndoOver, "|ARM completado"},
		{"the office has written another name", occupation.Complete, office(func(sp *occupation.Spool) { sp.ArmBy = "JP(7)" }), occupation.NotOwner, occupation.UndoOver, "|ARM completado"},
		{"the next operation is done", occupation.Complete, office(func(sp *occupation.Spool) { sp.SoldDate = sp.ArmDate }), occupation.NotOwner, occupation.UndoOver, "|ARM completado"},
		{"the lock store has forgotten it", occupation.Pause, func(s *shop) { s.locks.Wipe() }, occupation.NotOwner, occupation.UndoOver, "|ARM parcial (pausado)"},
		{"it was extended", occupation.Take, func(s *shop) { s.extend(mauricio, hourMore); s.passes(5 * time.Second) }, occupation.NotOwner, occupation.UndoOver, "MR(93)|ARM en progreso"},
		{"it was freed by a supervisor and taken again", occupation.Take, func(s *shop) {
			if _, err := s.Release(s.t.Context(), s.request(jefa), occupation.Target{Tag: "S-000"}, "x"); err != nil {
				s.t.Fatal(err)
			}
			s.take(juana, "S-000")
		}, occupation.NotOwner, occupation.UndoOver, "JP(7)|ARM en progreso"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				s.take(mauricio, "S-000")
				switch c.undoes {
				case occupation.Pause:
					s.pause(mauricio, "S-000")
				case occupation.Complete:
					s.complete(mauricio, "S-000")
				}
				c.since(s)
				log := s.log()
				s.refused("too late", s.revert(mauricio, "S-000", c.undoes).Err, c.code, c.reason)
				s.want("row", s.row("S-000"), c.row)
				s.want("log", s.log(), log)
			})
		})
	}
}

// The end of a minute and a state of the office's own do not meet a take that is
// taken back: the spool is given back, and what the office wrote stays.
func TestATakeThatIsTakenBackLeavesWhatTheOfficeWrote(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.records.Edit("S-000", func(sp *occupation.Spool) { sp.State = "revisar cota" })
		s.done("taken back", s.revert(mauricio, "S-000", occupation.Take).Err)
		s.want("row", s.row("S-000"), "|revisar cota")
	})
}

// Two taps at once are one; another's take at the same moment waits and is told who
// has it, or has it first.
func TestTakingBackAtOnce(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: 250 * time.Millisecond})
		s.take(mauricio, "S-000")
		s.pause(mauricio, "S-000")
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { s.done("a tap", s.revert(mauricio, "S-000", occupation.Pause).Err) })
		}
		wg.Go(func() {
			s.passes(time.Millisecond)
			s.refused("take", s.take(juana, "S-000")[0].Err, occupation.SpoolOccupied, "")
		})
		wg.Wait()
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000 DESHACER:S-000")
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

// What the sheet did not take can be tried again.
func TestTakingBackThatCouldNotBeWritten(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.pause(mauricio, "S-000")
		protected := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected}
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Err: protected, Bad: []int{0}}})
		s.refused("refused by the sheet", s.revert(mauricio, "S-000", occupation.Pause).Err, occupation.SheetUnavailable, occupation.Protected)
		s.want("lock", s.lock("S-000"), "")
		s.done("again", s.revert(mauricio, "S-000", occupation.Pause).Err)
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

// A replica dies while it takes a pause back.
func TestRecoveryOfWhatWasTakenBack(t *testing.T) {
	for _, c := range []struct {
		name          string
		bound, landed bool
		lock          string
	}{
		{"never bound", false, false, ""}, {"bound, not sent", true, false, ""}, {"landed", true, true, "93 held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				s.take(mauricio, "S-000")
				s.pause(mauricio, "S-000")
				s.stop()
				s.diesOn(occupation.Intent{
					Event: "event-of-the-dead", Kind: occupation.Revert, Undoes: occupation.Pause, Key: "S-000", Tag: "S-000",
					Worker: mauricio.AsHolder(),
				}, c.bound, c.landed)
				s.passes(afterDeath)
				s.open("b", s.records)
				if told := s.news(); told.To.ID != 93 || (told.Err == nil) != c.landed {
					t.Errorf("the worker hears %+v", told)
				}
				s.want("lock", s.lock("S-000"), c.lock)
			})
		})
	}
}

// An answer says that it can be taken back only where that is so at all.
func TestOnlyWhatCanBeTakenBackSaysSo(t *testing.T) {
	const whole = time.Hour // an occupation
	for _, c := range []struct {
		name  string
		deed  func(*shop) occupation.Result
		kind  occupation.Kind // what is asked to be taken back
		wants bool
	}{
		{"a take", func(s *shop) occupation.Result { return s.take(mauricio, "S-000")[0] }, occupation.Take, true},
		{"of what they have", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			s.passes(2 * time.Minute)
			return s.take(mauricio, "S-000")[0]
		}, occupation.Take, false},
		{"of what is over and not yet swept", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			s.passes(whole + time.Second)
			return s.take(mauricio, "S-000")[0]
		}, occupation.Take, false},
		{"within the grace", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			s.passes(whole + time.Second)
			s.sweep()
			return s.take(mauricio, "S-000")[0]
		}, occupation.Take, true},
		{"a pause", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			return s.pause(mauricio, "S-000")
		}, occupation.Pause, true},
		{"a pause within the grace", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			s.passes(whole + time.Second)
			s.sweep()
			return s.pause(mauricio, "S-000")
		}, occupation.Pause, false},
		{"a completion within the grace", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			s.passes(whole + time.Second)
			return s.complete(mauricio, "S-000")
		}, occupation.Complete, false},
		{"a pause of what the office has stopped", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			s.records.Edit("S-000", func(sp *occupation.Spool) { sp.State = "retenido" })
			s.passes(10 * time.Second)
			return s.pause(mauricio, "S-000")
		}, occupation.Pause, false},
		{"what was said of a pause", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			fence := s.pause(mauricio, "S-000").Lock.Fence
			return s.pauseReason(mauricio, "S-000", fence, "colación")
		}, occupation.Pause, true},
		{"said of it later", func(s *shop) occupation.Result {
			s.take(mauricio, "S-000")
			fence := s.pause(mauricio, "S-000").Lock.Fence
			s.passes(2 * time.Minute)
			return s.pauseReason(mauricio, "S-000", fence, "colación")
		}, occupation.Pause, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				r := c.deed(s)
				s.done(c.name, r.Err)
				if r.Reverts != c.wants {
					t.Errorf("%s: says %v of taking it back, want %v", c.name, r.Reverts, c.wants)
				}
				if can := s.revert(mauricio, "S-000", c.kind).Err == nil; can != c.wants {
					t.Errorf("%s: taken back: %v, want %v", c.name, can, c.wants)
				}
			})
		})
	}
}
