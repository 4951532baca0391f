package sheetsim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// ErrorValue is the value of a cell that shows an error, such as "#REF!".
type ErrorValue string

// Cell is one cell. Value is nil (blank), string, float64, bool or ErrorValue; for a formula it is the computed value, which
// the emulator never computes itself.
type Cell struct {
	Value any
	attr  *attr
}

// attr is what few cells have; cells of one format share one attr.
type attr struct{ kind, pattern, formula string }

// Formula returns the formula with its equals sign, or "" for a plain value.
func (c Cell) Formula() string {
	if c.attr == nil {
		return ""
	}
	return c.attr.formula
}

// Format returns the number format of the cell: its type (DATE, DATE_TIME, NUMBER, TEXT, ...) and pattern, both "" for automatic.
func (c Cell) Format() (kind, pattern string) {
	if c.attr == nil {
		return "", ""
	}
	return c.attr.kind, c.attr.pattern
}

func (c Cell) blank() bool { return c.Value == nil && c.Formula() == "" }

func (c *Cell) setFormat(kind, pattern string) {
	if k, p := c.Format(); k != kind || p != pattern {
		c.attr = &attr{kind, pattern, c.Formula()}
	}
}

func (c *Cell) setFormula(formula string) {
	if c.Formula() != formula {
		kind, pattern := c.Format()
		c.attr = &attr{kind, pattern, formula}
	}
}

var (
	dateAttr     = &attr{kind: "DATE", pattern: "dd-mm-yyyy"}
	dateTimeAttr = &attr{kind: "DATE_TIME", pattern: "dd-mm-yyyy hh:mm:ss"}
)

// DateCell is t's calendar day as a serial number with a date format.
func DateCell(t time.Time) Cell { return Cell{math.Floor(serial(t)), dateAttr} }

// DateTimeCell is t's wall clock as a serial number with a date and time format.
func DateTimeCell(t time.Time) Cell { return Cell{serial(t), dateTimeAttr} }

// FormulaCell is a formula with the value that it shows.
func FormulaCell(formula string, value any) Cell {
	c := CellOf(value)
	c.attr = &attr{formula: formula}
	return c
}

// CellOf is the cell that holds v: a Cell, nil, string, bool, any integer or float64, or time.Time (a date and time).
func CellOf(v any) Cell {
	switch v := v.(type) {
	case Cell:
		return v
	case int:
		return Cell{Value: float64(v)}
	case time.Time:
		return DateTimeCell(v)
	case nil, string, bool, float64, ErrorValue:
		return Cell{Value: v}
	}
	return Cell{Value: fmt.Sprint(v)}
}

// Workbook is a spreadsheet. Once given to New it is never changed, so one Workbook may serve many Servers.
type Workbook struct {
	Title, Locale, TimeZone string

	tabs []*tab
	meta []metadata
}

type tab struct {
	id        int32
	title     string
	rows      []*row // as long as the grid; nil is a blank row
	cols      int    // of the grid
	frozen    int
	hidden    bool
	protected []protection
}

type row struct {
	cells  []Cell // may be shorter than the grid is wide
	hidden bool   // by a filter; moves with the row
}

// area is a rectangle of cells, zero-based and half open.
type area struct{ r0, c0, r1, c1 int }

// protection is a protected range. One that only warns stops nobody; else only its editors may write, to whom the bot may
// belong. SHEETS.md 6, sheets-api.json ProtectedRange [D].
type protection struct {
	area
	warningOnly, botIsEditor bool
}

// stops says whether the bot may not write there.
func (p protection) stops(a area) bool { return !p.warningOnly && !p.botIsEditor && p.touches(a) }

// unbounded is the end of a protected range that has none.
const unbounded = 1 << 30

func (a area) touches(b area) bool { return a.r0 < b.r1 && b.r0 < a.r1 && a.c0 < b.c1 && b.c0 < a.c1 }

// NewWorkbook is a Chilean workbook without tabs.
func NewWorkbook(title string) *Workbook {
	return &Workbook{Title: title, Locale: "es_CL", TimeZone: "America/Santiago"}
}

// AddTab adds a tab; the values of rows are what CellOf takes. The grid gets spare rows at its end, as in a sheet of people.
// It is for building a Workbook, before New.
func (w *Workbook) AddTab(title string, sheetID int32, rows [][]any) *Workbook {
	t := &tab{id: sheetID, title: title, frozen: 1, cols: 10, rows: make([]*row, len(rows), len(rows)+100)}
	for i, values := range rows {
		t.cols = max(t.cols, len(values))
		cells := make([]Cell, len(values))
		for j, v := range values {
			cells[j] = CellOf(v)
		}
		t.rows[i] = &row{cells: cells}
	}
	t.rows = append(t.rows, make([]*row, 100)...)
	w.tabs = append(w.tabs, t)
	return w
}

func (w *Workbook) byTitle(title string) *tab {
	for _, t := range w.tabs {
		if t.title == title {
			return t
		}
	}
	return nil
}

func (w *Workbook) byID(id int32) *tab {
	for _, t := range w.tabs {
		if t.id == id {
			return t
		}
	}
	return nil
}

// size is the number of grid cells, which is what Google limits: empty ones count. SHEETS.md 1 [D support 37603].
func (w *Workbook) size() int {
	n := 0
	for _, t := range w.tabs {
		n += len(t.rows) * t.cols
	}
	return n
}

// without returns the workbook as a faulty read sees it: only the given share of each tab's rows holds data.
// SHEETS.md 2: production peers saw empty answers for a full sheet.
func (w *Workbook) without(keep func(rows int) int) *Workbook {
	c := *w
	c.tabs = slices.Clone(w.tabs)
	for i, t := range c.tabs {
		nt := *t
		nt.rows = make([]*row, len(t.rows))
		copy(nt.rows, t.rows[:keep(t.lastRow())])
		c.tabs[i] = &nt
	}
	return &c
}

func (t *tab) cell(r, c int) Cell {
	if r < 0 || r >= len(t.rows) || t.rows[r] == nil || c < 0 || c >= len(t.rows[r].cells) {
		return Cell{}
	}
	return t.rows[r].cells[c]
}

func (t *tab) grid() area { return area{0, 0, len(t.rows), t.cols} }

// width is the number of cells of a row up to the last one that is not blank.
func (t *tab) width(r int) int {
	if r >= len(t.rows) || t.rows[r] == nil {
		return 0
	}
	cells := t.rows[r].cells
	for n := len(cells); n > 0; n-- {
		if !cells[n-1].blank() {
			return n
		}
	}
	return 0
}

// lastRow is the number of rows up to the last one with data. A cell that holds "" counts as data, one that has only a format
// does not: what Google counts is undocumented, SHEETS.md 1 [U].
func (t *tab) lastRow() int {
	for n := len(t.rows); n > 0; n-- {
		if t.width(n-1) > 0 {
			return n
		}
	}
	return 0
}

// column finds a column by its letters or by its header text, -1 if there is none.
func (t *tab) column(name string) int {
	for c := range t.width(0) {
		if text(t.cell(0, c)) == name {
			return c
		}
	}
	if c, ok := parseColumn(name); ok && c < t.cols && name == strings.ToUpper(name) {
		return c
	}
	return -1
}
