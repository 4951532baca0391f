package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

const (
	maxFree  = 20  // free spools that App Home offers
	maxNote  = 10  // blocks of a note that App Home shows by itself
	maxBlock = 100 // blocks of a view
)

// HomeState is what a person's App Home shows.
type HomeState struct {
	Worker occupation.Worker
	Mine   []occupation.Status
	Free   []occupation.Spool // all that the worker may take now, most urgent first
	Filter Filter
	Note   Message // what has just become of a tap here; zero = nothing to tell
	First  bool    // the person has not done anything yet: three lines of help

	Stopped []occupation.Spool // what nobody may take
}

// Home is the person's App Home: what has just happened, what they hold with its
// buttons, then what they may take.
func Home(s HomeState, at Clock) slack.HomeTabViewRequest {
	blocks := homeNote(s.Note)
	blocks = append(blocks, header(mineHead(countLapsed(s.Mine))))
	switch {
	case s.First:
		blocks = append(blocks, section(append([]string{bold(homeFirst)}, homeFirstLines...)...))
	case len(s.Mine) == 0:
		blocks = append(blocks, section(lineTakeHint))
	}
	blocks = append(blocks, withButtons(s.Mine, homeLine, at)...)
	blocks = append(blocks, rows(completeManyButton(s.Mine))...)
	blocks = append(blocks, slack.NewDividerBlock())
	blocks = append(blocks, homeFreeBlocks(s, at)...)
	blocks = append(blocks, stoppedBlocks(s.Stopped)...)
	var people *slack.ButtonBlockElement
	if s.Worker.Has(occupation.Supervisor) {
		people = peopleButton()
	}
	blocks = append(blocks, rows(boardButton(), helpButton(), people)...)
	return home(append(blocks, small(homeFoot(escape(s.Worker.Name(), maxName), at.moment(at.Now))))...)
}

// homeNote shows a message above everything else; one that is too long for that
// has gone to the DM.
func homeNote(m Message) []slack.Block {
	switch {
	case m.Text == "":
		return nil
	case len(m.Blocks) > maxNote:
		return []slack.Block{section(homeSent), slack.NewDividerBlock()}
	default:
		return append(append([]slack.Block{}, m.Blocks...), slack.NewDividerBlock())
	}
}

// FitsHome reports whether App Home shows the message by itself.
func FitsHome(m Message) bool { return len(m.Blocks) <= maxNote }

// homeLine is one held spool with the time that is left.
func homeLine(st occupation.Status, at Clock) string {
	line := heldLine(st, at)
	if st.Lock.Holds() && settled(st) {
		line = clip(join(", ", line, at.left(st.Lock.Deadline)), maxLine)
	}
	return line
}

// completeManyButton opens the form for all that the person holds; nil when they
// hold nothing.
func completeManyButton(mine []occupation.Status) *slack.ButtonBlockElement {
	switch held, late := countLapsed(mine); held + late {
	case 0:
		return nil
	case 1:
		return button(ActionCompleteMany, labelCompleteOne, "")
	default:
		return button(ActionCompleteMany, labelCompleteMany, "")
	}
}

// homeFreeBlocks is what the person may take, with what narrows it.
func homeFreeBlocks(s HomeState, at Clock) []slack.Block {
	where := s.Filter.where()
	free := s.Filter.Of(s.Free)
	blocks := append([]slack.Block{header(homeFreeIn(where))}, homeFilter(s)...)
	switch {
	case len(free) == 0 && where != "":
		blocks = append(blocks, section(homeNoneIn(where)))
	case len(free) == 0:
		blocks = append(blocks, section(homeNoneFree))
	}
	for _, sp := range free[:min(len(free), maxFree)] {
		f := Facts{Tag: sp.Tag, Operation: sp.Next()}
		line := join(" · ", bold(escape(sp.Tag, maxTag)), string(sp.Next()), at.due(sp.Due))
		blocks = append(blocks, sectionWith(takeButton(labelTake, f), line, join(" · ", about(sp), priority(escape(sp.Priority, maxName)))))
	}
	if more := len(free) - maxFree; more > 0 {
		blocks = append(blocks, section(homeMore(more)))
	}
	return blocks
}

// homeFilter is the row that narrows the list. The id of its block names what is
// chosen: under the same id Slack would keep showing what was chosen before.
func homeFilter(s HomeState) []slack.Block {
	elements := []slack.BlockElement{batchButton(labelSearch)}
	if s.Filter != (Filter{}) {
		elements = append([]slack.BlockElement{button(ActionHomeAll, labelAll, "")}, elements...)
	}
	out := []slack.Block{slack.NewActionBlock("", elements...)}
	if choose := filterSelect(s.Filter, s.Free); choose != nil {
		out = append([]slack.Block{slack.NewActionBlock("filter "+s.Filter.value(), choose)}, out...)
	}
	return out
}

// HomeProblem is App Home when it cannot be made, or when the person is not
// linked or not active; claimed is the name that they claim, empty = none.
func HomeProblem(err error, claimed string, at Clock) slack.HomeTabViewRequest {
	return home(Problem(err, Asked{Claimed: claimed}, at).Blocks...)
}

// HomeRefused is App Home for a person whom the bot does not serve.
func HomeRefused(why Refusal) slack.HomeTabViewRequest {
	return home(Refuse(why).Blocks...)
}

func home(blocks ...slack.Block) slack.HomeTabViewRequest {
	blocks = blocks[:min(len(blocks), maxBlock)]
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: CallbackHome, Blocks: slack.Blocks{BlockSet: blocks}}
}
