package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// undoNames are what a button to take something back carries.
var undoNames = map[occupation.Kind]string{
	occupation.Take: "take", occupation.Pause: "pause", occupation.Complete: "complete",
}

// UndoKind is what a button wants to be taken back; empty = nothing that we offer.
func UndoKind(f Facts) occupation.Kind {
	for kind, name := range undoNames {
		if name == f.Why {
			return kind
		}
	}
	return ""
}

// undoneKinds are what can be taken back, by the verb that a button carries.
var undoneKinds = map[Verb]occupation.Kind{Take: occupation.Take, Pause: occupation.Pause, Complete: occupation.Complete}

// UndoManyKind is what a button for several spools wants to be taken back; empty =
// nothing that we offer.
func UndoManyKind(m Many) occupation.Kind { return undoneKinds[m.Verb] }

// undoManyButtons take back all that a batch has done, usually with one tap, but for
// what can never be taken back; none where it has done something of another kind.
func undoManyButtons(results []occupation.Result) []*slack.ButtonBlockElement {
	var done Many
	did := 0
	for _, r := range results {
		if r.Err == nil && !r.Already {
			did++
		}
		switch verb := VerbOf(r.Kind); {
		case undoneKinds[verb] == "" || (done.Verb != "" && verb != done.Verb):
			return nil
		case r.Err != nil || !r.Reverts:
		default:
			done.Verb = verb
			done.Targets = append(done.Targets, occupation.Target{Tag: r.Tag, Fence: r.Lock.Fence})
		}
	}
	return manyButtons(ActionUndoMany, done, func(n int) string { return undoMany(n, did) })
}

// undoAgainButtons try once more to take back what the weather has hindered.
func undoAgainButtons(results []occupation.Result) []*slack.ButtonBlockElement {
	var again Many
	for _, r := range results {
		if r.Kind == occupation.Revert && r.Err != nil && weather(r.Err) {
			again.Verb = VerbOf(r.Undoes)
			again.Targets = append(again.Targets, occupation.Target{Tag: r.Tag, Fence: r.Lock.Fence})
		}
	}
	return manyButtons(ActionUndoMany, again, retryMany)
}

// undoButton takes back what the result says; none where that can never be. It stays on
// the card after its minute, and tells the truth then.
func undoButton(r occupation.Result) *slack.ButtonBlockElement {
	if !r.Reverts {
		return nil
	}
	return spoolButton(ActionUndo, labelUndo, Facts{Tag: r.Tag, Fence: r.Lock.Fence, Why: undoNames[r.Kind]})
}

// Undone says that something was taken back, and how it is now: also when it was
// taken back before.
func Undone(r occupation.Result, at Clock) Message {
	if !r.Begins() {
		return card(signUndo, r.Tag, stateNotTaken, []string{join(" · ", string(r.Lock.Operation), about(r.Spool)), lineAsBefore},
			batchButton(labelAnother), mineButton())
	}
	return mineCard(signUndo, stateYoursAgain, undoneLine(r.Undoes), r, at)
}

// NoteDone is what App Home says of what its lists show already: one line, with the
// button that takes it back where there is one.
func NoteDone(r occupation.Result, at Clock) Message {
	line := resultLine(r, at)
	return message(line, sectionWith(undoButton(r), line))
}

// CannotUndo answers who wants to take something back too late: how the spool is
// now, with the buttons of now.
func CannotUndo(st occupation.Status, me occupation.Worker, at Clock) Message {
	m := Status(st, me, at)
	return message(sentences(lineTooLate, m.Text), append([]slack.Block{section(signNo + " " + bold(lineTooLate))}, m.Blocks...)...)
}
