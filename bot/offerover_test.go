package bot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
)

// That people were told could not be noted, so it is to be told again: not to those
// who know it.
func TestWhoKnowsThatAnOfferIsOverIsNotToldAgain(t *testing.T) {
	inShop(t, func(s *shop) {
		offer := occupation.Offer{
			ID: "o1", Key: occupation.TagKey(tag(1)), Tag: tag(1), Fence: 1, Lasts: 15 * time.Minute,
			From: occupation.Holder{ID: 93, Name: "Mauricio Rodríguez"}, To: occupation.Holder{ID: 7, Name: "Juana Pérez"},
		}
		if _, err := s.locks.Offer(t.Context(), offer); err != nil {
			t.Fatal(err)
		}
		s.locks.Fail("Told", errors.New("connection refused"), false)
		s.passes(16 * time.Minute)
		count := func(p *slacksim.Person, words string) (n int) {
			for _, m := range p.Messages(p.DM()) {
				n += strings.Count(m.Shown(), words)
			}
			return n
		}
		s.sees(s.mauricio, s.mauricio.DM(), tag(1), "no alcanzó a responder")
		s.passes(12 * time.Minute)
		if n := count(s.mauricio, "no alcanzó a responder"); n != 1 {
			t.Errorf("who made the offer is told %d times, want once", n)
		}
		if n := count(s.juana, "la oferta ya no vale"); n != 1 {
			t.Errorf("who was to have it is told %d times, want once", n)
		}
		if over, err := s.locks.Unanswered(t.Context()); err != nil || len(over) > 0 {
			t.Errorf("still to be told: %+v, %v", over, err)
		}
	})
}
