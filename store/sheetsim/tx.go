package sheetsim

import "slices"

// tx is a change in the making: a copy on write of a Workbook. Dropping it undoes everything, so a batch is atomic by
// construction; rows and tabs that it does not touch are shared with the workbook before.
// SHEETS.md 1 [D]: "If any request is not valid then the entire request will fail and nothing will be applied."
type tx struct {
	Workbook

	ownTabs map[*tab]bool
	ownRows map[*row]bool
	person  bool // a person may write where the bot may not, and is not told about limits

	acceptDuplicateIDs bool // Fault.NoStampGuard
	acceptNoMatch      bool // Fault.AcceptNoMatch
}

func begin(w *Workbook) *tx {
	t := &tx{Workbook: *w, ownTabs: map[*tab]bool{}, ownRows: map[*row]bool{}}
	t.tabs, t.meta = slices.Clone(w.tabs), slices.Clone(w.meta)
	return t
}

// own returns the tab as one that this tx may change.
func (x *tx) own(t *tab) *tab {
	if x.ownTabs[t] {
		return t
	}
	c := *t
	c.rows, c.protected = slices.Clone(t.rows), slices.Clone(t.protected)
	x.tabs[slices.Index(x.tabs, t)] = &c
	x.ownTabs[&c] = true
	return &c
}

// row returns row r of an owned tab as one that this tx may change, with room for n cells.
func (x *tx) row(t *tab, r, n int) *row {
	old := t.rows[r]
	if old == nil || !x.ownRows[old] {
		c := &row{}
		if old != nil {
			c.hidden = old.hidden
			c.cells = slices.Clone(old.cells)
		}
		t.rows[r] = c
		x.ownRows[c] = true
	}
	c := t.rows[r]
	if short := n - len(c.cells); short > 0 {
		c.cells = append(c.cells, make([]Cell, short)...)
	}
	return c
}

// put changes one cell of an owned tab.
func (x *tx) put(t *tab, r, c int, change func(*Cell)) {
	change(&x.row(t, r, c+1).cells[c])
}

// insertRows shifts everything that lives below: cells, protected ranges, metadata.
func (x *tx) insertRows(t *tab, at, n int) {
	t.rows = slices.Insert(t.rows, at, make([]*row, n)...)
	for i := range t.protected {
		p := &t.protected[i]
		p.r0, p.r1 = shift(p.r0, at, n), shift(p.r1-1, at, n)+1
	}
	x.shiftMeta(t.id, "ROWS", at, n)
}

// insertColumns is insertRows turned by 90 degrees.
func (x *tx) insertColumns(t *tab, at, n int) {
	for r := range t.rows {
		if t.rows[r] != nil && len(t.rows[r].cells) > at {
			w := x.row(t, r, 0)
			w.cells = slices.Insert(w.cells, at, make([]Cell, n)...)
		}
	}
	t.cols += n
	for i := range t.protected {
		p := &t.protected[i]
		p.c0, p.c1 = shift(p.c0, at, n), shift(p.c1-1, at, n)+1
	}
	x.shiftMeta(t.id, "COLUMNS", at, n)
}

// deleteRows removes n rows from at on, with their metadata.
func (x *tx) deleteRows(t *tab, at, n int) {
	t.rows = slices.Delete(t.rows, at, at+n)
	for i := range t.protected {
		p := &t.protected[i]
		p.r0, p.r1 = unshift(p.r0, at, n), unshift(p.r1, at, n)
	}
	t.protected = slices.DeleteFunc(t.protected, func(p protection) bool { return p.r0 >= p.r1 })
	x.unshiftMeta(t.id, "ROWS", at, n)
}

// deleteColumns is deleteRows turned by 90 degrees.
func (x *tx) deleteColumns(t *tab, at, n int) {
	for r := range t.rows {
		if t.rows[r] != nil && len(t.rows[r].cells) > at {
			w := x.row(t, r, 0)
			w.cells = slices.Delete(w.cells, at, min(at+n, len(w.cells)))
		}
	}
	t.cols -= n
	for i := range t.protected {
		p := &t.protected[i]
		p.c0, p.c1 = unshift(p.c0, at, n), unshift(p.c1, at, n)
	}
	t.protected = slices.DeleteFunc(t.protected, func(p protection) bool { return p.c0 >= p.c1 })
	x.unshiftMeta(t.id, "COLUMNS", at, n)
}

// shift says where index i is after n lines were inserted at at.
func shift(i, at, n int) int {
	if i >= at {
		return i + n
	}
	return i
}

// unshift says where index i is after n lines from at on were deleted; one inside them falls to at.
func unshift(i, at, n int) int {
	if i <= at {
		return i
	}
	return max(at, i-n)
}
