package bot

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Tally is what all replicas have counted together.
type Tally interface {
	// Count adds to what is counted now.
	Count(ctx context.Context, counts map[string]int) error
	// Counted sums what was counted within over, in steps of five minutes; what is a
	// day old is forgotten.
	Counted(ctx context.Context, over time.Duration) (map[string]int, error)
}

// What is counted.
const (
	countTakes     = "takes" // spools that somebody asked for, and got or found occupied
	countConflicts = "conflicts"
	countExpiries  = "expiries"
	countRepairs   = "repairs"
	countLeft      = "unrepaired"
)

// pendingCounts are what this process has counted and not told the Tally yet: it is
// told every few seconds, so that nobody's answer waits for it.
type pendingCounts struct {
	mu     sync.Mutex
	counts map[string]int
	tags   []string // of repairs
}

func (p *pendingCounts) add(what string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts == nil {
		p.counts = map[string]int{}
	}
	p.counts[what] += n
}

// take takes what is pending.
func (p *pendingCounts) take() (counts map[string]int, tags []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	counts, tags = p.counts, p.tags
	p.counts, p.tags = nil, nil
	return counts, tags
}

// CountTake counts what became of a take, for the alerts: one by this bot, or by another door.
func (b *Bot) CountTake(kind occupation.Kind, code occupation.Code) {
	switch {
	case kind != occupation.Take:
	case code == "":
		b.pending.add(countTakes, 1)
	case code == occupation.SpoolOccupied:
		b.pending.add(countTakes, 1)
		b.pending.add(countConflicts, 1)
	}
}

const (
	repairsKey = "repaired" // the list of their spools in the Memory
	maxRepairs = 20         // spools that it keeps
)

// Repaired notes a repair of the sheet, done or not, of the spools with these TAGs,
// for the alert that tells of it. It returns at once.
func (b *Bot) Repaired(done bool, tags []string) {
	what := countRepairs
	if !done {
		what = countLeft
	}
	b.pending.add(what, 1)
	b.pending.mu.Lock()
	defer b.pending.mu.Unlock()
	b.pending.tags = append(b.pending.tags, tags...)
	b.pending.tags = b.pending.tags[max(0, len(b.pending.tags)-maxRepairs):]
}

// tellTally tells the Tally what is pending; what it does not take waits for the
// next time.
func (b *Bot) tellTally(ctx context.Context) {
	counts, tags := b.pending.take()
	if len(counts) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	if err := b.tally.Count(ctx, counts); err != nil {
		for what, n := range counts {
			b.pending.add(what, n)
		}
		logged(ctx, err, "not_counted")
	}
	for _, tag := range tags {
		logged(ctx, b.memory.Add(ctx, repairsKey, tag, maxRepairs, repairOver), "repair_not_noted")
	}
}

// LocalTally is a Tally of this process alone. Its zero value is ready for use.
type LocalTally struct {
	mu    sync.Mutex
	steps map[time.Time]map[string]int
}

// tallyStep is how exactly a Tally knows when something was counted.
const tallyStep = 5 * time.Minute

// Count implements Tally.
func (l *LocalTally) Count(_ context.Context, counts map[string]int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(l.steps, func(step time.Time, _ map[string]int) bool { return now.Sub(step) > 24*time.Hour })
	if l.steps == nil {
		l.steps = map[time.Time]map[string]int{}
	}
	step := now.Truncate(tallyStep)
	if l.steps[step] == nil {
		l.steps[step] = map[string]int{}
	}
	for what, n := range counts {
		l.steps[step][what] += n
	}
	return nil
}

// Counted implements Tally.
func (l *LocalTally) Counted(_ context.Context, over time.Duration) (map[string]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]int{}
	for step, counts := range l.steps {
		if time.Since(step) >= over {
			continue
		}
		for what, n := range counts {
			out[what] += n
		}
	}
	return out, nil
}
