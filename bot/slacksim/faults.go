package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is one misbehaviour, ordered in advance. What it strikes is said by Method (a
// Web API method, "response_url" or "*"), Envelope (the type of an envelope or of its
// payload, or "*"), Disconnect, Silent, or Connections alone.
type Fault struct {
	Method   string
	Envelope string
	Times    int // how often it strikes; 0 is once, negative is until ClearFaults

	// Of a method: an HTTP status, or an error code in a 200, each before or After the
	// call was carried out; or a line cut without any answer. Delay alone, or before that;
	// with After the call is carried out first and only its answer is late.
	Status     int
	Error      string
	RetryAfter time.Duration // header of a 429, in whole seconds; 0 leaves it out
	Delay      time.Duration
	After      bool
	Cut        bool

	// Of an envelope: late by Delay, Duplicate further copies, which come Again later than
	// the first, or Lost (of an event the retry is then the only delivery).
	Duplicate int
	Again     time.Duration
	Lost      bool

	// Disconnect tells open sockets at once ("warning", "refresh_requested",
	// "link_disabled", "too_many_websockets"), Connections of them, 0 being one; what is
	// left of Times meets the next sockets right after their hello.
	Disconnect string
	// Silent makes that many open sockets say and hear nothing more, without closing.
	Silent int
	// Connections alone is the num_connections of the next hello.
	Connections int
}

// Fail orders a fault. Disconnect and Silent strike the open sockets now.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	if f.Silent > 0 {
		for _, k := range s.choose(f.Silent) {
			k.silent = true
		}
		return
	}
	if f.Disconnect != "" {
		struck := s.choose(max(1, f.Connections))
		for _, k := range struck {
			s.disconnect(k, f.Disconnect)
		}
		if len(struck) > 0 {
			f.Times--
		}
		if f.Times == 0 {
			return
		}
	}
	s.faults = append(s.faults, &f)
}

// ClearFaults forgets what has not struck yet, and lets silent sockets speak again.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	for _, k := range s.sockets {
		k.silent = false
	}
}

// choose returns n open sockets at random; the caller holds the lock.
func (s *Server) choose(n int) []*socket {
	open := slices.Clone(s.sockets)
	s.rnd.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	return open[:min(n, len(open))]
}

// fault takes the first fault that fits, and counts it; the caller holds the lock.
func (s *Server) fault(fits func(*Fault) bool) *Fault {
	for i, f := range s.faults {
		if !fits(f) {
			continue
		}
		if f.Times--; f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return f
	}
	return nil
}

// code is the error in the answer of a call that the fault strikes.
func (f *Fault) code() string {
	switch {
	case f.Error != "":
		return f.Error
	case f.Cut:
		return "line_cut"
	case f.Status == http.StatusTooManyRequests:
		return "ratelimited"
	}
	return fmt.Sprintf("http_%d", f.Status)
}

// strike answers a call in the place of the method.
func (f *Fault) strike(w http.ResponseWriter) {
	if f.Cut {
		panic(http.ErrAbortHandler) // the way to cut a line without an answer
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
	}
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	_ = json.NewEncoder(w).Encode(object{"ok": false, "error": f.code()})
}

func (s *Server) disconnectFault(reason string) bool {
	return s.fault(func(f *Fault) bool { return f.Disconnect == reason }) != nil
}

func matches(pattern string, names ...string) bool {
	return pattern == "*" || slices.Contains(names, pattern)
}

// UnmarshalJSON reads the form of POST /sim/faults. Times are seconds or "250ms".
func (f *Fault) UnmarshalJSON(data []byte) error {
	var in struct {
		Method, Envelope, Error, Disconnect string
		Times, Status, Connections, Silent  int
		RetryAfter                          any `json:"retry_after"`
		Delay, Duplicate, Again             any
		After, Cut, Lost                    bool
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	retry, err1 := seconds(in.RetryAfter)
	delay, err2 := seconds(in.Delay)
	again, err3 := seconds(in.Again)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	*f = Fault{
		Method: in.Method, Envelope: in.Envelope, Times: in.Times, Status: in.Status, Error: in.Error,
		RetryAfter: retry, Delay: delay, After: in.After, Cut: in.Cut, Lost: in.Lost, Again: again,
		Disconnect: in.Disconnect, Silent: in.Silent, Connections: in.Connections,
	}
	switch d := in.Duplicate.(type) {
	case bool:
		if d {
			f.Duplicate = 1
		}
	case float64:
		f.Duplicate = int(d)
	}
	reasons := []string{"", "warning", "refresh_requested", "link_disabled", "too_many_websockets"}
	switch {
	case !slices.Contains(reasons, f.Disconnect):
		return fmt.Errorf("disconnect: unknown reason %q", f.Disconnect)
	case f.Method == "" && f.Envelope == "" && f.Disconnect == "" && f.Silent == 0 && f.Connections == 0:
		return errors.New("say what it strikes: method, envelope, disconnect, silent or connections")
	}
	return nil
}

func seconds(v any) (time.Duration, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case float64:
		return time.Duration(v * float64(time.Second)), nil
	case string:
		return time.ParseDuration(v)
	}
	return 0, fmt.Errorf("not a time: %v", v)
}
