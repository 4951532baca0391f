//go:build !shop

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// opens presses a button that opens a form.
func (s *shop) opens(p *slacksim.Person, card slacksim.Message, button, callback string) {
	s.t.Helper()
	if err := p.Click(s.ctx, card, button); err != nil {
		s.t.Fatal(err)
	}
	s.until("the form is open", func() bool { return p.Top().CallbackID == callback })
}

// fills fills one field of the open form and submits it.
func (s *shop) fills(p *slacksim.Person, action, text string) {
	s.t.Helper()
	if err := p.Fill(s.ctx, p.Top(), action, text); err != nil {
		s.t.Fatal(err)
	}
	if _, err := p.Submit(s.ctx); err != nil {
		s.t.Fatal(err)
	}
}

// A form was opened for an occupation that has ended when it is submitted: the next
// one is left alone.
func TestAFormOfAnEarlierOccupation(t *testing.T) {
	t.Parallel()
	t.Run("to free it", func(t *testing.T) {
		t.Parallel()
		inShop(t, shopOptions{}, func(s *shop) {
			s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
			s.opens(s.jefa, s.asks(s.jefa, "/estado "+tag(1), "Mauricio Rodríguez"), "Liberar", view.CallbackRelease)
			s.asks(s.mauricio, "/pausar", "pausado")
			s.asks(s.carlos, "/tomar "+tag(1), "tomado")
			s.fills(s.jefa, view.ActionReleaseReason, "se fue a su casa")
			s.hears(s.jefa, tag(1), "Carlos Núñez")
			s.wantRow(tag(1), "CN(41)|ARM en progreso")
			s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1), "TOMAR:"+tag(1))
		})
	})
	t.Run("to hand it over", func(t *testing.T) {
		t.Parallel()
		inShop(t, shopOptions{}, func(s *shop) {
			s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
			s.opens(s.mauricio, s.asks(s.mauricio, "/estado "+tag(1), "Traspasar"), "Traspasar", view.CallbackTransfer)
			s.asks(s.mauricio, "/pausar", "pausado")
			s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
			s.fills(s.mauricio, view.ActionTransferTo, "U0CARLOSNU")
			s.hears(s.mauricio, tag(1), "lo tomaste de nuevo")
			if offers := s.carlos.Messages(s.carlos.DM()); len(offers) > 0 {
				t.Errorf("the other hears %q", offers[0].Shown())
			}
			s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1), "TOMAR:"+tag(1))
		})
	})
}

// What reconciling finds by itself the supervisors hear of, each thing once.
func TestSupervisorsHearOnceOfEachDifference(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.passes(time.Minute)
		s.edits(sheetsim.Edit{
			Kind: "set", Sheet: "Operaciones", Cell: cellName(columns(s.sheet.Rows("Operaciones")[0])["OCUPADOPOR"], 3), Value: "don José",
		})
		s.passes(45 * time.Minute)
		heard := 0
		for _, m := range s.jefa.Messages(s.bosses) {
			if strings.Contains(m.Shown(), tag(1)) && !strings.Contains(m.Shown(), "Pizarra") {
				heard++
			}
		}
		if heard != 1 {
			t.Errorf("the supervisors heard %d times of it, want once", heard)
		}
	})
}
