package sheet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/sheets/v4"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/checkup"
)

// Plan is what a spreadsheet lacks, and how it would be added.
type Plan struct {
	Adds   []string // in words, a line each
	Cannot []string // what only a person can put right

	requests []*sheets.Request
}

// newRows is how many rows a new tab gets, as many as one made by hand.
const newRows = 1000

// dated are the columns that hold dates, with the format that a new one gets.
var dated = map[occupation.Column]string{
	occupation.ColMaterials: dateFormat, occupation.ColArmDate: dateFormat, occupation.ColSoldDate: dateFormat,
	occupation.ColSince: momentFormat, "Timestamp": momentFormat, "Fecha_Operacion": dateFormat,
}

// Missing looks for tabs and columns that are needed and not there. It makes two
// reads or three, and changes nothing. Errors are in words for who installs it.
func (s *Sheet) Missing(ctx context.Context) (Plan, error) {
	e := &exam{Sheet: s, account: "the service account"}
	book, err := s.spreadsheet(ctx)
	if err != nil {
		return Plan{}, e.explained(err)
	}
	var titles, ranges []string
	for _, t := range book.Sheets {
		if !isArchive(t.Properties.Title) { // none of ours that was renamed
			titles = append(titles, t.Properties.Title)
		}
	}
	var plan Plan
	tabs := newTabs(book)
	var there []ownTab
	for _, own := range ownTabs() {
		t := tabs[headKey(own.title)]
		if t == nil {
			plan.addTab(own, nearest(titles, []string{headKey(own.title)}))
			continue
		}
		there, ranges = append(there, own), append(ranges, quoted(t.Title)+"!1:1")
	}
	if len(there) == 0 {
		return plan, nil
	}
	heads, _, err := s.values(ctx, "ROWS", ranges...)
	if err != nil {
		return Plan{}, e.explained(err)
	}
	for i, own := range there {
		var names []string
		if len(heads[i]) > 0 {
			for _, v := range heads[i][0] {
				names = append(names, cellText(v))
			}
		}
		t := tabs[headKey(own.title)]
		if lacks := plan.compare(own, names); len(lacks) > 0 {
			end, err := s.firstFree(ctx, t, len(names))
			if err != nil {
				return Plan{}, e.explained(err)
			}
			plan.addColumns(t, end, lacks)
		}
	}
	return plan, nil
}

// needed are the columns that a tab must have, or whose lack people notice.
func (o ownTab) needed() []field {
	return slices.DeleteFunc(slices.Clone(o.fields), func(f field) bool { return !f.required && wanted[f.column] == "" })
}

// compare says in the plan what a tab lacks, and lists it.
func (p *Plan) compare(own ownTab, names []string) (lacks []occupation.Column) {
	count := map[string]int{}
	for _, name := range names {
		count[headKey(name)]++
	}
	for _, f := range own.needed() {
		n := 0
		for _, name := range f.names {
			if n = count[name]; n > 0 {
				break
			}
		}
		switch near := nearest(others(names, own.fields), f.names); {
		case n > 1:
			p.Cannot = append(p.Cannot, fmt.Sprintf("the column %s of the tab %s stands there twice: delete or rename one of the two", f.column, own.title))
		case n == 1:
		case near != "":
			p.Cannot = append(p.Cannot, fmt.Sprintf("the column %s of the tab %s is missing, and there is %q: rename it if that is it, else add the right one by hand", f.column, own.title, near))
		default:
			lacks = append(lacks, f.column)
		}
	}
	return lacks
}

// firstFree is the first column, counted from 0, from which on a tab holds nothing: data
// may stand to the right of the headers.
func (s *Sheet) firstFree(ctx context.Context, t *sheets.SheetProperties, heads int) (int, error) {
	last := int(t.GridProperties.ColumnCount) - 1
	if heads > last {
		return heads, nil
	}
	right, _, err := s.values(ctx, "COLUMNS", a1(t.Title, heads, last, 0, 0))
	if err != nil {
		return 0, err
	}
	return heads + len(right[0]), nil
}

// addTab adds a tab with its headers.
func (p *Plan) addTab(own ownTab, near string) {
	if near != "" {
		p.Cannot = append(p.Cannot, fmt.Sprintf("the tab %s is missing, and there is %q: rename it if that is it, else add the right one by hand", own.title, near))
		return
	}
	id := int64(newStamp())
	var columns []occupation.Column
	for _, f := range own.needed() {
		columns = append(columns, f.column)
	}
	p.Adds = append(p.Adds, fmt.Sprintf("the tab %s with the columns %s", own.title, words(columns)))
	p.requests = append(p.requests, &sheets.Request{AddSheet: &sheets.AddSheetRequest{Properties: &sheets.SheetProperties{
		SheetId: id, Title: own.title,
		GridProperties: &sheets.GridProperties{RowCount: newRows, ColumnCount: int64(len(columns)), FrozenRowCount: 1},
	}}})
	p.write(id, 0, columns, newRows, false)
}

// addColumns puts columns in from end on. They are inserted, not written into cells
// that were empty when we looked: so whatever somebody has typed there meanwhile
// moves to the right and is not lost.
func (p *Plan) addColumns(t *sheets.SheetProperties, end int, columns []occupation.Column) {
	p.Adds = append(p.Adds, fmt.Sprintf("to the tab %s, from column %s on: %s", t.Title, columnName(end), words(columns)))
	atEdge := int64(end) >= t.GridProperties.ColumnCount // where only the format of the column before can be had
	p.requests = append(p.requests, &sheets.Request{InsertDimension: &sheets.InsertDimensionRequest{
		Range: &sheets.DimensionRange{
			SheetId: t.SheetId, Dimension: "COLUMNS", StartIndex: int64(end), EndIndex: int64(end + len(columns)),
			ForceSendFields: []string{"StartIndex"}, // 0 is not the same as none
		},
		InheritFromBefore: atEdge,
	}})
	p.write(t.SheetId, end, columns, t.GridProperties.RowCount, atEdge)
}

// write gives new columns their headers, and the formats of dates to those that
// hold them; plain takes off what the others have inherited.
func (p *Plan) write(sheet int64, from int, columns []occupation.Column, rows int64, plain bool) {
	heads := &sheets.RowData{}
	for _, c := range columns {
		heads.Values = append(heads.Values, cellData(string(c), ""))
	}
	p.requests = append(p.requests, &sheets.Request{UpdateCells: &sheets.UpdateCellsRequest{
		Start: &sheets.GridCoordinate{SheetId: sheet, ColumnIndex: int64(from)}, Rows: []*sheets.RowData{heads}, Fields: "userEnteredValue",
	}})
	for i, c := range columns {
		if rows < 2 || dated[c] == "" && !plain {
			continue
		}
		col := int64(from + i)
		p.requests = append(p.requests, &sheets.Request{RepeatCell: &sheets.RepeatCellRequest{
			Range: &sheets.GridRange{SheetId: sheet, StartRowIndex: 1, StartColumnIndex: col, EndColumnIndex: col + 1},
			Cell:  cellData(nil, dated[c]), Fields: "userEnteredFormat.numberFormat",
		}})
	}
}

func words(columns []occupation.Column) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = string(c)
	}
	return strings.Join(out, ", ")
}

// Complete adds what the plan says, all or nothing, in one request. The error is in
// words; when it is not known whether Google has done it, Missing finds out.
func (s *Sheet) Complete(ctx context.Context, p Plan) error {
	if len(p.requests) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := s.opt.Quota(ctx); err != nil {
		return err
	}
	_, err := s.service.Spreadsheets.BatchUpdate(s.id, &sheets.BatchUpdateSpreadsheetRequest{Requests: p.requests}).
		Fields(googleapi.Field("spreadsheetId")).Context(ctx).Do()
	if err == nil {
		return nil
	}
	e := &exam{Sheet: s, account: "the service account"}
	switch o := outcomeOf(err, time.Now()); {
	case o.kind == refused && o.code == http.StatusBadRequest:
		return fmt.Errorf("the sheet refuses it, and nothing was changed: %s; is a range protected? spoolbot doctor tells which", reasonOf(err))
	case o.kind == refused, o.kind == waits:
		return fmt.Errorf("nothing was changed: %w", e.explained(err))
	default:
		return fmt.Errorf("it is not known whether it was done: %s; run init-sheet again, it looks first", checkup.Cause(err))
	}
}

// explained says what an answer means and what to do about it.
func (e *exam) explained(err error) error {
	return errors.New(e.accessWhat(err) + "; " + e.accessTodo(err))
}
