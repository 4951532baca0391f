package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is the form of COMPLETAR: another day than today, several spools.

// formTime is how long after a command its form may still be opened: the trigger
// lives for three seconds.
const formTime = 2 * time.Second

// askDay opens the form for one spool.
func (b *Bot) askDay(r *request) (slack.ModalViewRequest, error) {
	f, err := b.facts(r, view.Complete)
	return view.CompleteOne(f, r.from.Kind == atHome, b.clock()), err
}

// askPieces opens the form for several, before it is known which; fillPieces puts
// them in.
func (b *Bot) askPieces(*request) (slack.ModalViewRequest, error) { return view.CompleteLooking(), nil }

func (b *Bot) fillPieces(ctx context.Context, r *request) error {
	held, err := b.core.HeldBy(ctx, r.worker.ID)
	m := view.CompleteProblem(err, b.clock())
	if err == nil {
		m = view.CompleteMany(held, time.Time{}, r.home, b.clock())
	}
	if shown := b.replaceModal(ctx, r, m); shown != nil {
		logged(ctx, shown, "modal_not_updated")
	}
	return nil
}

// choosePieces asks which of several held spools are done: in the form while the
// trigger of the command lives, else by a message with buttons.
func (b *Bot) choosePieces(ctx context.Context, r *request, choice view.Choice, held []occupation.Status) error {
	if len(held) > 1 && r.trigger != "" && time.Since(r.at) < formTime {
		err := b.openModal(ctx, r, view.CompleteMany(held, choice.Date, false, b.clock()))
		if err == nil {
			return nil
		}
		logged(ctx, err, "form_not_opened")
	}
	return b.chooseHeld(ctx, r, choice, held)
}

// pendingComplete answers the submission of the form at once.
func (b *Bot) pendingComplete(r *request) (any, bool) {
	form, wrong, err := view.ReadComplete(r.view)
	if err == nil && len(wrong) == 0 {
		if _, bad := b.dayOf(form); bad != nil {
			wrong = view.CompleteBadDay()
		}
	}
	payload, ok := b.formAnswer(r, wrong, err)
	if ok && form.Home {
		r.from = place{Kind: atHome, User: r.user}
	}
	return payload, ok
}

// dayOf is the day that the form names.
func (b *Bot) dayOf(form view.CompleteForm) (time.Time, *occupation.Error) {
	return occupation.ParseDate(form.Day, b.core.Now().In(b.zone))
}

// carryComplete is the submission of the form.
func (b *Bot) carryComplete(ctx context.Context, r *request) error {
	form, _, err := view.ReadComplete(r.view)
	if err != nil {
		return err
	}
	day, bad := b.dayOf(form)
	if bad != nil {
		return bad
	}
	if len(form.Targets) == 1 {
		t := form.Targets[0]
		r.asked = view.Asked{Verb: view.Complete, Facts: view.Facts{Tag: t.Tag, Fence: t.Fence, Date: day}}
	}
	return b.finish(ctx, r, view.Choice{Verb: view.Complete, Date: day}, form.Targets)
}
