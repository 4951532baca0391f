package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

func takeButton(label string, f Facts) *slack.ButtonBlockElement {
	return spoolButton(ActionTake, label, f)
}

func pauseButton(f Facts) *slack.ButtonBlockElement {
	return spoolButton(ActionPause, labelPause, f)
}

// completeButton names the day that it writes, but for today.
func completeButton(f Facts, at Clock) *slack.ButtonBlockElement {
	return spoolButton(ActionComplete, completeOn(at.day(f.Date)), f)
}

// otherDayButton opens the form of COMPLETAR for one spool.
func otherDayButton(f Facts) *slack.ButtonBlockElement {
	return spoolButton(ActionCompleteOn, labelOtherDay, Facts{Tag: f.Tag, Fence: f.Fence, Operation: f.Operation})
}

// goOnButton takes back what has expired.
func goOnButton(f Facts) *slack.ButtonBlockElement {
	return takeButton(labelGoOn, Facts{Tag: f.Tag, Operation: f.Operation, List: f.List})
}

// extendButton asks for one hour more than the deadline that is shown.
func extendButton(f Facts) *slack.ButtonBlockElement {
	return spoolButton(ActionExtend, labelExtend, Facts{Tag: f.Tag, Fence: f.Fence, Deadline: f.Deadline, List: f.List})
}

// transferButton opens the form; theirs is whose spool it is when a supervisor
// hands it on, else 0.
func transferButton(f Facts, theirs int) *slack.ButtonBlockElement {
	return spoolButton(ActionTransfer, labelTransfer, Facts{Tag: f.Tag, Fence: f.Fence, Worker: theirs})
}

func releaseButton(f Facts) *slack.ButtonBlockElement {
	return spoolButton(ActionRelease, labelRelease, Facts{Tag: f.Tag, Fence: f.Fence})
}

// The following are nil when it is not known which spool it is about.

func statusButton(tag string) *slack.ButtonBlockElement {
	return known(tag, spoolButton(ActionStatus, labelStatus, Facts{Tag: tag}))
}

func waitButton(tag string) *slack.ButtonBlockElement {
	return known(tag, spoolButton(ActionWait, labelWait, Facts{Tag: tag}))
}

func askButton(tag string, fence int64) *slack.ButtonBlockElement {
	return known(tag, spoolButton(ActionAsk, labelAsk, Facts{Tag: tag, Fence: fence}))
}

func historyButton(tag string) *slack.ButtonBlockElement {
	return known(tag, spoolButton(ActionHistory, labelHistory, Facts{Tag: tag}))
}

func known(tag string, b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	if tag == "" {
		return nil
	}
	return b
}

// spoolButton is a button for one spool.
func spoolButton(action, label string, f Facts) *slack.ButtonBlockElement {
	return spoken(button(action, label, f.Value()), label, f.Tag)
}

// tagButton is a button that names its spool, one to a row.
func tagButton(verb Verb, f Facts, more string) *slack.ButtonBlockElement {
	return button(verb.action(), join(" · ", f.Tag, more), f.Value())
}

// spoken gives a button the name that a screen reader says: the verb and which
// spool it is for.
func spoken(b *slack.ButtonBlockElement, label, tag string) *slack.ButtonBlockElement {
	b.AccessibilityLabel = clip(tidy(label+" "+tag), maxButton)
	return b
}

func mineButton() *slack.ButtonBlockElement  { return button(ActionMine, labelMine, "") }
func boardButton() *slack.ButtonBlockElement { return button(ActionBoard, labelBoard, "") }
func helpButton() *slack.ButtonBlockElement  { return button(ActionHelp, labelHelp, "") }

func batchButton(label string) *slack.ButtonBlockElement { return button(ActionBatch, label, "") }

// holding are the facts of an occupation.
func holding(l occupation.Lock) Facts {
	return Facts{Tag: l.Tag, Fence: l.Fence, Operation: l.Operation, Deadline: l.Deadline}
}

// holdingOf are the facts of a held spool, by its lock or by its row alone.
func holdingOf(st occupation.Status) Facts {
	f := holding(st.Lock)
	if st.Lock.Fence == 0 || byRow(st) {
		f = Facts{Operation: st.Spool.Next()}
	}
	f.Tag = tagOf(st)
	return f
}

// byRow reports whether the row alone says that the spool is held.
func byRow(st occupation.Status) bool { return !st.Lock.Holds() && st.Spool.Occupied() }

// tagOf is the TAG as the sheet spells it, or as the lock has it when the row is
// gone.
func tagOf(st occupation.Status) string {
	if st.Spool.Tag != "" {
		return st.Spool.Tag
	}
	return st.Lock.Tag
}
