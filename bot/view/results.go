package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// maxLine is how long the line of one spool may be; fifty of them, with every
// character of it an entity, still fit an acknowledgement of 20 KB.
const maxLine = 150

// Results says what became of each spool of a batch: first what the person got,
// then what not and why, each in the order asked. Below stand the buttons for the
// latter: to wait for what is occupied, to try again what the weather has spoilt,
// and to point at what was meant by what is not there.
func Results(results []occupation.Result, at Clock) Message {
	head, blocks := resultBlocks(results, at)
	blocks = append(blocks, rows(undoneButtons(results)...)...)
	buttons := append([]*slack.ButtonBlockElement{mineButton()}, undoManyButtons(results)...)
	buttons = append(buttons, batchButton(labelAnother))
	return message(head, append(blocks, rows(buttons...)...)...)
}

// resultBlocks is the batch answer without buttons, for messages and modals.
func resultBlocks(results []occupation.Result, at Clock) (string, []slack.Block) {
	verb := Take
	if len(results) > 0 {
		verb = VerbOf(results[0].Kind)
	}
	var got, checked, refused []string
	for _, r := range results {
		if r.Kind == occupation.Extend { // beside takes of what had expired
			verb = Extend
		}
		line := resultLine(r, at)
		switch {
		case r.Err == nil:
			got = append(got, line)
		case r.Err.Reason == occupation.BeingChecked:
			checked = append(checked, line)
		default:
			refused = append(refused, line)
		}
	}
	done, waiting := len(got), len(checked)
	lines := slices.Concat(got, checked, refused)
	head := batchHead(verb, done, len(results))
	tail := batchTail(len(results)-done-waiting, waiting)
	blocks := []slack.Block{section(bold(head), tail)}
	return join(" ", head, tail), append(blocks, lists(lines, 10)...)
}

// maxMeant is how many spools of a batch that are not there get buttons.
const maxMeant = 5

// undoneButtons are for what the person did not get.
func undoneButtons(results []occupation.Result) []*slack.ButtonBlockElement {
	var occupied, again Many
	var meant []*slack.ButtonBlockElement
	for _, r := range results {
		switch verb := VerbOf(r.Kind); {
		case r.Err == nil, verb == Undo:
		case waitable(r.Err):
			occupied.Verb = Wait
			occupied.Targets = append(occupied.Targets, occupation.Target{Tag: r.Tag})
		case weather(r.Err) && again.Verb == "", weather(r.Err) && again.Verb == verb:
			again.Verb, again.Operation, again.Date = verb, r.Asked, r.Date
			again.Targets = append(again.Targets, occupation.Target{Tag: r.Tag, Fence: r.Lock.Fence})
		case len(r.Err.Near) > 0 && len(meant) < maxMeant:
			near := Many{Verb: verb, Operation: r.Asked, Date: r.Date, Targets: []occupation.Target{{Tag: r.Err.Near[0]}}}
			for _, b := range manyButtons(ActionRetryMany, near, func(int) string { return r.Err.Near[0] }) {
				meant = append(meant, spoken(b, verbLabel(verb), r.Err.Near[0]))
			}
		}
	}
	if again.Verb == Take { // nothing is held yet
		for i := range again.Targets {
			again.Targets[i].Fence = 0
		}
	}
	out := manyButtons(ActionWaitMany, occupied, waitMany)
	out = append(out, manyButtons(ActionRetryMany, again, retryMany)...)
	out = append(out, undoAgainButtons(results)...)
	return append(out, meant...)
}

// waitable reports whether the person may wait for a spool that somebody has, as
// occupiedButtons has it.
func waitable(e *occupation.Error) bool {
	if e.Code != occupation.SpoolOccupied || e.Reason == occupation.WaitListFirst {
		return false
	}
	return e.Holder.ID != 0 || e.Reason == ""
}

// weather reports whether the same may go well in a moment.
func weather(e *occupation.Error) bool {
	switch e.Code {
	case occupation.SheetUnavailable, occupation.LocksUnavailable:
		return e.Reason != occupation.BeingChecked && e.Reason != occupation.Protected
	default:
		return false
	}
}

func resultLine(r occupation.Result, at Clock) string {
	tag := bold(escape(r.Tag, maxTag))
	if r.Err != nil {
		w, sign := explain(r.Err, at), signNo
		if r.Err.Reason == occupation.BeingChecked {
			sign = signWait
		}
		if len(r.Err.Near) > 0 {
			w.detail = perhaps(escape(r.Err.Near[0], maxTag))
		}
		return clip(sign+" "+join(" · ", tag, join(", ", w.head, w.detail)), maxLine)
	}
	sign, state, more := signDone, batchState(r.Kind), at.deadline(r.Lock.Deadline)
	switch {
	case r.Kind == occupation.Revert && !r.Begins():
		return clip(signUndo+" "+join(" · ", tag, stateNotTaken), maxLine)
	case r.Kind == occupation.Revert:
		sign, state = signUndo, stateYoursAgain
	case r.Already && r.Kind == occupation.Extend:
		state = stateUnchanged
	case r.Already:
		state = stateAlready
	case r.Kind == occupation.Complete:
		more = at.day(r.Date)
	case r.Kind == occupation.Pause:
		more = ""
	}
	return clip(sign+" "+join(" · ", tag, join(", ", state, join(" ", string(r.Lock.Operation), more))), maxLine)
}

// lists puts lines into sections of n.
func lists(lines []string, n int) []slack.Block {
	var out []slack.Block
	for len(lines) > 0 {
		k := min(n, len(lines))
		out = append(out, section(strings.Join(lines[:k], "\n")))
		lines = lines[k:]
	}
	return out
}
