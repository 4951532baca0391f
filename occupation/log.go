package occupation

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// LogQuery says which rows of the audit log are wanted; what is zero does not
// matter.
type LogQuery struct {
	Tag    string    // of this spool, however it is spelled
	Worker int       // of what this worker did, and of what was done with what they had
	From   time.Time // at or after it; rows whose time cannot be read are left out
	To     time.Time // before it; as From
	Limit  int       // the newest so many; 0 = MaxLog
}

// MaxLog is how many rows of the audit log one answer has at most.
const MaxLog = 20_000

// Most is how many rows the query wants at most.
func (q LogQuery) Most() int {
	if q.Limit <= 0 {
		return MaxLog
	}
	return min(q.Limit, MaxLog)
}

// Wants reports whether the row is one of those that are asked for.
func (q LogQuery) Wants(row AuditRow) bool {
	return q.InTime(row.At) && q.OfTag(row.Tag) && (q.Worker == 0 || row.Concerns(q.Worker))
}

// InTime reports whether a row of that time may be wanted.
func (q LogQuery) InTime(at time.Time) bool {
	switch {
	case at.IsZero():
		return q.From.IsZero() && q.To.IsZero()
	case at.Before(q.From):
		return false
	default:
		return q.To.IsZero() || at.Before(q.To)
	}
}

// OfTag reports whether a row of that spool may be wanted.
func (q LogQuery) OfTag(tag string) bool { return q.Tag == "" || TagKey(tag) == TagKey(q.Tag) }

// Detail is what the row's JSON says; zero where that says nothing.
func (r AuditRow) Detail() AuditDetail {
	var d AuditDetail
	if json.Unmarshal([]byte(r.JSON), &d) != nil {
		return AuditDetail{}
	}
	return d
}

// Concerns reports whether the worker did it, had the spool, or arranged it.
func (r AuditRow) Concerns(worker int) bool {
	if r.WorkerID == worker {
		return true
	}
	d := r.Detail()
	return d.From == worker || d.By == worker
}

// Others reports whether an event of the kind may concern more workers than the
// one whom its row names.
func (k Kind) Others() bool { return k == Transfer || k == Release || k == Retain }

// NewestFirst sorts rows of the audit log by their time, and those of the same
// time by the number of their occupation. What has no time that can be read comes
// last.
func NewestFirst(rows []AuditRow) {
	fences := map[string]int64{} // by JSON: it is read once a row
	for _, r := range rows {
		if _, known := fences[r.JSON]; !known {
			fences[r.JSON] = r.Detail().Fence
		}
	}
	slices.SortStableFunc(rows, func(a, b AuditRow) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(fences[b.JSON], fences[a.JSON]))
	})
}
