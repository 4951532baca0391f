package bot

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file keeps true what people see who have stopped a spool, when another lifts
// that: with a button, or the office at the sheet, of which nobody but the sweep knows.

const (
	stopLife     = 30 * 24 * time.Hour // how long a stop may last of which this is remembered
	maxStopCards = 6                   // of one spool
	stopsSet     = "stops"             // those that workers have set
	maxStops     = 300                 // of these
	stopShows    = 2 * time.Minute     // how long a replica may not see in the sheet what another has written
)

// Where the cards of a stop stand, and who was the last to lift one with a button.
func stopCards(tag string) string  { return "stop:" + occupation.TagKey(tag) }
func stopLifter(tag string) string { return "lifted:" + occupation.TagKey(tag) }

// stopSet is a stop that a worker has set.
type stopSet struct {
	Tag    string    `json:"t"`
	By     int       `json:"b"`
	Reason string    `json:"r,omitempty"`
	At     time.Time `json:"a"`
}

// stopBegun remembers the message that says that the worker has stopped the spool.
func (b *Bot) stopBegun(ctx context.Context, p place, tag string, worker int, reason string) {
	text, err := json.Marshal(stopSet{Tag: tag, By: worker, Reason: reason, At: b.core.Now()})
	if err != nil {
		panic(err) // texts, a number and a time always marshal
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	for _, key := range []string{stopCards(tag), stopLifter(tag)} { // of an earlier one
		logged(ctx, b.memory.Put(ctx, key, "", stopLife), "stop_not_kept")
	}
	b.addStopCard(ctx, p, tag)
	logged(ctx, b.memory.Add(ctx, stopsSet, string(text), maxStops, stopLife), "stop_not_kept")
}

// keepStop remembers a further message that shows its reader their own stop.
func (b *Bot) keepStop(ctx context.Context, r *request, p place, sp occupation.Spool) {
	stop, stopped := sp.Stop()
	if !stopped || stop.By == 0 || stop.By != r.worker.ID {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	b.addStopCard(ctx, p, sp.Tag)
}

func (b *Bot) addStopCard(ctx context.Context, p place, tag string) {
	if p.Kind == atMessage || p.Kind == atEphemeral {
		logged(ctx, b.memory.Add(ctx, stopCards(tag), p.encode(), maxStopCards, stopLife), "stop_not_kept")
	}
}

// stopOver gives the cards of a stop that somebody has lifted their last words, but
// for the one that stands at shown.
func (b *Bot) stopOver(ctx context.Context, shown place, over view.StopOver) {
	b.endStopCards(ctx, over.Tag, func(p place) {
		if !p.same(shown) {
			b.amend(ctx, p, view.StopIsOver(over, b.clock()))
		}
	})
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, stopLifter(over.Tag), over.By, stopLife), "stop_not_kept")
}

// endStopCards gives the places of a stop's cards, and forgets them.
func (b *Bot) endStopCards(ctx context.Context, tag string, each func(place)) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	list, err := b.memory.List(ctx, stopCards(tag))
	logged(ctx, err, "cards_not_read")
	if len(list) == 0 {
		return
	}
	for _, text := range list {
		if p, ok := decodePlace(text); ok {
			each(p)
		}
	}
	logged(ctx, b.memory.Put(ctx, stopCards(tag), "", stopLife), "cards_not_forgotten")
}

// lookAtStops tells those whose stops the office has lifted at the sheet. What a
// button lifts the core tells. Where nobody has set a stop the sheet is not asked.
func (b *Bot) lookAtStops(ctx context.Context) {
	list, err := b.memory.List(ctx, stopsSet)
	if err != nil || len(list) == 0 {
		logged(ctx, err, "stops_not_looked_at")
		return
	}
	stopped, err := b.core.Stopped(ctx)
	if err != nil {
		return // the sheet is away: others tell that
	}
	still := map[string]bool{}
	for _, sp := range stopped {
		still[occupation.TagKey(sp.Tag)] = true
	}
	var rest []string
	known := map[string]bool{}
	for _, text := range slices.Backward(list) { // of one spool the newest counts
		var stop stopSet
		if json.Unmarshal([]byte(text), &stop) != nil || known[occupation.TagKey(stop.Tag)] {
			continue
		}
		known[occupation.TagKey(stop.Tag)] = true
		young := b.core.Now().Sub(stop.At) < stopShows
		if young || still[occupation.TagKey(stop.Tag)] || !b.stopGone(ctx, stop) {
			rest = append(rest, text)
		}
	}
	if len(rest) == len(list) {
		return
	}
	logged(ctx, b.memory.Put(ctx, stopsSet, "", stopLife), "stops_not_kept")
	for _, text := range slices.Backward(rest) {
		logged(ctx, b.memory.Add(ctx, stopsSet, text, maxStops, stopLife), "stops_not_kept")
	}
}

// stopGone tells whoever has set a stop that the sheet does not show it any more, if
// the office has lifted it; false = not yet, it is to be looked at again.
func (b *Bot) stopGone(ctx context.Context, stop stopSet) bool {
	st, err := b.core.Find(ctx, stop.Tag)
	switch occupation.CodeOf(err) {
	case occupation.SpoolNotFound, occupation.DuplicateTag:
		return true // of which there is nothing to tell
	}
	if err != nil {
		return false
	}
	by, err := b.memory.Get(ctx, stopLifter(stop.Tag))
	if err != nil {
		return false
	}
	lifted := occupation.StateText(occupation.Lift, st.Spool.Next())
	if by != "" || st.Spool.State == lifted || st.Lock.Holder.ID == stop.By {
		return true
	}
	over := view.StopOver{Tag: stop.Tag, Reason: stop.Reason, At: b.core.Now()}
	b.endStopCards(ctx, stop.Tag, func(p place) { b.amend(ctx, p, view.StopIsOver(over, b.clock())) })
	b.inLane(stop.By, func(ctx context.Context) { b.tellWorker(ctx, stop.By, view.LiftedForYou(over, b.clock())) })
	return true
}
