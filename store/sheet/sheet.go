// Package sheet is the record of occupations in a Google spreadsheet: the
// adapter of occupation.Records and occupation.Directory over Sheets v4.
//
// It finds columns by their headers and rows by their TAG on every read, keeps
// one snapshot that all readers share, and turns each commit into exactly one
// spreadsheets.batchUpdate under a stamp that can land only once. It verifies
// which rows were hit and says how to put right what people moved meanwhile.
//
// It imports the core and Google's client, never the lock store or Slack. It
// does not log, it repeats no write by itself, it never writes a formula and
// never a column that it did not find by name; only an archive moves rows whole,
// with what others have written in them. Sheets has no precondition against
// people, so a wrong row is repaired, not prevented.
package sheet

import (
	"context"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/sheets/v4"
)

// The tabs, by their titles. Case, accents and spaces do not matter.
const (
	tabSpools  = "Operaciones"
	tabLog     = "Metadata"
	tabWorkers = "Trabajadores"
	tabRoles   = "Roles"
)

// Options of a Sheet.
type Options struct {
	SpreadsheetID string         // the id alone, not the link
	Zone          *time.Location // the shop's; dates in the sheet are its wall clock
	ReadQuota     int            // reads in any minute; 0 = 55 of Google's 60
	Busy, Idle    time.Duration  // pause between refreshes; 0 = 5 s and 30 s
	// Quota is asked before each write that no commit was bound for (the probe of
	// the guard, a burn, a link); nil = those are free.
	Quota func(context.Context) error
}

// Sheet is one spreadsheet. Its methods are safe for use by many goroutines.
// Open must have succeeded once before commits are sent; until Run is running
// reads happen only when somebody asks.
type Sheet struct {
	service *sheets.Service
	opt     Options
	id      string
	limit   *limiter
	poke    chan struct{} // wakes Run

	life    context.Context // of the reads, which outlast those who ask for them
	endLife context.CancelFunc
	flights sync.WaitGroup

	mu            sync.Mutex
	layout        layout // what the next read asks for
	snap          *snapshot
	current, next *flight
	shrunk        shrinkage
	marks         map[string]mark // never changed in place
	links         map[int]linkMark
	used          []*snapshot // those that plans were made from, newest last
	busyUntil     time.Time

	guard     bool           // the spreadsheet refuses a stamp that exists
	stamps    []stampSeen    // oldest first
	doubts    map[int32]bool // stamps of commits that may have landed unseen
	missed    map[string][]landing
	logBroken time.Time // since when an append was refused; zero = it works
	logTry    time.Time // when rows alone may be tried again
}

var (
	_ occupation.Records   = (*Sheet)(nil)
	_ occupation.Directory = (*Sheet)(nil)
)

// New returns a Sheet over Google's client. It makes no call and starts
// nothing.
func New(service *sheets.Service, o Options) *Sheet {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.ReadQuota == 0 {
		o.ReadQuota = 55
	}
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	if o.Idle == 0 {
		o.Idle = 30 * time.Second
	}
	if o.Quota == nil {
		o.Quota = func(context.Context) error { return nil }
	}
	s := &Sheet{
		service: service, opt: o, id: o.SpreadsheetID, limit: newLimiter(o.ReadQuota), poke: make(chan struct{}, 1),
		marks: map[string]mark{}, links: map[int]linkMark{}, doubts: map[int32]bool{}, missed: map[string][]landing{},
	}
	s.life, s.endLife = context.WithCancel(context.Background())
	return s
}

// Close ends the reads that are under way and waits for them. Nothing may be
// asked of the sheet any more.
func (s *Sheet) Close() {
	s.endLife()
	s.flights.Wait()
}
