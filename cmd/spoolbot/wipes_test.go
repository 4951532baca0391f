package main

import (
	"testing"
	"time"
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
