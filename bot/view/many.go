package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// Many is what a button for several spools knows.
type Many struct {
	Verb      Verb
	Operation occupation.Operation
	Date      time.Time // COMPLETAR: midnight, its zone does not matter; zero = today
	Targets   []occupation.Target
}

type manyWire struct {
	Verb      Verb                 `json:"v"`
	Operation occupation.Operation `json:"o,omitzero"`
	Date      string               `json:"d,omitzero"`
	Spools    []string             `json:"s"` // as target encodes them
}

// Tags lists the TAGs.
func (m Many) Tags() []string {
	out := make([]string, len(m.Targets))
	for i, t := range m.Targets {
		out[i] = t.Tag
	}
	return out
}

// part is the value of one button, and for how many spools it is.
type part struct {
	value string
	n     int
}

// parts encodes the facts in as many values as it takes: one has 2,000 characters.
// Spools that no button can carry are left out.
func (m Many) parts() []part {
	w := manyWire{Verb: m.Verb, Operation: m.Operation}
	if !m.Date.IsZero() {
		w.Date = m.Date.Format(time.DateOnly)
	}
	encode := func(spools []string) part {
		w.Spools = spools
		out, err := json.Marshal(w)
		if err != nil {
			panic(err) // strings always marshal
		}
		return part{string(out), len(spools)}
	}
	var out []part
	var some []string
	for _, t := range m.Targets {
		one := target{t.Fence, t.Tag}
		if _, err := one.check(); err != nil {
			continue
		}
		if len(encode(append(some, one.encode())).value) > maxValue {
			out, some = append(out, encode(some)), nil
		}
		some = append(some, one.encode())
	}
	if len(some) > 0 {
		out = append(out, encode(some))
	}
	return out
}

// ReadMany decodes the value of a button for several spools, which comes from
// outside: whatever is not well-formed is an error.
func ReadMany(value string) (Many, error) {
	var w manyWire
	if len(value) > 4*maxValue {
		return Many{}, errors.New("view: button value is too long")
	}
	if err := json.Unmarshal([]byte(value), &w); err != nil {
		return Many{}, fmt.Errorf("view: button value: %w", err)
	}
	m := Many{Verb: w.Verb, Operation: w.Operation}
	switch {
	case len(w.Spools) == 0 || len(w.Spools) > occupation.MaxBatch:
		return Many{}, fmt.Errorf("view: button value with %d spools", len(w.Spools))
	case w.Operation != "" && !w.Operation.Valid():
		return Many{}, errors.New("view: button value with an unknown operation")
	}
	switch w.Verb {
	case Take, Pause, Complete, Extend, Wait:
	default:
		return Many{}, errors.New("view: button value with an unknown verb")
	}
	if w.Date != "" {
		var err error
		if m.Date, err = time.Parse(time.DateOnly, w.Date); err != nil {
			return Many{}, fmt.Errorf("view: button value: %w", err)
		}
	}
	for _, s := range w.Spools {
		t, err := readTarget(s)
		if err != nil {
			return Many{}, err
		}
		m.Targets = append(m.Targets, t)
	}
	return m, nil
}

// manyButtons are usually one.
func manyButtons(action string, m Many, label func(n int) string) []*slack.ButtonBlockElement {
	var out []*slack.ButtonBlockElement
	for _, p := range m.parts() {
		out = append(out, button(action, label(p.n), p.value))
	}
	return out
}

// Waited is what became of the wish to hear when one of several spools comes free.
type Waited struct {
	Tag   string
	State occupation.Status
	Place int   // in the line, 1 = the first; 0 = it is free, or the person's own
	Err   error // why there is nothing to wait for
}

// WaitingMany answers "Avísame de los ocupados": a line for each, and a button for
// each that has come free meanwhile.
func WaitingMany(all []Waited, me int, at Clock) Message {
	var lines []string
	var free []*slack.ButtonBlockElement
	n := 0
	for _, w := range all {
		sign, state := signWait, waitPlace(w.Place)
		switch {
		case w.Err != nil:
			sign, state = signNo, problemState(w.Err, at)
		case w.Place > 0:
			n++
		case mine(w.State, me):
			sign, state = signHeld, waitYour
		default:
			sign, state = signFree, waitFree
			free = append(free, tagButton(Take, Facts{Tag: w.Tag}, labelTake))
		}
		lines = append(lines, clip(sign+" "+join(" · ", bold(escape(w.Tag, maxTag)), state), maxLine))
	}
	head := waitManyHead(n)
	blocks := append([]slack.Block{section(bold(head))}, lists(lines, 10)...)
	free = append(free[:min(len(free), 5)], mineButton(), batchButton(labelAnother))
	return message(head, append(blocks, rows(free...)...)...)
}

// problemState is an error in a few words.
func problemState(err error, at Clock) string {
	if e, ok := errors.AsType[*occupation.Error](err); ok && e != nil {
		return explain(e, at).head
	}
	return fault.head
}
