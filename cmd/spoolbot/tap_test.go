//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

// posts puts a message with one button before everybody, as when a card is
// shown around.
func (s *shop) posts(action, value string) slacksim.Message {
	s.t.Helper()
	s.passes(time.Second) // the pace that Slack allows
	api := slack.New(s.slack.BotToken(), slack.OptionAPIURL(s.slack.APIURL()), slack.OptionHTTPClient(s.slack.Client()))
	button := slack.NewButtonBlockElement(action, value, slack.NewTextBlockObject(slack.PlainTextType, "Aquí", false, false))
	_, ts, err := api.PostMessageContext(s.ctx, s.taller, slack.MsgOptionText("tarjeta", false), slack.MsgOptionBlocks(slack.NewActionBlock("", button)))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range s.carlos.Messages(s.taller) {
		if m.TS == ts {
			return m
		}
	}
	s.t.Fatal("nobody sees the card")
	return slacksim.Message{}
}

// presses taps a button of a message that others see, and sees the answer.
func (s *shop) presses(p *slacksim.Person, m slacksim.Message, words ...string) slacksim.Message {
	s.t.Helper()
	before := p.Last(m.Channel).TS
	if err := p.Click(s.ctx, m, "Aquí"); err != nil {
		s.t.Fatal(err)
	}
	answer := s.sees(p, m.Channel, before, "the tap", words...)
	if !answer.Ephemeral {
		s.t.Errorf("everybody sees the answer to %s: %s", p.ID(), answer.Shown())
	}
	return answer
}

func TestAButtonOfAnotherPersonActsForWhoTapsIt(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		for label, action := range map[string]string{"Pausar": view.ActionPause, "Completar": view.ActionComplete} {
			shown := s.posts(action, buttonValue(card, label))
			s.presses(s.carlos, shown, "no es tuyo, lo tiene Mauricio Rodríguez", "No se cambió nada")
			s.presses(s.jefa, shown, "no es tuyo")
			s.presses(s.slack.Person("U0PAULAINV"), shown, "invitado")
			s.presses(s.slack.Person("U0NICOLASV"), shown, "Elegir mi nombre", "supervisor")
			s.presses(s.slack.Person("U0HECTORDI"), shown, "inactiva")
			s.wantRow(tag(1), "MR(93)|ARM en progreso")
		}
		s.presses(s.mauricio, s.posts(view.ActionPause, buttonValue(card, "Pausar")), "pausado, quedó libre")
		s.ends("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
	})
}

// A button's value comes from outside like everything else.
func TestForgedButtonsChangeNothing(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		for _, value := range []string{
			"x", "{}", "null", `{"t":""}`, `{"t":"A1","f":-1}`, `{"t":"A1","o":"RM -RF"}`, `{"t":"A1","d":"hoy"}`,
			`{"t":"` + strings.Repeat("A", 1900) + `"}`, strings.Repeat("9", 2000),
		} {
			for _, action := range []string{view.ActionTake, view.ActionPause, view.ActionComplete, view.ActionStatus} {
				s.presses(s.carlos, s.posts(action, value), "No entendí lo que escribiste")
			}
		}
		for value, words := range map[string]string{
			view.Facts{Tag: tag(1), Fence: 999}.Value():                                        "lo tiene Mauricio Rodríguez",
			view.Facts{Tag: "NADA-99"}.Value():                                                 "no está en la planilla",
			view.Facts{Tag: tag(1), Date: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}.Value(): "todavía no llega",
			view.Facts{Tag: tag(1), Date: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)}.Value(): "más de 30 días",
		} {
			s.presses(s.carlos, s.posts(view.ActionComplete, value), words)
		}
		s.ends("TOMAR:" + tag(1))
	})
}

// The phone still shows what was true a while ago.
func TestAStaleButtonTellsWhatHasHappenedSince(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		since   func(*shop) // what happens after Mauricio took the spool
		button  string
		sees    []string
		changes []string
	}{
		{"paused", func(s *shop) { s.asks(s.mauricio, "/pausar", "pausado") }, "Completar", []string{"está libre", "Ese botón era de antes"}, each("PAUSAR", tag(1))},
		{"paused, double tap", func(s *shop) { s.asks(s.mauricio, "/pausar", "pausado") }, "Pausar", []string{"está libre"}, each("PAUSAR", tag(1))},
		{"completed", func(s *shop) { s.asks(s.mauricio, "/completar", "completado") }, "Pausar", []string{"está libre", "ARM hecho hoy"}, each("COMPLETAR", tag(1))},
		{"another has it", func(s *shop) {
			s.asks(s.mauricio, "/pausar", "pausado")
			s.asks(s.carlos, "/tomar "+tag(1), "tomado")
		}, "Completar", []string{"ahora lo tiene Carlos Núñez", "Ese botón era de antes"}, []string{"PAUSAR:" + tag(1), "TOMAR:" + tag(1)}},
		{"taken anew", func(s *shop) {
			s.asks(s.mauricio, "/pausar", "pausado")
			s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		}, "Completar", []string{"lo tomaste de nuevo", "Ese botón era de antes"}, []string{"PAUSAR:" + tag(1), "TOMAR:" + tag(1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				old := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
				c.since(s)
				s.passes(10 * time.Second)
				s.taps(s.mauricio, old, c.button, c.sees...)
				s.ends(append(c.changes, "TOMAR:"+tag(1))...)
			})
		})
	}
}

// Offers are a promise of nothing: who taps late is told who was faster.
func TestAnOldOfferIsRefusedByNameAndHour(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		offered := s.asks(s.mauricio, "/tomar", "Cuál quieres tomar")
		fits := s.asks(s.mauricio, "/tomar 130", "calza con 10")
		s.asks(s.carlos, "/tomar "+tag(3)+" "+tag(4), "Tomaste los 2")
		s.passes(5 * time.Minute)
		s.taps(s.mauricio, offered, tag(3), "lo tiene Carlos Núñez", "desde las 21:00 hasta las 22:00")
		s.taps(s.mauricio, fits, tag(4), "lo tiene Carlos Núñez", "desde las 21:00")
		s.ends(each("TOMAR", tag(3), tag(4))...)
	})
}

// Two taps on one button are one deed, and so are a tap and the same command.
func TestTwoTapsAreOneDeed(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		offered := s.asks(s.mauricio, "/tomar", "Cuál quieres tomar")
		for range 3 {
			if err := s.mauricio.Click(s.ctx, offered, tag(3)); err != nil {
				t.Fatal(err)
			}
		}
		card := s.seesCard(s.mauricio, offered, "tomado, es tuyo")
		s.asks(s.mauricio, "/tomar "+tag(3), "ya es tuyo")
		for range 3 {
			if err := s.mauricio.Click(s.ctx, card, "Completar"); err != nil {
				t.Fatal(err)
			}
		}
		s.passes(time.Minute)
		if now := s.seesCard(s.mauricio, card, tag(3)); slices.Contains(now.Buttons(), "Completar") {
			t.Errorf("a dead button: %v", now.Buttons())
		}
		s.wantRow(tag(3), "|ARM completado")
		s.ends("TOMAR:"+tag(3), "COMPLETAR:"+tag(3))
	})
}

// What other messages say of a spool is put right when it ends somewhere else.
func TestMessagesAreEditedWhenTheirTruthEnds(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		dm := s.mauricio.DM()
		inDM := s.asksIn(s.mauricio, dm, "/tomar "+tag(1), "tomado, es tuyo")
		inChannel := s.asks(s.mauricio, "/estado "+tag(1), "lo tienes tú")
		s.asks(s.mauricio, "/tomar "+tag(2), "tomado, es tuyo")
		mine := s.asks(s.mauricio, "/mis-spools", "Tienes 2 spools")
		which := s.asks(s.mauricio, "/pausar", "¿Cuál quieres pausar?")
		s.mauricio.OpenHome()
		s.until("App Home is there", func() bool { v, _ := s.mauricio.Home(); return hasAll(v.Shown(), []string{tag(1), tag(2)}) })

		s.asks(s.mauricio, "/completar "+tag(1), "completado")
		for _, card := range []slacksim.Message{inDM, inChannel} {
			if now := s.seesCard(s.mauricio, card, tag(1), "completado"); slices.Contains(now.Buttons(), "Completar") {
				t.Errorf("a dead button: %v", now.Buttons())
			}
		}
		for _, list := range []slacksim.Message{mine, which} {
			if now := s.seesCard(s.mauricio, list, "Tienes 1 spool", tag(2)); strings.Contains(now.Shown(), tag(1)) {
				t.Errorf("the list goes on with what is over: %s", now.Shown())
			}
		}
		s.until("App Home tells the new state", func() bool {
			v, _ := s.mauricio.Home()
			return !strings.Contains(v.Shown(), tag(1)) && strings.Contains(v.Shown(), tag(2))
		})
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2), "COMPLETAR:"+tag(1))
	})
}

// Who loses a spool because time is over is told so, and their card says who has
// it now when they press it.
func TestTheCardOfALostSpoolSaysWhoHasItNow(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{lockTTL: 5 * time.Minute}, func(s *shop) {
		dm := s.mauricio.DM()
		card := s.asksIn(s.mauricio, dm, "/tomar "+tag(1), "tomado")
		s.passes(21 * time.Minute) // the time and the grace are over
		news := s.sees(s.mauricio, dm, card.TS, "the news", tag(1), "venció a las 21:05")
		s.seesCard(s.mauricio, card, "venció")
		s.asks(s.carlos, "/tomar "+tag(1), "tomado, es tuyo")
		s.taps(s.mauricio, news, "Completar", "venció a las 21:05", "lo tiene Carlos Núñez")
		s.ends("TOMAR:"+tag(1), "VENCER:"+tag(1), "TOMAR:"+tag(1))
	})
}
