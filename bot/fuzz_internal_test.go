package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// Whatever Slack sends in an envelope: it is nothing that we answer, or a request
// with somebody's name on it, for a route of the table; and a form is answered at
// once.
func FuzzEnvelope(f *testing.F) {
	for _, s := range []string{
		`{"command":"/tomar","text":"MK-1","user_id":"U1","trigger_id":"t"}`,
		`{"type":"block_actions","user":{"id":"U1","team_id":"T1"},"container":{"type":"message","channel_id":"C1","message_ts":"1.2"},"actions":[{"type":"button","block_id":"b","action_id":"spool_take","value":"{}"}]}`,
		`{"type":"block_actions","actions":[]}`, `{"type":"block_actions","container":{"type":"view"},"view":{"type":"home"},"actions":[{"type":"x"}]}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"` + view.CallbackBatch + `","private_metadata":"{","state":{"values":{"a":{"b":{"type":"x"}}}}}}`,
		`{"type":"view_submission","view":{"callback_id":"` + view.CallbackComplete + `"}}`,
		`{"type":"block_suggestion","action_id":"` + view.ActionBatchSpools + `","value":"x"}`,
		`{"type":"message_action","callback_id":"tomar_de_mensaje","message":{"text":"<@U1|x> &lt;","blocks":[{"type":"section","text":null},{"type":"rich_text","elements":[{}]}]}}`,
		`{"type":"event_callback","event_id":"E1","event":{"type":"app_home_opened","user":"U1","tab":"home"}}`, `{"type":"event_callback","event":{"type":7}}`, `{"type":"event_callback","event":null}`, `null`, `[]`,
	} {
		f.Add(s)
	}
	locks := occupationtest.NewLocks()
	core := occupation.New(occupation.Config{Replica: "a", Zone: time.UTC, TTL: time.Hour}, occupation.Ports{
		Locks: locks, Desk: locks, Records: occupationtest.NewRecords(), Directory: occupationtest.NewDirectory(), Notifier: occupationtest.NewNotices(),
	})
	b := New(Options{Zone: time.UTC, Core: core})
	f.Fuzz(func(t *testing.T, payload string) {
		raw := json.RawMessage(payload)
		_ = brokenEnvelope(raw)
		evt := socketmode.Event{Request: &socketmode.Request{EnvelopeID: "e1", Payload: raw}}
		var command slack.SlashCommand
		if json.Unmarshal(raw, &command) == nil {
			evt.Data = command
			answered(t, b, evt)
		}
		var interaction slack.InteractionCallback
		if json.Unmarshal(raw, &interaction) == nil {
			evt.Data = interaction
			answered(t, b, evt)
		}
		if event, err := slackevents.ParseEvent(raw, slackevents.OptionNoVerifyToken()); err == nil {
			evt.Data = event
			answered(t, b, evt)
		}
	})
}

// answered takes an envelope as far as the queue.
func answered(t *testing.T, b *Bot, evt socketmode.Event) {
	r, ok := decode(evt, time.Now())
	if !ok {
		return
	}
	route, ok := b.routes.find(r.family, r.name)
	if !ok {
		return
	}
	_ = r.lane(true)
	if r.family != suggestion && r.key() == "" {
		t.Fatalf("%s %s has no key", r.family, r.name)
	}
	if route.pending == nil {
		return
	}
	payload, _ := route.pending(r)
	ack, err := json.Marshal(payload)
	if err != nil || len(ack) > 20_480 {
		t.Fatalf("%s is answered with %d bytes, %v", r.name, len(ack), err)
	}
}

// What was typed is what we read, though Slack escapes it.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"MK-1 & <b>", "&lt;", "&amp;lt;", "25238-011 arm", "ñ\xff", "<", "a>b<c"} {
		f.Add(s)
	}
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	f.Fuzz(func(t *testing.T, s string) {
		if got := typed(escape.Replace(s)); got != s {
			t.Fatalf("%q is read as %q", s, got)
		}
		for _, raw := range []string{s, "<@U1|" + s + ">", "<" + s + ">", "<#" + s + "|" + s + ">"} {
			got := typed(raw)
			if len(got) > len(raw) || utf8.ValidString(raw) && !utf8.ValidString(got) {
				t.Fatalf("%q is read as %q", raw, got)
			}
		}
		m := slack.Message{Msg: slack.Msg{Text: escape.Replace(s)}}
		if got := messageText(m); got != s {
			t.Fatalf("the message %q is read as %q", s, got)
		}
	})
}

// The TAGs and the date of /completar are all that was typed, in its order; what is
// taken for a date has no TAG of two parts in it.
func FuzzSplitDate(f *testing.F) {
	for _, s := range []string{"", "MK-1 ayer", "MK-1335-CW-25238-011 23-11-2026", "25238-011, 25238-012 30 12", "MK-1 23 de noviembre", "ayer MK-1", "ARM 3/11", "«MK-1» –", "30 12 11"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tags, date := splitDate(s)
		if got, want := occupation.Words(tags+" "+date), occupation.Words(s); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%q becomes %q and %q", s, tags, date)
		}
		for w := range strings.FieldsSeq(tags) {
			if strings.EqualFold(w, "ayer") || strings.EqualFold(w, "hoy") {
				t.Fatalf("the date of %q is lost: %q and %q", s, tags, date)
			}
		}
		if again, more := splitDate(tags); date != "" && more != "" {
			t.Fatalf("%q leaves %q, and that %q and %q", s, tags, again, more)
		}
	})
}

// What the Memory keeps of a place is read as it was, or not at all.
func FuzzPlace(f *testing.F) {
	f.Add(place{Kind: atMessage, Channel: "C1", TS: "1.2", Until: time.Unix(1e9, 0).UTC()}.encode())
	for _, s := range []string{"", "null", "{}", `{"k":"x"}`, `{"e":"0000"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := decodePlace(text)
		if !ok {
			return
		}
		again, ok := decodePlace(p.encode())
		if !ok || !again.Until.Equal(p.Until) {
			t.Fatalf("%q is %+v, and again %+v", text, p, again)
		}
		if again.Until = p.Until; again != p {
			t.Fatalf("%q is %+v, and again %+v", text, p, again)
		}
	})
}
