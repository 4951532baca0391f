//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// alerts are the messages in the supervisors' channel, without the board, that have
// all of the words.
func (s *shop) alerts(words ...string) []slacksim.Message {
	return slices.DeleteFunc(s.jefa.Messages(s.bosses), func(m slacksim.Message) bool {
		return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(m.Shown(), w) }) ||
			strings.Contains(m.Shown(), "Pizarra")
	})
}

// alerted waits until exactly one alert has the words.
func (s *shop) alerted(words ...string) {
	s.t.Helper()
	s.until("an alert says "+strings.Join(words, ", "), func() bool { return len(s.alerts(words...)) == 1 })
}

// A sheet that is away, and rows that people move under a write, are told once, and
// their end too.
func TestSupervisorsAreAlertedOfTheSheet(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{complaints: true}, func(s *shop) {
		s.seesBoard()
		s.edits(sheetsim.Edit{Kind: "insert_rows", At: 2, Count: 1, When: sheetsim.BeforeNextWrite})
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.alerted("Corregí filas que se movieron", tag(1), "Qué hacer")
		s.sheet.Fail(sheetsim.Fault{Op: "read", Times: -1, Status: 503})
		began := time.Now()
		s.alerted("La planilla no responde", "Qué hacer")
		if took := time.Since(began); took < 2*time.Minute || took > 5*time.Minute {
			t.Errorf("told after %v", took)
		}
		s.sheet.ClearFaults()
		s.alerted("La planilla responde otra vez", "Resuelto a las")
		s.alerted("Corregí filas que se movieron", "Resuelto a las")
	})
}

// Without Redis nobody leads: of two programs one tells, and closes what it has told.
func TestSupervisorsAreAlertedOfRedis(t *testing.T) {
	t.Parallel()
	twice(t, shopOptions{complaints: true}, func(s *shop) {
		s.seesBoard()
		s.redis.SetError("ERR away")
		began := time.Now()
		s.alerted("no puede anotar quién tiene qué", "Qué hacer")
		if took := time.Since(began); took < 2*time.Minute || took > 3*time.Minute {
			t.Errorf("told after %v", took)
		}
		s.passes(3 * time.Minute)
		s.alerted("no puede anotar quién tiene qué", "Qué hacer")
		s.redis.SetError("")
		s.alerted("El bot anota otra vez", "Resuelto a las")
		s.passes(5 * time.Minute)
		if n := len(s.alerts()); n != 1 {
			t.Errorf("%d messages of one alert", n)
		}
	})
}

// What one replica counts, all know.
func TestConflictsAreCountedOverAllReplicas(t *testing.T) {
	t.Parallel()
	twice(t, shopOptions{}, func(s *shop) {
		var line strings.Builder
		line.WriteString("/tomar")
		for i := range 20 {
			line.WriteString(" " + tag(i))
		}
		s.asks(s.mauricio, line.String(), "Tomaste los 20")
		for i := range 4 { // Slack gives each to one of the two programs, as it likes
			s.asks(s.carlos, "/tomar "+tag(i), "Mauricio Rodríguez")
		}
		s.alerted("Muchos choques", "4 de 24 tomas")
	})
}
