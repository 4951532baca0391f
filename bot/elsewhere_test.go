package bot_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// What somebody does at a kiosk shows on their cards in Slack and on App Home: no button
// goes on offering what is over.
func TestCardsAndHomeFollowWhatIsDoneByAnotherDoor(t *testing.T) {
	inShop(t, func(s *shop) {
		s.opensHome(s.mauricio, "No tienes")
		first := s.asks(s.mauricio, "/tomar "+tag(1), "tomado", "hasta las 22:00")
		second := s.asks(s.mauricio, "/tomar "+tag(2), "tomado")
		list := s.asks(s.mauricio, "/mis-spools", tag(1), tag(2))
		kiosk := func(does func(r occupation.Request) ([]occupation.Result, error)) {
			s.t.Helper()
			s.passes(10 * time.Second)
			results, err := does(occupation.Request{Key: t.Name() + s.core.Now().String(), Worker: 93, Now: s.core.Now()})
			if err != nil || results[0].Err != nil {
				t.Fatalf("%+v, %v", results, err)
			}
			s.bot.DoneElsewhere(93, results)
		}
		kiosk(func(r occupation.Request) ([]occupation.Result, error) {
			return s.core.Extend(s.t.Context(), r, []occupation.Target{{Tag: tag(1)}}, occupation.Extension{By: time.Hour})
		})
		s.seesCard(s.mauricio, first, "hasta las 23:00")
		s.home(s.mauricio, tag(1)+"* · ARM · hasta las 23:00")
		kiosk(func(r occupation.Request) ([]occupation.Result, error) {
			return s.core.Pause(s.t.Context(), r, []occupation.Target{{Tag: tag(2)}})
		})
		s.seesCard(s.mauricio, second, "pausado, quedó libre")
		s.seesCard(s.mauricio, list, "Tienes 1 spool")
		s.home(s.mauricio, "Tienes 1 spool", "hasta las 23:00")
		kiosk(func(r occupation.Request) ([]occupation.Result, error) {
			return s.core.Take(s.t.Context(), r, occupation.ARM, []string{tag(3)})
		})
		began := time.Now()
		s.home(s.mauricio, "Tienes 2 spools", tag(3))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("App Home shows it after %v", took)
		}
		if len(s.mauricio.Messages(s.mauricio.DM())) != 0 {
			t.Error("a message that nobody has asked for")
		}
	})
}
