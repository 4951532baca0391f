//go:build !shop

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
)

// The program dies after it has taken what is over off Redis, and before it has told
// anybody: the next one tells each of them, once.
func TestWhatWasOverWhenTheProgramDiedIsToldByTheNext(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		nicolas := s.slack.Person("U0NICOLASV")
		dying := locks.New(s.client, locks.Options{Site: s.config().Site, WriteQuota: 55})
		told := func(p *slacksim.Person, words string, want int) {
			t.Helper()
			n := 0
			for _, m := range p.Messages(p.DM()) {
				if strings.Contains(m.Shown(), words) {
					n++
				}
			}
			if n != want {
				t.Errorf("%q is told %d times, want %d", words, n, want)
			}
		}
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.mauricio, "/traspasar "+tag(1)+" @Carlos Núñez", "Carlos Núñez")
		offer := s.hears(s.carlos, tag(1), "Aceptar")
		claim := occupation.LinkClaim{ID: "c1", SlackID: nicolas.ID(), Worker: occupation.Holder{ID: 51, Name: "Nicolás Vera"}, Lasts: 10 * time.Minute}
		if _, err := dying.PutClaim(s.ctx, claim); err != nil {
			t.Fatal(err)
		}
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		s.passes(16 * time.Minute)
		offers, err := dying.Unanswered(s.ctx)
		if err != nil || len(offers) != 1 {
			t.Fatalf("it takes off %+v, %v", offers, err)
		}
		claims, err := dying.OverClaims(s.ctx)
		if err != nil || len(claims) != 1 {
			t.Fatalf("it takes off %+v, %v", claims, err)
		}
		s.start()
		s.passes(2 * time.Minute) // until then they are the other's to tell
		told(s.mauricio, "no alcanzó a responder", 0)
		told(nicolas, "Nadie respondió a tiempo", 0)
		s.passes(occupation.TellWithin)
		s.seesCard(s.carlos, offer, "la oferta ya no vale")
		s.hears(s.mauricio, tag(1), "no alcanzó a responder")
		s.hears(nicolas, "Nadie respondió a tiempo")
		s.passes(20 * time.Minute)
		told(s.mauricio, "no alcanzó a responder", 1)
		told(nicolas, "Nadie respondió a tiempo", 1)
	})
}
