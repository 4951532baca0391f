package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// errNotOpened means that the modal did not open: Slack's trigger was too old, or
// Slack did not answer in time.
var errNotOpened = errors.New("the modal was not opened")

// batchForm is the batch modal, empty.
func (b *Bot) batchForm(r *request) (slack.ModalViewRequest, error) {
	state := view.BatchState{Meta: view.BatchMeta{Channel: r.from.Channel}}
	if op, ok := occupation.ParseOperation(r.text); ok {
		state.Operation = op
	}
	return view.BatchModal(state), nil
}

// openModal opens a modal at once, since the trigger lives for three seconds; who
// the person is has been found out by then, or is checked after.
func (b *Bot) openModal(ctx context.Context, r *request, modal slack.ModalViewRequest) error {
	var opened *slack.ViewResponse
	err := once(ctx, openTimeout, func(ctx context.Context) (err error) {
		opened, err = b.api.OpenViewContext(ctx, r.trigger, b.markedModal(modal))
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errNotOpened, err)
	}
	r.home = r.from.Kind == atHome
	r.from = place{Kind: atModal, View: opened.ID, User: r.user}
	return nil
}

// opened is for what only opens a modal: it is open by now, and stays as it is when
// the person may use it.
func (b *Bot) opened(context.Context, *request) error { return nil }

// suggestSpools searches for what the person could take now.
func (b *Bot) suggestSpools(ctx context.Context, r *request) (any, error) {
	var op occupation.Operation
	if r.view.State != nil {
		op = occupation.Operation(r.view.State.Values[view.BlockBatchOperation][view.ActionBatchOperation].SelectedOption.Value)
	}
	if !op.Valid() {
		op = ""
	}
	free, err := b.core.Free(ctx, r.worker, op, r.text, maxOptions)
	if err != nil {
		return nil, err
	}
	// Not slack.OptionsResponse: it leaves an empty list out (SLACK.md 2.1).
	return map[string]any{"options": view.SpoolOptions(free)}, nil
}

// maxOptions is how many options Slack shows (SLACK.md 3.1).
const maxOptions = 100

// pendingBatch answers a submission at once: with what is to be put right, or
// with a view that says that the work goes on.
func (b *Bot) pendingBatch(r *request) (any, bool) {
	batch, wrong, err := view.ReadBatch(r.view)
	switch {
	case err != nil:
		b.log.Warn().Err(err).Str("user", r.user).Msg("form_not_ours")
		return slack.NewUpdateViewSubmissionResponse(new(view.BatchProblem(&occupation.Error{Code: occupation.InvalidInput}, b.clock()))), false
	case len(wrong) > 0:
		return slack.NewErrorsViewSubmissionResponse(wrong), false
	default:
		return slack.NewUpdateViewSubmissionResponse(new(view.BatchWorking(len(batch.Tags)))), true
	}
}

// carryBatch takes what was chosen and puts the results into the modal.
func (b *Bot) carryBatch(ctx context.Context, r *request) error {
	batch, _, err := view.ReadBatch(r.view)
	if err != nil {
		return err
	}
	results, err := b.core.Take(ctx, b.asks(r), batch.Operation, batch.Tags)
	if all := spoilt(err, occupation.Result{Kind: occupation.Take, Asked: batch.Operation}, targetsOf(batch.Tags)); all != nil {
		results, err = all, nil
	}
	if err != nil {
		return err
	}
	b.count(r, results)
	at, err := b.showBatch(ctx, r, results)
	b.await(ctx, r, at, results)
	b.settleCards(ctx, r, at, results)
	return err
}

// showBatch puts results into the modal; if the person has closed it, or Slack
// does not take them there, they go to the DM.
func (b *Bot) showBatch(ctx context.Context, r *request, results []occupation.Result) (place, error) {
	err := insist(ctx, func(ctx context.Context) error { return b.replaceModal(ctx, r, view.BatchDone(results, b.clock())) })
	if err == nil {
		return r.from, nil
	}
	if !errors.Is(err, errGone) {
		logged(ctx, err, "modal_not_updated")
	}
	return b.direct(ctx, r.user, view.Answer(results, b.clock()))
}

// replaceModal puts another view in the place of the request's modal; errGone
// when the person has closed it.
func (b *Bot) replaceModal(ctx context.Context, r *request, m slack.ModalViewRequest) error {
	if err := wait(ctx, time.Until(r.acked.Add(shown))); err != nil {
		return err
	}
	err := patiently(ctx, func(ctx context.Context) error {
		_, err := b.api.UpdateViewContext(ctx, b.markedModal(m), "", "", r.from.View)
		return err
	})
	if slackCode(err) == "not_found" {
		return errGone
	}
	return err
}
