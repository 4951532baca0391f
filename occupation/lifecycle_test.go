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
	pieces map[string]*piece // by tag
	events int
	fence  int64
}

// piece is a spool on that paper.
type piece struct {
	holder int       // 0 = free
	until  time.Time // the holder's deadline
	lapsed bool      // it has expired, and is kept for its holder
	kept   time.Time // until then
	done   int       // operations completed, 0 to 2
}

// holds reports whether the worker may finish the piece, and pass it on.
func (p *piece) holds(w occupation.Worker, now time.Time) bool {
	return p.holder == w.ID && (!p.lapsed || !now.After(p.kept))
}

// begins makes the piece the worker's.
func (p *piece) begins(w occupation.Worker, now time.Time) {
	p.holder, p.until, p.lapsed = w.ID, now.Add(time.Hour), false
}

// fits reports whether something is left to do that the worker may do.
func (p *piece) fits(w occupation.Worker) bool {
	return p.done == 0 || p.done == 1 && w.Has(occupation.Ayudante)
}

// mayTake reports whether a take must be granted.
func (p *piece) mayTake(w occupation.Worker, now time.Time) bool {
	free := p.holder == 0 || p.lapsed && (p.holder == w.ID || now.After(p.kept))
	return p.fits(w) && (free || p.holder == w.ID && now.After(p.until))
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
func (s *shop) outcome(rt *rapid.T, w occupation.Worker, results []occupation.Result, err error) occupation.Result {
	if err == nil && results[0].Err != nil && results[0].Err.Reason == occupation.BeingChecked {
		for news := range s.notices.C {
			if news.Intent.Tag == results[0].Tag && news.Intent.Kind == results[0].Kind && news.To.ID == w.ID {
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

// hear reads all news, so that none comes again.
func (s *shop) hear(rt *rapid.T) {
	for {
		select {
		case n := <-s.notices.C:
			if err := s.Told(context.Background(), n.Intent.Event); err != nil {
				rt.Fatal(err)
			}
		default:
			return
		}
	}
}

func lifecycle(t *testing.T, rt *rapid.T) {
	tags := []string{"S-000", "S-001", "S-002"}
	workers := []occupation.Worker{mauricio, juana}
	m := &model{pieces: map[string]*piece{}}
	var spools []occupation.Spool
	for _, tag := range tags {
		spools = append(spools, occupation.Spool{Tag: tag, Materials: day.AddDate(-30, 0, 0)})
		m.pieces[tag] = &piece{}
	}
	s := &shop{
		t: t, locks: occupationtest.NewLocks(), records: occupationtest.NewRecords(spools...),
		directory: occupationtest.NewDirectory(mauricio, juana, jefa), notices: occupationtest.NewNotices(),
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
		"take": func(rt *rapid.T) { m.take(rt, s, tag.Draw(rt, "tag"), worker.Draw(rt, "worker")) },
		"pause": func(rt *rapid.T) {
			m.finish(rt, s, occupation.Pause, tag.Draw(rt, "tag"), worker.Draw(rt, "worker"))
		},
		"complete": func(rt *rapid.T) {
			m.finish(rt, s, occupation.Complete, tag.Draw(rt, "tag"), worker.Draw(rt, "worker"))
		},
		"extend":   func(rt *rapid.T) { m.extend(rt, s, tag.Draw(rt, "tag"), worker.Draw(rt, "worker")) },
		"transfer": func(rt *rapid.T) { m.transfer(rt, s, tag.Draw(rt, "tag"), worker.Draw(rt, "worker")) },
		"release":  func(rt *rapid.T) { m.release(rt, s, tag.Draw(rt, "tag")) },
		"sweep":    func(rt *rapid.T) { m.sweep(rt, s) },
		"time":     func(rt *rapid.T) { s.passes(time.Duration(rapid.IntRange(1, 90).Draw(rt, "s")) * time.Second) },
		"much time": func(rt *rapid.T) {
			s.passes(time.Duration(rapid.IntRange(10, 50).Draw(rt, "min")) * time.Minute)
		},
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
			s.passes(time.Minute) // what was put back or settled late has been
			s.locks.Wipe()
			for _, p := range m.pieces { // nobody knows any more for whom it was kept
				if p.lapsed {
					p.holder, p.lapsed = 0, false
				}
			}
		},
		"restart": func(*rapid.T) {
			s.stop()
			s.passes(afterDeath)
			replicas++
			s.open(fmt.Sprint("r", replicas), s.records)
			s.passes(time.Minute)
		},
		"": func(rt *rapid.T) { m.check(rt, s, tags) },
	})
}

func (m *model) take(rt *rapid.T, s *shop, tag string, w occupation.Worker) {
	p, now := m.pieces[tag], time.Now()
	results, err := s.Take(s.t.Context(), s.request(w), "", []string{tag})
	r := s.outcome(rt, w, results, err)
	switch {
	case r.Err == nil && r.Already:
		if p.holder != w.ID || p.lapsed {
			rt.Fatalf("%s was already %d's, the model says %+v", tag, w.ID, p)
		}
	case r.Err == nil:
		if !p.mayTake(w, time.Now()) {
			rt.Fatalf("%s was given to %d; the model says %+v", tag, w.ID, p)
		}
		p.begins(w, now)
		m.given(rt, r.Lock.Fence)
	case p.mayTake(w, now) && r.Err.Reason != occupation.NothingDone:
		rt.Fatalf("%s is free and was refused: %v", tag, r.Err)
	}
}

// given is a new occupation.
func (m *model) given(rt *rapid.T, fence int64) {
	if fence <= m.fence {
		rt.Fatalf("fence went from %d to %d", m.fence, fence)
	}
	m.fence = fence
	m.events++
}

func (m *model) finish(rt *rapid.T, s *shop, kind occupation.Kind, tag string, w occupation.Worker) {
	p, now := m.pieces[tag], time.Now()
	target := []occupation.Target{{Tag: tag}}
	var results []occupation.Result
	var err error
	if kind == occupation.Complete {
		results, err = s.Complete(s.t.Context(), s.request(w), target, now.In(santiago))
	} else {
		results, err = s.Pause(s.t.Context(), s.request(w), target)
	}
	r := s.outcome(rt, w, results, err)
	switch {
	case r.Err == nil && !p.holds(w, now):
		rt.Fatalf("%d finished %s, the model says %+v", w.ID, tag, p)
	case r.Err == nil:
		p.holder, p.lapsed = 0, false
		if kind == occupation.Complete {
			p.done++
		}
		m.events++
	case p.holds(w, now) && r.Err.Reason != occupation.NothingDone:
		rt.Fatalf("%d holds %s and could not finish: %v", w.ID, tag, r.Err)
	}
}

func (m *model) extend(rt *rapid.T, s *shop, tag string, w occupation.Worker) {
	p, now := m.pieces[tag], time.Now()
	results, err := s.Extend(s.t.Context(), s.request(w), []occupation.Target{{Tag: tag}}, occupation.Extension{By: 20 * time.Minute})
	r := s.outcome(rt, w, results, err)
	mine := p.holder == w.ID && !p.lapsed
	switch {
	case r.Err == nil && r.Kind == occupation.Take: // it had expired
		if p.holder != w.ID && !p.mayTake(w, now) {
			rt.Fatalf("%s was given back to %d; the model says %+v", tag, w.ID, p)
		}
		p.begins(w, now)
		m.given(rt, r.Lock.Fence)
	case r.Err == nil && !mine:
		rt.Fatalf("%d extended %s, the model says %+v", w.ID, tag, p)
	case r.Err == nil && !r.Already:
		if p.until.Before(now) {
			p.until = now
		}
		p.until = p.until.Add(20 * time.Minute)
		m.events++
	case r.Err != nil && mine && r.Err.Reason != occupation.NothingDone:
		rt.Fatalf("%d holds %s and could not extend: %v", w.ID, tag, r.Err)
	}
}

func (m *model) transfer(rt *rapid.T, s *shop, tag string, giver occupation.Worker) {
	p := m.pieces[tag]
	to := juana
	if giver.ID == juana.ID {
		to = mauricio
	}
	offer, _, err := s.OfferTransfer(s.t.Context(), s.request(giver), occupation.Target{Tag: tag}, to.ID, "")
	may := p.holder == giver.ID && !p.lapsed && p.fits(to)
	if err != nil {
		if may {
			rt.Fatalf("%d cannot offer %s: %v", giver.ID, tag, err)
		}
		return
	}
	if !may {
		rt.Fatalf("%d offers %s, the model says %+v", giver.ID, tag, p)
	}
	now := time.Now()
	res, _, err := s.AcceptTransfer(s.t.Context(), s.request(to), offer.ID)
	r := s.outcome(rt, to, []occupation.Result{res}, err)
	switch {
	case r.Err == nil:
		p.begins(to, now)
		m.given(rt, r.Lock.Fence)
	case r.Err.Reason != occupation.NothingDone:
		rt.Fatalf("%d could not accept %s: %v", to.ID, tag, r.Err)
	}
}

func (m *model) release(rt *rapid.T, s *shop, tag string) {
	p := m.pieces[tag]
	res, err := s.Release(s.t.Context(), s.request(jefa), occupation.Target{Tag: tag}, "se fue")
	r := s.outcome(rt, jefa, []occupation.Result{res}, err)
	switch {
	case r.Err == nil && p.holder == 0:
		rt.Fatalf("%s was freed, the model says that nobody holds it", tag)
	case r.Err == nil:
		p.holder, p.lapsed = 0, false
		m.events++
	case p.holder != 0 && r.Err.Reason != occupation.NothingDone:
		rt.Fatalf("%s could not be freed: %v", tag, r.Err)
	}
}

// sweep lets time do its work: what is over expires, unless something broke, and
// what was kept for long enough is free.
func (m *model) sweep(rt *rapid.T, s *shop) {
	now := time.Now()
	_, err := s.Sweep(s.t.Context())
	s.rests(rt)
	for tag, p := range m.pieces {
		state := s.held(tag).State
		switch {
		case p.lapsed && now.After(p.kept):
			if err == nil && state != "" {
				rt.Fatalf("%s is kept for too long, the lock is %q", tag, state)
			}
			if state == "" {
				p.holder, p.lapsed = 0, false
			}
		case p.holder != 0 && !p.lapsed && now.After(p.until):
			if err == nil && state != occupation.Lapsed {
				rt.Fatalf("%s is over, the lock is %q", tag, state)
			}
			if state == occupation.Lapsed {
				p.lapsed, p.kept = true, s.held(tag).Until
				m.events++
			}
		case state == occupation.Lapsed && !p.lapsed:
			rt.Fatalf("%s has expired, the model says %+v", tag, p)
		}
	}
}

// rests waits until nothing is on its way.
func (s *shop) rests(rt *rapid.T) {
	for waited := 0; len(s.locks.Intents()) > 0 && waited < 300; waited++ {
		s.passes(time.Second)
	}
	synctest.Wait()
	if left := s.locks.Intents(); len(left) > 0 {
		rt.Fatalf("intents left on their way: %v", left)
	}
	s.hear(rt)
}

// check compares sheet, locks, audit log and model once all is quiet.
func (m *model) check(rt *rapid.T, s *shop, tags []string) {
	s.rests(rt)
	snap, err := s.locks.Snapshot(context.Background())
	if err != nil {
		rt.Fatal(err)
	}
	locks := map[string]int{}
	for _, l := range snap.Locks {
		if l.State != occupation.Held && l.State != occupation.Lapsed {
			rt.Fatalf("%s is %s at rest", l.Tag, l.State)
		}
		if p := m.pieces[l.Tag]; (l.State == occupation.Lapsed) != p.lapsed || l.State == occupation.Held && l.Deadline.Sub(p.until).Abs() > 10*time.Minute {
			rt.Fatalf("%s is %s until %v, the model says %+v", l.Tag, l.State, l.Deadline, p)
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
		p := m.pieces[tag]
		inRow := p.holder
		if p.lapsed {
			inRow = 0
		}
		if row.HolderID != inRow || (snap.Seeded && locks[tag] != p.holder) || row.ArmDate.IsZero() == (p.done > 0) || row.SoldDate.IsZero() == (p.done > 1) {
			rt.Fatalf("%s: sheet says %d, locks %d, model %+v; dates %v %v", tag, row.HolderID, locks[tag], p, row.ArmDate, row.SoldDate)
		}
	}
	if n := len(s.records.Audit()); n != m.events {
		rt.Fatalf("%d rows in the log, the model counts %d events", n, m.events)
	}
}
