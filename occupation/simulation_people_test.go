package occupation_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// act does a step. What a person does waits for what they did before.
func (w *world) act(s step) {
	w.mu.Lock()
	w.tally.verbs[s.verb]++
	w.note("-- %v", s)
	w.mu.Unlock()
	switch {
	case isOne(office, s.verb):
		w.edit(s)
	case isOne(mishaps, s.verb):
		w.befall(s)
	case s.verb == sweeps, s.verb == compares:
		if r := w.server(s.slot); r != nil {
			w.tasks.Go(func() {
				if s.verb == sweeps {
					r.sweep(r.line.alive)
					return
				}
				_, _ = r.Reconcile(r.line.alive)
			})
		}
	default:
		p := w.persons[w.actor(s)]
		before, over := p.lane, make(chan struct{})
		p.lane = over
		w.tasks.Go(func() {
			defer close(over)
			<-before
			w.taps(p, s)
		})
	}
}

// actor is who does the step: mostly somebody who has reason to.
func (w *world) actor(s step) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	var able []int
	for i, p := range w.persons {
		switch s.verb {
		case pauses, completes, extends, offers:
			if len(p.holds) > 0 {
				able = append(able, i)
			}
		case undoes:
			if p.did.key != "" && time.Since(p.did.at) < 2*time.Minute {
				able = append(able, i)
			}
		case retains:
			if len(p.holds) > 0 || p.worker.Has(occupation.Supervisor) {
				able = append(able, i)
			}
		case lifts:
			if p.worker.Has(occupation.Supervisor) || s.chance(32, 20) {
				able = append(able, i)
			}
		case accepts, refuses:
			if len(p.offers) > 0 {
				able = append(able, i)
			}
		case releases:
			if p.worker.Has(occupation.Supervisor) {
				able = append(able, i)
			}
		}
	}
	if len(able) == 0 || s.chance(30, 10) {
		return s.who
	}
	return able[s.roll(31, len(able))]
}

func isOne(of []dish, v verb) bool {
	return slices.ContainsFunc(of, func(d dish) bool { return d.verb == v })
}

// asked is the key under which a request's context carries its ask.
type asked struct{}

// ask is one request of one person, and what the lock store was asked for by it.
type ask struct {
	step
	person *person
	line   *line
	at     time.Time
	wipes  int
	deaths int
	events []*event
}

func (w *world) begins(p *person, s step, r *process) (*ask, context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := &ask{step: s, person: p, line: r.line, at: time.Now(), wipes: w.wipes, deaths: w.deaths}
	return a, context.WithValue(r.line.alive, asked{}, a)
}

// taps is one tap of a person and its answer.
func (w *world) taps(p *person, s step) {
	r := w.server(s.slot)
	if r == nil {
		w.answered("nobody serves")
		return
	}
	switch s.verb {
	case offers:
		w.offer(p, s, r)
	case accepts, refuses:
		w.answer(p, s, r)
	case waits:
		_, _, _ = r.WaitFor(r.line.alive, occupation.Request{Worker: p.worker.ID, Now: r.Now()}, w.tag(s.spool))
	case leaves:
		_ = r.StopWaiting(r.line.alive, p.worker.ID, w.tag(s.spool))
	case twice:
		w.both(p, s)
	default:
		w.one(p, s, r, occupation.Request{Worker: p.worker.ID, Now: r.Now()})
	}
}

// both lets one tap reach both replicas.
func (w *world) both(p *person, s step) {
	key := fmt.Sprint("tap-", s.number)
	s.verb, s.double = []verb{takes, takes, pauses, extends}[s.roll(20, 4)], true
	if s.verb == extends && len(p.holds) == 0 {
		s.verb = takes
	}
	targets := w.targets(p, s)
	var wg sync.WaitGroup
	for slot := range 2 {
		w.mu.Lock()
		r := w.slots[slot]
		w.mu.Unlock()
		if r != nil {
			wg.Go(func() {
				w.request(p, s, r, occupation.Request{Key: key, Worker: p.worker.ID, Now: r.Now()}, targets)
			})
		}
	}
	wg.Wait()
}

// one lets a tap reach one replica.
func (w *world) one(p *person, s step, r *process, req occupation.Request) {
	w.request(p, s, r, req, w.targets(p, s))
}

func (w *world) request(p *person, s step, r *process, req occupation.Request, targets []occupation.Target) {
	a, ctx := w.begins(p, s, r)
	tags := make([]string, len(targets))
	for i, t := range targets {
		tags[i] = t.Tag
	}
	var results []occupation.Result
	var err error
	kind := occupation.Take
	switch s.verb {
	case takes:
		op := []occupation.Operation{"", "", "", "", "", occupation.ARM, occupation.SOLD}[s.roll(7, 7)]
		results, err = r.Take(ctx, req, op, tags)
	case pauses:
		kind = occupation.Pause
		results, err = r.Pause(ctx, req, targets)
	case completes:
		kind = occupation.Complete
		results, err = r.Complete(ctx, req, targets, req.Now.In(santiago).AddDate(0, 0, -s.roll(7, 3)))
	case extends:
		kind = occupation.Extend
		ext := occupation.Extension{By: time.Duration(1+s.roll(7, 60)) * time.Minute, ShiftEnd: s.chance(8, 5)}
		if s.chance(9, 15) && !s.double {
			targets, tags = nil, nil
		}
		results, err = r.Extend(ctx, req, targets, ext)
	case releases:
		kind = occupation.Release
		var one occupation.Result
		one, err = r.Release(ctx, req, targets[0], "cambio de turno")
		results, tags = []occupation.Result{one}, tags[:1]
	case undoes:
		kind = occupation.Revert
		results, err = r.Revert(ctx, req, targets, w.undone(p))
	case retains:
		kind = occupation.Retain
		var one occupation.Result
		one, err = r.Retain(ctx, req, targets[0], "falta material")
		results, tags = []occupation.Result{one}, tags[:1]
	case lifts:
		kind = occupation.Lift
		var one occupation.Result
		one, err = r.Lift(ctx, req, tags[0], "")
		results, tags = []occupation.Result{one}, tags[:1]
	}
	w.hears(a, kind, tags, results, err)
}

func (w *world) offer(p *person, s step, r *process) {
	_, ctx := w.begins(p, s, r)
	target := w.targets(p, s)[0]
	to := w.persons[s.roll(11, crew)]
	o, _, err := r.OfferTransfer(ctx, occupation.Request{Worker: p.worker.ID, Now: r.Now()}, target, to.worker.ID, "ayuda")
	if err != nil {
		w.answered("offer " + outcomeOf(err))
		return
	}
	w.answered("offer done")
	w.mu.Lock()
	to.offers = append(to.offers, o)
	w.mu.Unlock()
}

func (w *world) answer(p *person, s step, r *process) {
	w.mu.Lock()
	if len(p.offers) == 0 {
		w.mu.Unlock()
		return
	}
	o := p.offers[len(p.offers)-1]
	p.offers = p.offers[:len(p.offers)-1]
	w.mu.Unlock()
	a, ctx := w.begins(p, s, r)
	if s.verb == refuses {
		_, _ = r.AnswerOffer(ctx, p.worker.ID, o.ID)
		return
	}
	res, _, err := r.AcceptTransfer(ctx, occupation.Request{Worker: p.worker.ID, Now: r.Now()}, o.ID)
	w.hears(a, occupation.Transfer, []string{o.Tag}, []occupation.Result{res}, err)
}

// targets are the spools that the step is about: what the person holds by all that
// they were told, as a button or by name, or whatever lies on the bench.
func (w *world) targets(p *person, s step) []occupation.Target {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []occupation.Target
	mine := sortedKeys(p.holds)
	if s.verb == undoes && p.did.key != "" {
		t := occupation.Target{Tag: w.spelled(p.did.key)}
		if s.chance(4, 80) {
			t.Fence = p.did.fence
		}
		return append(out, t)
	}
	if s.verb == lifts && s.chance(1, 90) {
		for _, sp := range w.sheet().Spools {
			if strings.Contains(sp.State, "retenido") {
				out = append(out, occupation.Target{Tag: sp.Tag})
			}
		}
		if len(out) > 0 {
			return out[s.roll(2, len(out)):][:1]
		}
	}
	if s.verb == releases && s.chance(1, 80) || s.verb == retains && p.worker.Has(occupation.Supervisor) && s.chance(1, 50) {
		mine = nil
		for _, other := range w.persons {
			mine = append(mine, sortedKeys(other.holds)...)
		}
	}
	if s.verb != takes && len(mine) > 0 && (s.chance(1, 90) || s.double) {
		at := s.roll(2, len(mine))
		for i := range 1 + s.roll(3, 3) {
			key := mine[(at+i)%len(mine)]
			if slices.ContainsFunc(out, func(t occupation.Target) bool { return occupation.TagKey(t.Tag) == key }) {
				break
			}
			h := p.holds[key]
			t := occupation.Target{Tag: w.spelled(key)}
			if s.chance(4, 50) || s.double { // only a button arrives twice; its deadline makes two of one hour one
				t.Fence, t.Deadline = h.fence, h.deadline
			}
			out = append(out, t)
		}
		return out
	}
	n := 1
	if s.chance(1, 20) {
		n = 2 + s.roll(2, 5)
	}
	at := s.spool
	if s.chance(3, 50) { // most want the same
		at %= 4
	}
	for i := range n {
		out = append(out, occupation.Target{Tag: w.spools[(at+i)%bench]})
	}
	return out
}

// undone is the kind of what the person wants to take back.
func (w *world) undone(p *person) occupation.Kind {
	w.mu.Lock()
	defer w.mu.Unlock()
	return cmp.Or(p.did.kind, occupation.Take)
}

func (w *world) tag(spool int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.spools[spool]
}

// spelled is the TAG of a key as the sheet spells it.
func (w *world) spelled(key string) string {
	for _, t := range w.spools {
		if occupation.TagKey(t) == key {
			return t
		}
	}
	return key
}

func (w *world) answered(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally.answers[what]++
}

func outcomeOf(err error) string {
	e, ok := errors.AsType[*occupation.Error](err)
	switch {
	case err == nil:
		return "done"
	case !ok:
		return "fault"
	case e.Reason == "":
		return string(e.Code)
	default:
		return string(e.Code) + " " + string(e.Reason)
	}
}
