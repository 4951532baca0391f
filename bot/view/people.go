package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Refusal is why the bot does not act for a person.
type Refusal string

// The refusals.
const (
	RefuseUnlinked Refusal = "unlinked" // nobody in Trabajadores has the Slack id
	RefuseInactive Refusal = "inactive"
	RefuseGuest    Refusal = "guest"
	RefuseBot      Refusal = "bot"
	RefuseOutsider Refusal = "outsider" // of another workspace
)

// Refusals lists them all, for tests.
func Refusals() []Refusal {
	return []Refusal{RefuseUnlinked, RefuseInactive, RefuseGuest, RefuseBot, RefuseOutsider}
}

func refusalOf(e *occupation.Error) Refusal {
	if e.Reason == occupation.Inactive {
		return RefuseInactive
	}
	return RefuseUnlinked
}

// Refuse tells a person why the bot does not act for them and what helps.
func Refuse(why Refusal) Message {
	if why == RefuseUnlinked {
		return Unlinked("")
	}
	w := refusal(why)
	head := capital(w.head) + "."
	return message(sentences(head, w.detail, w.next), section(signNo+" "+bold(head), w.detail, w.next))
}

// Help is the answer to /ayuda: what can be typed, with examples.
func Help() Message {
	return message(sentences(helpHead, helpLines[0]),
		append([]slack.Block{section(bold(helpHead)), section(helpLines...), section(helpFoot)}, rows(mineButton(), batchButton(labelSearch))...)...)
}
