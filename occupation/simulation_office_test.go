package occupation_test

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// mark is something that happened to a spool besides what is in the log: somebody
// wrote in its row, or (without a key) the lock store forgot everything.
type mark struct {
	key string
	at  time.Time // by the lock store's clock
	seq int
}

// edited remembers that a person has written in a row: what a row may show, and
// that its lock may have come or gone without a row in the log.
// While the lock store is empty nobody can notice who loses a spool by that.
func (w *world) edited(keys ...string) {
	w.seq++
	snap := must(w.locks.Snapshot(bg, "-"))
	for _, k := range keys {
		w.marks = append(w.marks, mark{key: k, at: snap.Now, seq: w.seq})
		w.touched[k] = true
		for _, p := range w.persons {
			if !snap.Seeded {
				p.excused[k] = true
			}
		}
	}
}

// wrote looks what a commit has made of the sheet. A row that it has hit because
// people had moved it shows what is not so until it is put right: whoever looks
// at it meanwhile sees what looks like an edit.
func (w *world) wrote(c occupation.Commit, before *occupation.Book, out occupation.Receipt, err error) {
	if err != nil {
		return
	}
	w.landed[c.ID] = true
	w.seq++
	for _, ch := range c.Changes {
		if ev := w.eventOf(ch.Intent.Event); ev.landed == 0 && len(ch.Cells) > 0 {
			ev.landed = w.seq
		}
	}
	for row, h := range w.hits {
		for _, ch := range c.Changes {
			switch {
			case c.Repair && slices.Contains(h.events, ch.Intent.Event):
				delete(w.hits, row)
			case !c.Repair && ch.Intent.Key == occupation.TagKey(h.before.Tag):
				// What was cleared by mistake, and then rightly, looks the same to whoever puts
				// it right: the row may get back what it showed when it was hit.
				w.edits[row] = append(w.edits[row], h.before)
			}
		}
	}
	if out.Remainder == nil {
		return
	}
	was := map[string]occupation.Spool{}
	for _, sp := range before.Spools {
		was[sp.NV] = sp
	}
	crossing := len(w.hits) > 0 // two commits hit rows, perhaps of each other: neither knows what stood there
	for row, h := range w.hits {
		w.edits[row] = append(w.edits[row], h.before)
	}
	for _, sp := range w.sheet().Spools {
		if crossing {
			w.edits[sp.NV] = append(w.edits[sp.NV], was[sp.NV], sp)
		}
		if old := was[sp.NV]; old.HeldBy != sp.HeldBy || old.State != sp.State || !old.ArmDate.Equal(sp.ArmDate) || !old.SoldDate.Equal(sp.SoldDate) {
			w.edited(occupation.TagKey(sp.Tag))
			w.hits[sp.NV] = hitRow{old, c.Events(), w.deaths}
		}
	}
	for _, ch := range c.Changes {
		w.edited(ch.Intent.Key)
	}
}

// hitRow is a row that was written to because people had moved it, as it was before.
type hitRow struct {
	before occupation.Spool
	events []string
	deaths int // of processes, until then
}

// unknown remembers what nobody will put right: the lock store forgets it, and
// whoever was about to do it has died.
func (w *world) unknown() {
	for row, h := range w.hits {
		if h.deaths == w.deaths {
			continue
		}
		for _, sp := range w.sheet().Spools {
			ours := slices.ContainsFunc(h.events, func(id string) bool { return w.eventOf(id).intent.Key == occupation.TagKey(sp.Tag) })
			if ours || sp.NV == row {
				w.edits[sp.NV] = append(w.edits[sp.NV], sp)
				w.edited(occupation.TagKey(sp.Tag))
			}
		}
	}
}

// edit is the person at the sheet.
func (w *world) edit(s step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	tag := w.spools[s.spool]
	if s.chance(1, 60) { // rather where somebody works
		var held []string
		for _, sp := range w.sheet().Spools {
			if sp.Occupied() {
				held = append(held, sp.Tag)
			}
		}
		if len(held) > 0 {
			tag = held[s.roll(2, len(held))]
		}
	}
	key := occupation.TagKey(tag)
	now := time.Now()
	change := func(do func(*occupation.Spool)) {
		w.edited(key)
		w.records.Edit(tag, func(sp *occupation.Spool) {
			do(sp)
			w.edits[sp.NV] = append(w.edits[sp.NV], *sp)
		})
	}
	switch s.verb {
	case clears:
		change(func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID, sp.Since = "", 0, time.Time{} })
	case labels:
		other := w.workers[s.roll(3, crew)]
		since := []time.Time{{}, now, now.Add(-10 * time.Minute), now.Add(-30 * time.Hour)}[s.roll(4, 4)]
		change(func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID, sp.Since = other.Label(), other.ID, since })
	case names:
		change(func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID = "Juan, el de ayer", 0 })
		w.byHand[key] = w.seq
	case unnames:
		for _, sp := range w.sheet().Spools {
			if sp.Occupied() && sp.HolderID == 0 {
				tag, key = sp.Tag, occupation.TagKey(sp.Tag)
				delete(w.byHand, key)
				change(func(sp *occupation.Spool) { sp.HeldBy, sp.Since = "", time.Time{} })
			}
		}
	case dates:
		change(func(sp *occupation.Spool) {
			if sp.ArmDate.IsZero() && !sp.Materials.IsZero() {
				sp.ArmDate, sp.ArmBy = sp.Materials.AddDate(0, 0, 1), "XX(9)"
			}
		})
	case sorts:
		w.records.Rearrange(func(rows []occupation.Spool) []occupation.Spool {
			at := s.roll(3, len(rows))
			rows = slices.Concat(rows[at:], rows[:at])
			if s.chance(4, 50) {
				slices.Reverse(rows)
			}
			return rows
		})
	case deletes:
		w.edited(key)
		w.records.Rearrange(func(rows []occupation.Spool) []occupation.Spool {
			return slices.DeleteFunc(rows, func(sp occupation.Spool) bool {
				gone := occupation.TagKey(sp.Tag) == key
				if gone {
					delete(w.base, sp.NV)
				}
				return gone
			})
		})
	case renames:
		w.rename(s, tag)
	case doubles:
		w.double(tag)
	case singles:
		w.records.Rearrange(func(rows []occupation.Spool) []occupation.Spool {
			return slices.DeleteFunc(rows, func(sp occupation.Spool) bool {
				if sp.OT != "copy" {
					return false
				}
				w.edited(occupation.TagKey(sp.Tag))
				delete(w.base, sp.NV)
				return true
			})
		})
	}
}

func (w *world) rename(s step, tag string) {
	to := tag + "X"
	w.edited(occupation.TagKey(tag), occupation.TagKey(to))
	w.records.Edit(tag, func(sp *occupation.Spool) {
		sp.Tag = to
		w.edits[sp.NV] = append(w.edits[sp.NV], *sp)
		w.renamed[sp.NV] = to
	})
	if i := slices.Index(w.spools, tag); i >= 0 && s.chance(5, 70) {
		w.spools[i] = to
	}
}

// double lets somebody copy a row and insert it at the end.
func (w *world) double(tag string) {
	spool, missing := w.sheet().Find(tag)
	if missing != nil {
		return
	}
	w.edited(occupation.TagKey(tag))
	if _, there := w.base[spool.NV+"'"]; there {
		return
	}
	w.rows++
	w.edits[spool.NV] = append(w.edits[spool.NV], spool) // nothing is written to a TAG in two rows, put right neither
	spool.NV, spool.OT = spool.NV+"'", "copy"
	w.records.Add(spool)
	w.base[spool.NV] = spool
	w.edits[spool.NV] = append(w.edits[spool.NV], spool)
}
