package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// meta travels with the modals of TRASPASAR and LIBERAR and comes back when they
// are submitted.
type meta struct {
	Tag      string `json:"tag"`
	Fence    int64  `json:"fence,omitzero"`
	ForOther bool   `json:"for_other,omitzero"`
}

func form(callback, title, submit string, m meta, blocks ...slack.Block) slack.ModalViewRequest {
	m.Tag = clip(m.Tag, maxFactTag)
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err) // a string and numbers always marshal
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: string(raw),
		Title: plain(title, 24), Submit: plain(submit, 24), Close: plain(formCancel, 24),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// reasonInput asks why, in a few words like those of the example.
func reasonInput(block, action, example, hint string) *slack.InputBlock {
	text := slack.NewPlainTextInputBlockElement(plain(example, 150), action).WithMaxLength(occupation.MaxReason)
	return slack.NewInputBlock(block, plain(reasonLabel, 2000), plain(hint, 2000), text)
}

// readForm reads what came back with a submitted modal. It comes from outside:
// whatever is not well-formed is an error. The view has a state when there is none.
func readForm(v slack.View) (meta, error) {
	var m meta
	if len(v.PrivateMetadata) > 4*maxMetadata {
		return m, errors.New("view: form metadata is too long")
	}
	if err := json.Unmarshal([]byte(v.PrivateMetadata), &m); err != nil {
		return m, fmt.Errorf("view: form metadata: %w", err)
	}
	switch {
	case m.Tag == "" || utf8.RuneCountInString(m.Tag) > maxFactTag:
		return m, errors.New("view: form without a tag")
	case m.Fence < 0:
		return m, errors.New("view: form with a negative fence")
	case v.State == nil:
		return m, errors.New("view: form without state")
	}
	return m, nil
}
