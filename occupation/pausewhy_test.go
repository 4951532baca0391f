package occupation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func (s *shop) pauseReason(w occupation.Worker, tag string, fence int64, reason string) occupation.Result {
	s.t.Helper()
	r, err := s.PauseReason(s.t.Context(), s.request(w), occupation.Target{Tag: tag, Fence: fence}, reason)
	if err != nil {
		s.t.Fatalf("PauseReason(%s): %v", tag, err)
	}
	return r
}

// Nobody waits for the reason of a pause: its row rides with the next commit.
func TestAReasonForAPauseIsARowOfItsOwn(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		fence := s.take(mauricio, "S-000")[0].Lock.Fence
		s.refused("before the pause", s.pauseReason(mauricio, "S-000", fence, "colación").Err, occupation.NotOwner, occupation.PauseOver)
		s.pause(mauricio, "S-000")
		s.refused("another's", s.pauseReason(juana, "S-000", fence, "colación").Err, occupation.NotOwner, occupation.PauseOver)
		s.take(juana, "S-000") // the next one goes on meanwhile
		s.passes(time.Minute)
		began := time.Now()
		if r := s.pauseReason(mauricio, "S-000", fence, "colación"); r.Err != nil || r.Already || r.Lock.Operation != occupation.ARM {
			t.Fatalf("said: %+v", r)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("the answer took %v", took)
		}
		if r := s.pauseReason(mauricio, "S-000", fence, "máquina"); r.Err != nil || !r.Already {
			t.Errorf("said again: %+v", r)
		}
		s.passes(time.Second)
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000 TOMAR:S-000 MOTIVO:S-000")
		rows := s.records.Audit()
		if last := rows[3]; last.Kind != occupation.PauseWhy || last.WorkerID != 93 || last.Operation != occupation.ARM || !strings.Contains(last.JSON, `"reason":"colación"`) {
			t.Errorf("logged as %+v", last)
		}
		s.want("row", s.row("S-000"), "JP(7)|ARM en progreso")
		s.want("lock", s.lock("S-000"), "7 held")
		s.passes(10 * time.Minute)
		s.refused("too late", s.pauseReason(mauricio, "S-000", fence, "otro").Err, occupation.NotOwner, occupation.PauseOver)
	})
}

// "Falta material" may become a stop, by whoever has just paused the spool.
func TestWhoeverHasPausedMayStopIt(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		fence := s.take(mauricio, "S-000")[0].Lock.Fence
		s.pause(mauricio, "S-000")
		s.pauseReason(mauricio, "S-000", fence, "falta material")
		stop := func(w occupation.Worker) *occupation.Error {
			r, err := s.Retain(s.t.Context(), s.request(w), occupation.Target{Tag: "S-000", Fence: fence}, "falta material")
			if err != nil {
				t.Fatal(err)
			}
			return r.Err
		}
		s.refused("by another", stop(juana), occupation.RoleNotAllowed, occupation.NotSupervisor)
		s.done("by who has paused it", stop(mauricio))
		s.want("row", s.row("S-000"), "|ARM retenido: falta material, MR(93)")
		s.done("lifted", s.lift(mauricio, "S-000", "").Err)
		s.refused("somebody has acted since", stop(mauricio), occupation.RoleNotAllowed, occupation.NotSupervisor)
		s.refused("so the pause stays", s.revert(mauricio, "S-000", occupation.Pause).Err, occupation.NotOwner, occupation.UndoOver)
	})
}

// A replica dies before the reason is written.
func TestAReasonIsNotLostWithItsReplica(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		fence := s.take(mauricio, "S-000")[0].Lock.Fence
		s.pause(mauricio, "S-000")
		s.stop()
		if err := s.locks.Beat(s.t.Context(), "dead", 15*time.Second); err != nil {
			t.Fatal(err)
		}
		out, err := s.locks.Intend(s.t.Context(), "dead", []occupation.Intent{{
			Event: "event-of-the-dead", Kind: occupation.PauseWhy, Key: "S-000", Tag: "S-000", Worker: mauricio.AsHolder(), Fence: fence, Reason: "máquina",
		}})
		if err != nil || out[0].Verdict != occupation.Accepted {
			t.Fatalf("intend: %v %v", out, err)
		}
		s.passes(afterDeath)
		s.open("b", s.records)
		s.passes(time.Minute)
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000 MOTIVO:S-000")
	})
}
