package sheet

import (
	"context"
	"encoding/json"
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
	out := occupation.Ledger{Takes: map[string]occupation.Lock{}}
	rows, cols, err := s.tail(ctx, "TAG_SPOOL", "Evento_Tipo", "Metadata_JSON")
	if err != nil {
		return out, err
	}
	text := func(row []any, c occupation.Column) string {
		if col, ok := cols[c]; ok {
			return cellText(at(row, col))
		}
		return ""
	}
	ended := map[string]int64{} // people sort this tab too: the fence says what came first
	for _, row := range rows {
		var d occupation.AuditDetail
		if json.Unmarshal([]byte(text(row, "Metadata_JSON")), &d) != nil {
			d = occupation.AuditDetail{}
		}
		out.Fence = max(out.Fence, d.Fence)
		tag := text(row, "TAG_SPOOL")
		key := occupation.TagKey(tag)
		known, taken := out.Takes[key]
		switch occupation.Kind(text(row, "Evento_Tipo")) {
		case occupation.Take:
			id, ok := cellInt(text(row, "Worker_ID"))
			if key != "" && ok && d.Fence > max(known.Fence, ended[key]) {
				out.Takes[key] = occupation.Lock{
					Key: key, Tag: tag, Holder: occupation.Holder{ID: id, Name: text(row, "Worker_Nombre")},
					Operation: occupation.Operation(text(row, "Operacion")), Since: d.Since, Deadline: d.Deadline,
					Fence: d.Fence, State: occupation.Held,
				}
			}
		case occupation.Pause, occupation.Complete, occupation.Expire:
			ended[key] = max(ended[key], d.Fence)
			if taken && (d.Fence == 0 || d.Fence >= known.Fence) {
				delete(out.Takes, key)
			}
		}
	}
	return out, nil
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
