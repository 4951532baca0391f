package httpapi

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The pace of one token, and of all together who come without a good one.
const (
	perSecond = 10
	burst     = 50
)

// limits keep each token to a pace. Tokens are few: nothing is ever dropped.
type limits struct {
	mu     sync.Mutex
	byName map[string]*rate.Limiter
}

// allow takes one request of the token of that name.
func (l *limits) allow(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName == nil {
		l.byName = map[string]*rate.Limiter{}
	}
	if l.byName[name] == nil {
		l.byName[name] = rate.NewLimiter(perSecond, burst)
	}
	return l.byName[name].AllowN(now, 1)
}

// stranger takes one request of whoever has no good token; no token's name is empty.
func (l *limits) stranger(now time.Time) bool { return l.allow("", now) }
