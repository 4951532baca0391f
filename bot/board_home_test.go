package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// seesHome waits until the person's App Home has all of the texts.
func (s *shop) seesHome(p *slacksim.Person, texts ...string) slacksim.View {
	s.t.Helper()
	var home slacksim.View
	s.wait("App Home with "+strings.Join(texts, ", "), func() bool {
		var ok bool
		home, ok = p.Home()
		return ok && hasAll(home.Shown(), texts)
	})
	return home
}

// A supervisor acts from App Home on what others hold; workers see no board there.
func TestTheBoardOfAppHomeHasActions(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado", "hasta las 22:00")
		s.mauricio.OpenHome()
		if home := s.seesHome(s.mauricio, tag(1)); hasAll(home.Shown(), []string{boardTitle}) {
			t.Error("a worker's App Home has the board")
		}
		s.patricia.OpenHome()
		home := s.seesHome(s.patricia, boardTitle, tag(1), "Mauricio Rodríguez", "hasta las 22:00")
		if err := s.patricia.Click(s.t.Context(), home, "+1 h"); err != nil {
			t.Fatal(err)
		}
		home = s.seesHome(s.patricia, tag(1), "hasta las 23:00")
		s.seesCard(s.mauricio, card, "hasta las 23:00")
		if got, want := s.row(tag(1)), "MR(93)|ARM en progreso"; got != want {
			t.Errorf("row %q, want %q: it is still Mauricio's", got, want)
		}
		if err := s.patricia.Click(s.t.Context(), home, "Liberar"); err != nil {
			t.Fatal(err)
		}
		s.wait("the form", func() bool { return len(s.patricia.Views()) == 1 })
		if err := s.patricia.Fill(s.t.Context(), s.patricia.Top(), "release_reason", "se fue a su casa"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.patricia.Submit(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.mauricio.DM(), tag(1), "se fue a su casa")
		s.seesHome(s.patricia, boardTitle, "Nadie tiene spools tomados")
		s.passes(time.Second)
	}, supervised)
}
