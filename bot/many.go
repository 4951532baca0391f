package bot

import (
	"context"
	"errors"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is what a person does about those spools of a batch that they did not
// get.

// many reads what a button for several spools carries. Its answer comes beside the
// message, which goes on.
func (b *Bot) many(r *request) (view.Many, error) {
	m, err := view.ReadMany(r.value)
	if err != nil {
		return m, &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	r.beside = r.from.Kind == atMessage || r.from.Kind == atEphemeral
	return m, nil
}

// pressedWaitMany is "Avísame de los ocupados".
func (b *Bot) pressedWaitMany(ctx context.Context, r *request) error {
	m, err := b.many(r)
	if err != nil {
		return err
	}
	waited := make([]view.Waited, len(m.Targets))
	for i, t := range m.Targets {
		w := view.Waited{Tag: t.Tag}
		if w.Place, w.State, w.Err = b.core.WaitFor(ctx, b.asks(r), t.Tag); w.State.Spool.Tag != "" {
			w.Tag = w.State.Spool.Tag
		}
		if i == 0 && occupation.CodeOf(w.Err) == occupation.LocksUnavailable { // the others would wait as long for nothing
			return w.Err
		}
		waited[i] = w
	}
	answer := view.WaitingMany(waited, r.worker.ID, b.clock())
	if r.from.Kind == atModal {
		if err := b.replaceModal(ctx, r, view.BatchAnswer(answer)); err == nil {
			return nil
		}
	}
	return b.show(ctx, r, answer)
}

// pressedRetryMany asks once more for what the weather has spoilt, or for what was
// meant by what is not there.
func (b *Bot) pressedRetryMany(ctx context.Context, r *request) error {
	m, err := b.many(r)
	if err != nil {
		return err
	}
	switch m.Verb {
	case view.Take:
		return b.take(ctx, r, m.Operation, m.Tags())
	case view.Extend:
		return b.extend(ctx, r, occupation.Extension{By: oneMore}, m.Targets)
	case view.Pause, view.Complete:
		return b.finish(ctx, r, view.Choice{Verb: m.Verb, Date: m.Date}, m.Targets)
	default:
		return &occupation.Error{Code: occupation.InvalidInput}
	}
}

// spoilt makes results of weather that several spools share, so that one tap tries
// all of them again; nil when it was something else, or one spool alone.
func spoilt(err error, like occupation.Result, targets []occupation.Target) []occupation.Result {
	e, ok := errors.AsType[*occupation.Error](err)
	if !ok || len(targets) < 2 {
		return nil
	}
	switch {
	case e.Code != occupation.SheetUnavailable && e.Code != occupation.LocksUnavailable, e.Reason == occupation.BeingChecked:
		return nil
	}
	out := make([]occupation.Result, len(targets))
	for i, t := range targets {
		out[i] = like
		out[i].Tag, out[i].Err, out[i].Lock.Fence = t.Tag, e, t.Fence
	}
	return out
}

// targetsOf are the targets of a take.
func targetsOf(tags []string) []occupation.Target {
	out := make([]occupation.Target, len(tags))
	for i, t := range tags {
		out[i].Tag = t
	}
	return out
}
