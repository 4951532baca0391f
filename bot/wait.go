package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is what somebody does who wants what another holds: wait for it, or
// ask for it.

// askAgain is how long one person may not ask for the same spool again.
const askAgain = 10 * time.Minute

// pressedWait is "Avísame cuando se libere".
func (b *Bot) pressedWait(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Wait)
	if err != nil {
		return err
	}
	place, st, err := b.core.WaitFor(ctx, b.asks(r), f.Tag)
	if err != nil {
		return err
	}
	if st.Lock.Holds() && st.Lock.Holder.ID == r.worker.ID {
		return b.showStatus(ctx, r, st)
	}
	return b.show(ctx, r, view.Waiting(st, place, b.clock()))
}

// pressedLeave is "Ya no me avises".
func (b *Bot) pressedLeave(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Wait)
	if err != nil {
		return err
	}
	if err := b.core.StopWaiting(ctx, r.worker.ID, f.Tag); err != nil {
		return err
	}
	return b.show(ctx, r, view.NoMoreWaiting(f.Tag))
}

// pressedAsk is "Pedírselo": the holder gets a DM with three answers.
func (b *Bot) pressedAsk(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Ask)
	if err != nil {
		return err
	}
	st, err := b.core.Find(ctx, f.Tag)
	if err != nil {
		return err
	}
	if !st.Lock.Holds() || st.Lock.Holder.ID == r.worker.ID {
		return b.showStatus(ctx, r, st)
	}
	key := fmt.Sprintf("asked:%s:%d", occupation.TagKey(f.Tag), r.worker.ID)
	if first, err := b.memory.First(ctx, []string{key}, askAgain); err == nil && !first {
		return b.show(ctx, r, view.AskedAlready(st, b.clock()))
	}
	p, told := b.tellWorker(ctx, st.Lock.Holder.ID, view.AskHolder(st, r.worker, b.clock()))
	if !told {
		return &occupation.Error{Code: occupation.WorkerUnknown, Reason: occupation.Unlinked, Tag: tagOf(st), Holder: st.Lock.Holder}
	}
	b.keep(ctx, card{Place: p}, st.Lock)
	return b.show(ctx, r, view.AskSent(st, b.clock()))
}

// pressedGive is the holder's "Te lo paso": an offer to whoever asked.
func (b *Bot) pressedGive(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Transfer)
	if err != nil {
		return err
	}
	to, err := b.core.Worker(ctx, f.Worker)
	if err != nil {
		return aboutReceiver(err, to)
	}
	return b.offer(ctx, r, occupation.Target{Tag: f.Tag, Fence: f.Fence}, to, "")
}

// pressedStillUse is the holder's "Aún lo uso".
func (b *Bot) pressedStillUse(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Ask)
	if err != nil {
		return err
	}
	st, err := b.core.Find(ctx, f.Tag)
	if err != nil {
		return err
	}
	if st.Lock.Holder.ID != r.worker.ID { // somebody else's message, or it is over
		return b.showStatus(ctx, r, st)
	}
	b.inLane(f.Worker, func(ctx context.Context) {
		_, _ = b.tellWorker(ctx, f.Worker, view.StillUsed(f.Tag, r.worker.AsHolder(), b.clock()))
	})
	return b.show(ctx, r, view.StillUsedNoted(f.Tag))
}

// typedReconcile is /reconciliar: what differs between sheet and locks.
func (b *Bot) typedReconcile(ctx context.Context, r *request) error {
	found, err := b.core.Review(ctx, b.asks(r), false)
	if err != nil {
		return err
	}
	return b.show(ctx, r, view.ReconcileReport(found, false, b.clock()))
}

// pressedReconcile puts it right, which takes more than half a minute.
func (b *Bot) pressedReconcile(ctx context.Context, r *request) error {
	p, err := b.answer(ctx, r, view.ReconcileWorking())
	if err != nil {
		return err
	}
	found, err := b.core.Review(ctx, b.asks(r), true)
	if err != nil {
		return err
	}
	_, err = b.showAt(ctx, r.user, p, view.ReconcileReport(found, true, b.clock()))
	return err
}
