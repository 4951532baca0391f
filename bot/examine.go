package bot

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation/checkup"
)

// Scopes are the bot scopes that the program needs, as manifest.yml declares
// them; a test compares the two.
func Scopes() []string {
	return []string{"commands", "chat:write", "files:write", "im:write", "channels:history", "groups:history", "users:read"}
}

// Exam is what Examine needs to know.
type Exam struct {
	API     *slack.Client     // from NewSlack
	Dialer  *websocket.Dialer // of the socket; nil = slack-go's own way out
	Channel string            // of the supervisors; empty = not looked at
	Now     time.Time
}

// Examine looks at both tokens, the scopes, the socket and the supervisors'
// channel. Nobody in the workspace sees anything of it. What a running bot does is
// not disturbed, but for one thing: between the hello of the socket that is opened
// here and its end, some milliseconds, Slack may choose it for a tap, which then
// has to be repeated.
func Examine(ctx context.Context, e Exam, tell checkup.Tell) {
	checkup.Within(ctx, func(ctx context.Context) { e.botToken(ctx, tell) })
	checkup.Within(ctx, func(ctx context.Context) { e.socket(ctx, tell) })
	ExamineChannel(ctx, e, tell)
	tell.Warn("slack-commands", "cannot be checked from here: Slack tells no bot which commands its app has",
		"after each update of the program paste manifest.yml into the app's settings (App Manifest), save, reinstall, and type /ayuda in Slack while serve runs")
}

// ExamineChannel looks at the supervisors' channel alone: for a shop of an app that was
// looked at already.
func ExamineChannel(ctx context.Context, e Exam, tell checkup.Tell) {
	if e.Channel != "" {
		checkup.Within(ctx, func(ctx context.Context) { e.channel(ctx, tell) })
	}
}

// botToken asks whose the token is, and what it may do, which Slack says in the
// head of every answer.
func (e Exam) botToken(ctx context.Context, tell checkup.Tell) {
	home, err := e.API.AuthTestContext(ctx)
	if code := slackCode(err); code != "" {
		tell.Fail("slack-bot-token", "Slack refuses SLACK_BOT_TOKEN: "+code, tokenAdvice(code, "copy the Bot User OAuth Token again (xoxb-…, under Install App)"))
		return
	}
	if err != nil {
		noAnswer(tell, "slack-bot-token", err)
		return
	}
	if home.BotID == "" {
		tell.Fail("slack-bot-token", fmt.Sprintf("SLACK_BOT_TOKEN is the token of a person, %s, not of a bot", home.User), "copy the Bot User OAuth Token (xoxb-…, under Install App)")
		return
	}
	tell.OK("slack-bot-token", "%s in the workspace %s (%s)", home.User, home.Team, home.TeamID)

	const header = "X-Oauth-Scopes"
	if len(home.Header.Values(header)) == 0 {
		tell.Warn("slack-scopes", "cannot be checked from here: the answer has no "+header, "is a proxy in between that drops it? compare the scopes under OAuth & Permissions with manifest.yml")
		return
	}
	granted := strings.FieldsFunc(home.Header.Get(header), func(r rune) bool { return r == ',' || r == ' ' })
	missing := slices.DeleteFunc(Scopes(), func(s string) bool { return slices.Contains(granted, s) })
	surplus := slices.DeleteFunc(granted, func(s string) bool { return slices.Contains(Scopes(), s) })
	switch {
	case len(missing) > 0:
		tell.Fail("slack-scopes", "missing: "+strings.Join(missing, ", "), "paste manifest.yml into the app's settings (App Manifest), save, and reinstall the app to the workspace")
	case len(surplus) > 0:
		tell.OK("slack-scopes", "%s; not needed: %s", strings.Join(Scopes(), ", "), strings.Join(surplus, ", "))
	default:
		tell.OK("slack-scopes", "%s", strings.Join(Scopes(), ", "))
	}
}

// hello is the first message of a socket, or the reason why there is none.
type hello struct {
	Type        string `json:"type"`
	Reason      string `json:"reason"` // of a disconnect
	Connections int    `json:"num_connections"`
}

// socket opens one as serve does and hangs up at the hello.
func (e Exam) socket(ctx context.Context, tell checkup.Tell) {
	_, link, err := e.API.StartSocketModeContext(ctx)
	if code := slackCode(err); code != "" {
		tell.Fail("slack-app-token", "Slack refuses SLACK_APP_TOKEN: "+code, tokenAdvice(code, "make an app-level token with the scope connections:write (Basic Information → App-Level Tokens), and switch Socket Mode on"))
		return
	}
	if err != nil {
		noAnswer(tell, "slack-app-token", err)
		return
	}
	tell.OK("slack-app-token", "it may open sockets")

	dialer := cmp.Or(e.Dialer, &websocket.Dialer{Proxy: http.ProxyFromEnvironment})
	began := time.Now()
	conn, resp, err := dialer.DialContext(ctx, link, nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		tell.Fail("slack-socket", "the socket does not open: "+checkup.Cause(err), "let this machine out to wss-*.slack.com, port 443; a proxy in between must let WebSockets through")
		return
	}
	defer func() { _ = conn.Close() }()
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(until) // a line that cannot take it fails below
	}
	var first hello
	switch err := conn.ReadJSON(&first); {
	case err != nil:
		tell.Fail("slack-socket", "the socket opens and says nothing: "+checkup.Cause(err), "a proxy in between must let WebSockets through")
	case first.Type == "hello" && first.Connections > 1:
		tell.OK("slack-socket", "opens in %v; %d more are open: a program of this app is running", time.Since(began).Round(time.Millisecond), first.Connections-1)
	case first.Type == "hello":
		tell.OK("slack-socket", "opens in %v; no other is open", time.Since(began).Round(time.Millisecond))
	case first.Reason == "link_disabled":
		tell.Fail("slack-socket", "Slack closes the socket: link_disabled", "switch Socket Mode on in the app's settings")
	case first.Reason == "too_many_websockets":
		tell.Fail("slack-socket", "Slack closes the socket: ten are open already", "stop the other programs that run with this app's token; their sockets end within minutes")
	default:
		tell.Fail("slack-socket", "Slack closes the socket: "+cmp.Or(first.Reason, first.Type), "try again in some minutes; https://status.slack.com tells of trouble")
	}
}

// ahead is how far in the future the message lies by which a channel is tried:
// less than the 120 days that Slack takes.
const ahead = 100 * 24 * time.Hour

// channel tries what the bot needs the channel for, without a trace: it schedules
// a message there and takes it back. To look the channel up would need one more
// scope (channels:read, and groups:read where it is private), and this is what
// counts: Slack checks a scheduled message for not_in_channel as one of now [doc
// chat.scheduleMessage].
func (e Exam) channel(ctx context.Context, tell checkup.Tell) {
	const check = "slack-channel"
	at := strconv.FormatInt(e.Now.Add(ahead).Unix(), 10)
	ch, id, err := e.API.ScheduleMessageContext(ctx, e.Channel, at, slack.MsgOptionText("spoolbot doctor", false))
	switch code := slackCode(err); {
	case code == "channel_not_found":
		tell.Fail(check, "SUPERVISOR_CHANNEL "+e.Channel+" is not there, or is private and the bot is not in it",
			"invite the bot (/invite @spoolbot in the channel), and compare the id with the one at the bottom of the channel's details")
	case code == "not_in_channel":
		tell.Fail(check, "the bot is not in SUPERVISOR_CHANNEL "+e.Channel, "type /invite @spoolbot in that channel")
	case code == "is_archived":
		tell.Fail(check, "SUPERVISOR_CHANNEL "+e.Channel+" is archived", "unarchive it, or name another channel")
	case strings.HasPrefix(code, "restricted_action"):
		tell.Fail(check, "the bot may not post in SUPERVISOR_CHANNEL "+e.Channel+": "+code, "let the app post there (the channel's settings → Posting permissions)")
	case code == "missing_scope":
		tell.Skipped(check, "the bot may not write at all", "slack-scopes")
	case code != "":
		tell.Fail(check, "Slack refuses a message in SUPERVISOR_CHANNEL "+e.Channel+": "+code, "put the token right, if that is the fault; else look the code up at https://docs.slack.dev/reference/methods/chat.postMessage")
	case err != nil:
		noAnswer(tell, check, err)
	default:
		if _, err := e.API.DeleteScheduledMessageContext(ctx, &slack.DeleteScheduledMessageParameters{Channel: ch, ScheduledMessageID: id}); err != nil {
			tell.Warn(check, "the bot is in "+e.Channel+", but the message "+id+" by which that was tried could not be taken back: "+checkup.Cause(err),
				"run doctor again; the message would come in 100 days and says \"spoolbot doctor\"")
			return
		}
		tell.OK(check, "the bot may write in %s", e.Channel)
	}
}

// tokenAdvice is what to do about a token that Slack refuses.
func tokenAdvice(code, otherwise string) string {
	switch code {
	case "account_inactive", "token_revoked", "token_expired":
		return "the app was uninstalled or its token revoked: install it again and " + otherwise
	case "not_allowed_token_type":
		return "the two tokens changed places, or it is a third kind: " + otherwise
	case "missing_scope":
		return "the token lacks connections:write: " + otherwise
	case "ratelimited":
		return "wait a minute and run doctor again"
	default:
		return otherwise
	}
}

// noAnswer tells of a call that did not come through.
func noAnswer(tell checkup.Tell, check string, err error) {
	tell.Fail(check, "Slack does not answer: "+checkup.Cause(err), "let this machine out to https://slack.com, through a proxy perhaps (HTTPS_PROXY); SLACK_API_URL is for tests only")
}
