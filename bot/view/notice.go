package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Notice is news for a person who does not wait for them: what they asked for is
// done after all, or not done and put back; or a spool is not theirs any more, who
// did that, and what they can do now.
func Notice(n occupation.Notice, at Clock) Message {
	in := n.Intent
	switch {
	case n.Err != nil && in.Kind != occupation.Transfer:
		return undone(in, n.Err, at)
	case in.Kind == occupation.Expire:
		return expired(in, at)
	case in.Kind == occupation.Release && in.BySheet:
		return card(signSheet, in.Tag, stateNotYours, []string{lineSheetTook, lineSheetNext}, statusButton(in.Tag), mineButton())
	case in.Kind == occupation.Release && n.To.ID == in.From.ID:
		return card(signNo, in.Tag, stateNotYours, []string{releasedBy(name(in.Worker), escape(in.Reason, maxReason)), lineTalk},
			statusButton(in.Tag), mineButton())
	case in.Kind == occupation.Retain && in.From.ID != 0 && n.To.ID == in.From.ID:
		return retainedFromYou(in)
	case in.Kind == occupation.Lift && in.From.ID != 0 && n.To.ID == in.From.ID:
		return LiftedForYou(StopOverOf(in), at)
	case in.Kind == occupation.Transfer && n.Err == nil && n.To.ID != in.Worker.ID:
		return gaveAway(in)
	}
	r := occupation.Result{
		Tag: in.Tag, Kind: in.Kind, Date: in.Date, Err: n.Err, Reason: in.Reason, Undoes: in.Undoes, Reverts: n.Err == nil && in.Reverts(),
		Lock: occupation.Lock{Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: in.Operation, Since: in.Since, Deadline: in.Deadline, Fence: in.Fence, State: occupation.Held},
	}
	switch {
	case n.Err == nil && in.Kind == occupation.Transfer:
		return Received(r, in.From, at)
	case in.Kind == occupation.Release:
		r.Lock.Holder = in.From
	}
	return One(r, at)
}

// undone is late news that something did not happen, and why.
func undone(in occupation.Intent, err *occupation.Error, at Clock) Message {
	facts := Facts{Tag: in.Tag, Fence: in.Fence, Operation: in.Operation, Date: in.Date}
	switch {
	case in.Kind == occupation.Take, in.OnFree:
		facts.Fence = 0
	case in.Kind == occupation.Revert:
		facts.Fence, facts.Why = in.Former, undoNames[in.Undoes]
	}
	w := explain(err, at)
	return card(signNo, in.Tag, notDone(in.Kind, name(in.From)), []string{capital(join(", ", w.head, w.detail)), w.next},
		retry(Asked{Verb: VerbOf(in.Kind), Facts: facts}), mineButton())
}

// expired tells the former holder that the time is over, and until the end of the
// grace offers to go on or to end it properly.
func expired(in occupation.Intent, at Clock) Message {
	f := Facts{Tag: in.Tag, Fence: in.Fence, Operation: in.Operation}
	until := in.At.Add(in.Grace)
	lines := []string{nobodyExtended(string(in.Operation)), keptForYou(at.until(until))}
	buttons := []*slack.ButtonBlockElement{goOnButton(f).WithStyle(slack.StylePrimary), pauseButton(f), completeButton(f, at)}
	if !until.After(at.Now) {
		lines[1] = graceOver(at.until(until))
		buttons = []*slack.ButtonBlockElement{statusButton(in.Tag), mineButton()}
	}
	return card(signLate, in.Tag, at.expired(in.Deadline), lines, buttons...)
}

// Expired tells a former holder of all that has expired at once, at least one
// spool.
func Expired(ns []occupation.Notice, at Clock) Message {
	if len(ns) == 1 {
		return Notice(ns[0], at)
	}
	held := make([]occupation.Status, len(ns))
	var soon []string
	for i, n := range ns {
		held[i].Lock = lapsedLock(n.Intent)
		if i < 3 {
			soon = append(soon, join(" ", escape(n.Intent.Tag, maxTag), at.expired(n.Intent.Deadline)))
		}
	}
	head := expiredHead(len(ns))
	blocks := append([]slack.Block{section(signLate+" "+bold(head), lineNobodyAll, lineKeptAll)}, withButtons(held, heldLine, at)...)
	return message(join(": ", head, join("; ", soon...)), blocks...)
}

// lapsedLock is what an expiry has left of the lock.
func lapsedLock(in occupation.Intent) occupation.Lock {
	return occupation.Lock{
		Key: in.Key, Tag: in.Tag, Holder: in.Worker, Operation: in.Operation, Since: in.Since, Deadline: in.Deadline,
		Fence: in.Fence, State: occupation.Lapsed, Until: in.At.Add(in.Grace),
	}
}

// ExpiredForSupervisors tells the supervisors' channel of all that has expired at
// once, a line each.
func ExpiredForSupervisors(ns []occupation.Notice, at Clock) Message {
	if len(ns) == 1 {
		return ForSupervisors(ns[0], at)
	}
	head := expiredHead(len(ns))
	var lines []string
	for _, n := range ns[:min(len(ns), maxBossLines)] {
		in := n.Intent
		term := join(", ", join(" ", string(in.Operation), at.since(in.Since)), at.expired(in.Deadline))
		lines = append(lines, clip(signLate+" "+join(" · ", bold(escape(in.Tag, maxTag)), name(in.Worker), term), maxLine))
	}
	if more := len(ns) - maxBossLines; more > 0 {
		lines = append(lines, andMore(more))
	}
	return message(head, append([]slack.Block{section(signLate+" "+bold(head), lineKeptForThem)}, lists(lines, 10)...)...)
}

// maxBossLines is how many spools one message to the supervisors names.
const maxBossLines = 60

// gaveAway tells who had the spool that the receiver has accepted it.
func gaveAway(in occupation.Intent) Message {
	state, why := acceptedBy(name(in.Worker)), ""
	if in.By.ID != 0 {
		state, why = nowHasNotYou(name(in.Worker)), arranged(name(in.By), escape(in.Reason, maxReason))
	}
	return card(signMove, in.Tag, state, []string{why}, mineButton(), batchButton(labelAnother))
}

// ForSupervisors tells the supervisors' channel of an expiry, a forced release, a
// transfer, a stop or its lifting. Others read it too: it says what is, and blames nobody.
func ForSupervisors(n occupation.Notice, at Clock) Message {
	in := n.Intent
	op, reason := string(in.Operation), escape(in.Reason, maxReason)
	switch {
	case in.Kind == occupation.Release && in.BySheet:
		return card(signSheet, in.Tag, stateSheetChanged, []string{hadIt(name(in.From), join(" ", op, at.since(in.Since))), lineSheetRules})
	case in.Kind == occupation.Retain, in.Kind == occupation.Lift:
		return stopForSupervisors(in, at)
	case in.Kind == occupation.Release:
		return card(signFree, in.Tag, freedBy(name(in.Worker)), []string{hadIt(name(in.From), join(" ", op, at.since(in.Since))), because(reason)})
	case in.Kind == occupation.Transfer:
		why := ""
		if in.By.ID != 0 {
			why = arranged(name(in.By), reason)
		}
		return card(signMove, in.Tag, passedOn(name(in.From), name(in.Worker)), []string{capital(join(" ", op, at.until(in.Deadline))), why})
	}
	now := lineFreed
	if until := in.At.Add(in.Grace); until.After(at.Now) {
		now = keptForThem(at.until(until))
	}
	return card(signLate, in.Tag, at.expired(in.Deadline), []string{hadIt(name(in.Worker), join(" ", op, at.since(in.Since))), now})
}

// name is a person's name, fit for a block.
func name(h occupation.Holder) string { return escape(orSomebody(h.Name), maxName) }
