package occupation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

var (
	errDead = errors.New("the process is dead")
	errAway = errors.New("out of service")
)

// line is all that one process says to the world and hears from it. Every call of
// its ports goes through it, takes its time, and may go wrong; the time is a
// random number made of the seed, so that hardly two things happen at the same
// moment and a replay finds them in the same order.
type line struct {
	w     *world
	name  string
	slot  int
	alive context.Context // until the process is killed or has ended
	end   context.CancelFunc

	// Under the world's lock:
	dead    bool
	frozen  time.Time // until then the process stands still
	stood   time.Time // when it began to, last
	slow    time.Time // until then every call takes seconds
	calls   int
	strikes []strike
	claims  []occupation.Unfinished // claimed, in answers that did not arrive
	book    *occupation.Book        // as last read; nil after a write of one's own
	fence   int64                   // the highest that it was given
	bound   map[string]int          // by commit: writes of the quota that are not used yet
}

// strike is a mishap that waits for a call of the line.
type strike struct {
	verb    verb
	method  string // of the call; empty = any
	in      int    // so many calls later
	applied bool   // the call is done first
	refused occupation.Refused
	lasts   time.Duration
}

// call is one call on its way.
type call struct {
	method      string
	strike      strike
	there, back time.Duration
	stray       bool // it is done although the caller gave up while it was on its way
}

// through carries a call to its port and back. Whoever gives up on the way, or
// whose answer is lost, does not know whether it was done.
func through[T any](ctx context.Context, l *line, method string, do func() (T, error)) (T, error) {
	var none T
	c, err := l.begin(method)
	if err != nil {
		return none, err
	}
	if err := l.travel(ctx, c.there); err != nil {
		if c.stray {
			_, _ = effect(l, c, do)
		}
		return none, err
	}
	switch s := c.strike; {
	case s.verb == late:
		l.w.struck(late, c.method)
		l.w.later(s.lasts, func() { _, _ = effect(l, c, do) })
		return none, errLine
	case s.verb == kill && !s.applied:
		l.die(c)
	case s.verb == stall && !s.applied:
		l.stand(c)
	case s.verb == busy, s.verb == bad, s.verb == missed:
		l.w.struck(s.verb, c.method)
		refused := s.refused
		return none, &refused
	case s.verb == cut && !s.applied:
		l.w.struck(s.verb, "before "+c.method)
		return none, errLine
	}
	if err := l.thaw(); err != nil {
		return none, err
	}
	// A woken process sends what it had begun to send, but for the lock store: that
	// connection has the caller's deadline itself.
	if end, ok := ctx.Deadline(); ok && onLocks(c.method) && !time.Now().Before(end) {
		return none, context.DeadlineExceeded
	}
	out, err := effect(l, c, do)
	switch s := c.strike; {
	case s.verb == kill && s.applied:
		l.die(c)
	case s.verb == stall && s.applied:
		l.stand(c)
	case s.verb == cut:
		l.w.struck(s.verb, "after "+c.method)
		return none, errLine
	}
	if err := l.travel(ctx, c.back); err != nil {
		return none, err
	}
	return out, err
}

// begin counts the call and finds the strike that waits for it.
func (l *line) begin(method string) (call, error) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	if l.dead {
		return call{}, errDead
	}
	l.calls++
	for i := range l.strikes {
		l.strikes[i].in--
	}
	c := call{method: method}
	if i := slices.IndexFunc(l.strikes, func(s strike) bool { return s.in < 0 && (s.method == "" || s.method == method) }); i >= 0 {
		c.strike = l.strikes[i]
		l.strikes = slices.Delete(l.strikes, i, i+1)
	}
	luck := func(n uint64) uint64 {
		return mix(l.w.seed, uint64(l.slot), uint64(l.w.born[l.slot]), uint64(l.calls), n)
	}
	from, to := 200*time.Microsecond, 4*time.Millisecond
	switch method {
	case "Commit", "Resolve":
		from, to = 150*time.Millisecond, 1500*time.Millisecond
	case "Book", "Ledger":
		from, to = 100*time.Millisecond, 600*time.Millisecond
	case "Prepare":
		from, to = time.Millisecond, 250*time.Millisecond
	}
	if time.Now().Before(l.slow) {
		to += time.Duration(luck(3) % uint64(9*time.Second))
	}
	took := from + time.Duration(luck(1)%uint64(to-from))
	c.there = time.Duration(luck(2) % uint64(took))
	c.back, c.stray = took-c.there, luck(4)%2 == 0
	return c, nil
}

// travel takes its time, and ends with the caller's patience; while the process
// is frozen it notices nothing.
func (l *line) travel(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return l.thaw()
	case <-ctx.Done():
		if err := l.thaw(); err != nil {
			return err
		}
		return ctx.Err()
	}
}

// thaw waits until the process is no longer frozen.
func (l *line) thaw() error {
	for {
		l.w.mu.Lock()
		left, dead := time.Until(l.frozen), l.dead
		l.w.mu.Unlock()
		switch {
		case dead:
			return errDead
		case left <= 0:
			return nil
		}
		<-time.After(left)
	}
}

// effect does what was asked, at one moment, unless it cannot.
func effect[T any](l *line, c call, do func() (T, error)) (T, error) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	out, err := l.w.served(c, func() (any, error) { return do() })
	l.w.note("%s %s: %v", l.name, c.method, err)
	if err != nil {
		var none T
		return none, err
	}
	return out.(T), nil
}

// die is the end of the process: from here on nothing of it gets through.
func (l *line) die(c call) {
	l.w.mu.Lock()
	if l.dead {
		l.w.mu.Unlock()
		return
	}
	l.dead = true
	l.w.deaths++
	l.w.tally.point(kill, c)
	l.w.note("%s is killed, %v applied %v", l.name, c.method, c.strike.applied)
	if r := l.w.slots[l.slot]; r != nil && r.line == l {
		l.w.slots[l.slot] = nil
	}
	l.w.mu.Unlock()
	l.end()
	l.w.later(c.strike.lasts, func() { l.w.open(l.slot) })
}

// stand lets the process stand still, the heartbeat included.
func (l *line) stand(c call) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	l.frozen, l.stood = time.Now().Add(c.strike.lasts), time.Now()
	l.w.tally.point(stall, c)
	l.w.note("%s is frozen for %v, %v applied %v", l.name, c.strike.lasts, c.method, c.strike.applied)
}

func onLocks(method string) bool {
	switch method {
	case "Book", "Prepare", "Commit", "Resolve", "Ledger", "Worker", "BySlack":
		return false
	default:
		return true
	}
}

// served is the work of a call under the world's lock, and what hinders it for
// everybody: stores that are away.
func (w *world) served(c call, do func() (any, error)) (any, error) {
	now := time.Now()
	switch c.method {
	case "Book", "Prepare", "Commit", "Resolve", "Ledger":
		if now.Before(w.sheetAway) {
			w.tally.fault(away, c.method)
			if c.method == "Commit" && c.stray {
				_, _ = do()
			}
			return nil, errAway
		}
	case "Worker", "BySlack":
		if now.Before(w.blind) {
			w.tally.fault(blind, c.method)
			return nil, errAway
		}
	default:
		if now.Before(w.locksDown) {
			w.tally.fault(down, c.method)
			return nil, errAway
		}
	}
	if c.method == "Commit" {
		switch {
		case now.Before(w.mute):
			w.tally.fault(mute, c.method)
			w.records.Fail("Commit", occupationtest.RecordFault{Owed: true})
		case c.strike.verb == moved:
			w.tally.fault(moved, c.method)
			w.records.Fail("Commit", occupationtest.RecordFault{Moved: true})
		}
	}
	return do()
}

// later does something after a while, whoever lives by then. The world waits for
// it before it looks whether all is quiet.
func (w *world) later(d time.Duration, do func()) {
	w.mu.Lock()
	w.pending++
	w.mu.Unlock()
	w.tasks.Go(func() {
		<-time.After(d)
		do()
		w.mu.Lock()
		w.pending--
		w.mu.Unlock()
	})
}

func (w *world) struck(v verb, where string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally.fault(v, where)
	w.note("%s %s", v, where)
}

// note writes down what happens, when somebody wants to read it.
func (w *world) note(format string, args ...any) {
	if w.tracing {
		w.trace = append(w.trace, fmt.Sprintf("%v ", time.Since(w.began).Round(time.Millisecond))+fmt.Sprintf(format, args...))
	}
}
