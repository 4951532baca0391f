package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is what supervisors do about who is who, without being asked.

// maxPeopleShown is how many workers or claims one answer shows.
const maxPeopleShown = 8

// typedLink is /vincular [@persona | nombre]: who that is, and what can be done
// about it. Alone it shows who waits for an answer.
func (b *Bot) typedLink(ctx context.Context, r *request) error {
	if err := b.core.MayLink(ctx, r.worker.ID); err != nil {
		return err
	}
	if m := mention.FindStringSubmatch(r.raw); m != nil {
		return b.showAccount(ctx, r, m[1])
	}
	if r.text == "" {
		return b.showClaims(ctx, r)
	}
	found, err := b.core.Workers(ctx, r.text, maxPeopleShown)
	switch {
	case err != nil:
		return err
	case len(found) == 1:
		return b.show(ctx, r, view.LinkCard(found[0], view.NoNote))
	default:
		return b.show(ctx, r, view.WorkersFound(r.text, found))
	}
}

// showAccount shows to whom an account is linked.
func (b *Bot) showAccount(ctx context.Context, r *request, user string) error {
	w, err := b.core.WorkerBySlack(ctx, user) // an inactive one is returned as well
	switch {
	case w.ID != 0:
		return b.show(ctx, r, view.LinkCard(w, view.NoNote))
	case !unlinked(err):
		return err
	}
	claims, err := b.core.Pending(ctx, user)
	if err != nil || len(claims) == 0 {
		logged(ctx, err, "claims_not_read")
		return b.show(ctx, r, view.NotLinked(user))
	}
	m, err := b.claimCard(ctx, claims[0])
	if err != nil {
		return err
	}
	return b.show(ctx, r, m)
}

// showClaims shows the claims that wait, each in a message of its own.
func (b *Bot) showClaims(ctx context.Context, r *request) error {
	claims, err := b.core.Pending(ctx, "")
	if err != nil {
		return err
	}
	if err := b.show(ctx, r, view.ClaimsOpen(len(claims))); err != nil {
		return err
	}
	for _, c := range claims[:min(len(claims), maxPeopleShown)] {
		m, err := b.claimCard(ctx, c)
		if err != nil {
			return err
		}
		if err := b.also(ctx, r, m); err != nil {
			return err
		}
	}
	return nil
}

// peopleForm opens the form to look for a worker.
func (b *Bot) peopleForm(r *request) (slack.ModalViewRequest, error) {
	return view.PeopleModal(), notBoss(r)
}

// notBoss refuses to open a form for supervisors to somebody who is known to be
// none.
func notBoss(r *request) error {
	if r.worker.ID != 0 && !r.worker.Has(occupation.Supervisor) {
		return &occupation.Error{Code: occupation.RoleNotAllowed, Reason: occupation.NotSupervisor}
	}
	return nil
}

// bossFacts are the facts of a button that opens such a form.
func (b *Bot) bossFacts(r *request) (view.LinkFacts, error) {
	if err := notBoss(r); err != nil {
		return view.LinkFacts{}, err
	}
	return b.linkFacts(r)
}

// openedBoss is for what only opens a form for supervisors, when who it is was
// found out late.
func (b *Bot) openedBoss(ctx context.Context, r *request) error {
	return b.core.MayLink(ctx, r.worker.ID)
}

// suggestWorkers searches all workers, for supervisors.
func (b *Bot) suggestWorkers(ctx context.Context, r *request) (any, error) {
	if err := b.core.MayLink(ctx, r.worker.ID); err != nil {
		return nil, err
	}
	found, err := b.core.Workers(ctx, r.text, maxOptions)
	if err != nil {
		return nil, err
	}
	return map[string]any{"options": view.WorkerOptions(found)}, nil
}

// carryPeople is the submission of the form to look for a worker.
func (b *Bot) carryPeople(ctx context.Context, r *request) error {
	form, _, err := view.ReadLinkForm(r.view)
	if err != nil {
		return err
	}
	return b.showWorker(ctx, r, form.Worker)
}

func (b *Bot) pressedShowLink(ctx context.Context, r *request) error {
	f, err := b.linkFacts(r)
	if err != nil {
		return err
	}
	r.beside = r.from.Kind == atMessage || r.from.Kind == atEphemeral // what shows it goes on
	return b.showWorker(ctx, r, f.Worker)
}

// showWorker shows a supervisor a worker's link.
func (b *Bot) showWorker(ctx context.Context, r *request, id int) error {
	if err := b.core.MayLink(ctx, r.worker.ID); err != nil {
		return err
	}
	w, err := b.core.AnyWorker(ctx, id)
	if err != nil {
		return err
	}
	return b.show(ctx, r, view.LinkCard(w, view.NoNote))
}

// accountForm opens the form in which a supervisor chooses an account for a worker.
func (b *Bot) accountForm(r *request) (slack.ModalViewRequest, error) {
	f, err := b.bossFacts(r)
	return view.AccountModal(f), err
}

// carryAccount is the submission of that form.
func (b *Bot) carryAccount(ctx context.Context, r *request) error {
	form, _, err := view.ReadLinkForm(r.view)
	if err != nil {
		return err
	}
	return b.relink(ctx, r, occupation.Relink{Worker: form.Facts.Worker, SlackID: form.SlackID, Was: form.Facts.SlackID})
}

// giveForm opens the form in which a supervisor chooses a worker for an account.
func (b *Bot) giveForm(r *request) (slack.ModalViewRequest, error) {
	f, err := b.bossFacts(r)
	if err == nil && f.SlackID == "" {
		err = &occupation.Error{Code: occupation.InvalidInput}
	}
	return view.ChooseNameModal(f), err
}

// carryGive is the submission of that form.
func (b *Bot) carryGive(ctx context.Context, r *request) error {
	form, _, err := view.ReadLinkForm(r.view)
	if err != nil {
		return err
	}
	return b.relink(ctx, r, occupation.Relink{Worker: form.Worker, SlackID: form.Facts.SlackID})
}

func (b *Bot) pressedRemoveLink(ctx context.Context, r *request) error {
	f, err := b.linkFacts(r)
	if err != nil {
		return err
	}
	return b.relink(ctx, r, occupation.Relink{Worker: f.Worker, Was: f.SlackID})
}

// relink changes or removes a link. Only full members of the workspace are linked,
// and a button of another state shows how it is now.
func (b *Bot) relink(ctx context.Context, r *request, change occupation.Relink) error {
	if err := b.core.MayLink(ctx, r.worker.ID); err != nil {
		return err
	}
	if change.SlackID != "" {
		if err := b.checkMember(ctx, change.SlackID, b.home.Load()); err != nil {
			if errors.Is(err, unchecked) {
				return err
			}
			r.code = occupation.InvalidInput
			return b.show(ctx, r, view.NotServed(change.SlackID))
		}
	}
	done, err := b.core.SetLink(ctx, b.asks(r), change)
	if e, ok := errors.AsType[*occupation.Error](err); ok && e.Reason == occupation.LinkChanged {
		if w, readErr := b.core.AnyWorker(ctx, change.Worker); readErr == nil {
			r.code = e.Code
			return b.show(ctx, r, view.LinkCard(w, view.LinkStale))
		}
	}
	if err != nil {
		return err
	}
	return b.decided(ctx, r, "", done)
}
