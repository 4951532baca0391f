package view

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// maxChoices is how many big buttons a choice has at most.
const maxChoices = 10

// Choice is a request that cannot be carried out before the person has pointed
// at a spool. Operation and Date go along with the button.
type Choice struct {
	Verb      Verb
	Query     string // what was typed
	Operation occupation.Operation
	Date      time.Time
}

func (c Choice) facts(s occupation.Spool) Facts {
	return Facts{Tag: s.Tag, Operation: c.Operation, Date: c.Date}
}

// Choose lists the spools that a part of a TAG fits, as big buttons; with more
// than ten it also says how to narrow.
func Choose(c Choice, fits []occupation.Spool) Message {
	head := chooseHead(escape(c.Query, maxTag), len(fits))
	hint := lineWhich
	if len(fits) > maxChoices {
		hint = join(" ", lineWhich, lineNarrow)
	}
	blocks := []slack.Block{section(signAsk+" "+bold(head), hint)}
	return message(join(" ", head, hint), append(blocks, c.buttons(fits, maxChoices)...)...)
}

// Offer answers TOMAR without a TAG: free spools as big buttons, and the search.
func Offer(c Choice, free []occupation.Spool) Message {
	head := offerHead
	if len(free) == 0 {
		head = homeNoneFree
	}
	blocks := append([]slack.Block{section(signAsk+" "+bold(head), lineTakeHint)}, c.buttons(free, 5)...)
	return message(sentences(head, lineTakeHint), append(blocks, rows(batchButton(labelSearch), mineButton())...)...)
}

// OfferIn answers TOMAR with an NV or OT: its free spools as big buttons, of all that
// are free.
func OfferIn(c Choice, in Filter, free []occupation.Spool) Message {
	where := in.where()
	fits := in.Of(free)
	head, more := offerIn(where), ""
	switch {
	case len(fits) == 0:
		head = homeNoneIn(where)
	case len(fits) > maxChoices:
		more = homeMore(len(fits) - maxChoices)
	}
	blocks := append([]slack.Block{section(signAsk+" "+bold(head), more)}, c.buttons(fits, maxChoices)...)
	return message(sentences(head, more), append(blocks, rows(batchButton(labelSearch), mineButton())...)...)
}

// Near asks whether one of these was meant by what fits nothing.
func Near(c Choice, near []occupation.Spool) Message {
	head := nearHead(escape(c.Query, maxTag))
	blocks := []slack.Block{section(signAsk+" "+bold(head), lineNear)}
	return message(join(" ", head, lineNear), append(blocks, c.buttons(near, occupation.MaxNear)...)...)
}

func (c Choice) buttons(spools []occupation.Spool, limit int) []slack.Block {
	var out []*slack.ButtonBlockElement
	seen := map[string]bool{}
	for _, s := range spools {
		key := occupation.TagKey(s.Tag)
		if len(out) == limit || seen[key] { // a TAG in two rows is one choice
			continue
		}
		seen[key] = true
		out = append(out, tagButton(c.Verb, c.facts(s), standing(s)))
	}
	return rows(out...)
}

// standing is a spool's state in two words, for a button or an option.
func standing(s occupation.Spool) string {
	op := s.Next()
	if s.Occupied() {
		return occupiedBy(s.HeldBy)
	}
	if _, stopped := s.Stop(); op == "" && !stopped {
		return needs(op)
	}
	switch err := occupation.CanTake(s, op); {
	case err == nil:
		return needs(op)
	case err.Reason == occupation.OnHold:
		return shortOnHold
	case err.Code == occupation.SheetSchema:
		return unreadRow
	default:
		return withoutMaterials
	}
}

// ChooseHeld asks which of several held spools a command without a TAG means.
func ChooseHeld(c Choice, held []occupation.Status, at Clock) Message {
	head := chooseHeldHead(c.Verb, len(held))
	var buttons []*slack.ButtonBlockElement
	for _, st := range held[:min(len(held), maxChoices)] {
		f := holdingOf(st)
		f.Date = c.Date
		buttons = append(buttons, tagButton(c.Verb, f, string(f.Operation)))
	}
	lines := []string{signAsk + " " + bold(head)}
	if more := len(held) - maxChoices; more > 0 {
		lines = append(lines, andMore(more)+" "+lineTagToo)
	}
	return message(head, append([]slack.Block{section(lines...)}, rows(buttons...)...)...)
}

// PickSummary asks about those TAGs of a list that are not clear: each with the
// spools that it fits, or the nearest ones. It holds ten; the rest is counted.
func PickSummary(c Choice, unclear []occupation.Pick) Message {
	head := unclearHead(len(unclear))
	blocks := []slack.Block{section(signAsk+" "+bold(head), lineWhich)}
	for _, p := range unclear[:min(len(unclear), maxChoices)] {
		line, offer := fitsNone(escape(p.Query, maxTag)), p.Nearest
		if len(p.Matches) > 0 {
			line, offer = fitsMany(escape(p.Query, maxTag), len(p.Matches)), p.Matches
		}
		if len(offer) > 3 {
			line = join(". ", line, lineNarrow)
		}
		blocks = append(append(blocks, section(bold(line))), c.buttons(offer, 3)...)
	}
	if more := len(unclear) - maxChoices; more > 0 {
		blocks = append(blocks, section(andMore(more)))
	}
	return message(head, blocks...)
}
