package occupation_test

import (
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func (s *shop) retain(w occupation.Worker, tag, reason string) occupation.Result {
	s.t.Helper()
	r, err := s.Retain(s.t.Context(), s.request(w), occupation.Target{Tag: tag}, reason)
	if err != nil {
		s.t.Fatalf("Retain(%s): %v", tag, err)
	}
	return r
}

func (s *shop) lift(w occupation.Worker, tag, was string) occupation.Result {
	s.t.Helper()
	r, err := s.Lift(s.t.Context(), s.request(w), tag, was)
	if err != nil {
		s.t.Fatalf("Lift(%s): %v", tag, err)
	}
	return r
}

func TestAStopEndsWhatItsHolderHasAndNobodyTakesIt(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		lock := s.take(mauricio, "S-000")[0].Lock
		_, err := s.Retain(s.t.Context(), s.request(mauricio), occupation.Target{Tag: "S-000"}, " \n ")
		s.refused("without a reason", asCoded(err), occupation.InvalidInput, occupation.NoReason)
		if r := s.retain(mauricio, "s-000", "falta  material"); r.Err != nil || r.Lock.Fence != lock.Fence {
			t.Fatalf("retained: %+v", r)
		}
		s.want("row", s.row("S-000"), "|ARM retenido: falta material, MR(93)")
		s.want("lock", s.lock("S-000"), "")
		if news := s.news(); news.To.ID != 0 || news.Intent.Kind != occupation.Retain || news.Intent.Worker.ID != 93 || news.Intent.Reason != "falta material" {
			t.Errorf("news = %+v, want the stop for the supervisors alone", news)
		}
		for _, w := range []occupation.Worker{juana, mauricio} {
			no := s.take(w, "S-000")[0].Err
			s.refused("take", no, occupation.PrerequisiteNotMet, occupation.OnHold)
			if no.Holder.ID != 93 || no.Holder.Name != "MR(93)" || no.Text != "falta material" {
				t.Errorf("refusal %+v, want who stopped it and why", no)
			}
		}
		s.refused("stopped again", s.retain(jefa, "S-000", "calidad").Err, occupation.PrerequisiteNotMet, occupation.OnHold)
		s.locks.Wipe() // the sheet is the record of it
		s.sweep()
		s.want("lock after a wipe", s.lock("S-000"), "")
		s.refused("after a wipe", s.take(juana, "S-000")[0].Err, occupation.PrerequisiteNotMet, occupation.OnHold)

		s.refused("lifted by another", s.lift(juana, "S-000", "").Err, occupation.RoleNotAllowed, occupation.NotSetter)
		s.refused("by an old button", s.lift(mauricio, "S-000", "ARM retenido: calidad, MR(93)").Err, occupation.PrerequisiteNotMet, occupation.OnHold)
		s.done("lifted by its setter", s.lift(mauricio, "S-000", "ARM retenido: falta material, MR(93)").Err)
		s.want("row", s.row("S-000"), "|ARM disponible (sin retención)")
		s.want("lock", s.lock("S-000"), "")
		s.refused("lifted twice", s.lift(mauricio, "S-000", "").Err, occupation.PrerequisiteNotMet, occupation.NotOnHold)
		s.done("take", s.take(juana, "S-000")[0].Err)
		s.want("log", s.log(), "TOMAR:S-000 RETENER:S-000 SOLTAR:S-000 TOMAR:S-000")
	})
}

func TestASupervisorStopsWhatOthersHaveAndWhatIsFree(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		lock := s.take(mauricio, "S-000")[0].Lock
		s.refused("another's, by a worker", s.retain(juana, "S-000", "calidad").Err, occupation.NotOwner, "")
		s.refused("a free one, by a worker", s.retain(juana, "S-001", "calidad").Err, occupation.RoleNotAllowed, occupation.NotSupervisor)
		r, err := s.Retain(s.t.Context(), s.request(jefa), occupation.Target{Tag: "S-000", Fence: lock.Fence + 1}, "x")
		if err != nil {
			t.Fatal(err)
		}
		s.refused("an old button", r.Err, occupation.NotOwner, occupation.HeldAnew)
		if r := s.retain(jefa, "S-000", "calidad"); r.Err != nil || r.Lock.Holder.ID != 93 || r.Lock.Fence != lock.Fence {
			t.Errorf("stopped: %+v, want whose it was", r)
		}
		if news := s.news(); news.To.ID != 93 || news.Intent.Worker.ID != 1 || news.Intent.Reason != "calidad" {
			t.Errorf("news = %+v, want the holder to hear who and why", news)
		}
		s.refused("pause of the former holder", s.pause(mauricio, "S-000").Err, occupation.NotOwner, occupation.NobodyHolds)
		s.done("a free one", s.retain(jefa, "S-001", "calidad").Err)
		s.want("row", s.row("S-000"), "|ARM retenido: calidad, CF(1)")
		s.want("row", s.row("S-001"), "|ARM retenido: calidad, CF(1)")
		s.want("lock", s.lock("S-001"), "")
		s.records.Edit("S-002", func(sp *occupation.Spool) { sp.State = "Retenido por oficina" })
		s.refused("stopped by the office", s.take(juana, "S-002")[0].Err, occupation.PrerequisiteNotMet, occupation.OnHold)
		if all, err := s.Stopped(s.t.Context()); err != nil || len(all) != 3 {
			t.Errorf("stopped are %v, %v; want three", all, err)
		}
		s.refused("another supervisor's, by a worker", s.lift(juana, "S-002", "").Err, occupation.RoleNotAllowed, occupation.NotSetter)
		s.done("lifted by a supervisor", s.lift(jefa, "S-002", "").Err)
		s.want("log", s.log(), "TOMAR:S-000 RETENER:S-000 RETENER:S-001 SOLTAR:S-002")
		if held, err := s.Held(s.t.Context()); err != nil || len(held) != 0 {
			t.Errorf("held are %v, %v; want none", held, err)
		}
	})
}

// Without Estado_Ocupacion a stop would stand nowhere.
func TestAStopNeedsItsColumn(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.records.DropState()
		s.take(mauricio, "S-000")
		no := s.retain(mauricio, "S-000", "calidad").Err
		s.refused("held", no, occupation.SheetSchema, occupation.MissingHeader)
		if no.Column != occupation.ColState {
			t.Errorf("refusal %+v does not name the column", no)
		}
		s.refused("free", s.retain(jefa, "S-001", "calidad").Err, occupation.SheetSchema, occupation.MissingHeader)
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("lock", s.lock("S-001"), "")
		s.want("log", s.log(), "TOMAR:S-000")
		s.done("take", s.take(juana, "S-001")[0].Err)
	})
}

// The office may stop a spool while somebody works on it: the end of the work leaves
// the stop where it is.
func TestAStopOfTheOfficeOutlivesTheOccupation(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.take(mauricio, "S-000", "S-001", "S-002")
		for _, tag := range []string{"S-000", "S-001", "S-002"} {
			s.records.Edit(tag, func(sp *occupation.Spool) { sp.State = "retenido: calidad" })
		}
		s.refused("stopped again", s.retain(mauricio, "S-000", "x").Err, occupation.PrerequisiteNotMet, occupation.OnHold)
		s.done("pause", s.pause(mauricio, "S-000").Err)
		s.done("complete", s.complete(mauricio, "S-001").Err)
		s.passes(61 * time.Minute)
		s.sweep()
		for _, tag := range []string{"S-000", "S-001", "S-002"} {
			s.want("row", s.row(tag), "|retenido: calidad")
		}
		s.refused("take", s.take(juana, "S-000")[0].Err, occupation.PrerequisiteNotMet, occupation.OnHold)
	})
}

// A take and two stops of one free spool at the same moment: each waits for the one
// before it, and two of the three hear what happened.
func TestStopsAndATakeOfOneSpoolAtOnce(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.open("b", &slowRecords{Records: s.records, delay: 250 * time.Millisecond})
		another := occupation.Worker{ID: 2, Given: "Rosa", Surname: "Díaz", Active: true, Roles: jefa.Roles}
		s.directory.Set(another)
		var wg sync.WaitGroup
		var stops [2]occupation.Result
		wg.Go(func() { stops[0] = s.retain(jefa, "S-000", "calidad") })
		wg.Go(func() {
			s.passes(time.Millisecond)
			stops[1] = s.retain(another, "S-000", "otra cosa")
		})
		wg.Go(func() {
			s.passes(2 * time.Millisecond)
			s.refused("take", s.take(juana, "S-000")[0].Err, occupation.PrerequisiteNotMet, occupation.OnHold)
		})
		wg.Wait()
		s.done("the first", stops[0].Err)
		s.refused("the second", stops[1].Err, occupation.PrerequisiteNotMet, occupation.OnHold)
		s.want("row", s.row("S-000"), "|ARM retenido: calidad, CF(1)")
		s.want("log", s.log(), "RETENER:S-000")
		s.want("lock", s.lock("S-000"), "")
	})
}

// A replica dies on the way of a change of a free spool: it is put back like a take,
// and what has landed is told.
func TestRecoveryOfAStopOfAFreeSpool(t *testing.T) {
	for _, c := range []struct {
		name          string
		bound, landed bool
		log, row      string
	}{
		{"never bound", false, false, "", "|"},
		{"bound, not sent", true, false, "", "|"},
		{"landed", true, true, "RETENER:S-000", "|ARM retenido: calidad, CF(1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				s.stop()
				s.diesOn(occupation.Intent{
					Event: "event-of-the-dead", Kind: occupation.Retain, Key: "S-000", Tag: "S-000", Operation: occupation.ARM,
					Worker: jefa.AsHolder(), OnFree: true, Reason: "calidad",
				}, c.bound, c.landed)
				s.want("lock", s.lock("S-000"), "1 changing")
				s.passes(afterDeath)
				s.open("b", s.records)
				told := s.news()
				for told.To.ID != 1 {
					told = s.news()
				}
				if (told.Err == nil) != c.landed {
					t.Errorf("the supervisor hears %+v", told)
				}
				s.want("log", s.log(), c.log)
				s.want("row", s.row("S-000"), c.row)
				s.want("lock", s.lock("S-000"), "")
			})
		})
	}
}

// diesOn is dies on the way of any intent.
func (s *shop) diesOn(in occupation.Intent, bound, landed bool) occupation.Commit {
	s.t.Helper()
	ctx := s.t.Context()
	if err := s.locks.Beat(ctx, "dead", 15*time.Second); err != nil {
		s.t.Fatal(err)
	}
	out, err := s.locks.Intend(ctx, "dead", []occupation.Intent{in})
	if err != nil || out[0].Verdict != occupation.Accepted {
		s.t.Fatalf("intend: %v %v", out, err)
	}
	commit := occupation.Commit{ID: "commit-of-the-dead", Stamp: 4711, Changes: []occupation.Change{out[0].Intent.Change()}}
	if !bound {
		return commit
	}
	draft, err := s.records.Prepare(ctx, commit.Changes)
	if err != nil {
		s.t.Fatal(err)
	}
	commit.Plan = draft.Plan
	if _, err := s.locks.Bind(ctx, "dead", commit); err != nil {
		s.t.Fatal(err)
	}
	if landed {
		if _, err := s.records.Commit(ctx, commit); err != nil {
			s.t.Fatal(err)
		}
	}
	return commit
}

// Whoever is offered RETENER by the rule gets it, and nobody else.
func TestWhoMayRetainIsWhoCan(t *testing.T) {
	for name, c := range map[string]struct {
		stands func(s *shop)
		may    map[int]bool
	}{
		"free":        {func(*shop) {}, map[int]bool{jefa.ID: true}},
		"held":        {func(s *shop) { s.take(mauricio, "S-000") }, map[int]bool{mauricio.ID: true, jefa.ID: true}},
		"lapsed":      {func(s *shop) { s.take(mauricio, "S-000"); s.passes(61 * time.Minute); s.sweep() }, map[int]bool{mauricio.ID: true, jefa.ID: true}},
		"paused":      {func(s *shop) { s.take(mauricio, "S-000"); s.pause(mauricio, "S-000") }, map[int]bool{jefa.ID: true}},
		"stopped":     {func(s *shop) { s.retain(jefa, "S-000", "calidad") }, nil},
		"by the row":  {func(s *shop) { s.take(mauricio, "S-000"); s.locks.Wipe(); s.sweep() }, map[int]bool{mauricio.ID: true, jefa.ID: true}},
		"transferred": {func(s *shop) { s.take(juana, "S-000") }, map[int]bool{juana.ID: true, jefa.ID: true}},
	} {
		for _, w := range []occupation.Worker{mauricio, juana, jefa} {
			t.Run(name+" by "+w.Label(), func(t *testing.T) {
				inShop(t, 1, func(s *shop) {
					c.stands(s)
					st, err := s.Find(t.Context(), "S-000")
					if err != nil {
						t.Fatal(err)
					}
					bad := occupation.CanRetain(st, w)
					if (bad == nil) != c.may[w.ID] {
						t.Errorf("may: %v, want %v", bad, c.may[w.ID])
					}
					if r := s.retain(w, "S-000", "calidad"); (r.Err == nil) != (bad == nil) {
						t.Errorf("the rule says %v, and it comes to %v", bad, r.Err)
					}
				})
			})
		}
	}
}
