package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// LinkFacts is what a button about a person knows, and what travels with the
// forms: the claim, the worker, and the Slack user that was shown with them.
type LinkFacts struct {
	Claim   string
	Worker  int    // 0 = none is chosen yet
	SlackID string // empty = nobody
}

type linkWire struct {
	Claim   string `json:"i,omitzero"`
	Worker  int    `json:"w,omitzero"`
	SlackID string `json:"s,omitzero"`
}

// storedSlackID is what may stand in Slack_ID, however people filled it.
var storedSlackID = regexp.MustCompile(`^[^\x00-\x1f]{0,100}$`)

// Value encodes the facts as a button's value.
func (f LinkFacts) Value() string {
	out, err := json.Marshal(linkWire{clip(f.Claim, 64), f.Worker, clip(f.SlackID, 100)})
	if err != nil {
		panic(err) // texts and a number always marshal
	}
	return string(out)
}

// ReadLink decodes a button's value or a form's metadata: whatever is not
// well-formed is an error. Whether it is true is for the core to say.
func ReadLink(value string) (LinkFacts, error) {
	var w linkWire
	if len(value) > maxValue {
		return LinkFacts{}, errors.New("view: link value is too long")
	}
	if err := json.Unmarshal([]byte(value), &w); err != nil {
		return LinkFacts{}, fmt.Errorf("view: link value: %w", err)
	}
	switch {
	case !offerID.MatchString(w.Claim):
		return LinkFacts{}, errors.New("view: link value with a strange claim")
	case w.Worker < 0:
		return LinkFacts{}, errors.New("view: link value with a negative worker")
	case !storedSlackID.MatchString(w.SlackID):
		return LinkFacts{}, errors.New("view: link value with a strange person")
	}
	return LinkFacts(w), nil
}

// LinkForm is what was filled in about a person.
type LinkForm struct {
	Facts   LinkFacts
	Worker  int    // that was chosen
	SlackID string // that was chosen
	Reason  string // in one line; empty = none
}

// ChooseNameModal is the form in which a person says who they are; of a
// supervisor, who somebody else is: f.SlackID.
func ChooseNameModal(f LinkFacts) slack.ModalViewRequest {
	callback, title, label, submit := CallbackLinkChoose, labelChoose, linkWhoLabel, linkSend
	var blocks []slack.Block
	if f.SlackID != "" {
		callback, title, label, submit = CallbackLinkGive, labelChooseName, linkWhoIsLabel, linkSave
		blocks = append(blocks, section(linkWhoIs(person(f.SlackID))))
	}
	return linkForm(callback, title, submit, f, append(blocks, nameInput(BlockLinkName, ActionLinkName, label, linkNotListed))...)
}

// PeopleModal is the form in which a supervisor looks for a worker.
func PeopleModal() slack.ModalViewRequest {
	return linkForm(CallbackLinkPeople, labelPeople, linkShow, LinkFacts{}, nameInput(BlockLinkWorker, ActionLinkWorker, linkWorkerLabel, linkWorkerHint))
}

// AccountModal is the form in which a supervisor says which account is a worker's.
func AccountModal(f LinkFacts) slack.ModalViewRequest {
	to := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, plain(transferPlaceholder, 150), ActionLinkAccount)
	return linkForm(CallbackLinkAccount, linkAccountTitle, linkSave, f, slack.NewInputBlock(BlockLinkAccount, plain(linkAccountLabel, 2000), plain(linkAccountHint, 2000), to))
}

// RejectModal asks why a claim is refused; nobody has to say.
func RejectModal(f LinkFacts) slack.ModalViewRequest {
	return linkForm(CallbackLinkReject, linkRejectTitle, labelReject, f, section(linkRejects(person(f.SlackID))),
		reasonInput(BlockLinkReason, ActionLinkReason, linkReasonExample, linkReasonHint).WithOptional(true))
}

func linkForm(callback, title, submit string, f LinkFacts, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: f.Value(),
		Title: plain(title, 24), Submit: plain(submit, 24), Close: plain(formCancel, 24),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func nameInput(block, action, label, hint string) *slack.InputBlock {
	who := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain(linkPlaceholder, 150), action)
	who.MinQueryLength = new(0)
	return slack.NewInputBlock(block, plain(label, 2000), plain(hint, 2000), who)
}

// WorkerOptions are the workers as options of a select.
func WorkerOptions(ws []occupation.Worker) []*slack.OptionBlockObject {
	out := make([]*slack.OptionBlockObject, len(ws))
	for i, w := range ws {
		out[i] = slack.NewOptionBlockObject(strconv.Itoa(w.ID), plain(fullName(w), maxOption), nil)
	}
	return out
}

// fullName tells people apart who share a first name and a surname.
func fullName(w occupation.Worker) string {
	return join(" · ", clip(tidy(w.Given+" "+w.Surname), 55), w.Label())
}

// ReadLinkForm reads a submitted form about a person. What has to be put right
// comes as words by block id; an error means that the view is not one of ours.
func ReadLinkForm(v slack.View) (LinkForm, map[string]string, error) {
	facts, err := ReadLink(v.PrivateMetadata)
	if err != nil {
		return LinkForm{}, nil, err
	}
	if v.State == nil {
		return LinkForm{}, nil, errors.New("view: form without state")
	}
	f := LinkForm{
		Facts:   facts,
		SlackID: v.State.Values[BlockLinkAccount][ActionLinkAccount].SelectedUser,
		Reason:  clip(tidy(v.State.Values[BlockLinkReason][ActionLinkReason].Value), occupation.MaxReason),
	}
	wrong := map[string]string{}
	switch v.CallbackID {
	case CallbackLinkChoose, CallbackLinkGive:
		f.Worker = chosenWorker(v, BlockLinkName, ActionLinkName, wrong)
	case CallbackLinkPeople:
		f.Worker = chosenWorker(v, BlockLinkWorker, ActionLinkWorker, wrong)
	case CallbackLinkAccount:
		if !slackUser.MatchString(f.SlackID) {
			wrong[BlockLinkAccount] = transferNobody
		}
	case CallbackLinkReject:
		if facts.Claim == "" {
			return f, nil, errors.New("view: form without a claim")
		}
	default:
		return f, nil, errors.New("view: not a form about a person")
	}
	if len(wrong) > 0 {
		return f, wrong, nil
	}
	return f, nil, nil
}

func chosenWorker(v slack.View, block, action string, wrong map[string]string) int {
	id, err := strconv.Atoi(v.State.Values[block][action].SelectedOption.Value)
	if err != nil || id <= 0 {
		wrong[block] = linkNobodyChosen
		return 0
	}
	return id
}
