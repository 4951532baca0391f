package occupation

import (
	"encoding/json"
	"time"
)

// Ledger is what the audit log knows of fences and occupations.
type Ledger struct {
	Fence int64
	Takes map[string]Lock  // by spool key: the last occupation that is not ended in the log
	Ended map[string]int64 // by spool key: the highest fence of those that are
}

// Over reports whether the log knows that the occupation with this fence has ended.
func (l Ledger) Over(key string, fence int64) bool {
	return fence <= l.Ended[key] || fence < l.Takes[key].Fence
}

// NewLedger reads the rows of an audit log, oldest first as far as nobody has
// sorted them: fences say what came first. Rows whose JSON says nothing and rows
// of other kinds are passed over.
func NewLedger(rows []AuditRow) Ledger {
	ended := map[string]int64{}
	out := Ledger{Takes: map[string]Lock{}, Ended: ended}
	extended := map[int64]time.Time{} // by fence: the latest deadline
	for _, row := range rows {
		var d AuditDetail
		if json.Unmarshal([]byte(row.JSON), &d) != nil {
			d = AuditDetail{}
		}
		out.Fence = max(out.Fence, d.Fence)
		key := TagKey(row.Tag)
		known, taken := out.Takes[key]
		kind := row.Kind
		if kind == Revert { // the end of one, or the beginning of the next
			if kind = Take; d.Undoes == Take {
				kind = Pause
			}
		}
		switch kind {
		case Take, Transfer:
			if key != "" && row.WorkerID != 0 && d.Fence > max(known.Fence, ended[key]) {
				out.Takes[key] = Lock{
					Key: key, Tag: row.Tag, Holder: Holder{ID: row.WorkerID, Name: row.WorkerName},
					Operation: row.Operation, Since: d.Since, Deadline: d.Deadline, Fence: d.Fence, State: Held,
				}
			}
		case Extend:
			if d.Deadline.After(extended[d.Fence]) {
				extended[d.Fence] = d.Deadline
			}
		case Pause, Complete, Release, Expire, Retain, Lift:
			ended[key] = max(ended[key], d.Fence)
			if taken && (d.Fence == 0 || d.Fence >= known.Fence) {
				delete(out.Takes, key)
			}
		}
	}
	for key, l := range out.Takes {
		if until := extended[l.Fence]; until.After(l.Deadline) {
			l.Deadline = until
			out.Takes[key] = l
		}
	}
	return out
}
