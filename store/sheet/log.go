package sheet

import (
	"context"
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

// tail reads the last rows of the audit log: which rows there are by the column
// of the TAG, which every event has, then those rows. cols says where the
// columns stand; those of want must be there. A log that is not there has no
// rows.
func (s *Sheet) tail(ctx context.Context, want ...occupation.Column) (rows [][]any, cols map[occupation.Column]int, err error) {
	snap, err := s.read(ctx, time.Minute)
	if err != nil {
		return nil, nil, err
	}
	if cols = snap.log.cols; snap.log.title == "" {
		return nil, nil, nil
	}
	last := 0
	for _, c := range want {
		if _, ok := cols[c]; !ok {
			return nil, nil, &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Column: c}
		}
	}
	for _, col := range cols {
		last = max(last, col)
	}
	key := cols[want[0]]
	first, _, err := s.values(ctx, "COLUMNS", a1(snap.log.title, key, key, 0, 0))
	if err != nil {
		if outcomeOf(err, time.Now()).code == http.StatusBadRequest {
			s.forgetTabs()
		}
		return nil, nil, unavailable(err)
	}
	end := 0
	if len(first[0]) > 0 {
		end = len(first[0][0])
	}
	if end < 2 {
		return nil, cols, nil
	}
	answer, _, err := s.values(ctx, "ROWS", a1(snap.log.title, 0, last, max(2, end-logTail+1), end))
	if err != nil {
		return nil, nil, unavailable(err)
	}
	return answer[0], cols, nil
}

// Ledger implements occupation.Records: two reads. Rows of others, and rows
// whose Metadata_JSON says nothing, are passed over.
func (s *Sheet) Ledger(ctx context.Context) (occupation.Ledger, error) {
	rows, cols, err := s.tail(ctx, "TAG_SPOOL", "Evento_Tipo", "Metadata_JSON")
	if err != nil {
		return occupation.NewLedger(nil), err
	}
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
	return occupation.NewLedger(out), nil
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
