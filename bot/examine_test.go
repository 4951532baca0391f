package bot_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation/checkup"
	"github.com/spoolbot/spoolbot/occupation/checkup/checkuptest"
)

// meddler changes the answers to a method on their way.
type meddler struct {
	next   http.RoundTripper
	method string
	change func(*http.Response)
}

func (m meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.next.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.URL.Path, m.method) {
		m.change(resp)
	}
	return resp, err
}

// says puts another body into an answer.
func says(body string) func(*http.Response) {
	return func(r *http.Response) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(body))), int64(len(body))
	}
}

// shut is a socket that opens, says this first and closes.
func shut(first string) *websocket.Dialer {
	return &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer func() { _ = far.Close() }()
			r, err := http.ReadRequest(bufio.NewReader(far))
			if err != nil {
				return
			}
			sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
			_, _ = fmt.Fprintf(far, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
				base64.StdEncoding.EncodeToString(sum[:]))
			_, _ = far.Write(append([]byte{0x81, byte(len(first))}, first...))
		}()
		return near, nil
	}}
}

func TestExamine(t *testing.T) {
	ok, warned, bad := checkuptest.OK, checkuptest.Warn, checkuptest.Fail
	refuse := func(method, code string) func(*slacksim.Server, *bot.SlackConfig, *bot.Exam) {
		return func(s *slacksim.Server, _ *bot.SlackConfig, _ *bot.Exam) {
			s.Fail(slacksim.Fault{Method: method, Error: code, Times: -1})
		}
	}
	change := func(method string, how func(*http.Response)) func(*slacksim.Server, *bot.SlackConfig, *bot.Exam) {
		return func(_ *slacksim.Server, c *bot.SlackConfig, _ *bot.Exam) {
			c.HTTPClient = &http.Client{Transport: meddler{c.HTTPClient.Transport, method, how}}
		}
	}
	first := func(message string) func(*slacksim.Server, *bot.SlackConfig, *bot.Exam) {
		return func(_ *slacksim.Server, _ *bot.SlackConfig, e *bot.Exam) { e.Dialer = shut(message) }
	}
	for name, c := range map[string]struct {
		scopes []string // nil = those of the manifest
		wrong  func(*slacksim.Server, *bot.SlackConfig, *bot.Exam)
		want   []checkup.Finding // among others; the parts of What and Todo
	}{
		"all is well": {want: []checkup.Finding{
			ok("slack-bot-token", "spoolbot in the workspace taller (T0SIM)"), ok("slack-scopes", strings.Join(bot.Scopes(), ", ")),
			ok("slack-app-token", "it may open sockets"), ok("slack-socket", "no other is open"), ok("slack-channel", "the bot may write in C"),
			warned("slack-commands", "cannot be checked from here", "type /ayuda"),
		}},
		"another program runs": {
			wrong: func(s *slacksim.Server, _ *bot.SlackConfig, _ *bot.Exam) { s.Fail(slacksim.Fault{Connections: 3}) },
			want:  []checkup.Finding{ok("slack-socket", "2 more are open")},
		},
		"a wrong bot token": {
			wrong: func(_ *slacksim.Server, c *bot.SlackConfig, _ *bot.Exam) { c.BotToken = "xoxb-wrong" },
			want: []checkup.Finding{
				bad("slack-bot-token", "refuses SLACK_BOT_TOKEN: invalid_auth", "Install App"), ok("slack-app-token", ""), ok("slack-socket", ""),
				bad("slack-channel", "invalid_auth", "put the token right"),
			},
		},
		"a revoked bot token": {wrong: refuse("auth.test", "token_revoked"), want: []checkup.Finding{bad("slack-bot-token", "token_revoked", "install it again")}},
		"a person's token": {
			wrong: change("auth.test", says(`{"ok":true,"team":"taller","team_id":"T0SIM","user":"juana","user_id":"U1"}`)),
			want:  []checkup.Finding{bad("slack-bot-token", "the token of a person, juana", "Bot User OAuth Token"), ok("slack-socket", "")},
		},
		"missing scopes": {scopes: []string{"commands", "files:write", "im:write", "channels:history", "groups:history"}, want: []checkup.Finding{
			bad("slack-scopes", "missing: chat:write, users:read", "reinstall"), warned("slack-channel", "not looked at", "slack-scopes"),
		}},
		"more scopes than needed": {
			scopes: append(bot.Scopes(), "admin"),
			want:   []checkup.Finding{ok("slack-scopes", "not needed: admin")},
		},
		"a proxy that drops the scopes": {
			wrong: change("auth.test", func(r *http.Response) { r.Header.Del("X-OAuth-Scopes") }),
			want:  []checkup.Finding{warned("slack-scopes", "cannot be checked from here", "proxy")},
		},
		"Slack does not answer": {
			wrong: func(_ *slacksim.Server, c *bot.SlackConfig, e *bot.Exam) {
				c.HTTPClient = &http.Client{Transport: refuser{}}
			},
			want: []checkup.Finding{
				bad("slack-bot-token", "Slack does not answer: no route", "https://slack.com"), bad("slack-app-token", "no route", "https://slack.com"),
				bad("slack-channel", "no route", "https://slack.com"),
			},
		},
		"Slack is silent": {
			wrong: func(s *slacksim.Server, _ *bot.SlackConfig, _ *bot.Exam) {
				s.Fail(slacksim.Fault{Method: "auth.test", Delay: time.Minute})
			},
			want: []checkup.Finding{bad("slack-bot-token", "no answer within 10s", ""), ok("slack-socket", ""), ok("slack-channel", "")},
		},
		"a wrong app token": {
			wrong: func(_ *slacksim.Server, c *bot.SlackConfig, _ *bot.Exam) { c.AppToken = "xapp-wrong" },
			want:  []checkup.Finding{ok("slack-bot-token", ""), bad("slack-app-token", "invalid_auth", "connections:write"), ok("slack-channel", "")},
		},
		"tokens that changed places": {
			wrong: func(_ *slacksim.Server, c *bot.SlackConfig, _ *bot.Exam) { c.AppToken = c.BotToken },
			want:  []checkup.Finding{bad("slack-app-token", "not_allowed_token_type", "changed places")},
		},
		"an app token without its scope": {
			wrong: refuse("apps.connections.open", "missing_scope"),
			want:  []checkup.Finding{bad("slack-app-token", "missing_scope", "lacks connections:write")},
		},
		"too many calls": {wrong: refuse("apps.connections.open", "ratelimited"), want: []checkup.Finding{bad("slack-app-token", "ratelimited", "wait a minute")}},
		"no way out for sockets": {
			wrong: func(_ *slacksim.Server, _ *bot.SlackConfig, e *bot.Exam) {
				e.Dialer = &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("blocked") }}
			},
			want: []checkup.Finding{ok("slack-app-token", ""), bad("slack-socket", "does not open: blocked", "port 443")},
		},
		"a socket that says nothing": {wrong: first(""), want: []checkup.Finding{bad("slack-socket", "says nothing", "WebSockets")}},
		"Socket Mode is off":         {wrong: first(`{"type":"disconnect","reason":"link_disabled"}`), want: []checkup.Finding{bad("slack-socket", "link_disabled", "switch Socket Mode on")}},
		"ten sockets are open": {
			wrong: func(s *slacksim.Server, _ *bot.SlackConfig, _ *bot.Exam) {
				s.Fail(slacksim.Fault{Disconnect: "too_many_websockets", Times: 2})
			},
			want: []checkup.Finding{bad("slack-socket", "ten are open", "stop the other programs")},
		},
		"a socket that ends at once": {wrong: first(`{"type":"disconnect","reason":"refresh_requested"}`), want: []checkup.Finding{bad("slack-socket", "refresh_requested", "try again")}},
		"another channel": {
			wrong: func(_ *slacksim.Server, _ *bot.SlackConfig, e *bot.Exam) { e.Channel = "C0NOTTHERE" },
			want:  []checkup.Finding{bad("slack-channel", "C0NOTTHERE is not there", "compare the id")},
		},
		"a private channel without the bot": {
			wrong: func(s *slacksim.Server, _ *bot.SlackConfig, e *bot.Exam) { e.Channel = s.AddPrivateChannel("jefes") },
			want:  []checkup.Finding{bad("slack-channel", "private and the bot is not in it", "/invite @spoolbot")},
		},
		"a channel without the bot": {
			wrong: func(s *slacksim.Server, _ *bot.SlackConfig, e *bot.Exam) { s.Expel(e.Channel) },
			want:  []checkup.Finding{bad("slack-channel", "the bot is not in", "/invite @spoolbot")},
		},
		"an archived channel": {wrong: refuse("chat.scheduleMessage", "is_archived"), want: []checkup.Finding{bad("slack-channel", "is archived", "unarchive")}},
		"a channel for some": {
			wrong: refuse("chat.scheduleMessage", "restricted_action_read_only_channel"),
			want:  []checkup.Finding{bad("slack-channel", "may not post", "Posting permissions")},
		},
		"a message that stays": {
			wrong: refuse("chat.deleteScheduledMessage", "internal_error"),
			want:  []checkup.Finding{warned("slack-channel", "could not be taken back", "100 days")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if c.scopes == nil {
					c.scopes = bot.Scopes()
				}
				sim := slacksim.New(slacksim.Options{Scopes: c.scopes, RateLimits: true, BotToken: "xoxb-secret-token", AppToken: "xapp-secret-token"})
				defer sim.Close()
				cfg := bot.SlackConfig{BotToken: sim.BotToken(), AppToken: sim.AppToken(), APIURL: sim.APIURL(), HTTPClient: sim.Client(), Log: zerolog.Nop()}
				boss := sim.AddUser(slacksim.User{RealName: "Carla Jefa"})
				exam := bot.Exam{Dialer: sim.Dialer(), Channel: sim.AddChannel("supervisores", boss), Now: time.Now()}
				if c.wrong != nil {
					c.wrong(sim, &cfg, &exam)
				}
				exam.API, _, _ = bot.NewSlack(cfg)
				var got checkuptest.Found
				bot.Examine(t.Context(), exam, got.Tell)
				checkuptest.Wants(t, got, c.want, "secret", "xoxb-wrong", "xapp-wrong")
				if n := sim.Scheduled(); n > 0 && name != "a message that stays" {
					t.Errorf("%d messages are left to be posted", n)
				}
				if n := len(sim.Person(boss).Messages(exam.Channel)); n != 0 {
					t.Errorf("the channel sees %d messages", n)
				}
			})
		})
	}
}

// refuser is a line that is down.
type refuser struct{}

func (refuser) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }
