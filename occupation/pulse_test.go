package occupation_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// deaf is a lock store that binds nothing for long and hears no heartbeat. What is
// put back is ended at once by the same person at another replica.
type deaf struct {
	*occupationtest.Locks
	deaf  atomic.Bool
	again []occupation.Intent
}

func (l *deaf) Beat(ctx context.Context, replica string, ttl time.Duration) error {
	if l.deaf.Load() {
		return errLine
	}
	return l.Locks.Beat(ctx, replica, ttl)
}

func (l *deaf) Bind(ctx context.Context, replica string, c occupation.Commit) (occupation.Bound, error) {
	if !l.deaf.Load() {
		return l.Locks.Bind(ctx, replica, c)
	}
	<-time.After(21700 * time.Millisecond) // between two heartbeats
	return occupation.Bound{}, errLine
}

func (l *deaf) Undo(ctx context.Context, commit string, events []string) error {
	err := l.Locks.Undo(ctx, commit, events)
	if err == nil && commit == "" && l.deaf.CompareAndSwap(true, false) { // it was never bound
		out, err := l.Locks.Intend(ctx, "other", l.again)
		if err != nil || out[0].Verdict != occupation.Accepted {
			return errLine
		}
		c := occupation.Commit{ID: "others", Stamp: 7, Changes: []occupation.Change{out[0].Intent.Change()}}
		_, err = l.Locks.Bind(ctx, "other", c)
		_, errSettle := l.Locks.Settle(ctx, c.ID, c.Events(), nil)
		return errors.Join(err, errSettle)
	}
	return err
}

// A pause cannot be bound for so long that the heartbeat is over. When it is put back
// the person, who has asked again elsewhere, hears what became of the first.
func TestWhatIsPutBackAfterALostHeartbeatIsTold(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.stop()
		l := &deaf{Locks: s.locks, again: []occupation.Intent{{
			Event: "again", Kind: occupation.Pause, Key: "S-000", Tag: "S-000", Worker: mauricio.AsHolder(),
		}}}
		s.openOn("b", l, s.records)
		l.deaf.Store(true)
		s.refused("pause", s.pause(mauricio, "S-000").Err, occupation.SheetUnavailable, occupation.BeingChecked)
		s.passes(time.Minute)
		if news := s.news(); news.Intent.Kind != occupation.Pause || occupation.CodeOf(news.Err) == "" {
			t.Errorf("news = %+v, want that nothing was done", news)
		}
	})
}
