package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

// completeForm waits for the form of COMPLETAR.
func (s *shop) completeForm(p *slacksim.Person) slacksim.View {
	s.t.Helper()
	s.wait("the form", func() bool { return p.Top().CallbackID == view.CallbackComplete })
	return p.Top()
}

// box is the value of a spool's box in the form.
func (s *shop) box(tag string) string {
	s.t.Helper()
	st, err := s.core.Find(s.t.Context(), tag)
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprintf("%d:%s", st.Lock.Fence, tag)
}

func TestCompletarOfSeveralAsksWhichAndWhen(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+strings.Join(tags(0, 12), " "), "Tomaste los 12")
		s.types(s.mauricio, s.taller, "/completar")
		form := s.completeForm(s.mauricio)
		if n := strings.Count(fmt.Sprint(form.Blocks), " · ARM"); n != 12 {
			t.Errorf("%d boxes, want 12: %v", n, form.Blocks)
		}
		answer, err := s.mauricio.Submit(s.t.Context())
		if err != nil || !strings.Contains(answer.Errors[view.BlockCompletePieces+"0"], "al menos un spool") {
			t.Fatalf("without a box: %+v, %v", answer, err)
		}
		for block, boxes := range map[string][]string{"0": {s.box(tag(0)), s.box(tag(9))}, "1": {s.box(tag(11))}} {
			if err := s.mauricio.Select(s.t.Context(), form, view.BlockCompletePieces+block, boxes...); err != nil {
				t.Fatal(err)
			}
		}
		for day, words := range map[string]string{"2000-01-02": "Elige una fecha", "1999-10-01": "Elige una fecha"} {
			if err := s.mauricio.Select(s.t.Context(), form, view.ActionCompleteDay, day); err != nil {
				t.Fatal(err)
			}
			if answer, err = s.mauricio.Submit(s.t.Context()); err != nil || !strings.Contains(answer.Errors[view.BlockCompleteDay], words) {
				t.Errorf("on %s: %+v, %v", day, answer, err)
			}
		}
		if err := s.mauricio.Select(s.t.Context(), form, view.ActionCompleteDay, "1999-12-29"); err != nil {
			t.Fatal(err)
		}
		if answer, err = s.mauricio.Submit(s.t.Context()); err != nil || answer.Action != "" {
			t.Fatalf("submitted: %+v, %v", answer, err)
		}
		s.sees(s.mauricio, s.mauricio.DM(), "Completaste los 3", tag(0), tag(9), tag(11), "29-12")
		for i, want := range map[int]string{0: "|ARM completado", 1: "MR(93)|ARM en progreso", 11: "|ARM completado"} {
			if got := s.row(tag(i)); got != want {
				t.Errorf("row %d %q, want %q", i, got, want)
			}
		}
	})
}

func TestAnotherDayForOneSpoolFromItsCard(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		if err := s.mauricio.Click(s.t.Context(), card, "Otra fecha"); err != nil {
			t.Fatal(err)
		}
		form := s.completeForm(s.mauricio)
		if err := s.mauricio.Select(s.t.Context(), form, view.ActionCompleteDay, "1999-12-30"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.mauricio.Submit(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.mauricio.DM(), "completado", "30-12")
		s.seesCard(s.mauricio, card, "completado", "30-12")
	})
}

// A form that was opened before says what has happened since, and changes nothing.
func TestAnOldFormOfCompletarLeavesTheNewOccupationAlone(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		if err := s.mauricio.Click(s.t.Context(), card, "Otra fecha"); err != nil {
			t.Fatal(err)
		}
		s.completeForm(s.mauricio)
		s.asks(s.mauricio, "/pausar", "pausado")
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		if _, err := s.mauricio.Submit(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.mauricio.DM(), "lo tomaste de nuevo")
		if got, want := s.row(tag(1)), "MR(93)|ARM en progreso"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
	})
}

func TestFromAppHomeSeveralAreCompletedInTheForm(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2)+" "+tag(3), "Tomaste los 3")
		v := s.opensHome(s.mauricio, "Tienes 3 spools")
		if err := s.mauricio.Click(s.t.Context(), v, "Completar varios"); err != nil {
			t.Fatal(err)
		}
		form := s.completeForm(s.mauricio)
		if err := s.mauricio.Select(s.t.Context(), form, view.ActionCompletePieces, s.box(tag(1)), s.box(tag(2))); err != nil {
			t.Fatal(err)
		}
		if _, err := s.mauricio.Submit(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.home(s.mauricio, "Completaste los 2", "Tienes 1 spool", tag(3))
		s.asks(s.mauricio, "/pausar", "pausado")
		s.taps(s.mauricio, "Ayuda", "Así funciona", "No tienes")
		s.passes(time.Minute)
	})
}
