//go:build !shop

package main

import (
	"strings"
	"testing"
	"time"
)

// What was done by mistake is taken back with one tap, and the sheet is as before.
func TestTakingBack(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		gone := s.taps(s.mauricio, card, "Deshacer", "deshecho, ya no lo tienes")
		s.wantRow(tag(1), "|")
		for _, b := range gone.Buttons() {
			if b == "Deshacer" || b == "Pausar" {
				t.Errorf("a dead button: %v", gone.Buttons())
			}
		}
		card = s.asks(s.mauricio, "/tomar "+tag(1), "hasta las 22:00")
		s.passes(20 * time.Minute)
		paused := s.taps(s.mauricio, card, "Pausar", "pausado")
		s.passes(50 * time.Second)
		again := s.taps(s.mauricio, paused, "Deshacer", "sigue siendo tuyo", "hasta las 22:00")
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		done := s.taps(s.mauricio, again, "Completar", "completado")
		s.wantRow(tag(1), "|ARM completado")
		again = s.taps(s.mauricio, done, "Deshacer", "sigue siendo tuyo", "La fecha se borró")
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		if c := columns(s.sheet.Rows("Operaciones")[0]); s.sheet.Rows("Operaciones")[2][c["FECHAARMADO"]] != "" {
			t.Error("the sheet still has the date")
		}
		s.taps(s.mauricio, again, "Pausar", "pausado")
		s.ends("TOMAR:"+tag(1), "DESHACER:"+tag(1), "TOMAR:"+tag(1), "PAUSAR:"+tag(1), "DESHACER:"+tag(1), "COMPLETAR:"+tag(1), "DESHACER:"+tag(1), "PAUSAR:"+tag(1))
	})
}

// A batch is taken back as a whole, one commit for all, and the log has a row for each.
func TestTakingBackABatch(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+strings.Join(tagsFrom(1, 4), " "), "Tomaste los 3")
		s.asks(s.mauricio, "/pausar "+tag(2), "pausado")
		s.asks(s.carlos, "/tomar "+tag(2), "tomado")
		undone := s.taps(s.mauricio, card, "Deshacer los 3", "Deshiciste 2 de 3", "1 no se pudo", "ahora lo tiene Carlos Núñez")
		s.wantRow(tag(1), "|")
		s.wantRow(tag(2), "CN(41)|ARM en progreso")
		s.wantRow(tag(3), "|")
		if strings.Contains(strings.Join(undone.Buttons(), ","), "Deshacer") {
			t.Errorf("a dead button: %v", undone.Buttons())
		}
		s.ends(append(append(each("TOMAR", tagsFrom(1, 4)...), each("DESHACER", tag(1), tag(3))...), "PAUSAR:"+tag(2), "TOMAR:"+tag(2))...)
	})
}

// Whoever comes too late sees what has happened since, and changes nothing.
func TestTakingBackTooLate(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		first := s.asks(s.mauricio, "/pausar "+tag(1), "pausado")
		second := s.asks(s.mauricio, "/pausar "+tag(2), "pausado")
		s.asks(s.carlos, "/tomar "+tag(1), "tomado")
		s.taps(s.mauricio, first, "Deshacer", "Ya no se puede deshacer", "Carlos Núñez")
		s.wantRow(tag(1), "CN(41)|ARM en progreso")
		s.passes(61 * time.Second)
		s.taps(s.mauricio, second, "Deshacer", "Ya no se puede deshacer", "está libre")
		s.wantRow(tag(2), "|ARM parcial (pausado)")
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2), "PAUSAR:"+tag(1), "PAUSAR:"+tag(2), "TOMAR:"+tag(1))
	})
}
