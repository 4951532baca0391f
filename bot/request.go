package bot

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// family is which of the router's maps an envelope belongs to.
type family string

const (
	command    family = "command"
	action     family = "action"
	submission family = "submission"
	suggestion family = "suggestion"
	shortcut   family = "shortcut"
	event      family = "event"
)

// request is one thing that a person did, decoded from an envelope.
type request struct {
	family   family
	name     string // "/tomar", action id, callback id, type of the event
	envelope string
	seen     []string // all identities under which Slack may bring it again
	tap      string   // what a press of a button means; empty = none was pressed
	at       time.Time

	user, team, enterprise string
	app                    string // for which Slack sent it
	site                   string // the mark of what was touched: where several shops share the app

	text    string // what was typed: behind the command, or into a select
	raw     string // the same as Slack sent it, with people as <@U...>
	value   string // of the button
	trigger string // opens a modal within 3 s
	from    place  // where it was done, and where its answer goes
	view    slack.View

	acked time.Time

	// Set by the router.
	worker  occupation.Worker
	refused error // why there is no worker, on routes that serve strangers

	// Set by handlers.
	asked  view.Asked      // for the buttons of a problem
	home   bool            // its modal was opened from App Home
	beside bool            // the button stands in a list, which goes on: its answer comes beside it
	goesOn bool            // what the person asked for before comes after it
	code   occupation.Code // for the log, when the handler has shown it by itself
}

// decode makes a request of an envelope; false = nothing that the bot answers.
func decode(evt socketmode.Event, now time.Time) (*request, bool) {
	r := &request{envelope: evt.Request.EnvelopeID, at: now}
	if r.envelope != "" {
		r.seen = append(r.seen, "e:"+r.envelope)
	}
	switch data := evt.Data.(type) {
	case slack.SlashCommand:
		r.family, r.name = command, data.Command
		r.user, r.team, r.enterprise, r.app = data.UserID, data.TeamID, data.EnterpriseID, data.APIAppID
		r.text, r.raw, r.trigger = typed(data.Text), data.Text, data.TriggerID
		r.from = place{Kind: atCommand, Channel: data.ChannelID, Hook: data.ResponseURL, Until: now.Add(hookLife), User: data.UserID}
		r.note("t:", data.TriggerID)
		return r, true
	case slack.InteractionCallback:
		return r.interaction(data)
	case slackevents.EventsAPIEvent:
		return r.event(data)
	default:
		return nil, false
	}
}

// note adds an identity, if there is one.
func (r *request) note(prefix, id string) {
	if id != "" {
		r.seen = append(r.seen, prefix+id)
	}
}

func (r *request) interaction(c slack.InteractionCallback) (*request, bool) {
	r.user, r.team, r.enterprise, r.app = c.User.ID, c.Team.ID, c.Enterprise.ID, c.APIAppID
	if c.User.TeamID != "" {
		r.team = c.User.TeamID
	}
	c.View.CallbackID, r.site = unmarkView(c.View.CallbackID)
	r.trigger, r.view = c.TriggerID, c.View
	r.note("t:", c.TriggerID)
	switch c.Type {
	case slack.InteractionTypeBlockActions:
		if len(c.ActionCallback.BlockActions) == 0 {
			return nil, false
		}
		a := c.ActionCallback.BlockActions[0]
		r.family, r.name, r.value = action, a.ActionID, cmp.Or(a.Value, a.SelectedOption.Value)
		r.tap = tapOf(c, a)
		if site, rest := unmark(a.BlockID); site != "" {
			r.site, a.BlockID = site, rest
		}
		r.from = placeOf(c, r.at)
	case slack.InteractionTypeViewSubmission:
		r.family, r.name = submission, c.View.CallbackID
		r.from = place{Kind: atModal, View: c.View.ID, User: c.User.ID}
		r.note("v:", c.View.ID+":"+c.View.Hash)
	case slack.InteractionTypeBlockSuggestion:
		r.family, r.name, r.text = suggestion, c.ActionID, c.Value
		r.seen = nil // only reads; whoever asks again is answered again
	case slack.InteractionTypeMessageAction:
		r.family, r.name, r.text = shortcut, c.CallbackID, messageText(c.Message)
		r.from = place{Kind: atCommand, Channel: c.Channel.ID, Hook: c.ResponseURL, Until: r.at.Add(hookLife), User: c.User.ID}
	case slack.InteractionTypeShortcut:
		r.family, r.name = shortcut, c.CallbackID
		r.from = place{Kind: atDM, User: c.User.ID}
	default:
		return nil, false
	}
	return r, true
}

// placeOf is where a button stands.
func placeOf(c slack.InteractionCallback, now time.Time) place {
	p := place{User: c.User.ID, Channel: c.Container.ChannelID, TS: c.Container.MessageTs, Hook: c.ResponseURL, Until: now.Add(hookLife)}
	switch {
	case c.Container.Type == "view" && c.View.Type == slack.VTHomeTab:
		return place{Kind: atHome, User: c.User.ID, View: c.View.ID}
	case c.Container.Type == "view":
		return place{Kind: atModal, User: c.User.ID, View: c.View.ID}
	case c.Container.IsEphemeral:
		p.Kind, p.Card = atEphemeral, cardOf(c.ActionCallback.BlockActions[0].BlockID)
	default:
		p.Kind = atMessage
	}
	return p
}

func (r *request) event(e slackevents.EventsAPIEvent) (*request, bool) {
	opened, ok := e.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent)
	if !ok {
		return nil, false
	}
	r.family, r.name = event, opened.Type
	r.user, r.team, r.enterprise, r.app = opened.User, e.TeamID, e.EnterpriseID, e.APIAppID
	r.from = place{Kind: atHome, User: opened.User}
	r.text = opened.Tab
	if outer, ok := e.Data.(*slackevents.EventsAPICallbackEvent); ok {
		r.note("ev:", outer.EventID)
	}
	return r, true
}

// key identifies the request for the core: the same request delivered again has
// the same key, whatever its envelope.
func (r *request) key() string {
	if len(r.seen) == 0 {
		return ""
	}
	return r.seen[len(r.seen)-1]
}

// lane is the line in which the request waits. What a person does stays in
// order; what must be answered within the three seconds of a trigger does not
// wait behind it.
func (r *request) lane(quick bool) string {
	if quick {
		return r.user + "/quick"
	}
	return r.user
}

var (
	slackLink = regexp.MustCompile(`<([^<>]*)>`)
	entities  = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)

// typed gives a command's text as it was typed: Slack sends &, < and > as
// entities, and mentions and links in angle brackets, with a label or without.
func typed(text string) string {
	text = slackLink.ReplaceAllStringFunc(text, func(code string) string {
		inner := strings.Trim(code, "<>")
		target, label, labelled := strings.Cut(inner, "|")
		switch {
		case labelled:
			return label
		case strings.HasPrefix(target, "mailto:"), strings.HasPrefix(target, "tel:"):
			_, target, _ = strings.Cut(target, ":")
			return target
		default:
			return strings.TrimLeft(target, "@#!")
		}
	})
	return entities.Replace(text)
}

// brokenEnvelope reads the envelope id out of a message that slack-go could not
// decode; such messages are never acknowledged otherwise (SLACK.md 2.3).
func brokenEnvelope(raw json.RawMessage) string {
	var e struct {
		ID string `json:"envelope_id"`
	}
	if json.Unmarshal(raw, &e) != nil {
		return ""
	}
	return e.ID
}
