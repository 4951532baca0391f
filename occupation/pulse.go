package occupation

import (
	"context"
	"sync"
	"time"
)

// pulse knows when the heartbeat of this process was over: while that lasts, others
// take over what it carries. It goes by the wall's clock, because the other one
// stops with the machine.
type pulse struct {
	mu     sync.Mutex
	beaten time.Time // when the last heartbeat was sent that was answered
	missed time.Time // when it was found last that it had been over
	back   time.Time // when it was found last that the lock store had gone back
}

func (p *pulse) beat(sent time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent = sent.Round(0)
	if !p.beaten.IsZero() && sent.Sub(p.beaten) >= beatFor {
		p.missed = sent
	}
	p.beaten = sent
}

// over says that the lock store does not know of a heartbeat that lasts, which it
// may never have got: its clock has jumped, or it has gone back.
func (p *pulse) over() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.missed = time.Now().Round(0)
}

// goesBack says that the lock store has gone back to an earlier state.
func (p *pulse) goesBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.back = time.Now().Round(0)
}

// wentBackSince reports whether it has gone back at some time since then.
func (p *pulse) wentBackSince(t time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.back.After(t.Round(0))
}

// missedSince reports whether the heartbeat was over at some time since then.
func (p *pulse) missedSince(t time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Round(0).Sub(p.beaten) >= beatFor || p.missed.After(t.Round(0))
}

// unsure reports whether a finish may be another's by now: this process stood still
// for so long that its heartbeat was over.
func (c *committer) unsure(j *job) bool {
	return !j.owed && !j.intent.PutBack() && c.pulse.missedSince(j.since)
}

// doubtfulLocks are the locks of the doubtful jobs, by key; nil = there are none, or
// the store is empty.
func (c *committer) doubtfulLocks(ctx context.Context, jobs []*job) (map[string]Lock, error) {
	var keys []string
	for _, j := range jobs {
		if c.unsure(j) {
			keys = append(keys, j.intent.Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	snap, err := c.locks.Snapshot(ctx, keys...)
	if err != nil || !snap.Seeded {
		return nil, err
	}
	out := map[string]Lock{}
	for _, l := range snap.Locks {
		out[l.Key] = l
	}
	return out, nil
}

// stillOwn finds the doubtful finishes, by event, that nobody has brought to their
// end: what undoes them now is this process.
func (c *committer) stillOwn(ctx context.Context, jobs []*job) (map[string]bool, error) {
	locks, err := c.doubtfulLocks(ctx, jobs)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, j := range jobs {
		if locks[j.intent.Key].Event == j.intent.Event && c.unsure(j) {
			out[j.intent.Event] = true
		}
	}
	return out, nil
}

// elsewhere finds the doubtful finishes, by event, that were not put back: another
// has taken them over and commits them anew, or has done so. own are those that this
// process was to put back.
func (c *committer) elsewhere(ctx context.Context, jobs []*job, own map[string]bool) (map[string]bool, error) {
	locks, err := c.doubtfulLocks(ctx, jobs)
	if err != nil || locks == nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, j := range jobs {
		event, l := j.intent.Event, locks[j.intent.Key]
		if c.unsure(j) && (l.Event == event || l.Fence != j.intent.Fence && !own[event]) {
			out[event] = true
		}
	}
	return out, nil
}
