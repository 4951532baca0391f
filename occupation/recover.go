package occupation

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"
)

const (
	beatEvery    = 5 * time.Second
	beatFor      = 15 * time.Second
	recoverEvery = 15 * time.Second
)

// Run does the work behind the answers until ctx ends: it commits what waits,
// gives the replica's heartbeat, recovers what replicas that are gone have left,
// and rebuilds a lock store that has become empty. After the end of ctx it works on for at most six seconds on what is under
// way; the rest stays with the lock store for recovery.
func (s *Service) Run(ctx context.Context) {
	var behind sync.WaitGroup
	behind.Go(func() { s.watch(ctx) })
	behind.Go(func() { s.guard(ctx) })
	s.committer.run(ctx)
	behind.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = s.locks.Beat(last, s.cfg.Replica, 0) // without it the heartbeat ends by itself
}

// watch beats and recovers until ctx ends.
func (s *Service) watch(ctx context.Context) {
	beat, recovery := time.NewTicker(beatEvery), time.NewTicker(recoverEvery)
	defer beat.Stop()
	defer recovery.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			_ = s.beat(ctx)
		case <-recovery.C:
			s.recover(ctx)
		}
	}
}

func (s *Service) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	sent := time.Now()
	err := s.locks.Beat(ctx, s.cfg.Replica, beatFor)
	if err == nil {
		s.committer.pulse.beat(sent)
	}
	return err
}

// Start makes the lock store fit to be used: the heartbeat begins, an empty
// store is rebuilt from the sheet, the fences go on above all that the audit
// log knows, and what an earlier process left behind is recovered. Errors:
// SHEET_..., LOCKS_UNAVAILABLE.
func (s *Service) Start(ctx context.Context) error {
	if err := s.beat(ctx); err != nil {
		return locksGone(err, NothingDone)
	}
	snap, err := s.snapshot(ctx, "-")
	if err != nil {
		return locksGone(err, NothingDone)
	}
	if !snap.Seeded {
		return s.Rebuild(ctx)
	}
	ledger, err := s.records.Ledger(ctx)
	if err != nil {
		return asUnavailable(err)
	}
	above := ledger.Fence
	if snap.Fence < above { // the store is an old backup
		above += fenceGap
		all, err := s.locks.Snapshot(ctx)
		if err == nil {
			err = s.dropOver(ctx, ledger, all.Locks)
		}
		if err != nil {
			return locksGone(err, NothingDone)
		}
	}
	if err := s.locks.Restore(ctx, nil, above); err != nil {
		return locksGone(err, NothingDone)
	}
	s.recover(ctx) // what is left of it goes on while people work
	return nil
}

// recover is Recover whose faults are only observed: there is a next time.
func (s *Service) recover(ctx context.Context) {
	if err := s.Recover(ctx); err != nil {
		s.cfg.Observe(Observation{Outcome: "recovering", Err: err})
	}
}

// Recover is the one recovery: it takes over every intent whose replica is
// gone, and those of its own that it does not carry (any more), finds out what became of it, and brings it to its end. What was never
// bound was never sent; a commit that was bound is asked for, and when it has
// not landed it never can any more. Then a take is put back and the person
// told, and a finish is committed anew. Owed audit rows are delivered. What it
// could not finish it goes on with next time; the error joins the faults.
func (s *Service) Recover(ctx context.Context) error {
	if err := s.recovery.take(ctx); err != nil {
		return err
	}
	defer s.recovery.give()
	// A process that was frozen has lost its heartbeat, and would claim from
	// itself what it still carries.
	if err := s.beat(ctx); err != nil {
		return locksGone(err, NothingDone)
	}
	s.committer.forgetEnds()
	carries := s.committer.carries()
	for _, u := range s.unfinished {
		carries = append(carries, u.Commit.Events()...)
	}
	found, err := s.locks.Claim(ctx, s.cfg.Replica, carries)
	if err != nil && !errors.Is(err, ErrUnseeded) {
		return locksGone(err, NothingDone)
	}
	found, err = s.committer.endAgain(ctx, found)
	faults := []error{err} // what that could not do is claimed once more
	var open []Unfinished
	for _, u := range append(s.unfinished, found...) {
		if err := s.committer.finish(ctx, u); err != nil {
			faults = append(faults, err)
			open = append(open, u)
		}
	}
	s.unfinished = open
	return errors.Join(faults...)
}

// finish brings what a dead replica left to its end.
func (c *committer) finish(ctx context.Context, u Unfinished) error {
	commit := u.Commit
	for i, ch := range commit.Changes {
		commit.Changes[i] = ch.Intent.in(c.cfg.Zone).Change()
	}
	if u.Owed {
		if done, err := c.delivered(ctx, commit); done || err != nil {
			return err
		}
		var owed []*job
		for _, ch := range commit.Changes {
			if j, fresh := c.enter(&job{intent: ch.Intent, owed: true, bound: commit.ID}); fresh {
				owed = append(owed, j)
			}
		}
		c.queue(owed)
		return nil
	}
	if commit.ID == "" {
		return c.redo(ctx, commit)
	}
	landed, receipt, err := c.records.Resolve(ctx, commit)
	if err != nil {
		return asUnavailable(err)
	}
	if !landed {
		return c.redo(ctx, commit)
	}
	end := c.repair(ctx, commit, ending{landed: true, commit: commit, receipt: receipt})
	if !end.landed {
		return end.err
	}
	c.settle(ctx, end, c.adopt(commit))
	return nil
}

// delivered finds out whether owed rows that a commit was bound for have landed
// with it.
func (c *committer) delivered(ctx context.Context, commit Commit) (bool, error) {
	if commit.ID == "" {
		return false, nil
	}
	landed, receipt, err := c.records.Resolve(ctx, commit)
	if err != nil || !landed {
		return false, err
	}
	_, err = c.locks.Settle(ctx, commit.ID, commit.Events(), receipt.Owed)
	return true, err
}

// redo handles intents of which for certain nothing was written: what begins an
// occupation or is about a free spool is put back, a finish and a repair are
// committed anew.
func (c *committer) redo(ctx context.Context, commit Commit) error {
	if commit.Repair {
		anew := commit
		anew.ID, anew.Stamp = rand.Text(), newStamp()
		end := c.send(ctx, &anew)
		if !end.landed {
			return end.err
		}
		c.settle(ctx, end, c.adopt(anew))
		return nil
	}
	var takes []string
	for _, ch := range commit.Changes {
		if ch.Intent.PutBack() {
			takes = append(takes, ch.Intent.Event)
		}
	}
	if len(takes) > 0 {
		if err := c.locks.Undo(ctx, commit.ID, takes); err != nil {
			return locksGone(err, NothingDone)
		}
	}
	var finishes []*job
	for _, j := range c.adopt(commit) {
		if j.intent.PutBack() {
			c.end(ctx, j, &Error{Code: SheetUnavailable, Reason: NothingDone, Tag: j.intent.Tag})
			continue
		}
		finishes = append(finishes, j)
	}
	c.queue(finishes)
	return nil
}

// adopt makes jobs of recovered intents, for which nobody waits here: their
// workers are told by the Notifier.
func (c *committer) adopt(commit Commit) []*job {
	var out []*job
	for _, ch := range commit.Changes {
		if j, fresh := c.enter(&job{intent: ch.Intent, bound: commit.ID, leaves: 1}); fresh {
			out = append(out, j)
		}
	}
	return out
}
