package view

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// BatchState is what the batch modal opens with. The zero value is fine.
type BatchState struct {
	Operation occupation.Operation // empty = what each spool needs
	Selected  []occupation.Spool   // chosen beforehand, at most MaxBatch are kept
	Found     int                  // that many were found in a message; 0 = it was not opened for one
	Meta      BatchMeta
}

// BatchMeta travels with the modal and comes back when it is submitted.
type BatchMeta struct {
	Channel string `json:"channel,omitzero"` // where it was opened; empty = from Home
}

// Batch is what a person has filled in.
type Batch struct {
	Tags      []string
	Operation occupation.Operation // empty = what each spool needs
	Meta      BatchMeta
}

// byNeed is the value of the choice "what each needs".
const byNeed = "ANY"

const maxMetadata = 3000

// BatchModal is the form to take several spools: search, operation.
func BatchModal(s BatchState) slack.ModalViewRequest {
	spools := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeExternal, plain(batchPlaceholder, 150), ActionBatchSpools).
		WithMinQueryLength(0).WithMaxSelectedItems(occupation.MaxBatch)
	if chosen := SpoolOptions(s.Selected); len(chosen) > 0 {
		spools.InitialOptions = chosen[:min(len(chosen), occupation.MaxBatch)]
	}
	choices := []*slack.OptionBlockObject{
		slack.NewOptionBlockObject(byNeed, plain(batchByNeed, maxOption), nil),
		slack.NewOptionBlockObject(string(occupation.ARM), plain(batchARM, maxOption), nil),
		slack.NewOptionBlockObject(string(occupation.SOLD), plain(batchSOLD, maxOption), nil),
	}
	operation := slack.NewRadioButtonsBlockElement(ActionBatchOperation, choices...)
	operation.InitialOption = choices[0]
	for _, c := range choices[1:] {
		if c.Value == string(s.Operation) {
			operation.InitialOption = c
		}
	}
	meta, err := json.Marshal(BatchMeta{Channel: clip(s.Meta.Channel, 100)})
	if err != nil {
		panic(err) // a string always marshals
	}
	blocks := []slack.Block{
		slack.NewInputBlock(BlockBatchSpools, plain(batchSpoolsLabel, 2000), plain(batchSpoolsHint, 2000), spools),
		slack.NewInputBlock(BlockBatchOperation, plain(batchOperationLabel, 2000), nil, operation),
	}
	if s.Found > 0 {
		blocks = append([]slack.Block{section(foundIn(s.Found))}, blocks...)
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: CallbackBatch, PrivateMetadata: string(meta),
		Title: plain(batchTitle, 24), Submit: plain(batchSubmit, 24), Close: plain(batchCancel, 24),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// ReadBatch reads a submitted batch modal. What the person has to put right
// comes as words by block id, fit for a response of errors; an error means that
// the view is not one of ours.
func ReadBatch(v slack.View) (Batch, map[string]string, error) {
	var b Batch
	if len(v.PrivateMetadata) > 4*maxMetadata {
		return b, nil, fmt.Errorf("view: batch metadata is too long")
	}
	if v.PrivateMetadata != "" {
		if err := json.Unmarshal([]byte(v.PrivateMetadata), &b.Meta); err != nil {
			return b, nil, fmt.Errorf("view: batch metadata: %w", err)
		}
	}
	if v.State == nil {
		return b, nil, fmt.Errorf("view: batch without state")
	}
	for _, o := range v.State.Values[BlockBatchSpools][ActionBatchSpools].SelectedOptions {
		if o.Value != "" && utf8.RuneCountInString(o.Value) <= maxOption {
			b.Tags = append(b.Tags, o.Value)
		}
	}
	wrong := map[string]string{}
	switch {
	case len(b.Tags) == 0:
		wrong[BlockBatchSpools] = batchNone
	case len(b.Tags) > occupation.MaxBatch:
		wrong[BlockBatchSpools] = batchTooMany(len(b.Tags))
	}
	switch op := v.State.Values[BlockBatchOperation][ActionBatchOperation].SelectedOption.Value; {
	case op == "" || op == byNeed:
	case occupation.Operation(op).Valid():
		b.Operation = occupation.Operation(op)
	default:
		wrong[BlockBatchOperation] = batchBadOperation
	}
	if len(wrong) > 0 {
		return b, wrong, nil
	}
	return b, nil, nil
}

// BatchWorking is shown while n spools are being taken.
func BatchWorking(n int) slack.ModalViewRequest {
	return modal(CallbackBatchWorking, section(signWait+" "+bold(batchWorking(n)), batchWorkingHint))
}

// BatchDone is the answer to a batch in the modal: a line for each spool, and
// what can be done about those that it did not get.
func BatchDone(results []occupation.Result, at Clock) slack.ModalViewRequest {
	_, blocks := resultBlocks(results, at)
	blocks = append(blocks, rows(undoneButtons(results)...)...)
	return modal(CallbackBatchDone, append(blocks, rows(undoManyButtons(results)...)...)...)
}

// BatchAnswer puts a message in the place of the batch modal: what became of a
// button in it.
func BatchAnswer(m Message) slack.ModalViewRequest {
	return modal(CallbackBatchDone, m.Blocks...)
}

// BatchProblem says in the modal that the whole batch went wrong.
func BatchProblem(err error, at Clock) slack.ModalViewRequest {
	m := Problem(err, Asked{}, at)
	return modal(CallbackBatchDone, withoutActions(m.Blocks)...)
}

func modal(callback string, blocks ...slack.Block) slack.ModalViewRequest {
	return modalOf(callback, batchTitle, blocks...)
}

func modalOf(callback, title string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, Title: plain(title, 24), Close: plain(batchClose, 24),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func withoutActions(blocks []slack.Block) []slack.Block {
	var out []slack.Block
	for _, b := range blocks {
		if b.BlockType() != slack.MBTAction {
			out = append(out, b)
		}
	}
	return out
}

// SpoolOptions are the answers to a search in the batch modal: TAG, NV and what
// the spool needs, at most a hundred, each TAG once. It is never nil; a caller
// must not let an empty list vanish from the answer's JSON.
func SpoolOptions(spools []occupation.Spool) []*slack.OptionBlockObject {
	out := []*slack.OptionBlockObject{}
	seen := map[string]bool{}
	for _, s := range spools {
		key := occupation.TagKey(s.Tag)
		if len(out) == 100 {
			break
		}
		if key == "" || seen[key] || utf8.RuneCountInString(s.Tag) > maxOption {
			continue
		}
		seen[key] = true
		text := join(" · ", s.Tag, tidy(s.NV), standing(s))
		out = append(out, slack.NewOptionBlockObject(s.Tag, plain(text, maxOption), nil))
	}
	return out
}
