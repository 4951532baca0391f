package bot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

func TestABatchOffersToWaitForAllThatIsOccupied(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.juana, "/tomar "+tag(3)+" "+tag(5)+" ARM", "Tomaste los 2")
		got := s.asks(s.mauricio, "/tomar "+strings.Join(tags(2, 8), " "), "Tomaste 4 de 6", "2 no se pudieron", "lo tiene Juana Pérez", "hasta las 22:00")
		if at, last := strings.Index(got.Shown(), tag(3)), strings.Index(got.Shown(), tag(7)); at < last {
			t.Errorf("what was not got stands before what was:\n%s", got.Shown())
		}
		if err := s.mauricio.Click(s.t.Context(), got, "Avísame de los ocupados"); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.taller, "Te aviso cuando se liberen", tag(3), tag(5), "eres quien sigue")
		s.seesCard(s.mauricio, got, "Tomaste 4 de 6") // it goes on
		s.asks(s.juana, "/pausar "+tag(3), "pausado")
		s.sees(s.mauricio, s.mauricio.DM(), tag(3), "quedó libre")
		if err := s.mauricio.Click(s.t.Context(), got, "Avísame de los ocupados"); err != nil {
			t.Fatal(err)
		}
		again := s.sees(s.mauricio, s.taller, "Te aviso cuando se libere", "ya está libre")
		s.clicks(s.mauricio, again, tag(3), "tomado, es tuyo")
	})
}

func TestTheFormOffersToWaitToo(t *testing.T) {
	inShop(t, func(s *shop) {
		form := s.opensBatch(s.mauricio)
		s.chooses(s.mauricio, form, "0650", tags(1, 4)...)
		s.asks(s.juana, "/tomar "+tag(2)+" ARM", "tomado")
		done := s.submits(s.mauricio, "Tomaste 2 de 3")
		if err := s.mauricio.Click(s.t.Context(), done, view.ActionWaitMany); err != nil {
			t.Fatal(err)
		}
		s.wait("the answer in the form", func() bool {
			return hasAll(s.mauricio.Top().Shown(), []string{"Te aviso cuando se libere", tag(2), "eres quien sigue"})
		})
	})
}

func TestWhatTheWeatherSpoiltIsTriedAgainWithOneTap(t *testing.T) {
	inShop(t, func(s *shop) {
		s.locks.Fail("Intend", errors.New("connection refused"), false)
		failed := s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2)+" ARM", "ninguno resultó", "Probar de nuevo con los 2")
		if err := s.mauricio.Click(s.t.Context(), failed, view.ActionRetryMany); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.taller, "Tomaste los 2")
		for _, i := range []int{1, 2} {
			if got, want := s.row(tag(i)), "MR(93)|ARM en progreso"; got != want {
				t.Errorf("row %q, want %q", got, want)
			}
		}
	})
}

func TestWhatIsNotThereInAListIsOfferedByAButton(t *testing.T) {
	inShop(t, func(s *shop) {
		typed := strings.Replace(tag(7), "007", "O0J", 1)
		got := s.asks(s.mauricio, "/tomar "+tag(1)+" "+typed, "Tomaste 1 de 2", "no está en la planilla", "¿será "+tag(7))
		if err := s.mauricio.Click(s.t.Context(), got, "Tomar "+tag(7)); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.taller, tag(7), "tomado, es tuyo")
	})
}

func TestTypingForgivesAndAsksWhatItDoesNotKnow(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+strings.ToLower(strings.ReplaceAll(tag(1), "-", "")), tag(1), "tomado, es tuyo")
		asked := s.asks(s.mauricio, "/tomar "+strings.Replace(tag(2), "0", "O", 1), "no está en la planilla", "¿Es uno de estos?")
		if got := s.row(tag(2)); got != "|" {
			t.Errorf("an inexact TAG was taken without a question: %q", got)
		}
		s.clicks(s.mauricio, asked, tag(2), "tomado, es tuyo")
		s.asks(s.mauricio, "/tomar "+tag(3), "tomado")
		own := s.asks(s.mauricio, "/pausar 252O2-0O2", "no está", "¿Es uno de estos?")
		if got := own.Buttons()[0]; !strings.HasPrefix(got, tag(2)) {
			t.Errorf("of what he holds he is offered %v", own.Buttons())
		}
		s.clicks(s.mauricio, own, tag(2), "pausado")
	})
}

func TestAnNVOffersItsFreeSpools(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.pedro, "/tomar nv651", "¿Cuál de NV0651 quieres tomar?", tag(60), tag(61), tag(62))
		s.asks(s.juana, "/tomar NV0650 ARM", "¿Cuál de NV0650", "y 50 más", "Buscar spools")
		s.asks(s.mauricio, "/tomar nv 651", "no hay spools libres de NV0651 para tu rol")
		offered := s.asks(s.juana, "/tomar ot-1", "OT-1")
		s.clicks(s.juana, offered, tag(0), "tomado, es tuyo")
	})
}

func TestTheSpoolsOfAMessageAreTakenFromIt(t *testing.T) {
	inShop(t, func(s *shop) {
		ts, err := s.juana.Say(s.taller, "Para hoy: *"+tag(1)+"*, "+strings.ToLower(tag(2))+" y mk 1335 cw 25203 003. Gracias!")
		if err != nil {
			t.Fatal(err)
		}
		on := func(ts string) slacksim.Message {
			for _, m := range s.mauricio.Messages(s.taller) {
				if m.TS == ts {
					return m
				}
			}
			return slacksim.Message{}
		}
		if err := s.mauricio.ShortcutOn(s.t.Context(), on(ts), "tomar_de_mensaje"); err != nil {
			t.Fatal(err)
		}
		s.wait("the form", func() bool { return s.mauricio.Top().CallbackID == view.CallbackBatch })
		if !strings.Contains(s.mauricio.Top().Shown(), "Encontré 3 spools en el mensaje") {
			t.Errorf("the form says %s", s.mauricio.Top().Shown())
		}
		s.submits(s.mauricio, "Tomaste los 3", tag(1), tag(2), tag(3))
		if ts, err = s.juana.Say(s.taller, "Buenos días a todos, hoy a las 15:42"); err != nil {
			t.Fatal(err)
		}
		if err := s.mauricio.ShortcutOn(s.t.Context(), on(ts), "tomar_de_mensaje"); err != nil {
			t.Fatal(err)
		}
		none := s.sees(s.mauricio, s.taller, "No encontré ningún TAG en ese mensaje")
		if !none.Ephemeral {
			t.Error("the others read that as well")
		}
		s.passes(time.Minute)
	})
}
