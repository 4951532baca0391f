package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
)

// sheetTaking makes the sheet take this long for a write.
func sheetTaking(d time.Duration) option {
	return func(_ *slacksim.Options, _ *bot.Options, r *slowRecords) { r.takes.Store(int64(d)) }
}

// passes lets time go by in the bubble.
func (s *shop) passes(d time.Duration) {
	s.t.Helper()
	<-time.After(d)
	synctest.Wait()
}

func TestAnEnvelopeDeliveredTwiceIsAnsweredOnce(t *testing.T) {
	inShop(t, func(s *shop) {
		s.Fail(slacksim.Fault{Envelope: "*", Times: -1, Duplicate: 2, Delay: 0})
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		s.passes(time.Minute)
		if n := len(s.mauricio.Messages(s.taller)); n != 1 {
			t.Errorf("%d answers to one command", n)
		}
		s.clicks(s.mauricio, card, "Completar", "completado")
		s.passes(time.Minute)
		s.seesCard(s.mauricio, card, "completado")
		if n := s.audit(); n != 2 {
			t.Errorf("%d audit rows for one take and one finish", n)
		}
	})
}

func TestALateEnvelopeIsServed(t *testing.T) {
	inShop(t, func(s *shop) {
		s.Fail(slacksim.Fault{Envelope: "slash_commands", Delay: 2 * time.Second})
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
	})
}

func TestEveryEnvelopeIsAcknowledgedAtOnceHoweverSlowTheSheet(t *testing.T) {
	inShop(t, func(s *shop) {
		for i, p := range []*slacksim.Person{s.mauricio, s.juana} {
			s.types(p, s.taller, "/tomar "+tag(i))
			s.types(p, s.taller, "/pausar "+tag(i))
			s.types(p, s.taller, "/mis-spools")
		}
		for _, e := range s.Envelopes() {
			if took := e.AckedAt.Sub(e.SentAt); e.AckedAt.IsZero() || took > 200*time.Millisecond {
				t.Errorf("%s acknowledged after %v", e.Type, took)
			}
		}
		if n := s.envelopes.Load(); n != 6 {
			t.Errorf("told of %d envelopes, want 6", n)
		}
		s.passes(2 * time.Minute)
	}, sheetTaking(20*time.Second))
}

func TestTheMessageThatSaidItIsBeingCheckedGetsTheOutcome(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "lo estoy verificando")
		s.seesCard(s.mauricio, card, "tomado, es tuyo")
		if n := len(s.mauricio.Messages(s.taller)); n != 1 {
			t.Errorf("%d messages, want the one that was edited", n)
		}
		many := s.asks(s.juana, "/tomar "+tag(2)+" "+tag(3), "2 se están verificando")
		s.seesCard(s.juana, many, "Tomaste los 2")
	}, sheetTaking(20*time.Second))
}

// Somebody takes what they are being given this moment, which another replica
// carries: what becomes of that answers both.
func TestATakeWaitsForTheTransferOfTheSameSpool(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "lo estoy verificando")
		s.bot.Settled(t.Context(), occupation.Notice{
			Intent: occupation.Intent{
				Event: "e9", Kind: occupation.Transfer, Key: occupation.TagKey(tag(1)), Tag: tag(1), Operation: occupation.ARM,
				Worker: occupation.Holder{ID: 93}, From: occupation.Holder{ID: 7},
			},
			To: occupation.Holder{ID: 93}, Err: &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Tag: tag(1)},
		})
		s.seesCard(s.mauricio, card, "la planilla no responde", "No se cambió nada")
	}, sheetTaking(20*time.Second))
}

// What was put back completes the message of whoever waits for it at this replica, and
// is told to nobody else: whoever asked knows.
func TestQuietNewsCompleteAMessageAndMakeNone(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "lo estoy verificando")
		for _, worker := range []int{93, 7} {
			s.bot.Settled(t.Context(), occupation.Notice{
				Intent: occupation.Intent{Event: "e9", Kind: occupation.Take, Key: occupation.TagKey(tag(1)), Tag: tag(1), Worker: occupation.Holder{ID: worker}},
				To:     occupation.Holder{ID: worker}, Err: &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Tag: tag(1)}, Quiet: true,
			})
		}
		s.seesCard(s.mauricio, card, "la planilla no responde", "No se cambió nada")
		s.passes(time.Minute)
		if n := len(s.juana.Messages(s.juana.DM())); n != 0 {
			t.Errorf("%d messages to who has not asked", n)
		}
	}, sheetTaking(20*time.Second))
}

// The replica that finds the outcome is not the one that said that it was being
// checked: that one was stopped, or has been frozen since.
func TestAnotherReplicaCompletesWhatIsBeingChecked(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "lo estoy verificando")
		many := s.asks(s.juana, "/tomar "+tag(2)+" "+tag(3), "2 se están verificando")
		first, second := s.bot, bot.New(s.options)
		s.news.to.Store(second)
		s.clicks(s.mauricio, s.seesCard(s.mauricio, card, "tomado, es tuyo"), "Pausar", "verificando")
		s.seesCard(s.juana, many, "Tomaste los 2")
		s.seesCard(s.mauricio, card, "pausado")
		if n := len(s.mauricio.Messages(s.taller)) + len(s.mauricio.Messages(s.mauricio.DM())); n != 1 {
			t.Errorf("%d messages, want the one that was edited", n)
		}
		// each of the two tells of a part
		many = s.asks(s.pedro, "/tomar "+tag(60)+" "+tag(61), "2 se están verificando")
		turn := 0
		s.news.turns = func() *bot.Bot {
			turn++
			<-time.After(5 * time.Second)
			return []*bot.Bot{first, second}[turn%2]
		}
		s.seesCard(s.pedro, many, "Tomaste los 2")
	}, sheetTaking(20*time.Second))
}

func TestOnePersonsRequestsStayInOrder(t *testing.T) {
	inShop(t, func(s *shop) {
		for _, line := range []string{"/tomar " + tag(1), "/pausar", "/tomar " + tag(2), "/completar", "/tomar " + tag(3)} {
			s.types(s.mauricio, s.taller, line)
		}
		s.sees(s.mauricio, s.taller, tag(3), "tomado, es tuyo")
		for n, want := range map[int]string{1: "|ARM parcial (pausado)", 2: "|ARM completado", 3: "MR(93)|ARM en progreso"} {
			if got := s.row(tag(n)); got != want {
				t.Errorf("%s: %q, want %q", tag(n), got, want)
			}
		}
	})
}

func TestWhoSendsTooMuchIsToldToTryAgain(t *testing.T) {
	inShop(t, func(s *shop) {
		for i := range 25 {
			s.types(s.mauricio, s.taller, "/tomar "+tag(i))
		}
		s.sees(s.mauricio, s.taller, "No puedo atender en este momento", "No se cambió nada")
		s.asks(s.juana, "/tomar "+tag(30), "tomado") // others are served meanwhile
		s.passes(2 * time.Minute)
		if n := s.audit(); n != 21 {
			t.Errorf("%d takes, want the 20 that there was room for and one", n)
		}
	}, sheetTaking(time.Second))
}

func TestAStormOfDisconnectsIsNoStormOfReconnects(t *testing.T) {
	inShop(t, func(s *shop) {
		s.passes(30 * time.Second)
		before := count(s, "apps.connections.open")
		s.Fail(slacksim.Fault{Disconnect: "too_many_websockets", Times: 1_000_000, Connections: 2})
		s.passes(10 * time.Minute)
		if n := count(s, "apps.connections.open") - before; n > 30 {
			t.Errorf("%d openings in ten minutes of disconnects", n)
		}
		s.ClearFaults()
		s.passes(2 * time.Minute)
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
	})
}

func count(s *shop, method string) int {
	n := 0
	for _, c := range s.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

func TestNoTapIsLostWhenASocketIsRecycled(t *testing.T) {
	inShop(t, func(s *shop) {
		s.wait("two sockets", func() bool { return s.Sockets() == 2 })
		for i, reason := range []string{"warning", "refresh_requested", "warning"} {
			s.Fail(slacksim.Fault{Disconnect: reason})
			s.passes(5 * time.Second)
			for j := range 10 {
				s.asks(s.juana, "/estado "+tag(i*10+j), tag(i*10+j))
			}
			s.passes(time.Minute)
		}
		for _, e := range s.Envelopes() {
			if e.Failed != "" {
				t.Errorf("%s of %s was lost: %s", e.Payload, e.User, e.Failed)
			}
		}
	}, func(o *slacksim.Options, _ *bot.Options, _ *slowRecords) { o.SocketLife = 10 * time.Minute })
}

func TestASilentSocketIsReplaced(t *testing.T) {
	inShop(t, func(s *shop) {
		s.wait("two sockets", func() bool { return s.Sockets() == 2 })
		s.Fail(slacksim.Fault{Silent: 2})
		s.passes(2 * time.Minute)
		if s.Sockets() != 2 {
			t.Fatalf("%d sockets", s.Sockets())
		}
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
	})
}

func TestSocketsOutliveAnOutageOfSlack(t *testing.T) {
	inShop(t, func(s *shop) {
		s.wait("two sockets", func() bool { return s.Sockets() == 2 })
		s.Fail(slacksim.Fault{Method: "apps.connections.open", Status: 500, Times: -1})
		s.Fail(slacksim.Fault{Disconnect: "refresh_requested", Connections: 2})
		s.passes(time.Hour)
		s.ClearFaults()
		began := time.Now()
		s.wait("two sockets", func() bool { return s.Sockets() == 2 })
		if took := time.Since(began); took > 90*time.Second {
			t.Errorf("back after %v", took)
		}
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
	})
}

func TestTheRetryOfAnEventMayBeItsOnlyDelivery(t *testing.T) {
	inShop(t, func(s *shop) {
		s.Fail(slacksim.Fault{Envelope: "events_api", Lost: true})
		s.mauricio.OpenHome()
		s.wait("App Home", func() bool { _, ok := s.mauricio.Home(); return ok })
	})
}

func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	inShop(t, func(s *shop) {
		people := []*slacksim.Person{s.mauricio, s.juana}
		for i := range 20 {
			s.types(people[i%2], s.taller, "/tomar "+tag(i))
		}
		if err := s.stop(); err != nil {
			t.Errorf("stopped with %v", err)
		}
		for _, p := range people {
			if n := len(p.Messages(s.taller)); n != 10 {
				t.Errorf("%s got %d answers, want 10", p.ID(), n)
			}
		}
		if n := s.audit(); n != 20 {
			t.Errorf("%d takes, want 20", n)
		}
	}, sheetTaking(500*time.Millisecond))
}

// The core ends after the bot and still has something to tell then.
func TestNewsThatComeAfterTheEndAreTold(t *testing.T) {
	inShop(t, func(s *shop) {
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		s.bot.Settled(s.t.Context(), notTaken(tag(1)))
		s.sees(s.mauricio, s.mauricio.DM(), tag(1))
	})
}

// Who has no more room in the queue is told the news all the same.
func TestNewsForWhoSendsTooMuchAreTold(t *testing.T) {
	inShop(t, func(s *shop) {
		for i := range 22 {
			s.types(s.mauricio, s.taller, "/tomar "+tag(i))
		}
		s.bot.Settled(s.t.Context(), notTaken(tag(50)))
		s.sees(s.mauricio, s.mauricio.DM(), tag(50))
		s.passes(2 * time.Minute)
	}, sheetTaking(time.Second))
}

func TestNewsAreToldOnce(t *testing.T) {
	inShop(t, func(s *shop) {
		for i := range 3 {
			s.bot.Settled(s.t.Context(), notTaken(tag(i)))
			s.sees(s.mauricio, s.mauricio.DM(), tag(i))
			s.passes(10 * time.Second)
		}
		if n := len(s.mauricio.Messages(s.mauricio.DM())); n != 3 {
			t.Errorf("%d messages of three news", n)
		}
	})
}

// notTaken is the news that Mauricio's take came to nothing.
func notTaken(tag string) occupation.Notice {
	return occupation.Notice{
		Intent: occupation.Intent{Kind: occupation.Take, Key: occupation.TagKey(tag), Tag: tag, Worker: occupation.Holder{ID: 93}},
		To:     occupation.Holder{ID: 93},
		Err:    &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Tag: tag},
	}
}

func TestStoppingDoesNotWaitForEver(t *testing.T) {
	inShop(t, func(s *shop) {
		for i := range 5 {
			s.types(s.mauricio, s.taller, "/tomar "+tag(i))
		}
		began := time.Now()
		if err := s.stop(); !errors.Is(err, bot.ErrUnserved) {
			t.Errorf("stopped with %v although requests were left", err)
		}
		if took := time.Since(began); took > 65*time.Second {
			t.Errorf("stopping took %v", took)
		}
		s.stop = func() error { return nil }
	}, sheetTaking(30*time.Second))
}

func TestARateLimitIsWaitedFor(t *testing.T) {
	for name, f := range map[string]slacksim.Fault{
		"with Retry-After":    {Method: "chat.postMessage", Status: 429, RetryAfter: 7 * time.Second},
		"without Retry-After": {Method: "chat.postMessage", Status: 429},
	} {
		t.Run(name, func(t *testing.T) {
			inShop(t, func(s *shop) {
				s.Fail(f)
				s.types(s.mauricio, s.mauricio.DM(), "/tomar "+tag(1))
				s.sees(s.mauricio, s.mauricio.DM(), "tomado, es tuyo")
				s.passes(time.Minute)
				if n := len(s.mauricio.Messages(s.mauricio.DM())); n != 1 {
					t.Errorf("%d messages", n)
				}
			})
		})
	}
}

func TestAnAnswerThatTheResponseURLRefusesGoesToTheDM(t *testing.T) {
	inShop(t, func(s *shop) {
		s.Fail(slacksim.Fault{Method: "response_url", Status: 500})
		s.types(s.mauricio, s.taller, "/tomar "+tag(1))
		s.sees(s.mauricio, s.mauricio.DM(), "tomado, es tuyo")
	})
}

func TestWithoutAnAnswerOfUsersInfoNobodyIsServedButToldSo(t *testing.T) {
	inShop(t, func(s *shop) {
		s.Fail(slacksim.Fault{Method: "users.info", Status: 500, Times: 3})
		s.asks(s.mauricio, "/tomar "+tag(1), "No puedo atender", "No se cambió nada")
		s.ClearFaults()
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.Fail(slacksim.Fault{Method: "users.info", Status: 500, Times: -1})
		s.passes(10 * time.Minute)
		s.asks(s.mauricio, "/pausar", "pausado") // known well enough from before
	})
}

func TestARefusedTokenEndsTheBot(t *testing.T) {
	for name, tokens := range map[string][2]string{
		"bot token":               {"xoxb-wrong", "xapp-right"},
		"app token":               {"xoxb-right", "xapp-wrong"},
		"bot token for app token": {"xoxb-right", "xoxb-right"},
		"app token for bot token": {"xapp-right", "xapp-right"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := slacksim.New(slacksim.Options{BotToken: "xoxb-right", AppToken: "xapp-right"})
				defer sim.Close()
				api, socket, hc := bot.NewSlack(bot.SlackConfig{
					BotToken: tokens[0], AppToken: tokens[1], APIURL: sim.APIURL(), HTTPClient: sim.Client(), Dialer: sim.Dialer(),
				})
				err := bot.New(bot.Options{API: api, Socket: socket, HTTP: hc, Zone: santiago}).Run(t.Context())
				if err == nil || strings.Contains(err.Error(), "xoxb") || strings.Contains(err.Error(), "xapp") {
					t.Errorf("ended with %v", err)
				}
			})
		})
	}
}

func TestRedisTroubleIsToldAndChangesNothing(t *testing.T) {
	inShop(t, func(s *shop) {
		s.locks.Fail("Intend", errors.New("connection refused"), false)
		m := s.asks(s.mauricio, "/tomar "+tag(1), "No se cambió nada")
		if !slices.Contains(m.Buttons(), "Probar de nuevo") {
			t.Errorf("buttons %v", m.Buttons())
		}
		s.clicks(s.mauricio, m, "Probar de nuevo", "tomado, es tuyo")
	})
}

func TestAMemoryThatFailsHoldsNothingUp(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		s.clicks(s.mauricio, card, "Pausar", "pausado")
		if !strings.Contains(s.log.String(), "replay_memory_failed") {
			t.Error("nobody was told")
		}
	}, func(_ *slacksim.Options, o *bot.Options, _ *slowRecords) { o.Memory = brokenMemory{} })
}

func TestTheLocalMemoryKnowsAnyOfTheKeysUntilTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m bot.LocalMemory
		for i, c := range []struct {
			keys  []string
			after time.Duration
			first bool
		}{
			{[]string{"e:1", "t:1"}, 0, true},
			{[]string{"e:2", "t:1"}, 0, false},
			{[]string{"e:2"}, time.Minute, false},
			{[]string{"e:1"}, 2 * time.Hour, true},
		} {
			<-time.After(c.after)
			if got, err := m.First(t.Context(), c.keys, time.Hour); got != c.first || err != nil {
				t.Errorf("%d: first = %v, %v; want %v", i, got, err, c.first)
			}
		}
	})
}

func TestTheLocalMemoryKeepsTheNewestOfAListUntilItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m bot.LocalMemory
		want := func(want string) {
			t.Helper()
			if got, err := m.List(t.Context(), "cards"); err != nil || strings.Join(got, "") != want {
				t.Errorf("list %q, %v; want %q", got, err, want)
			}
		}
		for _, v := range []string{"a", "b", "c"} {
			if err := m.Add(t.Context(), "cards", v, 2, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		want("bc")
		<-time.After(time.Hour)
		want("")
		_ = m.Add(t.Context(), "cards", "d", 2, time.Hour)
		_ = m.Put(t.Context(), "cards", "", time.Hour)
		want("")
	})
}
