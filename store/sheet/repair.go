package sheet

import (
	"context"
	"maps"
	"slices"

	"github.com/spoolbot/spoolbot/occupation"
)

// remainder is the plan of one more commit that puts right what went to wrong
// places: on a fresh read, every cell that was hit gets back what stood there,
// and the intended cells are written where their TAG is now. When the TAG has
// gone meanwhile, or stands twice, or its row names another holder, only the first is
// done: the sheet is the people's, and reconciling tells them. What a row that nobody had read held
// before is not known; its cells are cleared. nil = nothing is left to do.
//
// Audit rows are not repeated: they landed, or are owed, which the repair says in
// its turn: it may be another process that carries it out.
func (s *Sheet) remainder(ctx context.Context, p plan, wrong []landing, owed bool) ([]byte, error) {
	n, err := s.spools(ctx, 0)
	if err != nil {
		return nil, err
	}
	r := repair{n: n, rows: map[int]*planRow{}}
	for _, l := range wrong {
		if l.moved {
			l.key, l.moved = n.table.key(l.row.Row), false
			for i, c := range l.row.Cells {
				l.heads[i] = n.table.head(c.Col)
			}
		}
		if !l.lost {
			s.putBack(&r, p, l)
		}
	}
	for _, l := range wrong {
		r.rewrite(l.row)
	}
	if len(r.rows) == 0 {
		return nil, nil
	}
	s.use(n)
	out := n.newPlan()
	out.Repair, out.Owed = true, owed
	for _, row := range slices.Sorted(maps.Keys(r.rows)) {
		r.rows[row].sort()
		out.Rows = append(out.Rows, *r.rows[row])
	}
	out.Before = append(r.images(), p.Before...)
	return out.encode(), nil
}

// repair gathers cells by the rows of a read.
type repair struct {
	n    *snapshot
	rows map[int]*planRow
}

func (r *repair) set(row int, event string, c planCell) {
	known := r.rows[row]
	if known == nil {
		known = &planRow{Row: row, Tag: cellText(r.n.table.cell(row, r.n.table.cols[occupation.ColTag]))}
		r.rows[row] = known
	}
	if event != "" {
		known.Event = event
	}
	known.Cells = slices.DeleteFunc(known.Cells, func(x planCell) bool { return x.Col == c.Col })
	known.Cells = append(known.Cells, c)
}

// putBack restores the cells that were hit, except where they were the right
// ones, and where somebody has written something else since.
func (s *Sheet) putBack(r *repair, p plan, l landing) {
	t := r.n.table
	row := l.at
	if row == 0 {
		row = r.hitRow(l)
	}
	if row == 0 {
		return
	}
	for i, c := range l.row.Cells {
		head, col := l.heads[i], t.column(l.heads[i])
		if head == "" { // over a new column stands nothing
			if col = c.Col; t.head(col) != "" {
				continue
			}
		}
		own := l.key == occupation.TagKey(l.row.Tag) && head == c.Head
		_, read := t.cells[col]
		if own || col < 0 || (read && !same(t.cell(row, col), c.New)) {
			continue
		}
		was, _ := s.imageOf(p, r.n, row, l.key, head)
		r.set(row, "", planCell{Col: col, Head: head, Old: c.New, New: was, Format: formatBack(c, head, was)})
	}
}

// hitRow finds the row that was hit: by its TAG; one without a TAG only where
// it was; one whose TAG stands twice by what it shows.
func (r *repair) hitRow(l landing) int {
	t := r.n.table
	rows := t.byKey[l.key]
	switch {
	case l.key == "" && t.key(l.row.Row) == "":
		return l.row.Row
	case len(rows) == 1:
		return rows[0]
	}
	for _, row := range rows {
		if r.n.showsAt(row, l.row) {
			return row
		}
	}
	return 0
}

// formatBack is the format of a restored cell: ours is taken off again where
// the column has none.
func formatBack(c planCell, head string, was any) string {
	_, number := was.(float64)
	switch {
	case c.Format == "":
		return ""
	case number && head == headKey(string(occupation.ColSince)):
		return momentFormat
	case number && (head == headKey(string(occupation.ColArmDate)) || head == headKey(string(occupation.ColSoldDate))):
		return dateFormat
	default:
		return plainFormat
	}
}

// rewrite writes the planned cells where their TAG is now, unless somebody else has
// got the spool since.
func (r *repair) rewrite(p planRow) {
	key := occupation.TagKey(p.Tag)
	rows := r.n.table.byKey[key]
	if len(rows) != 1 || r.another(rows[0], p) {
		return
	}
	for _, c := range p.Cells {
		col := r.n.table.column(c.Head)
		if col < 0 {
			continue
		}
		c.Col, c.Old = col, r.n.table.cell(rows[0], col)
		r.set(rows[0], p.Event, c)
	}
}

// another reports whether the row names a holder who is neither the one that stood
// there before nor the one that was to.
func (r *repair) another(row int, p planRow) bool {
	for _, c := range p.Cells {
		if c.Head != headKey(string(occupation.ColHeldBy)) {
			continue
		}
		col := r.n.table.column(c.Head)
		now := r.n.table.cell(row, col)
		if known := r.rows[row]; known != nil { // what went there by mistake is taken away
			for _, back := range known.Cells {
				if back.Col == col {
					now = back.New
				}
			}
		}
		return cellText(now) != "" && !same(now, c.Old) && !same(now, c.New)
	}
	return false
}

// images are what the rows of the repair shall show, for a repair of the repair.
func (r *repair) images() []image {
	var out []image
	for _, row := range slices.Sorted(maps.Keys(r.rows)) {
		p := r.rows[row]
		m := image{Key: occupation.TagKey(p.Tag), Cells: map[string]any{}}
		for _, c := range p.Cells {
			m.Cells[c.Head] = c.New
		}
		if m.Key != "" && len(r.n.table.byKey[m.Key]) == 1 {
			out = append(out, m)
		}
	}
	return out
}

// imageOf is what a row showed under a header before the commit: what our own
// later commits made of it, else what the plan remembers, else the read that
// the plan was made from. n and row are where it is now: of rows with the same
// TAG the first stays the first.
func (s *Sheet) imageOf(p plan, n *snapshot, row int, key, head string) (v any, known bool) {
	if key == "" {
		return nil, false
	}
	rows := n.table.byKey[key]
	if len(rows) == 1 {
		if v, known := n.marks[key].cells[head]; known {
			return v, true
		}
		for _, m := range p.Before {
			if v, known := m.Cells[head]; known && m.Key == key {
				return v, true
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.used {
		if !u.at.Equal(p.At) {
			continue
		}
		before, col := u.table.byKey[key], u.table.column(head)
		if _, read := u.table.cells[col]; !read || len(before) != len(rows) {
			return nil, false
		}
		return u.look(before[slices.Index(rows, row)], key, col), true
	}
	return nil, false
}
