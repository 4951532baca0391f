package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// maxFree is how many free spools App Home offers.
const maxFree = 20

// HomeState is what a person's App Home shows.
type HomeState struct {
	Worker occupation.Worker
	Mine   []occupation.Status
	Free   []occupation.Spool // what the worker may take now, by priority
}

// Home is the person's App Home: what they hold with its buttons first, then
// what they may take.
func Home(s HomeState, at Clock) slack.HomeTabViewRequest {
	blocks := []slack.Block{header(mineHead(countLapsed(s.Mine)))}
	if len(s.Mine) == 0 {
		blocks = append(blocks, section(lineTakeHint))
	}
	blocks = append(blocks, mineBlocks(s.Mine, at)...)
	blocks = append(blocks, slack.NewDividerBlock(), header(homeFree))
	if len(s.Free) == 0 {
		blocks = append(blocks, section(homeNoneFree))
	}
	for _, sp := range s.Free[:min(len(s.Free), maxFree)] {
		f := Facts{Tag: sp.Tag, Operation: sp.Next()}
		line := join(" · ", bold(escape(sp.Tag, maxTag)), string(sp.Next()))
		blocks = append(blocks, sectionWith(takeButton(labelTake, f), line, join(" · ", about(sp), priority(escape(sp.Priority, maxName)))))
	}
	if more := len(s.Free) - maxFree; more > 0 {
		blocks = append(blocks, section(andMore(more)))
	}
	var people *slack.ButtonBlockElement
	if s.Worker.Has(occupation.Supervisor) {
		people = peopleButton()
	}
	blocks = append(blocks, rows(batchButton(labelSearch), boardButton(), people)...)
	return home(append(blocks, small(homeFoot(escape(s.Worker.Name(), maxName), at.moment(at.Now))))...)
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
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: CallbackHome, Blocks: slack.Blocks{BlockSet: blocks}}
}
