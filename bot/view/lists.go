package view

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// maxMine is how many held spools get buttons of their own in one message.
const maxMine = 20

// Mine lists what a person holds, and what has expired and is kept for them, each
// with its buttons.
func Mine(held []occupation.Status, at Clock) Message {
	if len(held) == 0 {
		return message(nothingHeld, append([]slack.Block{section(signFree+" "+bold(nothingHeld), lineTakeHint)}, rows(batchButton(labelSearch))...)...)
	}
	head := mineHead(countLapsed(held))
	blocks := append([]slack.Block{section(bold(head))}, mineBlocks(held, at)...)
	first := escape(tagOf(held[0]), maxTag)
	return message(join(": ", head, join(" ", first, at.deadline(held[0].Lock.Deadline))), blocks...)
}

// countLapsed tells what is held from what has expired.
func countLapsed(all []occupation.Status) (held, late int) {
	for _, st := range all {
		if st.Held() {
			held++
		} else {
			late++
		}
	}
	return held, late
}

// mineBlocks is two blocks for each of the first twenty, and lines for the rest.
func mineBlocks(held []occupation.Status, at Clock) []slack.Block {
	return withButtons(held, heldLine, at)
}

// withButtons lists spools of one person by a line each. The button that says how
// it goes on stands beside the line, the others below it.
func withButtons(held []occupation.Status, line func(occupation.Status, Clock) string, at Clock) []slack.Block {
	var blocks []slack.Block
	n := min(len(held), maxMine)
	for _, st := range held[:n] {
		text := []string{line(st, at), about(st.Spool)}
		if !settled(st) {
			blocks = append(blocks, section(text...))
			continue
		}
		f := holdingOf(st)
		f.List = true
		goOn := extendButton(f)
		if !st.Held() {
			goOn = goOnButton(f)
		}
		blocks = append(append(blocks, sectionWith(goOn, text...)), rows(pauseButton(f), completeButton(f, at))...)
	}
	if len(held) == n {
		return blocks
	}
	var lines []string
	for _, st := range held[n:min(len(held), occupation.MaxBatch)] {
		lines = append(lines, line(st, at))
	}
	blocks = append(blocks, section(mineHint(len(held)-n)))
	return append(blocks, lists(lines, 10)...)
}

// heldLine is one spool that is held, or kept for who held it: sign, TAG,
// operation, how long.
func heldLine(st occupation.Status, at Clock) string {
	sign, op, term := signHeld, string(st.Lock.Operation), at.deadline(st.Lock.Deadline)
	switch {
	case byRow(st):
		op, term = "", at.since(st.Spool.Since)
	case !st.Lock.Holds():
		sign, term = signLate, join(", ", at.expired(st.Lock.Deadline), kept(at.until(st.Lock.Until)))
	case !settled(st):
		sign, term = signWait, stateWriting
	case !st.Lock.Deadline.After(at.Now):
		sign = signLate
	}
	return clip(sign+" "+join(" · ", bold(escape(tagOf(st), maxTag)), op, term), maxLine)
}

// Overview lists who has what, by person, and what is kept for whom; of more than
// fit, the rest is counted. Below stand those that nobody may take.
func Overview(held []occupation.Status, stopped []occupation.Spool, at Clock) Message {
	if len(held) == 0 {
		blocks := append([]slack.Block{section(signFree + " " + bold(nobodyHolds))}, stoppedBlocks(stopped)...)
		return message(nobodyHolds, append(blocks, rows(batchButton(labelSearch))...)...)
	}
	people := byPerson(held)
	n, late := countLapsed(held)
	head := boardHead(n, late, len(people))
	var blocks []slack.Block
	var lines []string
	room, shown := maxAll-1000-maxLine*min(len(stopped), maxStopped+2), 0
	for _, p := range people {
		if len(lines) > 10 {
			blocks, lines = append(blocks, lists(lines, 15)...), nil
		}
		for i, st := range p.held {
			line := heldLine(st, at)
			if i == 0 {
				line = bold(p.name) + "\n" + line
			}
			if room -= utf8.RuneCountInString(line) + 1; room < 0 {
				break
			}
			lines = append(lines, line)
			shown++
		}
	}
	if shown < len(held) {
		lines = append(lines, andMore(len(held)-shown))
	}
	blocks = append([]slack.Block{section(bold(head))}, append(blocks, lists(lines, 15)...)...)
	blocks = append(blocks, stoppedBlocks(stopped)...)
	return message(head, append(blocks, rows(mineButton(), batchButton(labelSearch))...)...)
}

// holder is a person and what they hold, soonest deadline first.
type holder struct {
	name string // escaped
	held []occupation.Status
}

// byPerson groups by worker id, or by name where the sheet has no id, in the
// order of the names.
func byPerson(held []occupation.Status) []holder {
	var out []holder
	at := map[string]int{}
	for _, st := range held {
		who := holderOf(st)
		key := strconv.Itoa(who.ID)
		if who.ID == 0 {
			key = who.Name
		}
		i, known := at[key]
		if !known {
			i = len(out)
			at[key] = i
			out = append(out, holder{name: name(who)})
		}
		out[i].held = append(out[i].held, st)
	}
	slices.SortStableFunc(out, func(a, b holder) int { return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	for _, h := range out {
		slices.SortStableFunc(h.held, func(a, b occupation.Status) int { return a.Lock.Deadline.Compare(b.Lock.Deadline) })
	}
	return out
}

// holderOf is who has a spool, or had it when it expired, by the lock or by the
// row alone.
func holderOf(st occupation.Status) occupation.Holder {
	if byRow(st) {
		return occupation.Holder{ID: st.Spool.HolderID, Name: st.Spool.HeldBy}
	}
	return st.Lock.Holder
}
