package sheetsim

import (
	"cmp"
	"slices"
	"strings"
)

// editSort sorts the rows below the header; rows take their metadata with them, hidden ones stay, text is apart from numbers,
// blanks come last. SHEETS.md 1 and 2 [L].
func (x *tx) editSort(t *tab, e Edit) error {
	c, err := e.target(t)
	if err != nil {
		return err
	}
	var places []int
	for r := max(t.frozen, 1); r < t.lastRow(); r++ {
		if t.rows[r] == nil || !t.rows[r].hidden {
			places = append(places, r)
		}
	}
	order := slices.Clone(places)
	slices.SortStableFunc(order, func(a, b int) int {
		ca, cb := t.cell(a, c), t.cell(b, c)
		d := cmp.Compare(rank(ca), rank(cb))
		if ca.blank() || cb.blank() {
			return d
		}
		if d == 0 {
			d = compareCells(ca, cb)
		}
		if e.Value == "desc" {
			return -d
		}
		return d
	})
	moved := make(map[int]int, len(order))
	rows := slices.Clone(t.rows)
	for i, from := range order {
		t.rows[places[i]] = rows[from]
		moved[from] = places[i]
	}
	for i := range x.meta {
		if m := &x.meta[i]; m.level == "ROW" && m.sheet == t.id {
			if to, ok := moved[m.index]; ok {
				m.index = to
			}
		}
	}
	return nil
}

func rank(c Cell) int {
	switch c.Value.(type) {
	case nil:
		return 4
	case float64:
		return 1
	case string:
		return 2
	}
	return 3
}

func compareCells(a, b Cell) int {
	if x, ok := a.Value.(float64); ok {
		return cmp.Compare(x, b.Value.(float64)) // of the same rank
	}
	return cmp.Compare(strings.ToLower(text(a)), strings.ToLower(text(b)))
}
