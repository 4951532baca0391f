package sheet

import (
	"context"
	"time"
)

const (
	busyFor   = 10 * time.Minute // after an envelope
	touchAge  = 2 * time.Second  // an envelope wants a read no older than this
	tabsEvery = time.Minute      // titles are matched to their ids again: people rename tabs
)

// Run refreshes the snapshot until ctx ends: often while the shop is busy, at
// most four reads a minute else. A refresh that fails is left to the next; one
// that would take the last reads of the minute from people is left out.
func (s *Sheet) Run(ctx context.Context) error {
	for {
		wait := s.due(time.Now())
		if wait <= 0 {
			wait = s.opt.Busy
			if s.limit.room() {
				if _, err := s.read(ctx, time.Nanosecond); err == nil { // who needs the sheet gets the fault from their own read
					wait = max(s.due(time.Now()), s.opt.Busy/5)
				} else if !s.busy(time.Now()) {
					wait = s.opt.Idle
				}
			}
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-s.poke:
			t.Stop()
		case <-ctx.Done():
			t.Stop()
			return nil
		}
	}
}

// due is how long it is until the next refresh. Once a minute it lets that ask
// for the tabs too.
func (s *Sheet) due(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snap == nil {
		return 0
	}
	every := s.opt.Idle
	if now.Before(s.busyUntil) {
		every = s.opt.Busy
	}
	wait := s.snap.at.Add(every).Sub(now)
	if wait <= 0 && now.Sub(s.layout.asked) >= tabsEvery {
		s.layout.tabs = nil
	}
	return wait
}

func (s *Sheet) busy(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.busyUntil)
}

// Touch says that somebody is at work: the shop counts as busy, and a snapshot
// older than two seconds is read anew. It never waits.
func (s *Sheet) Touch() {
	now := time.Now()
	s.mu.Lock()
	s.busyUntil = now.Add(busyFor)
	if (s.snap == nil || now.Sub(s.snap.at) > touchAge) && s.current == nil && s.limit.room() {
		s.join(now, now, false)
	}
	s.mu.Unlock()
	select {
	case s.poke <- struct{}{}:
	default:
	}
}
