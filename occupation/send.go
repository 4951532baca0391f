package occupation

import (
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"slices"
	"time"
)

const (
	maxSends   = 4                // sendings of one commit whose outcome stays unknown
	maxRefusal = 90 * time.Second // how long a commit is tried against "wait" answers
	maxRepairs = 5                // commits that put right one commit
)

// ending is what became of a commit. Exactly one of landed, again, stale,
// unknown and refused (none of the others) holds.
type ending struct {
	landed  bool
	commit  Commit // landed: the one that the events are bound to now
	receipt Receipt
	again   bool     // nothing was sent; prepare anew, more may have gathered
	stale   []string // these events are another replica's now,
	// or (forgotten) nobody's, because the lock store has forgotten everything.
	forgotten bool
	dead      bool  // refused: it was sent, and for certain never lands
	unknown   bool  // the process stops before it is known
	moved     bool  // refused: what it was to write has moved, prepare anew
	bad       []int // refused: the changes to blame, if known
	err       error
	sends     int
}

func (e ending) String() string {
	switch {
	case e.landed:
		return "landed"
	case e.again:
		return "waited"
	case len(e.stale) > 0:
		return "stale"
	case e.unknown:
		return "unknown"
	default:
		return "refused"
	}
}

// send brings one prepared commit to a certain end: it is bound, sent, sent
// again after an unknown outcome where it can land only once, and else
// resolved. The commit gets its time, and another stamp and ID if its stamp is taken.
func (c *committer) send(ctx context.Context, commit *Commit) ending {
	defer c.opens()()
	var end ending
	began := time.Now()
	for {
		bound, err := c.bind(ctx, commit, end.sends > 0)
		forgotten := c.forgotten(ctx, *commit, bound, err)
		if commit.Repair && forgotten {
			// Nobody else knows any more what is to be put right, and whoever rebuilds the
			// locks must not read what stands in the wrong rows. The quota is forgotten, too.
			bound, err = Bound{}, nil
		}
		switch {
		case err != nil && end.sends == 0:
			return ending{err: locksGone(err, NothingDone)}
		case err != nil:
			return c.resolve(ctx, commit, end)
		case forgotten && end.sends > 0: // nobody else will find out
			return c.resolve(ctx, commit, end)
		case len(bound.Stale) > 0:
			return ending{stale: bound.Stale, forgotten: forgotten, sends: end.sends}
		case bound.Wait > 0:
			if wait(ctx, bound.Wait) != nil {
				if end.sends == 0 {
					return ending{err: &Error{Code: SheetUnavailable, Reason: NothingDone}}
				}
				return c.resolve(ctx, commit, end)
			}
			if end.sends == 0 && !commit.Repair {
				return ending{again: true}
			}
			continue
		}
		commit.Sent = bound.Sent
		end.sends++
		try, cancel := context.WithTimeout(ctx, c.cfg.SendTimeout)
		receipt, err := c.records.Commit(try, *commit)
		cancel()
		if err == nil {
			return c.repair(ctx, *commit, ending{landed: true, commit: *commit, receipt: receipt, sends: end.sends})
		}
		if refused, ok := errors.AsType[*Refused](err); ok {
			switch {
			case refused.Burned:
				return ending{stale: commit.Events(), sends: end.sends}
			case refused.StampTaken:
				// A new commit, not the same with another stamp: recovery would ask for the
				// stamp that was bound first.
				commit.ID, commit.Stamp, commit.Sent = rand.Text(), newStamp(), time.Time{}
				continue
			case refused.Wait > 0 && time.Since(began) < maxRefusal:
				if wait(ctx, refused.Wait) == nil {
					continue
				}
			}
			if end.err != nil { // an earlier sending may have landed, or land yet
				return c.resolve(ctx, commit, end)
			}
			end.bad, end.moved = refused.Bad, refused.Moved
			if end.err = error(refused.Err); refused.Err == nil {
				end.err = &Error{Code: SheetUnavailable, Reason: NothingDone, Err: refused}
			}
			return end
		}
		end.err = err
		unknown, ok := errors.AsType[*Unknown](err)
		if !ok || !unknown.Again || end.sends >= maxSends || wait(ctx, backoff(end.sends)) != nil {
			return c.resolve(ctx, commit, end)
		}
	}
}

// forgotten reports whether a commit could not be bound because the lock store has
// forgotten its changes since they were accepted: it has become empty, or has gone
// back to an earlier state, while nobody else can have taken them over.
func (c *committer) forgotten(ctx context.Context, commit Commit, bound Bound, err error) bool {
	if err != nil || len(bound.Stale) == 0 {
		return errors.Is(err, ErrUnseeded)
	}
	var keys []string
	for _, ch := range commit.Changes {
		keys = append(keys, ch.Intent.Key)
	}
	var snap LockSnapshot
	err = c.persist(ctx, nil, func(ctx context.Context) (err error) {
		snap, err = c.snapshot(ctx, keys...)
		return err
	})
	if err != nil {
		return false
	}
	for _, ch := range commit.Changes {
		if slices.Contains(bound.Stale, ch.Intent.Event) && !snap.SeededAt.After(ch.Intent.At) && !c.nobodys(ch.Intent, snap.Locks) {
			return false
		}
	}
	return true
}

// nobodys reports whether an intent that the lock store does not remember can have
// been taken over by nobody: this replica has lived all the time, or the store shows
// that it has gone back to before it.
func (c *committer) nobodys(in Intent, locks []Lock) bool {
	j := c.find(in.Event)
	switch {
	case j == nil:
		return false
	case !c.pulse.missedSince(j.since):
		return true
	case in.PutBack():
		return c.pulse.wentBackSince(j.since)
	}
	return slices.ContainsFunc(locks, func(l Lock) bool {
		return l.Key == in.Key && l.Fence == in.Fence && l.State == Held
	})
}

// bind binds the commit; before a sending again it waits for the lock store
// for a while, because the outcome of the first is open.
func (c *committer) bind(ctx context.Context, commit *Commit, again bool) (Bound, error) {
	tries := 1
	if again {
		tries = 3
	}
	var bound Bound
	var err error
	for n := range tries {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		bound, err = c.locks.Bind(try, c.cfg.Replica, *commit)
		cancel()
		if err == nil || errors.Is(err, ErrUnseeded) || wait(ctx, backoff(n)) != nil {
			break
		}
	}
	return bound, err
}

// resolve finds out what became of a commit that may have been sent. It goes on
// until it knows or the process stops.
func (c *committer) resolve(ctx context.Context, commit *Commit, end ending) ending {
	for n := 0; ; n++ {
		try, cancel := context.WithTimeout(ctx, c.cfg.SendTimeout)
		landed, receipt, err := c.records.Resolve(try, *commit)
		cancel()
		switch {
		case err == nil && landed:
			return c.repair(ctx, *commit, ending{landed: true, commit: *commit, receipt: receipt, sends: end.sends})
		case err == nil:
			return ending{dead: true, err: &Error{Code: SheetUnavailable, Reason: NothingDone, Err: end.err}, sends: end.sends}
		case wait(ctx, backoff(n)) != nil:
			return ending{unknown: true, err: err, sends: end.sends}
		}
	}
}

// repair puts right what a landed commit wrote to rows that people had moved:
// the records' remainder is one more commit of the same events. The ending
// stays a landed one; the last receipt says what is owed.
func (c *committer) repair(ctx context.Context, commit Commit, end ending) ending {
	if end.receipt.Remainder == nil || commit.Repair {
		return end
	}
	began := time.Now()
	end = c.putRows(ctx, commit, end)
	told := Observation{Commit: commit.ID, Requests: traces(commit.Changes), Events: len(commit.Changes), Took: time.Since(began), Sends: end.sends, Outcome: "repaired", Err: end.err}
	if end.unknown || end.receipt.Remainder != nil {
		told.Outcome = "unrepaired"
	}
	for _, ch := range commit.Changes {
		told.Tags = append(told.Tags, ch.Intent.Tag)
	}
	c.cfg.Observe(told)
	return end
}

// putRows is repair where there is something to put right.
func (c *committer) putRows(ctx context.Context, commit Commit, end ending) ending {
	for refused := 0; end.receipt.Remainder != nil && refused < maxRepairs; {
		next := Commit{
			ID: rand.Text(), Stamp: newStamp(), Changes: commit.Changes,
			Plan: end.receipt.Remainder, Repair: true,
		}
		second := c.send(ctx, &next)
		end.sends += second.sends
		if !next.Sent.IsZero() {
			end.commit = next
		}
		switch {
		case second.landed:
			end.receipt.Remainder = second.receipt.Remainder
			refused++ // people may go on moving rows for ever
		case second.unknown, len(second.stale) > 0:
			return ending{unknown: true, err: second.err, sends: end.sends}
		case second.dead, CodeOf(second.err) == LocksUnavailable: // a store is away, not against it
			if wait(ctx, backoff(refused)) != nil {
				return ending{unknown: true, err: second.err, sends: end.sends}
			}
		default:
			end.err = second.err
			refused++
			if second.moved { // what the repair was to write has moved in turn: look anew
				c.lookAnew(ctx, commit, &end)
			}
		}
	}
	return end
}

// lookAnew asks the records once more what a landed commit has left to put
// right; where they do not answer the old plan stands.
func (c *committer) lookAnew(ctx context.Context, commit Commit, end *ending) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.SendTimeout)
	defer cancel()
	if landed, receipt, err := c.records.Resolve(ctx, commit); err == nil && landed {
		end.receipt.Remainder = receipt.Remainder
	}
}

// backoff is the pause before try n+1: growing from half a second to fifteen,
// with jitter, so that replicas do not march in step.
func backoff(n int) time.Duration {
	d := min(500*time.Millisecond<<min(n, 10), 15*time.Second)
	return d/2 + mathrand.N(d/2+1)
}
