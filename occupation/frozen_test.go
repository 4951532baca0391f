package occupation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// frozen is records at one of whose steps the process stands still.
type frozen struct {
	*occupationtest.Records
	before string // "binding", "sending" or "settling"
}

const freezing = 2 * time.Second

func (r *frozen) stand(before string) {
	if r.before == before {
		<-time.After(freezing)
	}
}

func (r *frozen) Prepare(ctx context.Context, changes []occupation.Change) (occupation.Draft, error) {
	draft, err := r.Records.Prepare(ctx, changes)
	r.stand("binding")
	return draft, err
}

func (r *frozen) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	r.stand("sending")
	receipt, err := r.Records.Commit(ctx, c)
	r.stand("settling")
	return receipt, err
}

// A replica is frozen for so long that another one takes over what it carries. When
// it wakes up it goes on where it was: it neither undoes what the other has done,
// nor says for certain what it does not know.
func TestAFrozenReplicaUndoesNothing(t *testing.T) {
	for _, c := range []struct {
		before string
		kind   occupation.Kind
		reason occupation.Reason // of its answer; empty = done
		log    string
		lock   string // in the end, after Juana has taken what she could
	}{
		{"binding", occupation.Take, occupation.BeingChecked, "TOMAR:S-000", "7 held"},
		{"sending", occupation.Take, occupation.BeingChecked, "TOMAR:S-000", "7 held"},
		{"settling", occupation.Take, "", "TOMAR:S-000 PAUSAR:S-000 TOMAR:S-000", "7 held"},
		{"binding", occupation.Pause, occupation.BeingChecked, "TOMAR:S-000 PAUSAR:S-000 TOMAR:S-000", "7 held"},
		{"sending", occupation.Pause, occupation.BeingChecked, "TOMAR:S-000 PAUSAR:S-000 TOMAR:S-000", "7 held"},
		{"settling", occupation.Pause, "", "TOMAR:S-000 PAUSAR:S-000 TOMAR:S-000", "7 held"},
	} {
		t.Run(string(c.kind)+" before "+c.before, func(t *testing.T) {
			inShop(t, 1, func(s *shop) {
				if c.kind == occupation.Pause {
					s.take(mauricio, "S-000")
				}
				s.stop()
				s.open("b", &frozen{s.records, c.before})
				asleep, stop := s.Service, s.stop
				var wg sync.WaitGroup
				wg.Go(func() {
					results, err := s.asks(asleep, mauricio, c.kind, "S-000")
					if err != nil {
						t.Errorf("the frozen replica: %v", err)
						return
					}
					if got := results[0].Err; (got == nil) != (c.reason == "") || got != nil && got.Reason != c.reason {
						t.Errorf("the frozen replica answers %v, want %q", got, c.reason)
					}
				})
				s.passes(freezing / 2)
				s.locks.Advance(time.Minute) // its heartbeat is over
				s.open("c", s.records)
				if c.kind == occupation.Take && c.before == "settling" {
					s.done("pause", s.pause(mauricio, "S-000").Err)
				}
				s.passes(time.Millisecond) // what was given up is committed anew
				s.done("take by another", s.take(juana, "S-000")[0].Err)
				wg.Wait()
				stop()
				s.want("log", s.log(), c.log)
				s.want("lock", s.lock("S-000"), c.lock)
			})
		})
	}
}

// asks asks one of several replicas.
func (s *shop) asks(of *occupation.Service, w occupation.Worker, kind occupation.Kind, tag string) ([]occupation.Result, error) {
	if kind == occupation.Take {
		return of.Take(s.t.Context(), s.request(w), "", []string{tag})
	}
	return of.Pause(s.t.Context(), s.request(w), []occupation.Target{{Tag: tag}})
}
