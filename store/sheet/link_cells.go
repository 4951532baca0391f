package sheet

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spoolbot/spoolbot/occupation"
)

// relinking is one change of a link on its way.
type relinking struct {
	occupation.Link
	done    bool              // the cell shows it, or it is not to be written (any more)
	bad     *occupation.Error // why it is not to be written
	strays  []personCell      // to be put back: where they are shown is found on each read
	audited bool
	refused bool // the sheet has refused a cell once
	// doubtful: a sending is open of which nobody can tell whether it will land.
	doubtful bool
	// sent are cells whose write has landed, and where is to be seen on the next read.
	sent []personCell
}

// personCell is one cell of Trabajadores. It goes by the worker and the header;
// row and col say where that was on a read.
type personCell struct {
	id   int    // of the worker in the row; 0 = a row without one
	head string // the normalised header
	row  int    // 1-based
	col  int
	was  any // what it showed, and, for a stray, is to show again
	show any // what is or was written
	back bool
}

// look learns from a read what became of sendings of which that is not known, and
// whether the change is still to be made.
func (w *relinking) look(p *people) {
	for _, c := range w.sent {
		w.trace(p, c)
	}
	w.sent = nil
	if w.done {
		return
	}
	if w.bad = w.fault(p); w.bad == nil {
		switch p.byID[w.Worker].SlackID {
		case w.SlackID:
			w.done = true
		case w.Was:
		default:
			w.bad = &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.LinkChanged, Holder: p.byID[w.Worker].AsHolder()}
		}
	}
	w.done = w.done || w.bad != nil
}

// fault is why the link cannot be written at all.
func (w *relinking) fault(p *people) *occupation.Error {
	key, columns := headKey(string(colSlack)), 0
	for _, h := range p.heads {
		if h == key {
			columns++
		}
	}
	rows := p.rowsOf(w.Worker)
	switch {
	case p.noSlack != nil:
		return p.noSlack
	case columns > 1:
		return &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.DoubledHeader, Column: colSlack, Text: tabWorkers}
	case len(rows) == 0:
		return &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.NoName}
	case len(rows) > 1:
		return &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.UnreadCell, Column: "Id", Row: rows[1], Text: fmt.Sprint(w.Worker)}
	}
	for _, id := range p.bySlack[w.SlackID] {
		ours := slices.ContainsFunc(w.strays, func(c personCell) bool { return c.id == id })
		if id != w.Worker && !ours {
			return &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.AccountTaken, Holder: p.byID[id].AsHolder()}
		}
	}
	return nil
}

// cells lists what is to be written now. A stray that shows something else by now
// is left to whoever wrote that.
func (w *relinking) cells(p *people) []personCell {
	var out []personCell
	w.strays = slices.DeleteFunc(w.strays, func(c personCell) bool {
		row, col := p.find(c)
		if row == 0 || col < 0 || !same(p.cell(row, col), c.show) || same(c.was, c.show) {
			return true
		}
		out = append(out, personCell{id: c.id, head: c.head, row: row, col: col, was: c.show, show: c.was, back: true})
		return false
	})
	if !w.done {
		row, col := p.rowsOf(w.Worker)[0], p.cols[colSlack]
		var show any
		if w.SlackID != "" {
			show = w.SlackID
		}
		out = append(out, personCell{id: w.Worker, head: p.heads[col], row: row, col: col, was: p.cell(row, col), show: show})
	}
	return out
}

// wants reports whether the audit row is still to be written with these cells.
func (w *relinking) wants(cells []personCell) bool {
	return !w.audited && slices.ContainsFunc(cells, func(c personCell) bool { return !c.back })
}

// landed reads the answer to a write: cells by row and column, from 0.
func (w *relinking) landed(p *people, cells []personCell, answer map[[2]int]any) {
	idCol := p.cols["Id"]
	if headKey(cellText(answer[[2]int{0, idCol}])) != p.heads[idCol] { // the columns moved: the answer does not say whose row it was
		w.unseen(p, cells)
		return
	}
	for _, c := range cells {
		id, _ := cellInt(answer[[2]int{c.row - 1, idCol}])
		w.hit(p, c, id, headKey(cellText(answer[[2]int{0, c.col}])))
	}
}

// hit notes where a written cell went, and what it showed there before.
func (w *relinking) hit(p *people, c personCell, id int, head string) {
	if id == c.id && head == c.head {
		if !c.back {
			w.done = true
		}
		return
	}
	stray := personCell{id: id, head: head, row: c.row, col: c.col, show: c.show}
	if row, col := p.find(stray); row > 0 && col >= 0 && (id != 0 || row == c.row) {
		stray.was = p.cell(row, col)
	}
	w.strays = append(w.strays, stray)
}

// unseen notes writes that have landed nobody knows where.
func (w *relinking) unseen(p *people, cells []personCell) {
	for _, c := range cells {
		c.was = p // the read that it was made from
		w.sent = append(w.sent, c)
	}
}

// trace finds out from a read where a cell went. Nothing is to be done where the
// right one shows it; else the place where it was planned, or, as an id of Slack
// speaks for itself, wherever it stands now and did not before.
func (w *relinking) trace(now *people, c personCell) {
	before := c.was.(*people)
	if row, col := now.find(c); row > 0 && col >= 0 && same(now.cell(row, col), c.show) {
		return
	}
	for row := 2; row <= len(now.rows); row++ {
		id, _ := cellInt(now.cell(row, now.cols["Id"]))
		for col, head := range now.heads {
			planned := row == c.row && col == c.col
			if !planned && (c.show == nil || head != c.head) || !same(now.cell(row, col), c.show) {
				continue
			}
			stray := personCell{id: id, head: head, row: row, col: col, show: c.show}
			if r, k := before.find(stray); r > 0 && k >= 0 {
				stray.was = before.cell(r, k)
			}
			if !same(stray.was, stray.show) {
				w.strays = append(w.strays, stray)
			}
		}
	}
}

// failed is the error that ends a change before it is finished: what has been sent,
// and not been put right, makes it uncertain.
func (w *relinking) failed(err *occupation.Error) error {
	if !w.doubtful && len(w.sent)+len(w.strays) == 0 {
		return err
	}
	return &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Uncertain, Err: err}
}

func (w *relinking) err() error {
	if w.bad == nil {
		return nil
	}
	return w.bad
}

// rowsOf are the rows of a worker.
func (p *people) rowsOf(id int) []int {
	var out []int
	for row := 2; row <= len(p.rows); row++ {
		if n, ok := cellInt(p.cell(row, p.cols["Id"])); ok && n == id {
			out = append(out, row)
		}
	}
	return out
}

func (p *people) cell(row, col int) any {
	if row < 1 || row > len(p.rows) {
		return nil
	}
	return at(p.rows[row-1], col)
}

// find is where the cell of a worker and a header is: row 0 or column -1 = it is
// not there, or not the only one. A row without an id, and a column without a
// header, are only where they were.
func (p *people) find(c personCell) (row, col int) {
	col = -1
	for i, h := range p.heads {
		if h == c.head && (h != "" || i == c.col) {
			if col >= 0 {
				col = c.col // of two it is the one where it was
				break
			}
			col = i
		}
	}
	if c.head == "" && col < 0 && c.col >= len(p.heads) {
		col = c.col
	}
	rows := p.rowsOf(c.id)
	switch {
	case c.id == 0:
		if n, ok := cellInt(p.cell(c.row, p.cols["Id"])); !ok || n == 0 {
			row = c.row
		}
	case len(rows) == 1:
		row = rows[0]
	}
	return row, col
}

// answerRanges asks for the ids of the rows written and for the headers over them.
func (p *people) answerRanges(cells []personCell) []string {
	id := p.cols["Id"]
	heads, rows := map[int]bool{id: true}, map[int]bool{}
	for _, c := range cells {
		heads[c.col], rows[c.row] = true, true
	}
	var out []string
	for _, r := range runs(slices.Sorted(maps.Keys(heads))) {
		out = append(out, a1(p.title, r[0], r[1], 1, 1))
	}
	for _, r := range runs(slices.Sorted(maps.Keys(rows))) {
		out = append(out, a1(p.title, id, id, r[0], r[1]))
	}
	return out
}
