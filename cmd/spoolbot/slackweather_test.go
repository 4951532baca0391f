//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

// twoSockets waits until both are open.
func (s *shop) twoSockets() {
	s.t.Helper()
	s.until("two sockets are open", func() bool { return s.slack.Sockets() == 2 })
}

// calls counts the calls of a method of the Web API.
func (s *shop) calls(method string) (n int) {
	for _, c := range s.slack.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

// lost types a line that Slack cannot bring to the bot.
func (s *shop) lost(p *slacksim.Person, line string) {
	s.t.Helper()
	if err := p.Type(s.ctx, s.taller, line); err == nil {
		s.t.Errorf("%s was acknowledged", line)
	}
}

// sends types a line and waits for no answer.
func (s *shop) sends(p *slacksim.Person, line string) {
	s.t.Helper()
	if err := p.Type(s.ctx, s.taller, line); err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
}

// answers counts the messages that the bot has put before a person.
func (s *shop) answers(p *slacksim.Person, channel string) (n int) {
	for _, m := range p.Messages(channel) {
		if m.User != p.ID() {
			n++
		}
	}
	return n
}

// A socket that Slack recycles, with a warning and without, while a take is
// under way and others type: nothing is lost, and there is no storm.
func TestARecycledSocketLosesNothing(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"warning", "refresh_requested", "link_disabled"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{latency: 3 * time.Second}, func(s *shop) {
				s.twoSockets()
				opened := s.calls("apps.connections.open")
				before := s.mauricio.Last(s.taller).TS
				s.sends(s.mauricio, "/tomar "+tag(1))
				s.slack.Fail(slacksim.Fault{Disconnect: reason})
				s.passes(100 * time.Millisecond) // what is sent before the news arrive is Slack's loss
				for i := range 10 {
					s.asks(s.carlos, "/estado "+tag(i), tag(i))
				}
				s.sees(s.mauricio, s.taller, before, "the answer", tag(1), "tomado, es tuyo")
				s.passes(2 * time.Minute)
				if n := s.calls("apps.connections.open") - opened; n != 1 {
					t.Errorf("%d sockets were opened for the one that is gone", n)
				}
				for _, e := range s.slack.Envelopes() {
					if e.Failed != "" {
						t.Errorf("an envelope of %s was lost: %s", e.User, e.Failed)
					}
				}
				s.ends("TOMAR:" + tag(1))
			})
		})
	}
}

// Slack refuses every socket at once, for five minutes.
func TestDisconnectsWithoutEndAreNoStorm(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"too_many_websockets", "refresh_requested", "link_disabled"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{latency: 3 * time.Second}, func(s *shop) {
				s.twoSockets()
				opened := s.calls("apps.connections.open")
				s.sends(s.mauricio, "/tomar "+tag(1))
				s.slack.Fail(slacksim.Fault{Disconnect: reason, Times: 1_000_000, Connections: 2})
				s.sees(s.mauricio, s.taller, "", "the answer of what was under way", "tomado, es tuyo")
				s.passes(5 * time.Minute)
				if n := s.calls("apps.connections.open") - opened; n > 20 || n < 8 {
					t.Errorf("%d openings in five minutes", n)
				}
				s.slack.ClearFaults()
				began := time.Now()
				s.twoSockets()
				if took := time.Since(began); took > 90*time.Second {
					t.Errorf("back after %v", took)
				}
				s.asks(s.mauricio, "/pausar", "pausado")
				s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
			})
		})
	}
}

// What Slack does not deliver was not done, and Slack itself says so. Both
// sockets are gone for ten minutes.
func TestBothSocketsAreGoneForAWhile(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{latency: 3 * time.Second}, func(s *shop) {
		s.twoSockets()
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.sends(s.carlos, "/tomar "+tag(2))
		s.slack.Fail(slacksim.Fault{Method: "apps.connections.open", Status: 500, Times: -1})
		s.slack.Fail(slacksim.Fault{Disconnect: "refresh_requested", Connections: 2})
		s.sees(s.carlos, s.taller, "", "the answer of what was under way", "tomado, es tuyo")

		opened := s.calls("apps.connections.open")
		for range 5 {
			s.passes(2 * time.Minute)
			s.lost(s.mauricio, "/completar")
			if err := s.mauricio.Click(s.ctx, card, "Pausar"); err == nil {
				t.Error("Slack found a socket")
			}
		}
		if n := s.calls("apps.connections.open") - opened; n > 30 {
			t.Errorf("%d openings in ten minutes", n)
		}
		s.wantRow(tag(1), "MR(93)|ARM en progreso")

		s.slack.ClearFaults()
		s.twoSockets()
		s.taps(s.mauricio, card, "Pausar", "pausado, quedó libre")
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2), "PAUSAR:"+tag(1))
	})
}

// A socket that hears and says nothing more is replaced; what Slack sends into
// it meanwhile was not done.
func TestSilentSocketsAreReplaced(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.twoSockets()
		s.slack.Fail(slacksim.Fault{Silent: 2})
		s.lost(s.mauricio, "/tomar "+tag(1))
		s.passes(2 * time.Minute)
		s.wantRow(tag(1), "|")
		if n := s.slack.Sockets(); n != 2 {
			t.Errorf("%d sockets", n)
		}
		if n := s.calls("apps.connections.open"); n > 6 {
			t.Errorf("%d openings for two silent sockets", n)
		}
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		s.ends("TOMAR:" + tag(1))
	})
}

// Every envelope three times: every deed once, every answer once.
func TestEnvelopesThatComeThreeTimes(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.twoSockets()
		s.slack.Fail(slacksim.Fault{Envelope: "*", Times: -1, Duplicate: 2})
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		card = s.taps(s.mauricio, card, "Pausar", "pausado")
		s.taps(s.mauricio, card, "Retomar", "tomado")
		s.asks(s.mauricio, "/completar "+tag(1)+" ayer", "completado")
		s.chooses(s.mauricio, s.opensBatch(s.mauricio), "MK", tagsFrom(2, 12)...)
		if n := len(s.mauricio.Views()); n != 1 {
			t.Errorf("%d forms are open", n)
		}
		s.submits(s.mauricio, "Tomaste los 10")
		s.mauricio.OpenHome()
		s.passes(time.Minute)
		if n := s.answers(s.mauricio, s.taller); n != 2 {
			t.Errorf("%d answers to two commands", n)
		}
		if got := s.mauricio.Top().CallbackID; got != view.CallbackBatchDone {
			t.Errorf("the modal is %q", got)
		}
		s.ends(slices.Concat(each("TOMAR", tag(1), tag(1)), each("PAUSAR", tag(1)), each("COMPLETAR", tag(1)), each("TOMAR", tagsFrom(2, 12)...))...)
	})
}

// A copy that comes when everything is different by now, even after a restart
// of the program, does nothing.
func TestACopyThatComesMuchLaterDoesNothing(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(*shop){
		"":                func(*shop) {},
		"after a restart": func(s *shop) { s.restarts() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.twoSockets()
				s.slack.Fail(slacksim.Fault{Envelope: "slash_commands", Duplicate: 1, Again: 2 * time.Minute})
				s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
				s.asks(s.mauricio, "/pausar", "pausado")
				card := s.asks(s.carlos, "/tomar "+tag(2), "tomado")
				s.slack.Fail(slacksim.Fault{Envelope: "block_actions", Duplicate: 1, Again: 2 * time.Minute})
				s.taps(s.carlos, card, "Pausar", "pausado")
				s.asks(s.carlos, "/tomar "+tag(2), "tomado")
				between(s)
				mine, his := s.answers(s.mauricio, s.taller), s.answers(s.carlos, s.taller)
				s.passes(3 * time.Minute)
				s.wantRow(tag(1), "|ARM parcial (pausado)")
				s.wantRow(tag(2), "CN(41)|ARM en progreso")
				if s.answers(s.mauricio, s.taller) != mine || s.answers(s.carlos, s.taller) != his {
					t.Error("a copy was answered")
				}
				s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1), "TOMAR:"+tag(2), "PAUSAR:"+tag(2), "TOMAR:"+tag(2))
			})
		})
	}
}

// restarts ends the program in order and starts it again.
func (s *shop) restarts() {
	s.t.Helper()
	if err := s.stop(); err != nil {
		s.t.Errorf("the program ended with: %v", err)
	}
	s.start()
	s.twoSockets()
}

// Slack has given the command up when it arrives; the person was told of an
// error, and tries again.
func TestAnEnvelopeThatComesLate(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.twoSockets()
		s.slack.Fail(slacksim.Fault{Envelope: "slash_commands", Delay: 2 * time.Second})
		s.asks(s.carlos, "/tomar "+tag(2), "tomado, es tuyo") // late, and in time
		s.ends("TOMAR:" + tag(2))
	})
	inShop(t, shopOptions{complaints: true}, func(s *shop) {
		s.twoSockets()
		s.slack.Fail(slacksim.Fault{Envelope: "slash_commands", Delay: 20 * time.Second})
		s.lost(s.mauricio, "/tomar "+tag(1))
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		before := s.mauricio.Last(s.taller).TS
		s.sees(s.mauricio, s.taller, before, "the answer to the late one", tag(1), "ya es tuyo")
		s.ends("TOMAR:" + tag(1))
	})
}

// A tap or a command that Slack loses is not done, and may be done again; an
// event that it loses comes again by itself.
func TestEnvelopesThatNeverCome(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.twoSockets()
		s.slack.Fail(slacksim.Fault{Envelope: "slash_commands", Lost: true})
		s.lost(s.mauricio, "/tomar "+tag(1))
		s.wantRow(tag(1), "|")
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.slack.Fail(slacksim.Fault{Envelope: "block_actions", Lost: true})
		if err := s.mauricio.Click(s.ctx, card, "Completar"); err == nil {
			t.Error("a lost tap was acknowledged")
		}
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		s.taps(s.mauricio, card, "Completar", "completado")

		s.chooses(s.mauricio, s.opensBatch(s.mauricio), "MK", tagsFrom(2, 5)...)
		s.slack.Fail(slacksim.Fault{Envelope: "view_submission", Lost: true})
		if answer, err := s.mauricio.Submit(s.ctx); err != nil || answer.Failed == "" {
			t.Errorf("a lost form was answered: %+v, %v", answer, err)
		}
		s.wantRow(tag(2), "|")
		s.submits(s.mauricio, "Tomaste los 3")

		s.slack.Fail(slacksim.Fault{Envelope: "events_api", Lost: true})
		s.mauricio.OpenHome()
		s.until("App Home is there by the retry", func() bool { v, _ := s.mauricio.Home(); return strings.Contains(v.Shown(), tag(2)) })
		s.ends(slices.Concat(each("TOMAR", tagsFrom(1, 5)...), each("COMPLETAR", tag(1)))...)
	})
}
