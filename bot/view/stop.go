package view

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// What the buttons for a stop's reason carry.
const (
	whyQuality  = "quality"
	whyMaterial = "material"
)

// StopReason is the reason that a button carries, as it is written into the sheet;
// false = it is none that we offer.
func StopReason(f Facts) (string, bool) {
	reason, ok := stopReasons[f.Why]
	return reason, ok
}

// AskStop asks why a spool is to be stopped. f are the facts of the button.
func AskStop(f Facts) Message {
	with := func(why string) Facts { return Facts{Tag: f.Tag, Fence: f.Fence, Why: why} }
	return card(signStop, f.Tag, stateWhyRetain, []string{lineRetainMeans},
		spoolButton(ActionRetainFor, labelQuality, with(whyQuality)), spoolButton(ActionRetainOther, labelOtherReason, with("")),
		spoolButton(ActionRetainFor, labelNoMaterial, with(whyMaterial)), statusButton(f.Tag))
}

// Retained says that nobody may take the spool now, and why.
func Retained(r occupation.Result, at Clock) Message {
	return card(signStop, r.Tag, stateRetained, []string{
		because(escape(r.Reason, maxReason)), lineWhoLifts, about(r.Spool),
	}, statusButton(r.Tag), batchButton(labelAnother))
}

// Lifted says that the spool can be taken again.
func Lifted(r occupation.Result, at Clock) Message {
	op := r.Spool.Next()
	return card(signFree, r.Tag, stateLifted, []string{wasFor(escape(r.Reason, maxReason)), needsNow(op), about(r.Spool)},
		takeButton(labelTake, Facts{Tag: r.Tag, Operation: op}), mineButton())
}

// StopOver is the end of a stop, for whoever had set it.
type StopOver struct {
	Tag    string
	Reason string    // why it was
	By     string    // who has lifted it; empty = somebody at the sheet
	At     time.Time // when; of the sheet when it was seen there
}

// StopOverOf is the end that a lifting made.
func StopOverOf(in occupation.Intent) StopOver {
	return StopOver{Tag: in.Tag, Reason: in.Reason, By: in.Worker.Name, At: in.At}
}

// StopIsOver is what is left of the card of a stop.
func StopIsOver(o StopOver, at Clock) Message { return stopOver(o, at, "") }

// LiftedForYou tells who had stopped a spool that another has lifted that.
func LiftedForYou(o StopOver, at Clock) Message {
	return stopOver(o, at, lineCanBeTaken, statusButton(o.Tag))
}

func stopOver(o StopOver, at Clock, next string, buttons ...*slack.ButtonBlockElement) Message {
	state := liftedBy(orOffice(escape(o.By, maxName)))
	return card(signFree, o.Tag, state, []string{at.lifted(o.By, o.At), wasFor(escape(o.Reason, maxReason)), next}, buttons...)
}

// RetainForm is what a person has filled in to stop a spool.
type RetainForm struct {
	Facts  Facts  // tag and fence of the button
	Reason string // in one line
}

// RetainModal is the form to stop a spool for a reason of one's own. f are the facts
// of the button.
func RetainModal(f Facts) slack.ModalViewRequest {
	return form(CallbackRetain, retainTitle, retainSubmit, meta{Tag: f.Tag, Fence: f.Fence},
		section(bold(escape(f.Tag, maxTag)), retainHint),
		reasonInput(BlockRetainReason, ActionRetainReason, stopExample, stopHint))
}

// ReadRetain reads a submitted modal of RETENER; see ReadTransfer.
func ReadRetain(v slack.View) (RetainForm, map[string]string, error) {
	m, err := readForm(v)
	if err != nil {
		return RetainForm{}, nil, err
	}
	f := RetainForm{
		Facts:  Facts{Tag: m.Tag, Fence: m.Fence},
		Reason: clip(tidy(v.State.Values[BlockRetainReason][ActionRetainReason].Value), occupation.MaxReason),
	}
	if f.Reason == "" {
		return f, map[string]string{BlockRetainReason: reasonMissing}, nil
	}
	return f, nil, nil
}

// stopLine says by whom a spool is stopped, and why.
func stopLine(s occupation.Spool) string {
	stop, _ := s.Stop()
	return retainedFrom(escape(stop.Label, maxName), escape(stop.Reason, maxReason))
}

// stoppedLine is one stopped spool in a list: TAG, why, who.
func stoppedLine(s occupation.Spool) string {
	stop, _ := s.Stop()
	return clip(signStop+" "+join(" · ", bold(escape(s.Tag, maxTag)), quoted(escape(stop.Reason, maxReason)), escape(stop.Label, maxName)), maxLine)
}

// maxStopped is how many stopped spools a list names.
const maxStopped = 20

// stoppedBlocks lists the stopped spools below other lists; none when there are none.
func stoppedBlocks(stopped []occupation.Spool) []slack.Block {
	if len(stopped) == 0 {
		return nil
	}
	var lines []string
	for _, s := range stopped[:min(len(stopped), maxStopped)] {
		lines = append(lines, stoppedLine(s))
	}
	if more := len(stopped) - maxStopped; more > 0 {
		lines = append(lines, andMore(more))
	}
	return append([]slack.Block{section(bold(boardStopped))}, lists(lines, 10)...)
}

// mayLift reports whether the worker may lift the stop of the spool.
func mayLift(s occupation.Spool, me occupation.Worker) bool {
	stop, ok := s.Stop()
	return ok && (me.Has(occupation.Supervisor) || (me.ID != 0 && stop.By == me.ID))
}

func retainButton(f Facts) *slack.ButtonBlockElement {
	return spoolButton(ActionRetain, labelRetain, Facts{Tag: f.Tag, Fence: f.Fence})
}

// liftButton lifts the stop that is shown, and no later one.
func liftButton(s occupation.Spool) *slack.ButtonBlockElement {
	return spoolButton(ActionLift, labelLift, Facts{Tag: s.Tag, Stop: s.State})
}

// stopForSupervisors tells the supervisors' channel of a stop or of its lifting.
func stopForSupervisors(in occupation.Intent, at Clock) Message {
	reason, had := escape(in.Reason, maxReason), ""
	if in.Kind == occupation.Lift {
		return card(signFree, in.Tag, liftedBy(name(in.Worker)), []string{wasFor(reason)}, statusButton(in.Tag))
	}
	if in.From.ID != 0 {
		had = hadIt(name(in.From), join(" ", string(in.Operation), at.since(in.Since)))
	}
	return card(signStop, in.Tag, retainedBy(name(in.Worker)), []string{because(reason), had}, statusButton(in.Tag))
}

// retainedFromYou tells who had a spool that it was stopped.
func retainedFromYou(in occupation.Intent) Message {
	return card(signStop, in.Tag, stateNotYours, []string{retainedFrom(name(in.Worker), escape(in.Reason, maxReason)), lineTalk},
		statusButton(in.Tag), mineButton())
}
