package view

import (
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// ReadPauseWhy decodes what was chosen of the reasons for a pause: the spool, and the
// reason as it is logged. It comes from outside: whatever we do not offer is an error.
func ReadPauseWhy(value string) (t occupation.Target, reason string, err error) {
	name, spool, _ := strings.Cut(value, ":")
	for _, why := range pauseReasons {
		if why.name == name {
			t, err = readTarget(spool)
			return t, why.text, err
		}
	}
	return t, "", errors.New("view: no reason for a pause that we offer")
}

// pauseWhyButtons ask why there was a pause, for one tap.
func pauseWhyButtons(r occupation.Result) []*slack.ButtonBlockElement {
	out := make([]*slack.ButtonBlockElement, len(pauseReasons))
	for i, why := range pauseReasons {
		value := why.name + ":" + target{r.Lock.Fence, r.Tag}.encode()
		out[i] = spoken(button(why.action, why.label, value), why.label, r.Tag)
	}
	return out
}

// PauseExplained says that the reason is noted. Where it may be one to stop the spool,
// that is the next tap, or asked for by it: whoever has just paused it may.
func PauseExplained(r occupation.Result, _ Clock) Message {
	var retain *slack.ButtonBlockElement
	switch r.Reason {
	case stopReasons[whyMaterial]:
		retain = spoolButton(ActionRetainFor, labelRetain, Facts{Tag: r.Tag, Fence: r.Lock.Fence, Why: whyMaterial})
	case pauseMachine, pauseOther:
		retain = retainButton(Facts{Tag: r.Tag, Fence: r.Lock.Fence})
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
