package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// table lists everything that people can do. A test compares it with
// manifest.yml and with the ids of view, both ways.
func (b *Bot) table() []route {
	return []route{
		{family: command, name: "/tomar", handle: b.typedTake},
		{family: command, name: "/pausar", handle: b.typedPause},
		{family: command, name: "/completar", handle: b.typedComplete},
		{family: command, name: "/lote", handle: b.opened, open: b.batchForm},
		{family: command, name: "/estado", handle: b.typedStatus},
		{family: command, name: "/mis-spools", handle: b.showMine},
		{family: command, name: "/extender", handle: b.typedExtend},
		{family: command, name: "/traspasar", handle: b.typedTransfer},
		{family: command, name: "/liberar", handle: b.typedRelease},
		{family: command, name: "/reconciliar", handle: b.typedReconcile},
		{family: command, name: "/historia", handle: b.typedHistory},
		{family: command, name: "/quien", handle: b.typedWho},
		{family: command, name: "/ayuda", handle: b.showHelp, strangers: true},
		{family: command, name: "/vincular", handle: b.typedLink},

		{family: action, name: view.ActionTake, handle: b.pressedTake},
		{family: action, name: view.ActionPause, handle: b.pressedPause},
		{family: action, name: view.ActionComplete, handle: b.pressedComplete},
		{family: action, name: view.ActionStatus, handle: b.pressedStatus},
		{family: action, name: view.ActionMine, handle: b.showMine},
		{family: action, name: view.ActionBoard, handle: b.showBoard},
		{family: action, name: view.ActionHelp, handle: b.showHelp, strangers: true},
		{family: action, name: view.ActionBatch, handle: b.opened, open: b.batchForm},

		{family: action, name: view.ActionExtend, handle: b.pressedExtend},
		{family: action, name: view.ActionExtendShift, handle: b.pressedExtendShift},
		{family: action, name: view.ActionExtendAll, handle: b.pressedExtendAll},
		{family: action, name: view.ActionExtendAllShift, handle: b.pressedExtendAllShift},
		{family: action, name: view.ActionTransfer, handle: b.opened, open: b.askReceiver},
		{family: action, name: view.ActionAccept, handle: b.pressedAccept},
		{family: action, name: view.ActionRefuse, handle: b.pressedRefuse},
		{family: action, name: view.ActionWithdraw, handle: b.pressedWithdraw},
		{family: action, name: view.ActionRelease, handle: b.opened, open: b.askReason},
		{family: action, name: view.ActionWait, handle: b.pressedWait},
		{family: action, name: view.ActionLeave, handle: b.pressedLeave},
		{family: action, name: view.ActionAsk, handle: b.pressedAsk},
		{family: action, name: view.ActionGive, handle: b.pressedGive},
		{family: action, name: view.ActionStillUse, handle: b.pressedStillUse},
		{family: action, name: view.ActionReconcile, handle: b.pressedReconcile},

		{family: action, name: view.ActionHistory, handle: b.pressedHistory},
		{family: action, name: view.ActionHistoryCSV, handle: b.pressedHistoryFile},
		{family: action, name: view.ActionLinkChoose, handle: b.openedName, open: b.nameForm, strangers: true},
		{family: action, name: view.ActionLinkApprove, handle: b.pressedApprove},
		{family: action, name: view.ActionLinkRefuse, handle: b.openedBoss, open: b.rejectForm},
		{family: action, name: view.ActionLinkPeople, handle: b.openedBoss, open: b.peopleForm},
		{family: action, name: view.ActionLinkShow, handle: b.pressedShowLink},
		{family: action, name: view.ActionLinkChange, handle: b.openedBoss, open: b.accountForm},
		{family: action, name: view.ActionLinkGive, handle: b.openedBoss, open: b.giveForm},
		{family: action, name: view.ActionLinkRemove, handle: b.pressedRemoveLink},

		{family: submission, name: view.CallbackLinkChoose, handle: b.carryClaim, pending: b.pendingLink, strangers: true},
		{family: submission, name: view.CallbackLinkReject, handle: b.carryReject, pending: b.pendingLink},
		{family: submission, name: view.CallbackLinkPeople, handle: b.carryPeople, pending: b.pendingLink},
		{family: submission, name: view.CallbackLinkAccount, handle: b.carryAccount, pending: b.pendingLink},
		{family: submission, name: view.CallbackLinkGive, handle: b.carryGive, pending: b.pendingLink},
		{family: suggestion, name: view.ActionLinkName, suggest: b.suggestNames, strangers: true},
		{family: suggestion, name: view.ActionLinkWorker, suggest: b.suggestWorkers},
		{family: action, name: view.ActionCompleteOn, handle: b.opened, open: b.askDay},
		{family: action, name: view.ActionCompleteMany, handle: b.fillPieces, open: b.askPieces},
		{family: action, name: view.ActionWaitMany, handle: b.pressedWaitMany},
		{family: action, name: view.ActionRetryMany, handle: b.pressedRetryMany},
		{family: action, name: view.ActionHomeFilter, handle: b.pressedFilter},
		{family: action, name: view.ActionHomeAll, handle: b.pressedAll},
		{family: submission, name: view.CallbackComplete, handle: b.carryComplete, pending: b.pendingComplete},
		{family: shortcut, name: "tomar_de_mensaje", handle: b.opened, open: b.messageForm},
		{family: command, name: "/retener", handle: b.typedRetain},
		{family: action, name: view.ActionRetain, handle: b.pressedRetain},
		{family: action, name: view.ActionRetainFor, handle: b.pressedRetainFor},
		{family: action, name: view.ActionRetainOther, handle: b.opened, open: b.askStopReason},
		{family: action, name: view.ActionLift, handle: b.pressedLift},
		{family: action, name: view.ActionPauseEnd, handle: b.pressedPauseWhy},
		{family: action, name: view.ActionPausePart, handle: b.pressedPauseWhy},
		{family: action, name: view.ActionPauseMeal, handle: b.pressedPauseWhy},
		{family: action, name: view.ActionPauseTool, handle: b.pressedPauseWhy},
		{family: action, name: view.ActionPauseAny, handle: b.pressedPauseWhy},
		{family: action, name: view.ActionUndo, handle: b.pressedUndo},
		{family: action, name: view.ActionUndoMany, handle: b.pressedUndoMany},
		{family: action, name: view.ActionShop, handle: b.choseShop, strangers: true},
		{family: submission, name: view.CallbackRetain, handle: b.carryRetain, pending: b.pendingRetain},

		{family: submission, name: view.CallbackBatch, handle: b.carryBatch, pending: b.pendingBatch},
		{family: submission, name: view.CallbackTransfer, handle: b.carryTransfer, pending: b.pendingTransfer},
		{family: submission, name: view.CallbackRelease, handle: b.carryRelease, pending: b.pendingRelease},
		{family: suggestion, name: view.ActionBatchSpools, suggest: b.suggestSpools},
		{family: shortcut, name: "tomar_spools", handle: b.opened, open: b.batchForm},
		{family: event, name: "app_home_opened", handle: b.openedHome, strangers: true},
	}
}

// typedTake is /tomar [TAG...] [ARM|SOLD].
func (b *Bot) typedTake(ctx context.Context, r *request) error {
	picks, err := b.pick(ctx, r.text)
	if err != nil {
		return err
	}
	choice := view.Choice{Verb: view.Take, Operation: picks.Operation}
	if in, ok := b.groupOf(ctx, picks); ok {
		return b.offerGroup(ctx, r, choice, in)
	}
	if len(picks.Picks) == 0 {
		free, err := b.core.Free(ctx, r.worker, picks.Operation, "", maxOffers)
		if err != nil {
			return err
		}
		return b.show(ctx, r, view.Offer(choice, free))
	}
	tags, unclear := clear(picks.Picks)
	return b.withUnclear(ctx, r, choice, tags, unclear, func() error { return b.take(ctx, r, picks.Operation, tags) })
}

// maxOffers is how many free spools /tomar offers when it is given no TAG.
const maxOffers = 5

// typedPause is /pausar [TAG...].
func (b *Bot) typedPause(ctx context.Context, r *request) error {
	return b.typedFinish(ctx, r, r.text, view.Choice{Verb: view.Pause})
}

// typedComplete is /completar [TAG...] [fecha].
func (b *Bot) typedComplete(ctx context.Context, r *request) error {
	tags, date := splitDate(r.text)
	day, bad := occupation.ParseDate(date, b.core.Now().In(b.zone))
	if bad != nil && bad.Reason == occupation.BadDate && b.allTags(ctx, r.text) { // "MK 1303 CW 1003"
		tags, date, bad = r.text, "", nil
	}
	if bad != nil {
		return bad
	}
	choice := view.Choice{Verb: view.Complete}
	if date != "" {
		choice.Date = day
	}
	return b.typedFinish(ctx, r, tags, choice)
}

// typedFinish finishes what the text names, or the one spool that the person
// holds; a part of a TAG is looked for in what they hold first.
func (b *Bot) typedFinish(ctx context.Context, r *request, text string, choice view.Choice) error {
	held, err := b.core.HeldBy(ctx, r.worker.ID)
	if err != nil {
		return err
	}
	picks, err := b.pick(ctx, text)
	if err == nil && choice.Verb == view.Complete {
		err = mistypedDay(picks.Picks)
	}
	if err != nil {
		return err
	}
	if len(picks.Picks) == 0 {
		if len(held) == 1 {
			return b.finish(ctx, r, choice, []occupation.Target{{Tag: tagOf(held[0])}})
		}
		if choice.Verb == view.Complete {
			return b.choosePieces(ctx, r, choice, held)
		}
		return b.chooseHeld(ctx, r, choice, held)
	}
	tags, unclear := clearOwn(picks.Picks, bookOf(b.clock().Now, held))
	targets := make([]occupation.Target, len(tags))
	for i, t := range tags {
		targets[i].Tag = t
	}
	return b.withUnclear(ctx, r, choice, tags, unclear, func() error { return b.finish(ctx, r, choice, targets) })
}

// chooseHeld asks which of several held spools is meant.
func (b *Bot) chooseHeld(ctx context.Context, r *request, choice view.Choice, held []occupation.Status) error {
	if len(held) == 0 {
		return b.show(ctx, r, view.Mine(nil, b.clock()))
	}
	p, err := b.answer(ctx, r, view.ChooseHeld(choice, held, b.clock()))
	if err != nil {
		return err
	}
	b.keep(ctx, card{Place: p, Worker: r.worker.ID}, locksOf(held)...)
	return nil
}

// typedStatus is /estado [TAG...|all].
func (b *Bot) typedStatus(ctx context.Context, r *request) error {
	if slices.Contains([]string{"all", "todo", "todos", "todas"}, strings.ToLower(strings.TrimSpace(r.text))) {
		return b.showBoard(ctx, r)
	}
	picks, err := b.pick(ctx, r.text)
	if err != nil {
		return err
	}
	choice := view.Choice{Verb: view.Show}
	if len(picks.Picks) == 0 {
		held, err := b.core.HeldBy(ctx, r.worker.ID)
		switch {
		case err != nil:
			return err
		case len(held) == 1:
			return b.showStatus(ctx, r, held[0])
		default:
			return b.chooseHeld(ctx, r, choice, held)
		}
	}
	tags, unclear := clear(picks.Picks)
	return b.withUnclear(ctx, r, choice, tags, unclear, func() error { return b.showStatuses(ctx, r, tags) })
}

// showMine is /mis-spools and its button.
func (b *Bot) showMine(ctx context.Context, r *request) error {
	held, err := b.core.HeldBy(ctx, r.worker.ID)
	if err != nil {
		return err
	}
	if r.from.Kind == atHome {
		return b.publish(ctx, r.worker, r.user)
	}
	p, err := b.answer(ctx, r, view.Mine(held, b.clock()))
	if err != nil {
		return err
	}
	b.keep(ctx, card{Place: p, Worker: r.worker.ID}, locksOf(held)...)
	return nil
}

// showBoard says who has what.
func (b *Bot) showBoard(ctx context.Context, r *request) error {
	held, err := b.core.Held(ctx)
	if err != nil {
		return err
	}
	stopped, err := b.core.Stopped(ctx)
	if err != nil {
		return err
	}
	return b.show(ctx, r, view.Overview(held, stopped, b.clock()))
}

// showHelp is /ayuda, for everybody.
func (b *Bot) showHelp(ctx context.Context, r *request) error {
	return b.show(ctx, r, view.Help())
}

// show answers with a message that is no card.
func (b *Bot) show(ctx context.Context, r *request, m view.Message) error {
	_, err := b.answer(ctx, r, m)
	return err
}

// showStatus shows one spool.
func (b *Bot) showStatus(ctx context.Context, r *request, st occupation.Status) error {
	p, err := b.answer(ctx, r, view.Status(st, r.worker, b.clock()))
	if err != nil {
		return err
	}
	b.keep(ctx, card{Place: p}, st.Lock)
	b.keepStop(ctx, r, p, st.Spool)
	return nil
}

// perMessage is how many spools' states fit one message.
const perMessage = 12

// showStatuses shows the spools with these TAGs.
func (b *Bot) showStatuses(ctx context.Context, r *request, tags []string) error {
	if len(tags) == 1 {
		r.asked = view.Asked{Verb: view.Show, Facts: view.Facts{Tag: tags[0]}}
		st, err := b.core.Find(ctx, tags[0])
		if err != nil {
			return err
		}
		return b.showStatus(ctx, r, st)
	}
	for some := range slices.Chunk(tags, perMessage) {
		var all view.Message
		for _, tag := range some {
			m, err := b.statusOrProblem(ctx, r, tag)
			if err != nil {
				return err
			}
			if all.Text == "" {
				all.Text = m.Text
			}
			all.Blocks = append(all.Blocks, m.Blocks...)
		}
		if err := b.also(ctx, r, all); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) statusOrProblem(ctx context.Context, r *request, tag string) (view.Message, error) {
	st, err := b.core.Find(ctx, tag)
	switch occupation.CodeOf(err) {
	case occupation.SpoolNotFound, occupation.DuplicateTag:
		return view.Problem(err, view.Asked{Verb: view.Show}, b.clock()), nil
	}
	return view.Status(st, r.worker, b.clock()), err
}
