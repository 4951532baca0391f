package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// PauseReason is the reason for a pause that a button carries, as it is logged; false
// = it is none that we offer.
func PauseReason(f Facts) (string, bool) {
	for _, why := range pauseReasons {
		if why.name == f.Why {
			return why.text, true
		}
	}
	return "", false
}

// pauseReasonButtons say why there was a pause.
func pauseReasonButtons(r occupation.Result) []*slack.ButtonBlockElement {
	out := make([]*slack.ButtonBlockElement, len(pauseReasons))
	for i, why := range pauseReasons {
		out[i] = spoolButton(why.action, why.label, Facts{Tag: r.Tag, Fence: r.Lock.Fence, Why: why.name})
	}
	return out
}

// PauseExplained says that the reason is noted. Where material is missing the spool
// can be stopped with the next tap.
func PauseExplained(r occupation.Result, _ Clock) Message {
	var retain *slack.ButtonBlockElement
	if r.Reason == stopReasons[whyMaterial] {
		retain = spoolButton(ActionRetainFor, labelRetain, Facts{Tag: r.Tag, Fence: r.Lock.Fence, Why: whyMaterial})
	}
	noted := because(escape(r.Reason, maxReason))
	if r.Already {
		noted = lineWhyAlready
	}
	pause := r
	pause.Kind = occupation.Pause
	facts := Facts{Tag: r.Tag, Operation: r.Lock.Operation}
	return card(signPause, r.Tag, statePausedNoted, []string{noted, about(r.Spool)},
		takeButton(labelResume, facts), undoButton(pause), retain, batchButton(labelAnother))
}
