//go:build !shop

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// noButtons is for what has lost its buttons.
func (s *shop) noButtons(what string, m slacksim.Message) {
	s.t.Helper()
	if got := m.Buttons(); len(got) > 0 {
		s.t.Errorf("%s still has %v", what, got)
	}
}

// toldOfLiftings counts the messages that say that a stop was lifted.
func (s *shop) toldOfLiftings(p *slacksim.Person) (n int) {
	for _, m := range p.Messages(p.DM()) {
		if strings.Contains(m.Shown(), "Ya se puede tomar") {
			n++
		}
	}
	return n
}

// Whoever has stopped a spool is told once when a supervisor lifts that, and their
// cards say so.
func TestWhoStoppedASpoolHearsThatItWasLifted(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		mine := s.asksIn(s.mauricio, s.mauricio.DM(), "/retener "+tag(1)+" calidad", "retenido")
		status := s.asksIn(s.mauricio, s.mauricio.DM(), "/estado "+tag(1), "está retenido", "calidad")
		s.taps(s.jefa, s.asks(s.jefa, "/estado "+tag(1), "está retenido"), "Levantar retención", "sin retención")
		s.noButtons("the stop's card", s.seesCard(s.mauricio, mine, "retención levantada por Claudia Fuentes", "21:0"))
		s.noButtons("the status", s.seesCard(s.mauricio, status, "retención levantada por Claudia Fuentes", "calidad"))
		s.hears(s.mauricio, tag(1), "retención levantada por Claudia Fuentes", "Ya se puede tomar")
		s.passes(20 * time.Minute)
		if n := s.toldOfLiftings(s.mauricio); n != 1 {
			t.Errorf("told %d times, want once", n)
		}
		s.ends("TOMAR:"+tag(1), "RETENER:"+tag(1), "SOLTAR:"+tag(1))
	})
}

// Whoever lifts their own stop has the answer to that, which stays.
func TestWhoLiftsTheirOwnStopIsNotTold(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		first := s.asksIn(s.mauricio, s.mauricio.DM(), "/retener "+tag(1)+" calidad", "retenido")
		status := s.asksIn(s.mauricio, s.mauricio.DM(), "/estado "+tag(1), "está retenido")
		s.taps(s.mauricio, status, "Levantar retención", "sin retención, está libre")
		s.noButtons("the stop's card", s.seesCard(s.mauricio, first, "retención levantada por Mauricio Rodríguez"))
		s.passes(20 * time.Minute)
		s.taps(s.mauricio, s.seesCard(s.mauricio, status, "sin retención, está libre"), "Tomar", "es tuyo")
		if n := s.toldOfLiftings(s.mauricio); n != 0 {
			t.Errorf("told %d times of their own doing", n)
		}
		s.ends("TOMAR:"+tag(1), "RETENER:"+tag(1), "SOLTAR:"+tag(1), "TOMAR:"+tag(1))
	})
}

// The office lifts a stop at the sheet; whoever had set it hears of that, too.
func TestWhoStoppedASpoolHearsThatTheOfficeHasLiftedIt(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		mine := s.asksIn(s.mauricio, s.mauricio.DM(), "/retener "+tag(1)+" calidad", "retenido")
		s.passes(3 * time.Minute)
		s.edits(sheetsim.Edit{Kind: "set", Sheet: "Operaciones", Cell: cellName(columns(s.sheet.Rows("Operaciones")[0])["ESTADODETALLE"], 3), Value: ""})
		s.passes(time.Minute)
		s.noButtons("the stop's card", s.seesCard(s.mauricio, mine, "retención levantada por la oficina, en la planilla"))
		s.hears(s.mauricio, tag(1), "por la oficina, en la planilla", "Ya se puede tomar")
		s.passes(20 * time.Minute)
		if n := s.toldOfLiftings(s.mauricio); n != 1 {
			t.Errorf("told %d times, want once", n)
		}
		s.asks(s.mauricio, "/retener "+tag(1)+" x", "supervisor")
		s.asks(s.jefa, "/retener "+tag(1)+" pintura", "retenido")
		s.ends("TOMAR:"+tag(1), "RETENER:"+tag(1), "RETENER:"+tag(1))
	})
}
