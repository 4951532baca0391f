package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Waiting answers who wants to hear when a spool comes free: their place in the
// line, 1 = the first. At place 0 it is free already, and they may take it.
func Waiting(st occupation.Status, place int, at Clock) Message {
	sign, state, term := standingOf(st, 0, at)
	if place == 0 {
		return card(sign, tagOf(st), state, []string{term, about(st.Spool)}, next(st, occupation.Worker{}, at)...)
	}
	return card(signWait, tagOf(st), stateWaiting, []string{capital(join(" · ", state, term)), inLine(place)},
		spoolButton(ActionLeave, labelLeave, Facts{Tag: tagOf(st)}), mineButton())
}

// NoMoreWaiting says that the person will not hear of the spool any more.
func NoMoreWaiting(tag string) Message {
	return card(signDone, tag, stateNotWaiting, []string{lineNotWaiting}, statusButton(tag), batchButton(labelAnother))
}

// Turn tells who waited that the spool is free; op is what it needs.
func Turn(t occupation.Turn, op occupation.Operation, at Clock) Message {
	term := lineFirstCome
	if t.First && t.Until.After(at.Now) {
		term = onlyYou(at.until(t.Until))
	}
	return card(signFree, t.Tag, stateCameFree, []string{term, needsNow(op)},
		takeButton(labelTake, Facts{Tag: t.Tag, Operation: op}).WithStyle(slack.StylePrimary),
		spoolButton(ActionLeave, labelLeaveTurn, Facts{Tag: t.Tag}))
}

// TurnStopped tells who waited that the spool is nobody's, and cannot be taken.
func TurnStopped(t occupation.Turn, s occupation.Spool) Message {
	return card(signStop, t.Tag, stateOnHold, []string{stopLine(s), lineTellWhenLifted},
		spoolButton(ActionLeave, labelLeave, Facts{Tag: t.Tag}), batchButton(labelAnother))
}
