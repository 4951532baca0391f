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

// undoButton takes back what the result says. It stays on the card after its minute,
// and tells the truth then.
func undoButton(r occupation.Result) *slack.ButtonBlockElement {
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

// CannotUndo answers who wants to take something back too late: how the spool is
// now, with the buttons of now.
func CannotUndo(st occupation.Status, me occupation.Worker, at Clock) Message {
	m := Status(st, me, at)
	return message(sentences(lineTooLate, m.Text), append([]slack.Block{section(signNo + " " + bold(lineTooLate))}, m.Blocks...)...)
}
