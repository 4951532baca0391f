package occupation

import (
	"regexp"
	"strconv"
	"strings"
)

// Stop is RETENER: nobody may take the spool until it is lifted. It stands in
// Estado_Ocupacion alone, so that the office sees it, and can set and lift it there.
type Stop struct {
	Reason string // as written, "calidad"; empty = none was given
	By     int    // id of the worker who set it; 0 = somebody at the sheet
	Label  string // of that worker, "MR(93)"
}

// stopped finds the word by which a state is a stop, however people write it.
var (
	stopped = regexp.MustCompile(`(?i)\bretenid[oa]s?\b[\s:,.-]*`)
	stopBy  = regexp.MustCompile(`(?:^|[,\s]+)(\p{L}{1,2}\((\d{1,14})\))\s*$`) // an id as long as the lock store takes it
)

// Text is what Estado_Ocupacion says: "ARM retenido: calidad, MR(93)".
func (s Stop) Text(op Operation) string {
	out := strings.TrimSpace(string(op) + " retenido")
	if s.Reason != "" {
		out += ": " + s.Reason
	}
	if s.Label != "" {
		out += ", " + s.Label
	}
	return out
}

// Stop reads the spool's state; ok is false when nothing stops it.
func (s Spool) Stop() (out Stop, ok bool) {
	at := stopped.FindStringIndex(s.State)
	if at == nil {
		return Stop{}, false
	}
	rest := strings.TrimSpace(s.State[at[1]:])
	if by := stopBy.FindStringSubmatchIndex(rest); by != nil {
		out.Label = rest[by[2]:by[3]]
		out.By, _ = strconv.Atoi(rest[by[4]:by[5]]) // fourteen digits at most
		rest = rest[:by[0]]
	}
	out.Reason = strings.TrimSpace(rest)
	return out, true
}

// onHold refuses a spool that is stopped; Holder is who did that (its name is the
// label), Text why.
func onHold(s Spool) *Error {
	stop, _ := s.Stop()
	return &Error{
		Code: PrerequisiteNotMet, Reason: OnHold, Tag: s.Tag, Column: ColState, Row: s.Row,
		Holder: Holder{ID: stop.By, Name: stop.Label, Label: stop.Label}, Text: stop.Reason,
	}
}

// canRetain checks the row that is to be stopped: not twice, and a spool that
// nobody was to hold must be nobody's.
func canRetain(i Intent, s Spool) *Error {
	if _, stopped := s.Stop(); stopped {
		return onHold(s)
	}
	if i.OnFree && s.Occupied() {
		return heldByRow(s)
	}
	return nil
}

// canLift checks that the row still shows the stop that is to be lifted.
func canLift(i Intent, s Spool) *Error {
	if _, stopped := s.Stop(); !stopped {
		return &Error{Code: PrerequisiteNotMet, Reason: NotOnHold, Tag: s.Tag}
	}
	if s.State != i.Was { // somebody has stopped it anew
		return onHold(s)
	}
	return nil
}
