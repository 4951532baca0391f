//go:build !shop

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Stories of the life of an occupation, through the whole program: warnings,
// extensions, expiry and its grace, handing over, freeing, waiting, and what
// people do to the sheet meanwhile.

// hears waits for a new direct message with the words.
func (s *shop) hears(p *slacksim.Person, words ...string) slacksim.Message {
	s.t.Helper()
	return s.sees(p, p.DM(), "", "a direct message", words...)
}

func TestWarnedAndExtendedWithOneTap(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asksIn(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1), "hasta las 22:00")
		s.passes(44 * time.Minute)
		if dm := s.mauricio.Messages(s.mauricio.DM()); len(dm) > 1 {
			t.Fatalf("warned too early: %s", dm[1].Shown())
		}
		s.passes(90 * time.Second)
		warning := s.hears(s.mauricio, tag(1), "vence a las 22:00")
		s.taps(s.mauricio, warning, "+1 h", "hasta las 23:00")
		s.seesCard(s.mauricio, card, "hasta las 23:00")
		s.passes(20 * time.Minute) // over the old deadline
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		if dm := s.mauricio.Messages(s.mauricio.DM()); len(dm) != 2 {
			t.Errorf("%d direct messages, want the card and one warning", len(dm))
		}
		s.ends("TOMAR:"+tag(1), "EXTENDER:"+tag(1))
	})
}

func TestOneWarningForAllThatAreDueTogether(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+strings.Join(tagsFrom(0, 5), " "), "Tomaste los 5")
		s.passes(46 * time.Minute)
		warning := s.hears(s.mauricio, tag(0), tag(4))
		s.taps(s.mauricio, warning, "+1 h a todos", "hasta las 23:00")
		s.passes(30 * time.Minute)
		if dm := s.mauricio.Messages(s.mauricio.DM()); len(dm) != 1 {
			t.Errorf("%d direct messages, want one", len(dm))
		}
		s.ends(append(each("TOMAR", tagsFrom(0, 5)...), each("EXTENDER", tagsFrom(0, 5)...)...)...)
	})
}

// What is done elsewhere takes the buttons off the warning.
func TestAWarningThatIsAnsweredElsewhere(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.passes(46 * time.Minute)
		warning := s.hears(s.mauricio, tag(1))
		s.asks(s.mauricio, "/pausar", "pausado")
		now := s.seesCard(s.mauricio, warning, "pausado")
		for _, b := range now.Buttons() {
			if b == "+1 h" || b == "Pausar" || b == "Completar" {
				t.Errorf("a dead button: %v", now.Buttons())
			}
		}
		s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
	})
}

func TestTypedExtensions(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/extender", "No tienes spools tomados")
		s.asks(s.mauricio, "/tomar "+tag(1), "hasta las 22:00")
		s.asks(s.mauricio, "/extender", tag(1), "hasta las 23:00")
		s.asks(s.mauricio, "/extender 30 min", tag(1), "hasta las 23:30")
		s.asks(s.mauricio, "/extender 1001 turno", tag(1), "12:30")
		s.asks(s.mauricio, "/extender 0h", "No entendí")
		s.asks(s.carlos, "/extender "+tag(1), "Mauricio Rodríguez")
		s.ends("TOMAR:"+tag(1), "EXTENDER:"+tag(1), "EXTENDER:"+tag(1), "EXTENDER:"+tag(1))
	})
}

// The lock of one hour against work of eight (the predecessor's first death).
func TestExpiryIsToldAndTheGraceCanBeUsed(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asksIn(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1), "hasta las 22:00")
		s.asks(s.mauricio, "/tomar "+tag(2), "hasta las 22:00")
		s.passes(61 * time.Minute)
		s.wantRow(tag(1), "|ARM parcial (vencido)")
		told := s.hears(s.mauricio, tag(1), "venció a las 22:00", "22:15")
		s.seesCard(s.mauricio, card, "venció")
		s.sees(s.jefa, s.bosses, "", "the supervisors' channel", tag(1), "Mauricio Rodríguez")
		s.asks(s.carlos, "/tomar "+tag(1), "Mauricio Rodríguez", "22:15")
		s.taps(s.mauricio, told, "Sigo con este spool", "es tuyo", "hasta las 23:01")
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		// Or the work was done, and only the tap comes late.
		s.asks(s.mauricio, "/completar "+tag(2), "completado")
		s.wantRow(tag(2), "|ARM completado")
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2), "VENCER:"+tag(1), "VENCER:"+tag(2), "TOMAR:"+tag(1), "COMPLETAR:"+tag(2))
	})
}

func TestAfterTheGraceWhoHasItNowIsSaid(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.passes(61 * time.Minute)
		told := s.hears(s.mauricio, tag(1), "venció")
		s.passes(16 * time.Minute)
		s.asks(s.carlos, "/tomar "+tag(1), "tomado, es tuyo")
		s.taps(s.mauricio, told, "Pausar", "Carlos Núñez")
		s.asks(s.mauricio, "/completar "+tag(1), "venció a las 22:00", "Carlos Núñez")
		s.wantRow(tag(1), "CN(41)|ARM en progreso")
		s.ends("TOMAR:"+tag(1), "VENCER:"+tag(1), "TOMAR:"+tag(1))
	})
}

func TestHandedOverWithTwoTaps(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.mauricio, "/traspasar "+tag(1)+" @Carlos Núñez", "Carlos Núñez")
		offer := s.hears(s.carlos, tag(1), "Mauricio Rodríguez")
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		s.taps(s.carlos, offer, "Aceptar", "es tuyo")
		s.hears(s.mauricio, tag(1), "Carlos Núñez")
		s.wantRow(tag(1), "CN(41)|ARM en progreso")
		s.seesCard(s.mauricio, card, "Carlos Núñez")
		s.taps(s.carlos, s.again(s.carlos, offer), "Pausar", "pausado")
		s.ends("TOMAR:"+tag(1), "TRASPASAR:"+tag(1), "PAUSAR:"+tag(1))
	})
}

func TestAnOfferThatIsRefusedOrForgottenChangesNothing(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		s.asks(s.mauricio, "/traspasar "+tag(1)+" @Carlos Núñez", "Carlos Núñez")
		s.taps(s.carlos, s.hears(s.carlos, tag(1)), "No puedo", tag(1))
		s.hears(s.mauricio, tag(1), "sigue siendo tuyo")
		s.asks(s.mauricio, "/traspasar "+tag(2)+" @Carlos Núñez", "Carlos Núñez")
		offer := s.hears(s.carlos, tag(2))
		s.passes(16 * time.Minute)
		s.hears(s.mauricio, tag(2), "sigue siendo tuyo")
		late := s.seesCard(s.carlos, offer, tag(2))
		for _, b := range late.Buttons() {
			if b == "Aceptar" {
				t.Error("an offer that is over can still be accepted")
			}
		}
		s.asks(s.mauricio, "/traspasar "+tag(1)+" @Iván Muñoz", "rol") // a welder
		s.asks(s.mauricio, "/traspasar "+tag(1)+" @Nicolás Vera", "no está unida a su Slack")
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2))
	})
}

func TestASupervisorFreesASpoolAndSaysWhy(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.carlos, "/liberar "+tag(1)+" lo necesito", "supervisor")
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		status := s.asks(s.jefa, "/liberar "+tag(1), "Mauricio Rodríguez") // no reason: its card, with the button
		if err := s.jefa.Click(s.ctx, status, "Liberar"); err != nil {
			t.Fatal(err)
		}
		s.until("the form is open", func() bool { return s.jefa.Top().CallbackID == view.CallbackRelease })
		if err := s.jefa.Fill(s.ctx, s.jefa.Top(), view.ActionReleaseReason, "se fue a su casa <!channel>"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.jefa.Submit(s.ctx); err != nil {
			t.Fatal(err)
		}
		s.hears(s.mauricio, tag(1), "Claudia Fuentes", "se fue a su casa")
		s.seesCard(s.mauricio, card, "Claudia Fuentes")
		s.hears(s.jefa, tag(1), "Mauricio Rodríguez")
		s.sees(s.jefa, s.bosses, "", "the supervisors' channel", tag(1), "se fue a su casa")
		s.wantRow(tag(1), "|ARM parcial (liberado)")
		s.ends("TOMAR:"+tag(1), "LIBERAR:"+tag(1))
	})
}

func TestWhoWaitsIsToldAndHasAHeadStart(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		refused := s.asks(s.carlos, "/tomar "+tag(1), "lo tiene Mauricio Rodríguez")
		s.taps(s.carlos, refused, "Avísame cuando se libere", tag(1))
		s.passes(time.Minute)
		s.asks(s.mauricio, "/pausar", "pausado")
		s.asks(s.mauricio, "/tomar "+tag(1), "reservado")
		s.passes(25 * time.Second)
		s.taps(s.carlos, s.hears(s.carlos, tag(1)), "Tomar", "es tuyo")
		s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1), "TOMAR:"+tag(1))
	})
}

func TestAskingForASpool(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		first := s.asks(s.carlos, "/tomar "+tag(1), "lo tiene Mauricio Rodríguez")
		s.taps(s.carlos, first, "Pedírselo", tag(1))
		asked := s.hears(s.mauricio, tag(1), "Carlos Núñez")
		again := s.asks(s.carlos, "/tomar "+tag(1), "lo tiene Mauricio Rodríguez")
		s.taps(s.carlos, again, "Pedírselo", "10 min")
		s.taps(s.mauricio, asked, "Aún lo uso", tag(1))
		s.hears(s.carlos, tag(1), "Mauricio Rodríguez")

		other := s.asks(s.carlos, "/tomar "+tag(2), "lo tiene Mauricio Rodríguez")
		s.taps(s.carlos, other, "Pedírselo", tag(2))
		s.taps(s.mauricio, s.hears(s.mauricio, tag(2), "Carlos Núñez"), "Te lo paso", "Carlos Núñez")
		s.taps(s.carlos, s.hears(s.carlos, tag(2), "Aceptar"), "Aceptar", "es tuyo")
		s.wantRow(tag(2), "CN(41)|ARM en progreso")
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2), "TRASPASAR:"+tag(2))
	})
}

// The office clears a cell, gives a spool to somebody by hand, and the lock store
// forgets another: the sheet wins, and those concerned are told.
func TestReconcileTellsThoseConcerned(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+strings.Join(tagsFrom(1, 4), " "), "Tomaste los 3")
		cell := func(i int, value any) sheetsim.Edit {
			return sheetsim.Edit{Kind: "set", Sheet: "Operaciones", Cell: cellName(columns(s.sheet.Rows("Operaciones")[0])["OCUPADOPOR"], i+2), Value: value}
		}
		s.passes(time.Minute) // what we wrote has sunk in
		s.edits(cell(1, ""), cell(2, "CN(41)"))
		s.asks(s.carlos, "/reconciliar", "supervisor")
		report := s.asks(s.jefa, "/reconciliar", tag(1), tag(2))
		s.wantAudit(each("TOMAR", tagsFrom(1, 4)...)...)
		s.taps(s.jefa, report, "Corregir", tag(1), tag(2))
		s.hears(s.mauricio, tag(1), "planilla")
		s.hears(s.mauricio, tag(2), "planilla")
		s.asks(s.carlos, "/mis-spools", tag(2))
		s.wantRow(tag(2), "CN(41)|ARM en progreso")
		s.asks(s.jefa, "/reconciliar", "coinciden")
		s.wantAudit("TOMAR:"+tag(1), "TOMAR:"+tag(2), "TOMAR:"+tag(3), "LIBERAR:"+tag(1), "LIBERAR:"+tag(2))
	})
}

// FLUSHALL in the middle of a shift: within one cycle all locks are back with
// their deadlines, and nobody slips in meanwhile.
func TestAWipeInTheMiddleOfAShift(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+strings.Join(tagsFrom(0, 20), " "), "Tomaste los 20")
		s.asks(s.mauricio, "/extender "+tag(7)+" 2h", "00:00")
		s.passes(30 * time.Second)
		s.atRedis(func(c redis.UniversalClient) { c.FlushAll(s.ctx) })
		s.asks(s.carlos, "/tomar "+tag(3), "lo tiene Mauricio Rodríguez", "hasta las 22:00")
		s.passes(25 * time.Second)
		s.asks(s.mauricio, "/estado "+tag(7), "00:00")
		s.asks(s.mauricio, "/pausar "+tag(5), "pausado")
		s.ends(append(each("TOMAR", tagsFrom(0, 20)...), "EXTENDER:"+tag(7), "PAUSAR:"+tag(5))...)
	})
}
