package bot

import (
	"context"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is RETENER and the lifting of it.

// typedRetain is /retener [TAG] [motivo]. Without a TAG it is the one spool that
// the person holds; without a reason the answer asks for it, with buttons; of what
// is stopped already it shows how it stands, with the button that lifts that.
func (b *Bot) typedRetain(ctx context.Context, r *request) error {
	word, reason := firstOf(r.text)
	if word == "" {
		held, err := b.core.HeldBy(ctx, r.worker.ID)
		if err != nil {
			return err
		}
		if len(held) != 1 {
			return b.chooseHeld(ctx, r, view.Choice{Verb: view.Retain}, held)
		}
		return b.askStop(ctx, r, held[0])
	}
	tag, asked, err := b.oneTag(ctx, r, word, view.Choice{Verb: view.Retain})
	if err != nil || asked {
		return err
	}
	r.asked = view.Asked{Verb: view.Retain, Facts: view.Facts{Tag: tag}}
	if reason != "" {
		return b.retain(ctx, r, occupation.Target{Tag: tag}, reason)
	}
	st, err := b.core.Find(ctx, tag)
	if err != nil {
		return err
	}
	if _, stopped := st.Spool.Stop(); stopped {
		return b.showStatus(ctx, r, st)
	}
	return b.askStop(ctx, r, st)
}

// askStop asks why, whoever may stop the spool.
func (b *Bot) askStop(ctx context.Context, r *request, st occupation.Status) error {
	if bad := occupation.CanRetain(st, r.worker); bad != nil && st.Spool.HolderID != r.worker.ID {
		return bad
	}
	return b.show(ctx, r, view.AskStop(view.Facts{Tag: tagOf(st)}))
}

// pressedRetain asks why, in the place of the card.
func (b *Bot) pressedRetain(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Retain)
	if err != nil {
		return err
	}
	return b.show(ctx, r, view.AskStop(f))
}

// pressedRetainFor is one of the reasons that need no typing.
func (b *Bot) pressedRetainFor(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Retain)
	if err != nil {
		return err
	}
	reason, known := view.StopReason(f)
	if !known {
		return &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.NoReason, Tag: f.Tag}
	}
	return b.retain(ctx, r, occupation.Target{Tag: f.Tag, Fence: f.Fence}, reason)
}

// askStopReason opens the form for any other reason.
func (b *Bot) askStopReason(r *request) (slack.ModalViewRequest, error) {
	f, err := b.facts(r, view.Retain)
	return view.RetainModal(f), err
}

func (b *Bot) pendingRetain(r *request) (any, bool) {
	_, wrong, err := view.ReadRetain(r.view)
	return b.formAnswer(r, wrong, err)
}

// carryRetain is the submission of that form.
func (b *Bot) carryRetain(ctx context.Context, r *request) error {
	form, _, err := view.ReadRetain(r.view)
	if err != nil {
		return err
	}
	r.asked = view.Asked{Verb: view.Retain, Facts: form.Facts}
	return b.retain(ctx, r, occupation.Target{Tag: form.Facts.Tag, Fence: form.Facts.Fence}, form.Reason)
}

// retain is RETENER for every door. The channel, and who had the spool, are told by
// Settled.
func (b *Bot) retain(ctx context.Context, r *request, target occupation.Target, reason string) error {
	res, err := b.core.Retain(ctx, b.asks(r), target, reason)
	if err != nil {
		return err
	}
	if overtaken(res.Err) && r.family == action && target.Fence != 0 {
		return b.showStale(ctx, r, res)
	}
	return b.showResults(ctx, r, []occupation.Result{res})
}

// pressedLift lifts the stop that the button was shown with.
func (b *Bot) pressedLift(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Lift)
	if err != nil {
		return err
	}
	res, err := b.core.Lift(ctx, b.asks(r), f.Tag, f.Stop)
	if err != nil {
		return err
	}
	if res.Err == nil { // before the news of it: they would take the answer's place
		b.stopOver(ctx, r.from, view.StopOver{Tag: res.Tag, Reason: res.Reason, By: r.worker.Name(), At: b.core.Now()})
	}
	return b.showResults(ctx, r, []occupation.Result{res})
}
