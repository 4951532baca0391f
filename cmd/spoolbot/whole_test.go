//go:build !shop

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// whole checks that nothing is lost or half done: sheet, audit log and locks
// tell the same, no intent is left, every event is logged once, and nothing that
// is not ours to write was changed since before was taken.
type whole struct {
	sheet  *sheetsim.Server
	redis  redis.UniversalClient
	site   string
	before tabRows
}

// ours are the columns that a change may write.
var ours = []string{"FECHAARMADO", "ARMADOR", "FECHASOLDADURA", "SOLDADOR", "OCUPADOPOR", "FECHAOCUPACION", "ESTADODETALLE", "ESTADOOCUPACION"}

// tabRows are the rows of Operaciones by TAG, then by header.
type tabRows map[string]map[string]string

func rowsByTag(sheet *sheetsim.Server) tabRows {
	out := tabRows{}
	rows := sheet.Rows("Operaciones")
	at := columns(rows[0])
	for _, r := range rows[1:] {
		line := map[string]string{}
		for h, c := range at {
			if c < len(r) && r[c] != "" && h != "" {
				line[h] = r[c]
			}
		}
		if tag := line["TAGSPOOL"]; tag != "" {
			out[tag] = line
		}
	}
	return out
}

// event is a row of the audit log.
type event struct {
	id, action, tag string
	worker          string
	fence           int64
}

func events(sheet *sheetsim.Server) []event {
	var out []event
	for i, r := range sheet.Rows("Metadata") {
		if i == 0 || len(r) < 10 {
			continue
		}
		var d occupation.AuditDetail
		_ = json.Unmarshal([]byte(r[9]), &d) // a row by hand says nothing
		out = append(out, event{id: r[0], action: r[7], tag: r[3], worker: r[4], fence: d.Fence})
	}
	return out
}

// check reports what is not whole. Spools that are named may have been changed
// by people: only their log and locks are looked at.
func (w whole) check(t *testing.T, byPeople ...string) {
	t.Helper()
	for _, fault := range w.faults(t, byPeople) {
		t.Errorf("not whole: %s", fault)
	}
}

// wantWhole is check at this point of a story.
func (s *shop) wantWhole(byPeople ...string) {
	s.t.Helper()
	s.whole.check(s.t, byPeople...)
}

func (w whole) faults(t *testing.T, byPeople []string) (out []string) {
	t.Helper()
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	snap, err := locks.New(w.redis, locks.Options{Site: w.site}).Snapshot(t.Context())
	if err != nil {
		return []string{err.Error()}
	}
	held := map[string]occupation.Lock{}
	for _, l := range snap.Locks {
		switch l.State {
		case occupation.Held:
			held[l.Tag] = l
		case occupation.Lapsed: // it holds nothing
		default:
			bad("the lock of %s is %s", l.Tag, l.State)
		}
	}
	for _, left := range []string{"intents", "commits"} {
		if n := w.redis.HLen(t.Context(), "{spoolbot:"+w.site+"}:"+left).Val(); n > 0 {
			bad("%d %s are left in Redis", n, left)
		}
	}
	after, log := rowsByTag(w.sheet), logged{}
	for _, e := range events(w.sheet) {
		if fault := log.add(e); fault != "" {
			bad("%s", fault)
		}
	}
	for tag := range after {
		row, last := after[tag]["OCUPADOPOR"], log.last[tag]
		if label := held[tag].Holder.Label; label != row {
			bad("%s: the row says %q, the lock %q; it is %v; logged %v", tag, row, label, after[tag], ofTag(events(w.sheet), tag))
		}
		if taken := slices.Contains(holding, last.action); taken != (row != "") || (taken && !strings.HasSuffix(row, "("+last.worker+")")) {
			bad("%s: the row says %q, the log ends with %s of %s", tag, row, last.action, last.worker)
		}
	}
	for tag := range held {
		if after[tag] == nil {
			bad("there is a lock on %s, and no row", tag)
		}
	}
	for tag, was := range w.before {
		if slices.Contains(byPeople, tag) {
			continue
		}
		if fault := unlike(was, after[tag], log.last[tag].id != ""); fault != "" {
			bad("%s: %s", tag, fault)
		}
	}
	slices.Sort(out)
	return out
}

// holding are the actions after which somebody holds the spool.
var holding = []string{"TOMAR", "TRASPASAR", "EXTENDER"}

// logged is what the audit log says in the end.
type logged struct {
	ids  map[string]bool
	last map[string]event
}

func (l *logged) add(e event) (fault string) {
	if l.ids == nil {
		l.ids, l.last = map[string]bool{}, map[string]event{}
	}
	if l.ids[e.id] {
		fault = fmt.Sprintf("the event %s of %s is logged twice", e.action, e.tag)
	}
	l.ids[e.id] = true
	if known := l.last[e.tag]; e.fence > known.fence || (e.fence == known.fence && !slices.Contains(holding, e.action)) || known.id == "" {
		if e.action == "TOMAR" && slices.Contains(holding, known.action) {
			fault = fmt.Sprintf("%s was taken twice, by %s and %s", e.tag, known.worker, e.worker)
		}
		l.last[e.tag] = e
	}
	return fault
}

// unlike says what differs between two states of a row, but for the columns
// that we may write if it was worked on.
func unlike(was, is map[string]string, worked bool) string {
	if is == nil {
		return "the row is gone"
	}
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, h := range slices.Sorted(maps.Keys(all)) {
		if was[h] != is[h] && !(worked && slices.Contains(ours, h)) {
			return fmt.Sprintf("%s was %q and is %q", h, was[h], is[h])
		}
	}
	return ""
}

// oneHolder checks in the order of the log that every spool had one holder at a
// time, and that no fence was given twice, and returns what begins occupations.
func (w whole) oneHolder(t *testing.T) (begun []event) {
	t.Helper()
	has, given := map[string]event{}, map[int64]event{}
	for _, e := range events(w.sheet) {
		was := has[e.tag]
		switch e.action {
		case "EXTENDER": // its row may come after the end
		case "TOMAR", "TRASPASAR":
			if was.id != "" && e.action == "TOMAR" {
				t.Errorf("%s was taken by %s while %s had it", e.tag, e.worker, was.worker)
			}
			if other := given[e.fence]; other.id != "" {
				t.Errorf("the fence %d was given twice: for %s to %s and for %s to %s", e.fence, other.tag, other.worker, e.tag, e.worker)
			}
			given[e.fence], has[e.tag] = e, e
			begun = append(begun, e)
		default:
			if was.fence != e.fence {
				t.Errorf("%s of %s has the fence %d, and the occupation %d: %+v", e.action, e.tag, e.fence, was.fence, ofTag(events(w.sheet), e.tag))
			}
			delete(has, e.tag)
		}
	}
	return begun
}

func ofTag(all []event, tag string) (out []event) {
	for _, e := range all {
		if e.tag == tag {
			out = append(out, e)
		}
	}
	return out
}
