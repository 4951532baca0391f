package view

import (
	"slices"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

const (
	maxHomeBlocks = 100 // Slack's
	homeReserve   = 8   // blocks of the board that have no buttons
	ruledMost     = 3   // blocks of one spool with its buttons
	maxHomeLines  = 45  // spools that are listed without buttons
)

// WithBoard puts the board below a supervisor's App Home: what others hold, soonest
// deadline first, each with the buttons to set it free, to hand it on, to extend it
// and to see its history, as far as Slack's limit allows; the rest as lines. me is the supervisor's id.
func WithBoard(home slack.HomeTabViewRequest, b occupation.Board, me int, at Clock) slack.HomeTabViewRequest {
	soon, held, late := parted(b, at)
	blocks := append(slices.Clone(home.Blocks.BlockSet), slack.NewDividerBlock(), header(boardTitle),
		section(bold(boardCount(len(soon)+len(held), len(late), len(b.Stopped), waiting(b.Waits))), doneToday(b)))
	all := slices.Concat(soon, held, late)
	for len(all) > 0 && len(blocks)+ruledMost <= maxHomeBlocks-homeReserve {
		blocks = append(blocks, ruled(all[0], me, at)...)
		all = all[1:]
	}
	lines := make([]string, min(len(all), maxHomeLines))
	for i := range lines {
		lines[i] = boardLine(all[i], at)
	}
	if more := len(all) - len(lines); more > 0 {
		lines = append(lines, andMore(more))
	}
	blocks = append(blocks, lists(lines, perSection)...)
	for _, part := range []struct {
		title string
		lines []string
	}{{boardStopped, stoppedLines(b.Stopped)}, {boardWaiting, waitingLines(b.Waits)}} {
		room := roomWaiting
		blocks = append(blocks, titled(part.title, fitting(part.lines[:min(len(part.lines), perSection-2)], &room))...)
		if more := len(part.lines) - (perSection - 2); more > 0 {
			blocks = append(blocks, small(andMore(more)))
		}
	}
	home.Blocks.BlockSet = blocks[:min(len(blocks), maxHomeBlocks)]
	return home
}

// ruled is one spool with what a supervisor may do about it.
func ruled(st occupation.Status, me int, at Clock) []slack.Block {
	line, f := boardLine(st, at), holdingOf(st)
	who, history := holderOf(st).ID, historyButton(f.Tag)
	switch {
	case mine(st, me), who == 0, !settled(st): // theirs have buttons above; of nobody with an id nothing can be done
		return []slack.Block{sectionWith(history, line)}
	case !st.Held():
		return append([]slack.Block{section(line)}, rows(releaseButton(f), history)...)
	case byRow(st): // there is no deadline to move
		return append([]slack.Block{section(line)}, rows(releaseButton(f), transferButton(f, who), history)...)
	default:
		return append([]slack.Block{sectionWith(extendButton(f), line)}, rows(releaseButton(f), transferButton(f, who), history)...)
	}
}
