package sheet

import (
	"context"
	"errors"
	"sync"
	"time"
)

// limiter keeps reads within a quota: at most limit in any minute, which holds
// for Google's fixed minutes too, wherever they begin.
type limiter struct {
	limit int

	mu      sync.Mutex
	taken   []time.Time // of the last minute, oldest first
	blocked time.Time   // Google said 429: nothing before this
}

var errQuota = errors.New("sheet: no read is free in time")

func newLimiter(limit int) *limiter { return &limiter{limit: limit} }

// take waits for a free read. When that would outlast ctx it fails at once.
func (l *limiter) take(ctx context.Context) error {
	for {
		wait := l.try(time.Now())
		if wait <= 0 {
			return nil
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
			return errQuota
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// try takes a read, or says how long none is free.
func (l *limiter) try(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(now)
	if now.Before(l.blocked) {
		return l.blocked.Sub(now)
	}
	if len(l.taken) >= l.limit {
		return time.Minute - now.Sub(l.taken[0])
	}
	l.taken = append(l.taken, now)
	return 0
}

// room reports whether a quarter of the reads is left for people, so that a
// refresh in the background may take one.
func (l *limiter) room() bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(now)
	return !now.Before(l.blocked) && 4*len(l.taken) < 3*l.limit
}

// spare waits until a quarter of the reads is left, for what can wait: whoever
// reads histories must not keep others from taking spools.
func (l *limiter) spare(ctx context.Context) error {
	for !l.room() {
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
	return nil
}

// block stops all reads for a while.
func (l *limiter) block(d time.Duration) {
	until := time.Now().Add(d)
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.blocked) {
		l.blocked = until
	}
}

func (l *limiter) forget(now time.Time) {
	for len(l.taken) > 0 && now.Sub(l.taken[0]) >= time.Minute {
		l.taken = l.taken[1:]
	}
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
