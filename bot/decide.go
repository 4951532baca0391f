package bot

import (
	"context"
	"errors"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is what a supervisor decides about who is who, and who hears of it.

// pressedApprove is a supervisor's yes.
func (b *Bot) pressedApprove(ctx context.Context, r *request) error {
	f, err := b.linkFacts(r)
	if err != nil {
		return err
	}
	done, err := b.core.ApproveClaim(ctx, b.asks(r), f.Claim)
	if err != nil {
		return b.staleClaim(ctx, r, f, err)
	}
	return b.decided(ctx, r, f.Claim, done)
}

// rejectForm opens the form that asks why; it may stay empty.
func (b *Bot) rejectForm(r *request) (slack.ModalViewRequest, error) {
	f, err := b.bossFacts(r)
	return view.RejectModal(f), err
}

// carryReject is the submission of that form: a supervisor's no.
func (b *Bot) carryReject(ctx context.Context, r *request) error {
	form, _, err := view.ReadLinkForm(r.view)
	if err != nil {
		return err
	}
	done, err := b.core.RefuseClaim(ctx, b.asks(r), form.Facts.Claim, form.Reason)
	if err != nil {
		return b.staleClaim(ctx, r, form.Facts, err)
	}
	return b.decided(ctx, r, form.Facts.Claim, done)
}

// linkFacts reads what a button about a person carries.
func (b *Bot) linkFacts(r *request) (view.LinkFacts, error) {
	f, err := view.ReadLink(r.value)
	if err != nil {
		return f, &occupation.Error{Code: occupation.InvalidInput, Err: err}
	}
	return f, nil
}

// staleClaim answers a button of a question that is not open any more with how it
// is now; that takes the place of a question which still looks open.
func (b *Bot) staleClaim(ctx context.Context, r *request, f view.LinkFacts, why error) error {
	if e, ok := errors.AsType[*occupation.Error](why); !ok || e.Reason != occupation.ClaimGone {
		return why
	}
	w, err := b.core.AnyWorker(ctx, f.Worker)
	if err != nil {
		return why
	}
	r.code = occupation.InvalidInput
	m := view.ClaimGone(f, w)
	if p, open := b.recall(ctx, claimKey(f.Claim)); open { // nobody has answered it in time
		b.amend(ctx, p, m)
		if p.same(r.from) {
			return nil
		}
	}
	return b.show(ctx, r, m)
}

// decided shows what a decision has come to: to the supervisor at once, then to all
// whom it concerns. pressed is the claim whose button was pressed, empty = none was.
func (b *Bot) decided(ctx context.Context, r *request, pressed string, l occupation.Linked) error {
	if !l.Refused && !l.Logged {
		zerolog.Ctx(ctx).Warn().Int("worker", l.Worker.ID).Msg("link_not_in_audit_log")
	}
	shown := false
	for _, c := range l.Claims {
		p := b.closeClaim(ctx, c, endOf(c, l), l)
		if c.ID != pressed {
			continue
		}
		shown = p.Kind != "" || r.family == action
		if r.family == action && !p.same(r.from) { // in a list, or quicker than we noted where it stands
			b.amend(ctx, r.from, view.ClaimOver(c, endOf(c, l), l, b.clock()))
		}
	}
	b.tellLinked(ctx, l)
	switch {
	case shown:
		return nil
	case l.Refused:
		return b.show(ctx, r, view.ClaimOver(l.Claims[0], view.ClaimRefused, l, b.clock()))
	case l.Worker.SlackID == "":
		return b.show(ctx, r, view.LinkCard(l.Worker, view.LinkRemoved))
	default:
		return b.show(ctx, r, view.LinkCard(l.Worker, view.LinkSet))
	}
}

// endOf is what a decision means for one of the claims that are over by it.
func endOf(c occupation.LinkClaim, l occupation.Linked) view.ClaimEnd {
	switch {
	case l.Refused:
		return view.ClaimRefused
	case c.SlackID != l.Worker.SlackID:
		return view.ClaimLost
	case c.Worker.ID != l.Worker.ID:
		return view.ClaimReplaced
	default:
		return view.ClaimApproved
	}
}

// claimUnanswered closes the question that no supervisor has answered in time, and
// tells whoever asked; not somebody who is linked by now, or asks anew.
func (b *Bot) claimUnanswered(ctx context.Context, c occupation.LinkClaim) {
	b.closeClaim(ctx, c, view.ClaimExpired, occupation.Linked{})
	b.freshenClaims(ctx, c.Worker.ID)
	again, err := b.core.Pending(ctx, c.SlackID)
	if err == nil && len(again) == 0 {
		_, err = b.core.WorkerBySlack(ctx, c.SlackID)
	}
	tick := func(ctx context.Context) { logged(ctx, b.core.ClaimTold(ctx, c.ID), "claim_not_ticked_off") }
	if len(again) > 0 || err == nil {
		tick(ctx)
		return
	}
	if !unlinked(err) {
		logged(ctx, err, "person_not_looked_up")
	}
	b.inPersonsLane(ctx, c.SlackID, func(ctx context.Context) {
		told := b.toldOnce(ctx, claimKey(c.ID), func() bool { return b.tellPersonNow(ctx, c.SlackID, view.ClaimUnanswered(c), nil) == nil })
		if told {
			tick(ctx)
		}
	})
}

// tellLinked tells the people whom a decision concerns, each in their own line, and
// brings their App Home up to date.
func (b *Bot) tellLinked(ctx context.Context, l occupation.Linked) {
	if l.Was != "" && l.Was != l.Worker.SlackID {
		b.workers.drop(l.Worker.ID)
		b.noteStanding(l.Was, nobody)
		b.tellPerson(ctx, l.Was, view.Unbound(l), nil)
	}
	if !l.Refused && l.Worker.SlackID != "" {
		b.workers.put(l.Worker.ID, l.Worker.SlackID)
		b.noteStanding(l.Worker.SlackID, employed)
		b.tellPerson(ctx, l.Worker.SlackID, view.Welcome(l), &l.Worker)
	}
	for _, c := range l.Claims {
		if end := endOf(c, l); end == view.ClaimRefused || end == view.ClaimLost {
			b.tellPerson(ctx, c.SlackID, view.ClaimDenied(c, l), nil)
			if l.Refused {
				b.freshenClaims(ctx, c.Worker.ID)
			}
		}
	}
}

// tellPerson writes to a person behind what they are doing, and shows them App Home
// as it is for them now: w is who they are, nil = nobody.
func (b *Bot) tellPerson(ctx context.Context, user string, m view.Message, w *occupation.Worker) {
	b.inPersonsLane(ctx, user, func(ctx context.Context) { _ = b.tellPersonNow(ctx, user, m, w) })
}

// tellPersonNow is tellPerson at once; its error, of the telling, is logged.
func (b *Bot) tellPersonNow(ctx context.Context, user string, m view.Message, w *occupation.Worker) error {
	_, err := b.tell(ctx, user, m)
	logged(ctx, err, "person_not_told")
	if w == nil {
		b.freshenStranger(ctx, user)
		return err
	}
	logged(ctx, b.publish(ctx, *w, user), "home_not_read")
	return err
}

// inPersonsLane does something for a person behind what they are doing.
func (b *Bot) inPersonsLane(ctx context.Context, user string, do func(context.Context)) {
	log := zerolog.Ctx(ctx)
	work := func() {
		ctx, cancel := context.WithTimeout(b.jobs, newsTimeout)
		defer cancel()
		do(log.WithContext(ctx))
	}
	if !b.queue.Do(user, work) && !b.sorry.Do(user, work) {
		log.Error().Str("to", user).Msg("person_not_told")
	}
}
