package sheet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// logTail is how many rows at the end of the audit log are looked at.
const logTail = 3000

// logFault says why rows alone cannot be delivered to the audit log now; nil =
// they may be tried.
func (s *Sheet) logFault(n *snapshot, now time.Time) *occupation.Error {
	if n.log.err != nil {
		return n.log.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.logBroken.IsZero() && now.Before(s.logTry) {
		return missingTab(tabLog)
	}
	return nil
}

// logWorks reports whether a commit of cells takes its audit rows along. After
// a refused append they stay out until rows alone have landed.
func (s *Sheet) logWorks(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logBroken.IsZero() || now.Sub(s.logBroken) > logBelieved
}

func (s *Sheet) logRefused(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logBroken, s.logTry = now, now.Add(logTryEvery)
}

func (s *Sheet) logHealed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logBroken = time.Time{}
}

// tail reads the last rows of the audit log, as tailOf. cols says where the columns
// stand; those of want must be there. A log that is not there has no rows.
func (s *Sheet) tail(ctx context.Context, want ...occupation.Column) (rows [][]any, cols map[occupation.Column]int, err error) {
	maxAge := time.Minute
	for range 3 {
		snap, err := s.read(ctx, maxAge)
		if err != nil {
			return nil, nil, err
		}
		if cols = snap.log.cols; snap.log.title == "" {
			return nil, nil, nil
		}
		for _, c := range want {
			if _, ok := cols[c]; !ok {
				return nil, nil, &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Column: c}
			}
		}
		rows, err := s.tailOf(ctx, snap.log.title, cols, cols[want[0]], logTail)
		if err == nil {
			return rows, cols, nil
		}
		if !errors.Is(err, errRestless) {
			return nil, nil, unavailable(err)
		}
		maxAge = 0
	}
	return nil, nil, unavailable(errRestless)
}

// tailOf reads the last rows of a tab, at most so many: which rows there are by the
// column of the key, which every event has, then those rows. When other keys stand there
// by then the rows have moved, and the last are not those that were read: errRestless.
func (s *Sheet) tailOf(ctx context.Context, title string, cols map[occupation.Column]int, key, most int) ([][]any, error) {
	read := func(major, a1 string) ([][]any, error) {
		answer, _, err := s.values(ctx, major, a1)
		if err == nil {
			return answer[0], nil
		}
		if outcomeOf(err, time.Now()).code == http.StatusBadRequest {
			s.forgetTabs()
			return nil, errRestless
		}
		return nil, err
	}
	keys, err := read("COLUMNS", a1(title, key, key, 0, 0))
	if err != nil || len(keys) == 0 || len(keys[0]) < 2 {
		return nil, err
	}
	end := len(keys[0])
	first := max(2, end-most+1)
	rows, err := read("ROWS", a1(title, 0, slices.Max(columnsOf(cols)), first, end))
	for i, was := range keys[0][first-1:] {
		if err == nil && (i >= len(rows) || !same(at(rows[i], key), was)) {
			err = errRestless
		}
	}
	return rows, err
}

// Ledger implements occupation.Records: two reads and, where the log is shorter than the
// tail, one at most that asks for tabs of years, and three of the newest. Rows of others,
// and rows whose Metadata_JSON says nothing, are passed over.
func (s *Sheet) Ledger(ctx context.Context) (occupation.Ledger, error) {
	want := []occupation.Column{"TAG_SPOOL", "Evento_Tipo", "Metadata_JSON"}
	rows, cols, err := s.tail(ctx, want...)
	if err != nil {
		return occupation.NewLedger(nil), err
	}
	out := ledgerRows(rows, cols)
	if len(rows) < logTail {
		older, cols, err := s.olderTail(ctx, logTail-len(rows), want...)
		if err != nil {
			return occupation.NewLedger(nil), err
		}
		out = append(ledgerRows(older, cols), out...)
	}
	return occupation.NewLedger(out), nil
}

func ledgerRows(rows [][]any, cols map[occupation.Column]int) []occupation.AuditRow {
	text := func(row []any, c occupation.Column) string {
		if col, ok := cols[c]; ok {
			return cellText(at(row, col))
		}
		return ""
	}
	out := make([]occupation.AuditRow, len(rows))
	for i, row := range rows {
		id, _ := cellInt(text(row, "Worker_ID")) // 0 = nobody that could be named
		out[i] = occupation.AuditRow{
			Kind: occupation.Kind(text(row, "Evento_Tipo")), Tag: text(row, "TAG_SPOOL"),
			WorkerID: id, WorkerName: text(row, "Worker_Nombre"),
			Operation: occupation.Operation(text(row, "Operacion")), JSON: text(row, "Metadata_JSON"),
		}
	}
	return out
}

// inLog reports whether the audit log has an event of the commit.
func (s *Sheet) inLog(ctx context.Context, c occupation.Commit) (bool, error) {
	rows, cols, err := s.tail(ctx, "ID")
	if err != nil {
		return false, err
	}
	events := c.Events()
	for _, row := range rows {
		if slices.Contains(events, cellText(at(row, cols["ID"]))) {
			return true, nil
		}
	}
	return false, nil
}

// errTooSoon: Google may work on a write for 180 s; until that is over an
// absent row proves nothing.
var errTooSoon = fmt.Errorf("sheet: not in the log yet; it counts as absent only %v after sending", absentAfter)
