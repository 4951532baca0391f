package sheet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"
)

var santiago = func() *time.Location {
	l, err := time.LoadLocation("America/Santiago")
	if err != nil {
		panic(err)
	}
	return l
}()

var morning = time.Date(2026, 11, 23, 9, 30, 0, 0, santiago)

// shop is a Sheet over an emulated spreadsheet; every request is checked
// against the API's description.
type shop struct {
	*testing.T
	*sheet.Sheet
	sim  *sheetsim.Server
	line *line
	opt  sheet.Options
}

// line keeps what is sent, and can hold one sending back.
type line struct {
	next http.RoundTripper

	mu     sync.Mutex
	bodies []string // of batchUpdates
	hold   bool
	held   []*http.Request
	before func() // runs once before the next batchUpdate
}

// RoundTrip implements http.RoundTripper.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, ":batchUpdate") {
		return l.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	l.mu.Lock()
	l.bodies = append(l.bodies, string(body))
	before := l.before
	l.before = nil
	hold := l.hold
	if l.hold = false; hold {
		l.held = append(l.held, r.Clone(context.WithoutCancel(r.Context())))
		l.held[len(l.held)-1].Body = io.NopCloser(bytes.NewReader(body))
	}
	l.mu.Unlock()
	if before != nil {
		before()
	}
	if hold {
		return nil, io.EOF
	}
	return l.next.RoundTrip(r)
}

// late holds the next sending back, and gives the function that lets it arrive.
func (l *line) late() (arrive func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hold = true
	return func() {
		l.mu.Lock()
		held := l.held
		l.held = nil
		l.mu.Unlock()
		for _, r := range held {
			if resp, err := l.next.RoundTrip(r); err == nil {
				_ = resp.Body.Close()
			}
		}
	}
}

func (l *line) sent() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.bodies...)
}

// open serves the workbook and opens a Sheet over it.
func open(t *testing.T, sim sheetsim.Options, book *sheetsim.Workbook, o sheet.Options) *shop {
	t.Helper()
	s := unopened(t, sim, book, o)
	if _, err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func unopened(t *testing.T, sim sheetsim.Options, book *sheetsim.Workbook, o sheet.Options) *shop {
	t.Helper()
	server := sheetsim.New(sim, book)
	t.Cleanup(func() {
		server.Close()
		for _, c := range server.Complaints() {
			t.Errorf("complaint: %s", c)
		}
	})
	o.SpreadsheetID, o.Zone = server.SpreadsheetID(), santiago
	s := &shop{T: t, sim: server, opt: o, line: &line{next: newAPICheck(t, server.Client().Transport)}}
	s.Sheet = s.another()
	return s
}

// another is one more process at the same spreadsheet, not opened yet.
func (s *shop) another() *sheet.Sheet {
	s.Helper()
	service, err := sheets.NewService(s.Context(), option.WithHTTPClient(&http.Client{Transport: s.line}), option.WithEndpoint("http://sheets.test/"))
	if err != nil {
		s.Fatal(err)
	}
	return sheet.New(service, s.opt)
}

// shopBook is a workbook of the suite's spools.
func shopBook() *sheetsim.Workbook {
	var spools []map[string]any
	for _, sp := range occupationtest.Shop(santiago) {
		spools = append(spools, map[string]any{"TAG_SPOOL": sp.Tag, "NV": sp.NV, "Fecha_Materiales": sheetsim.DateCell(sp.Materials)})
	}
	return sheetsim.SmallWorkbook(spools...)
}

func TestSheetPassesTheSuite(t *testing.T) {
	t.Parallel()
	occupationtest.TestRecords(t, func(t *testing.T) occupationtest.RecordsHarness {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		return occupationtest.RecordsHarness{
			Records: s.Sheet, Zone: santiago, Audit: s.audit, Late: s.line.late,
			Cut: func(applied bool) {
				cut := sheetsim.CutBefore
				if applied {
					cut = sheetsim.CutAfter
				}
				s.sim.Fail(sheetsim.Fault{Op: "write", Cut: cut})
			},
			Move: func() { s.edit(sheetsim.Edit{Kind: "sort", Sheet: "Operaciones", Column: "TAG_SPOOL", Value: "desc"}) },
		}
	})
}

// audit lists the IDs in the log as a person sees it.
func (s *shop) audit() []string {
	var out []string
	for _, row := range s.sim.Rows("Metadata")[1:] {
		out = append(out, row[0])
	}
	return out
}

func (s *shop) edit(edits ...sheetsim.Edit) {
	s.Helper()
	if err := s.sim.Edit(edits...); err != nil {
		s.Fatal(err)
	}
}

var mauricio = occupation.Holder{ID: 93, Name: "Mauricio Rodríguez", Label: "MR(93)"}

// change is what the core makes of an accepted intent.
func change(kind occupation.Kind, event, tag string, fence int64) occupation.Change {
	at := morning.Add(time.Duration(fence) * time.Second)
	in := occupation.Intent{
		Event: event, Kind: kind, Key: occupation.TagKey(tag), Tag: tag, Operation: occupation.ARM, Worker: mauricio,
		Fence: fence, Since: at, Deadline: at.Add(time.Hour), At: at,
	}
	if kind == occupation.Complete {
		in.Date = occupation.Midnight(at)
	}
	return in.Change()
}

// prepare makes a commit of changes, all of which must be writable.
func (s *shop) prepare(id string, stamp int32, changes ...occupation.Change) occupation.Commit {
	s.Helper()
	draft, err := s.Prepare(s.Context(), changes)
	if err != nil {
		s.Fatal(err)
	}
	if len(draft.Refused) > 0 {
		s.Fatalf("refused: %v", draft.Refused)
	}
	return occupation.Commit{ID: id, Stamp: stamp, Changes: changes, Plan: draft.Plan, Sent: time.Now()}
}

// land commits and carries out what is left over; it returns the last receipt.
func (s *shop) land(c occupation.Commit) occupation.Receipt {
	s.Helper()
	receipt, err := s.Commit(s.Context(), c)
	for n := int32(1); err == nil && receipt.Remainder != nil; n++ {
		if n > 4 {
			s.Fatal("there is always a remainder")
		}
		var next occupation.Receipt
		next, err = s.Commit(s.Context(), occupation.Commit{ID: c.ID + "r", Stamp: c.Stamp + n, Changes: c.Changes, Plan: receipt.Remainder, Repair: true})
		if len(next.Owed) > 0 {
			s.Errorf("a repair owes the audit rows %v", next.Owed)
		}
		receipt.Remainder = next.Remainder
	}
	if err != nil {
		s.Fatal(err)
	}
	return receipt
}

func as[E error](t *testing.T, err error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Fatalf("error %v (%T), want %T", err, err, e)
	}
	return e
}
