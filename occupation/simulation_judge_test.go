package occupation_test

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// vouch checks an answer at its own moment (10): who is told that it is done may
// rely on the lock, the cells and the row in the log, unless something that came
// after has ended it already.
func (w *world) vouch(a *ask, p *person, res occupation.Result) {
	w.read()
	key, fence, holder := occupation.TagKey(res.Tag), res.Lock.Fence, p.worker.ID
	lock := w.lockNow(key)
	if !w.logged(key, res.Kind, fence) {
		w.violate(10, "%s %s, fence %d: done, without a row in the log", res.Kind, res.Tag, fence)
	}
	ended := w.ended(key, fence) || lock.Fence > fence
	spool, missing := w.sheet().Find(res.Tag)
	byPeople := w.touched[key] // somebody has written there, and the sheet wins
	switch {
	case begins(res.Kind, res.Undoes), res.Kind == occupation.Extend:
		unknown := lock.Fence == 0 && !must(w.locks.Snapshot(bg, "-")).Seeded // it forgot everything just now
		if lock.Fence != fence && !ended && !byPeople && !unknown || lock.Fence == fence && lock.Holder.ID != holder {
			w.violate(10, "%s %s, fence %d, by %d: done, and the lock is %+v", res.Kind, res.Tag, fence, holder, lock)
		}
		if lock.Fence == fence && lock.State == occupation.Held && lock.Deadline.Before(res.Lock.Deadline.Truncate(time.Second)) && w.wipes == a.wipes {
			w.violate(10, "%s %s: done until %v, and the lock ends at %v", res.Kind, res.Tag, res.Lock.Deadline, lock.Deadline)
		}
		if !ended && !byPeople && (missing != nil || spool.HolderID != holder) && lock.State == occupation.Held {
			w.violate(10, "%s %s by %d: done, and the row says %q", res.Kind, res.Tag, holder, spool.HeldBy)
		}
	default:
		if lock.Fence == fence {
			w.violate(10, "%s %s, fence %d: done, and the lock is %+v", res.Kind, res.Tag, fence, lock)
		}
		later := lock.Fence > fence || w.begunAfter(key, fence)
		if !later && !byPeople && missing == nil && spool.Occupied() {
			w.violate(10, "%s %s: done, and the row says %q", res.Kind, res.Tag, spool.HeldBy)
		}
		done := spool.ArmDate
		if res.Lock.Operation == occupation.SOLD {
			done = spool.SoldDate
		}
		if res.Kind == occupation.Complete && missing == nil && !byPeople && done.IsZero() {
			w.violate(10, "%s %s: done, without a date", res.Kind, res.Tag)
		}
	}
}

// judge checks everything at a quiet point.
func (w *world) judge() {
	w.read()
	for _, p := range w.persons {
		w.judgePerson(p)
	}
	w.judgeEvents()
	w.judgeLog()
	w.judgeLocks()
	w.judgeRows()
	w.judgeEdits()
	w.rest()
}

// judgePerson compares what a person believes with the locks (1, 8, 10), and
// looks whether every promised answer has come.
func (w *world) judgePerson(p *person) {
	for _, at := range sortedKeys(p.waiting) {
		q := p.waiting[at]
		delete(p.waiting, at)
		if q.ask.line.alive.Err() != nil || w.deaths > q.ask.deaths || w.wipes > q.ask.wipes || q.ask.double {
			// Who promised it is gone, or who has brought it to its end; or nobody can know
			// any more; and of a tap that reached both replicas one may put back what the
			// other carries.
			continue
		}
		if q.ask.line.stood.After(q.ask.at) && q.endedElsewhere(w) {
			// Whoever stood still does not know whether it was their own change that
			// another has brought to its end, or another one has ended the occupation.
			continue
		}
		w.violate(8, "%d was told that %s %s is being checked, and never heard of it", p.worker.ID, q.kind, q.key)
	}
	held := map[string]occupation.Lock{}
	for _, l := range must(w.locks.Snapshot(bg)).Locks {
		if l.Holder.ID == p.worker.ID && l.Holds() {
			held[l.Key] = l
		}
	}
	for _, key := range sortedKeys(p.holds) {
		h, l := p.holds[key], held[key]
		switch {
		case l.Fence == 0 && !p.excused[key] && !p.unsure[key]:
			w.violate(8, "%d believes to hold %s, fence %d, and does not; nobody told them", p.worker.ID, key, h.fence)
		case h.fence == 0, l.Fence != h.fence && !w.begun(key, h.fence): // it came of what people wrote
		case l.Fence != 0 && l.Fence != h.fence && !p.unsure[key] && !w.touched[key]:
			w.violate(10, "%d holds %s under fence %d and was told %d", p.worker.ID, key, l.Fence, h.fence)
		case l.Fence == h.fence && l.Deadline.Before(h.deadline.Truncate(time.Second)) && !w.touched[key]:
			w.violate(10, "%d was told that they hold %s until %v; the lock ends at %v", p.worker.ID, key, h.deadline, l.Deadline)
		}
		if p.holds[key] = (holding{h.fence, l.Deadline}); l.Fence == 0 { // they see it in their list
			p.loses(key, h.fence)
		}
	}
	for _, key := range sortedKeys(held) {
		if _, knows := p.holds[key]; !knows && !p.unsure[key] && !w.touched[key] {
			w.violate(1, "%d holds %s and was never told so", p.worker.ID, key)
		}
		if h, knows := p.holds[key]; !knows || h.fence != held[key].Fence {
			// They see it in their list. What people wrote into a row has no row in the
			// log: a lock that is put back from it has another fence every time.
			p.holds[key] = holding{}
		}
	}
	clear(p.unsure)
	clear(p.excused)
}

// endedElsewhere reports whether the occupation that the change was to end has ended
// in another way.
func (q waiting) endedElsewhere(w *world) bool {
	for _, e := range q.ask.events {
		if in := e.intent; in.Key == q.key && in.Kind == q.kind && !begins(in.Kind, in.Undoes) && w.ended(in.Key, in.Fence) {
			return true
		}
	}
	return false
}

// judgeEvents checks that each event that was carried out has one row, and what
// was refused none (3, 11), and that whoever lost a spool heard of it (8).
func (w *world) judgeEvents() {
	rows := map[string]int{}
	for _, e := range w.log {
		rows[e.id]++
	}
	for id, n := range rows {
		if n > 1 && !w.twice(id) && !w.eventOf(id).rebound {
			w.violate(3, "event %s has %d rows", id, n)
		}
		if e := w.events[id]; e == nil || !e.accepted {
			w.violate(3, "event %s has a row, and the lock store never accepted it", id)
		}
	}
	for id, e := range w.events {
		in := e.intent
		// Whoever could not ask the lock store is told that nothing was done. When the
		// process ends before it has put back what the store may remember all the
		// same, its successor carries out a finish, and tells.
		// An extension that comes late may be picked up as an owed row before it is put
		// back: it is done all the same, and nobody loses by it.
		orphan := e.deaf && e.ask != nil && (e.ask.line.alive.Err() != nil || in.Kind == occupation.Extend)
		if e.forgotten && e.overtaken { // it has landed, and when all was forgotten somebody else has got the spool
			continue
		}
		if e.refused && !e.done && !orphan && rows[id] > 0 {
			w.violate(11, "%s %s by %d, event %s: told that nothing was done, and it has a row", in.Kind, in.Tag, in.Worker.ID, id)
		}
	}
	for _, e := range w.log[w.judgedAt:] {
		ev := w.events[e.id]
		if ev == nil || !ev.intent.Kind.Tells() || ev.forgotten {
			continue
		}
		if to := ev.intent.Concerns().ID; to != 0 && !w.told[e.id][to] {
			w.violate(8, "%s %s, event %s: %d was not told", ev.intent.Kind, ev.intent.Tag, e.id, to)
		}
	}
}

// twice reports whether the event came of one tap that reached both replicas: it may
// be carried out again when what it began has ended before its second delivery was
// answered, of which the log tells. The bot keeps second deliveries away.
func (w *world) twice(id string) bool {
	e := w.events[id]
	return e != nil && e.ask != nil && e.ask.double
}

// judgeLocks compares sheet and locks (1, 5).
func (w *world) judgeLocks() {
	book := w.sheet()
	locks := map[string]occupation.Lock{}
	for _, l := range must(w.locks.Snapshot(bg)).Locks {
		locks[l.Key] = l
		if l.State == occupation.Pending || l.State == occupation.Finishing {
			w.violate(5, "%s is %s at rest", l.Tag, l.State)
		}
		if _, missing := book.Find(l.Tag); missing != nil && l.Holds() {
			w.violate(5, "%s is held by %d and has no single row", l.Tag, l.Holder.ID)
		}
	}
	for _, sp := range book.Spools {
		if one, missing := book.Find(sp.Tag); missing != nil || one.Row != sp.Row {
			continue // a TAG in two rows belongs to the office
		}
		l := locks[occupation.TagKey(sp.Tag)]
		switch {
		case l.State == occupation.Lapsed: // until the grace is over it is its holder's, whatever the row says
		case sp.HolderID != 0 && l.Holder.ID != sp.HolderID, sp.HolderID == 0 && l.Fence != 0:
			w.violate(5, "%s: the row says %q, the lock %d", sp.Tag, sp.HeldBy, l.Holder.ID)
		}
	}
}

// rest makes this quiet point the one that the next is compared with.
func (w *world) rest() {
	w.base = map[string]occupation.Spool{}
	for _, sp := range w.sheet().Spools {
		sp.Row = 0
		w.base[sp.NV] = sp
	}
	w.judgedAt = len(w.log)
	clear(w.edits)
	clear(w.hits)
	clear(w.renamed)
	clear(w.touched)
	for _, l := range must(w.locks.Snapshot(bg)).Locks {
		if sp, missing := w.sheet().Find(l.Tag); missing == nil && l.State == occupation.Lapsed && sp.Occupied() {
			w.touched[l.Key] = true // what people wrote there begins when the grace is over
		}
	}
	for key := range w.byHand {
		spool, missing := w.sheet().Find(key)
		if missing != nil || spool.HeldBy != byHandName {
			delete(w.byHand, key)
		}
	}
	_ = slices.Contains[[]string]
}
