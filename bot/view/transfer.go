package view

import (
	"regexp"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// TransferForm is what a person has filled in to hand a spool over.
type TransferForm struct {
	Facts  Facts  // tag and fence of the button
	To     string // Slack user id
	Reason string // in one line; empty = none
}

// TransferModal is the form to hand a spool over: to whom, and why. A supervisor
// who hands on what somebody else has must say why: forOther, which a button for
// that says by its Worker. f are the facts of the button.
func TransferModal(f Facts, forOther bool) slack.ModalViewRequest {
	to := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, plain(transferPlaceholder, 150), ActionTransferTo)
	whose, why := transferYours, transferReasonHint
	if forOther {
		whose, why = transferTheirs, reasonHint
	}
	reason := reasonInput(BlockTransferReason, ActionTransferReason, reasonExample, why).WithOptional(!forOther)
	return form(CallbackTransfer, transferTitle, transferSubmit, meta{Tag: f.Tag, Fence: f.Fence, ForOther: forOther},
		section(bold(escape(f.Tag, maxTag)), whose),
		slack.NewInputBlock(BlockTransferTo, plain(transferToLabel, 2000), nil, to), reason)
}

// slackUser is what the id of a Slack user looks like.
var slackUser = regexp.MustCompile(`^[A-Za-z0-9]{2,40}$`)

// ReadTransfer reads a submitted modal of TRASPASAR. What the person has to put
// right comes as words by block id; an error means that the view is not one of
// ours.
func ReadTransfer(v slack.View) (TransferForm, map[string]string, error) {
	m, err := readForm(v)
	if err != nil {
		return TransferForm{}, nil, err
	}
	f := TransferForm{
		Facts:  Facts{Tag: m.Tag, Fence: m.Fence},
		To:     v.State.Values[BlockTransferTo][ActionTransferTo].SelectedUser,
		Reason: clip(tidy(v.State.Values[BlockTransferReason][ActionTransferReason].Value), occupation.MaxReason),
	}
	wrong := map[string]string{}
	if !slackUser.MatchString(f.To) {
		wrong[BlockTransferTo] = transferNobody
	}
	if m.ForOther && f.Reason == "" {
		wrong[BlockTransferReason] = reasonMissing
	}
	if len(wrong) > 0 {
		return f, wrong, nil
	}
	return f, nil, nil
}
