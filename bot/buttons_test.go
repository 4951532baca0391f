package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

func TestWhenAnOccupationEndsItsOtherCardsAreEditedInPlace(t *testing.T) {
	inShop(t, func(s *shop) {
		s.types(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1))
		inDM := s.sees(s.mauricio, s.mauricio.DM(), "tomado, es tuyo")
		inChannel := s.asks(s.mauricio, "/estado "+tag(1), "lo tienes tú")
		list := s.asks(s.mauricio, "/mis-spools", "Tienes 1 spool")
		s.asks(s.mauricio, "/pausar", "pausado")
		for _, card := range []slacksim.Message{inDM, inChannel} {
			now := s.seesCard(s.mauricio, card, "pausado")
			if slices.Contains(now.Buttons(), "Pausar") {
				t.Errorf("a dead button: %v", now.Buttons())
			}
		}
		s.seesCard(s.mauricio, list, "No tienes spools tomados")
	})
}

func TestAStaleButtonTellsWhatHasHappenedSince(t *testing.T) {
	inShop(t, func(s *shop) {
		old := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		s.asks(s.mauricio, "/pausar", "pausado")
		s.seesCard(s.mauricio, old, "pausado")
		s.asks(s.juana, "/tomar "+tag(1), "tomado, es tuyo")
		before := s.audit()
		// The phone still shows the old picture.
		if err := s.mauricio.Click(s.t.Context(), old, "Completar"); err != nil {
			t.Fatal(err)
		}
		s.seesCard(s.mauricio, old, "ahora lo tiene Juana Pérez", "Ese botón era de antes")
		if s.audit() != before {
			t.Error("a stale button changed something")
		}
		s.asks(s.juana, "/completar", "completado")
		s.seesCard(s.mauricio, old, "completado") // else the two edits may meet
		if err := s.mauricio.Click(s.t.Context(), old, "Pausar"); err != nil {
			t.Fatal(err)
		}
		s.seesCard(s.mauricio, old, "está libre")
	})
}

func TestAnOldButtonOfASpoolTakenAnewDoesNotEndTheNewOccupation(t *testing.T) {
	inShop(t, func(s *shop) {
		old := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.mauricio, "/pausar", "pausado")
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		if err := s.mauricio.Click(s.t.Context(), old, "Completar"); err != nil {
			t.Fatal(err)
		}
		s.seesCard(s.mauricio, old, "lo tomaste de nuevo")
		if got, want := s.row(tag(1)), "MR(93)|ARM en progreso"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
	})
}

// lockOf is what the core knows of the spool that the worker holds.
func (s *shop) lockOf(worker int) occupation.Lock {
	s.t.Helper()
	held, err := s.core.HeldBy(s.t.Context(), worker)
	if err != nil || len(held) != 1 {
		s.t.Fatalf("%d holds %v, %v; want one spool", worker, held, err)
	}
	return held[0].Lock
}

// A tap that the person repeats, because the first one seemed lost, is no second
// hour: the button means the deadline that it was shown with.
func TestTwoTapsExtendOnce(t *testing.T) {
	for _, action := range []string{view.ActionExtend, view.ActionExtendAll} {
		t.Run(action, func(t *testing.T) {
			inShop(t, func(s *shop) {
				s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
				lock := s.lockOf(93)
				card := s.publicCard(action, view.Facts{Tag: tag(1), Fence: lock.Fence, Deadline: lock.Deadline}.Value())
				for range 2 {
					if err := s.mauricio.Click(s.t.Context(), card, "Aquí"); err != nil {
						t.Fatal(err)
					}
					s.passes(time.Minute)
				}
				if got, want := s.lockOf(93).Deadline, lock.Deadline.Add(time.Hour); !got.Equal(want) {
					t.Errorf("until %v, want %v", got, want)
				}
			})
		})
	}
}

// Whatever a button of an earlier occupation was for, the new one stays as it is, and
// nobody is offered it.
func TestOldButtonsLeaveTheNewOccupationAlone(t *testing.T) {
	for _, action := range []string{view.ActionPause, view.ActionComplete, view.ActionExtend, view.ActionExtendShift, view.ActionGive} {
		t.Run(action, func(t *testing.T) {
			inShop(t, func(s *shop) {
				s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
				old := s.lockOf(93)
				s.asks(s.mauricio, "/pausar", "pausado")
				s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
				want := s.lockOf(93)
				card := s.publicCard(action, view.Facts{Tag: tag(1), Fence: old.Fence, Deadline: old.Deadline, Worker: 7}.Value())
				if err := s.mauricio.Click(s.t.Context(), card, "Aquí"); err != nil {
					t.Fatal(err)
				}
				s.sees(s.mauricio, s.taller, "lo tomaste de nuevo")
				s.passes(time.Minute)
				if got := s.lockOf(93); got != want {
					t.Errorf("lock %+v, want %+v", got, want)
				}
				if offers := s.juana.Messages(s.juana.DM()); len(offers) > 0 {
					t.Errorf("the other hears %q", offers[0].Shown())
				}
			})
		})
	}
}

// publicCard posts a message that everybody sees, with a button.
func (s *shop) publicCard(action, value string) slacksim.Message {
	s.t.Helper()
	api, _, _ := bot.NewSlack(bot.SlackConfig{BotToken: s.BotToken(), APIURL: s.APIURL(), HTTPClient: s.Client()})
	button := slack.NewButtonBlockElement(action, value, slack.NewTextBlockObject(slack.PlainTextType, "Aquí", false, false))
	if _, _, err := api.PostMessageContext(s.t.Context(), s.taller, slack.MsgOptionText("tarjeta", false), slack.MsgOptionBlocks(slack.NewActionBlock("", button))); err != nil {
		s.t.Fatal(err)
	}
	return s.juana.Last(s.taller)
}

func TestAButtonOnAnotherPersonsMessageActsForWhoPressesIt(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		held, err := s.core.HeldBy(s.t.Context(), 93)
		if err != nil {
			t.Fatal(err)
		}
		card := s.publicCard(view.ActionPause, view.Facts{Tag: tag(1), Fence: held[0].Lock.Fence}.Value())
		if err := s.juana.Click(s.t.Context(), card, "Aquí"); err != nil {
			t.Fatal(err)
		}
		answer := s.sees(s.juana, s.taller, "no es tuyo, lo tiene Mauricio Rodríguez")
		if !answer.Ephemeral || answer.TS == card.TS {
			t.Error("the answer took the place of a message that others see")
		}
		if err := s.mauricio.Click(s.t.Context(), card, "Aquí"); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.taller, "pausado, quedó libre")
	})
}

func TestForgedButtonValuesAreRefused(t *testing.T) {
	for _, value := range []string{"x", "{}", `{"t":""}`, `{"t":"A1","f":-1}`, `{"t":"A1","o":"RM -RF"}`, `{"t":"A1","d":"hoy"}`, strings.Repeat("9", 2000)} {
		inShop(t, func(s *shop) {
			before := s.audit()
			card := s.publicCard(view.ActionComplete, value)
			if err := s.juana.Click(s.t.Context(), card, "Aquí"); err != nil {
				t.Fatal(err)
			}
			s.sees(s.juana, s.taller, "No entendí")
			if s.audit() != before {
				t.Error("a forged button changed something")
			}
		})
	}
}

func TestWhoLosesASpoolIsTold(t *testing.T) {
	inShop(t, func(s *shop) {
		s.types(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1))
		card := s.sees(s.mauricio, s.mauricio.DM(), "tomado, es tuyo")
		s.passes(time.Hour)
		told := s.sees(s.mauricio, s.mauricio.DM(), tag(1), "venció a las 22:00")
		s.seesCard(s.mauricio, card, "venció")
		s.asks(s.juana, "/tomar "+tag(1), "Mauricio Rodríguez", "hasta las 22:15")
		s.clicks(s.mauricio, told, "Sigo con este spool", "tomado, es tuyo")
	})
}

func TestAppHomeShowsWhatOneHoldsAndWorks(t *testing.T) {
	inShop(t, func(s *shop) {
		home := func(texts ...string) slacksim.View {
			t.Helper()
			var v slacksim.View
			s.wait("App Home with "+strings.Join(texts, ", "), func() bool {
				v, _ = s.mauricio.Home()
				return hasAll(v.Shown(), texts)
			})
			return v
		}
		s.mauricio.OpenHome()
		home("No tienes", tag(0))
		s.asks(s.mauricio, "/tomar "+tag(7), "tomado")
		held := home(tag(7), "hasta")
		if err := s.mauricio.Click(s.t.Context(), held, "Pausar"); err != nil {
			t.Fatal(err)
		}
		home("No tienes")
		if got, want := s.row(tag(7)), "|ARM parcial (pausado)"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
	})
}

func TestAppHomeTellsAPersonWhoIsNotLinkedWhatToDo(t *testing.T) {
	inShop(t, func(s *shop) {
		for p, words := range map[*slacksim.Person]string{s.nadie: "Elegir mi nombre", s.visita: "invitad", s.inactivo: "inactiva"} {
			p.OpenHome()
			s.wait("App Home", func() bool {
				v, _ := p.Home()
				return hasAll(v.Shown(), []string{words})
			})
		}
	})
}
