package sheet

import (
	"regexp"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// table is the tab Operaciones as one read gave it. It never changes.
type table struct {
	at    time.Time // when the read began
	sheet int64
	title string
	heads []string                  // normalised headers
	cols  map[occupation.Column]int // where our columns stand
	cells map[int][]any             // what was read, by column; index 0 is the header
	byKey map[string][]int          // 1-based rows by TAG
	count int                       // rows with a TAG
}

// cell is the raw value; nil for a blank one and for a column that was not read.
func (t *table) cell(row, col int) any {
	if column := t.cells[col]; row >= 1 && row <= len(column) {
		return column[row-1]
	}
	return nil
}

// key is the normalised TAG of a row, empty for a row without one.
func (t *table) key(row int) string { return tagKey(t.cell(row, t.cols[occupation.ColTag])) }

// tagKey is the key of a TAG cell; an error of a formula is no TAG.
func tagKey(v any) string {
	text := cellText(v)
	if _, isBool := v.(bool); isBool || broken(text) {
		return ""
	}
	return occupation.TagKey(text)
}

// rows is how many rows were read, the header among them.
func (t *table) rows() int { return len(t.cells[t.cols[occupation.ColTag]]) }

// index fills byKey and count.
func (t *table) index() {
	t.byKey = make(map[string][]int, t.rows())
	for row := 2; row <= t.rows(); row++ {
		if key := t.key(row); key != "" {
			t.byKey[key] = append(t.byKey[key], row)
			t.count++
		}
	}
}

// column finds a column by its normalised header, -1 if it is not there or is
// not the only one. Our own columns count first.
func (t *table) column(head string) int {
	for _, c := range t.cols {
		if t.heads[c] == head {
			return c
		}
	}
	found := -1
	for c, h := range t.heads {
		if h == head && head != "" {
			if found >= 0 {
				return -1
			}
			found = c
		}
	}
	return found
}

// head is the normalised header over a column.
func (t *table) head(col int) string {
	if col < 0 || col >= len(t.heads) {
		return ""
	}
	return t.heads[col]
}

var holderID = regexp.MustCompile(`\((\d+)\)$`)

// spool reads one row; look gives the value of a column, our own unseen writes
// included.
func (t *table) spool(row int, zone *time.Location, look func(occupation.Column) any) occupation.Spool {
	text := func(c occupation.Column) string { return cellText(look(c)) }
	s := occupation.Spool{
		Tag: text(occupation.ColTag), Row: row, NV: text(occupation.ColNV), OT: text(occupation.ColOT),
		Client: text(occupation.ColClient), Drawing: text(occupation.ColDrawing), Priority: text(occupation.ColPriority),
		ArmBy: text(occupation.ColArmBy), SoldBy: text(occupation.ColSoldBy),
		HeldBy: text(occupation.ColHeldBy), State: text(occupation.ColState),
	}
	fault := func(c occupation.Column) {
		s.Faults = append(s.Faults, occupation.CellFault{Column: c, Row: row, Text: text(c)})
	}
	date := func(c occupation.Column, read func(any, *time.Location) (time.Time, bool)) time.Time {
		v, ok := read(look(c), zone)
		if !ok {
			fault(c)
		}
		return v
	}
	s.Materials = date(occupation.ColMaterials, cellDay)
	s.ArmDate = date(occupation.ColArmDate, cellDay)
	s.SoldDate = date(occupation.ColSoldDate, cellDay)
	s.Since = date(occupation.ColSince, cellTime)
	if s.Due, _ = cellDay(look(occupation.ColDue), zone); s.Due.IsZero() { // it decides nothing: what cannot be read is no fault
		s.Due, _ = cellDay(look(occupation.ColEstimated), zone)
	}
	if headKey(s.HeldBy) == "disponible" {
		s.HeldBy = ""
	}
	if broken(s.HeldBy) {
		fault(occupation.ColHeldBy)
	}
	if m := holderID.FindStringSubmatch(s.HeldBy); m != nil {
		s.HolderID, _ = cellInt(m[1]) // one that is too long names nobody
	}
	return s
}
