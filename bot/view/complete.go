package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// CompleteForm is what a person has filled in to complete spools.
type CompleteForm struct {
	Targets []occupation.Target
	Day     string // as the picker gives it: 2026-11-23
	Home    bool   // the form was opened from App Home
}

// completeMeta travels with the modal: the spool, where it is for one alone.
type completeMeta struct {
	Tag   string `json:"tag,omitzero"`
	Fence int64  `json:"fence,omitzero"`
	Home  bool   `json:"home,omitzero"`
}

// boxes is how many checkboxes a block has (SLACK.md 3.1).
const boxes = 10

// CompleteOne is the form to complete one spool on another day than today.
func CompleteOne(f Facts, home bool, at Clock) slack.ModalViewRequest {
	return completeModal(completeMeta{Tag: clip(f.Tag, maxFactTag), Fence: f.Fence, Home: home},
		section(join(" · ", bold(escape(f.Tag, maxTag)), string(f.Operation))), dayInput(f.Date, at))
}

// CompleteMany is the form to complete several of the held spools at once, with a
// box for each of up to fifty. day is chosen beforehand; zero = today.
func CompleteMany(held []occupation.Status, day time.Time, home bool, at Clock) slack.ModalViewRequest {
	options := boxesOf(held)
	if len(options) == 0 {
		return modalOf(CallbackCompleteWait, completeTitle, section(nothingHeld, lineTakeHint))
	}
	blocks := []slack.Block{dayInput(day, at)}
	shown := options[:min(len(options), occupation.MaxBatch)]
	for n, some := range slices.Collect(slices.Chunk(shown, boxes)) {
		label, hint := completePieces, plain(completePiecesHint, 2000)
		if n > 0 {
			label, hint = fmt.Sprintf("%s %d a %d", completePieces, n*boxes+1, n*boxes+len(some)), nil
		}
		box := slack.NewCheckboxGroupsBlockElement(ActionCompletePieces, some...)
		blocks = append(blocks, slack.NewInputBlock(BlockCompletePieces+strconv.Itoa(n), plain(label, 2000), hint, box).WithOptional(true))
	}
	if more := len(held) - len(shown); more > 0 {
		blocks = append(blocks, section(completeTooMany(more)))
	}
	return completeModal(completeMeta{Home: home}, blocks...)
}

// boxesOf are the options for what is held; a TAG that no option can carry is left
// out.
func boxesOf(held []occupation.Status) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, st := range held {
		f := holdingOf(st)
		value := target{f.Fence, f.Tag}.encode()
		if !settled(st) || utf8.RuneCountInString(value) > maxOption {
			continue
		}
		out = append(out, slack.NewOptionBlockObject(value, plain(join(" · ", f.Tag, string(f.Operation), nv(tidy(st.Spool.NV))), maxOption), nil))
	}
	return out
}

// CompleteLooking is shown while it is being found out what the person holds.
func CompleteLooking() slack.ModalViewRequest {
	return modalOf(CallbackCompleteWait, completeTitle, section(signWait+" "+completeLooking))
}

// CompleteProblem says in the modal what went wrong.
func CompleteProblem(err error, at Clock) slack.ModalViewRequest {
	return modalOf(CallbackCompleteWait, completeTitle, withoutActions(Problem(err, Asked{}, at).Blocks)...)
}

func completeModal(m completeMeta, blocks ...slack.Block) slack.ModalViewRequest {
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err) // a string, a number and a flag always marshal
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: CallbackComplete, PrivateMetadata: string(raw),
		Title: plain(completeTitle, 24), Submit: plain(completeSubmit, 24), Close: plain(formCancel, 24),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func dayInput(day time.Time, at Clock) *slack.InputBlock {
	if day.IsZero() {
		day = at.in(at.Now)
	}
	pick := slack.NewDatePickerBlockElement(ActionCompleteDay)
	pick.InitialDate = day.Format(time.DateOnly)
	return slack.NewInputBlock(BlockCompleteDay, plain(completeDayLabel, 2000), plain(completeDayHint, 2000), pick)
}

// ReadComplete reads a submitted modal of COMPLETAR; the day is for the core to
// judge. What the person has to put right comes as words by block id; an error
// means that the view is not one of ours.
func ReadComplete(v slack.View) (CompleteForm, map[string]string, error) {
	var m completeMeta
	switch {
	case len(v.PrivateMetadata) > 4*maxMetadata:
		return CompleteForm{}, nil, errors.New("view: form metadata is too long")
	case v.State == nil:
		return CompleteForm{}, nil, errors.New("view: form without state")
	}
	if err := json.Unmarshal([]byte(v.PrivateMetadata), &m); err != nil {
		return CompleteForm{}, nil, fmt.Errorf("view: form metadata: %w", err)
	}
	f := CompleteForm{Day: v.State.Values[BlockCompleteDay][ActionCompleteDay].SelectedDate, Home: m.Home}
	if m.Tag != "" {
		t, err := target{m.Fence, m.Tag}.check()
		f.Targets = []occupation.Target{t}
		return f, nil, err
	}
	for n := range occupation.MaxBatch / boxes {
		for _, o := range v.State.Values[BlockCompletePieces+strconv.Itoa(n)][ActionCompletePieces].SelectedOptions {
			t, err := readTarget(o.Value)
			if err != nil {
				return f, nil, err
			}
			f.Targets = append(f.Targets, t)
		}
	}
	switch {
	case len(f.Targets) > occupation.MaxBatch:
		return f, nil, errors.New("view: form with too many spools")
	case len(f.Targets) == 0:
		return f, map[string]string{BlockCompletePieces + "0": completeNone}, nil
	}
	return f, nil, nil
}

// CompleteBadDay is what stands under the day when it cannot be.
func CompleteBadDay() map[string]string { return map[string]string{BlockCompleteDay: completeBadDay} }

// target is an occupation in few characters: "4011:MK-1335-CW-25238-011".
type target struct {
	fence int64 // 0 = whichever is held
	tag   string
}

func (t target) encode() string {
	return strconv.FormatInt(t.fence, 10) + ":" + occupation.TagKey(t.tag)
}

func readTarget(s string) (occupation.Target, error) {
	fence, tag, _ := strings.Cut(s, ":")
	n, err := strconv.ParseInt(fence, 10, 64)
	if err != nil {
		return occupation.Target{}, errors.New("view: spool without a fence")
	}
	return target{n, tag}.check()
}

func (t target) check() (occupation.Target, error) {
	if t.fence < 0 || occupation.TagKey(t.tag) == "" || utf8.RuneCountInString(t.tag) > maxFactTag {
		return occupation.Target{}, errors.New("view: no well-formed spool")
	}
	return occupation.Target{Tag: t.tag, Fence: t.fence}, nil
}
