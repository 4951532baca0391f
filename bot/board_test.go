package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
)

const boardTitle = "Pizarra del taller"

// boards are the messages in the supervisors' channel that are a board.
func (s *shop) boards() []slacksim.Message {
	return slices.DeleteFunc(s.patricia.Messages(s.jefes), func(m slacksim.Message) bool {
		return !strings.Contains(m.Shown(), boardTitle)
	})
}

// board waits until the one board has all of the texts.
func (s *shop) theBoard(texts ...string) slacksim.Message {
	s.t.Helper()
	s.wait(fmt.Sprintf("a board with %q", texts), func() bool {
		all := s.boards()
		return len(all) == 1 && hasAll(all[0].Shown(), texts)
	})
	return s.boards()[0]
}

// calls counts what the bot has asked of Slack.
func (s *shop) calls(method string) (n int) {
	synctest.Wait() // what is seen already is counted, too
	for _, c := range s.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

func TestTheBoardIsOneMessageThatFollowsTheShop(t *testing.T) {
	inShop(t, func(s *shop) {
		first := s.theBoard("Nadie tiene spools tomados", "ARM 0 · SOLD 0")
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		began := time.Now()
		s.theBoard("1 ocupado", tag(1), "Mauricio Rodríguez", "desde las", "hasta las")
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("the board was late by %v", took)
		}
		m := s.asks(s.juana, "/tomar "+tag(1), "Mauricio")
		s.clicks(s.juana, m, "Avísame")
		s.records.Edit(tag(2), func(sp *occupation.Spool) { sp.State = "Retenido: calidad" })
		s.theBoard("1 retenido", "calidad", "1 persona espera", tag(1)+"*: Juana Pérez")
		s.asks(s.mauricio, "/completar "+tag(1), "completado")
		last := s.theBoard("ARM 1 · SOLD 0")
		if last.TS != first.TS || len(s.patricia.Messages(s.jefes)) != 1 {
			t.Errorf("%d messages, and the board is another one", len(s.patricia.Messages(s.jefes)))
		}
	}, supervised)
}

// What expires soon is told apart, without anybody's doing.
func TestTheBoardSaysWhatIsAboutToExpire(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.theBoard("Ocupados", tag(1))
		s.passes(46 * time.Minute)
		s.theBoard("Por vencer", tag(1))
		s.passes(15 * time.Minute)
		s.theBoard("1 vencido", "guardado hasta")
	}, supervised)
}

func TestTheBoardIsEditedOnlyWhenItChanges(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.theBoard(tag(1))
		s.passes(time.Second) // the call that has shown it is over
		edits, before := s.calls("chat.update"), s.calls("chat.postMessage")
		s.passes(30 * time.Minute)
		if n := s.calls("chat.update") - edits; n != 0 {
			t.Errorf("%d edits while nothing changed", n)
		}
		if n := s.calls("chat.postMessage") - before; n != 0 {
			t.Errorf("%d new messages while nothing changed", n)
		}
		edits = s.calls("chat.update")
		for i := range 10 { // within a minute
			s.asks(s.juana, "/tomar "+tag(10+i), "tomado")
			s.passes(5 * time.Second)
		}
		if n := s.calls("chat.update") - edits; n < 4 || n > 7 {
			t.Errorf("%d edits in a minute of changes, want one every ten seconds", n)
		}
	}, supervised)
}

// Redis was emptied, and another replica leads since: it goes on with the board that
// stands in the channel, whatever else looks like one.
func TestAForgottenBoardIsFound(t *testing.T) {
	inShop(t, func(s *shop) {
		first := s.theBoard("Nadie tiene spools tomados")
		if _, err := s.patricia.Say(s.jefes, first.Text); err != nil {
			t.Fatal(err)
		}
		anew := func() {
			t.Helper()
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
			s.options.Memory = &bot.LocalMemory{}
			s.bot = bot.New(s.options)
			s.news.to.Store(s.bot)
			s.run()
			s.wait("a socket", func() bool { return s.Sockets() > 0 })
		}
		anew()
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.seesCard(s.patricia, first, "1 ocupado", tag(1))
		s.passes(time.Minute)
		if n := len(s.boards()); n != 2 { // hers is one of them
			t.Errorf("%d boards", n-1)
		}
		s.passes(24 * time.Hour)
		s.seesCard(s.patricia, first, "La pizarra sigue")
		anew()
		s.passes(time.Minute)
		if n := len(s.boards()); n != 2 {
			t.Errorf("%d boards after the second time", n-1)
		}
	}, supervised)
}

func TestABoardThatWasDeletedIsPostedAnew(t *testing.T) {
	inShop(t, func(s *shop) {
		first := s.theBoard()
		s.Fail(slacksim.Fault{Method: "chat.update", Error: "message_not_found"})
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.wait("another board", func() bool { return len(s.boards()) == 2 })
		if second := s.boards()[1]; second.TS == first.TS || !hasAll(second.Shown(), []string{tag(1)}) {
			t.Errorf("the new board says %q", second.Shown())
		}
	}, supervised)
}

func TestABoardThatHasScrolledAwayIsPostedAnew(t *testing.T) {
	inShop(t, func(s *shop) {
		first := s.theBoard()
		says := func(n int) {
			for range n {
				if _, err := s.patricia.Say(s.jefes, "hola"); err != nil {
					t.Fatal(err)
				}
			}
			s.passes(3 * time.Minute)
		}
		says(49)
		s.theBoard()
		says(1)
		second := s.theBoard()
		if second.TS == first.TS {
			t.Fatal("the board stands where it stood")
		}
		link := "/archives/" + s.jefes + "/p" + strings.ReplaceAll(second.TS, ".", "")
		s.seesCard(s.patricia, first, "La pizarra sigue", link)
	}, supervised)
}

// Where the app may not read the channel, the board is posted anew by its age alone.
func TestWithoutTheRightToReadTheBoardGoesByItsAge(t *testing.T) {
	inShop(t, func(s *shop) {
		s.Fail(slacksim.Fault{Method: "conversations.history", Error: "missing_scope", Times: -1})
		first := s.theBoard()
		s.passes(24*time.Hour + time.Minute)
		s.seesCard(s.patricia, first, "La pizarra sigue")
		if n := s.calls("conversations.history"); n != 1 {
			t.Errorf("asked %d times to read the channel", n)
		}
	}, supervised)
}
