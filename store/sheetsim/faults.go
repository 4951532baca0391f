package sheetsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Where a Fault cuts the line.
const (
	CutBefore   = "before"   // nothing is applied
	CutAfter    = "after"    // applied, then cut; with a Status that is answered instead
	CutLate     = "late"     // cut, and applied LateBy later
	CutTruncate = "truncate" // applied, 200, half of the body
)

// Fault is one piece of bad weather. It is a value: the next matching calls take it, in the order of Fail.
type Fault struct {
	Op         string        // read, write, any; "" is any
	Method     string        // only this API method, such as values.batchGet; "" is all
	Times      int           // how many calls it hits; 0 is 1, negative is until ClearFaults
	Status     int           // the answer instead of applying: 429, 500, 503 as JSON, 502 and 504 as HTML
	RetryAfter time.Duration // a Retry-After header, which a real 429 does not have
	Delay      time.Duration // more latency, before applying: a stall; the write lands although its client gave up
	Cut        string        // CutBefore, CutAfter, CutLate, CutTruncate
	LateBy     time.Duration // for CutLate

	// Of reads, SHEETS.md 2: Empty answers as if no tab held data, Halve as if only the upper half of the rows, Stale as it was
	// before the last change.
	Empty, Halve, Stale bool

	// Switches that last until ClearFaults and hit no call: NoStampGuard accepts duplicate metadata ids; AcceptNoMatch lets a
	// metadata update or delete match nothing.
	NoStampGuard, AcceptNoMatch bool
}

// UnmarshalJSON reads the control door's form: snake case, durations as seconds or as "1.5s".
func (f *Fault) UnmarshalJSON(raw []byte) error {
	var in struct {
		Op            string  `json:"op"`
		Method        string  `json:"method"`
		Times         int     `json:"times"`
		Status        int     `json:"status"`
		RetryAfter    seconds `json:"retry_after"`
		Delay         seconds `json:"delay"`
		Cut           string  `json:"cut"`
		LateBy        seconds `json:"late_by"`
		Empty         bool    `json:"empty"`
		Halve         bool    `json:"halve"`
		Stale         bool    `json:"stale"`
		NoStampGuard  bool    `json:"no_stamp_guard"`
		AcceptNoMatch bool    `json:"accept_no_match"`
	}
	if err := decode(raw, &in, ""); err != nil {
		return err
	}
	*f = Fault{
		in.Op, in.Method, in.Times, in.Status, time.Duration(in.RetryAfter), time.Duration(in.Delay), in.Cut,
		time.Duration(in.LateBy), in.Empty, in.Halve, in.Stale, in.NoStampGuard, in.AcceptNoMatch,
	}
	return f.check()
}

func (f *Fault) check() error {
	if !slices.Contains([]string{"", "any", "read", "write"}, f.Op) {
		return fmt.Errorf("unknown op %q: read, write or any", f.Op)
	}
	if !slices.Contains([]string{"", CutBefore, CutAfter, CutLate, CutTruncate}, f.Cut) {
		return fmt.Errorf("unknown cut %q: before, after, late or truncate", f.Cut)
	}
	if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
		return fmt.Errorf("status %d is not an error", f.Status)
	}
	return nil
}

// seconds is a duration in JSON: a number of seconds or Go's text form.
type seconds time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (s *seconds) UnmarshalJSON(raw []byte) error {
	var n float64
	if json.Unmarshal(raw, &n) == nil {
		*s = seconds(n * float64(time.Second))
		return nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	*s = seconds(d)
	return err
}

// Fail adds a fault; an impossible one panics, as it is a mistake of the test.
func (s *Server) Fail(f Fault) {
	if err := f.check(); err != nil {
		panic("sheetsim: " + err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, f)
}

// ClearFaults ends all faults. Late writes that are under way still land.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault takes the first fault that the call matches; the zero Fault if there is none.
func (s *Server) takeFault(op *operation) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := &s.faults[i]
		if f.NoStampGuard || f.AcceptNoMatch || (f.Op != "" && f.Op != "any" && f.Op != op.kind) ||
			(f.Method != "" && strings.ReplaceAll(f.Method, ":", ".") != op.name) {
			continue
		}
		hit := *f
		if f.Times--; f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return hit
	}
	return Fault{}
}
