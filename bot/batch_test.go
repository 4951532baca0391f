package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

// opensBatch types /lote and waits for the form.
func (s *shop) opensBatch(p *slacksim.Person) slacksim.View {
	s.t.Helper()
	s.types(p, s.taller, "/lote")
	s.wait("the form", func() bool { return p.Top().CallbackID == view.CallbackBatch })
	return p.Top()
}

// chooses selects spools in the form, as search suggests them.
func (s *shop) chooses(p *slacksim.Person, form slacksim.View, query string, tags ...string) {
	s.t.Helper()
	if _, err := p.Suggest(s.t.Context(), form, view.ActionBatchSpools, query); err != nil {
		s.t.Fatal(err)
	}
	if err := p.Select(s.t.Context(), form, view.ActionBatchSpools, tags...); err != nil {
		s.t.Fatal(err)
	}
}

func tags(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, tag(i))
	}
	return out
}

// submits sends the form and waits for the results.
func (s *shop) submits(p *slacksim.Person, texts ...string) slacksim.View {
	s.t.Helper()
	answer, err := p.Submit(s.t.Context())
	if err != nil || answer.Action != "update" {
		s.t.Fatalf("submitted: %+v, %v", answer, err)
	}
	s.wait("the results with "+strings.Join(texts, ", "), func() bool {
		top := p.Top()
		return top.CallbackID == view.CallbackBatchDone && hasAll(top.Shown(), texts)
	})
	return p.Top()
}

func TestThirtySpoolsAreTakenWithOneModal(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.juana, "/tomar "+tag(3)+" ARM", "tomado")
		form := s.opensBatch(s.mauricio)
		offered, err := s.mauricio.Suggest(s.t.Context(), form, view.ActionBatchSpools, "NV0650")
		if err != nil {
			t.Fatal(err)
		}
		if len(offered) != 59 { // not the one that Juana has
			t.Errorf("%d options, want 59", len(offered))
		}
		s.chooses(s.mauricio, form, "NV0650", tags(10, 40)...)
		s.asks(s.juana, "/tomar "+tag(12)+" ARM", "tomado") // while he chooses
		done := s.submits(s.mauricio, "Tomaste 29 de 30", "lo tiene Juana Pérez")
		for _, tag := range tags(10, 40) {
			if !strings.Contains(done.Shown(), tag) {
				t.Errorf("no result for %s", tag)
			}
		}
		if n := s.records.Calls("Commit"); n != 3 {
			t.Errorf("%d commits for two single takes and one of 29", n)
		}
	})
}

func TestTheShortcutAndTheButtonOpenTheForm(t *testing.T) {
	inShop(t, func(s *shop) {
		if err := s.mauricio.Shortcut(s.t.Context(), "tomar_spools"); err != nil {
			t.Fatal(err)
		}
		s.wait("the form", func() bool { return s.mauricio.Top().CallbackID == view.CallbackBatch })
		help := s.asks(s.juana, "/ayuda", "/tomar")
		if err := s.juana.Click(s.t.Context(), help, view.ActionBatch); err != nil {
			t.Fatal(err)
		}
		s.wait("the form", func() bool { return s.juana.Top().CallbackID == view.CallbackBatch })
	})
}

func TestTheFormOpensAtOnceWhileOtherWorkOfThePersonGoesOn(t *testing.T) {
	inShop(t, func(s *shop) {
		for i := range 3 {
			s.types(s.mauricio, s.taller, "/tomar "+tag(i))
		}
		began := time.Now()
		form := s.opensBatch(s.mauricio)
		if took := time.Since(began); took > time.Second {
			t.Errorf("the form opened after %v", took)
		}
		if offered, err := s.mauricio.Suggest(s.t.Context(), form, view.ActionBatchSpools, "0650"); err != nil || len(offered) == 0 {
			t.Errorf("options %v, %v", offered, err)
		}
		s.passes(2 * time.Minute)
	}, sheetTaking(6*time.Second))
}

func TestASearchThatFindsNothingOffersNothing(t *testing.T) {
	inShop(t, func(s *shop) {
		form := s.opensBatch(s.mauricio)
		if offered, err := s.mauricio.Suggest(s.t.Context(), form, view.ActionBatchSpools, "no hay tal"); err != nil || len(offered) != 0 {
			t.Errorf("options %v, %v", offered, err)
		}
	})
}

func TestTheResultsOfAClosedFormGoToTheDM(t *testing.T) {
	inShop(t, func(s *shop) {
		form := s.opensBatch(s.mauricio)
		s.chooses(s.mauricio, form, "0650", tags(1, 4)...)
		if _, err := s.mauricio.Submit(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.mauricio.CloseView(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.mauricio.DM(), "Tomaste los 3")
	})
}

func TestASubmissionDeliveredTwiceTakesOnce(t *testing.T) {
	inShop(t, func(s *shop) {
		form := s.opensBatch(s.mauricio)
		s.chooses(s.mauricio, form, "0650", tags(1, 4)...)
		s.Fail(slacksim.Fault{Envelope: "view_submission", Duplicate: 1})
		s.submits(s.mauricio, "Tomaste los 3")
		s.passes(time.Minute)
		if n := s.audit(); n != 3 {
			t.Errorf("%d audit rows, want 3", n)
		}
		if got := s.mauricio.Top().CallbackID; got != view.CallbackBatchDone {
			t.Errorf("the view is %q", got)
		}
	})
}

func TestABatchThatIsBeingCheckedIsToldByDMWhenItIsKnown(t *testing.T) {
	inShop(t, func(s *shop) {
		form := s.opensBatch(s.mauricio)
		s.chooses(s.mauricio, form, "0650", tags(1, 31)...)
		s.submits(s.mauricio, "30 se están verificando")
		s.sees(s.mauricio, s.mauricio.DM(), "Tomaste los 30")
		if n := len(s.mauricio.Messages(s.mauricio.DM())); n != 1 {
			t.Errorf("%d messages for one batch", n)
		}
	}, sheetTaking(20*time.Second))
}

func TestAnExpiredTriggerIsToldWithAWayOn(t *testing.T) {
	inShop(t, func(s *shop) {
		s.Fail(slacksim.Fault{Method: "views.open", Error: "expired_trigger_id"})
		m := s.asks(s.mauricio, "/lote", "prueba de nuevo")
		if err := s.mauricio.Click(s.t.Context(), m, view.ActionBatch); err != nil {
			t.Fatal(err)
		}
		s.wait("the form", func() bool { return s.mauricio.Top().CallbackID == view.CallbackBatch })
	})
}

func TestAFormOfAPersonWhoMayNotUseItSaysSo(t *testing.T) {
	inShop(t, func(s *shop) {
		s.types(s.nadie, s.taller, "/lote")
		s.sees(s.nadie, s.taller, "Elegir mi nombre")
		if n := len(s.nadie.Views()); n != 0 {
			t.Errorf("%d modals", n)
		}
	})
}
