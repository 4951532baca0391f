package bot_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
)

// refusedBySlack counts the messages and edits that were too many for Slack.
func (s *shop) refusedBySlack() (n int) {
	for _, c := range s.Calls() {
		if c.Error == "ratelimited" && !strings.HasPrefix(c.Method, "users.") {
			n++
		}
	}
	return n
}

// Whoever taps fifty times means it once, and gets one answer; a tap on what the
// answer shows is a new one.
func TestFiftyTapsAreOne(t *testing.T) {
	inShop(t, func(s *shop) {
		offer := s.asks(s.mauricio, "/tomar", tag(0))
		button := offer.Buttons()[0]
		before := len(s.mauricio.Messages(s.taller))
		for range 50 {
			if err := s.mauricio.Click(s.t.Context(), offer, button); err != nil {
				t.Fatal(err)
			}
			s.passes(20 * time.Millisecond)
		}
		card := s.seesCard(s.mauricio, offer, "tomado, es tuyo")
		if n := s.records.Calls("Commit"); n != 1 {
			t.Errorf("%d commits of fifty taps", n)
		}
		if n := len(s.mauricio.Messages(s.mauricio.DM())); n != 0 {
			t.Errorf("%d direct messages for fifty taps", n)
		}
		if n := len(s.mauricio.Messages(s.taller)); n != before {
			t.Errorf("%d messages more for fifty taps", n-before)
		}
		if n := s.calls("response_url"); n != 2 {
			t.Errorf("%d answers, want the offer and what became of the taps", n)
		}
		s.clicks(s.mauricio, card, "Pausar", "pausado")
		if n := len(s.mauricio.Notices()); n != 0 {
			t.Errorf("Slack shows %d warnings", n)
		}
	}, sheetTaking(3*time.Second))
}

// The same button again, later, is a wish of its own; two buttons are two.
func TestTapsThatMeanSomethingElseAreServed(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		asked := s.asks(s.mauricio, "/pausar", "¿Cuál quieres pausar?")
		for _, button := range asked.Buttons()[:2] { // at once
			if err := s.mauricio.Click(s.t.Context(), asked, button); err != nil {
				t.Fatal(err)
			}
		}
		s.wait("both are paused", func() bool {
			return s.row(tag(1)) == "|ARM parcial (pausado)" && s.row(tag(2)) == "|ARM parcial (pausado)"
		})
		list := s.asks(s.mauricio, "/tomar", tag(0))
		answers := s.calls("response_url")
		for range 3 {
			if err := s.mauricio.Click(s.t.Context(), list, "Mis spools"); err != nil {
				t.Fatal(err)
			}
			s.passes(5 * time.Second)
		}
		if n := s.calls("response_url") - answers; n != 3 {
			t.Errorf("%d answers to three taps, five seconds apart", n)
		}
	})
}

// Two hundred people at the beginning of a shift, all of whom get their answer within
// what Slack allows.
func TestTwoHundredPeopleInTenSeconds(t *testing.T) {
	inShop(t, func(s *shop) {
		rnd := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // to be repeated
		type someone struct {
			p          *slacksim.Person
			where, tag string
		}
		var all []someone
		var ids []string
		for i := range 200 {
			id := s.AddUser(slacksim.User{ID: fmt.Sprint("U9", i), Name: fmt.Sprint("p", i)})
			s.directory.Set(occupation.Worker{ID: 900 + i, Given: "Ana", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Armador}, SlackID: id})
			s.records.Add(occupation.Spool{Tag: fmt.Sprintf("MK-9-%03d", i), NV: "NV9", Materials: time.Date(1999, 12, 1, 0, 0, 0, 0, santiago)})
			ids = append(ids, id)
		}
		patio := s.AddChannel("patio", ids...)
		for i, id := range ids {
			who := someone{s.Person(id), patio, fmt.Sprintf("MK-9-%03d", i)}
			if i%2 == 0 {
				who.where = who.p.DM()
			}
			all = append(all, who)
		}
		for _, who := range all {
			s.passes(time.Duration(rnd.IntN(100)) * time.Millisecond)
			s.types(who.p, who.where, "/tomar "+who.tag)
		}
		for _, who := range all {
			s.sees(who.p, who.where, who.tag, "tomado, es tuyo")
		}
		s.theBoard("200 ocupados")
		if n := s.refusedBySlack(); n != 0 {
			t.Errorf("%d calls were too many for Slack", n)
		}
	}, supervised)
}
