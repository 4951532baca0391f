package occupation

import (
	"context"
	"errors"
	"time"
)

const (
	beatEvery    = 5 * time.Second
	beatFor      = 15 * time.Second
	recoverEvery = 15 * time.Second
)

// Run does the work behind the answers until ctx ends: it commits what waits,
// gives the replica's heartbeat, and recovers what replicas that are gone have
// left. After the end of ctx it works on for at most twenty seconds on what is
// under way.
func (s *Service) Run(ctx context.Context) {
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.watch(ctx)
	}()
	s.committer.run(ctx)
	<-finished
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = s.locks.Beat(last, s.cfg.Replica, 0) // without it the heartbeat ends by itself
}

// watch beats and recovers until ctx ends. Faults are left to the next round.
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
			_ = s.Recover(ctx)
		}
	}
}

func (s *Service) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	return s.locks.Beat(ctx, s.cfg.Replica, beatFor)
}

// Start makes the lock store fit to be used: the heartbeat begins, an empty
// store is rebuilt from the sheet, the fences go on above all that the audit
// log knows, and what an earlier process left behind is recovered. Errors:
// SHEET_..., LOCKS_UNAVAILABLE.
func (s *Service) Start(ctx context.Context) error {
	if err := s.beat(ctx); err != nil {
		return locksGone(err, NothingDone)
	}
	snap, err := s.locks.Snapshot(ctx, "-")
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
	if err := s.locks.Restore(ctx, nil, ledger.Fence); err != nil {
		return locksGone(err, NothingDone)
	}
	return s.Recover(ctx)
}

// Recover is the one recovery: it takes over every intent whose replica is
// gone, finds out what became of it, and brings it to its end. What was never
// bound was never sent; a commit that was bound is asked for, and when it has
// not landed it never can any more. Then a take is put back and the person
// told, and a finish is committed anew. Owed audit rows are delivered. It
// returns the first fault; what it could not finish it finds again next time.
func (s *Service) Recover(ctx context.Context) error {
	found, err := s.locks.Claim(ctx, s.cfg.Replica)
	if errors.Is(err, ErrUnseeded) {
		return nil
	}
	if err != nil {
		return locksGone(err, NothingDone)
	}
	for _, u := range found {
		if err := s.committer.finish(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// finish brings what a dead replica left to its end.
func (c *committer) finish(ctx context.Context, u Unfinished) error {
	commit := u.Commit
	for i, ch := range commit.Changes {
		commit.Changes[i] = ch.Intent.in(c.cfg.Zone).Change()
	}
	if u.Owed {
		var owed []*job
		for _, ch := range commit.Changes {
			if j, fresh := c.enter(&job{intent: ch.Intent, owed: true}); fresh {
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
	end := c.repair(ctx, commit, ending{landed: true, commit: commit.ID, receipt: receipt})
	if !end.landed {
		return end.err
	}
	c.settle(ctx, end, c.adopt(commit))
	return nil
}

// redo handles intents of which for certain nothing was written: a take is put
// back, a finish and a repair are committed anew.
func (c *committer) redo(ctx context.Context, commit Commit) error {
	if commit.Repair {
		anew := commit
		anew.Stamp = newStamp()
		end := c.send(ctx, &anew)
		if !end.landed {
			return end.err
		}
		c.settle(ctx, end, c.adopt(anew))
		return nil
	}
	var takes []string
	for _, ch := range commit.Changes {
		if ch.Intent.Kind == Take {
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
		if j.intent.Kind == Take {
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
