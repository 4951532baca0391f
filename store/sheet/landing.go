package sheet

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/sheets/v4"
)

// landing says where the cells of a planned row went. People may have sorted,
// inserted or deleted rows or columns between the read and the write.
type landing struct {
	row   planRow
	key   string   // of the TAG in the row that was hit, empty for a row without one
	heads []string // the headers over the cells that were hit
	at    int      // the hit row in the read made since; 0 = to be found by key
	moved bool     // the columns moved: key is not known yet
	lost  bool     // nothing of it was found: the write is to be repeated, nothing is put back
}

// right reports whether the row that was hit is the one that was meant.
func (l landing) right() bool {
	return !l.moved && !l.lost && l.key == occupation.TagKey(l.row.Tag) && l.straight()
}

// straight reports whether the columns are the ones that were meant.
func (l landing) straight() bool {
	for i, c := range l.row.Cells {
		if l.heads[i] != c.Head {
			return false
		}
	}
	return true
}

// landings reads the answer to a commit. ok is false when it does not speak of
// the tab that was written.
func (p plan) landings(answer *sheets.Spreadsheet) (out []landing, ok bool) {
	if len(p.Rows) == 0 {
		return nil, true
	}
	cells, ok := p.answered(answer)
	if !ok {
		return nil, false
	}
	head := func(col int) string { return headKey(cellText(cells[[2]int{0, col}])) }
	moved := head(p.Tag) != p.Head
	for _, r := range p.Rows {
		l := landing{row: r, key: tagKey(cells[[2]int{r.Row - 1, p.Tag}]), moved: moved}
		for _, c := range r.Cells {
			l.heads = append(l.heads, head(c.Col))
		}
		out = append(out, l)
	}
	return out, true
}

// answered gives the cells of the answer by row and column, from 0. Zeroes are
// left out of answers, blank cells may be. SHEETS.md 2.
func (p plan) answered(answer *sheets.Spreadsheet) (cells map[[2]int]any, ok bool) {
	if answer == nil {
		return nil, false
	}
	cells = map[[2]int]any{}
	for _, tab := range answer.Sheets {
		if tab.Properties == nil || tab.Properties.SheetId != p.Sheet {
			continue
		}
		ok = true
		for _, data := range tab.Data {
			for i, row := range data.RowData {
				for j, c := range row.Values {
					cells[[2]int{int(data.StartRow) + i, int(data.StartColumn) + j}] = plain(c.EffectiveValue)
				}
			}
		}
	}
	return cells, ok
}

// plain is a value of grid data as a values read gives it.
func plain(v *sheets.ExtendedValue) any {
	switch {
	case v == nil:
		return nil
	case v.StringValue != nil:
		return *v.StringValue
	case v.NumberValue != nil:
		return *v.NumberValue
	case v.BoolValue != nil:
		return *v.BoolValue
	default:
		return nil
	}
}

// shows reports whether the row of the TAG has the planned values.
func (n *snapshot) shows(r planRow) bool {
	rows := n.table.byKey[occupation.TagKey(r.Tag)]
	return len(rows) == 1 && n.showsAt(rows[0], r)
}

func (n *snapshot) showsAt(row int, r planRow) bool {
	for _, c := range r.Cells {
		if !same(n.table.cell(row, n.table.column(c.Head)), c.New) {
			return false
		}
	}
	return true
}

// traces finds out from a read where the cells of a landed commit went, when
// its answer was lost. A row that shows neither the planned values nor what
// stood there before was changed by people since and is left alone.
//
// there is what lookThere found.
func (s *Sheet) traces(p plan, n *snapshot, there map[int][]any) []landing {
	var out []landing
	for _, r := range p.Rows {
		key := occupation.TagKey(r.Tag)
		right := landing{row: r, key: key}
		for _, c := range r.Cells {
			right.heads = append(right.heads, c.Head)
		}
		hit := right
		if !n.shows(r) { // else it is where it was meant to go, whatever others show
			hit.key, hit.at = s.strayed(p, n, r, key)
		}
		switch {
		case there != nil && !n.shows(r) && r.stands(there[r.Row]):
			hit.key, hit.at = n.table.key(r.Row), r.Row
			hit.heads = nil
			for _, c := range r.Cells {
				hit.heads = append(hit.heads, n.table.head(c.Col))
			}
			out = append(out, hit)
		case hit.at > 0:
			out = append(out, hit)
		case n.shows(r) || !n.untouched(r):
			out = append(out, right)
		default:
			right.lost = true
			out = append(out, right)
		}
	}
	return out
}

// lookThere reads the planned rows whole when the columns are not where they
// were planned: whether the write hit them before or after that is to be seen
// only there. nil = the columns have not moved.
func (s *Sheet) lookThere(ctx context.Context, p plan, n *snapshot) (map[int][]any, error) {
	moved := n.table.head(p.Tag) != p.Head
	last := 0
	var ranges []string
	for _, r := range p.Rows {
		for _, c := range r.Cells {
			moved = moved || n.table.head(c.Col) != c.Head
			last = max(last, c.Col)
		}
	}
	if !moved {
		return nil, nil
	}
	for _, r := range p.Rows {
		ranges = append(ranges, a1(n.table.title, 0, last, r.Row, r.Row))
	}
	answer, _, err := s.values(ctx, "ROWS", ranges...)
	if outcomeOf(err, time.Now()).code == http.StatusBadRequest {
		return nil, nil // the grid has shrunk under it: there is nothing to be seen
	}
	if err != nil {
		return nil, unavailable(err)
	}
	out := map[int][]any{}
	for i, r := range p.Rows {
		if len(answer[i]) > 0 {
			out[r.Row] = answer[i][0]
		}
	}
	return out, nil
}

// stands reports whether the row that was read whole shows the planned values
// at the planned places.
func (r planRow) stands(row []any) bool {
	for _, c := range r.Cells {
		if !same(at(row, c.Col), c.New) {
			return false
		}
	}
	return len(row) > 0
}

// untouched reports whether the row of the TAG still shows what stood there
// before the commit.
func (n *snapshot) untouched(r planRow) bool {
	rows := n.table.byKey[occupation.TagKey(r.Tag)]
	if len(rows) != 1 {
		return false
	}
	for _, c := range r.Cells {
		if !same(n.table.cell(rows[0], n.table.column(c.Head)), c.Old) {
			return false
		}
	}
	return true
}

// writes reports whether the plan writes these values for the TAG of the key.
func (p plan) writes(key string, cells []planCell) bool {
	for _, r := range p.Rows {
		if occupation.TagKey(r.Tag) != key {
			continue
		}
		for _, c := range cells {
			if !slices.ContainsFunc(r.Cells, func(o planCell) bool { return o.Head == c.Head && same(o.New, c.New) }) {
				return false
			}
		}
		return true
	}
	return false
}

// strayed finds a row of another TAG that shows what was meant for this one: at
// the planned place, or anywhere when the values carry a moment or a date and
// so speak for themselves. It counts only where something else is known to have
// stood there, and where the commit has not written the same for that TAG too.
func (s *Sheet) strayed(p plan, n *snapshot, r planRow, key string) (string, int) {
	if r.Tag == "" {
		return "", 0
	}
	strong := false
	for _, c := range r.Cells {
		strong = strong || c.Format != ""
	}
	first, last := r.Row, r.Row
	if strong {
		first, last = 2, n.table.rows()
	}
	for row := first; row <= min(last, n.table.rows()); row++ {
		other := n.table.key(row)
		if other == key || !n.showsAt(row, r) || p.writes(other, r.Cells) {
			continue
		}
		for _, c := range r.Cells {
			was, known := s.imageOf(p, n, row, other, c.Head)
			if (known && !same(was, c.New)) || (!known && strong && !n.shows(r)) {
				return other, row
			}
		}
	}
	return "", 0
}
