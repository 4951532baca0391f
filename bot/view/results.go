package view

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// maxLine is how long the line of one spool may be; fifty of them, with every
// character of it an entity, still fit an acknowledgement of 20 KB.
const maxLine = 150

// Results says what became of each spool of a batch, in the order asked: what
// the person got, what not, and why.
func Results(results []occupation.Result, at Clock) Message {
	head, blocks := resultBlocks(results, at)
	return message(head, append(blocks, rows(mineButton(), batchButton(labelAnother))...)...)
}

// resultBlocks is the batch answer without buttons, for messages and modals.
func resultBlocks(results []occupation.Result, at Clock) (string, []slack.Block) {
	verb := Take
	if len(results) > 0 {
		verb = VerbOf(results[0].Kind)
	}
	var done, waiting int
	lines := make([]string, len(results))
	for i, r := range results {
		if r.Kind == occupation.Extend { // beside takes of what had expired
			verb = Extend
		}
		lines[i] = resultLine(r, at)
		switch {
		case r.Err == nil:
			done++
		case r.Err.Reason == occupation.BeingChecked:
			waiting++
		}
	}
	head := batchHead(verb, done, len(results))
	tail := batchTail(len(results)-done-waiting, waiting)
	blocks := []slack.Block{section(bold(head), tail)}
	return join(" ", head, tail), append(blocks, lists(lines, 10)...)
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
	state, more := batchState(r.Kind), at.deadline(r.Lock.Deadline)
	switch {
	case r.Already && r.Kind == occupation.Extend:
		state = stateUnchanged
	case r.Already:
		state = stateAlready
	case r.Kind == occupation.Complete:
		more = at.day(r.Date)
	case r.Kind == occupation.Pause:
		more = ""
	}
	return clip(signDone+" "+join(" · ", tag, join(", ", state, join(" ", string(r.Lock.Operation), more))), maxLine)
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
