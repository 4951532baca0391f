package sheet

import (
	"cmp"
	"slices"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/sheets/v4"
)

const (
	valueOnly      = "userEnteredValue"
	valueAndFormat = "userEnteredValue,userEnteredFormat.numberFormat"
	// What the answer to a commit holds: the TAGs and headers of what was hit.
	answerFields = "spreadsheetId,updatedSpreadsheet(sheets(properties(sheetId),data(startRow,startColumn,rowData(values(effectiveValue)))))"
)

// What a request of a batch is for, when it is not a row of the plan.
const (
	forStamp = -1
	forLog   = -2
	forPrune = -3
)

// batch is one commit as a request. It depends on the plan, the commit's id and
// stamp, and on what was left out after a refusal; on nothing else, so that the
// same commit is the same bytes whenever it is sent.
type batch struct {
	request *sheets.BatchUpdateSpreadsheetRequest
	origin  []int   // per request: an index of plan.Rows, or what it is for
	pruned  []int32 // per prune request, in order
	logged  bool    // the audit rows are in it
}

// newBatch makes the request: the stamp first, then the cells, the audit rows,
// and the stamps that may go.
func newBatch(c occupation.Commit, p plan, logged bool, prune []int32) batch {
	b := batch{request: &sheets.BatchUpdateSpreadsheetRequest{}, logged: logged && p.Log != nil, pruned: prune}
	b.add(forStamp, newStampRequest(c.Stamp, stampValue(c.ID, b.logged || p.Repair)))
	for i, r := range p.Rows {
		for _, run := range r.runs() {
			b.add(i, updateCells(p.Sheet, r.Row, run))
		}
	}
	if b.logged {
		b.add(forLog, appendCells(p.Log))
	}
	for _, id := range prune {
		b.add(forPrune, &sheets.Request{DeleteDeveloperMetadata: &sheets.DeleteDeveloperMetadataRequest{
			DataFilter: &sheets.DataFilter{DeveloperMetadataLookup: &sheets.DeveloperMetadataLookup{MetadataId: int64(id), MetadataKey: stampKey}},
		}})
	}
	if ranges := p.answerRanges(); len(ranges) > 0 {
		b.request.IncludeSpreadsheetInResponse = true
		b.request.ResponseRanges = ranges
	}
	return b
}

func (b *batch) add(origin int, r *sheets.Request) {
	b.request.Requests = append(b.request.Requests, r)
	b.origin = append(b.origin, origin)
}

// nth gives the place of a request among those of its kind.
func (b batch) nth(request int) int {
	n := 0
	for i := range request {
		if b.origin[i] == b.origin[request] {
			n++
		}
	}
	return n
}

func (r *planRow) sort() {
	slices.SortFunc(r.Cells, func(a, b planCell) int { return cmp.Compare(a.Col, b.Col) })
}

// runs parts the cells of a row into columns side by side that are written with
// the same mask: a cell without a date keeps its format.
func (r planRow) runs() [][]planCell {
	var out [][]planCell
	for _, c := range r.Cells {
		if n := len(out); n > 0 {
			last := out[n-1][len(out[n-1])-1]
			if last.Col == c.Col-1 && (last.Format == "") == (c.Format == "") {
				out[n-1] = append(out[n-1], c)
				continue
			}
		}
		out = append(out, []planCell{c})
	}
	return out
}

// updateCells writes one run. Zeroes are sent too: a sheetId that is left out
// means tab 0. SHEETS.md 0.8.
func updateCells(sheet int64, row int, run []planCell) *sheets.Request {
	mask := valueOnly
	if run[0].Format != "" {
		mask = valueAndFormat
	}
	values := make([]*sheets.CellData, len(run))
	for i, c := range run {
		values[i] = cellData(c.New, c.Format)
	}
	return &sheets.Request{UpdateCells: &sheets.UpdateCellsRequest{
		Start: &sheets.GridCoordinate{
			SheetId: sheet, RowIndex: int64(row - 1), ColumnIndex: int64(run[0].Col),
			ForceSendFields: []string{"SheetId", "RowIndex", "ColumnIndex"},
		},
		Rows:   []*sheets.RowData{{Values: values}},
		Fields: mask,
	}}
}

func appendCells(l *planLog) *sheets.Request {
	rows := make([]*sheets.RowData, len(l.Rows))
	for i, line := range l.Rows {
		rows[i] = &sheets.RowData{Values: make([]*sheets.CellData, len(line))}
		for j, c := range line {
			if c.Value == "" {
				c.Value = nil
			}
			rows[i].Values[j] = cellData(c.Value, c.Format)
		}
	}
	return &sheets.Request{AppendCells: &sheets.AppendCellsRequest{
		SheetId: l.Sheet, Rows: rows, Fields: valueAndFormat, ForceSendFields: []string{"SheetId"},
	}}
}

// answerRanges asks for the TAGs of the rows written and for the headers over
// the TAG and the cells written: they say in the same answer what was hit.
func (p plan) answerRanges() []string {
	if len(p.Rows) == 0 {
		return nil
	}
	heads, rows := []int{p.Tag}, []int{}
	for _, r := range p.Rows {
		rows = append(rows, r.Row)
		for _, c := range r.Cells {
			heads = append(heads, c.Col)
		}
	}
	slices.Sort(heads)
	slices.Sort(rows)
	var out []string
	for _, run := range runs(slices.Compact(heads)) {
		out = append(out, a1(p.Title, run[0], run[1], 1, 1))
	}
	for _, run := range runs(slices.Compact(rows)) {
		out = append(out, a1(p.Title, p.Tag, p.Tag, run[0], run[1]))
	}
	return out
}
