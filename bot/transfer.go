package bot

import (
	"context"
	"regexp"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file is TRASPASAR: an offer, and the other's answer.

// mention is a person in the text of a command, as Slack sends it (should_escape).
var mention = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>`)

// typedTransfer is /traspasar TAG @persona [motivo]. Without a TAG it is the one
// spool that the person holds; without a person the spool's card is shown, whose
// button asks.
func (b *Bot) typedTransfer(ctx context.Context, r *request) error {
	to := ""
	if m := mention.FindStringSubmatch(r.raw); m != nil {
		to = m[1]
	}
	word, reason := firstOf(typed(mention.ReplaceAllString(r.raw, " ")))
	if word == "" {
		held, err := b.core.HeldBy(ctx, r.worker.ID)
		if err != nil {
			return err
		}
		if len(held) != 1 {
			return b.chooseHeld(ctx, r, view.Choice{Verb: view.Show}, held)
		}
		word = tagOf(held[0])
	}
	tag, asked, err := b.oneTag(ctx, r, word, view.Choice{Verb: view.Show})
	if err != nil || asked {
		return err
	}
	if to == "" {
		return b.showStatuses(ctx, r, []string{tag})
	}
	r.asked = view.Asked{Verb: view.Transfer, Facts: view.Facts{Tag: tag}}
	return b.offerTo(ctx, r, occupation.Target{Tag: tag}, to, reason)
}

// askReceiver opens the form that asks to whom.
func (b *Bot) askReceiver(r *request) (slack.ModalViewRequest, error) {
	f, err := b.facts(r, view.Transfer)
	return view.TransferModal(f, f.Worker != 0), err
}

func (b *Bot) pendingTransfer(r *request) (any, bool) {
	_, wrong, err := view.ReadTransfer(r.view)
	return b.formAnswer(r, wrong, err)
}

// carryTransfer is the submission of that form.
func (b *Bot) carryTransfer(ctx context.Context, r *request) error {
	form, _, err := view.ReadTransfer(r.view)
	if err != nil {
		return err
	}
	r.asked = view.Asked{Verb: view.Transfer, Facts: form.Facts}
	return b.offerTo(ctx, r, occupation.Target{Tag: form.Facts.Tag, Fence: form.Facts.Fence}, form.To, form.Reason)
}

// offerTo offers a spool to a Slack user.
func (b *Bot) offerTo(ctx context.Context, r *request, target occupation.Target, user, reason string) error {
	to, err := b.core.WorkerBySlack(ctx, user)
	if err != nil {
		return aboutReceiver(err, to)
	}
	return b.offer(ctx, r, target, to, reason)
}

// aboutReceiver makes it plain that an error is not about who asks.
func aboutReceiver(err error, to occupation.Worker) error {
	e, ok := err.(*occupation.Error) //nolint:errorlint // the core gives it as it is
	if !ok || e.Code != occupation.WorkerUnknown {
		return err
	}
	about := *e
	about.Holder = to.AsHolder()
	return &about
}

// offer offers a spool to a worker, who gets a DM with two buttons.
func (b *Bot) offer(ctx context.Context, r *request, target occupation.Target, to occupation.Worker, reason string) error {
	o, err := b.Offer(ctx, b.asks(r), target, to.ID, reason)
	if err != nil {
		return err
	}
	p, err := b.answer(ctx, r, view.OfferSent(o, b.clock()))
	b.remember(ctx, offerKey(o, false), p, cardLife)
	return err
}

// Offer is Core.OfferTransfer for every door: the receiver gets a DM with two
// buttons. Errors: those of the core; WORKER_UNKNOWN (Unlinked, Holder is the
// receiver) when they cannot be told, and then there is no offer.
func (b *Bot) Offer(ctx context.Context, r occupation.Request, target occupation.Target, to int, reason string) (occupation.Offer, error) {
	o, replaced, err := b.core.OfferTransfer(ctx, r, target, to, reason)
	if err != nil {
		return o, err
	}
	if replaced.ID != "" {
		b.offerOver(replaced, view.OfferReplaced)
	}
	st, err := b.core.Find(ctx, o.Tag)
	logged(ctx, err, "offer_without_spool")
	p, told := b.tellWorker(ctx, to, view.OfferTo(o, st.Lock.Operation, b.clock()))
	if !told {
		_, err := b.core.AnswerOffer(ctx, r.Worker, o.ID)
		logged(ctx, err, "offer_not_taken_back")
		return o, &occupation.Error{Code: occupation.WorkerUnknown, Reason: occupation.Unlinked, Tag: o.Tag, Holder: o.To}
	}
	b.remember(ctx, offerKey(o, true), p, cardLife)
	return o, nil
}

// offerKey is where the message of an offer is noted, for the receiver or for
// whoever made it.
func offerKey(o occupation.Offer, receiver bool) string {
	if receiver {
		return "offer:to:" + o.ID
	}
	return "offer:from:" + o.ID
}

// pressedAccept is the receiver's yes. The giver is told by Settled.
func (b *Bot) pressedAccept(ctx context.Context, r *request) error {
	f, err := b.facts(r, view.Transfer)
	if err != nil {
		return err
	}
	res, o, err := b.core.AcceptTransfer(ctx, b.asks(r), f.Offer)
	if err != nil {
		return b.besideOffer(ctx, r, err)
	}
	b.recall(ctx, offerKey(o, true))
	if res.Err != nil {
		return b.showResults(ctx, r, []occupation.Result{res})
	}
	b.count(r, []occupation.Result{res})
	p, err := b.answer(ctx, r, view.Received(res, o.From, b.clock()))
	b.settleCards(ctx, r, p, []occupation.Result{res})
	return err
}

// besideOffer shows that the locks do not answer beside the offer, which still
// stands, and not in its place.
func (b *Bot) besideOffer(ctx context.Context, r *request, err error) error {
	if occupation.CodeOf(err) != occupation.LocksUnavailable {
		return err
	}
	r.code = occupation.LocksUnavailable
	_, told := b.direct(ctx, r.user, b.words(r, err))
	return told
}

// pressedRefuse is the receiver's no.
func (b *Bot) pressedRefuse(ctx context.Context, r *request) error {
	return b.endOffer(ctx, r, view.OfferRefused)
}

// pressedWithdraw takes an offer back.
func (b *Bot) pressedWithdraw(ctx context.Context, r *request) error {
	return b.endOffer(ctx, r, view.OfferWithdrawn)
}

func (b *Bot) endOffer(ctx context.Context, r *request, why view.OfferEnd) error {
	f, err := b.facts(r, view.Transfer)
	if err != nil {
		return err
	}
	o, err := b.core.AnswerOffer(ctx, r.worker.ID, f.Offer)
	if err != nil {
		return b.besideOffer(ctx, r, err)
	}
	b.offerOver(o, why)
	return nil
}

// remember notes where a message stands, for so long.
func (b *Bot) remember(ctx context.Context, key string, p place, life time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, key, p.encode(), life), "place_not_kept")
}

// recall forgets and returns where a message stands.
func (b *Bot) recall(ctx context.Context, key string) (place, bool) {
	p, known := b.noted(ctx, key)
	if known {
		ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
		defer cancel()
		logged(ctx, b.memory.Put(ctx, key, "", cardLife), "place_not_forgotten")
	}
	return p, known
}
