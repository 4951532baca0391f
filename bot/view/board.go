package view

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// How many characters of the board each of its lists may take.
const (
	roomHeld    = 7500
	roomStopped = 1500
	roomWaiting = 1500
	perSection  = 15 // lines of maxLine
)

// Board is the message that the supervisors keep in sight: who holds what, soonest
// deadline first, what is about to expire, what is stopped, who waits, what was done
// today. Of more than fit, the rest is counted. It does not say for which moment it
// is made, so that it is the same while nothing changes.
func Board(b occupation.Board, at Clock) Message {
	soon, held, late := parted(b, at)
	head := section(signBoard+" "+bold(boardTitle), bold(boardCount(len(soon)+len(held), len(late), len(b.Stopped), waiting(b.Waits))), doneToday(b))
	blocks := []slack.Block{head}
	room := roomHeld
	for _, part := range []struct {
		title string
		held  []occupation.Status
	}{{boardSoon, soon}, {boardHeld, held}, {boardLate, late}} {
		lines := make([]string, len(part.held))
		for i, st := range part.held {
			lines[i] = boardLine(st, at)
		}
		lines = fitting(lines, &room)
		blocks = append(blocks, titled(part.title, lines)...)
	}
	room = roomStopped
	blocks = append(blocks, titled(boardStopped, fitting(stoppedLines(b.Stopped), &room))...)
	room = roomWaiting
	blocks = append(blocks, titled(boardWaiting, fitting(waitingLines(b.Waits), &room))...)
	text := join(": ", boardTitle, boardCount(len(soon)+len(held), len(late), len(b.Stopped), waiting(b.Waits)))
	return message(text, append(blocks, rows(boardButton())...)...)
}

// BoardOf is a board as it was at the moment.
func BoardOf(board Message, at Clock) Message {
	board.Blocks = append(slices.Clone(board.Blocks), small(boardAsOf(at.moment(at.Now))))
	return board
}

// IsBoard reports whether a message of ours with this text is a board, and none that is
// continued further down.
func IsBoard(text string) bool { return strings.HasPrefix(text, boardTitle+": ") }

// BoardMoved takes the place of a board that is continued further down; link is the
// address of the new one, empty when Slack does not say it.
func BoardMoved(link string, at Clock) Message {
	return message(boardMovedText, section(signBoard+" "+boardMoved(link, at.moment(at.Now))))
}

// parted tells what is about to expire from what is held for longer, both soonest
// first, and from what is kept for who had it.
func parted(b occupation.Board, at Clock) (soon, held, late []occupation.Status) {
	for _, st := range b.Held {
		switch {
		case !st.Held():
			late = append(late, st)
		case st.Lock.Holds() && !st.Lock.Deadline.After(at.Now.Add(b.Soon)):
			soon = append(soon, st)
		default:
			held = append(held, st)
		}
	}
	for _, list := range [][]occupation.Status{soon, held, late} {
		slices.SortStableFunc(list, bySoonest)
	}
	return soon, held, late
}

// bySoonest is the order of deadlines; what has none comes last.
func bySoonest(a, b occupation.Status) int {
	switch x, y := a.Lock.Holds() || !a.Held(), b.Lock.Holds() || !b.Held(); {
	case x && y:
		return a.Lock.Deadline.Compare(b.Lock.Deadline)
	case x:
		return -1
	case y:
		return 1
	default:
		return 0
	}
}

// boardLine is one spool that is held or kept: sign, TAG, operation, who, since and
// until when.
func boardLine(st occupation.Status, at Clock) string {
	sign, op, term := signHeld, string(st.Lock.Operation), at.span(st.Lock.Since, st.Lock.Deadline)
	switch {
	case byRow(st):
		op, term = "", at.since(st.Spool.Since)
	case !st.Held():
		sign, term = signLate, join(", ", at.expired(st.Lock.Deadline), kept(at.until(st.Lock.Until)))
	case !settled(st):
		sign, term = signWait, stateWriting
	case !st.Lock.Deadline.After(at.Now):
		sign = signLate
	}
	return clip(sign+" "+join(" · ", bold(escape(tagOf(st), maxTag)), op, name(holderOf(st)), term), maxLine)
}

func stoppedLines(stopped []occupation.Spool) []string {
	lines := make([]string, len(stopped))
	for i, sp := range stopped {
		stop, _ := sp.Stop()
		lines[i] = clip(signStop+" "+join(" · ", bold(escape(sp.Tag, maxTag)), escape(stop.Reason, maxCell), escape(stop.Label, maxName)), maxLine)
	}
	return lines
}

// waitingLines is a line for each spool that somebody waits for: who, in the order
// of the line.
func waitingLines(waits []occupation.Waiter) []string {
	var lines, names []string
	for i, w := range waits {
		names = append(names, name(w.Worker))
		if i+1 < len(waits) && waits[i+1].Tag == w.Tag {
			continue
		}
		lines = append(lines, clip(signWait+" "+bold(escape(w.Tag, maxTag))+": "+strings.Join(names, ", "), maxLine))
		names = nil
	}
	return lines
}

// waiting counts the people who wait, each once.
func waiting(waits []occupation.Waiter) int {
	people := map[int]bool{}
	for _, w := range waits {
		people[w.Worker.ID] = true
	}
	return len(people)
}

func doneToday(b occupation.Board) string {
	return boardDone(b.Done[occupation.ARM], b.Done[occupation.SOLD])
}

// fitting keeps the lines for which there is room, takes that from it, and counts
// the others in a last line.
func fitting(lines []string, room *int) []string {
	for i, line := range lines {
		if *room -= utf8.RuneCountInString(line) + 1; *room < 0 {
			*room = 0
			return append(lines[:i:i], andMore(len(lines)-i))
		}
	}
	return lines
}

// titled is a list under its title, nothing when the list is empty.
func titled(title string, lines []string) []slack.Block {
	if len(lines) == 0 {
		return nil
	}
	return lists(append([]string{bold(title)}, lines...), perSection)
}
