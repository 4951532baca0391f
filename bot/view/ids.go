package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/spoolbot/spoolbot/occupation"
)

// The action ids of buttons. Those that start with spool_ carry Facts as value.
const (
	ActionTake     = "spool_take"
	ActionPause    = "spool_pause"
	ActionComplete = "spool_complete"
	ActionStatus   = "spool_status"
	ActionMine     = "show_mine"
	ActionBoard    = "show_board"
	ActionHelp     = "show_help"
	ActionBatch    = "open_batch"
)

// The ids of the batch modal.
const (
	CallbackBatch        = "batch"
	CallbackBatchWorking = "batch_working"
	CallbackBatchDone    = "batch_done"
	CallbackHome         = "home"

	BlockBatchSpools    = "batch_spools"
	BlockBatchOperation = "batch_operation"

	ActionBatchSpools    = "batch_spools_select"
	ActionBatchOperation = "batch_operation_choice"
)

// ActionIDs lists the action ids of all buttons, for the test that compares them
// with the router. The batch modal's elements are not in it: they send no action.
func ActionIDs() []string {
	return []string{
		ActionTake, ActionPause, ActionComplete, ActionStatus,
		ActionMine, ActionBoard, ActionHelp, ActionBatch,
	}
}

// Verb is what a person asks for; it decides which button an offer gets.
type Verb string

// The verbs.
const (
	Take     Verb = "take"
	Pause    Verb = "pause"
	Complete Verb = "complete"
	Show     Verb = "show"
)

// VerbOf is the verb of a kind of change.
func VerbOf(kind occupation.Kind) Verb {
	switch kind {
	case occupation.Pause:
		return Pause
	case occupation.Complete:
		return Complete
	case occupation.Take:
		return Take
	default:
		return Show
	}
}

func (v Verb) action() string {
	switch v {
	case Take:
		return ActionTake
	case Pause:
		return ActionPause
	case Complete:
		return ActionComplete
	default:
		return ActionStatus
	}
}

// Facts is what a button knows: the spool and the occupation that it was shown
// for. What is true by the time it is pressed is for the core to say.
type Facts struct {
	Tag       string
	Fence     int64 // 0 = whichever is held
	Operation occupation.Operation
	Date      time.Time // COMPLETAR: the day that was typed; midnight, its zone does not matter; zero = today
}

// wire is the value of a button; short keys leave room.
type wire struct {
	Tag       string               `json:"t"`
	Fence     int64                `json:"f,omitzero"`
	Operation occupation.Operation `json:"o,omitzero"`
	Date      string               `json:"d,omitzero"`
}

const (
	maxValue   = 2000
	maxFactTag = 2 * occupation.MaxTagLength // as the sheet spells it, blanks and all
)

// Value encodes the facts as a button's value, of at most 2,000 characters.
func (f Facts) Value() string {
	w := wire{Tag: clip(f.Tag, maxFactTag), Fence: f.Fence, Operation: f.Operation}
	if !f.Date.IsZero() {
		w.Date = f.Date.Format(time.DateOnly)
	}
	out, err := json.Marshal(w)
	if err != nil {
		panic(err) // strings and a number always marshal
	}
	return string(out)
}

// ReadFacts decodes a button's value. Values come from outside: whatever is not
// well-formed facts is an error.
func ReadFacts(value string) (Facts, error) {
	if len(value) > 4*maxValue {
		return Facts{}, errors.New("view: button value is too long")
	}
	var w wire
	if err := json.Unmarshal([]byte(value), &w); err != nil {
		return Facts{}, fmt.Errorf("view: button value: %w", err)
	}
	switch {
	case w.Tag == "" || utf8.RuneCountInString(w.Tag) > maxFactTag:
		return Facts{}, errors.New("view: button value without a tag")
	case w.Fence < 0:
		return Facts{}, errors.New("view: button value with a negative fence")
	case w.Operation != "" && !w.Operation.Valid():
		return Facts{}, errors.New("view: button value with an unknown operation")
	}
	f := Facts{Tag: w.Tag, Fence: w.Fence, Operation: w.Operation}
	if w.Date != "" {
		day, err := time.Parse(time.DateOnly, w.Date)
		if err != nil {
			return Facts{}, fmt.Errorf("view: button value: %w", err)
		}
		f.Date = day
	}
	return f, nil
}
