package bot

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

// editor is a bot that only edits, and messages of its own in many channels.
type editor struct {
	*Bot
	sim    *slacksim.Server
	reader *slacksim.Person
	cards  []place
}

func inEditor(t *testing.T, cards int, story func(*editor)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim := slacksim.New(slacksim.Options{Seed: 1, RateLimits: true})
		defer sim.Close()
		user := sim.AddUser(slacksim.User{ID: "U1", Name: "ana"})
		api, _, hc := NewSlack(SlackConfig{BotToken: sim.BotToken(), AppToken: sim.AppToken(), APIURL: sim.APIURL(), HTTPClient: sim.Client()})
		e := &editor{Bot: New(Options{API: api, HTTP: hc, Zone: time.UTC}), sim: sim, reader: sim.Person(user)}
		defer e.endJobs()
		var channel string
		for i := range cards {
			if i%4 == 0 {
				channel = sim.AddChannel(fmt.Sprint("mesa-", i), user)
			}
			p, err := e.post(t.Context(), channel, view.Message{Text: "nuevo"})
			if err != nil {
				t.Fatal(err)
			}
			e.cards = append(e.cards, p)
		}
		<-time.After(2 * time.Minute)
		story(e)
		if err := e.queue.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// shows is what the reader sees of a card.
func (e *editor) shows(p place) string {
	for _, m := range e.reader.Messages(p.Channel) {
		if m.TS == p.TS {
			return m.Text
		}
	}
	return ""
}

func (e *editor) updates() (n, limited int) {
	for _, c := range e.sim.Calls() {
		switch {
		case c.Method != "chat.update":
		case c.OK:
			n++
		default:
			limited++
		}
	}
	return n, limited
}

// Hundreds of edits that nobody waits for leave room for an answer, each message gets
// the newest, and Slack never has to say that it is too much.
func TestEditsThatNobodyWaitsForStandBack(t *testing.T) {
	const cards, rounds = 120, 5
	inEditor(t, cards, func(e *editor) {
		ctx := context.Background()
		for round := range rounds {
			for _, p := range e.cards {
				e.amend(ctx, p, view.Message{Text: fmt.Sprint("ronda ", round)})
			}
		}
		answered := e.cards[cards-1]
		<-time.After(20 * time.Second)
		for i := range 20 { // people press buttons meanwhile
			began := time.Now()
			if err := e.edit(ctx, e.cards[cards-1-i], view.Message{Text: "respuesta"}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("answer %d waited %v", i, took)
			}
			<-time.After(time.Second)
		}
		if err := e.queue.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		for i, p := range e.cards {
			want := fmt.Sprint("ronda ", rounds-1)
			if i >= cards-20 {
				want = "respuesta"
			}
			if got := e.shows(p); got != want {
				t.Errorf("card %d shows %q, want %q", i, got, want)
			}
		}
		if got := e.shows(answered); got != "respuesta" {
			t.Errorf("the answered card shows %q", got)
		}
		if n, limited := e.updates(); n > cards+editsAtOnce || limited > 0 {
			t.Errorf("%d edits of %d messages, %d of them too many for Slack", n, cards, limited)
		}
	})
}

// Slack says that it is too much all the same (another replica edits, too): the edit
// waits, and an answer to the same message is the last word.
func TestAnEditThatSlackDoesNotTakeWaits(t *testing.T) {
	inEditor(t, 2, func(e *editor) {
		ctx := context.Background()
		e.sim.Fail(slacksim.Fault{Method: "chat.update", Status: 429, RetryAfter: 10 * time.Second})
		e.amend(ctx, e.cards[0], view.Message{Text: "viejo"})
		<-time.After(time.Second)
		if err := e.edit(ctx, e.cards[0], view.Message{Text: "respuesta"}); err != nil {
			t.Fatal(err)
		}
		e.amend(ctx, e.cards[1], view.Message{Text: "otro"})
		<-time.After(time.Minute)
		if one, two := e.shows(e.cards[0]), e.shows(e.cards[1]); one != "respuesta" || two != "otro" {
			t.Errorf("cards show %q and %q", one, two)
		}
	})
}
