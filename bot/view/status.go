package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Status says how one spool stands; me is the worker who asks: whoever holds it
// gets the buttons of the holder, all others those to get it.
func Status(st occupation.Status, me occupation.Worker, at Clock) Message {
	sign, state, term := standingOf(st, me.ID, at)
	lines := append([]string{term, about(st.Spool)}, history(st.Spool, at)...)
	return card(sign, tagOf(st), state, append(lines, stopOfHeld(st)), next(st, me, at)...)
}

// stopOfHeld is for a spool that was stopped while somebody works on it.
func stopOfHeld(st occupation.Status) string {
	if _, stopped := st.Spool.Stop(); stopped && st.Held() {
		return join(" ", lineSheetStops, stopLine(st.Spool))
	}
	return ""
}

// Stale answers a button whose time has passed: what has happened since, and
// the buttons of now. pressed are the facts of the old button.
func Stale(pressed Facts, st occupation.Status, me occupation.Worker, at Clock) Message {
	sign, state, term := standingOf(st, me.ID, at)
	note := lineOldButton
	switch {
	case (mine(st, me.ID) || lapsed(st, at)) && st.Lock.Fence == pressed.Fence:
		note = ""
	case lapsed(st, at):
	case mine(st, me.ID):
		state = stateAnew
	case st.Held():
		state = nowHas(name(holderOf(st)))
	case st.Spool.Next() != "" && state != stateOnHold:
		state = stateFreed
	}
	lines := append([]string{term, about(st.Spool)}, history(st.Spool, at)...)
	return card(sign, tagOf(st), state, append(lines, note), next(st, me, at)...)
}

// mine reports whether the worker holds the spool, by its lock or its row.
func mine(st occupation.Status, me int) bool {
	if st.Lock.Holds() {
		return st.Lock.Holder.ID == me
	}
	return me != 0 && st.Spool.HolderID == me
}

// lapsed reports whether the spool has expired and is kept for its former holder.
func lapsed(st occupation.Status, at Clock) bool {
	return st.Lock.State == occupation.Lapsed && st.Lock.Until.After(at.Now) && !st.Held()
}

// standingOf is the state in words: its sign, what follows the TAG, and since and
// until when, or what a free spool needs. Cells that could not be read are told
// by history.
func standingOf(st occupation.Status, me int, at Clock) (sign, state, term string) {
	switch {
	case lapsed(st, at) && st.Lock.Holder.ID == me:
		return signLate, at.expired(st.Lock.Deadline), keptForYou(at.until(st.Lock.Until))
	case lapsed(st, at):
		return signLate, at.expired(st.Lock.Deadline), keptFor(name(st.Lock.Holder), at.until(st.Lock.Until))
	case !st.Held():
		return standingFree(st.Spool, at)
	case byRow(st):
		sign, term = signHeld, at.since(st.Spool.Since)
	case !settled(st):
		sign, term = signWait, join(" · ", string(st.Lock.Operation), stateWriting)
	case !st.Lock.Deadline.After(at.Now):
		sign, term = signLate, join(" ", string(st.Lock.Operation), at.span(st.Lock.Since, st.Lock.Deadline))
	default:
		sign, term = signHeld, join(" ", string(st.Lock.Operation), at.span(st.Lock.Since, st.Lock.Deadline))
	}
	if mine(st, me) {
		return sign, stateYours, capital(term)
	}
	return signNo, hasIt(name(holderOf(st))), capital(term)
}

func standingFree(s occupation.Spool, at Clock) (sign, state, term string) {
	if _, stopped := s.Stop(); stopped {
		return signStop, stateOnHold, join(" ", stopLine(s), lineWhoLifts)
	}
	op := s.Next()
	if op == "" {
		return signFinish, stateFinished, ""
	}
	err := occupation.CanTake(s, op)
	switch {
	case err == nil:
		return signFree, stateFree, capital(needs(op))
	case err.Code == occupation.PrerequisiteNotMet:
		w := explain(err, at)
		return signNo, stateBlocked, capital(join(", ", w.head, w.detail))
	default:
		return signNo, stateBlocked, ""
	}
}

// next are the buttons for the state of now; a supervisor can look back, too.
func next(st occupation.Status, me occupation.Worker, at Clock) []*slack.ButtonBlockElement {
	buttons := nextToDo(st, me, at)
	if me.Has(occupation.Supervisor) {
		buttons = append(buttons, historyButton(tagOf(st)))
	}
	return buttons
}

func nextToDo(st occupation.Status, me occupation.Worker, at Clock) []*slack.ButtonBlockElement {
	f, op := holdingOf(st), st.Spool.Next()
	retain := retainAs(st, me, at)
	var lift *slack.ButtonBlockElement
	if mayLift(st.Spool, me) {
		lift = liftButton(st.Spool)
	}
	switch {
	case lapsed(st, at) && st.Lock.Holder.ID == me.ID:
		return []*slack.ButtonBlockElement{goOnButton(f).WithStyle(slack.StylePrimary), pauseButton(f), completeButton(f, at), retain}
	case mine(st, me.ID) && settled(st):
		return []*slack.ButtonBlockElement{pauseButton(f).WithStyle(slack.StylePrimary), completeButton(f, at), extendButton(f), transferButton(f, 0), retain}
	case mine(st, me.ID):
		return []*slack.ButtonBlockElement{statusButton(f.Tag), mineButton()}
	case lapsed(st, at) || st.Held():
		return nextOfTheirs(st, me, retain)
	case op == "" || occupation.CanTake(st.Spool, op) != nil:
		return []*slack.ButtonBlockElement{lift, retain, batchButton(labelAnother), mineButton()}
	default:
		return []*slack.ButtonBlockElement{takeButton(labelTake, Facts{Tag: f.Tag, Operation: op}).WithStyle(slack.StylePrimary), retain, mineButton()}
	}
}

// retainAs stops the spool; nil when the worker may not, or not now.
func retainAs(st occupation.Status, me occupation.Worker, at Clock) *slack.ButtonBlockElement {
	if !st.Held() && !lapsed(st, at) {
		st.Lock = occupation.Lock{} // it is over, and nobody has looked yet
	}
	if occupation.CanRetain(st, me) != nil || st.Spool.Tag == "" || !settled(st) {
		return nil
	}
	return retainButton(Facts{Tag: tagOf(st), Fence: st.Lock.Fence})
}

// nextOfTheirs are the buttons for a spool that somebody else has. Of one that
// the row gives to nobody with an id, no one can be asked, and nothing tells when
// it comes free.
func nextOfTheirs(st occupation.Status, me occupation.Worker, retain *slack.ButtonBlockElement) []*slack.ButtonBlockElement {
	f, boss := holdingOf(st), me.Has(occupation.Supervisor)
	another := batchButton(labelAnother)
	var ask, free, pass *slack.ButtonBlockElement
	switch {
	case byRow(st) && st.Spool.HolderID == 0:
		return []*slack.ButtonBlockElement{batchButton(labelAnother), mineButton()}
	case st.Held() && settled(st):
		ask = askButton(f.Tag, f.Fence)
		if boss {
			free, pass, another = releaseButton(f), transferButton(f, holderOf(st).ID), nil
		}
	case !st.Held() && boss: // lapsed: there is nobody to pass it on
		free = releaseButton(f)
	}
	return []*slack.ButtonBlockElement{waitButton(f.Tag), ask, another, free, pass, retain}
}

// settled reports whether nothing is on its way for the spool.
func settled(st occupation.Status) bool {
	return !st.Lock.Holds() || st.Lock.State == occupation.Held
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
	if len(s.Faults) > 0 {
		out = append(out, lineOfficeMends)
	}
	return out
}
