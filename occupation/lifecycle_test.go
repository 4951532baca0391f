package occupation_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// model is what a person with pencil and paper would expect of the shop: who
// holds what, what is done, and how many events there were. It is written apart
// from the rules.
type model struct {
	holder map[string]int       // by tag; 0 = free
	until  map[string]time.Time // by tag: the holder's deadline
	done   map[string]int       // by tag: operations completed, 0 to 2
	events int
	fence  int64
}

// takes is what the model makes of a take that was granted; false = it should
// not have been.
func (m *model) takes(tag string, w occupation.Worker, now time.Time) bool {
	over := now.After(m.until[tag])
	lapsed := now.After(m.until[tag].Add(14 * time.Minute))
	switch holder := m.holder[tag]; {
	case m.done[tag] == 2, m.done[tag] == 1 && !w.Has(occupation.Ayudante):
		return false
	case holder == w.ID && !over, holder != 0 && holder != w.ID && !lapsed:
		return false
	case holder != 0 && holder != w.ID:
		m.events++ // the expiry of the former holder
	}
	m.holder[tag], m.until[tag] = w.ID, now.Add(time.Hour)
	m.events++
	return true
}

// mayTake reports whether a free spool should be given to the worker.
func (m *model) mayTake(tag string, w occupation.Worker) bool {
	return m.holder[tag] == 0 && (m.done[tag] == 0 || m.done[tag] == 1 && w.Has(occupation.Ayudante))
}

// Whatever people do and whatever breaks, the sheet equals the locks equals the
// model, every event has exactly one row, and fences only grow.
func TestLifecycle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var failure any
		synctest.Test(t, func(t *testing.T) {
			defer func() { failure = recover() }() // rapid fails by panic; it has to see it outside
			lifecycle(t, rt)
		})
		if failure != nil {
			panic(failure)
		}
	})
}

// outcome is one spool's result, whether the request failed as a whole or not.
// What is being checked is waited for, as people do.
func (s *shop) outcome(rt *rapid.T, results []occupation.Result, err error) occupation.Result {
	if err == nil && results[0].Err != nil && results[0].Err.Reason == occupation.BeingChecked {
		for news := range s.notices.C {
			if news.Intent.Tag == results[0].Tag && news.Intent.Kind == results[0].Kind {
				results[0].Err, results[0].Lock.Fence = news.Err, news.Intent.Fence
				return results[0]
			}
		}
	}
	if err == nil {
		return results[0]
	}
	e, ok := errors.AsType[*occupation.Error](err)
	if !ok {
		rt.Fatalf("an error without a code: %v", err)
	}
	return occupation.Result{Err: e}
}

func lifecycle(t *testing.T, rt *rapid.T) {
	tags := []string{"S-000", "S-001", "S-002"}
	workers := []occupation.Worker{mauricio, juana}
	m := &model{holder: map[string]int{}, until: map[string]time.Time{}, done: map[string]int{}}
	var spools []occupation.Spool
	for _, tag := range tags {
		spools = append(spools, occupation.Spool{Tag: tag, Materials: day.AddDate(-30, 0, 0)})
	}
	s := &shop{
		t: t, locks: occupationtest.NewLocks(), records: occupationtest.NewRecords(spools...),
		directory: occupationtest.NewDirectory(mauricio, juana), notices: occupationtest.NewNotices(),
	}
	s.open("a", s.records)
	defer func() { s.stop() }()
	replicas := 1
	tag := rapid.SampledFrom(tags)
	worker := rapid.SampledFrom(workers)
	struck := -1
	fail := func(f occupationtest.RecordFault) {
		if n := s.records.Calls("Commit"); n != struck { // one fault waits at a time
			struck = n
			s.records.Fail("Commit", f)
		}
	}

	rt.Repeat(map[string]func(*rapid.T){
		"take": func(rt *rapid.T) {
			tag, w := tag.Draw(rt, "tag"), worker.Draw(rt, "worker")
			results, err := s.Take(t.Context(), s.request(w), "", []string{tag})
			r := s.outcome(rt, results, err)
			switch {
			case r.Err == nil && r.Already:
				if m.holder[tag] != w.ID {
					rt.Fatalf("%s was already %d's, the model says %d", tag, w.ID, m.holder[tag])
				}
			case r.Err == nil:
				if was := m.holder[tag]; !m.takes(tag, w, time.Now()) {
					rt.Fatalf("%s was given to %d; the model says holder %d until %v, %d done", tag, w.ID, was, m.until[tag], m.done[tag])
				}
				if r.Lock.Fence <= m.fence {
					rt.Fatalf("fence went from %d to %d", m.fence, r.Lock.Fence)
				}
				m.fence = r.Lock.Fence
			case m.mayTake(tag, w) && r.Err.Reason != occupation.NothingDone:
				rt.Fatalf("%s is free and was refused: %v", tag, r.Err)
			}
		},
		"pause":    func(rt *rapid.T) { m.finish(rt, s, false, tag.Draw(rt, "tag"), worker.Draw(rt, "worker")) },
		"complete": func(rt *rapid.T) { m.finish(rt, s, true, tag.Draw(rt, "tag"), worker.Draw(rt, "worker")) },
		"time":     func(rt *rapid.T) { time.Sleep(time.Duration(rapid.IntRange(1, 90).Draw(rt, "s")) * time.Second) },
		"line cut": func(rt *rapid.T) {
			fail(occupationtest.RecordFault{
				Err:     &occupation.Unknown{Err: errLine, Again: rapid.Bool().Draw(rt, "again")},
				Applied: rapid.Bool().Draw(rt, "applied"),
			})
		},
		"late landing": func(*rapid.T) {
			fail(occupationtest.RecordFault{Err: &occupation.Unknown{Err: errLine}, Late: true})
		},
		"the late one lands": func(*rapid.T) { s.records.LandLate() },
		"rows move": func(rt *rapid.T) {
			if rapid.Bool().Draw(rt, "under the write") {
				fail(occupationtest.RecordFault{Moved: true})
				return
			}
			s.records.Move()
		},
		"locks break": func(rt *rapid.T) {
			method := rapid.SampledFrom([]string{"Intend", "Bind", "Settle", "Undo"}).Draw(rt, "method")
			s.locks.Fail(method, errors.New("gone"), rapid.Bool().Draw(rt, "applied"))
		},
		"locks forget all": func(*rapid.T) {
			time.Sleep(time.Minute) // what was put back or settled late has been
			s.locks.Wipe()
		},
		"restart": func(*rapid.T) {
			s.stop()
			time.Sleep(afterDeath)
			replicas++
			s.open(fmt.Sprint("r", replicas), s.records)
			time.Sleep(time.Minute)
		},
		"": func(rt *rapid.T) { m.check(rt, s, tags) },
	})
}

func (m *model) finish(rt *rapid.T, s *shop, done bool, tag string, w occupation.Worker) {
	target := []occupation.Target{{Tag: tag}}
	var results []occupation.Result
	var err error
	if done {
		results, err = s.Complete(s.t.Context(), s.request(w), target, time.Now().In(santiago))
	} else {
		results, err = s.Pause(s.t.Context(), s.request(w), target)
	}
	r := s.outcome(rt, results, err)
	mine := m.holder[tag] == w.ID
	switch {
	case r.Err == nil && !mine:
		rt.Fatalf("%d finished %s, the model says that %d holds it", w.ID, tag, m.holder[tag])
	case r.Err == nil:
		m.holder[tag] = 0
		if done {
			m.done[tag]++
		}
		m.events++
	case mine && r.Err.Reason != occupation.NothingDone:
		rt.Fatalf("%d holds %s and could not finish: %v", w.ID, tag, r.Err)
	}
}

// check compares sheet, locks, audit log and model once all is quiet.
func (m *model) check(rt *rapid.T, s *shop, tags []string) {
	for waited := 0; len(s.locks.Intents()) > 0 && waited < 300; waited++ {
		time.Sleep(time.Second) // virtual
	}
	synctest.Wait()
	if left := s.locks.Intents(); len(left) > 0 {
		rt.Fatalf("intents left on their way: %v", left)
	}
	snap, err := s.locks.Snapshot(context.Background())
	if err != nil {
		rt.Fatal(err)
	}
	locks := map[string]int{}
	for _, l := range snap.Locks {
		if l.State != occupation.Held {
			rt.Fatalf("%s is %s at rest", l.Tag, l.State)
		}
		locks[l.Tag] = l.Holder.ID
	}
	book, err := s.records.Book(context.Background(), 0)
	if err != nil {
		rt.Fatal(err)
	}
	for _, tag := range tags {
		row, missing := book.Find(tag)
		if missing != nil {
			rt.Fatal(missing)
		}
		if row.HolderID != m.holder[tag] || (snap.Seeded && locks[tag] != m.holder[tag]) || row.ArmDate.IsZero() == (m.done[tag] > 0) || row.SoldDate.IsZero() == (m.done[tag] > 1) {
			rt.Fatalf("%s: sheet says %d, locks %d, model %d; dates %v %v, model %d done", tag, row.HolderID, locks[tag], m.holder[tag], row.ArmDate, row.SoldDate, m.done[tag])
		}
	}
	if n := len(s.records.Audit()); n != m.events {
		rt.Fatalf("%d rows in the log, the model counts %d events", n, m.events)
	}
}
