package view

import (
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// maxFinding is how long the line of one finding may be.
const maxFinding = 240

// ReconcileReport says how sheet and bot differ, spool by spool, and what will be
// done about it, or has been when it was applied. Of more than fit, the rest is
// counted.
func ReconcileReport(fs []occupation.Finding, applied bool, at Clock) Message {
	if len(fs) == 0 {
		return message(reconcileAgree, section(signDone+" "+bold(reconcileAgree)))
	}
	byHand := 0
	for _, f := range fs {
		if f.Kind == occupation.ByHand {
			byHand++
		}
	}
	head, tell := reconcileHead(len(fs)), findingPlan
	if applied {
		tell = findingDone
	}
	if applied && byHand < len(fs) {
		head = reconcileDone(len(fs) - byHand)
	}
	var lines []string
	room := maxAll - 1000
	for _, f := range fs {
		line := findingLine(f, tell, at)
		if room -= utf8.RuneCountInString(line) + 1; room < 0 {
			break
		}
		lines = append(lines, line)
	}
	if len(lines) < len(fs) {
		lines = append(lines, andMore(len(fs)-len(lines)))
	}
	blocks := append([]slack.Block{section(signSheet+" "+bold(head), byHandHint(byHand))}, lists(lines, 10)...)
	if !applied && byHand < len(fs) { // else there is nothing to put right
		blocks = append(append(blocks, section(reconcileHint)), rows(button(ActionReconcile, labelReconcile, ""))...)
	}
	return message(join(" ", head, byHandHint(byHand)), blocks...)
}

// ReconcileWorking is shown while sheet and bot are being compared and put right.
func ReconcileWorking() Message {
	return message(join(" ", reconcileBusy, reconcileWait), section(signWait+" "+bold(reconcileBusy), reconcileWait))
}

// findingLine is one finding: TAG, what sheet and bot say, what is done about it.
func findingLine(f occupation.Finding, tell func(occupation.FindingKind, string, string) string, at Clock) string {
	row := escape(orSomebody(f.Spool.HeldBy), maxName)
	term := at.deadline(f.Lock.Deadline)
	differs := findingWords(f.Kind, row, name(f.Lock.Holder))
	if f.Kind == occupation.Overwritten && f.Spool.HolderID == 0 {
		row = ""
	}
	return clip(join(" · ", bold(escape(f.Tag(), maxTag)), join(". ", differs, tell(f.Kind, row, term))), maxFinding)
}
