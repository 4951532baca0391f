package bot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// A batch is taken back with one tap, in a message and in the form, but for what
// somebody has done something about since; the answer names that.
func TestABatchIsTakenBackWithOneTap(t *testing.T) {
	inShop(t, func(s *shop) {
		got := s.asks(s.mauricio, "/tomar "+strings.Join(tags(1, 5), " "), "Tomaste los 4")
		s.asks(s.mauricio, "/pausar "+tag(2), "pausado")
		s.asks(s.juana, "/tomar "+tag(2)+" ARM", "tomado")
		undone := s.clicks(s.mauricio, got, "Deshacer los 4", "Deshiciste 3 de 4", "1 no se pudo", "*"+tag(2)+"* · ya no se puede deshacer", "ya no lo tienes")
		for i, want := range map[int]string{1: "|", 2: "JP(7)|ARM en progreso", 3: "|", 4: "|"} {
			if got := s.row(tag(i)); got != want {
				t.Errorf("the row of %s is %q, want %q", tag(i), got, want)
			}
		}
		for _, label := range undone.Buttons() {
			if strings.HasPrefix(label, "Deshacer") {
				t.Errorf("a dead button: %v", undone.Buttons())
			}
		}
		form := s.opensBatch(s.mauricio)
		s.chooses(s.mauricio, form, "0650", tags(6, 9)...)
		done := s.submits(s.mauricio, "Tomaste los 3")
		if err := s.mauricio.Click(s.t.Context(), done, "Deshacer los 3"); err != nil {
			t.Fatal(err)
		}
		s.wait("the answer in the form", func() bool { return hasAll(s.mauricio.Top().Shown(), []string{"Deshiciste los 3", tag(6), tag(8)}) })
	})
}

func TestAPausedBatchIsTheirsAgainForAMinute(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		paused := s.asks(s.mauricio, "/pausar "+tag(1)+" "+tag(2), "Pausaste los 2")
		s.locks.Fail("Intend", errors.New("connection refused"), false)
		failed := s.clicks(s.mauricio, paused, "Deshacer los 2", "ninguno resultó", "Probar de nuevo con los 2")
		s.clicks(s.mauricio, failed, "Probar de nuevo con los 2", "Deshiciste los 2", "sigue siendo tuyo, ARM hasta las 22:00")
		if got, want := s.row(tag(2)), "MR(93)|ARM en progreso"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
		done := s.asks(s.mauricio, "/completar "+tag(1)+" "+tag(2), "Completaste los 2")
		s.passes(61 * time.Second)
		s.clicks(s.mauricio, done, "Deshacer los 2", "ninguno resultó", "ya no se puede deshacer")
		if got, want := s.row(tag(2)), "|ARM completado"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
	})
}

// What was tapped on App Home by mistake is taken back there, too.
func TestAppHomeTakesBackWhatWasDoneThere(t *testing.T) {
	inShop(t, func(s *shop) {
		s.opensHome(s.mauricio, "No tienes", tag(0))
		s.taps(s.mauricio, "Tomar "+tag(0), "Tienes 1 spool", "tomado", "Deshacer")
		s.taps(s.mauricio, "Deshacer "+tag(0), "No tienes", "deshecho, ya no lo tienes")
		if got := s.row(tag(0)); got != "|" {
			t.Errorf("row %q", got)
		}
		s.taps(s.mauricio, "Tomar "+tag(0), "Tienes 1 spool", "-deshecho")
		for _, c := range []struct{ deed, says string }{{"Pausar", "pausado"}, {"Completar", "completado"}} {
			s.taps(s.mauricio, c.deed+" "+tag(0), "No tienes", c.says, "Deshacer")
			s.taps(s.mauricio, "Deshacer "+tag(0), "Tienes 1 spool", "deshecho, sigue siendo tuyo", "hasta las 22:00")
			if got, want := s.row(tag(0)), "MR(93)|ARM en progreso"; got != want {
				t.Errorf("row after %s %q, want %q", c.deed, got, want)
			}
		}
		s.passes(2 * time.Minute)
		s.home(s.mauricio, "-deshecho")
	})
}

// What is done within the grace of what has expired cannot be taken back, so nothing
// offers that; going on with the spool can.
func TestWhatCannotBeTakenBackOffersNoUndo(t *testing.T) {
	inShop(t, func(s *shop) {
		without := func(m slacksim.Message) {
			t.Helper()
			for _, label := range m.Buttons() {
				if strings.HasPrefix(label, "Deshacer") {
					t.Errorf("a button that can never work: %v", m.Buttons())
				}
			}
		}
		s.asks(s.mauricio, "/tomar "+strings.Join(tags(1, 7), " "), "Tomaste los 6")
		s.passes(time.Hour)
		without(s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")) // nobody has seen yet that it has expired
		s.passes(time.Minute)
		without(s.asks(s.mauricio, "/completar "+tag(2), "completado"))
		paused := s.asks(s.mauricio, "/pausar "+tag(3), "pausado")
		without(paused)
		without(s.clicks(s.mauricio, paused, "Colación", "anotado"))
		without(s.asks(s.mauricio, "/pausar "+tag(4)+" "+tag(5), "Pausaste los 2"))
		back := s.asks(s.mauricio, "/tomar "+tag(6), "tomado, es tuyo")
		s.clicks(s.mauricio, back, "Deshacer", "ya no lo tienes")
	})
}
