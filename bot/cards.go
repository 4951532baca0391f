package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// A card is a message with buttons for an occupation. Where the cards of an
// occupation stand is remembered under its fence, so that they can be edited
// when it ends by another way: a card must not go on showing what is over.

const (
	cardLife = 48 * time.Hour
	maxCards = 12 // entries per occupation; older ones are left to tell the truth when they are pressed
)

// card is where one stands.
type card struct {
	Place place `json:"p"`
	// Worker: the card is the list of all that this worker holds; 0 = it shows
	// this occupation alone.
	Worker int `json:"w,omitempty"`
}

func cardKey(fence int64) string { return "cards:" + strconv.FormatInt(fence, 10) }

// keep remembers that a message shows these occupations. Two people may have
// cards of one occupation at the same moment, so that cards are added to a list
// and never read and written back.
func (b *Bot) keep(ctx context.Context, c card, locks ...occupation.Lock) {
	if c.Place.Kind != atMessage && c.Place.Kind != atEphemeral {
		return
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts, numbers and a time always marshal
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	for _, l := range locks {
		if l.Fence == 0 {
			continue
		}
		if err := b.memory.Add(ctx, cardKey(l.Fence), string(text), maxCards, cardLife); err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("cards_not_kept")
			return
		}
	}
}

// cards are those of an occupation; of several entries of one message the last
// one counts.
func (b *Bot) cards(ctx context.Context, fence int64) []card {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	list, err := b.memory.List(ctx, cardKey(fence))
	logged(ctx, err, "cards_not_read")
	var out []card
	for _, text := range list {
		var c card
		if json.Unmarshal([]byte(text), &c) != nil {
			continue
		}
		out = append(slices.DeleteFunc(out, func(o card) bool { return o.Place.same(c.Place) }), c)
	}
	return out
}

// forget drops the cards of an occupation.
func (b *Bot) forget(ctx context.Context, fence int64) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, cardKey(fence), "", cardLife), "cards_not_forgotten")
}

// memoryTimeout bounds one call of the Memory.
const memoryTimeout = time.Second

// ended edits the other cards of occupations that have ended, each once, and
// forgets them. shown is the message that tells of it already; say gives a card of
// one occupation its last words.
func (b *Bot) ended(ctx context.Context, shown place, fences []int64, say func(fence int64) view.Message) {
	b.changed(ctx, shown, fences, say)
	for _, fence := range fences {
		if fence != 0 {
			b.forget(ctx, fence)
		}
	}
}

// changed edits the other cards of occupations that go on.
func (b *Bot) changed(ctx context.Context, shown place, fences []int64, say func(fence int64) view.Message) {
	var lists []card
	for _, fence := range fences {
		if fence == 0 {
			continue
		}
		for _, c := range b.cards(ctx, fence) {
			switch {
			case c.Place.same(shown):
			case c.Worker == 0:
				b.amend(ctx, c.Place, say(fence))
			case !slices.ContainsFunc(lists, func(o card) bool { return o.Place.same(c.Place) }):
				lists = append(lists, c)
			}
		}
	}
	for _, c := range lists {
		if held, err := b.core.HeldBy(ctx, c.Worker); err == nil {
			b.amend(ctx, c.Place, view.Mine(held, b.clock()))
		}
	}
}

// later does something that the person does not wait for, in a lane of its own.
// When there is no room it is left undone: it must be something that a later
// press or command makes good.
func (b *Bot) later(ctx context.Context, lane string, work func(context.Context)) {
	log := zerolog.Ctx(ctx)
	ok := b.queue.Do(lane, func() {
		ctx, cancel := context.WithTimeout(b.jobs, jobTimeout)
		defer cancel()
		work(log.WithContext(ctx))
	})
	if !ok {
		log.Warn().Str("lane", lane).Msg("left_undone")
	}
}
