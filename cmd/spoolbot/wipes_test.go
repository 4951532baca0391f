//go:build !shop

package main

import (
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Stories of a wipe of Redis while two replicas serve.

// Redis forgets everything after a pause through one replica; the other has made
// the take, and must not rebuild the lock from what it remembers of that.
func TestAWipeAfterAnotherReplicasPause(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, other replica) {
		want(t, "take", one.takes(mauricioID, tag(3)), "")
		want(t, "pause", one.pauses(mauricioID, tag(3)), "")
		s.passes(31 * time.Second)
		want(t, "take", other.takes(mauricioID, tag(3)), "")
		s.passes(2 * time.Second)
		want(t, "pause", one.pauses(mauricioID, tag(3)), "")
		s.passes(2 * time.Second)
		s.redis.FlushAll()
		want(t, "the next take", other.takes(carlosID, tag(3)), "")
		s.wantWhole()
	})
}

// Redis forgets everything while a pause is on its way through one replica: the
// other rebuilds the locks when it has landed, and not from the row before.
func TestAWipeWhileAnotherReplicasPauseIsOnItsWay(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, other replica) {
		want(t, "take", one.takes(mauricioID, tag(3)), "")
		s.passes(31 * time.Second)
		s.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 3 * time.Second})
		var pausing sync.WaitGroup
		pausing.Go(func() { want(t, "pause", one.pauses(mauricioID, tag(3)), "") })
		s.passes(time.Second)
		s.redis.FlushAll()
		want(t, "the other's take", other.takes(carlosID, tag(3)), "")
		pausing.Wait()
		s.passes(10 * time.Second)
		s.wantRow(tag(3), "CN(41)|ARM en progreso")
		s.wantWhole()
		s.whole.oneHolder(t)
	})
}

// Redis forgets everything while a take is on its way through one replica: the
// other gives the spool to nobody else.
func TestAWipeWhileAnotherReplicasTakeIsOnItsWay(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, other replica) {
		s.sheet.Fail(sheetsim.Fault{Op: "write", Delay: 3 * time.Second})
		var taking sync.WaitGroup
		taking.Go(func() { want(t, "take", one.takes(mauricioID, tag(3)), "") })
		s.passes(time.Second)
		s.redis.FlushAll()
		want(t, "the other's take", other.takes(carlosID, tag(3)), occupation.SpoolOccupied)
		taking.Wait()
		s.passes(10 * time.Second)
		s.wantRow(tag(3), "MR(93)|ARM en progreso")
		s.wantWhole()
		s.whole.oneHolder(t)
		s.wantFences()
	})
}

// Redis forgets everything right after a take, while Google's reads do not show it
// yet: it is waited for until they do, or another would get the spool.
func TestAWipeWhileReadsDoNotShowTheTakeYet(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, other replica) {
		want(t, "take", one.takes(mauricioID, tag(3)), "")
		s.sheet.Fail(sheetsim.Fault{Op: "read", Stale: true, Times: -1})
		s.redis.FlushAll()
		time.AfterFunc(2*time.Second, s.sheet.ClearFaults)
		want(t, "the other's take", other.takes(carlosID, tag(3)), occupation.SpoolOccupied)
		s.passes(10 * time.Second)
		s.wantRow(tag(3), "MR(93)|ARM en progreso")
		s.wantWhole()
		s.whole.oneHolder(t)
	})
}

// A replica is gone, and Redis forgets everything: the other does not wait for it
// for longer than its heartbeat lasts.
func TestAWipeAfterAReplicaHasGone(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, _ replica) {
		gone, stop := s.replica()
		want(t, "take", gone.takes(mauricioID, tag(3)), "")
		s.passes(3 * time.Second)
		stop()
		s.redis.FlushAll()
		s.passes(16 * time.Second)
		want(t, "the next take", one.takes(carlosID, tag(4)), "")
		want(t, "and of the same spool", one.takes(carlosID, tag(3)), occupation.SpoolOccupied)
		s.wantWhole()
	})
}
