package occupation

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// endFor is how long a replica remembers what became of the intents that it has
// carried: so long a lock store may forget it, going back to an earlier state.
const endFor = 10 * time.Minute

// endOf is what became of an intent.
type endOf struct {
	intent Intent
	commit *Commit // with which it has landed, without its changes; nil = it was put back
	owed   bool    // landed, and its audit row is still to be delivered
	at     time.Time
}

// keepLanded remembers that jobs have landed.
func (c *committer) keepLanded(jobs []*job, end ending) {
	commit := end.commit
	commit.Changes = nil
	for _, j := range jobs {
		c.keep(endOf{intent: j.intent, commit: &commit, owed: slices.Contains(end.receipt.Owed, j.intent.Event)})
	}
}

// keepPutBack remembers that a job was put back.
func (c *committer) keepPutBack(j *job) { c.keep(endOf{intent: j.intent}) }

func (c *committer) keep(e endOf) {
	e.at = time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends[e.intent.Event] = e
}

// forgetEnds drops the ends of long ago.
func (c *committer) forgetEnds() {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.ends, func(_ string, e endOf) bool { return time.Since(e.at) > endFor })
}

// endOf says what became of exactly this intent; a later one may have its event.
func (c *committer) endOf(in Intent) (endOf, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, known := c.ends[in.Event]
	return e, known && e.intent.Fence == in.Fence && e.intent.At.Equal(in.At) && time.Since(e.at) <= endFor
}

// carries are the events that this replica knows of.
func (c *committer) carries() (out []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for event := range c.jobs {
		out = append(out, event)
	}
	for event := range c.dubious {
		out = append(out, event)
	}
	for event := range c.asking.open {
		out = append(out, event)
	}
	return out
}

// endAgain brings those intents to their end once more which this replica has
// brought there before, and returns the others. Nobody is told: they know.
func (c *committer) endAgain(ctx context.Context, found []Unfinished) (rest []Unfinished, err error) {
	landed := map[string]*Commit{}   // by id
	unbound := map[string][]Change{} // by the commit with which they have landed
	events, owed := map[string][]string{}, map[string][]string{}
	var faults []error
	for _, u := range found {
		var others []Change
		for _, ch := range u.Commit.Changes {
			e, known := c.endOf(ch.Intent.in(c.cfg.Zone))
			event := ch.Intent.Event
			switch {
			case !known, u.Owed && e.owed: // whose row is yet to come
				others = append(others, ch)
			case e.commit == nil:
				faults = append(faults, c.locks.Undo(ctx, u.Commit.ID, []string{event}))
			default:
				id := e.commit.ID
				if landed[id] = e.commit; u.Commit.ID != id {
					unbound[id] = append(unbound[id], ch)
				}
				if events[id] = append(events[id], event); e.owed {
					owed[id] = append(owed[id], event)
				}
			}
		}
		if len(others) > 0 {
			u.Commit.Changes = others
			rest = append(rest, u)
		}
	}
	for id, commit := range landed {
		if some := unbound[id]; len(some) > 0 {
			anew := *commit
			anew.Changes = some
			if bound, err := c.locks.Bind(ctx, c.cfg.Replica, anew); err != nil || bound.Wait > 0 || len(bound.Stale) > 0 {
				faults = append(faults, err)
				continue // there is a next time
			}
		}
		_, err := c.locks.Settle(ctx, id, events[id], owed[id])
		faults = append(faults, err)
	}
	return rest, errors.Join(faults...)
}
