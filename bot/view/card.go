package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Answer is what a person gets for a request: a card for one spool, a list for
// several.
func Answer(results []occupation.Result, at Clock) Message {
	if len(results) == 1 {
		return One(results[0], at)
	}
	return Results(results, at)
}

// One is the answer for one spool, whatever became of it.
func One(r occupation.Result, at Clock) Message {
	switch {
	case r.Err != nil && (r.Kind == occupation.Transfer || r.Kind == occupation.Release):
		return notOverridden(r, at)
	case r.Err != nil:
		return Problem(r.Err, Asked{Verb: VerbOf(r.Kind), Facts: retried(r)}, at)
	case r.Kind == occupation.Extend:
		return Extended(r, at)
	case r.Kind == occupation.Revert:
		return Undone(r, at)
	case r.Kind == occupation.PauseWhy:
		return PauseExplained(r, at)
	case r.Already:
		return AlreadyYours(r, at)
	case r.Kind == occupation.Pause:
		return Paused(r, at)
	case r.Kind == occupation.Complete:
		return Completed(r, at)
	case r.Kind == occupation.Transfer:
		return Received(r, occupation.Holder{Name: r.Spool.HeldBy}, at)
	case r.Kind == occupation.Release:
		return Released(r, at)
	case r.Kind == occupation.Retain:
		return Retained(r, at)
	case r.Kind == occupation.Lift:
		return Lifted(r, at)
	default:
		return Taken(r, at)
	}
}

// retried are the facts to ask for the same again: a finish of the occupation
// that it was asked for.
func retried(r occupation.Result) Facts {
	f := Facts{Tag: r.Tag, Operation: r.Lock.Operation, Date: r.Date}
	switch r.Kind {
	case occupation.Take:
	case occupation.Revert:
		f.Why = undoNames[r.Undoes]
	default:
		f.Fence = r.Lock.Fence
	}
	return f
}

// Taken says that the spool is the person's, and until when.
func Taken(r occupation.Result, at Clock) Message {
	return mineCard(signDone, stateTaken, "", r, at, undoButton(r))
}

// AlreadyYours says that nothing changed, since the person held it already.
func AlreadyYours(r occupation.Result, at Clock) Message {
	return mineCard(signHeld, stateAlready, lineAlready, r, at)
}

// Extended says until when the spool is the person's now; Already, that it was so
// before.
func Extended(r occupation.Result, at Clock) Message {
	if r.Already {
		return mineCard(signHeld, stateLongAlready, lineLongAlready, r, at)
	}
	return mineCard(signDone, stateExtended, "", r, at)
}

func mineCard(sign, state, note string, r occupation.Result, at Clock, more ...*slack.ButtonBlockElement) Message {
	term := join(" ", string(r.Lock.Operation), at.deadline(r.Lock.Deadline))
	facts := holding(r.Lock)
	facts.Tag = r.Tag
	buttons := append([]*slack.ButtonBlockElement{pauseButton(facts).WithStyle(slack.StylePrimary), completeButton(facts, at), extendButton(facts)}, more...)
	return card(sign, r.Tag, state, []string{bold(term), about(r.Spool), note}, append(buttons, otherDayButton(facts))...)
}

// Paused says that the spool is free again, and offers to go on with it, to take the
// pause back, and to say why.
func Paused(r occupation.Result, _ Clock) Message {
	facts := Facts{Tag: r.Tag, Operation: r.Lock.Operation}
	m := card(signPause, r.Tag, statePaused, []string{join(" · ", string(r.Lock.Operation), about(r.Spool)), lineFreeAgain},
		takeButton(labelResume, facts), undoButton(r))
	m.Blocks = append(append(m.Blocks, small(lineWhyPaused)), rows(pauseWhyButtons(r)...)...)
	return m
}

// Completed says that the operation is done and with which date.
func Completed(r occupation.Result, at Clock) Message {
	next := ""
	if r.Lock.Operation == occupation.ARM && r.Spool.SoldDate.IsZero() {
		next = thenNeeds(occupation.SOLD)
	}
	return card(signFinish, r.Tag, stateCompleted, []string{bold(doneOn(r.Lock.Operation, at.day(r.Date))), next, about(r.Spool)},
		undoButton(r), batchButton(labelAnother), mineButton())
}

// card is one spool: sign, TAG, state; lines; buttons.
func card(sign, tag, state string, lines []string, buttons ...*slack.ButtonBlockElement) Message {
	tag = escape(tag, maxTag)
	text := sentences(append([]string{join(": ", tag, state)}, lines...)...)
	lines = append([]string{sign + " " + join(" · ", bold(tag), bold(state))}, lines...)
	return message(text, append([]slack.Block{section(lines...)}, rows(buttons...)...)...)
}

// about is what helps a person to recognise a spool: NV, OT, client.
func about(s occupation.Spool) string {
	return join(" · ", nv(escape(s.NV, maxName)), ot(escape(s.OT, maxName)), escape(s.Client, maxName))
}
