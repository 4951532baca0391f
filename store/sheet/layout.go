package sheet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/sheets/v4"
)

// layout is what a read has to know beforehand: the tabs, and which columns of
// Operaciones to ask for. The zero layout knows nothing.
type layout struct {
	tabs  map[string]*sheets.SheetProperties // by normalised title; nil = not known
	asked time.Time                          // when the tabs were asked for
	heads []string                           // normalised headers of Operaciones
}

func newTabs(book *sheets.Spreadsheet) map[string]*sheets.SheetProperties {
	out := map[string]*sheets.SheetProperties{}
	for _, t := range book.Sheets {
		if key := headKey(t.Properties.Title); out[key] == nil {
			out[key] = t.Properties
		}
	}
	return out
}

func (l layout) tab(title string) *sheets.SheetProperties { return l.tabs[headKey(title)] }

// complete reports whether every tab is known. One that is missing is asked for
// with each read: people put back what they renamed.
func (l layout) complete() bool {
	for _, title := range []string{tabSpools, tabLog, tabWorkers, tabRoles} {
		if l.tab(title) == nil {
			return false
		}
	}
	return true
}

// columns lists the columns of Operaciones to be read: ours, and those beside
// the ones that we write, because a person who inserts or deletes a column
// between our read and our write makes us hit those.
func (l layout) columns() []int {
	cols, _ := locate(tabSpools, l.heads, fields)
	need := map[int]bool{}
	for _, c := range cols {
		need[c] = true
	}
	for _, c := range written {
		if at, ok := cols[c]; ok {
			for _, beside := range []int{at - 1, at + 1} {
				if beside >= 0 && beside < len(l.heads) {
					need[beside] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(need))
}

// runs groups ascending columns that stand side by side.
func runs(cols []int) [][2]int {
	var out [][2]int
	for _, c := range cols {
		if n := len(out); n > 0 && out[n-1][1] == c-1 {
			out[n-1][1] = c
			continue
		}
		out = append(out, [2]int{c, c})
	}
	return out
}

// quoted is a title for an A1 range: one like a cell must be quoted. SHEETS.md 2.
func quoted(title string) string { return "'" + strings.ReplaceAll(title, "'", "''") + "'" }

func columnName(col int) string {
	name := ""
	for n := col + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// a1 is the range of some columns, from row to row; open ends when they are 0.
func a1(title string, from, to, first, last int) string {
	row := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	return quoted(title) + "!" + columnName(from) + row(first) + ":" + columnName(to) + row(last)
}

// ranges lists what one read asks for. The tabs of people are small and read
// whole; of the audit log only the headers.
func (l layout) ranges() []string {
	var out []string
	for _, title := range []string{tabSpools, tabLog} {
		if t := l.tab(title); t != nil {
			out = append(out, quoted(t.Title)+"!1:1")
		}
	}
	for _, title := range []string{tabWorkers, tabRoles} {
		if t := l.tab(title); t != nil {
			out = append(out, quoted(t.Title))
		}
	}
	if t := l.tab(tabSpools); t != nil {
		for _, r := range runs(l.columns()) {
			out = append(out, a1(t.Title, r[0], r[1], 0, 0))
		}
	}
	return out
}

// parse makes a snapshot of an answer to ranges. heads are the headers of
// Operaciones as they are now: when they are not the layout's, the columns read
// are not the right ones.
func (l layout) parse(answer [][][]any, at time.Time) (snap *snapshot, heads []string) {
	next := func(title string) [][]any {
		if l.tab(title) == nil || len(answer) == 0 {
			return nil
		}
		first := answer[0]
		answer = answer[1:]
		return first
	}
	snap = &snapshot{at: at, archives: l.archives()}
	heads = columnHeads(next(tabSpools))
	snap.parseLog(l.tab(tabLog), columnHeads(next(tabLog)))
	snap.parsePeople(l, turn(next(tabWorkers)), turn(next(tabRoles)))
	snap.parseSpools(l, heads, answer)
	return snap, heads
}

func (n *snapshot) parseLog(t *sheets.SheetProperties, heads []string) {
	if t == nil {
		n.log.err = missingTab(tabLog)
		n.log.faults = append(n.log.faults, n.log.err)
		return
	}
	cols, faults := locate(tabLog, heads, asFields(logColumns))
	n.log = logTab{sheet: t.SheetId, title: t.Title, cols: cols, err: firstOf(faults), faults: faults}
}

func (n *snapshot) parsePeople(l layout, workers, roles [][]any) {
	for _, title := range []string{tabWorkers, tabRoles} {
		if l.tab(title) == nil {
			n.peopleErr = missingTab(title)
			n.schema = append(n.schema, n.peopleErr)
		}
	}
	if n.peopleErr != nil {
		return
	}
	var faults []*occupation.Error
	if n.people, faults = newPeople(workers, roles); n.people != nil {
		t := l.tab(tabWorkers)
		n.people.sheet, n.people.title = t.SheetId, t.Title
	}
	n.peopleErr = firstOf(faults)
	n.schema = append(n.schema, faults...)
}

func (n *snapshot) parseSpools(l layout, heads []string, columns [][][]any) {
	t := l.tab(tabSpools)
	if t == nil {
		n.spoolsErr = missingTab(tabSpools)
		n.schema = append(n.schema, n.spoolsErr)
		return
	}
	cols, faults := locate(tabSpools, heads, fields)
	if n.spoolsErr = firstOf(faults); n.spoolsErr != nil {
		n.schema = append(n.schema, faults...)
		return
	}
	n.table = &table{at: n.at, sheet: t.SheetId, title: t.Title, heads: heads, cols: cols, cells: map[int][]any{}}
	for i, r := range runs(l.columns()) {
		for j := range r[1] - r[0] + 1 {
			if i < len(columns) && j < len(columns[i]) {
				n.table.cells[r[0]+j] = columns[i][j]
			}
		}
	}
	n.table.index()
}

// columnHeads normalises a header row that was read by columns.
func columnHeads(columns [][]any) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = headKey(cellText(at(c, 0)))
	}
	return out
}

// turn makes rows of columns.
func turn(columns [][]any) [][]any {
	var out [][]any
	for c, column := range columns {
		for r, v := range column {
			for len(out) <= r {
				out = append(out, make([]any, len(columns)))
			}
			out[r][c] = v
		}
	}
	return out
}
