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
	showed   map[string][]string           // by row: the states that it has shown
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
		edits: map[string][]occupation.Spool{}, renamed: map[string]string{}, showed: map[string][]string{}, touched: map[string]bool{}, byHand: map[string]int{},
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
	did     deed                 // what they were told last to have done
	excused map[string]bool      // keys that they may have lost without a word
}

// deed is what somebody may take back.
type deed struct {
	key   string
	kind  occupation.Kind
	fence int64
	at    time.Time
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
	overtaken bool // because somebody else has it
	done      bool // somebody was told that it is done, or not told: of one tap that arrived twice
	planned   int  // when a commit with it was planned last
	landed    int  // when its cells were written first
	bound     int  // when its binding was asked for
	commit    string
	rebound   bool // a binding has come late
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
		if begins(in.Kind, in.Undoes) || in.OnFree { // all that has a lock of its own
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

// restored looks at locks that were put back, and at their fences. When the store
// was empty, only what is written or what this process was given can be known.
//
// Nothing keeps a process from putting back what has ended since it read the row: it
// may stand still in between, or another may rebuild the store at the same time.
// Such a lock is found by Reconcile and taken away as if people had cleared the row,
// with one release too many in the log and a message too many; it is counted.
func (w *world) restored(l *line, locks []occupation.Lock, before occupation.LockSnapshot, err error) error {
	if err != nil {
		return err
	}
	if !before.Seeded {
		w.read()
		w.fence = l.fence
		for _, e := range w.log {
			w.fence = max(w.fence, e.fence)
		}
	}
	was := map[string]bool{}
	for _, lock := range before.Locks {
		was[lock.Key] = true
	}
	for _, lock := range locks {
		now := w.lockNow(lock.Key)
		if lock.Fence == 0 && now.Fence > w.fence {
			w.gave(lock.Key, now.Fence)
		}
		row, missing := w.sheet().Find(lock.Tag)
		if !was[lock.Key] && (missing != nil || row.HolderID != lock.Holder.ID) {
			w.tally.ghosts++
			w.edited(lock.Key)
		}
	}
	return nil
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

// bindings looks for a binding that comes late: after a commit that was asked for
// later had its events. Nothing keeps the store from taking it, and then the other
// commit cannot be settled: its rows may be written again. It is counted.
func (w *world) bindings(c occupation.Commit, asked int) {
	for _, id := range c.Events() {
		e := w.eventOf(id)
		if e.bound > asked && e.commit != c.ID {
			w.tally.rebound++
			e.rebound = true
		}
		e.bound, e.commit = asked, c.ID
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
