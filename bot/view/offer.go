package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// OfferEnd is why an offer of TRASPASAR came to nothing.
type OfferEnd string

// The ends of an offer.
const (
	OfferRefused    OfferEnd = "refused"
	OfferUnanswered OfferEnd = "unanswered"
	OfferWithdrawn  OfferEnd = "withdrawn"
	OfferReplaced   OfferEnd = "replaced" // by a newer one of the same spool
)

// OfferTo asks the receiver whether they take the spool over; op is what it is
// held for.
func OfferTo(o occupation.Offer, op occupation.Operation, at Clock) Message {
	state, whose, reason := offersIt(name(o.From)), untilAccepted(name(o.From)), ""
	if o.By.ID != 0 {
		state, reason = wantsYou(name(o.By)), because(escape(o.Reason, maxReason))
	}
	f := Facts{Tag: o.Tag, Offer: o.ID}
	return card(signMove, o.Tag, state, []string{join(". ", string(op), whose), reason, answerBy(at.before(o.Until))},
		spoolButton(ActionAccept, labelAccept, f).WithStyle(slack.StylePrimary), spoolButton(ActionRefuse, labelRefuse, f))
}

// OfferSent tells whoever offers a spool that nothing has changed yet.
func OfferSent(o occupation.Offer, at Clock) Message {
	return card(signWait, o.Tag, offeredTo(name(o.To)), []string{staysUntil(keeper(o)), orNothing(at.before(o.Until))},
		spoolButton(ActionWithdraw, labelWithdraw, Facts{Tag: o.Tag, Offer: o.ID}), mineButton())
}

// OfferOver tells of the end of an offer that nobody accepted: to the receiver, or
// to whoever made it. Nothing has changed.
func OfferOver(o occupation.Offer, why OfferEnd, toReceiver bool, _ Clock) Message {
	sign := signNo
	if toReceiver && why == OfferRefused || !toReceiver && why == OfferWithdrawn {
		sign = signDone // as this very person wanted
	}
	if toReceiver {
		w := offerOverForReceiver(why, name(offerer(o)))
		return card(sign, o.Tag, w.head, []string{w.detail, staysWith(name(o.From))}, mineButton(), statusButton(o.Tag))
	}
	w := offerOver(why, name(o.To))
	return card(sign, o.Tag, w.head, []string{w.detail, staysAsIs(keeper(o))}, statusButton(o.Tag), mineButton())
}

// offerer is who made the offer.
func offerer(o occupation.Offer) occupation.Holder {
	if o.By.ID != 0 {
		return o.By
	}
	return o.From
}

// keeper is the name of who goes on having the spool; empty when it is the one
// who made the offer.
func keeper(o occupation.Offer) string {
	if o.By.ID == 0 {
		return ""
	}
	return name(o.From)
}
