package occupation_test

import (
	"slices"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

const byHandName = "Juan, el de ayer"

// judgeRows checks that every row is what it was at the last quiet point, but for
// what the log says was done to this spool, and what people wrote (9).
func (w *world) judgeRows() {
	seen := map[string]bool{}
	for _, sp := range w.sheet().Spools {
		sp.Row = 0
		was, known := w.base[sp.NV]
		if !known || seen[sp.NV] {
			w.violate(9, "row %s, %s, has come from nowhere", sp.NV, sp.Tag)
			continue
		}
		seen[sp.NV] = true
		w.judgeRow(was, sp)
	}
	for id, sp := range w.base {
		if !seen[id] {
			w.violate(9, "row %s, %s, is gone", id, sp.Tag)
		}
	}
}

func (w *world) judgeRow(was, is occupation.Spool) {
	edits := w.edits[is.NV]
	tag := was.Tag
	if to, ok := w.renamed[is.NV]; ok {
		tag = to
	}
	if is.Tag != tag || is.OT != was.OT || is.Client != was.Client || is.Drawing != was.Drawing || is.Priority != was.Priority || !is.Materials.Equal(was.Materials) {
		w.violate(9, "%s: columns that are nobody's business changed: %+v, was %+v", tag, is, was)
	}
	may := []occupation.Spool{was}
	w.showed[is.NV] = append(w.showed[is.NV], was.State)
	for _, ev := range w.events { // also what has no row in the log, because the lock store forgot that it was owed
		if in := ev.intent; ev.forgotten && ev.accepted && in.Key == occupation.TagKey(was.Tag) {
			w.showed[is.NV] = append(w.showed[is.NV], entryOf(in).makes(was).State)
		}
	}
	for _, e := range inOrder(w.log[w.judgedAt:]) {
		if e.cells && (e.key == occupation.TagKey(was.Tag) || e.key == occupation.TagKey(tag)) {
			next := e.makes(may[len(may)-1])
			w.showed[is.NV] = append(w.showed[is.NV], next.State)
			if len(edits) == 0 {
				may = may[:0]
			}
			may = append(may, e.variants(next, w.showed[is.NV])...)
		}
	}
	for _, ev := range w.events { // written, and its row was owed when the lock store forgot everything
		if in := ev.intent; ev.forgotten && ev.accepted && (in.Key == occupation.TagKey(was.Tag) || in.Key == occupation.TagKey(tag)) {
			for _, before := range may[:len(may):len(may)] {
				may = append(may, entryOf(in).variants(entryOf(in).makes(before), w.showed[is.NV])...)
			}
		}
	}
	may = append(may, edits...)
	cells := []struct {
		name string
		same func(a occupation.Spool) bool
	}{
		{"Ocupado_Por", func(a occupation.Spool) bool { return a.HeldBy == is.HeldBy && a.HolderID == is.HolderID }},
		{"Fecha_Ocupacion", func(a occupation.Spool) bool { return a.Since.Sub(is.Since).Abs() < time.Second }},
		{"Estado", func(a occupation.Spool) bool { return a.State == is.State }},
		{"Fecha_Armado", func(a occupation.Spool) bool { return a.ArmDate.Equal(is.ArmDate) && a.ArmBy == is.ArmBy }},
		{"Fecha_Soldadura", func(a occupation.Spool) bool { return a.SoldDate.Equal(is.SoldDate) && a.SoldBy == is.SoldBy }},
	}
	for _, c := range cells {
		if !slices.ContainsFunc(may, c.same) {
			w.violate(9, "%s: %s is not what was done to it: %+v, want one of %+v", tag, c.name, is, may)
		}
	}
}

// variants are the rows that may be meant by the one that the entry makes: a take
// that is taken back leaves whichever state there was before it.
func (e *entry) variants(is occupation.Spool, showed []string) []occupation.Spool {
	out := []occupation.Spool{is}
	if e.kind == occupation.Revert && e.undoes == occupation.Take {
		for _, state := range showed {
			is.State = state
			out = append(out, is)
		}
	}
	return out
}

// makes is the row after what the entry says was done.
func (e *entry) makes(sp occupation.Spool) occupation.Spool {
	state := string(e.op)
	if !e.free {
		sp.HeldBy, sp.HolderID, sp.Since = "", 0, time.Time{}
	}
	switch e.kind {
	case occupation.Take, occupation.Transfer, occupation.Revert:
		if !e.begins() {
			state = ""
			break
		}
		sp.HeldBy, sp.HolderID, sp.Since = e.label, e.worker, e.since
		state += " en progreso"
		switch {
		case e.undoes == occupation.Complete && e.op == occupation.ARM:
			sp.ArmDate, sp.ArmBy = time.Time{}, ""
		case e.undoes == occupation.Complete:
			sp.SoldDate, sp.SoldBy = time.Time{}, ""
		}
	case occupation.Retain:
		state = strings.TrimSpace(state+" retenido") + ": " + e.reason + ", " + e.label
	case occupation.Lift:
		state = strings.TrimSpace(state + " disponible (sin retención)")
	case occupation.Pause:
		state += " parcial (pausado)"
	case occupation.Release:
		state += " parcial (liberado)"
	case occupation.Expire:
		state += " parcial (vencido)"
	case occupation.Complete:
		state += " completado"
		if e.op == occupation.ARM {
			sp.ArmDate, sp.ArmBy = e.date, e.label
		} else {
			sp.SoldDate, sp.SoldBy = e.date, e.label
		}
	}
	if e.ends() && e.kind != occupation.Retain && e.kind != occupation.Revert && strings.Contains(sp.State, "retenido") {
		return sp // the office has stopped it while it was held, and that outlives the occupation
	}
	sp.State = state
	return sp
}

// judgeEdits checks that a name without an id was written over by nobody who knew
// of it (9), except that whoever finishes their own work clears the row; a stop of a free
// spool, or its lifting, leaves the name where it is.
func (w *world) judgeEdits() {
	own := []occupation.Kind{occupation.Pause, occupation.Complete, occupation.Retain, occupation.Revert}
	for key, seq := range w.byHand {
		var first *event
		for _, e := range w.byKey[key] {
			if ev := w.events[e.id]; ev != nil && e.cells && !e.free && ev.landed > seq && (first == nil || ev.landed < first.landed) {
				first = ev
			}
		}
		if first == nil || first.planned < seq || slices.Contains(own, first.intent.Kind) && first.intent.From.ID == 0 {
			continue
		}
		if later := slices.ContainsFunc(w.marks, func(m mark) bool { return m.key == key && m.seq > seq && m.seq < first.planned }); !later {
			w.violate(9, "%s: somebody wrote %q there, and %s, planned after, went over it", key, byHandName, first.intent.Kind)
		}
	}
}
