package occupation_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// entry is a row of the audit log as the model reads it.
type entry struct {
	id       string
	kind     occupation.Kind
	key      string
	worker   int
	at       time.Time
	index    int
	fence    int64
	since    time.Time
	deadline time.Time
	from     int
	undoes   occupation.Kind
	reason   string
	free     bool // it is about a spool that nobody holds
	cells    bool // it wrote cells; a release that follows the sheet does not
	op       occupation.Operation
	date     time.Time
	label    string
}

// read goes on reading the audit log.
func (w *world) read() {
	rows := w.records.Audit()
	for i := len(w.log); i < len(rows); i++ {
		row := rows[i]
		var d struct {
			Fence           int64
			Since, Deadline time.Time
			From            int
			Reason          string
			Undoes          occupation.Kind
		}
		if err := json.Unmarshal([]byte(row.JSON), &d); err != nil {
			w.violate(3, "row %s: %v", row.ID, err)
		}
		e := &entry{
			id: row.ID, kind: row.Kind, key: occupation.TagKey(row.Tag), worker: row.WorkerID, at: row.At, index: i, fence: d.Fence,
			since: d.Since, deadline: d.Deadline, from: d.From, op: row.Operation, date: row.Date, undoes: d.Undoes, reason: d.Reason,
			free:  row.Kind == occupation.Lift || row.Kind == occupation.Retain && d.Since.IsZero(),
			cells: row.Kind != occupation.Extend && (row.Kind != occupation.Release || d.Reason != "planilla"),
		}
		for _, p := range w.workers {
			if p.ID == row.WorkerID {
				e.label = p.Label()
			}
		}
		w.log = append(w.log, e)
		w.byKey[e.key] = append(w.byKey[e.key], e)
	}
}

// entryOf is the row that an intent should have got.
func entryOf(in occupation.Intent) *entry {
	return &entry{
		kind: in.Kind, key: in.Key, worker: in.Worker.ID, since: in.Since, op: in.Operation, date: in.Date, label: in.Worker.Label,
		undoes: in.Undoes, reason: in.Reason, free: in.OnFree,
	}
}

// begins reports whether a change of the kind begins an occupation.
func begins(k, undoes occupation.Kind) bool {
	return k == occupation.Take || k == occupation.Transfer || k == occupation.Revert && undoes != occupation.Take
}

func (e *entry) begins() bool { return begins(e.kind, e.undoes) }

// ends reports whether the row ends an occupation, and begins none.
func (e *entry) ends() bool {
	return !e.begins() && !e.free && e.kind != occupation.Extend
}

// logged reports whether there is a row of the kind for the fence, or one that is
// safe with the lock store, or was there until it forgot everything.
func (w *world) logged(key string, kind occupation.Kind, fence int64) bool {
	for _, e := range w.byKey[key] {
		if e.kind == kind && e.fence == fence {
			return true
		}
	}
	remembered := w.locks.Intents()
	for id, e := range w.events {
		if e.intent.Key == key && e.intent.Kind == kind && e.intent.Fence == fence && (e.forgotten || slices.Contains(remembered, id)) {
			return true
		}
	}
	return false
}

// ended reports whether the log, or a change on its way, ends the occupation.
func (w *world) ended(key string, fence int64) bool {
	for _, e := range w.byKey[key] {
		if e.fence > fence && e.begins() || e.fence == fence && e.ends() {
			return true
		}
	}
	return false
}

func (w *world) begun(key string, fence int64) bool {
	return slices.ContainsFunc(w.byKey[key], func(e *entry) bool { return e.begins() && e.fence == fence })
}

func (w *world) begunAfter(key string, fence int64) bool {
	return slices.ContainsFunc(w.byKey[key], func(e *entry) bool { return e.begins() && e.fence > fence })
}

// tenure is where the log stands about one spool while it is read again.
type tenure struct {
	fence    int64
	holder   int
	deadline time.Time
	until    time.Time // end of the grace, when it has expired
	lapsed   bool
	stopped  bool   // nobody may take it
	last     *entry // what began or ended last, or stopped it
	loose    bool   // people have written in the row since, or it was forgotten: anybody's
}

// judgeLog reads the log of each spool in the order in which the lock store gave
// its word, and checks that it is one story: a holder at a time, each with one
// beginning and one end (1, 2, 3).
func (w *world) judgeLog() {
	for _, key := range sortedKeys(w.byKey) {
		rows := inOrder(w.byKey[key])
		var t tenure
		marks := w.marks
		for _, e := range rows {
			for len(marks) > 0 && marks[0].at.Before(e.at) {
				switch m := marks[0]; {
				case m.key == key:
					t.loose = true
				case m.key == "" && t.lapsed: // the grace is forgotten with everything else
					t.fence, t.lapsed = 0, false
				}
				marks = marks[1:]
			}
			t.loose = t.loose || e.fence != t.fence && (w.forgot(key, e.fence, true) || w.forgot(key, t.fence, false) || w.forgot(key, w.former(e), true))
			if bad := t.goesOn(e, w.grace); bad != "" {
				w.violate(1, "%s: %s by %d, fence %d at %v: %s (%+v)", key, e.kind, e.worker, e.fence, e.at, bad, t)
			}
			t.follow(e, w)
		}
	}
}

// inOrder is the rows in the order in which the lock store gave its word; owed ones
// are written later.
func inOrder(rows []*entry) []*entry {
	return slices.SortedStableFunc(slices.Values(rows), func(a, b *entry) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.fence, b.fence), cmp.Compare(rank(a.kind), rank(b.kind)))
	})
}

// forgot reports whether the row in which the occupation began, or ended, was owed
// when the lock store forgot everything.
func (w *world) forgot(key string, fence int64, beginning bool) bool {
	for _, e := range w.events {
		if in := e.intent; e.forgotten && e.accepted && in.Key == key && in.Fence == fence && in.Kind != occupation.Extend && begins(in.Kind, in.Undoes) == beginning {
			return true
		}
	}
	return false
}

// former is the fence of the occupation that a transfer takes over; 0 = it is none.
func (w *world) former(e *entry) int64 {
	if ev := w.events[e.id]; ev != nil && e.kind == occupation.Transfer {
		return ev.intent.Former
	}
	return 0
}

// rank orders the kinds that one moment may hold.
func rank(k occupation.Kind) int {
	switch k {
	case occupation.Take, occupation.Transfer:
		return 0
	case occupation.Extend:
		return 1
	default:
		return 2
	}
}

// goesOn says what is wrong with a row that follows; empty = nothing.
func (t *tenure) goesOn(e *entry, grace time.Duration) string {
	over := !e.at.Before(t.deadline) // rows know seconds
	switch {
	case t.loose:
		return ""
	case e.begins() && t.stopped:
		return "it is stopped"
	case e.kind == occupation.Revert && (t.last == nil || t.last.kind != e.undoes || t.last.worker != e.worker):
		return "it is not what was done last"
	case (e.free || e.begins() && e.kind == occupation.Revert) && (t.fence == 0 || t.lapsed && e.free):
		return ""
	case e.free, e.kind == occupation.Revert && e.begins():
		return "somebody holds it"
	case e.kind == occupation.Retain && e.from != 0 && e.from == t.holder && e.fence == t.fence:
		return ""
	case e.kind == occupation.Take && t.fence == 0:
		return ""
	case e.kind == occupation.Take && e.worker == t.holder && (over || t.lapsed):
		return ""
	case e.kind == occupation.Take && t.lapsed && e.at.After(t.until):
		return ""
	case e.kind == occupation.Take && t.lapsed:
		return "it was kept for another"
	case e.kind == occupation.Take:
		return "somebody else holds it"
	case e.kind == occupation.Transfer && e.from == t.holder && t.fence != 0 && (!t.lapsed || !e.at.After(t.until)):
		return ""
	case e.fence != t.fence:
		return "it is not of this occupation"
	case e.kind == occupation.Release:
		return ""
	case e.worker != t.holder:
		return "somebody else holds it"
	case e.kind == occupation.Expire && (t.lapsed || !over):
		return "it is not over"
	case t.lapsed && e.kind == occupation.Extend:
		return "it has expired"
	case t.lapsed && e.at.After(t.until):
		return "its grace is over"
	}
	_ = grace
	return ""
}

func (t *tenure) follow(e *entry, w *world) {
	switch {
	case e.begins():
		*t = tenure{fence: e.fence, holder: e.worker, deadline: e.deadline, last: e}
	case e.kind == occupation.Extend:
		if ev := w.events[e.id]; ev == nil || !ev.forgotten { // else it may have come too late to be put back
			t.deadline = e.deadline
		}
	case e.kind == occupation.Expire:
		t.lapsed, t.until, t.last = true, e.at.Add(w.grace), e
	default:
		*t = tenure{loose: t.loose, stopped: e.kind == occupation.Retain, last: e}
	}
}
