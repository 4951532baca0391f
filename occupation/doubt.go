package occupation

import (
	"context"
	"slices"
	"time"
)

const (
	doubtFor   = 3 * time.Minute  // how late a call may still arrive whose answer was given up
	doubtAgain = 15 * time.Second // between two looks for it
)

// doubt is about a call of the lock store that was not answered: events that it may
// remember, or (commit is not empty) may bind to a commit that was given up.
type doubt struct {
	commit string
	events []string
	until  time.Time // it is looked at until then; zero = never so far
}

// forget puts back intents of which it is not known whether the lock store has
// them.
func (c *committer) forget(intents []Intent) {
	events := make([]string, len(intents))
	for i, in := range intents {
		events[i] = in.Event
	}
	c.doubt(doubt{events: events})
}

// doubt lets putBack look after the events; a full queue leaves them to the next
// replica's recovery.
func (c *committer) doubt(d doubt) {
	select {
	case c.doubtful <- d:
	default:
	}
}

// putBack undoes doubtful intents once the lock store answers, and again for a
// while: a call whose answer was given up may arrive after its undoing. What is
// carried by then, because it was asked for again, is left alone.
func (c *committer) putBack(ctx, work context.Context) {
	var open []doubt
	again := time.NewTicker(doubtAgain)
	defer again.Stop()
	undo := func(d doubt) {
		// An error means that the process stops, or that the store is empty and
		// has nothing to put back.
		_ = c.persist(work, ctx, func(ctx context.Context) error { return c.locks.Undo(ctx, d.commit, d.events) })
	}
	for {
		select {
		case d := <-c.doubtful:
			undo(d)
			if d.until = time.Now().Add(doubtFor); len(open) < maxWaiting {
				open = append(open, d)
			}
		case now := <-again.C:
			open = slices.DeleteFunc(open, func(d doubt) bool { return now.After(d.until) })
			for i, d := range open {
				if d.commit == "" {
					d.events = slices.DeleteFunc(d.events, func(event string) bool { return c.find(event) != nil })
				}
				undo(d)
				open[i] = d
			}
		case <-ctx.Done():
			return
		}
	}
}
