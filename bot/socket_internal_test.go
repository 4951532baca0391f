package bot

import (
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

// An envelope for another app than the one whose socket it is comes from nobody whom
// we know; one that names no app, as a shortcut, is Slack's.
func TestEnvelopesOfAnotherAppAreNotServed(t *testing.T) {
	b := New(Options{Zone: time.UTC})
	envelope := func(app string) []any {
		return []any{
			slack.SlashCommand{Command: "/tomar", UserID: "U1", APIAppID: app},
			slack.InteractionCallback{Type: slack.InteractionTypeShortcut, CallbackID: "tomar_spools", APIAppID: app},
			slackevents.EventsAPIEvent{APIAppID: app, InnerEvent: slackevents.EventsAPIInnerEvent{Data: &slackevents.AppHomeOpenedEvent{User: "U1"}}},
		}
	}
	check := func(app string, want bool) {
		t.Helper()
		for _, data := range envelope(app) {
			r, ok := decode(socketmode.Event{Request: &socketmode.Request{EnvelopeID: "e1"}, Data: data}, time.Now())
			if !ok || b.line.ofAnotherApp(r) != want {
				t.Errorf("%T of %q: decoded %v, of another app %v, want %v", data, app, ok, !want, want)
			}
		}
	}
	check("A0OTHER", false) // nobody has said yet who we are
	ours := "A0OURS"
	b.line.app.Store(&ours)
	check("A0OTHER", true)
	check("A0OURS", false)
	check("", false)
}
