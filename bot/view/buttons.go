package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

func takeButton(label string, f Facts) *slack.ButtonBlockElement {
	return spoken(button(ActionTake, label, f.Value()), label, f.Tag)
}

func pauseButton(f Facts) *slack.ButtonBlockElement {
	return spoken(button(ActionPause, labelPause, f.Value()), labelPause, f.Tag)
}

// completeButton asks before it writes the date: nothing takes that back.
func completeButton(f Facts, at Clock) *slack.ButtonBlockElement {
	day := today
	if !f.Date.IsZero() {
		day = at.day(f.Date)
	}
	confirm := slack.NewConfirmationBlockObject(
		plain(confirmTitle, 100),
		plain(confirmText(clip(tidy(f.Tag), maxTag), f.Operation, day), 300),
		plain(confirmYes, 30), plain(confirmNo, 30),
	)
	return spoken(button(ActionComplete, labelComplete, f.Value()), labelComplete, f.Tag).WithConfirm(confirm)
}

func statusButton(tag string) *slack.ButtonBlockElement {
	if tag == "" {
		return nil
	}
	return spoken(button(ActionStatus, labelStatus, Facts{Tag: tag}.Value()), labelStatus, tag)
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
	return Facts{Tag: l.Tag, Fence: l.Fence, Operation: l.Operation}
}

// holdingOf are the facts of a held spool, by its lock or by its row alone.
func holdingOf(st occupation.Status) Facts {
	f := holding(st.Lock)
	if f.Fence == 0 {
		f = Facts{Operation: st.Spool.Next()}
	}
	f.Tag = tagOf(st)
	return f
}

// tagOf is the TAG as the sheet spells it, or as the lock has it when the row is
// gone.
func tagOf(st occupation.Status) string {
	if st.Spool.Tag != "" {
		return st.Spool.Tag
	}
	return st.Lock.Tag
}
