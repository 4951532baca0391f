//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
)

// A shift through the whole program: what was done stands in the history of the
// spool, in the file that a supervisor takes home, and in the digest at its end.
func TestAShiftIsToldAfterwards(t *testing.T) {
	t.Parallel()
	evening := []occupation.Shift{{Start: 20 * time.Hour, End: 21*time.Hour + 20*time.Minute}}
	inShop(t, shopOptions{shifts: evening}, func(s *shop) {
		s.types(s.mauricio, s.taller, "/tomar "+tag(1)+" "+tag(2))
		s.passes(12 * time.Minute)
		s.types(s.mauricio, s.taller, "/completar "+tag(1))
		s.types(s.mauricio, s.taller, "/pausar "+tag(2))
		s.types(s.ivan, s.taller, "/tomar "+tag(1))
		began := time.Now()
		told := s.types(s.mauricio, s.taller, "/historia "+tag(1))
		s.says(told, "Historia de "+tag(1), "21:00 Mauricio Rodríguez tomó · ARM", "Mauricio Rodríguez completó · ARM · 12 min", "Iván Muñoz tomó · SOLD")
		s.says(s.types(s.mauricio, s.taller, "/historia hoy"), "solo lo hace un supervisor")
		if n := s.reads(began); n > 8 {
			t.Errorf("a history took %d reads with those of the background", n)
		}

		s.slack.AddChannel("jefatura", s.jefa.ID())
		s.types(s.jefa, s.jefa.DM(), "/historia @Mauricio Rodríguez")
		list := s.jefa.Last(s.jefa.DM())
		s.says(list, "completó *"+tag(1)+"*", "pausó *"+tag(2)+"*")
		if err := s.jefa.Click(s.ctx, list, "CSV"); err != nil {
			s.t.Fatal(err)
		}
		s.until("the file is there", func() bool { return len(s.jefa.Last(s.jefa.DM()).Files) == 1 })
		file := s.jefa.Last(s.jefa.DM()).Files[0]
		content, _ := s.slack.Download(file.ID)
		if lines := strings.Split(strings.TrimSpace(string(content)), "\r\n"); file.Name != "historia-mauricio-rodriguez-93.csv" || len(lines) != 5 ||
			!strings.Contains(string(content), ";COMPLETAR_SPOOL;"+tag(1)+";93;Mauricio Rodríguez;ARM;COMPLETAR;31-12-1999;") {
			t.Errorf("%s: %q", file.Name, lines)
		}
		s.says(s.types(s.jefa, s.jefa.DM(), "/quien @Iván Muñoz"), "1 spool ocupado", tag(1))

		s.passes(8 * time.Minute)
		all := slices.DeleteFunc(s.jefa.Messages(s.bosses), func(m slacksim.Message) bool {
			return m.ThreadTS == "" && !strings.HasPrefix(m.Text, "Turno ") // the board
		})
		if len(all) != 2 || all[1].ThreadTS != all[0].TS {
			s.t.Fatalf("%d messages in the supervisors' channel, want the digest and its details", len(all))
		}
		s.says(all[0], "Turno 20:00–21:20", "1 hecho", "1 en pausa", "1 abierto", "NV0651", "Iván Muñoz")
		s.says(all[1], "Abiertos", "Mauricio Rodríguez", "12 min")
		s.types(s.ivan, s.taller, "/pausar")
	})
}

// reads counts the reads of the sheet since then.
func (s *shop) reads(since time.Time) int {
	n := 0
	for _, c := range s.sheet.Calls() {
		if c.Kind == "read" && !c.At.Before(since) {
			n++
		}
	}
	return n
}
