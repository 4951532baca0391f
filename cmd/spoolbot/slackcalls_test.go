//go:build !shop

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Slack says "too fast" to a call: the answer comes later, once, and where the
// person looks for it.
func TestARateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{"with Retry-After": 7 * time.Second, "without": 0} {
		methods := []string{"chat.postMessage", "response_url"}
		if after > 0 {
			methods = append(methods, "chat.update", "conversations.open", "views.update", "views.publish")
		}
		for _, method := range methods {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				inShop(t, shopOptions{}, func(s *shop) {
					s.twoSockets()
					s.slack.Fail(slacksim.Fault{Method: method, Status: 429, RetryAfter: after, Times: 2})
					dm := s.mauricio.DM()
					card := s.asksIn(s.mauricio, dm, "/tomar "+tag(1), "tomado, es tuyo")
					s.taps(s.mauricio, card, "Pausar", "pausado")
					s.asks(s.carlos, "/tomar "+tag(2), "tomado")
					s.chooses(s.carlos, s.opensBatch(s.carlos), "MK", tagsFrom(3, 6)...)
					s.submits(s.carlos, "Tomaste los 3")
					s.carlos.OpenHome()
					s.until("App Home is there", func() bool { v, _ := s.carlos.Home(); return strings.Contains(v.Shown(), tag(5)) })
					s.passes(10 * time.Second)
					if n := s.answers(s.mauricio, dm); n != 1 {
						t.Errorf("%d messages in the DM, want the card", n)
					}
					if n := s.answers(s.carlos, s.taller); n != 1 {
						t.Errorf("%d answers in the channel, want one", n)
					}
					s.ends(append(each("TOMAR", tagsFrom(1, 6)...), "PAUSAR:"+tag(1))...)
				})
			})
		}
	}
}

// While Slack does not say who somebody is, nothing is done for them, and they
// are told so.
func TestWithoutAnAnswerOfUsersInfo(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500} {
		inShop(t, shopOptions{}, func(s *shop) {
			s.slack.Fail(slacksim.Fault{Method: "users.info", Status: status, Times: -1})
			s.slack.Fail(slacksim.Fault{Method: "users.list", Status: status, Times: -1})
			s.asks(s.mauricio, "/tomar "+tag(1), "No puedo atender", "No se cambió nada")
			s.ends()
			s.slack.ClearFaults()
			s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
			s.slack.Fail(slacksim.Fault{Method: "users.info", Status: status, Times: -1})
			s.slack.Fail(slacksim.Fault{Method: "users.list", Status: status, Times: -1})
			s.passes(6 * time.Minute)
			s.asks(s.mauricio, "/pausar", "pausado") // it is known well enough from before
			s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
		})
	}
}

// The modal does not open: the person is told, with a button for another try.
func TestATriggerThatHasExpired(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacksim.Fault{
		"expired":              {Method: "views.open", Error: "expired_trigger_id"},
		"Slack says 500":       {Method: "views.open", Status: 500},
		"Slack says 429":       {Method: "views.open", Status: 429, RetryAfter: 30 * time.Second},
		"Slack takes too long": {Method: "views.open", Delay: 5 * time.Second},
		"the line is cut":      {Method: "views.open", Cut: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.slack.Fail(fault)
				answer := s.asks(s.mauricio, "/lote", "prueba de nuevo")
				s.slack.Fail(fault)
				before := s.mauricio.Last(s.mauricio.DM()).TS
				if err := s.mauricio.Shortcut(s.ctx, "tomar_spools"); err != nil {
					t.Fatal(err)
				}
				s.sees(s.mauricio, s.mauricio.DM(), before, "the shortcut", "prueba de nuevo")
				if err := s.mauricio.Click(s.ctx, answer, view.ActionBatch); err != nil {
					t.Fatal(err)
				}
				s.until("the form is open", func() bool { return s.mauricio.Top().CallbackID == view.CallbackBatch })
				s.chooses(s.mauricio, s.mauricio.Top(), "MK", tagsFrom(0, 3)...)
				s.submits(s.mauricio, "Tomaste los 3")
				s.ends(each("TOMAR", tagsFrom(0, 3)...)...)
			})
		})
	}
}

// Slack does not take the answer. What was asked for is done, once; the person
// hears of it another way, or at least that they should look.
func TestAnAnswerThatSlackDoesNotTake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault slacksim.Fault
		sees  func(*shop)
	}{
		{"500 in the channel", slacksim.Fault{Method: "response_url", Status: 500}, func(s *shop) {
			s.sends(s.mauricio, "/tomar "+tag(1))
			s.sees(s.mauricio, s.mauricio.DM(), "", "the DM", tag(1), "tomado, es tuyo")
		}},
		{"a used response_url", slacksim.Fault{Method: "response_url", Status: 404}, func(s *shop) {
			s.sends(s.mauricio, "/tomar "+tag(1))
			s.sees(s.mauricio, s.mauricio.DM(), "", "the DM", tag(1), "tomado, es tuyo")
		}},
		{"the line is cut in the channel", slacksim.Fault{Method: "response_url", Cut: true, After: true}, func(s *shop) {
			s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		}},
		{"500 in the DM", slacksim.Fault{Method: "chat.postMessage", Status: 500}, func(s *shop) {
			s.asksIn(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1), "tomado, es tuyo")
		}},
		{"the line is cut in the DM", slacksim.Fault{Method: "chat.postMessage", Cut: true, After: true}, func(s *shop) {
			s.asksIn(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1), "tomado, es tuyo")
		}},
		{"Slack takes too long", slacksim.Fault{Method: "chat.postMessage", Delay: 30 * time.Second}, func(s *shop) {
			s.asksIn(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1), "tomado, es tuyo")
		}},
		{"500 for everything for a minute", slacksim.Fault{Method: "*", Status: 500, Times: -1}, func(s *shop) {
			s.sends(s.mauricio, "/tomar "+tag(1))
			s.passes(time.Minute)
			s.slack.ClearFaults()
			s.asks(s.mauricio, "/mis-spools", "Tienes 1 spool", tag(1))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.twoSockets()
				s.asks(s.mauricio, "/estado", "No tienes") // Slack has said who it is
				s.slack.Fail(c.fault)
				c.sees(s)
				s.slack.ClearFaults()
				s.wantRow(tag(1), "MR(93)|ARM en progreso")
				s.asks(s.mauricio, "/completar", tag(1), "completado")
				s.ends("TOMAR:"+tag(1), "COMPLETAR:"+tag(1))
			})
		})
	}
}

// An edit that Slack does not take: the person gets the answer beside the card.
func TestACardThatSlackDoesNotEdit(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacksim.Fault{
		"500 in the DM":         {Method: "chat.update", Status: 500},
		"the message is gone":   {Method: "chat.update", Error: "message_not_found"},
		"too old for edits":     {Method: "chat.update", Error: "edit_window_closed"},
		"the line is cut":       {Method: "chat.update", Cut: true},
		"it is cut afterwards":  {Method: "chat.update", Cut: true, After: true},
		"500 in the channel":    {Method: "response_url", Status: 500},
		"500 and 500":           {Method: "response_url", Status: 500, Times: 2},
		"App Home stays behind": {Method: "views.publish", Status: 500, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.twoSockets()
				s.mauricio.OpenHome()
				dm := s.mauricio.DM()
				at := dm
				if fault.Method == "response_url" {
					at = s.taller
				}
				card := s.asksIn(s.mauricio, at, "/tomar "+tag(1), "tomado, es tuyo")
				s.slack.Fail(fault)
				if err := s.mauricio.Click(s.ctx, card, "Pausar"); err != nil {
					t.Fatal(err)
				}
				s.wait("the answer somewhere", []string{"pausado"}, func() (string, bool) {
					shown := s.mauricio.Last(dm).Shown() + s.mauricio.Last(at).Shown()
					return shown, hasAll(shown, []string{tag(1), "pausado, quedó libre"})
				})
				s.slack.ClearFaults()
				s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
			})
		})
	}
}

// The form promises to tell in any case.
func TestAFormThatSlackDoesNotUpdate(t *testing.T) {
	t.Parallel()
	for name, times := range map[string]int{"twice": 2, "for ever": -1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.chooses(s.mauricio, s.opensBatch(s.mauricio), "MK", tagsFrom(3, 6)...)
				s.slack.Fail(slacksim.Fault{Method: "views.update", Status: 500, Times: times})
				if _, err := s.mauricio.Submit(s.ctx); err != nil {
					t.Fatal(err)
				}
				if times > 0 {
					s.seesModal(s.mauricio, view.CallbackBatchDone, "Tomaste los 3", tag(3), tag(4), tag(5))
				} else {
					s.sees(s.mauricio, s.mauricio.DM(), "", "the results", "Tomaste los 3", tag(3), tag(4), tag(5))
				}
				s.ends(each("TOMAR", tagsFrom(3, 6)...)...)
			})
		})
	}
}

// The outcome of what was being checked, and the loss of a spool, are news that
// nobody would ask for: they are told in the end.
func TestNewsThatSlackDoesNotTakeAtFirst(t *testing.T) {
	t.Parallel()
	channel := func(s *shop) string { return s.taller }
	dm := func(s *shop) string { return s.mauricio.DM() }
	for _, c := range []struct {
		name    string
		fault   slacksim.Fault
		asked   func(*shop) string // where
		inPlace bool               // the card itself tells in the end, else the DM
	}{
		{"chat.update 500 twice", slacksim.Fault{Method: "chat.update", Status: 500, Times: 2}, dm, true},
		{"chat.update cut", slacksim.Fault{Method: "chat.update", Cut: true}, dm, true},
		{"chat.update 429 for long", slacksim.Fault{Method: "chat.update", Status: 429, RetryAfter: 30 * time.Second}, dm, true},
		{"chat.update 500 for ever", slacksim.Fault{Method: "chat.update", Status: 500, Times: -1}, dm, false},
		{"response_url 500 once", slacksim.Fault{Method: "response_url", Status: 500}, channel, true},
		{"response_url 500 for ever", slacksim.Fault{Method: "response_url", Status: 500, Times: -1}, channel, false},
		{"response_url used up", slacksim.Fault{Method: "response_url", Status: 404, Times: -1}, channel, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 25 * time.Second})
				card := s.asksIn(s.mauricio, c.asked(s), "/tomar "+tag(1), "lo estoy verificando")
				s.slack.Fail(c.fault)
				if c.inPlace {
					s.seesCard(s.mauricio, card, tag(1), "tomado, es tuyo")
				} else {
					s.sees(s.mauricio, s.mauricio.DM(), card.TS, "the news", tag(1), "tomado, es tuyo")
				}
				s.slack.ClearFaults()
				s.asks(s.mauricio, "/pausar", "pausado")
				s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
			})
		})
	}
	for name, fault := range map[string]slacksim.Fault{
		"a loss, 429 for long": {Method: "chat.postMessage", Status: 429, RetryAfter: 30 * time.Second},
		"a loss, 500 twice":    {Method: "chat.postMessage", Status: 500, Times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{lockTTL: 5 * time.Minute}, func(s *shop) {
				s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
				s.slack.Fail(fault)
				s.passes(6 * time.Minute)
				s.sees(s.mauricio, s.mauricio.DM(), "", "the news", tag(1), "venció a las 21:05")
				s.ends("TOMAR:"+tag(1), "VENCER:"+tag(1))
			})
		})
	}
}

// Slack does not answer when the program starts: it waits, and then serves.
func TestSlackIsNotThereAtTheStart(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{notStarted: true}, func(s *shop) {
		s.slack.Fail(slacksim.Fault{Method: "auth.test", Status: 500, Times: 3})
		s.slack.Fail(slacksim.Fault{Method: "auth.test", Status: 429, RetryAfter: 5 * time.Second})
		s.slack.Fail(slacksim.Fault{Method: "apps.connections.open", Status: 500, Times: 3})
		s.slack.Fail(slacksim.Fault{Method: "apps.connections.open", Error: "internal_error", Times: 3})
		s.start()
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.ends("TOMAR:" + tag(1))
	})
}
