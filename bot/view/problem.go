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
	Claimed string // the name that a person claims who is not linked; empty = none
}

// Problem says what went wrong and what to do now, with buttons for it. Errors
// without a code are faults: people get neutral words, never the error's text.
func Problem(err error, asked Asked, at Clock) Message {
	e, typed := errors.AsType[*occupation.Error](err)
	if !typed || e == nil {
		return problemMessage(fault, "", retry(asked), mineButton())
	}
	if e.Code == occupation.WorkerUnknown && e.Holder == (occupation.Holder{}) {
		if why := refusalOf(e); why != RefuseUnlinked {
			return Refuse(why)
		}
		return Unlinked(asked.Claimed)
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

// problemButtons offers what helps with this error, at most four, and the nearest
// TAGs.
func problemButtons(e *occupation.Error, asked Asked) []*slack.ButtonBlockElement {
	switch e.Code {
	case occupation.SpoolNotFound:
		var out []*slack.ButtonBlockElement
		for _, tag := range e.Near[:min(len(e.Near), occupation.MaxNear)] {
			facts := asked.Facts
			facts.Tag, facts.Fence = tag, 0
			out = append(out, tagButton(asked.Verb, facts, ""))
		}
		return append(out, batchButton(labelSearch))
	case occupation.InvalidInput:
		switch e.Reason {
		case occupation.BadDate, occupation.FutureDate, occupation.OldDate:
			return []*slack.ButtonBlockElement{mineButton(), helpButton()}
		case occupation.NoReason, occupation.NoReceiver:
			return []*slack.ButtonBlockElement{retry(asked), mineButton()}
		case occupation.OfferGone:
			return []*slack.ButtonBlockElement{statusButton(e.Tag), mineButton()}
		case occupation.ClaimGone, occupation.NameTaken, occupation.AccountTaken, occupation.NoName, occupation.LinkChanged:
			if e.Reason == occupation.AccountTaken {
				return []*slack.ButtonBlockElement{mineButton(), helpButton()}
			}
			if asked.Verb == BeWho {
				return []*slack.ButtonBlockElement{chooseButton(labelChooseOther), helpButton()}
			}
			return []*slack.ButtonBlockElement{peopleButton(), mineButton()}
		}
		return []*slack.ButtonBlockElement{batchButton(labelSearch), helpButton()}
	case occupation.SpoolOccupied:
		return occupiedButtons(e, asked)
	case occupation.PrerequisiteNotMet:
		if e.Reason == occupation.NotOnHold {
			return []*slack.ButtonBlockElement{statusButton(e.Tag), mineButton()}
		}
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
	case occupation.WorkerUnknown:
		return []*slack.ButtonBlockElement{retry(asked), mineButton()}
	case occupation.RoleNotAllowed:
		switch e.Reason {
		case occupation.ReceiverRole:
			return []*slack.ButtonBlockElement{retry(asked), mineButton()}
		case occupation.NotSupervisor, occupation.OwnLink, occupation.NotSetter:
			return []*slack.ButtonBlockElement{statusButton(e.Tag), mineButton()}
		}
		return []*slack.ButtonBlockElement{batchButton(labelAnother), mineButton()}
	case occupation.DuplicateTag:
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

// occupiedButtons offers to wait for a spool that somebody has, and to ask who
// has it where there is somebody to ask. Nobody can wait for one that is free
// already and only reserved, nor for one that the sheet gives to nobody with an
// id: the core does not learn when that comes free.
func occupiedButtons(e *occupation.Error, asked Asked) []*slack.ButtonBlockElement {
	another, status := batchButton(labelAnother), statusButton(e.Tag)
	switch e.Reason {
	case occupation.WaitListFirst:
		return []*slack.ButtonBlockElement{retry(asked), another}
	case occupation.HeldByHand, occupation.InGrace:
		wait := waitButton(e.Tag)
		if e.Holder.ID == 0 {
			wait = nil
		}
		return []*slack.ButtonBlockElement{wait, another, status}
	default:
		return []*slack.ButtonBlockElement{waitButton(e.Tag), askButton(e.Tag, 0), another, status}
	}
}

// retry asks for the same again; nil when it is not known what was asked, or when
// it was the answer to an offer. The one of EXTENDER says what it does, whichever
// button was pressed before; the one of TRASPASAR asks once more to whom.
func retry(asked Asked) *slack.ButtonBlockElement {
	f, label := asked.Facts, labelRetry
	switch {
	case f.Tag == "" || asked.Verb == "" || f.Offer != "":
		return nil
	case asked.Verb == Extend:
		label = labelExtend
	case asked.Verb == Transfer:
		f.Worker = 0 // who asked for it, and is not to have it
	}
	return button(asked.Verb.action(), label, f.Value())
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
