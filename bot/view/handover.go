package view

import "github.com/spoolbot/spoolbot/occupation"

// Received says to the receiver of a spool that it is theirs, and whose it was.
func Received(r occupation.Result, from occupation.Holder, at Clock) Message {
	return mineCard(signDone, stateReceived, hadIt(escape(from.Name, maxName), ""), r, at)
}

// Released says to the supervisor that the spool is free, and whose it was.
func Released(r occupation.Result, at Clock) Message {
	return card(signDone, r.Tag, stateReleased, []string{
		hadIt(name(r.Lock.Holder), join(" ", string(r.Lock.Operation), at.since(r.Lock.Since))),
		lineToldThem, lineFreeAgain,
	}, statusButton(r.Tag), boardButton())
}

// notOverridden is the answer to a transfer or a forced release that was not
// carried out. An offer is over by then, so that only a new one helps.
func notOverridden(r occupation.Result, at Clock) Message {
	e := r.Err
	switch w := explain(e, at); {
	case e.Code == occupation.NotOwner && e.Reason != occupation.NobodyHolds:
		who := nowHas(escape(orSomebody(e.Holder.Name), maxName))
		return card(signNo, r.Tag, who, []string{capital(join(" ", string(e.Operation), at.span(e.Since, e.Until))), lineLookAgain},
			statusButton(r.Tag), mineButton())
	case r.Kind == occupation.Transfer && e.Reason != occupation.BeingChecked && e.Code != occupation.NotOwner:
		return card(signNo, r.Tag, stateNotReceived, []string{capital(join(", ", w.head, w.detail)), lineOfferAgain},
			statusButton(r.Tag), mineButton())
	default:
		return Problem(e, Asked{Verb: VerbOf(r.Kind), Facts: retried(r)}, at)
	}
}
