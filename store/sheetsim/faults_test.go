package sheetsim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// later is a batch that puts text into Operaciones!A2, sent with a deadline.
func later(t *testing.T, s *sheetsim.Server, text string, limit time.Duration) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", "http://sheets.test/v4/spreadsheets/"+s.SpreadsheetID()+":batchUpdate",
		strings.NewReader(`{"requests":[`+write("1001", "1", "0", text)+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return send(s, r)
}

func TestFaultsOfWrites(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   sheetsim.Fault
		status  int
		err     error
		took    time.Duration
		applied string // at the answer
		finally string // a minute later
	}{
		"429 as Google sends it":        {sheetsim.Fault{Status: 429}, 429, nil, 250 * time.Millisecond, "NV0001", "NV0001"},
		"429 with Retry-After":          {sheetsim.Fault{Status: 429, RetryAfter: 3 * time.Second}, 429, nil, 250 * time.Millisecond, "NV0001", "NV0001"},
		"500":                           {sheetsim.Fault{Status: 500}, 500, nil, 250 * time.Millisecond, "NV0001", "NV0001"},
		"502 in HTML":                   {sheetsim.Fault{Op: "write", Status: 502}, 502, nil, 250 * time.Millisecond, "NV0001", "NV0001"},
		"503 after applying":            {sheetsim.Fault{Status: 503, Cut: sheetsim.CutAfter}, 503, nil, 250 * time.Millisecond, "new", "new"},
		"cut before applying":           {sheetsim.Fault{Cut: sheetsim.CutBefore}, 0, io.EOF, 125 * time.Millisecond, "NV0001", "NV0001"},
		"cut after applying":            {sheetsim.Fault{Cut: sheetsim.CutAfter}, 0, io.EOF, 250 * time.Millisecond, "new", "new"},
		"cut, applied late":             {sheetsim.Fault{Cut: sheetsim.CutLate, LateBy: 30 * time.Second}, 0, io.EOF, 125 * time.Millisecond, "NV0001", "new"},
		"truncated answer":              {sheetsim.Fault{Cut: sheetsim.CutTruncate}, 200, io.ErrUnexpectedEOF, 250 * time.Millisecond, "new", "new"},
		"slow":                          {sheetsim.Fault{Delay: 5 * time.Second}, 200, nil, 5250 * time.Millisecond, "new", "new"},
		"stall: lands after the client": {sheetsim.Fault{Delay: 20 * time.Second}, 0, context.DeadlineExceeded, 10 * time.Second, "NV0001", "new"},
		"not of this method":            {sheetsim.Fault{Method: "values:batchGet", Status: 500}, 200, nil, 250 * time.Millisecond, "new", "new"},
		"not of writes":                 {sheetsim.Fault{Op: "read", Status: 500}, 200, nil, 250 * time.Millisecond, "new", "new"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := sheetsim.New(sheetsim.Options{Latency: 250 * time.Millisecond}, sheetsim.SmallWorkbook())
				defer s.Close()
				s.Fail(c.fault)
				begin := time.Now()
				a := later(t, s, "new", 10*time.Second)
				if a.status != c.status || !errors.Is(a.err, c.err) {
					t.Errorf("answer = %d, %v, want %d, %v", a.status, a.err, c.status, c.err)
				}
				if took := time.Since(begin); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
				if want := c.fault.RetryAfter > 0; (a.header.Get("Retry-After") != "") != want {
					t.Errorf("Retry-After = %q, want one: %v", a.header.Get("Retry-After"), want)
				}
				if c.status == 502 && !strings.HasPrefix(a.body, "<!DOCTYPE html>") {
					t.Errorf("body = %q, want HTML", a.body)
				}
				if got := s.Cell("Operaciones!A2"); got != c.applied {
					t.Errorf("cell at the answer = %q, want %q", got, c.applied)
				}
				passes(time.Minute) // of the bubble
				if got := s.Cell("Operaciones!A2"); got != c.finally {
					t.Errorf("cell in the end = %q, want %q", got, c.finally)
				}
			})
		})
	}
}

func TestCloseDropsALateWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sheetsim.New(sheetsim.Options{}, sheetsim.SmallWorkbook())
		s.Fail(sheetsim.Fault{Cut: sheetsim.CutLate, LateBy: time.Hour})
		later(t, s, "new", time.Second)
		s.Close()
		if got := s.Cell("Operaciones!A2"); got != "NV0001" {
			t.Errorf("cell = %q, want it unchanged", got)
		}
		if a := later(t, s, "new", time.Second); a.err == nil {
			t.Errorf("a closed server answered %d", a.status)
		}
	})
}

func TestFaultyReads(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, sheetsim.SmallWorkbook())
	if err := s.Edit(sheetsim.Edit{Kind: "set", Cell: "Operaciones!C2", Value: "TEST-99"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		fault sheetsim.Fault
		want  string
	}{
		{"empty", sheetsim.Fault{Empty: true}, `{"majorDimension":"ROWS","range":"Operaciones!C1:C104"}`},
		{"halved", sheetsim.Fault{Halve: true}, `{"majorDimension":"ROWS","range":"Operaciones!C1:C104","values":[["TAG_SPOOL"],["TEST-99"]]}`},
		{"stale", sheetsim.Fault{Stale: true}, `{"majorDimension":"ROWS","range":"Operaciones!C1:C104","values":[["TAG_SPOOL"],["TEST-01"],["TEST-02"],["TEST-03"]]}`},
		{"good again", sheetsim.Fault{Op: "write", Times: -1}, `{"majorDimension":"ROWS","range":"Operaciones!C1:C104","values":[["TAG_SPOOL"],["TEST-99"],["TEST-02"],["TEST-03"]]}`},
	} {
		s.Fail(c.fault)
		if a := do(t, s, "GET", "values/Operaciones!C:C", ""); a.body != c.want {
			t.Errorf("%s: %s, want %s", c.name, a.body, c.want)
		}
	}
}

// passes lets the time of the bubble go by, and all that is due then happen.
func passes(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestQuotaIsAFixedMinutePerUserAndKind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sheetsim.New(sheetsim.Options{WriteQuota: 2}, sheetsim.SmallWorkbook())
		defer s.Close()
		passes(50 * time.Second)
		for i, want := range []int{200, 200, 429} {
			if a := later(t, s, "x", time.Second); a.status != want {
				t.Errorf("write %d: %d, want %d", i+1, a.status, want)
			} else if want == 429 && (a.header.Get("Retry-After") != "" || !strings.Contains(a.body, `"quota_limit":"WriteRequestsPerMinutePerUser"`) || !strings.Contains(a.body, "window_start_time")) {
				t.Errorf("429 = %v %s, want Google's body and no Retry-After", a.header, a.body)
			}
		}
		if a := do(t, s, "GET", "values/Operaciones!A1", ""); a.status != 200 {
			t.Errorf("a read: %d, want 200: the buckets are separate", a.status)
		}
		passes(10 * time.Second) // the next minute begins
		if a := later(t, s, "x", time.Second); a.status != 200 {
			t.Errorf("in the next window: %d, want 200", a.status)
		}
		calls := s.Calls()
		if n := len(calls); n != 5 || calls[2].Status != 429 || calls[3].Kind != "read" || calls[0].Name != "spreadsheets.batchUpdate" {
			t.Errorf("calls = %+v", calls)
		}
	})
}
