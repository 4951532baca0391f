package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Status says how one spool stands; me is the worker who asks, who gets the
// buttons of the holder if it is theirs.
func Status(st occupation.Status, me int, at Clock) Message {
	sign, state, term := standingOf(st, me, at)
	lines := append([]string{term, about(st.Spool)}, history(st.Spool, at)...)
	return card(sign, tagOf(st), state, lines, next(st, me, at)...)
}

// Stale answers a button whose time has passed: what has happened since, and
// the buttons of now. pressed are the facts of the old button.
func Stale(pressed Facts, st occupation.Status, me int, at Clock) Message {
	sign, state, term := standingOf(st, me, at)
	note := lineOldButton
	switch {
	case mine(st, me) && st.Lock.Fence == pressed.Fence:
		note = ""
	case mine(st, me):
		state = stateAnew
	case st.Held():
		state = nowHas(escape(orSomebody(st.HolderName()), maxName))
	case st.Spool.Next() != "":
		state = stateFreed
	}
	lines := append([]string{term, about(st.Spool)}, history(st.Spool, at)...)
	return card(sign, tagOf(st), state, append(lines, note), next(st, me, at)...)
}

// mine reports whether the worker holds the spool, by its lock or its row.
func mine(st occupation.Status, me int) bool {
	if st.Lock.Fence != 0 {
		return st.Lock.Holder.ID == me
	}
	return me != 0 && st.Spool.HolderID == me
}

// standingOf is the state in words: its sign, what follows the TAG, and since and
// until when, or what a free spool needs. Cells that could not be read are told
// by history.
func standingOf(st occupation.Status, me int, at Clock) (sign, state, term string) {
	if !st.Held() {
		op := st.Spool.Next()
		if op == "" {
			return signFinish, stateFinished, ""
		}
		if err := occupation.CanTake(st.Spool, op); err != nil {
			if err.Code == occupation.PrerequisiteNotMet {
				w := explain(err, at)
				term = capital(join(", ", w.head, w.detail))
			}
			return signFree, stateFree, term
		}
		return signFree, stateFree, capital(needs(op))
	}
	sign = signHeld
	switch {
	case st.Lock.Fence == 0:
		term = at.since(st.Spool.Since)
	case st.Lock.State != occupation.Held:
		sign, term = signWait, join(" · ", string(st.Lock.Operation), stateWriting)
	default:
		term = join(" ", string(st.Lock.Operation), at.span(st.Lock.Since, st.Lock.Deadline))
		if !st.Lock.Deadline.After(at.Now) {
			sign = signLate
		}
	}
	if mine(st, me) {
		return sign, stateYours, capital(term)
	}
	return signNo, hasIt(escape(orSomebody(st.HolderName()), maxName)), capital(term)
}

// next are the buttons for the state of now.
func next(st occupation.Status, me int, at Clock) []*slack.ButtonBlockElement {
	op := st.Spool.Next()
	switch {
	case mine(st, me) && settled(st):
		f := holdingOf(st)
		return []*slack.ButtonBlockElement{pauseButton(f).WithStyle(slack.StylePrimary), completeButton(f, at)}
	case mine(st, me):
		return []*slack.ButtonBlockElement{statusButton(tagOf(st)), mineButton()}
	case st.Held() || op == "" || occupation.CanTake(st.Spool, op) != nil:
		return []*slack.ButtonBlockElement{batchButton(labelAnother), mineButton()}
	default:
		f := Facts{Tag: tagOf(st), Operation: op}
		return []*slack.ButtonBlockElement{takeButton(labelTake, f).WithStyle(slack.StylePrimary), mineButton()}
	}
}

// settled reports whether nothing is on its way for the spool.
func settled(st occupation.Status) bool {
	return st.Lock.Fence == 0 || st.Lock.State == occupation.Held
}

// history is what the row knows of the spool's work, a line each.
func history(s occupation.Spool, at Clock) []string {
	var out []string
	if !s.Materials.IsZero() {
		out = append(out, materialsOn(at.day(s.Materials)))
	}
	if !s.ArmDate.IsZero() {
		out = append(out, doneBy(occupation.ARM, at.day(s.ArmDate), escape(s.ArmBy, maxName)))
	}
	if !s.SoldDate.IsZero() {
		out = append(out, doneBy(occupation.SOLD, at.day(s.SoldDate), escape(s.SoldBy, maxName)))
	}
	for _, f := range s.Faults[:min(len(s.Faults), 5)] {
		w := explain(&occupation.Error{Code: occupation.SheetSchema, Reason: occupation.UnreadCell, Column: f.Column, Row: f.Row, Text: f.Text}, at)
		out = append(out, signNo+" "+capital(join(", ", w.head, w.detail)))
	}
	return out
}
