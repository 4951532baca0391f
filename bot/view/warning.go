package view

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Warning tells a holder which of their spools expire soon, at least one, and
// what they can do: go on for an hour or until the end of the shift, one by one or
// with all, pause, complete.
func Warning(ws []occupation.Warning, at Clock) Message {
	if len(ws) == 1 {
		l := ws[0].Lock
		f := holding(l)
		return card(signLate, l.Tag, at.runsOut(l.Deadline), []string{string(l.Operation), lineGoOn, lineElse},
			extendButton(f), spoolButton(ActionExtendShift, labelExtendShift, Facts{Tag: f.Tag, Fence: f.Fence, Deadline: f.Deadline}),
			pauseButton(f), completeButton(f, at))
	}
	held := make([]occupation.Status, len(ws))
	var latest time.Time
	for i, w := range ws {
		held[i].Lock = w.Lock
		if w.Lock.Deadline.After(latest) {
			latest = w.Lock.Deadline
		}
	}
	value := Facts{Deadline: latest}.Value()
	head := warningHead(len(ws))
	blocks := append([]slack.Block{section(signLate+" "+bold(head), lineGoOnAll, lineElseAll)},
		rows(button(ActionExtendAll, labelExtendAll, value), button(ActionExtendAllShift, labelExtendAllShift, value))...)
	var soon []string
	for _, w := range ws[:min(len(ws), 3)] {
		soon = append(soon, join(" ", escape(w.Lock.Tag, maxTag), at.runsOut(w.Lock.Deadline)))
	}
	return message(join(": ", head, join("; ", soon...)), append(blocks, withButtons(held, warningLine, at)...)...)
}

// warningLine is one spool that expires soon: TAG, operation, when and how soon.
func warningLine(st occupation.Status, at Clock) string {
	l := st.Lock
	return clip(signLate+" "+join(" · ", bold(escape(l.Tag, maxTag)), string(l.Operation), at.runsOut(l.Deadline)), maxLine)
}
