package occupation_test

import (
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// methods are the calls whose answers get lost, the busiest more than once.
var methods = []string{
	"Intend", "Intend", "Intend", "Bind", "Bind", "Settle", "Settle", "Settle", "Commit", "Commit", "Commit", "Commit", "Undo", "Undo",
	"Claim", "Beat", "Snapshot", "Due", "Due", "Restore", "Wait", "Turns", "Offer", "Answered", "Unanswered", "News", "Told",
	"Book", "Prepare", "Prepare", "Resolve", "Resolve", "Ledger",
}

// befall lets a mishap happen, or wait for its call.
func (w *world) befall(s step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.slots[s.slot]
	until := time.Now().Add(s.span(4, time.Second, 90*time.Second))
	switch s.verb {
	case away:
		w.sheetAway = until
		return
	case mute:
		w.mute = until
		return
	case blind:
		w.blind = until
		return
	case down:
		w.locksDown = until
		return
	case wipe:
		w.wipe()
		return
	case bounce: // a restart that loses everything
		w.tally.fault(bounce, "")
		w.locksDown = until
		w.wipe()
		return
	case jump:
		w.tally.fault(jump, "")
		w.locks.Advance(s.span(1, time.Second, time.Hour))
		w.writes = nil // the store sees a window that is long over
		return
	}
	if r == nil {
		return
	}
	l := r.line
	k := strike{verb: s.verb, applied: s.chance(2, 50)}
	switch s.verb {
	case cut:
		k.method = methods[s.roll(1, len(methods))]
	case late:
		k.method = methods[s.roll(1, len(methods))]
		// The sheet may do it three minutes later, a lock store when its stall is over.
		k.lasts = s.span(3, time.Millisecond, 5*time.Second)
		if !onLocks(k.method) && s.chance(6, 50) {
			k.lasts = s.span(3, 10*time.Millisecond, 3*time.Minute)
		}
	case busy, bad, missed:
		k.method, k.refused = "Commit", refusals(s, s.verb)
	case stamped:
		k.method = "a stamp" // struck where it is asked for
	case moved:
		k.method = "Commit"
	case kill:
		k.in, k.lasts = s.roll(1, 50), s.span(3, time.Second, 4*time.Minute)
		if s.chance(5, 40) { // where it hurts most
			k.in, k.method = 0, methods[s.roll(1, len(methods))]
		}
	case stall:
		k.in, k.lasts = s.roll(1, 40), 10*time.Minute
		if s.chance(3, 30) {
			k.lasts = s.span(6, 5*time.Second, 2*time.Minute)
		}
		if s.chance(5, 50) {
			k.in, k.method = 0, methods[s.roll(1, len(methods))]
		}
	case crawl:
		l.slow = until.Add(time.Minute)
		w.tally.fault(crawl, "")
		return
	case restart:
		w.tally.fault(restart, "")
		w.slots[s.slot] = nil
		r.stop()
		w.pending++
		w.tasks.Go(func() {
			<-time.After(s.span(3, time.Second, 20*time.Second))
			w.open(s.slot)
			w.mu.Lock()
			w.pending--
			w.mu.Unlock()
		})
		return
	}
	l.strikes = append(l.strikes, k)
}

// wipe lets the lock store forget everything. What nobody can know any more is
// written down, and excused by exactly that: audit rows that were owed, news that
// nobody had told, changes that were on their way, wrong rows that only the dead
// knew of, and locks of spools whose row people had changed while nobody had
// noticed yet.
func (w *world) wipe() {
	w.tally.fault(wipe, "")
	w.note("the lock store forgets everything")
	w.wipes++
	w.seq++
	for _, id := range w.locks.Intents() {
		e := w.eventOf(id)
		e.forgotten = true
		w.edited(e.intent.Key)
		if e.intent.Kind.Tells() { // once, and news that Slack loses do not come again
			w.excuse(e.intent.Concerns().ID, e.intent.Key)
		}
	}
	for _, in := range must(w.locks.News(bg, 0)) {
		w.eventOf(in.Event).forgotten = true
		w.excuse(in.Concerns().ID, in.Key)
	}
	snap := must(w.locks.Snapshot(bg))
	w.marks = append(w.marks, mark{at: snap.Now, seq: w.seq})
	book := w.sheet()
	for _, l := range snap.Locks {
		if row, missing := book.Find(l.Tag); l.Holds() && (missing != nil || row.HolderID != l.Holder.ID) {
			w.excuse(l.Holder.ID, l.Key)
		}
	}
	for _, r := range w.slots {
		if r != nil {
			r.line.claims = nil
		}
	}
	w.unknown()
	w.warnings, w.writes = map[warning]bool{}, nil
	w.locks.Wipe()
}

// excuse lets a person lose a spool without a word, for the reasons of wipe.
func (w *world) excuse(worker int, key string) {
	for _, p := range w.persons {
		if p.worker.ID == worker {
			p.excused[key] = true
		}
	}
}

// warned checks that each warning comes once per fence, deadline and item. A lock
// store that forgets everything forgets which were given: those of a sweep that it
// happened under are not remembered here either.
func (w *world) warned(ws []occupation.Warning, wipes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if wipes != w.wipes {
		return
	}
	for _, one := range ws {
		key := warning{one.Lock.Fence, one.Lock.Deadline.UnixMilli(), one.Before}
		if w.warnings[key] {
			w.violate(7, "%s, fence %d, until %v: warned twice, %v before", one.Lock.Tag, one.Lock.Fence, one.Lock.Deadline, one.Before)
		}
		w.warnings[key] = true
	}
}

// warning is one warning as it may be given once.
type warning struct {
	fence    int64
	deadline int64
	before   time.Duration
}
