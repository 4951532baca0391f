package view

import (
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// ReleaseForm is what a supervisor has filled in to free a spool.
type ReleaseForm struct {
	Facts  Facts  // tag and fence of the button
	Reason string // in one line
}

// ReleaseModal is the form to free a spool that somebody else has: why. f are the
// facts of the button.
func ReleaseModal(f Facts) slack.ModalViewRequest {
	return form(CallbackRelease, releaseTitle, releaseSubmit, meta{Tag: f.Tag, Fence: f.Fence},
		section(bold(escape(f.Tag, maxTag)), releaseHint),
		reasonInput(BlockReleaseReason, ActionReleaseReason, reasonExample, reasonHint))
}

// ReadRelease reads a submitted modal of LIBERAR; see ReadTransfer.
func ReadRelease(v slack.View) (ReleaseForm, map[string]string, error) {
	m, err := readForm(v)
	if err != nil {
		return ReleaseForm{}, nil, err
	}
	f := ReleaseForm{
		Facts:  Facts{Tag: m.Tag, Fence: m.Fence},
		Reason: clip(tidy(v.State.Values[BlockReleaseReason][ActionReleaseReason].Value), occupation.MaxReason),
	}
	if f.Reason == "" {
		return f, map[string]string{BlockReleaseReason: reasonMissing}, nil
	}
	return f, nil, nil
}
