// Package sheetsim is a Google Sheets v4 API emulator in the manner of net/http/httptest, with a person at the keyboard: for
// tests, `spoolbot demo` and `spoolbot bench`, never for `serve`.
//
// It speaks Google's protocol and imports nothing of ours, so that it cannot agree with our mistakes, and it decodes into types
// of its own, stricter than the client's. It is strict: what the real API refuses is refused with Google's code, status and
// prefix, and what only a faulty client can cause is noted in Complaints. Each behaviour names its source: a section of the
// project's notes on the API (SHEETS.md) and a mark: [D] Google's text, [L] a dated live check, [V] recorded traffic, [I] an
// issue report, [R] run by us, [U] unverified. It can be slow, run out of quota and fail in every way of Fault, and people
// change the sheet by Edit, also between a client's read and its write.
//
// It computes no formulas, keeps of a format only the number format, and knows only the requests of kinds and the methods of
// route; others are refused as unknown.
package sheetsim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options of a Server. The zero value is fast, has Google's quota and lets every token in.
type Options struct {
	Latency               time.Duration    // of a round trip: half of it passes before applying, half after
	ReadQuota, WriteQuota int              // calls per minute and user; 0 is 60, negative is unlimited
	Token                 string           // the bearer token; "" lets everything in
	TimeZone              string           // of the spreadsheet; "" is the workbook's
	Spanish               bool             // the sentences of errors are Spanish, as on an es_CL sheet
	Now                   func() time.Time // nil is time.Now
}

// Call is one API call as the emulator saw it.
type Call struct {
	Method string    `json:"method"` // of HTTP
	Path   string    `json:"path"`
	Name   string    `json:"name"` // of the API, such as values.batchGet
	Kind   string    `json:"kind"` // read or write, as the quota counts
	Status int       `json:"status"`
	At     time.Time `json:"at"`
	MS     int64     `json:"ms"`
	Bytes  int       `json:"bytes"` // of the answer
	Sent   int       `json:"sent"`  // bytes of the request's body
}

const (
	keepCalls      = 50_000 // older ones are forgotten
	keepComplaints = 1_000  // later ones are dropped
)

// Server holds one spreadsheet. All its methods are safe for concurrent use. In a testing/synctest bubble call New inside it; the
// Workbook may come from outside.
type Server struct {
	opt   Options
	id    string
	quota quota
	sim   http.Handler
	done  chan struct{}
	wg    sync.WaitGroup

	mu          sync.Mutex
	closed      bool
	http        *http.Server
	url         string
	book, stale *Workbook // immutable; stale is the one before the last change
	version     int64
	calls       []Call
	complaints  []string
	faults      []Fault
	pending     []Edit
	subscribers map[chan Change]bool
}

// New is a server without goroutine and socket. ServeHTTP and Client work at once.
func New(o Options, w *Workbook) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	book := *w
	if o.TimeZone != "" {
		book.TimeZone = o.TimeZone
	}
	s := &Server{
		opt: o, id: "1sheetsim-emulated-spreadsheet-000000000000", book: &book, stale: &book,
		done: make(chan struct{}), subscribers: map[chan Change]bool{},
	}
	s.sim = s.control()
	return s
}

// Start listens on a free port of the loopback interface.
func (s *Server) Start() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("sheetsim: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.http != nil {
		return errors.Join(errors.New("sheetsim: started before"), l.Close())
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.url = "http://" + l.Addr().String() + "/"
	s.wg.Go(func() { _ = s.http.Serve(l) }) // always ErrServerClosed or the listener's end
	return nil
}

// URL is the endpoint, "" before Start: http://127.0.0.1:PORT/ with the slash that option.WithEndpoint needs.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// SpreadsheetID is the id of the one spreadsheet; every other is a 404.
func (s *Server) SpreadsheetID() string { return s.id }

// Close cuts all lines and waits for what is under way; a late write that has not landed yet never does.
func (s *Server) Close() {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	server := s.http
	s.mu.Unlock()
	if first {
		close(s.done)
		if server != nil {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			_ = server.Shutdown(ctx) // handlers end with done; a line that does not is cut
			_ = server.Close()
			cancel()
		}
	}
	s.wg.Wait()
}

// hold runs f in a goroutine that Close waits for; false after Close.
func (s *Server) hold(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Go(f)
	return true
}

// ServeHTTP is the API under /v4/ and the control doors under /sim/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/sim/") {
		s.sim.ServeHTTP(w, r)
		return
	}
	s.serveAPI(w, r)
}

// snapshot is the workbook now. It never changes.
func (s *Server) snapshot() (*Workbook, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book, s.version
}

// commit applies one change atomically, publishes it, or leaves everything as it was. The caller holds s.mu.
func (s *Server) commit(who string, change func(*tx) error) error {
	x := begin(s.book)
	x.person = who == person
	x.acceptDuplicateIDs = slices.ContainsFunc(s.faults, func(f Fault) bool { return f.NoStampGuard })
	x.acceptNoMatch = slices.ContainsFunc(s.faults, func(f Fault) bool { return f.AcceptNoMatch })
	if err := change(x); err != nil {
		return err
	}
	next := x.Workbook
	s.stale, s.book = s.book, &next
	s.version++
	s.publish(who)
	return nil
}

// Cell is a cell as a person sees it, such as Cell("Operaciones!C7"); an unknown one is "".
func (s *Server) Cell(ref string) string { return text(s.Value(ref)) }

// Value is the typed cell; an unknown one is blank.
func (s *Server) Value(ref string) Cell {
	book, _ := s.snapshot()
	r, err := book.parseA1(ref)
	if err != nil {
		return Cell{}
	}
	return r.tab.cell(r.r0, r.c0)
}

// Rows are the rows of a tab as a person sees them, header first, without trailing blanks; nil for an unknown tab.
func (s *Server) Rows(title string) [][]string {
	book, _ := s.snapshot()
	t := book.byTitle(title)
	if t == nil {
		return nil
	}
	return t.texts(0, t.lastRow())
}

func (t *tab) texts(from, to int) [][]string {
	out := make([][]string, 0, max(to-from, 0))
	for r := from; r < to; r++ {
		line := make([]string, t.width(r))
		for c := range line {
			line[c] = text(t.cell(r, c))
		}
		out = append(out, line)
	}
	return out
}

// Calls are the API calls so far, in the order of their ends.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Complaints are requests that only a faulty client sends.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.complaints)
}

func (s *Server) complain(c Call, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.complaints) < keepComplaints {
		s.complaints = append(s.complaints, fmt.Sprintf("%s %s: %v", c.Method, c.Path, err))
	}
}

func (s *Server) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= keepCalls {
		s.calls = slices.Delete(s.calls, 0, keepCalls/2)
	}
	s.calls = append(s.calls, c)
}
