package occupation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// A supervisor extends what somebody else holds, as seen on the board: it stays
// theirs, and the audit row says who arranged it.
func TestASupervisorExtendsWhatAnotherHolds(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		before := s.take(mauricio, "S-000")[0].Lock
		target := occupation.Target{Tag: "S-000", Fence: before.Fence, Deadline: before.Deadline}
		s.refused("a worker", s.extend(juana, hourMore, target)[0].Err, occupation.NotOwner, "")
		s.refused("without the fence", s.extend(jefa, hourMore, occupation.Target{Tag: "S-000"})[0].Err, occupation.NotOwner, "")
		r := s.extend(jefa, hourMore, target)[0]
		s.done("the supervisor", r.Err)
		if l := s.held("S-000"); l.Holder.ID != mauricio.ID || l.Fence != before.Fence || !l.Deadline.Equal(before.Deadline.Add(time.Hour)) {
			t.Errorf("lock %+v, want Mauricio's for an hour more", l)
		}
		if again := s.extend(jefa, hourMore, target)[0]; !again.Already {
			t.Errorf("tapped twice: %+v", again)
		}
		s.passes(20 * time.Second)
		rows := s.records.Audit()
		if last := rows[len(rows)-1]; last.Kind != occupation.Extend || last.WorkerID != mauricio.ID || !strings.Contains(last.JSON, `"by":1`) {
			t.Errorf("audit row %+v, want that 1 has extended what 93 holds", last)
		}
		s.done("pause", s.pause(mauricio, "S-000").Err)
		s.take(juana, "S-000")
		s.refused("an old button", s.extend(jefa, hourMore, target)[0].Err, occupation.NotOwner, "")
	})
}

// What has expired is kept for who had it, and not taken by the supervisor.
func TestASupervisorTakesNothingByExtending(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		before := s.take(mauricio, "S-000")[0].Lock
		s.passes(61 * time.Minute)
		s.sweep()
		r := s.extend(jefa, hourMore, occupation.Target{Tag: "S-000", Fence: before.Fence, Deadline: before.Deadline})[0]
		if l := s.held("S-000"); r.Err == nil || l.Holder.ID != mauricio.ID || l.State != occupation.Lapsed {
			t.Errorf("extended what had expired: %+v, lock %+v", r, l)
		}
	})
}
