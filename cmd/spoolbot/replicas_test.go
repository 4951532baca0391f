//go:build !shop

package main

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/occupation"
)

// Stories of two replicas of which one is asked, and then the other: two cores
// over one Redis and one sheet, without a door to Slack, which would choose one
// of them at random.

// replica is one of them.
type replica struct {
	*app
	s *shop
}

// inReplicas runs a story with two of them and a shop without a program. Half a
// minute has passed since their start, and neither has just read the sheet.
func inReplicas(t *testing.T, story func(s *shop, one, other replica)) {
	t.Helper()
	inShop(t, shopOptions{notStarted: true}, func(s *shop) {
		one, stopOne := s.replica()
		defer stopOne()
		other, stopOther := s.replica()
		defer stopOther()
		s.passes(31 * time.Second)
		story(s, one, other)
	})
}

func (s *shop) replica() (_ replica, stop func()) {
	s.t.Helper()
	doors := Doors{Slack: s.slack.Client(), Dialer: s.slack.Dialer(), Sheets: s.sheet.Client(), Redis: s.client}
	a, err := newApp(s.ctx, s.config(), doors, newLogger(s.log, zerolog.DebugLevel, "json"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := a.check(s.ctx); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	var behind sync.WaitGroup
	behind.Go(func() { a.core.Run(ctx) })
	behind.Go(func() { a.sheet.Run(ctx) })
	return replica{a, s}, func() { cancel(); behind.Wait(); a.sheet.Close() }
}

// The workers' ids.
const (
	mauricioID = 93
	carlosID   = 41
)

// takes lets a worker take a spool through this replica; the code is empty when
// it is theirs.
func (r replica) takes(worker int, tag string) occupation.Code {
	r.s.t.Helper()
	res, err := r.core.Take(r.s.ctx, occupation.Request{Worker: worker, Now: time.Now()}, "", []string{tag})
	return codeOf(r.s.t, res, err)
}

func (r replica) pauses(worker int, tag string) occupation.Code {
	r.s.t.Helper()
	res, err := r.core.Pause(r.s.ctx, occupation.Request{Worker: worker, Now: time.Now()}, []occupation.Target{{Tag: tag}})
	return codeOf(r.s.t, res, err)
}

func codeOf(t *testing.T, res []occupation.Result, err error) occupation.Code {
	t.Helper()
	switch {
	case err != nil:
		return occupation.CodeOf(err)
	case res[0].Err != nil:
		return res[0].Err.Code
	}
	return ""
}

// reads lets the replica read the sheet now.
func (r replica) reads() {
	r.s.t.Helper()
	if _, err := r.sheet.Book(r.s.ctx, 0); err != nil {
		r.s.t.Fatal(err)
	}
}

func want(t *testing.T, what string, got, want occupation.Code) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// The other replica has read the sheet just before the pause landed: it must not
// bring the lock back from that row, for whoever comes next.
func TestAReadFromBeforeAPauseBringsNoLockBack(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]int{"for another": carlosID, "for the same": mauricioID} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inReplicas(t, func(s *shop, one, other replica) {
				want(t, "take", one.takes(mauricioID, tag(3)), "")
				s.passes(31 * time.Second)
				other.reads()
				want(t, "pause", one.pauses(mauricioID, tag(3)), "")
				want(t, "the next take", other.takes(next, tag(3)), "")
				s.wantAudit("TOMAR:"+tag(3), "PAUSAR:"+tag(3), "TOMAR:"+tag(3))
				s.wantWhole()
				s.whole.oneHolder(t)
			})
		})
	}
}

// The other replica has written the take itself, and goes on showing it over what
// it reads, because the row looks as it did before: the pause has made it so.
func TestAnOwnTakeIsNotShownOverThePauseOfAnotherReplica(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]int{"for another": carlosID, "for the same": mauricioID} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inReplicas(t, func(s *shop, one, other replica) {
				want(t, "take", one.takes(mauricioID, tag(3)), "")
				want(t, "pause", one.pauses(mauricioID, tag(3)), "")
				s.passes(31 * time.Second)
				want(t, "take", other.takes(mauricioID, tag(3)), "")
				s.passes(2 * time.Second)
				want(t, "pause", one.pauses(mauricioID, tag(3)), "")
				s.passes(2 * time.Second)
				want(t, "the next take", other.takes(next, tag(3)), "")
				s.wantAudit("TOMAR:"+tag(3), "PAUSAR:"+tag(3), "TOMAR:"+tag(3), "PAUSAR:"+tag(3), "TOMAR:"+tag(3))
				s.wantWhole()
				s.whole.oneHolder(t)
			})
		})
	}
}

// Redis forgets everything just after a take through one replica: the other must
// not rebuild the locks from a read in which the spool is free.
func TestAReadFromBeforeATakeRebuildsNoLocks(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, other replica) {
		other.reads()
		want(t, "take", one.takes(mauricioID, tag(3)), "")
		s.redis.FlushAll()
		want(t, "the other's take", other.takes(carlosID, tag(3)), occupation.SpoolOccupied)
		s.wantRow(tag(3), "MR(93)|ARM en progreso")
		s.wantWhole()
	})
}
