package view_test

import (
	"slices"
	"strings"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Samples of what people want of each other: offers, wait lists, requests; and of
// the supervisors' report.

func (k kit) offer() occupation.Offer {
	return occupation.Offer{
		ID: "NCKG2DHX4VMJVPOTTFHCY4PXSQ", Tag: tag, Fence: 4011, From: mauricio, To: josefa,
		Lasts: occupation.OfferLasts, Until: k.hour(14, 57),
	}
}

// offers are one of a holder, one of a supervisor, one with hostile words.
func (k kit) offers() map[string]occupation.Offer {
	byBoss := k.offer()
	byBoss.By, byBoss.Reason = patricia, "urge para despacho"
	hostile := byBoss
	hostile.Tag, hostile.From.Name, hostile.To.Name, hostile.By.Name, hostile.Reason = nasty, nasty, worst, worst, strings.Repeat(nasty, 3)
	return map[string]occupation.Offer{"": k.offer(), "-boss": byBoss, "-hostile": hostile}
}

// findings has one of each kind, and those that give a spool to nobody with an id.
func (k kit) findings() []occupation.Finding {
	row := func(i int, h occupation.Holder) occupation.Spool { return k.status(i, h).Spool }
	late := k.lock(2, josefa)
	late.Deadline = k.hour(10, 10)
	byHand := row(3, occupation.Holder{Label: "Don Lucho"})
	return []occupation.Finding{
		{Kind: occupation.NoLock, Spool: row(1, josefa), Lock: k.lock(1, josefa)},
		{Kind: occupation.Overdue, Spool: row(2, josefa), Lock: late},
		{Kind: occupation.ByHand, Spool: byHand},
		{Kind: occupation.RowCleared, Spool: k.spool(4), Lock: k.lock(4, mauricio)},
		{Kind: occupation.RowGone, Lock: k.lock(5, mauricio)},
		{Kind: occupation.Overwritten, Spool: row(6, josefa), Lock: k.lock(6, mauricio)},
		{Kind: occupation.Overwritten, Spool: byHand, Lock: k.lock(7, mauricio)},
	}
}

func (k kit) askSamples() map[string]any {
	held := k.status(11, mauricio)
	hostile := k.status(15, mauricio)
	hostile.Spool, hostile.Lock.Tag, hostile.Lock.Holder.Name = k.hostileSpool(), nasty, worst
	hostileAsker := pepa
	hostileAsker.Given, hostileAsker.Surname = nasty, worst
	welder := pepa
	welder.Roles = []occupation.Role{occupation.Soldador}
	free := occupation.Status{Spool: k.spool(11)}
	turn := occupation.Turn{Waiting: occupation.Waiting{Tag: tag, Worker: 12}}
	first := turn
	first.First, first.Until = true, k.hour(14, 44)
	hostileTurn := first
	hostileTurn.Tag = nasty

	fs := k.findings()
	many := slices.Repeat(fs, 60)
	bad := slices.Clone(fs)
	for i := range bad {
		bad[i].Spool.HeldBy, bad[i].Spool.Tag, bad[i].Lock.Holder.Name = nasty, worst, worst
	}
	facts := view.Facts{Tag: tag, Fence: 4011}
	badFacts := view.Facts{Tag: worst, Fence: 1 << 62}

	out := map[string]any{
		"waiting":            view.Waiting(held, 1, k.at),
		"waiting-2":          view.Waiting(held, 2, k.at),
		"waiting-lapsed":     view.Waiting(k.lapsed(11), 5, k.at),
		"waiting-free":       view.Waiting(free, 0, k.at),
		"waiting-hostile":    view.Waiting(hostile, 3, k.at),
		"waiting-no-more":    view.NoMoreWaiting(tag),
		"turn-first":         view.Turn(first, occupation.SOLD, k.at),
		"turn":               view.Turn(turn, occupation.ARM, k.at),
		"turn-hostile":       view.Turn(hostileTurn, "", k.at),
		"asked":              view.AskHolder(held, pepa, k.at),
		"asked-other-role":   view.AskHolder(held, welder, k.at),
		"asked-hostile":      view.AskHolder(hostile, hostileAsker, k.at),
		"ask-sent":           view.AskSent(held, k.at),
		"ask-sent-hostile":   view.AskSent(hostile, k.at),
		"ask-already":        view.AskedAlready(held, k.at),
		"still-used":         view.StillUsed(tag, mauricio, k.at),
		"still-used-hostile": view.StillUsed(nasty, occupation.Holder{Name: worst}, k.at),
		"still-used-noted":   view.StillUsedNoted(tag),

		"reconcile-none":    view.ReconcileReport(nil, false, k.at),
		"reconcile":         view.ReconcileReport(fs, false, k.at),
		"reconcile-done":    view.ReconcileReport(fs, true, k.at),
		"reconcile-by-hand": view.ReconcileReport(fs[2:3], false, k.at),
		"reconcile-420":     view.ReconcileReport(many, false, k.at),
		"reconcile-hostile": view.ReconcileReport(slices.Repeat(bad, 60), true, k.at),
		"reconcile-working": view.ReconcileWorking(),

		"modal-transfer":         view.TransferModal(facts, false),
		"modal-transfer-boss":    view.TransferModal(facts, true),
		"modal-transfer-hostile": view.TransferModal(badFacts, true),
		"modal-release":          view.ReleaseModal(facts),
		"modal-release-hostile":  view.ReleaseModal(badFacts),
	}
	for who, o := range k.offers() {
		out["offer-to"+who] = view.OfferTo(o, occupation.ARM, k.at)
		out["offer-sent"+who] = view.OfferSent(o, k.at)
		for _, why := range []view.OfferEnd{view.OfferRefused, view.OfferUnanswered, view.OfferWithdrawn, view.OfferReplaced} {
			out["offer-"+string(why)+"-sender"+who] = view.OfferOver(o, why, false, k.at)
			out["offer-"+string(why)+"-receiver"+who] = view.OfferOver(o, why, true, k.at)
		}
	}
	return out
}
