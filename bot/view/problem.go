package view

import (
	"errors"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Asked is what a person asked for when it went wrong: it decides the buttons
// of the answer. The zero value is fine.
type Asked struct {
	Verb    Verb
	Facts   Facts  // what "try again" asks for; without a tag there is no such button
	SlackID string // who asked, for a person who is not linked
}

// Problem says what went wrong and what to do now, with buttons for it. Errors
// without a code are faults: people get neutral words, never the error's text.
func Problem(err error, asked Asked, at Clock) Message {
	e, typed := errors.AsType[*occupation.Error](err)
	if !typed || e == nil {
		return problemMessage(fault, "", retry(asked), mineButton())
	}
	if e.Code == occupation.WorkerUnknown {
		return Refuse(refusalOf(e), asked.SlackID)
	}
	return problemMessage(explain(e, at), e.Tag, problemButtons(e, asked)...)
}

func problemMessage(w words, tag string, buttons ...*slack.ButtonBlockElement) Message {
	tag = escape(tag, maxTag)
	state := w.head
	if tag == "" {
		state = capital(w.head)
	}
	text := sentences(join(", ", join(": ", tag, state), w.detail), w.next)
	lines := []string{signNo + " " + join(" · ", bold(tag), bold(state))}
	if w.next == lineWillTell {
		lines[0] = signWait + " " + join(" · ", bold(tag), bold(state))
	}
	lines = append(lines, capital(w.detail), w.next)
	return message(text, append([]slack.Block{section(lines...)}, rows(buttons...)...)...)
}

// problemButtons offers what helps with this error, at most four.
func problemButtons(e *occupation.Error, asked Asked) []*slack.ButtonBlockElement {
	switch e.Code {
	case occupation.SpoolNotFound:
		var out []*slack.ButtonBlockElement
		for _, tag := range e.Near[:min(len(e.Near), 4)] {
			facts := asked.Facts
			facts.Tag, facts.Fence = tag, 0
			out = append(out, tagButton(asked.Verb, facts, ""))
		}
		return append(out, batchButton(labelSearch))
	case occupation.InvalidInput:
		switch e.Reason {
		case occupation.BadDate, occupation.FutureDate, occupation.OldDate:
			return []*slack.ButtonBlockElement{mineButton(), helpButton()}
		}
		return []*slack.ButtonBlockElement{batchButton(labelSearch), helpButton()}
	case occupation.SpoolOccupied, occupation.PrerequisiteNotMet:
		return []*slack.ButtonBlockElement{batchButton(labelAnother), statusButton(e.Tag)}
	case occupation.NotOwner:
		if e.Reason == occupation.NobodyHolds {
			return []*slack.ButtonBlockElement{takeButton(labelTake, Facts{Tag: e.Tag}), mineButton()}
		}
		return []*slack.ButtonBlockElement{statusButton(e.Tag), mineButton()}
	case occupation.LockExpired:
		if e.Holder.Name == "" {
			return []*slack.ButtonBlockElement{takeButton(labelTake, Facts{Tag: e.Tag, Operation: e.Operation}), mineButton()}
		}
		return []*slack.ButtonBlockElement{statusButton(e.Tag), mineButton()}
	case occupation.RoleNotAllowed, occupation.DuplicateTag:
		return []*slack.ButtonBlockElement{batchButton(labelAnother), mineButton()}
	case occupation.SheetSchema, occupation.SheetUnavailable, occupation.LocksUnavailable:
		if e.Reason == occupation.BeingChecked {
			return []*slack.ButtonBlockElement{statusButton(e.Tag), mineButton()}
		}
		return []*slack.ButtonBlockElement{retry(asked), mineButton()}
	default:
		return []*slack.ButtonBlockElement{mineButton()}
	}
}

// retry asks for the same again; nil when it is not known what was asked.
func retry(asked Asked) *slack.ButtonBlockElement {
	if asked.Facts.Tag == "" || asked.Verb == "" {
		return nil
	}
	return button(asked.Verb.action(), labelRetry, asked.Facts.Value())
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
