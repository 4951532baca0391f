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
	switch {
	case held(st) && st.Lock.Fence != 0 && st.Lock.Holder.ID == me && st.Lock.Fence != pressed.Fence:
		state = stateAnew
		term = join(" ", string(st.Lock.Operation), at.since(st.Lock.Since), at.deadline(st.Lock.Deadline))
	case held(st) && mine(st, me):
	case held(st):
		state = nowHas(escape(orSomebody(st.HolderName()), maxName))
	case st.Spool.Next() != "":
		state = stateFreed
	}
	lines := append([]string{term, about(st.Spool)}, history(st.Spool, at)...)
	return card(sign, tagOf(st), state, append(lines, lineOldButton), next(st, me, at)...)
}

func held(st occupation.Status) bool { return st.Held() }

// mine reports whether the worker holds the spool, by its lock or its row.
func mine(st occupation.Status, me int) bool {
	if st.Lock.Fence != 0 {
		return st.Lock.Holder.ID == me
	}
	return me != 0 && st.Spool.HolderID == me
}

// standingOf is the state in words: its sign, what follows the TAG, and since and
// until when.
func standingOf(st occupation.Status, me int, at Clock) (sign, state, term string) {
	if !held(st) {
		if st.Spool.Next() == "" {
			return signFinish, stateFinished, ""
		}
		return signFree, stateFree, capital(needs(st.Spool.Next()))
	}
	term = join(" ", string(st.Lock.Operation), at.since(st.Lock.Since), at.deadline(st.Lock.Deadline))
	if st.Lock.Fence == 0 {
		term = at.since(st.Spool.Since)
	}
	if st.Lock.Fence != 0 && st.Lock.State != occupation.Held {
		term = join(" · ", term, stateWriting)
	}
	if mine(st, me) {
		return signHeld, stateYours, capital(term)
	}
	return signNo, hasIt(escape(orSomebody(st.HolderName()), maxName)), capital(term)
}

// next are the buttons for the state of now.
func next(st occupation.Status, me int, at Clock) []*slack.ButtonBlockElement {
	switch {
	case mine(st, me):
		f := holdingOf(st)
		return []*slack.ButtonBlockElement{pauseButton(f), completeButton(f, at)}
	case held(st) || st.Spool.Next() == "":
		return []*slack.ButtonBlockElement{batchButton(labelAnother), mineButton()}
	default:
		f := Facts{Tag: tagOf(st), Operation: st.Spool.Next()}
		return []*slack.ButtonBlockElement{takeButton(labelTake, f).WithStyle(slack.StylePrimary), mineButton()}
	}
}

// history is what the row knows of the spool's work, a line each.
func history(s occupation.Spool, at Clock) []string {
	var out []string
	switch {
	case s.Row == 0:
		return nil
	case s.Materials.IsZero():
		if _, bad := s.Fault(occupation.ColMaterials); !bad {
			out = append(out, noMaterials)
		}
	default:
		out = append(out, materialsOn(at.day(s.Materials)))
	}
	if !s.ArmDate.IsZero() {
		out = append(out, doneBy(occupation.ARM, at.day(s.ArmDate), escape(s.ArmBy, maxName)))
	}
	if !s.SoldDate.IsZero() {
		out = append(out, doneBy(occupation.SOLD, at.day(s.SoldDate), escape(s.SoldBy, maxName)))
	}
	if len(out) == 0 && s.State != "" {
		out = append(out, escape(s.State, maxCell))
	}
	for _, f := range s.Faults[:min(len(s.Faults), 5)] {
		w := explain(&occupation.Error{Code: occupation.SheetSchema, Reason: occupation.UnreadCell, Column: f.Column, Row: f.Row, Text: f.Text}, at)
		out = append(out, signNo+" "+capital(join(", ", w.head, w.detail)))
	}
	return out
}
