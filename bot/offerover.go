package bot

import (
	"context"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file tells people that what they waited for has come to nothing.

// offerSide is one of the two whom an offer concerns.
type offerSide struct {
	worker   int
	receiver bool
}

func sidesOf(o occupation.Offer) [2]offerSide {
	giver := o.From.ID
	if o.By.ID != 0 {
		giver = o.By.ID
	}
	return [2]offerSide{{giver, false}, {o.To.ID, true}}
}

// offerOver tells both that nothing has changed, where they see the offer.
func (b *Bot) offerOver(o occupation.Offer, why view.OfferEnd) {
	for _, side := range sidesOf(o) {
		b.inLane(side.worker, func(ctx context.Context) { b.tellOfferOver(ctx, o, why, side) })
	}
}

// offerUnanswered tells both that the time of an offer is over, and ticks it off when
// they have heard: until then it is told again, by whichever replica there is.
func (b *Bot) offerUnanswered(o occupation.Offer) {
	var left atomic.Int32
	left.Store(2)
	for _, side := range sidesOf(o) {
		b.inLane(side.worker, func(ctx context.Context) {
			told := b.toldOnce(ctx, offerKey(o, side.receiver), func() bool {
				return b.tellOfferOver(ctx, o, view.OfferUnanswered, side)
			})
			if told && left.Add(-1) == 0 {
				logged(ctx, b.core.Told(ctx, o.ID), "offer_not_ticked_off")
			}
		})
	}
}

// tellOfferOver tells one of the two, and reports whether they know, or cannot be told
// at all.
func (b *Bot) tellOfferOver(ctx context.Context, o occupation.Offer, why view.OfferEnd, side offerSide) bool {
	m := view.OfferOver(o, why, side.receiver, b.clock())
	if p, ok := b.recall(ctx, offerKey(o, side.receiver)); ok && b.edit(ctx, p, m) == nil && (side.receiver || why == view.OfferWithdrawn) {
		return true // who has to know what came of it gets a message of their own, too
	}
	user, err := b.address(ctx, side.worker)
	if user == "" {
		zerolog.Ctx(ctx).Error().Err(err).Msg("worker_without_address")
		return true
	}
	_, err = b.tell(ctx, user, m)
	logged(ctx, err, "worker_not_told")
	return err == nil
}

// toldOnce tells what may be told anew when a process dies, but not whom it has told
// already; key names what is told to whom.
func (b *Bot) toldOnce(ctx context.Context, key string, tell func() bool) bool {
	known, err := b.memory.Get(ctx, "told:"+key)
	logged(ctx, err, "told_not_read")
	if known != "" {
		return true
	}
	if !tell() {
		return false
	}
	logged(ctx, b.memory.Put(ctx, "told:"+key, "1", cardLife), "told_not_noted")
	return true
}
