//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

// home waits until a person's App Home has all of the words, and none of those after
// "-", and returns it with how long that took.
func (s *shop) home(p *slacksim.Person, words ...string) (slacksim.View, time.Duration) {
	s.t.Helper()
	began := time.Now()
	var v slacksim.View
	s.until("App Home of "+p.ID()+" shows "+strings.Join(words, ", "), func() bool {
		v, _ = p.Home()
		return !slices.ContainsFunc(words, func(w string) bool {
			rest, not := strings.CutPrefix(w, "-")
			return strings.Contains(v.Shown(), rest) == not
		})
	})
	return v, time.Since(began)
}

// Two programs serve the workspace, and Slack gives each tap to either of them. What
// one does is on the homes that the other keeps true within five seconds, also a spool
// that comes free, whose row the other has not written.
func TestWhatOneTakesOrFreesIsOnTheOthersHomeWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	twice(t, shopOptions{}, func(s *shop) {
		s.mauricio.OpenHome()
		s.carlos.OpenHome()
		mine, _ := s.home(s.mauricio, "No tienes", tag(0))
		s.home(s.carlos, "No tienes", tag(0))
		s.passes(7 * time.Second)
		soon := func(what string, took time.Duration) {
			t.Helper()
			if took > 5*time.Second {
				t.Errorf("%s shows after %v", what, took)
			}
		}
		for range 4 { // whichever of the two has which
			if err := s.mauricio.Click(s.ctx, mine, "Tomar "+tag(0)); err != nil {
				t.Fatal(err)
			}
			mine, _ = s.home(s.mauricio, "Tienes 1 spool")
			_, took := s.home(s.carlos, "-"+tag(0), tag(1))
			soon("a take", took)
			if err := s.mauricio.Click(s.ctx, mine, "Pausar "+tag(0)); err != nil {
				t.Fatal(err)
			}
			mine, _ = s.home(s.mauricio, "No tienes")
			_, took = s.home(s.carlos, tag(0))
			soon("a pause", took)
		}
		if err := s.mauricio.Click(s.ctx, mine, "Tomar "+tag(0)); err != nil {
			t.Fatal(err)
		}
		mine, _ = s.home(s.mauricio, "Tienes 1 spool")
		if err := s.mauricio.Click(s.ctx, mine, "Completar "+tag(0)); err != nil {
			t.Fatal(err)
		}
		s.home(s.mauricio, "No tienes", "completado")
		s.passes(10 * time.Second)
		s.home(s.carlos, "-"+tag(0), tag(1))
		s.wantRow(tag(0), "|ARM completado")
		each := []string{"TOMAR:" + tag(0), "PAUSAR:" + tag(0)}
		s.ends(slices.Concat(each, each, each, each, []string{"TOMAR:" + tag(0), "COMPLETAR:" + tag(0)})...)
	})
}

// App Home costs the sheet nothing while nobody looks at it, and keeps within what a
// busy shop reads while somebody does.
func TestOpenHomesReadNoMoreOfTheSheet(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		reads := func(d time.Duration) (n int) {
			began := time.Now()
			s.passes(d)
			for _, c := range s.sheet.Calls() {
				if c.Kind == "read" && !c.At.Before(began) {
					n++
				}
			}
			return n
		}
		s.passes(12 * time.Minute)
		trips := func() int {
			s.line.mu.Lock()
			defer s.line.mu.Unlock()
			return s.line.trips
		}
		before := trips()
		reads(5 * time.Minute)
		before = trips() - before
		s.mauricio.OpenHome()
		s.home(s.mauricio, tag(0))
		if n := reads(5 * time.Minute); n > 70 { // thirteen a minute are those of any busy shop
			t.Errorf("%d reads in five minutes in which somebody looks", n)
		}
		s.passes(12 * time.Minute)
		since := trips()
		if n := reads(5 * time.Minute); n > 20 {
			t.Errorf("%d reads in five idle minutes, want four a minute", n)
		}
		if n := trips() - since; n > before+10 {
			t.Errorf("%d trips to Redis in five idle minutes, %d before anybody looked", n, before)
		}
	})
}

// The TAGs of a message that somebody wrote are taken from its menu.
func TestAMessageIsTakenFrom(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		if _, err := s.jefa.Say(s.taller, "Urgente: "+tag(3)+" y "+strings.ToLower(tag(5))); err != nil {
			t.Fatal(err)
		}
		if err := s.mauricio.ShortcutOn(s.ctx, s.mauricio.Last(s.taller), "tomar_de_mensaje"); err != nil {
			t.Fatal(err)
		}
		s.until("the form is open", func() bool { return s.mauricio.Top().CallbackID == view.CallbackBatch })
		if answer, err := s.mauricio.Submit(s.ctx); err != nil || answer.Action != "update" {
			t.Fatalf("submitted: %+v, %v", answer, err)
		}
		s.until("both are taken", func() bool { return strings.Contains(s.mauricio.Top().Shown(), "Tomaste los 2") })
		s.wantRow(tag(3), "MR(93)|ARM en progreso")
		s.ends("TOMAR:"+tag(3), "TOMAR:"+tag(5))
	})
}
