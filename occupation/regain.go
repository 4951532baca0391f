package occupation

import (
	"context"
	"errors"
	"slices"
)

// rebuildAtLast rebuilds an empty lock store, whatever it takes: what has landed
// nobody else remembers.
func (c *committer) rebuildAtLast(ctx context.Context) error {
	for n := 0; ; n++ {
		err := c.rebuild(ctx)
		if err == nil || wait(ctx, backoff(n)) != nil {
			return err
		}
	}
}

// regainAtLast regains what has landed, whatever it takes, and rebuilds a lock store
// that has forgotten everything once more. It returns the errors by event.
func (c *committer) regainAtLast(ctx context.Context, jobs []*job) (map[string]*Error, error) {
	for n := 0; ; n++ {
		taken, err := c.regain(ctx, jobs)
		if errors.Is(err, ErrUnseeded) {
			if err = c.rebuildAtLast(ctx); err == nil {
				continue
			}
		}
		if err == nil || wait(ctx, backoff(n)) != nil {
			return taken, err
		}
	}
}

// regain is for what has landed while the lock store does not remember it. What
// another replica has brought to its end needs nothing, and is told there. What it
// forgot nobody but this one tells: the locks of what was ended are dropped, and
// those of what was begun put back, unless the spool has been given to somebody else
// meanwhile, which is the error by event.
func (c *committer) regain(ctx context.Context, jobs []*job) (map[string]*Error, error) {
	var keys []string
	for _, j := range jobs {
		keys = append(keys, j.intent.Key)
	}
	var snap LockSnapshot
	look := func(ctx context.Context) (err error) {
		snap, err = c.snapshot(ctx, keys...)
		return err
	}
	if err := c.persist(ctx, nil, look); err != nil {
		return nil, err
	}
	if !snap.Seeded {
		return nil, ErrUnseeded
	}
	var begun []*job
	ended := map[string]int64{}
	for _, j := range jobs {
		switch {
		case !snap.SeededAt.After(j.intent.At) && (j.again || c.pulse.missedSince(j.since) && !c.pulse.wentBackSince(j.since)):
			j.quiet = true
		case j.owed:
		case j.intent.Begins():
			begun, j.lost = append(begun, j), true
			ended[j.intent.Key] = j.intent.Fence - 1
		default:
			ended[j.intent.Key], j.lost = j.intent.Fence, true
		}
	}
	if len(ended) == 0 {
		return nil, nil
	}
	if err := c.persist(ctx, nil, func(ctx context.Context) error { return c.locks.Drop(ctx, ended) }); err != nil || len(begun) == 0 {
		return nil, err
	}
	ctx, done := context.WithTimeout(ctx, groundLasts)
	defer done()
	book, err := c.records.Book(ctx, 0)
	if err != nil {
		return nil, err
	}
	var locks []Lock
	for _, j := range begun {
		// What the row does not show any more has ended while this process stood still.
		if spool, missing := book.Find(j.intent.Tag); missing == nil && spool.HolderID == j.intent.Worker.ID {
			locks = append(locks, j.intent.lock())
		}
	}
	if len(locks) > 0 {
		err = c.persist(ctx, nil, func(ctx context.Context) error { return c.locks.Restore(ctx, locks, 0) })
	}
	if err == nil {
		err = c.persist(ctx, nil, look)
	}
	if err != nil {
		return nil, err
	}
	return c.taken(begun, snap.Locks), nil
}

// taken are the errors, by event, of those whose spool somebody else has by now.
func (c *committer) taken(begun []*job, locks []Lock) map[string]*Error {
	out := map[string]*Error{}
	for _, j := range begun {
		at := slices.IndexFunc(locks, func(l Lock) bool { return l.Key == j.intent.Key })
		if at < 0 || locks[at].Holder.ID == j.intent.Worker.ID {
			continue
		}
		l := locks[at]
		out[j.intent.Event] = &Error{
			Code: SpoolOccupied, Tag: j.intent.Tag, Operation: l.Operation, Holder: l.Holder,
			Since: l.Since.In(c.cfg.Zone), Until: l.Deadline.In(c.cfg.Zone),
		}
	}
	return out
}
