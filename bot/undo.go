package bot

import (
	"context"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// pressedUndo is DESHACER. Whoever comes too late sees how the spool is now.
func (b *Bot) pressedUndo(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Undo)
	if err != nil {
		return err
	}
	results, err := b.core.Revert(ctx, b.asks(r), []occupation.Target{{Tag: f.Tag, Fence: f.Fence}}, view.UndoKind(f))
	if err != nil {
		return err
	}
	res := results[0]
	if res.Err == nil || res.Err.Reason != occupation.UndoOver {
		return b.showResults(ctx, r, results)
	}
	st, err := b.core.Find(ctx, res.Tag)
	if err != nil {
		return err
	}
	b.count(r, []occupation.Result{res})
	p, err := b.answer(ctx, r, view.CannotUndo(st, r.worker, b.clock()))
	if err != nil {
		return err
	}
	b.keep(ctx, card{Place: p}, st.Lock)
	return nil
}

// pressedUndoMany takes a whole batch back, but for those spools about which somebody
// has done something since. The answer takes the place of the batch's.
func (b *Bot) pressedUndoMany(ctx context.Context, r *request) error {
	m, err := view.ReadMany(r.value)
	if err != nil {
		return &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	undoes := view.UndoManyKind(m)
	results, err := b.core.Revert(ctx, b.asks(r), m.Targets, undoes)
	if all := spoilt(err, occupation.Result{Kind: occupation.Revert, Undoes: undoes}, m.Targets); all != nil {
		results, err = all, nil
	}
	if err != nil {
		return err
	}
	return b.showResults(ctx, r, results)
}

// pressedPauseWhy says why there was a pause; each reason has its own button.
func (b *Bot) pressedPauseWhy(ctx context.Context, r *request) error {
	target, reason, err := view.ReadPauseWhy(r.value)
	if err != nil {
		return &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	r.asked = view.Asked{Verb: view.Show, Facts: view.Facts{Tag: target.Tag, Fence: target.Fence}}
	res, err := b.core.PauseReason(ctx, b.asks(r), target, reason)
	if err != nil {
		return err
	}
	return b.showResults(ctx, r, []occupation.Result{res})
}
