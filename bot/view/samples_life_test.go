package view_test

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Samples of the life of an occupation: warning, extension, expiry, forced
// release, transfer, and what the office's edits make of it.

var patricia = occupation.Holder{ID: 3, Name: "Patricia Soto", Label: "PS(3)"}

// warnings are n of Mauricio's spools that expire in a quarter of an hour.
func (k kit) warnings(n int) []occupation.Warning {
	out := make([]occupation.Warning, n)
	for i := range out {
		out[i] = occupation.Warning{Lock: k.lock(11+i, mauricio), Before: 15 * time.Minute}
		out[i].Lock.Deadline = k.hour(14, 57).Add(time.Duration(i%3) * time.Minute)
	}
	return out
}

// lapsed is Mauricio's spool, expired at 14:30 and kept for him until 14:57.
func (k kit) lapsed(i int) occupation.Status {
	st := occupation.Status{Spool: k.spool(i), Lock: k.lock(i, mauricio)}
	st.Lock.Since, st.Lock.Deadline, st.Lock.Until, st.Lock.State = k.hour(13, 30), k.hour(14, 30), k.hour(14, 57), occupation.Lapsed
	return st
}

func (k kit) intent(kind occupation.Kind) occupation.Intent {
	in := occupation.Intent{
		Event: "E1", Kind: kind, Tag: tag, Operation: occupation.ARM, Worker: mauricio, Fence: 4011,
		Since: k.hour(13, 42), Deadline: k.hour(14, 42), Date: k.day(11, 23), At: k.hour(14, 42),
	}
	switch kind {
	case occupation.Expire:
		in.Grace = 15 * time.Minute
	case occupation.Transfer:
		in.From, in.Worker, in.Since, in.Deadline = mauricio, josefa, k.hour(14, 42), k.hour(15, 42)
	case occupation.Release:
		in.From, in.Worker, in.Reason = mauricio, patricia, "salió a otro turno"
	}
	return in
}

func (k kit) lifeSamples() map[string]any {
	extended := k.result(11, occupation.Extend)
	extended.Lock.Deadline = k.hour(16, 42)
	already := extended
	already.Already = true
	several := []occupation.Result{extended, k.result(12, occupation.Take), already, k.result(13, occupation.Extend)}
	several[3].Err = k.occupied(13)
	received := k.result(11, occupation.Transfer)
	received.Lock.Holder, received.Spool.HeldBy = josefa, "MR(93)"
	notReceived := received
	notReceived.Err = &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Tag: tag}
	gone := received
	gone.Err = &occupation.Error{Code: occupation.NotOwner, Tag: tag, Operation: occupation.ARM, Holder: patricia, Since: k.hour(14, 40), Until: k.hour(15, 40)}
	released := k.result(11, occupation.Release)

	hostile := slices.Repeat(k.warnings(1), 60)
	for i := range hostile {
		hostile[i].Lock.Tag = nasty
	}
	lapsed := k.lapsed(11)
	over := k.lapsed(11)
	over.Lock.Until = k.hour(14, 41)
	hostileLapsed := k.lapsed(12)
	hostileLapsed.Lock.Tag, hostileLapsed.Spool.Tag, hostileLapsed.Lock.Holder.Name = nasty, nasty, worst
	held := k.status(11, mauricio)
	byRow := k.status(13, mauricio)
	byRow.Lock = occupation.Lock{}
	byHand := byRow
	byHand.Spool.HeldBy, byHand.Spool.HolderID = "Don Lucho", 0
	writing := k.status(14, mauricio)
	writing.Lock.State = occupation.Pending

	expiries := func(n int) []occupation.Notice {
		var out []occupation.Notice
		for _, w := range k.warnings(n) {
			in := k.intent(occupation.Expire)
			in.Tag, in.Key, in.Fence = w.Lock.Tag, w.Lock.Key, w.Lock.Fence
			out = append(out, occupation.Notice{Intent: in, To: mauricio})
		}
		return out
	}
	expired, transfer, release := k.intent(occupation.Expire), k.intent(occupation.Transfer), k.intent(occupation.Release)
	told := expired
	told.At = k.hour(14, 20)
	arranged := transfer
	arranged.By, arranged.Reason = patricia, "urge para despacho"
	bySheet := release
	bySheet.Worker, bySheet.BySheet, bySheet.Reason = mauricio, true, "planilla"
	bad := arranged
	bad.Tag, bad.Worker.Name, bad.From.Name, bad.By.Name, bad.Reason = nasty, worst, nasty, nasty, worst
	badRelease := release
	badRelease.Tag, badRelease.Worker.Name, badRelease.From.Name, badRelease.Reason = nasty, worst, nasty, nasty
	down := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Tag: tag}
	to := func(in occupation.Intent, h occupation.Holder) occupation.Notice {
		return occupation.Notice{Intent: in, To: h}
	}
	failed := func(in occupation.Intent, h occupation.Holder) occupation.Notice {
		return occupation.Notice{Intent: in, To: h, Err: down}
	}

	return map[string]any{
		"warning":         view.Warning(k.warnings(1), k.at),
		"warning-3":       view.Warning(k.warnings(3), k.at),
		"warning-50":      view.Warning(k.warnings(50), k.at),
		"warning-hostile": view.Warning(hostile, k.at),

		"extended":         view.One(extended, k.at),
		"extended-already": view.One(already, k.at),
		"extended-4":       view.Answer(several, k.at),
		"received":         view.One(received, k.at),
		"received-not":     view.One(notReceived, k.at),
		"received-changed": view.One(gone, k.at),
		"released":         view.One(released, k.at),

		"mine-lapsed":           view.Mine([]occupation.Status{held, lapsed}, k.at),
		"mine-lapsed-only":      view.Mine([]occupation.Status{lapsed}, k.at),
		"overview-lapsed":       view.Overview([]occupation.Status{held, lapsed, hostileLapsed, byRow}, nil, k.at),
		"status-boss":           view.Status(held, boss, k.at),
		"status-boss-lapsed":    view.Status(lapsed, boss, k.at),
		"status-boss-writing":   view.Status(writing, boss, k.at),
		"status-by-hand":        view.Status(byHand, boss, k.at),
		"status-lapsed-mine":    view.Status(lapsed, mauro, k.at),
		"status-lapsed-others":  view.Status(lapsed, pepa, k.at),
		"status-lapsed-over":    view.Status(over, mauro, k.at),
		"status-lapsed-hostile": view.Status(hostileLapsed, pepa, k.at),
		"stale-lapsed":          view.Stale(view.Facts{Tag: tag, Fence: 4011}, lapsed, mauro, k.at),
		"stale-lapsed-others":   view.Stale(view.Facts{Tag: tag, Fence: 1}, lapsed, pepa, k.at),

		"expired-3":               view.Expired(expiries(3), k.at),
		"expired-50":              view.Expired(expiries(50), k.at),
		"supervisors-expired-3":   view.ExpiredForSupervisors(expiries(3), k.at),
		"supervisors-expired-100": view.ExpiredForSupervisors(expiries(100), k.at),
		"notice-expired":          view.Notice(to(expired, mauricio), k.at),
		"notice-expired-late":     view.Notice(to(told, mauricio), k.at),
		"notice-released":         view.Notice(to(release, mauricio), k.at),
		"notice-released-hostile": view.Notice(to(badRelease, badRelease.From), k.at),
		"notice-released-boss":    view.Notice(to(release, patricia), k.at),
		"notice-not-released":     view.Notice(failed(release, patricia), k.at),
		"notice-by-sheet":         view.Notice(to(bySheet, mauricio), k.at),
		"notice-passed":           view.Notice(to(transfer, mauricio), k.at),
		"notice-passed-boss":      view.Notice(to(arranged, mauricio), k.at),
		"notice-passed-hostile":   view.Notice(to(bad, bad.From), k.at),
		"notice-received":         view.Notice(to(transfer, josefa), k.at),
		"notice-not-received":     view.Notice(failed(transfer, josefa), k.at),
		"notice-not-extended":     view.Notice(failed(k.intent(occupation.Extend), mauricio), k.at),

		"supervisors-expired":          view.ForSupervisors(to(expired, mauricio), k.at),
		"supervisors-expired-late":     view.ForSupervisors(to(told, mauricio), k.at),
		"supervisors-released":         view.ForSupervisors(to(release, mauricio), k.at),
		"supervisors-released-hostile": view.ForSupervisors(to(badRelease, badRelease.From), k.at),
		"supervisors-by-sheet":         view.ForSupervisors(to(bySheet, mauricio), k.at),
		"supervisors-passed":           view.ForSupervisors(to(arranged, mauricio), k.at),
		"supervisors-passed-hostile":   view.ForSupervisors(to(bad, bad.From), k.at),
	}
}
