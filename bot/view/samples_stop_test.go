package view_test

import (
	"slices"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Samples of stops and their lifting.

// stopped is a spool that Mauricio has stopped.
func (k kit) stopped(i int) occupation.Spool {
	s := k.spool(i)
	s.State = occupation.Stop{Reason: "falta material", By: 93, Label: "MR(93)"}.Text(occupation.ARM)
	return s
}

func (k kit) stopSamples() map[string]any {
	byOffice, hostile := k.stopped(12), k.hostileSpool()
	byOffice.State = "RETENIDO"
	hostile.State = "retenido: " + worst + nasty
	heldToo := k.status(13, mauricio)
	heldToo.Spool.State = "retenido: calidad, PS(3)"
	done := k.stopped(14)
	done.ArmDate, done.SoldDate = k.day(11, 20), k.day(11, 21)
	own, free, lifted := k.result(11, occupation.Retain), k.result(11, occupation.Retain), k.result(11, occupation.Lift)
	own.Reason, free.Reason, lifted.Reason = "falta material", worst, "falta material"
	lifted.Lock.Holder = patricia
	noColumn := own
	noColumn.Err = &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Tag: tag, Column: occupation.ColState}
	theirs := k.intent(occupation.Release)
	theirs.Kind, theirs.Reason = occupation.Retain, "calidad"
	mine := theirs
	mine.From, mine.Worker = occupation.Holder{}, mauricio
	lift := mine
	lift.Kind, lift.OnFree, lift.Worker = occupation.Lift, true, patricia
	liftedForJosefa := lift
	liftedForJosefa.From = josefa
	bad := theirs
	bad.Tag, bad.Worker.Name, bad.From.Name, bad.Reason = nasty, worst, nasty, worst
	down := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Tag: tag}
	facts := view.Facts{Tag: tag, Fence: 4011}
	turn := occupation.Turn{Waiting: occupation.Waiting{Tag: tag, Worker: 12}}
	notice := func(in occupation.Intent, to occupation.Holder, err *occupation.Error) occupation.Notice {
		return occupation.Notice{Intent: in, To: to, Err: err}
	}
	undo := func(kind occupation.Kind) occupation.Result {
		r := k.result(11, occupation.Revert)
		r.Undoes = kind
		return r
	}
	whyPaused := func(reason string, already bool) occupation.Result {
		r := k.result(11, occupation.PauseWhy)
		r.Reason, r.Already, r.Reverts = reason, already, !already
		return r
	}
	forGood := func(kind occupation.Kind) occupation.Result { // as what was done within a grace is
		r := k.result(11, kind)
		r.Reverts = false
		return r
	}
	undone := k.intent(occupation.Pause)
	undone.Kind, undone.Undoes, undone.Former = occupation.Revert, occupation.Complete, 4010
	return map[string]any{
		"paused-why":             view.One(whyPaused("colación", false), k.at),
		"paused-why-material":    view.One(whyPaused("falta material", false), k.at),
		"paused-why-other":       view.One(whyPaused("otro", false), k.at),
		"paused-why-already":     view.One(whyPaused("otro", true), k.at),
		"stop-over":              view.StopIsOver(view.StopOver{Tag: tag, Reason: "calidad", By: "Patricia Soto", At: k.at.Now}, k.at),
		"stop-over-yesterday":    view.StopIsOver(view.StopOver{Tag: nasty, Reason: nasty, By: worst, At: k.at.Now.AddDate(0, 0, -1)}, k.at),
		"stop-lifted-for-you":    view.Notice(notice(liftedForJosefa, josefa, nil), k.at),
		"stop-lifted-at-sheet":   view.LiftedForYou(view.StopOver{Tag: tag, Reason: "calidad", At: k.at.Now}, k.at),
		"undone-take":            view.One(undo(occupation.Take), k.at),
		"undone-pause":           view.One(undo(occupation.Pause), k.at),
		"undone-complete":        view.One(undo(occupation.Complete), k.at),
		"undone-many":            view.Answer(k.undone(occupation.Take), k.at),
		"undone-many-pauses":     view.Answer(k.undone(occupation.Pause), k.at),
		"undone-many-1":          view.Results(k.undone(occupation.Complete)[:1], k.at),
		"note-taken":             view.NoteDone(k.result(11, occupation.Take), k.at),
		"taken-for-good":         view.One(forGood(occupation.Take), k.at),
		"paused-for-good":        view.One(forGood(occupation.Pause), k.at),
		"completed-for-good":     view.One(forGood(occupation.Complete), k.at),
		"batch-for-good":         view.Answer([]occupation.Result{forGood(occupation.Pause), k.result(12, occupation.Pause)}, k.at),
		"note-for-good":          view.NoteDone(forGood(occupation.Take), k.at),
		"note-undone":            view.NoteDone(undo(occupation.Pause), k.at),
		"undone-not":             view.CannotUndo(k.status(11, josefa), mauro, k.at),
		"undone-not-free":        view.CannotUndo(occupation.Status{Spool: k.spool(11)}, mauro, k.at),
		"undone-not-hostile":     view.CannotUndo(occupation.Status{Spool: hostile}, mauro, k.at),
		"notice-undone":          view.Notice(notice(undone, mauricio, nil), k.at),
		"notice-not-undone":      view.Notice(notice(undone, mauricio, down), k.at),
		"ask-stop":               view.AskStop(facts),
		"ask-stop-hostile":       view.AskStop(view.Facts{Tag: nasty, Fence: 1 << 62}),
		"retained":               view.One(own, k.at),
		"retained-hostile":       view.One(free, k.at),
		"retained-no-column":     view.One(noColumn, k.at),
		"lifted":                 view.One(lifted, k.at),
		"modal-retain":           view.RetainModal(facts),
		"modal-retain-hostile":   view.RetainModal(view.Facts{Tag: worst, Fence: 1 << 62}),
		"status-stopped":         view.Status(occupation.Status{Spool: k.stopped(11)}, pepa, k.at),
		"status-stopped-mine":    view.Status(occupation.Status{Spool: k.stopped(11)}, mauro, k.at),
		"status-stopped-boss":    view.Status(occupation.Status{Spool: k.stopped(11)}, boss, k.at),
		"status-stopped-office":  view.Status(occupation.Status{Spool: byOffice}, pepa, k.at),
		"status-stopped-done":    view.Status(occupation.Status{Spool: done}, pepa, k.at),
		"status-stopped-held":    view.Status(heldToo, mauro, k.at),
		"status-stopped-hostile": view.Status(occupation.Status{Spool: hostile}, boss, k.at),
		"status-free-boss":       view.Status(occupation.Status{Spool: k.spool(11)}, boss, k.at),
		"stale-stopped":          view.Stale(facts, occupation.Status{Spool: k.stopped(11)}, mauro, k.at),
		"overview-stopped":       view.Overview(k.statuses(3, 2), []occupation.Spool{k.stopped(11), byOffice}, k.at),
		"overview-stopped-only":  view.Overview(nil, []occupation.Spool{k.stopped(11)}, k.at),
		"overview-stopped-200":   view.Overview(k.statuses(200, 50), slices.Repeat([]occupation.Spool{hostile}, 200), k.at),
		"home-stopped":           view.Home(view.HomeState{Worker: mauro, Stopped: []occupation.Spool{k.stopped(11)}}, k.at),
		"home-stopped-full": view.Home(view.HomeState{
			Worker: mauro, Mine: k.statuses(60, 1), Free: k.spools(200), Stopped: slices.Repeat([]occupation.Spool{hostile}, 200),
		}, k.at),
		"choose-stopped":               view.Choose(view.Choice{Verb: view.Take, Query: "25238"}, []occupation.Spool{k.stopped(1), k.armed(2), done}),
		"turn-stopped":                 view.TurnStopped(turn, k.stopped(11)),
		"notice-retained":              view.Notice(notice(theirs, mauricio, nil), k.at),
		"notice-retained-hostile":      view.Notice(notice(bad, bad.From, nil), k.at),
		"notice-retained-own":          view.Notice(notice(mine, mauricio, nil), k.at),
		"notice-not-retained":          view.Notice(notice(mine, mauricio, down), k.at),
		"notice-lifted":                view.Notice(notice(lift, patricia, nil), k.at),
		"notice-not-lifted":            view.Notice(notice(lift, patricia, down), k.at),
		"supervisors-retained":         view.ForSupervisors(notice(theirs, mauricio, nil), k.at),
		"supervisors-retained-own":     view.ForSupervisors(notice(mine, occupation.Holder{}, nil), k.at),
		"supervisors-retained-hostile": view.ForSupervisors(notice(bad, bad.From, nil), k.at),
		"supervisors-lifted":           view.ForSupervisors(notice(lift, occupation.Holder{}, nil), k.at),
	}
}

// undone is a batch of which the fourth was taken by somebody since and the fifth was
// hindered by the weather.
func (k kit) undone(kind occupation.Kind) []occupation.Result {
	out := make([]occupation.Result, 5)
	for i := range out {
		out[i] = k.result(i+1, occupation.Revert)
		out[i].Undoes = kind
	}
	out[3].Err = k.occupied(4)
	out[3].Err.Code, out[3].Err.Reason = occupation.NotOwner, occupation.UndoOver
	out[4].Err = &occupation.Error{Code: occupation.LocksUnavailable, Reason: occupation.NothingDone, Tag: out[4].Tag}
	return out
}
