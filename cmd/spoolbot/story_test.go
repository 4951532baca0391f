//go:build !shop

package main

import (
	"testing"
)

// The main job: one takes, another is refused by name and hour, the first
// pauses, the second takes and completes.
func TestMainJob(t *testing.T) {
	inShop(t, shopOptions{}, func(s *shop) {
		m := s.types(s.mauricio, s.taller, "/tomar "+tag(3))
		s.says(m, tag(3))
		s.wantRow(tag(3), "MR(93)|ARM en progreso")

		no := s.types(s.carlos, s.taller, "/tomar "+tag(3))
		s.says(no, "Mauricio Rodríguez", tag(3))

		s.says(s.clicks(s.mauricio, m, "Pausar"), tag(3))
		s.wantRow(tag(3), "|ARM parcial (pausado)")

		s.types(s.carlos, s.taller, "/tomar "+tag(3))
		s.types(s.carlos, s.taller, "/completar")
		s.wantRow(tag(3), "|ARM completado")
		s.wantAudit("TOMAR:"+tag(3), "PAUSAR:"+tag(3), "TOMAR:"+tag(3), "COMPLETAR:"+tag(3))
	})
}
