//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// boards are the messages in the supervisors' channel that are the board.
func (s *shop) boards() []slacksim.Message {
	return slices.DeleteFunc(s.jefa.Messages(s.bosses), func(m slacksim.Message) bool {
		return !strings.Contains(m.Shown(), "Pizarra del taller")
	})
}

// seesBoard waits until the only board has all of the texts.
func (s *shop) seesBoard(texts ...string) slacksim.Message {
	s.t.Helper()
	s.until("the board with "+strings.Join(texts, ", "), func() bool {
		all := s.boards()
		return len(all) == 1 && !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(all[0].Shown(), text) })
	})
	return s.boards()[0]
}

// The board is one message, whichever process keeps it; while nothing happens it
// costs no reads of the sheet.
func TestTheBoardOutlivesTheProgram(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		first := s.seesBoard("Nadie tiene spools tomados")
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		m := s.asks(s.carlos, "/tomar "+tag(1), "Mauricio")
		s.taps(s.carlos, m, "Avísame cuando se libere", "te aviso")
		s.seesBoard("1 ocupado", tag(1), "Mauricio Rodríguez", "hasta las 22:00", "1 persona espera")
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		s.start()
		s.asks(s.mauricio, "/completar "+tag(1), "completado")
		if last := s.seesBoard("ARM 1 · SOLD 0"); last.TS != first.TS {
			t.Errorf("the board is another message after a restart")
		}
		s.passes(15 * time.Minute) // nobody is at work any more
		before := len(s.sheet.Calls())
		s.passes(9 * time.Minute)
		if n := len(s.sheet.Calls()) - before; n > 4*9 {
			t.Errorf("%d calls of the sheet in nine minutes of rest, want at most four a minute", n)
		}
	})
}
