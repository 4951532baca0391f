package occupation_test

import (
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// hears is the answer to a request: one result per spool, in order, or none at all
// and the error of the whole.
func (w *world) hears(a *ask, kind occupation.Kind, tags []string, results []occupation.Result, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := a.person
	if a.line.alive.Err() != nil { // the process died: nobody hears anything
		w.tally.answers["lost"]++
		for _, e := range a.events {
			p.unsure[e.intent.Key], e.done = true, true // or not: nobody was told
		}
		return
	}
	if err != nil {
		w.tally.answers[string(kind.Action())+" "+outcomeOf(err)]++
		w.note("  w%d hears %v", a.who, err)
		for _, e := range a.events {
			e.refused, e.deaf = true, occupation.CodeOf(err) == occupation.LocksUnavailable
		}
		return
	}
	seen := map[string]bool{}
	n := 0
	for _, tag := range tags {
		key := occupation.TagKey(tag)
		if seen[key] {
			continue
		}
		seen[key] = true
		if n >= len(results) || occupation.TagKey(results[n].Tag) != key {
			w.violate(4, "%s of %v: the results are of %v", kind, tags, resultTags(results))
			return
		}
		n++
	}
	if n < len(results) && len(tags) > 0 {
		w.violate(4, "%s of %v: %d results", kind, tags, len(results))
	}
	for _, res := range results {
		w.hearsOf(a, p, res)
	}
}

func resultTags(results []occupation.Result) []string {
	out := make([]string, len(results))
	for i, r := range results {
		out[i] = r.Tag
	}
	return out
}

// hearsOf is what a person is told of one spool.
func (w *world) hearsOf(a *ask, p *person, res occupation.Result) {
	key := occupation.TagKey(res.Tag)
	what := "done"
	switch {
	case res.Err != nil:
		what = outcomeOf(res.Err)
	case res.Already:
		what = "already"
	}
	w.tally.answers[res.Kind.Action()+" "+what]++
	w.note("  w%d hears %s %s: %s, fence %d until %v", a.who, res.Kind, res.Tag, what, res.Lock.Fence, res.Lock.Deadline)
	switch {
	case res.Err != nil && res.Err.Reason == occupation.BeingChecked && p.news[about(key, res.Kind, res.Undoes)].After(a.at):
		// The replica stood still, another has brought it to its end and told them.
	case res.Err != nil && res.Err.Reason == occupation.BeingChecked:
		p.waiting[about(key, res.Kind, res.Undoes)] = waiting{a, key, res.Kind}
		p.unsure[key] = true
	case res.Err != nil:
		for _, e := range a.events {
			if e.intent.Key == key && e.intent.Kind == res.Kind {
				e.refused, e.overtaken = true, res.Err.Code == occupation.SpoolOccupied
				e.deaf = e.deaf || res.Err.Code == occupation.LocksUnavailable
			}
		}
	case res.Already && res.Lock.Holder.ID == p.worker.ID:
		// The deadline is no promise: it may be that of an extension whose answer was
		// lost and which is put back this moment.
		p.gets(key, res.Lock.Fence, p.holds[key].deadline)
	case res.Already:
	default:
		w.vouch(a, p, res)
		for _, e := range a.events {
			e.done = e.done || e.intent.Key == key && e.intent.Kind == res.Kind
		}
		switch {
		case begins(res.Kind, res.Undoes), res.Kind == occupation.Extend:
			p.gets(key, res.Lock.Fence, res.Lock.Deadline)
		case res.Kind == occupation.Pause, res.Kind == occupation.Complete, res.Kind == occupation.Revert, res.Kind == occupation.Retain:
			p.loses(key, res.Lock.Fence)
		}
		if res.Kind.Reverts() {
			p.did = deed{key, res.Kind, res.Lock.Fence, time.Now()}
		}
	}
}

func (p *person) gets(key string, fence int64, deadline time.Time) {
	if fence > p.over[key] && fence >= p.holds[key].fence {
		p.holds[key] = holding{fence, deadline}
		delete(p.unsure, key)
	}
}

func (p *person) loses(key string, fence int64) {
	p.over[key] = max(p.over[key], fence)
	if p.holds[key].fence <= fence {
		delete(p.holds, key)
	}
}

// hasHeard ends the wait for a promised answer.
func (p *person) hasHeard(what string) {
	delete(p.waiting, what)
	p.news[what] = time.Now()
}

// about names what somebody waits to hear of. Whoever takes a spool that they are
// being given this moment waits for the outcome of that.
func about(key string, kind, undoes occupation.Kind) string {
	if begins(kind, undoes) {
		return key + " begins"
	}
	return key + string(kind)
}

// heard is news that has reached somebody.
func (w *world) heard(l *line, n occupation.Notice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in := n.Intent
	w.note("  %d hears from %s of %s %s, fence %d: %v", n.To.ID, l.name, in.Kind, in.Tag, in.Fence, n.Err)
	for _, p := range w.persons {
		if p.worker.ID != n.To.ID {
			continue
		}
		asked := in.Worker.ID == p.worker.ID && in.Kind != occupation.Expire
		switch {
		case n.Err != nil:
		case in.Kind == occupation.Expire, in.Kind == occupation.Release && in.From.ID == p.worker.ID, in.Kind == occupation.Pause, in.Kind == occupation.Complete,
			in.Kind == occupation.Retain && (in.From.ID == p.worker.ID || in.From.ID == 0), in.Kind == occupation.Revert && in.Undoes == occupation.Take:
			p.loses(in.Key, in.Fence)
		case in.Kind == occupation.Transfer && in.From.ID == p.worker.ID:
			p.loses(in.Key, in.Former)
		case begins(in.Kind, in.Undoes):
			p.gets(in.Key, in.Fence, in.Deadline)
		}
		if n.Err == nil {
			if w.told[in.Event] == nil {
				w.told[in.Event] = map[int]bool{}
			}
			w.told[in.Event][p.worker.ID] = true
		}
		if asked && n.Err == nil {
			w.eventOf(in.Event).done = true
		}
		if asked && (n.Err == nil || n.Err.Reason != occupation.BeingChecked) {
			if n.Err != nil {
				e := w.eventOf(in.Event)
				e.refused, e.overtaken = true, n.Err.Code == occupation.SpoolOccupied
			}
			p.hasHeard(about(in.Key, in.Kind, in.Undoes))
			delete(p.unsure, in.Key)
		}
	}
}
