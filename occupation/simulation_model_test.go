//go:build simulation

package occupation_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// accounts is what the people of the simulation know: what each was told, and what
// was asked for by whom. With the rows of the audit log it is the only model of the
// rules here; it is made of answers and news, and uses no code of what it judges.
type accounts struct {
	persons  []*person
	events   map[string]*event
	told     map[string]map[int]bool // by event: who has heard of it
	log      []*entry                // the audit log as read so far
	byKey    map[string][]*entry
	base     map[string]occupation.Spool   // by row: as it was at the last quiet point
	edits    map[string][]occupation.Spool // by row: as people have left it since then
	renamed  map[string]string             // by row: the TAG that people gave it
	touched  map[string]bool               // keys that people have written to since then
	judgedAt int                           // rows of the log at the last quiet point
	byHand   map[string]int                // by key: when somebody wrote a name without an id there
	marks    []mark
	seq      int // of edits and plans
	wipes    int
	deaths   int
	landed   map[string]bool // commits
	hits     map[string]hitRow
	fence    int64 // the highest that was given
	writes   []time.Time
	warnings map[warning]bool
	unrest   string // why the shop is not quiet
	phase    int
}

func newAccounts() accounts {
	return accounts{
		events: map[string]*event{}, told: map[string]map[int]bool{}, byKey: map[string][]*entry{}, base: map[string]occupation.Spool{},
		edits: map[string][]occupation.Spool{}, renamed: map[string]string{}, touched: map[string]bool{}, byHand: map[string]int{},
		warnings: map[warning]bool{}, landed: map[string]bool{}, hits: map[string]hitRow{},
	}
}

// person is one of the people: what they believe to hold, by all that they were told.
type person struct {
	worker  occupation.Worker
	lane    chan struct{} // closed when what they did last is over
	holds   map[string]holding
	over    map[string]int64     // by key: the highest fence that they heard the end of
	unsure  map[string]bool      // keys about which they never got an answer
	waiting map[string]waiting   // by key and kind: "it is being checked"
	news    map[string]time.Time // by key and kind: when they heard of it last
	offers  []occupation.Offer   // made to them
	excused map[string]bool      // keys that they may have lost without a word
}

type holding struct {
	fence    int64
	deadline time.Time
}

// waiting is an answer that was promised.
type waiting struct {
	ask  *ask
	key  string
	kind occupation.Kind
}

func newPerson(w occupation.Worker) *person {
	p := &person{
		worker: w, lane: make(chan struct{}), holds: map[string]holding{}, over: map[string]int64{}, unsure: map[string]bool{},
		waiting: map[string]waiting{}, news: map[string]time.Time{}, excused: map[string]bool{},
	}
	close(p.lane)
	return p
}

// event is one intent that was brought before the lock store.
type event struct {
	intent    occupation.Intent
	ask       *ask // nil: nobody asked, a job did
	accepted  bool
	forgotten bool // the lock store has forgotten it before it was at its end
	refused   bool // somebody was told that nothing was done
	deaf      bool // because the lock store did not answer
	done      bool // somebody was told that it is done, or not told: of one tap that arrived twice
	planned   int  // when a commit with it was planned last
	landed    int  // when its cells were written first
}

func (w *world) eventOf(id string) *event {
	if w.events[id] == nil {
		w.events[id] = &event{}
	}
	return w.events[id]
}

// intended is told of every verdict of the lock store. Fences grow.
func (w *world) intended(l *line, a *ask, in occupation.Intent, o occupation.Outcome) {
	e := w.eventOf(in.Event)
	if o.Verdict != occupation.Accepted {
		if !e.accepted {
			e.intent = in
		}
		w.note("  %s %s by %d: %s, lock %v", in.Kind, in.Tag, in.Worker.ID, o.Verdict, o.Lock)
	} else {
		w.note("  %s %s by %d: fence %d, event %s", in.Kind, in.Tag, in.Worker.ID, o.Intent.Fence, in.Event)
		e.intent, e.accepted = o.Intent, true
		if in.Kind == occupation.Take || in.Kind == occupation.Transfer {
			w.gave(in.Key, o.Intent.Fence)
			l.fence = o.Intent.Fence
		}
	}
	if a != nil && !slices.Contains(a.events, e) {
		e.ask = a
		a.events = append(a.events, e)
	}
}

// gave checks that a new fence is above all that there were.
func (w *world) gave(key string, fence int64) {
	if fence <= w.fence {
		w.violate(2, "%s got fence %d after %d", key, fence, w.fence)
	}
	w.fence = max(w.fence, fence)
}

// restored looks at the fences of locks that were put back without one. When the
// store was empty, only what is written or what this process was given can be known.
func (w *world) restored(l *line, locks []occupation.Lock, seeded bool, err error) error {
	if err == nil && !seeded {
		w.read()
		w.fence = l.fence
		for _, e := range w.log {
			w.fence = max(w.fence, e.fence)
		}
	}
	for _, lock := range locks {
		if now := w.lockNow(lock.Key); lock.Fence == 0 && now.Fence > w.fence {
			w.gave(lock.Key, now.Fence)
		}
	}
	return err
}

// planned remembers when changes were planned: no edit from before was unknown.
func (w *world) planned(changes []occupation.Change) {
	w.seq++
	for _, c := range changes {
		if len(c.Cells) > 0 {
			w.eventOf(c.Intent.Event).planned = w.seq
		}
	}
}

// countWrite checks the quota: at most 55 writes in any minute.
func (w *world) countWrite() {
	now := time.Now()
	w.writes = append(w.writes, now)
	for now.Sub(w.writes[0]) >= time.Minute {
		w.writes = w.writes[1:]
	}
	if len(w.writes) > 55 {
		w.violate(6, "%d writes in a minute", len(w.writes))
	}
}

// countSending checks that each sending has taken a write of the quota before.
func (w *world) countSending(l *line, c occupation.Commit) {
	if l.bound[c.ID]--; l.bound[c.ID] < 0 && !(c.Repair && w.wipes > 0) { // what puts right goes out after a wipe as well
		w.violate(6, "%s sends %s without a write of the quota", l.name, c.ID)
	}
}

func (w *world) violate(invariant int, format string, args ...any) {
	v := violation{invariant, fmt.Sprintf(format, args...)}
	w.note("!! invariant %d: %s", invariant, v.text)
	if len(w.tally.violations) < 20 {
		w.tally.violations = append(w.tally.violations, v)
	}
}

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
	case res.Err != nil && res.Err.Reason == occupation.BeingChecked && p.news[key+string(res.Kind)].After(a.at):
		// The replica stood still, another has brought it to its end and told them.
	case res.Err != nil && res.Err.Reason == occupation.BeingChecked:
		p.waiting[key+string(res.Kind)] = waiting{a, key, res.Kind}
		p.unsure[key] = true
	case res.Err != nil:
		for _, e := range a.events {
			if e.intent.Key == key && e.intent.Kind == res.Kind {
				e.refused = true
			}
		}
	case res.Already && res.Lock.Holder.ID == p.worker.ID:
		p.gets(key, res.Lock.Fence, res.Lock.Deadline)
	case res.Already:
	default:
		w.vouch(a, p, res)
		for _, e := range a.events {
			e.done = e.done || e.intent.Key == key && e.intent.Kind == res.Kind
		}
		switch res.Kind {
		case occupation.Take, occupation.Transfer, occupation.Extend:
			p.gets(key, res.Lock.Fence, res.Lock.Deadline)
		case occupation.Pause, occupation.Complete:
			p.loses(key, res.Lock.Fence)
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
		case in.Kind == occupation.Expire, in.Kind == occupation.Release && in.From.ID == p.worker.ID, in.Kind == occupation.Pause, in.Kind == occupation.Complete:
			p.loses(in.Key, in.Fence)
		case in.Kind == occupation.Transfer && in.From.ID == p.worker.ID:
			p.loses(in.Key, in.Former)
		case in.Kind == occupation.Take, in.Kind == occupation.Transfer:
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
				w.eventOf(in.Event).refused = true
			}
			delete(p.waiting, in.Key+string(in.Kind))
			p.news[in.Key+string(in.Kind)] = time.Now()
			delete(p.unsure, in.Key)
		}
	}
}
