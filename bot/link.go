package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is who is who: a person says to be a worker, and the supervisors are
// asked in their channel. What they decide is in decide.go.

// claimNote is how long it is remembered where the question to the supervisors
// stands: longer than the claim waits.
const claimNote = occupation.ClaimLasts + 24*time.Hour

func claimKey(id string) string { return "claim:" + id }

// nameForm opens the form in which a person says who they are, unless that is
// known.
func (b *Bot) nameForm(r *request) (slack.ModalViewRequest, error) {
	if r.worker.ID != 0 {
		return slack.ModalViewRequest{}, &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.AccountTaken, Holder: r.worker.AsHolder()}
	}
	return view.ChooseNameModal(view.LinkFacts{}), nil
}

// openedName is for what opened that form, when who it is was found out late.
func (b *Bot) openedName(ctx context.Context, r *request) error {
	if r.refused != nil && !unlinked(r.refused) {
		return r.refused
	}
	if r.refused == nil {
		r.from = place{Kind: atDM, User: r.user}
		return b.show(ctx, r, view.KnownAlready(r.worker))
	}
	return nil
}

// unlinked reports whether a person is one of the workspace whom no worker is
// linked to: all that is between them and the bot is a supervisor's word.
func unlinked(err error) bool {
	e, ok := errors.AsType[*occupation.Error](err)
	return ok && e.Code == occupation.WorkerUnknown && e.Reason == occupation.Unlinked
}

// suggestNames searches those without a link, for whoever is to be linked.
func (b *Bot) suggestNames(ctx context.Context, r *request) (any, error) {
	found, err := b.core.Unlinked(ctx, r.text, maxOptions)
	if err != nil {
		return nil, err
	}
	return map[string]any{"options": view.WorkerOptions(found)}, nil
}

func (b *Bot) pendingLink(r *request) (any, bool) {
	_, wrong, err := view.ReadLinkForm(r.view)
	return b.formAnswer(r, wrong, err)
}

// carryClaim is the submission of the form in which a person says who they are:
// the supervisors are asked.
func (b *Bot) carryClaim(ctx context.Context, r *request) error {
	form, _, err := view.ReadLinkForm(r.view)
	switch {
	case err != nil:
		return err
	case r.refused == nil:
		return b.show(ctx, r, view.KnownAlready(r.worker))
	case !unlinked(r.refused):
		return r.refused
	}
	r.asked = view.Asked{Verb: view.BeWho}
	claimed, err := b.core.ClaimLink(ctx, r.user, form.Worker)
	if err != nil {
		return err
	}
	if _, known := b.noted(ctx, claimKey(claimed.Claim.ID)); !claimed.Again || !known {
		if err := b.askSupervisors(ctx, claimed.Claim); err != nil {
			logged(ctx, err, "supervisors_not_asked")
			logged(ctx, b.core.DropClaim(ctx, claimed.Claim.ID), "claim_not_dropped")
			r.code = occupation.LocksUnavailable
			return b.show(ctx, r, view.ClaimNotSent())
		}
	}
	if claimed.Replaced.ID != "" {
		b.closeClaim(ctx, claimed.Replaced, view.ClaimReplaced, occupation.Linked{})
		b.freshenClaims(ctx, claimed.Replaced.Worker.ID)
	}
	b.freshenRivals(ctx, claimed.Claim.Worker.ID)
	b.freshenStranger(ctx, r.user)
	return b.show(ctx, r, view.ClaimSent(claimed.Claim))
}

// askSupervisors posts the question and remembers where it stands.
func (b *Bot) askSupervisors(ctx context.Context, c occupation.LinkClaim) error {
	m, err := b.claimCard(ctx, c)
	if err != nil {
		return err
	}
	p, err := b.post(ctx, b.supervisors, m)
	if err == nil {
		b.remember(ctx, claimKey(c.ID), p, claimNote)
	}
	return err
}

// claimCard is the question about a claim, with those who claim the same name.
func (b *Bot) claimCard(ctx context.Context, c occupation.LinkClaim) (view.Message, error) {
	w, err := b.core.AnyWorker(ctx, c.Worker.ID)
	if err != nil {
		return view.Message{}, err
	}
	claims, err := b.core.Pending(ctx, "")
	if err != nil {
		return view.Message{}, err
	}
	var rivals []string
	for _, o := range claims {
		switch {
		case o.ID == c.ID:
			c = o
		case o.Worker.ID == c.Worker.ID:
			rivals = append(rivals, o.SlackID)
		}
	}
	return view.ClaimCard(c, w, rivals, b.clock()), nil
}

// freshenClaims brings the questions about one name up to date.
func (b *Bot) freshenClaims(ctx context.Context, worker int) {
	claims, err := b.core.Pending(ctx, "")
	logged(ctx, err, "claims_not_read")
	for _, c := range claims {
		if c.Worker.ID != worker {
			continue
		}
		m, err := b.claimCard(ctx, c)
		logged(ctx, err, "claim_not_shown")
		if p, ok := b.noted(ctx, claimKey(c.ID)); ok && err == nil {
			b.amend(ctx, p, m)
		}
	}
}

// freshenRivals is freshenClaims where several claim the name, one of them perhaps
// while the question about another was on its way.
func (b *Bot) freshenRivals(ctx context.Context, worker int) {
	claims, err := b.core.Pending(ctx, "")
	logged(ctx, err, "claims_not_read")
	rivals := slices.DeleteFunc(claims, func(c occupation.LinkClaim) bool { return c.Worker.ID != worker })
	if len(rivals) > 1 {
		b.freshenClaims(ctx, worker)
	}
}

// closeClaim puts what became of a claim in the place of the question, which is
// returned.
func (b *Bot) closeClaim(ctx context.Context, c occupation.LinkClaim, end view.ClaimEnd, l occupation.Linked) place {
	p, ok := b.recall(ctx, claimKey(c.ID))
	if ok {
		b.amend(ctx, p, view.ClaimOver(c, end, l, b.clock()))
	}
	return p
}

// noted is where a message stands; it is not forgotten.
func (b *Bot) noted(ctx context.Context, key string) (place, bool) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	text, err := b.memory.Get(ctx, key)
	logged(ctx, err, "place_not_read")
	if text == "" {
		return place{}, false
	}
	return decodePlace(text)
}

// claimedName is the name that a person claims of whom the error says that they
// are not linked; empty = none.
func (b *Bot) claimedName(ctx context.Context, user string, err error) string {
	if !unlinked(err) {
		return ""
	}
	claims, err := b.core.Pending(ctx, user)
	logged(ctx, err, "claims_not_read")
	if len(claims) == 0 {
		return ""
	}
	return claims[0].Worker.Name
}

// freshenStranger shows a person without a link how it stands, if they have looked
// at App Home before.
func (b *Bot) freshenStranger(ctx context.Context, user string) {
	if b.homeRecord(ctx, user).Hash == "" {
		return
	}
	b.later(ctx, user+"/home", func(ctx context.Context) {
		unknown := &occupation.Error{Code: occupation.WorkerUnknown, Reason: occupation.Unlinked}
		b.publishView(ctx, user, b.homeProblem(ctx, user, unknown))
	})
}
