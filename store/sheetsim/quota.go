package sheetsim

import (
	"sync"
	"time"
)

// projectQuota is the limit of all users together. SHEETS.md 5 [D].
const projectQuota = 300

// quota counts calls in fixed minutes, reads and writes apart: per user (here: per token) and for the project.
// SHEETS.md 5 [D]: "refilled every minute", no daily limit.
type quota struct {
	mu     sync.Mutex
	window time.Time
	used   map[string]int
}

// take counts one call; false if the minute that started at window has none left. A negative limit is none.
func (q *quota) take(kind, user string, limit int, now time.Time) (window time.Time, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w := now.Truncate(time.Minute); q.used == nil || !w.Equal(q.window) {
		q.window, q.used = w, map[string]int{}
	}
	all, one := kind, kind+" of "+user
	if limit >= 0 && (q.used[one] >= limit || q.used[all] >= max(projectQuota, limit)) {
		return q.window, false
	}
	q.used[one]++
	q.used[all]++
	return q.window, true
}
