package sheetsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// When an Edit happens.
const (
	Now             = "now"               // the same as ""
	BeforeNextWrite = "before_next_write" // at once before the next write is applied
	AfterNextRead   = "after_next_read"   // at once after the next read took its picture
)

// Who made a change.
const (
	bot    = "bot"
	person = "person"
)

// Edit is what a person does in the browser. The kinds are:
//
//	set            Cell, Value: typed as in the sheet (a text may become number, date, formula; a leading ' keeps it text)
//	insert_rows    At (row number of the first new row), Count
//	delete_rows    At, Count
//	insert_columns At or Column (the first new one stands there), Count
//	delete_columns At or Column, Count
//	move_column    Column, At (where it stands afterwards)
//	rename_header  Column or Cell, Value
//	rename_tab     Value
//	sort           Column; Value "desc" for the other way; the header stays
//	protect        Cell ("A2:C9"), Column, At and Count (rows), or nothing: the whole tab; Value "warning" only warns people,
//	               with "bot" the bot is among the editors
//	unprotect      all protected ranges of the tab
//	filter         Column, Value: other rows are hidden; no Column: the filter is removed
//
// Rows and columns count from 1. Column is letters or a header's text.
type Edit struct {
	Kind   string     `json:"kind"`
	Sheet  string     `json:"sheet"`
	At     int        `json:"at"`
	Cell   string     `json:"cell"`
	Column ColumnName `json:"column"`
	Count  int        `json:"count"` // 0 is 1
	Value  any        `json:"value"`
	When   string     `json:"when"`
}

// ColumnName is a column's letters or header; in JSON also its number.
type ColumnName string

// UnmarshalJSON implements json.Unmarshaler.
func (c *ColumnName) UnmarshalJSON(raw []byte) error {
	var n int
	if json.Unmarshal(raw, &n) == nil && n > 0 {
		*c = ColumnName(columnName(n - 1))
		return nil
	}
	return json.Unmarshal(raw, (*string)(c))
}

var editKinds = map[string]func(*tx, *tab, Edit) error{
	"set": (*tx).editSet, "sort": (*tx).editSort, "protect": (*tx).editProtect, "filter": (*tx).editFilter,
	"insert_rows": (*tx).editRows, "delete_rows": (*tx).editRows,
	"insert_columns": (*tx).editColumns, "delete_columns": (*tx).editColumns,
	"move_column": (*tx).editMoveColumn, "rename_header": (*tx).editHeader,
	"rename_tab": func(_ *tx, t *tab, e Edit) error { t.title = fmt.Sprint(e.Value); return nil },
	"unprotect":  func(_ *tx, t *tab, _ Edit) error { t.protected = nil; return nil },
}

// Edit does what a person does, now or at the next opportunity, each edit on its own. The first bad one ends it with an error; an
// edit for later that turns out to be impossible then becomes a complaint.
func (s *Server) Edit(edits ...Edit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range edits {
		if editKinds[e.Kind] == nil {
			return fmt.Errorf("sheetsim: unknown kind of edit %q", e.Kind)
		}
		switch e.When {
		case "", Now:
			if err := s.edit(e); err != nil {
				return err
			}
		case BeforeNextWrite, AfterNextRead:
			s.pending = append(s.pending, e)
		default:
			return fmt.Errorf("sheetsim: unknown time of an edit %q", e.When)
		}
	}
	return nil
}

// runPending does the edits that wait for this moment. The caller holds s.mu.
func (s *Server) runPending(when string) {
	s.pending = slices.DeleteFunc(s.pending, func(e Edit) bool {
		if e.When != when {
			return false
		}
		if err := s.edit(e); err != nil {
			s.complaints = append(s.complaints, err.Error())
		}
		return true
	})
}

func (s *Server) edit(e Edit) error {
	if title, cell, ok := strings.Cut(e.Cell, "!"); ok {
		e.Sheet, e.Cell = strings.Trim(title, "'"), cell
	}
	e.Count = min(max(e.Count, 1), 10_000)
	return s.commit(person, func(x *tx) error {
		t := x.byTitle(e.Sheet)
		if t == nil {
			return fmt.Errorf("sheetsim: no tab %q", e.Sheet)
		}
		if err := editKinds[e.Kind](x, x.own(t), e); err != nil {
			return fmt.Errorf("sheetsim: %s in %s: %w", e.Kind, e.Sheet, err)
		}
		return nil
	})
}

// target resolves the column of an edit.
func (e Edit) target(t *tab) (int, error) {
	if e.Column == "" && e.At > 0 && e.At <= t.cols {
		return e.At - 1, nil
	}
	if cell := a1Part.FindStringSubmatch(e.Cell); e.Column == "" && cell != nil {
		e.Column = ColumnName(strings.ToUpper(cell[1]))
	}
	if c := t.column(string(e.Column)); c >= 0 {
		return c, nil
	}
	return 0, fmt.Errorf("no column %q", e.Column)
}

func (e Edit) area(x *tx, t *tab) (area, error) {
	r, err := x.parseA1(quoteTitle(t.title) + "!" + e.Cell)
	if err != nil {
		return area{}, err
	}
	return r.clip(e.Cell)
}

func (x *tx) editSet(t *tab, e Edit) error {
	a, err := e.area(x, t)
	if err != nil {
		return err
	}
	next := CellOf(e.Value)
	kind, _ := t.cell(a.r0, a.c0).Format()
	if s, ok := e.Value.(string); ok && kind != "TEXT" {
		next = typed(s)
	}
	x.put(t, a.r0, a.c0, func(c *Cell) {
		c.setFormula("")
		if next.attr == nil { // the cell keeps its format
			next.attr = c.attr
		}
		*c = next
	})
	return nil
}

func (x *tx) editRows(t *tab, e Edit) error {
	at := e.At - 1
	if at < 0 || at >= len(t.rows) {
		return fmt.Errorf("no row %d", e.At)
	}
	if e.Kind == "insert_rows" {
		x.insertRows(t, at, e.Count)
		return nil
	}
	x.deleteRows(t, at, min(e.Count, len(t.rows)-at))
	return nil
}

func (x *tx) editColumns(t *tab, e Edit) error {
	if e.Kind == "insert_columns" && e.At == t.cols+1 { // at the right edge
		t.cols += e.Count
		return nil
	}
	at, err := e.target(t)
	if err != nil {
		return err
	}
	if e.Kind == "insert_columns" {
		x.insertColumns(t, at, e.Count)
		return nil
	}
	x.deleteColumns(t, at, min(e.Count, t.cols-at))
	return nil
}

// editMoveColumn moves cells only; column metadata and protected ranges stay.
func (x *tx) editMoveColumn(t *tab, e Edit) error {
	from := t.column(string(e.Column))
	to := e.At - 1
	if from < 0 || to < 0 || to >= t.cols {
		return fmt.Errorf("no column %q or %d", e.Column, e.At)
	}
	for r := range t.rows {
		if t.rows[r] == nil {
			continue
		}
		w := x.row(t, r, max(from, to)+1)
		moved := w.cells[from]
		w.cells = slices.Insert(slices.Delete(w.cells, from, from+1), to, moved)
	}
	return nil
}

func (x *tx) editHeader(t *tab, e Edit) error {
	c, err := e.target(t)
	if err == nil {
		x.put(t, 0, c, func(cell *Cell) { cell.Value = fmt.Sprint(e.Value) })
	}
	return err
}

func (x *tx) editProtect(t *tab, e Edit) (err error) {
	a := area{0, 0, unbounded, unbounded} // also what is added later
	switch {
	case e.Cell != "":
		a, err = e.area(x, t)
	case e.Column != "":
		a.c0, err = e.target(t)
		a.c1 = a.c0 + 1
	case e.At > 0:
		a.r0, a.r1 = e.At-1, e.At-1+e.Count
	}
	t.protected = append(t.protected, protection{area: a, warningOnly: e.Value == "warning", botIsEditor: e.Value == "bot"})
	return err
}

// editFilter hides rows: values.* still returns them, only rowMetadata tells. SHEETS.md 2 [D].
func (x *tx) editFilter(t *tab, e Edit) error {
	c, on := 0, e.Column != ""
	if on {
		var err error
		if c, err = e.target(t); err != nil {
			return err
		}
	}
	for r := 1; r < t.lastRow(); r++ {
		hide := on && text(t.cell(r, c)) != fmt.Sprint(e.Value)
		if was := t.rows[r] != nil && t.rows[r].hidden; was != hide {
			x.row(t, r, 0).hidden = hide
		}
	}
	return nil
}
