package occupationtest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Records is occupation.Records in memory: rows, an audit log and stamps, with
// people who move rows and a line that breaks, as told.
type Records struct {
	mu     sync.Mutex
	rows   []occupation.Spool
	audit  []occupation.AuditRow
	stamps map[int32]stamp
	late   []occupation.Commit
	faults map[string][]RecordFault
	calls  map[string]int

	stateless bool // the sheet has no Estado_Ocupacion
}

var _ occupation.Records = (*Records)(nil)

// stamp says what landed under a stamp id; an empty commit is a burned one.
type stamp struct {
	commit  string
	receipt occupation.Receipt
}

// RecordFault is what happens to one call of a method.
type RecordFault struct {
	Err     error // what the call answers; nil = as if nothing had happened
	Applied bool  // Commit: it lands all the same
	Late    bool  // Commit: it lands when LandLate is called, unless it cannot any more
	Moved   bool  // Commit: people turn the order of the rows round just before it lands
	Owed    bool  // Commit: it lands, but no audit row can be written
}

// NewRecords returns a sheet with the spools as its rows, in order, under one
// row of headers. Their Row is set.
func NewRecords(spools ...occupation.Spool) *Records {
	r := &Records{stamps: map[int32]stamp{}, faults: map[string][]RecordFault{}, calls: map[string]int{}}
	r.rows = slices.Clone(spools)
	return r
}

// Fail makes the next call of the method (by its name, "Commit") go wrong.
// Several faults of a method come in turn.
func (r *Records) Fail(method string, f RecordFault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults[method] = append(r.faults[method], f)
}

// Calls says how often a method was called.
func (r *Records) Calls(method string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[method]
}

// Audit returns the rows of the audit log, oldest first.
func (r *Records) Audit() []occupation.AuditRow {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.audit)
}

// Edit lets a person change every row of the TAG.
func (r *Records) Edit(tag string, edit func(*occupation.Spool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.rows {
		if occupation.TagKey(r.rows[i].Tag) == occupation.TagKey(tag) {
			edit(&r.rows[i])
		}
	}
}

// DropState lets a person delete the column Estado_Ocupacion, with what it holds.
// What is written there from now on is left out.
func (r *Records) DropState() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stateless = true
	for i := range r.rows {
		r.rows[i].State = ""
	}
}

// Add lets a person add a row at the end.
func (r *Records) Add(s occupation.Spool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, s)
}

// Move lets people turn the order of the rows round.
func (r *Records) Move() {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Reverse(r.rows)
}

// Rearrange lets a person do anything to the rows: sort them, delete some, insert
// others.
func (r *Records) Rearrange(do func([]occupation.Spool) []occupation.Spool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = do(slices.Clone(r.rows))
}

// LandLate lets the commits land whose line was cut with Late, and says how
// many did.
func (r *Records) LandLate() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	landed := 0
	for _, c := range r.late {
		if _, err := r.land(c, RecordFault{}); err == nil {
			landed++
		}
	}
	r.late = nil
	return landed
}

// call counts a call and returns the fault that waits for it. The caller holds
// the lock.
func (r *Records) call(method string) RecordFault {
	r.calls[method]++
	var f RecordFault
	if waiting := r.faults[method]; len(waiting) > 0 {
		f, r.faults[method] = waiting[0], waiting[1:]
	}
	return f
}

// Disown implements occupation.Records. There is nothing to forget.
func (r *Records) Disown(...string) {}

// Book implements occupation.Records. It is always fresh.
func (r *Records) Book(ctx context.Context, _ time.Duration) (*occupation.Book, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.call("Book"); f.Err != nil {
		return nil, f.Err
	}
	return r.book(), nil
}

func (r *Records) book() *occupation.Book {
	spools := slices.Clone(r.rows)
	for i := range spools {
		spools[i].Row = i + 2
		spools[i].Faults = slices.Clone(spools[i].Faults)
	}
	return occupation.NewBook(time.Now(), spools)
}

// Ledger implements occupation.Records.
func (r *Records) Ledger(ctx context.Context) (occupation.Ledger, error) {
	if err := ctx.Err(); err != nil {
		return occupation.Ledger{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.call("Ledger"); f.Err != nil {
		return occupation.Ledger{}, f.Err
	}
	return occupation.NewLedger(r.audit), nil
}

// Log implements occupation.Records.
func (r *Records) Log(ctx context.Context, q occupation.LogQuery) (rows []occupation.AuditRow, more bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.call("Log"); f.Err != nil {
		return nil, false, f.Err
	}
	for _, row := range slices.Backward(r.audit) {
		if q.Wants(row) {
			rows = append(rows, row)
		}
	}
	occupation.NewestFirst(rows)
	if more = len(rows) > q.Most(); more {
		rows = rows[:q.Most()]
	}
	return rows, more, nil
}

// Rewrite lets a person do anything to the rows of the audit log.
func (r *Records) Rewrite(do func([]occupation.AuditRow) []occupation.AuditRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.audit = do(slices.Clone(r.audit))
}
