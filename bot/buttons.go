package bot

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// facts reads what a button carries. It comes from outside, like everything in
// an envelope: what is not well-formed is refused, and what is well-formed is for
// the core to judge.
func (b *Bot) facts(r *request, verb view.Verb) (view.Facts, error) {
	f, err := view.ReadFacts(r.value)
	if err != nil {
		return f, &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	r.asked = view.Asked{Verb: verb, Facts: f}
	r.beside = f.List && (r.from.Kind == atMessage || r.from.Kind == atEphemeral)
	return f, nil
}

func (b *Bot) pressedTake(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Take)
	if err != nil {
		return err
	}
	return b.take(ctx, r, f.Operation, []string{f.Tag})
}

func (b *Bot) pressedPause(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Pause)
	if err != nil {
		return err
	}
	return b.finish(ctx, r, view.Choice{Verb: view.Pause}, []occupation.Target{{Tag: f.Tag, Fence: f.Fence}})
}

func (b *Bot) pressedComplete(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Complete)
	if err != nil {
		return err
	}
	return b.finish(ctx, r, view.Choice{Verb: view.Complete, Date: f.Date}, []occupation.Target{{Tag: f.Tag, Fence: f.Fence}})
}

func (b *Bot) pressedStatus(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Show)
	if err != nil {
		return err
	}
	return b.showStatuses(ctx, r, []string{f.Tag})
}

// take is TOMAR for every door.
func (b *Bot) take(ctx context.Context, r *request, op occupation.Operation, tags []string) error {
	if r.asked.Verb == "" && len(tags) == 1 {
		r.asked = view.Asked{Verb: view.Take, Facts: view.Facts{Tag: tags[0], Operation: op}}
	}
	results, err := b.core.Take(ctx, b.asks(r), op, tags)
	if all := spoilt(err, occupation.Result{Kind: occupation.Take, Asked: op}, targetsOf(tags)); all != nil {
		results, err = all, nil
	}
	if err != nil {
		return err
	}
	return b.showResults(ctx, r, results)
}

// finish is PAUSAR or COMPLETAR for every door.
func (b *Bot) finish(ctx context.Context, r *request, c view.Choice, targets []occupation.Target) error {
	if r.asked.Verb == "" && len(targets) == 1 {
		r.asked = view.Asked{Verb: c.Verb, Facts: view.Facts{Tag: targets[0].Tag, Date: c.Date}}
	}
	var results []occupation.Result
	var err error
	if c.Verb == view.Complete {
		day := c.Date
		if day.IsZero() {
			day = occupation.Midnight(b.core.Now().In(b.zone))
		}
		results, err = b.core.Complete(ctx, b.asks(r), targets, day)
		if all := spoilt(err, occupation.Result{Kind: occupation.Complete, Date: c.Date}, targets); all != nil {
			results, err = all, nil
		}
	} else {
		results, err = b.core.Pause(ctx, b.asks(r), targets)
		if all := spoilt(err, occupation.Result{Kind: occupation.Pause}, targets); all != nil {
			results, err = all, nil
		}
	}
	if err != nil {
		return err
	}
	if len(results) == 1 && overtaken(results[0].Err) && r.family != command && targets[0].Fence != 0 {
		return b.showStale(ctx, r, results[0])
	}
	return b.showResults(ctx, r, results)
}

// overtaken reports whether an error says that the button's occupation may be
// over.
func overtaken(err *occupation.Error) bool {
	return err != nil && (err.Code == occupation.NotOwner || err.Code == occupation.SpoolNotFound)
}

// showStale answers a button whose occupation is over with what has happened
// since. A button of an occupation that goes on is somebody else's: that is said
// by the error's own words.
func (b *Bot) showStale(ctx context.Context, r *request, res occupation.Result) error {
	st, err := b.core.Find(ctx, res.Tag)
	if err != nil {
		return err
	}
	if st.Lock.Fence == r.asked.Facts.Fence {
		return b.showResults(ctx, r, []occupation.Result{res})
	}
	r.code = res.Err.Code
	b.onOperation(res.Kind, res.Err.Code, time.Since(r.at))
	p, err := b.answer(ctx, r, view.Stale(r.asked.Facts, st, r.worker, b.clock()))
	if err != nil {
		return err
	}
	b.keep(ctx, card{Place: p}, st.Lock)
	b.homes.kick()
	return nil
}

// showResults answers with what became of each spool, and brings all else that
// people see of them up to date.
func (b *Bot) showResults(ctx context.Context, r *request, results []occupation.Result) error {
	b.count(r, results)
	p, err := b.answerResults(ctx, r, results)
	b.await(ctx, r, p, results)
	b.settleCards(ctx, r, p, results)
	if r.beside {
		b.freshenList(ctx, r)
	}
	return err
}

// answerResults shows the results: on App Home by its lists, where these show all
// that there is to tell, and in the batch modal by its own lines.
func (b *Bot) answerResults(ctx context.Context, r *request, results []occupation.Result) (place, error) {
	switch {
	case r.from.Kind == atHome && b.ownsHome(r.user) && listed(results):
		return b.noteHome(ctx, r, b.noteOf(results))
	case r.from.Kind == atModal && (len(results) > 1 || results[0].Kind == occupation.Revert):
		return b.showBatch(ctx, r, results)
	}
	return b.answer(ctx, r, view.Answer(results, b.clock()))
}

// freshenList brings the list up to date in which a button was pressed.
func (b *Bot) freshenList(ctx context.Context, r *request) {
	worker, at := r.worker.ID, r.from
	b.later(ctx, r.user+"/cards", func(ctx context.Context) {
		if held, err := b.core.HeldBy(ctx, worker); err == nil {
			b.amend(ctx, at, view.Mine(held, b.clock()))
			b.keep(ctx, card{Place: at, Worker: worker}, locksOf(held)...)
		}
	})
}

// listed reports whether the lists of App Home show all that has happened: what
// was taken, what was extended, what was taken back.
func listed(results []occupation.Result) bool {
	for _, res := range results {
		if res.Err != nil || res.Already || !res.Begins() && res.Kind != occupation.Extend && (res.Kind != occupation.Revert || len(results) > 1) {
			return false
		}
	}
	return true
}

// noteOf is what App Home says above its lists of what they show: how to take back
// what was taken with one tap, and that it was. A longer deadline needs no word.
func (b *Bot) noteOf(results []occupation.Result) view.Message {
	if len(results) != 1 || (results[0].Kind != occupation.Take && results[0].Kind != occupation.Revert) {
		return view.Message{}
	}
	return view.NoteDone(results[0], b.clock())
}

// count tells log and metrics.
func (b *Bot) count(r *request, results []occupation.Result) {
	for _, res := range results {
		var code occupation.Code
		if res.Err != nil {
			code = res.Err.Code
		}
		if len(results) == 1 {
			r.code = code
		}
		b.onOperation(res.Kind, code, time.Since(r.at))
		if !res.Already {
			b.CountTake(res.Kind, code)
		}
	}
}

// settleCards remembers the card of what has begun, and brings the others up to date.
func (b *Bot) settleCards(ctx context.Context, r *request, p place, results []occupation.Result) {
	if len(results) == 1 && results[0].Err == nil && (results[0].Begins() || results[0].Kind == occupation.Extend) {
		b.keep(ctx, card{Place: p}, results[0].Lock)
	}
	if len(results) == 1 && results[0].Err == nil && results[0].Kind == occupation.Retain {
		b.stopBegun(ctx, p, results[0].Tag, r.worker.ID, results[0].Reason)
	}
	b.freshenCards(ctx, r.worker.ID, r.user, p, results)
}

// DoneElsewhere brings what people see in Slack up to date after a worker has done
// something by another door. It returns at once.
func (b *Bot) DoneElsewhere(worker int, results []occupation.Result) {
	b.freshenCards(b.log.WithContext(b.jobs), worker, b.workers.lane(worker), place{}, results)
}

// freshenCards edits the cards of what the worker has ended, and those that show a
// deadline which has moved, but for the one that stands at p.
func (b *Bot) freshenCards(ctx context.Context, worker int, lane string, p place, results []occupation.Result) {
	over, moved := map[int64]occupation.Result{}, map[int64]occupation.Result{}
	for _, res := range results {
		switch {
		case res.Err != nil:
		case res.Kind == occupation.Extend:
			moved[res.Lock.Fence] = res
		case res.Kind == occupation.Release, res.Lock.Holder.ID != worker && !res.Begins(): // its former holder hears of it by Settled
		case !res.Begins():
			over[res.Lock.Fence] = res
		}
	}
	if len(over)+len(moved) > 0 {
		b.later(ctx, lane+"/cards", func(ctx context.Context) {
			b.ended(ctx, p, slices.Collect(maps.Keys(over)), func(f int64) view.Message { return view.One(over[f], b.clock()) })
			b.changed(ctx, p, slices.Collect(maps.Keys(moved)), func(f int64) view.Message { return view.One(moved[f], b.clock()) })
		})
	}
	b.homes.kick()
}

// also sends a further message after, or in place of, the answer.
func (b *Bot) also(ctx context.Context, r *request, m view.Message) error {
	if r.from.Kind != atCommand {
		_, err := b.whisper(ctx, r.from, m)
		return err
	}
	return b.show(ctx, r, m)
}

// shown is the time that a submission's pending view gets to arrive before the
// result is put in its place: the two go different ways.
const shown = 200 * time.Millisecond

// logged warns of something that is lost without harm.
func logged(ctx context.Context, err error, event string) {
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg(event)
	}
}
