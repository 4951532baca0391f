package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
)

// placeKind is what kind of spot in Slack a request came from or a message
// stands in.
type placeKind string

const (
	atCommand   placeKind = "command"   // a command was typed in Channel; Hook answers it
	atEphemeral placeKind = "ephemeral" // a message that User alone sees; Hook changes it
	atMessage   placeKind = "message"   // a message in Channel with TS, that chat.update changes
	atHome      placeKind = "home"      // the App Home of User
	atModal     placeKind = "modal"     // the modal View
	atDM        placeKind = "dm"        // nowhere: the DM with User is the place for an answer
)

// place is a spot in Slack. It is kept in the Memory as JSON.
type place struct {
	Kind placeKind `json:"k"`
	// Card tells messages apart that have no ts for us: the ids of its blocks
	// begin with it, so a click says which message it was on.
	Card    string `json:"i,omitempty"`
	Channel string `json:"c,omitempty"`
	TS      string `json:"t,omitempty"`
	User    string `json:"u,omitempty"`
	View    string `json:"v,omitempty"`
	// Hook is a response_url: five uses in half an hour (SLACK.md 3.3).
	Hook  string    `json:"h,omitempty"`
	Until time.Time `json:"e,omitzero"`
}

const hookLife = 30 * time.Minute

// same reports whether two places are one message.
func (p place) same(o place) bool {
	switch {
	case p.Kind != o.Kind || p.Channel != o.Channel:
		return false
	case p.Kind == atMessage:
		return p.TS == o.TS
	default:
		return p.Card != "" && p.Card == o.Card
	}
}

// encode is the place as the Memory keeps it.
func (p place) encode() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and a time always marshal
	}
	return string(text)
}

func decodePlace(text string) (p place, ok bool) {
	return p, json.Unmarshal([]byte(text), &p) == nil
}

// errGone means that a message cannot be changed any more.
var errGone = errors.New("the message cannot be changed any more")

// answer shows a message as the answer to a request, and returns where it stands
// now. The answer to a command is a message in the DM if it was typed there,
// else one that only the person sees; the answer to a button takes the place of
// the card with the button. Where that does not work, the answer goes to the DM:
// it must not be lost.
func (b *Bot) answer(ctx context.Context, r *request, m view.Message) (place, error) {
	switch p := r.from; {
	case r.beside && p.Kind == atMessage && strings.HasPrefix(p.Channel, "D"):
		return b.post(ctx, p.Channel, b.signed(p.User, m))
	case r.beside:
		return b.whisper(ctx, p, m)
	case p.Kind == atCommand && b.isDM(p):
		at, err := b.post(ctx, p.Channel, b.signed(p.User, m))
		if err == nil {
			b.dms.put(p.User, p.Channel)
			return at, nil
		}
		logged(ctx, err, "answer_not_posted")
		return b.whisper(ctx, p, m)
	case p.Kind == atCommand, p.Kind == atMessage && !strings.HasPrefix(p.Channel, "D"): // others see that message too
		return b.whisper(ctx, p, m)
	case p.Kind == atEphemeral, p.Kind == atMessage:
		err := b.edit(ctx, p, m)
		if err == nil {
			return p, nil
		}
		logged(ctx, err, "card_not_edited")
		return b.whisper(ctx, p, m)
	case p.Kind == atHome && r.worker.ID != 0 && b.ownsHome(p.User):
		return b.noteHome(ctx, r, m)
	default:
		return b.direct(ctx, p.User, m)
	}
}

// whisper answers with a message of its own that only the person sees, or in the
// DM where Slack does not take that.
func (b *Bot) whisper(ctx context.Context, p place, m view.Message) (place, error) {
	if p.Hook == "" {
		return b.direct(ctx, p.User, m)
	}
	at := place{Kind: atEphemeral, Card: newCard(), Channel: p.Channel, User: p.User, Hook: p.Hook, Until: p.Until}
	if err := respond(ctx, b.hc, p.Hook, webhook(b.marked(stamp(b.signed(p.User, m), at.Card)), false)); err != nil {
		logged(ctx, err, "response_url_failed")
		return b.direct(ctx, p.User, m)
	}
	return at, nil
}

// edit puts a message in the place of another, before those that nobody waits for.
func (b *Bot) edit(ctx context.Context, p place, m view.Message) error {
	switch {
	case p.Kind == atMessage:
		end, err := b.edits.begin(ctx, p.id())
		if err != nil {
			return err
		}
		defer end()
		m = b.signedIn(p, m)
		return patiently(ctx, func(ctx context.Context) error { return b.update(ctx, p.id(), m) })
	case p.Kind == atEphemeral && p.Hook != "" && time.Now().Before(p.Until):
		return respond(ctx, b.hc, p.Hook, webhook(b.marked(stamp(b.signed(p.User, m), p.Card)), true))
	default:
		return errGone
	}
}

// gone says so of an error that means that a message cannot be changed any more.
func gone(err error) error {
	switch slackCode(err) {
	case "message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found":
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

// post sends a new message into a channel, at the pace that Slack wants.
func (b *Bot) post(ctx context.Context, channel string, m view.Message) (place, error) {
	if err := b.allow.pacer.turn(ctx, channel); err != nil {
		return place{}, err
	}
	p := place{Kind: atMessage}
	err := patiently(ctx, func(ctx context.Context) (err error) {
		p.Channel, p.TS, err = b.api.PostMessageContext(ctx, channel, content(b.marked(m))...)
		return err
	})
	return p, err
}

// direct sends a new message to a person.
func (b *Bot) direct(ctx context.Context, user string, m view.Message) (place, error) {
	channel := b.dms.get(user)
	if channel == "" {
		channel = user // Slack opens the DM by itself (doc chat.postMessage); conversations.open has a sixth of the rate
	}
	p, err := b.post(ctx, channel, b.signed(user, m))
	if err == nil {
		b.dms.put(user, p.Channel)
	}
	if b.reception != nil {
		p.User = user // so that edits are signed, too
	}
	return p, err
}

// isDM reports whether the command may have been typed in the person's DM with
// the bot. Two people's DM looks the same, but the bot cannot write there.
func (b *Bot) isDM(p place) bool {
	known := b.dms.get(p.User)
	return strings.HasPrefix(p.Channel, "D") && (known == "" || known == p.Channel)
}

// channels remembers the DM of each person.
type channels struct {
	mu sync.Mutex
	of map[string]string
}

func (c *channels) get(user string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[user]
}

func (c *channels) put(user, channel string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil || len(c.of) >= maxPeople {
		c.of = map[string]string{}
	}
	c.of[user] = channel
}
