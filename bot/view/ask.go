package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// AskHolder asks who has a spool for it, in the name of another worker. Who asks
// can be given it only if their roles allow the work.
func AskHolder(st occupation.Status, asker occupation.Worker, at Clock) Message {
	f := holdingOf(st)
	_, _, term := standingOf(st, 0, at)
	reply := Facts{Tag: f.Tag, Fence: f.Fence, Worker: asker.ID}
	var give *slack.ButtonBlockElement
	if asker.May(f.Operation) {
		give = spoolButton(ActionGive, labelGive, reply)
	}
	return card(signAsk, f.Tag, needsIt(name(asker.AsHolder())), []string{capital(join(" · ", stateYours, term)), lineWhatToSay},
		give, spoolButton(ActionPause, labelPauseForThem, f), spoolButton(ActionStillUse, labelStillUse, reply))
}

// AskSent tells who asked that the holder has been asked.
func AskSent(st occupation.Status, at Clock) Message {
	return asked(st, askedOf(name(holderOf(st))), lineTellAnswer, at)
}

// AskedAlready tells who asks once more that the holder was asked by them a short time ago.
func AskedAlready(st occupation.Status, at Clock) Message {
	return asked(st, askedLately(name(holderOf(st))), lineAskedOnce, at)
}

func asked(st occupation.Status, state, line string, at Clock) Message {
	_, _, term := standingOf(st, 0, at)
	return card(signWait, tagOf(st), state, []string{term, line}, waitButton(tagOf(st)), batchButton(labelAnother))
}

// StillUsed brings the holder's answer to who asked.
func StillUsed(tag string, holder occupation.Holder, _ Clock) Message {
	return card(signNo, tag, stillUses(name(holder)), []string{lineTellWhenFree}, waitButton(tag), batchButton(labelAnother))
}

// StillUsedNoted tells the holder that who asked knows.
func StillUsedNoted(tag string) Message {
	return card(signDone, tag, stateStaysYours, []string{lineToldAsker}, statusButton(tag), mineButton())
}
