package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// home waits until a person's App Home has all of the texts and none of those after
// "-".
func (s *shop) home(p *slacksim.Person, texts ...string) slacksim.View {
	s.t.Helper()
	var want, not []string
	for _, text := range texts {
		if rest, no := strings.CutPrefix(text, "-"); no {
			not = append(not, rest)
			continue
		}
		want = append(want, text)
	}
	var v slacksim.View
	s.wait("App Home of "+p.ID()+" with "+strings.Join(texts, ", "), func() bool {
		v, _ = p.Home()
		return hasAll(v.Shown(), want) && !slices.ContainsFunc(not, func(t string) bool { return strings.Contains(v.Shown(), t) })
	})
	return v
}

// opensHome opens App Home and waits for it.
func (s *shop) opensHome(p *slacksim.Person, texts ...string) slacksim.View {
	s.t.Helper()
	p.OpenHome()
	return s.home(p, texts...)
}

// taps presses a button on App Home.
func (s *shop) taps(p *slacksim.Person, button string, texts ...string) slacksim.View {
	s.t.Helper()
	v, _ := p.Home()
	if err := p.Click(s.t.Context(), v, button); err != nil {
		s.t.Fatalf("tap %s: %v", button, err)
	}
	return s.home(p, texts...)
}

// published counts the App Homes that were published since a moment, and how many
// Slack refused as too many.
func (s *shop) published(since time.Time) (n, refused int) {
	for _, c := range s.Calls() {
		switch {
		case c.Method != "views.publish" || c.At.Before(since):
		case c.Error == "ratelimited":
			refused++
		default:
			n++
		}
	}
	return n, refused
}

// Two taps each: one opens App Home, one does it.
func TestOnAppHomeTakingPausingAndCompletingAreOneTapMore(t *testing.T) {
	inShop(t, func(s *shop) {
		v := s.opensHome(s.mauricio, "No tienes", tag(0), "Primera vez aquí")
		if err := s.mauricio.Click(s.t.Context(), v, "Tomar "+tag(0)); err != nil {
			t.Fatal(err)
		}
		s.home(s.mauricio, "Tienes 1 spool", "hasta las 22:00, queda cerca de 1 h", "-Primera vez")
		if got, want := s.row(tag(0)), "MR(93)|ARM en progreso"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
		s.taps(s.mauricio, "+1 h", "hasta las 23:00")
		s.taps(s.mauricio, "Pausar "+tag(0), "No tienes", "pausado, quedó libre")
		s.taps(s.mauricio, "Tomar "+tag(0), "Tienes 1 spool", "-pausado")
		s.taps(s.mauricio, "Completar "+tag(0), "No tienes", "completado", "hecho hoy")
		if got, want := s.row(tag(0)), "|ARM completado"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
		if n := len(s.mauricio.Messages(s.mauricio.DM())); n != 0 {
			t.Errorf("%d messages beside App Home", n)
		}
		s.passes(2 * time.Minute)
		s.home(s.mauricio, "-completado")
	})
}

func TestAChangeByAnotherReachesAnOpenHomeWithinFiveSeconds(t *testing.T) {
	inShop(t, func(s *shop) {
		s.opensHome(s.mauricio, tag(0), tag(1))
		s.passes(time.Minute)
		for _, c := range []struct{ line, shows string }{
			{"/tomar " + tag(1) + " ARM", "-" + tag(1)},
			{"/pausar", tag(1)},
			{"/tomar " + tag(1) + " ARM", "-" + tag(1)},
			{"/completar", "-" + tag(1)},
		} {
			s.asks(s.juana, c.line, tag(1))
			began := time.Now()
			s.home(s.mauricio, tag(0), c.shows)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s was seen after %v", c.line, took)
			}
		}
		// Many changes at once are shown together.
		began := time.Now()
		for i := 2; i < 12; i++ {
			s.asks(s.juana, "/tomar "+tag(i)+" ARM", tag(i))
		}
		s.home(s.mauricio, "-"+tag(11))
		if n, _ := s.published(began); n > 3 {
			t.Errorf("published %d times for ten changes within %v", n, time.Since(began))
		}
		// Nobody looks any more: nothing is published.
		s.passes(11 * time.Minute)
		began = time.Now()
		s.asks(s.juana, "/pausar "+tag(5), "pausado")
		s.passes(time.Minute)
		if n, _ := s.published(began); n > 0 {
			t.Errorf("published %d times for nobody", n)
		}
	})
}

func TestARefusalOnAppHomeStandsAtItsTopForItsPersonAlone(t *testing.T) {
	inShop(t, func(s *shop) {
		old := s.opensHome(s.mauricio, tag(0))
		s.asks(s.juana, "/tomar "+tag(0)+" ARM", "tomado")
		// The phone still shows the old picture.
		if err := s.mauricio.Click(s.t.Context(), old, "Tomar "+tag(0)); err != nil {
			t.Fatal(err)
		}
		s.home(s.mauricio, "lo tiene Juana Pérez", "No tienes")
		s.taps(s.mauricio, "Avísame cuando se libere", "Ya no me avises")
		for _, m := range s.juana.Messages(s.taller) {
			if strings.Contains(m.Shown(), "lo tiene Juana") {
				t.Errorf("the refusal is public: %s", m.Shown())
			}
		}
	})
}

func TestAppHomeIsNarrowedToAnNV(t *testing.T) {
	inShop(t, func(s *shop) {
		v := s.opensHome(s.juana, tag(0), "-"+tag(60))
		if err := s.juana.Select(s.t.Context(), v, view.ActionHomeFilter, "nv:NV0651"); err != nil {
			t.Fatal(err)
		}
		s.home(s.juana, "de NV0651", tag(60), "-"+tag(0))
		s.asks(s.pedro, "/tomar "+tag(60), "tomado")
		s.home(s.juana, "de NV0651", tag(61), "-"+tag(60)) // it stays so
		s.opensHome(s.juana, "de NV0651", tag(61))
		s.asks(s.pedro, "/tomar "+tag(61)+" "+tag(62), "Tomaste los 2")
		s.home(s.juana, "no hay spools libres de NV0651")
		s.taps(s.juana, "Ver todo", tag(0))
	})
}

// A change that concerns two hundred open homes keeps to Slack's hundred a minute,
// and those see it first who touched theirs last.
func TestTwoHundredOpenHomesStayUnderSlacksLimit(t *testing.T) {
	inShop(t, func(s *shop) {
		var people []*slacksim.Person
		for i := range 200 {
			id := fmt.Sprintf("U1%03d", i)
			s.directory.Set(occupation.Worker{ID: 1000 + i, Given: "Ana", Surname: "Paz", Active: true, Roles: []occupation.Role{occupation.Armador}, SlackID: id})
			s.AddUser(slacksim.User{ID: id, Name: id})
			people = append(people, s.Person(id))
		}
		began := time.Now()
		for _, p := range people { // in three minutes
			p.OpenHome()
			s.passes(900 * time.Millisecond)
		}
		for i := range 8 {
			s.asks(s.juana, fmt.Sprintf("/tomar %s ARM", tag(i)), tag(i))
			at := time.Now()
			s.home(people[199], "-"+tag(i))
			if took := time.Since(at); took > 5*time.Second {
				t.Errorf("who looked last sees take %d after %v", i, took)
			}
			s.passes(2 * time.Second)
		}
		s.passes(3 * time.Minute)
		for i, p := range people {
			if v, _ := p.Home(); strings.Contains(v.Shown(), tag(7)) {
				t.Errorf("home %d still offers what is taken", i)
			}
		}
		if n, refused := s.published(began); refused > 0 || n < 200 {
			t.Errorf("published %d times, and %d were too many for Slack", n, refused)
		}
	})
}
