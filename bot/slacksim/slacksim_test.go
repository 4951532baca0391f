package slacksim_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// shop is a workspace with two people and a bot on the real slack-go client.
type shop struct {
	*slacksim.Server
	t         *testing.T
	api       *slack.Client
	http      *http.Client
	tcp       bool
	taller    string
	ana, beto *slacksim.Person
}

func newShop(t *testing.T, opt slacksim.Options, tcp bool) *shop {
	t.Helper()
	s := slacksim.New(opt)
	t.Cleanup(s.Close)
	hc := s.Client()
	if tcp {
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		hc = &http.Client{Timeout: 5 * time.Second}
		t.Cleanup(hc.CloseIdleConnections)
	}
	s.AddUser(slacksim.User{ID: "UANA", Name: "ana", RealName: "Ana Pérez", Email: "ana@taller.cl"})
	s.AddUser(slacksim.User{ID: "UBETO", Name: "beto", RealName: "Beto Soto"})
	sh := &shop{Server: s, t: t, http: hc, tcp: tcp, taller: s.AddChannel("taller", "UANA", "UBETO")}
	sh.ana, sh.beto = s.Person("ana"), s.Person("Beto Soto")
	sh.api = slack.New(s.BotToken(), slack.OptionAppLevelToken(s.AppToken()), slack.OptionAPIURL(s.APIURL()), slack.OptionHTTPClient(hc))
	return sh
}

// bot runs one Socket Mode client; every envelope goes to handle. It ends with the test.
func (sh *shop) bot(handle func(*socketmode.Client, socketmode.Event)) {
	sh.t.Helper()
	ctx, cancel := context.WithCancel(sh.t.Context())
	var opts []socketmode.Option
	if !sh.tcp {
		opts = append(opts, socketmode.OptionDialer(sh.Dialer()))
	}
	client := socketmode.New(sh.api, opts...)
	open := sh.Sockets() + 1
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = client.RunContext(ctx)
	}()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for {
			select {
			case ev := <-client.Events:
				if ev.Request != nil && ev.Type != socketmode.EventTypeHello {
					handle(client, ev)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	sh.t.Cleanup(func() { cancel(); sh.Close(); <-done; <-drained })
	sh.until("a socket", func() bool { return sh.Sockets() >= open })
}

func (sh *shop) until(what string, cond func() bool) {
	sh.t.Helper()
	ctx, cancel := context.WithTimeout(sh.t.Context(), 20*time.Minute)
	defer cancel()
	if err := sh.Wait(ctx, cond); err != nil {
		sh.t.Fatalf("%s: %v; complaints: %q", what, err, sh.Complaints())
	}
}

// happy fails the test when the bot did something that Slack forbids.
func (sh *shop) happy() {
	sh.t.Helper()
	if c := sh.Complaints(); len(c) > 0 {
		sh.t.Errorf("complaints: %q", c)
	}
}

// unhappy fails the test unless exactly these complaints were made, each by a part.
func (sh *shop) unhappy(parts ...string) {
	sh.t.Helper()
	got := sh.Complaints()
	if len(got) != len(parts) || slices.ContainsFunc(parts, func(p string) bool {
		return !slices.ContainsFunc(got, func(c string) bool { return strings.Contains(c, p) })
	}) {
		sh.t.Errorf("complaints: got %q, want %q", got, parts)
	}
}

func (sh *shop) must(err error) {
	sh.t.Helper()
	if err != nil {
		sh.t.Fatalf("%v; complaints: %q", err, sh.Complaints())
	}
}

func bubble(t *testing.T, opt slacksim.Options, f func(*shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(newShop(t, opt, false)) })
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", text, false, false)
}

// card is a message with two buttons.
func card(tag string) slack.MsgOption {
	return slack.MsgOptionBlocks(
		slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", tag+" es tuyo", false, false), nil, nil),
		slack.NewActionBlock("do", slack.NewButtonBlockElement("pause", tag, plain("Pausar")), slack.NewButtonBlockElement("done", tag, plain("Completar"))),
	)
}

// A person takes a spool by command, presses a button of the answer, and the answer is
// edited in place: the whole way, over both doors.
func TestCommandClickAndEdit(t *testing.T) {
	for name, tcp := range map[string]bool{"tcp": true, "in process": false} {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, slacksim.Options{}, tcp)
			ctx, finished := sh.ctx(), make(chan struct{})
			sh.bot(func(c *socketmode.Client, ev socketmode.Event) {
				switch data := ev.Data.(type) {
				case slack.SlashCommand:
					sh.must(c.Ack(*ev.Request))
					_, _, err := sh.api.PostMessageContext(ctx, data.ChannelID, slack.MsgOptionText(data.Text+" tomado", false), card(data.Text))
					sh.must(err)
				case slack.InteractionCallback:
					sh.must(c.Ack(*ev.Request))
					_, _, _, err := sh.api.UpdateMessageContext(ctx, data.Channel.ID, data.Message.Timestamp,
						slack.MsgOptionText(data.ActionCallback.BlockActions[0].Value+" pausado", false), slack.MsgOptionBlocks())
					sh.must(err)
					sh.must(slack.PostWebhookCustomHTTPContext(ctx, data.ResponseURL, sh.http, &slack.WebhookMessage{Text: "solo tú"}))
					close(finished)
				}
			})
			sh.must(sh.ana.Type(sh.ctx(), sh.taller, "/tomar MK-1 & <2>"))
			sh.until("card", func() bool { return len(sh.beto.Messages(sh.taller)) == 1 })
			m := sh.beto.Last(sh.taller)
			if want := "MK-1 &amp; &lt;2&gt; tomado"; m.Text != want {
				t.Errorf("text: got %q, want %q", m.Text, want)
			}
			sh.must(sh.beto.Click(sh.ctx(), m, "Pausar"))
			<-finished
			if m := sh.beto.Last(sh.taller); !m.Ephemeral || m.Text != "solo tú" {
				t.Errorf("Beto sees %+v", m)
			}
			if got := sh.ana.Messages(sh.taller); len(got) != 1 || got[0].Edited == nil || !strings.HasSuffix(got[0].Shown(), "pausado") {
				t.Errorf("Ana sees %+v, want the edited card alone", got)
			}
			sh.happy()
		})
	}
}

func TestHelloAndAuthOverEitherTokenStyle(t *testing.T) {
	bubble(t, slacksim.Options{Scopes: []string{"chat:write"}}, func(sh *shop) {
		who, err := sh.api.AuthTestContext(sh.ctx())
		sh.must(err)
		if who.UserID == "" || who.BotID == "" || who.TeamID == "" {
			t.Errorf("auth.test: %+v", who)
		}
		_, err = sh.api.PublishViewContext(sh.ctx(), slack.PublishViewContextRequest{UserID: "UANA", View: slack.HomeTabViewRequest{Type: "home"}})
		if err == nil { // blocks are required, and slack-go sends null for none
			t.Error("views.publish without blocks was taken")
		}
		_, err = sh.api.GetUserInfoContext(sh.ctx(), "UANA")
		if e, ok := errors.AsType[slack.SlackErrorResponse](err); !ok || e.Err != "missing_scope" || e.Needed != "users:read" {
			t.Errorf("users.info without scope: %v", err)
		}
		_, err = slack.New("xoxb-wrong", slack.OptionAPIURL(sh.APIURL()), slack.OptionHTTPClient(sh.http)).AuthTestContext(sh.ctx())
		if err == nil || err.Error() != "invalid_auth" {
			t.Errorf("wrong token: %v", err)
		}
		resp, err := sh.http.Post(sh.APIURL()+"chat.shout", "application/json", strings.NewReader("{}"))
		sh.must(err)
		var out struct{ Error string }
		sh.must(json.NewDecoder(resp.Body).Decode(&out))
		if out.Error != "unknown_method" {
			t.Errorf("unknown method: %+v", out)
		}
		sh.unhappy("views.publish", "missing_scope: users:read", "invalid_auth", "unknown_method")
	})
}

func TestAppHomeOpenedIsRetriedWithTheSameEvent(t *testing.T) {
	bubble(t, slacksim.Options{}, func(sh *shop) {
		type try struct {
			attempt int
			reason  string
			at      time.Duration
		}
		var tries []try
		ids := map[string]bool{}
		start := time.Now()
		heard := make(chan struct{}, 8)
		sh.bot(func(_ *socketmode.Client, ev socketmode.Event) {
			var p struct {
				EventID string `json:"event_id"`
			}
			sh.must(json.Unmarshal(ev.Request.Payload, &p))
			if e, ok := ev.Data.(slackevents.EventsAPIEvent); !ok || e.InnerEvent.Type != "app_home_opened" {
				t.Errorf("event: %+v", ev.Data)
			}
			ids[p.EventID] = true
			tries = append(tries, try{ev.Request.RetryAttempt, ev.Request.RetryReason, time.Since(start).Round(time.Second)})
			heard <- struct{}{}
		})
		sh.ana.OpenHome()
		for range 4 {
			<-heard
		}
		want := []try{{0, "", 0}, {1, "timeout", 3 * time.Second}, {2, "timeout", 66 * time.Second}, {3, "timeout", 369 * time.Second}}
		if !slices.Equal(tries, want) || len(ids) != 1 {
			t.Errorf("tries: got %v of %d events, want %v of one", tries, len(ids), want)
		}
	})
}

// ctx is the context of the bubble's test, not of the one outside.
func (sh *shop) ctx() context.Context { return sh.t.Context() }
