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
	commit  string
	events  []string
	intents []Intent  // of these events, where their answer was lost
	until   time.Time // it is looked at until then; zero = never so far
}

// asking keeps apart what is asked of the lock store and what is put back there: an
// undoing that overtakes, or is overtaken by, a second asking for the same event
// would take away what that was just granted.
type asking struct {
	open    map[string]int           // events that are being asked for
	undoing map[string]chan struct{} // events that are to be put back; closed when they are
}

// asks waits until none of the intents' events is to be put back, and keeps them
// from that until asked is called. Error: that of ctx.
func (c *committer) asks(ctx context.Context, intents []Intent) error {
	for {
		undoing := c.tryAsk(intents)
		if undoing == nil {
			return nil
		}
		select {
		case <-undoing:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *committer) tryAsk(intents []Intent) (undoing <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, in := range intents {
		if undoing := c.asking.undoing[in.Event]; undoing != nil {
			return undoing
		}
	}
	for _, in := range intents {
		c.asking.open[in.Event]++
	}
	return nil
}

// asked says that the intents were asked for, and their jobs entered.
func (c *committer) asked(intents []Intent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, in := range intents {
		if c.asking.open[in.Event]--; c.asking.open[in.Event] == 0 {
			delete(c.asking.open, in.Event)
		}
	}
}

// undoes marks those of the events as to be put back that nobody asks for or
// carries.
func (c *committer) undoes(events []string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, event := range events {
		if c.jobs[event] == nil && c.asking.open[event] == 0 {
			c.mark(event)
			out = append(out, event)
		}
	}
	return out
}

// mark is undoes for one event; c.mu is held.
func (c *committer) mark(event string) {
	if c.asking.undoing[event] == nil {
		c.asking.undoing[event] = make(chan struct{})
	}
}

// undone ends what undoes and forget have begun.
func (c *committer) undone(events []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, event := range events {
		if undoing := c.asking.undoing[event]; undoing != nil {
			close(undoing)
			delete(c.asking.undoing, event)
		}
	}
}

// forget puts back intents of which it is not known whether the lock store has
// them. Until that is done nobody asks for the same events again.
func (c *committer) forget(intents []Intent) {
	events := make([]string, len(intents))
	c.mu.Lock()
	for i, in := range intents {
		events[i] = in.Event
		c.mark(in.Event)
	}
	c.mu.Unlock()
	c.doubt(doubt{events: events, intents: intents})
}

// doubt lets putBack look after the events; a full queue leaves them to the next
// replica's recovery.
func (c *committer) doubt(d doubt) {
	c.minds(d, 1)
	select {
	case c.doubtful <- d:
	default:
		c.undone(d.events)
		c.minds(d, -1)
	}
}

// minds counts a doubt that begins (1) or ends (-1) for its events.
func (c *committer) minds(d doubt, by int) {
	if d.commit != "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, event := range d.events {
		if c.dubious[event] += by; c.dubious[event] <= 0 {
			delete(c.dubious, event)
		}
	}
}

// putBack undoes doubtful intents once the lock store answers, and again for a
// while: a call whose answer was given up may arrive after its undoing. What is
// carried by then, because it was asked for again, is left alone.
func (c *committer) putBack(ctx, work context.Context) {
	var open []doubt
	again := time.NewTicker(doubtAgain)
	defer again.Stop()
	undo := func(commit string, events []string) {
		// An error means that the process stops, or that the store is empty and
		// has nothing to put back.
		_ = c.persist(work, ctx, func(ctx context.Context) error { return c.locks.Undo(ctx, commit, events) })
	}
	for {
		select {
		case d := <-c.doubtful:
			undo(d.commit, d.events)
			if d.commit == "" {
				c.undone(d.events)
			}
			c.tellPutBack(ctx, d.intents)
			if d.until = time.Now().Add(doubtFor); len(open) < maxWaiting {
				open = append(open, d)
			} else {
				c.minds(d, -1)
			}
		case now := <-again.C:
			open = slices.DeleteFunc(open, func(d doubt) bool {
				over := now.After(d.until)
				if over {
					c.minds(d, -1)
				}
				return over
			})
			for _, d := range open {
				if d.commit != "" {
					undo(d.commit, d.events)
					continue
				}
				events := c.undoes(d.events)
				if len(events) > 0 {
					undo("", events)
				}
				c.undone(events)
				c.tellPutBack(ctx, slices.DeleteFunc(slices.Clone(d.intents), func(in Intent) bool { return !slices.Contains(events, in.Event) }))
			}
		case <-ctx.Done():
			return
		}
	}
}

// tellPutBack tells of what was to begin an occupation and was put back, unseen by
// whoever waited for it at another replica. It is told with each undoing: which of them
// has taken it back is not known.
func (c *committer) tellPutBack(ctx context.Context, intents []Intent) {
	for _, in := range intents {
		if in.Begins() {
			c.notifier.Settled(ctx, Notice{Intent: in, To: in.Worker, Err: notBegun(in.Tag), Quiet: true})
		}
	}
}
