package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/spoolbot/spoolbot/occupation"
)

// Facts is what a button knows: the spool and the occupation that it was shown
// for. What is true by the time it is pressed is for the core to say.
type Facts struct {
	Tag       string
	Fence     int64 // 0 = whichever is held
	Operation occupation.Operation
	Date      time.Time // COMPLETAR: the day that was typed; midnight, its zone does not matter; zero = today
	Deadline  time.Time // the one that was shown, in whole seconds; zero = none was
	Worker    int       // who asked for the spool, or whose it is when a supervisor hands it on; 0 = nobody
	Offer     string    // the id of an offer of TRASPASAR; empty = none
	List      bool      // it stands in a list of several spools, which goes on
	Why       string    // a reason that we offer, by its name; empty = none
	Stop      string    // the stop that was shown, as the row has it; empty = whichever there is
}

// wire is the value of a button; short keys leave room.
type wire struct {
	Tag       string               `json:"t,omitzero"`
	Fence     int64                `json:"f,omitzero"`
	Operation occupation.Operation `json:"o,omitzero"`
	Date      string               `json:"d,omitzero"`
	Deadline  int64                `json:"u,omitzero"` // Unix seconds
	Worker    int                  `json:"w,omitzero"`
	Offer     string               `json:"i,omitzero"`
	List      bool                 `json:"l,omitzero"`
	Why       string               `json:"y,omitzero"`
	Stop      string               `json:"s,omitzero"`
}

const (
	maxValue   = 2000
	maxFactTag = 2 * occupation.MaxTagLength // as the sheet spells it, blanks and all
	maxStop    = 300                         // a longer state is whichever there is
)

// lastSecond is the end of the year 9999, after which a time has no JSON.
const lastSecond = 253_402_300_799

// offerID is what the id of an offer looks like.
var offerID = regexp.MustCompile(`^[A-Za-z0-9-]{0,64}$`)

// whyName is what the name of a reason looks like.
var whyName = regexp.MustCompile(`^[a-z]{0,16}$`)

// Value encodes the facts as a button's value, of at most 2,000 characters.
func (f Facts) Value() string {
	w := wire{Tag: clip(f.Tag, maxFactTag), Fence: f.Fence, Operation: f.Operation, Worker: f.Worker, Offer: clip(f.Offer, 64), List: f.List, Why: f.Why}
	if utf8.RuneCountInString(f.Stop) <= maxStop {
		w.Stop = f.Stop
	}
	if !f.Date.IsZero() {
		w.Date = f.Date.Format(time.DateOnly)
	}
	if !f.Deadline.IsZero() {
		w.Deadline = f.Deadline.Unix()
	}
	out, err := json.Marshal(w)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return string(out)
}

// ReadFacts decodes a button's value. Values come from outside: whatever is not
// well-formed facts is an error.
func ReadFacts(value string) (Facts, error) {
	w, err := readWire(value)
	if err != nil {
		return Facts{}, err
	}
	switch {
	case w.Tag == "" || utf8.RuneCountInString(w.Tag) > maxFactTag:
		return Facts{}, errors.New("view: button value without a tag")
	case w.Fence < 0:
		return Facts{}, errors.New("view: button value with a negative fence")
	case w.Operation != "" && !w.Operation.Valid():
		return Facts{}, errors.New("view: button value with an unknown operation")
	case w.Worker < 0:
		return Facts{}, errors.New("view: button value with a negative worker")
	case !offerID.MatchString(w.Offer):
		return Facts{}, errors.New("view: button value with a strange offer")
	case !whyName.MatchString(w.Why):
		return Facts{}, errors.New("view: button value with a strange reason")
	case utf8.RuneCountInString(w.Stop) > maxStop:
		return Facts{}, errors.New("view: button value with too long a stop")
	}
	f := Facts{Tag: w.Tag, Fence: w.Fence, Operation: w.Operation, Worker: w.Worker, Offer: w.Offer, List: w.List, Why: w.Why, Stop: w.Stop}
	if f.Deadline, err = w.deadline(); err != nil {
		return Facts{}, err
	}
	if w.Date != "" {
		if f.Date, err = time.Parse(time.DateOnly, w.Date); err != nil {
			return Facts{}, fmt.Errorf("view: button value: %w", err)
		}
	}
	return f, nil
}

// ReadDeadline decodes the value of a button that is for all spools: the latest
// deadline that it was shown with, zero when there was none.
func ReadDeadline(value string) (time.Time, error) {
	w, err := readWire(value)
	if err != nil {
		return time.Time{}, err
	}
	return w.deadline()
}

func readWire(value string) (wire, error) {
	var w wire
	if len(value) > 4*maxValue {
		return w, errors.New("view: button value is too long")
	}
	if err := json.Unmarshal([]byte(value), &w); err != nil {
		return w, fmt.Errorf("view: button value: %w", err)
	}
	return w, nil
}

func (w wire) deadline() (time.Time, error) {
	switch {
	case w.Deadline == 0:
		return time.Time{}, nil
	case w.Deadline < 0 || w.Deadline > lastSecond:
		return time.Time{}, errors.New("view: button value with a deadline out of reach")
	default:
		return time.Unix(w.Deadline, 0).UTC(), nil
	}
}
