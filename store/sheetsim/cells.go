package sheetsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

type (
	gridRange struct {
		SheetID          int32  `json:"sheetId"` // absent is 0: SHEETS.md 0.8 [R]
		StartRowIndex    *int32 `json:"startRowIndex"`
		EndRowIndex      *int32 `json:"endRowIndex"`
		StartColumnIndex *int32 `json:"startColumnIndex"`
		EndColumnIndex   *int32 `json:"endColumnIndex"`
	}
	gridCoordinate struct {
		SheetID     int32 `json:"sheetId"`
		RowIndex    int32 `json:"rowIndex"`
		ColumnIndex int32 `json:"columnIndex"`
	}
	extendedValue struct {
		NumberValue  *float64 `json:"numberValue"`
		StringValue  *string  `json:"stringValue"`
		BoolValue    *bool    `json:"boolValue"`
		FormulaValue *string  `json:"formulaValue"`
	}
	// cellFormat keeps the number format; how a cell looks otherwise is accepted and forgotten.
	cellFormat struct {
		NumberFormat *struct {
			Type    string `json:"type"`
			Pattern string `json:"pattern"`
		} `json:"numberFormat"`
		BackgroundColor      json.RawMessage `json:"backgroundColor"`
		BackgroundColorStyle json.RawMessage `json:"backgroundColorStyle"`
		Borders              json.RawMessage `json:"borders"`
		Padding              json.RawMessage `json:"padding"`
		HorizontalAlignment  string          `json:"horizontalAlignment"`
		VerticalAlignment    string          `json:"verticalAlignment"`
		WrapStrategy         string          `json:"wrapStrategy"`
		TextDirection        string          `json:"textDirection"`
		TextFormat           json.RawMessage `json:"textFormat"`
		HyperlinkDisplayType string          `json:"hyperlinkDisplayType"`
		TextRotation         json.RawMessage `json:"textRotation"`
	}
	cellData struct {
		UserEnteredValue  *extendedValue  `json:"userEnteredValue"`
		UserEnteredFormat *cellFormat     `json:"userEnteredFormat"`
		Note              string          `json:"note"`
		TextFormatRuns    json.RawMessage `json:"textFormatRuns"`
		DataValidation    json.RawMessage `json:"dataValidation"`
		ChipRuns          json.RawMessage `json:"chipRuns"`
	}
	rowData struct {
		Values []cellData `json:"values"`
	}
	updateCellsRequest struct {
		Rows   []rowData       `json:"rows"`
		Fields string          `json:"fields"`
		Start  *gridCoordinate `json:"start"`
		Range  *gridRange      `json:"range"`
	}
	appendCellsRequest struct {
		SheetID int32     `json:"sheetId"`
		Rows    []rowData `json:"rows"`
		Fields  string    `json:"fields"`
	}
	repeatCellRequest struct {
		Range  *gridRange `json:"range"`
		Cell   *cellData  `json:"cell"`
		Fields string     `json:"fields"`
	}
)

const protectedSentence = "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if you need to edit."

func opt(p *int32) int32 {
	if p == nil {
		return 0
	}
	return *p
}

func noGrid(id int32) *apiError {
	e := badRequest("", fmt.Sprintf("No grid with id: %d", id)) // SHEETS.md 3 [I]
	e.bug = id == 0                                             // the id was forgotten on the way, SHEETS.md 0.8
	return e
}

// sheet returns the tab to be changed.
func (x *tx) sheet(id int32) (*tab, error) {
	t := x.byID(id)
	if t == nil {
		return nil, noGrid(id)
	}
	return x.own(t), nil
}

// guard refuses what touches a protected range: 400, not 403. SHEETS.md 3 [I].
func (x *tx) guard(t *tab, a area) error {
	if !x.person && slices.ContainsFunc(t.protected, func(p protection) bool { return p.stops(a) }) {
		return badRequest("", protectedSentence)
	}
	return nil
}

// area resolves a range against the grid. SHEETS.md 1 [L 2026-09-29]: starting at or past the edge is refused, ending past it is
// not and does not grow the grid, an empty range is accepted.
func (g *gridRange) area(t *tab) (area, error) {
	a := area{int(opt(g.StartRowIndex)), int(opt(g.StartColumnIndex)), len(t.rows), t.cols}
	if g.EndRowIndex != nil {
		a.r1 = int(*g.EndRowIndex)
	}
	if g.EndColumnIndex != nil {
		a.c1 = int(*g.EndColumnIndex)
	}
	if a.r0 < 0 || a.c0 < 0 || a.r1 < a.r0 && g.EndRowIndex != nil || a.c1 < a.c0 && g.EndColumnIndex != nil {
		return a, bug("Invalid range: starts at row %d column %d and ends at row %d column %d.", a.r0, a.c0, a.r1, a.c1)
	}
	if a.r0 >= len(t.rows) || a.c0 >= t.cols {
		return a, exceeds(fmt.Sprintf("%s!%s%d:%s", quoteTitle(t.title), columnName(a.c0), a.r0+1, columnName(max(a.c1-1, 0))), t)
	}
	a.r1, a.c1 = min(a.r1, len(t.rows)), min(a.c1, t.cols)
	return a, nil
}

// updateCells never grows the grid. With range, cells of it that rows do not cover are cleared; with start, rows may be ragged.
// SHEETS.md 1 [D][I].
func (x *tx) updateCells(in *updateCellsRequest) (obj, error) {
	fields, err := writeMask(in.Fields, cellFields)
	if err != nil {
		return nil, err
	}
	if (in.Start == nil) == (in.Range == nil) {
		return nil, bug("Exactly one of start and range must be set.")
	}
	id := int32(0)
	if in.Start != nil {
		id = in.Start.SheetID
	} else {
		id = in.Range.SheetID
	}
	t, err := x.sheet(id)
	if err != nil {
		return nil, err
	}
	limit := t.grid()
	if in.Range != nil {
		if limit, err = in.Range.area(t); err != nil {
			return nil, err
		}
		if err := x.guard(t, limit); err != nil {
			return nil, err
		}
		clear := cellData{}
		for r := limit.r0; r < limit.r1; r++ {
			for c := limit.c0; t.rows[r] != nil && c < min(limit.c1, len(t.rows[r].cells)); c++ {
				if err := x.write(t, r, c, &clear, fields); err != nil {
					return nil, err
				}
			}
		}
	} else {
		limit.r0, limit.c0 = int(in.Start.RowIndex), int(in.Start.ColumnIndex)
		if limit.r0 < 0 || limit.c0 < 0 {
			return nil, bug("Invalid start: row %d, column %d.", limit.r0, limit.c0)
		}
	}
	return nil, x.writeRows(t, limit, in.Rows, fields)
}

// writeRows writes from the corner of limit on and refuses to leave it.
func (x *tx) writeRows(t *tab, limit area, rows []rowData, fields mask) error {
	for i, r := range rows {
		at := limit.r0 + i
		if at >= limit.r1 {
			return badRequest("", fmt.Sprintf("Attempting to write row: %d, beyond the last requested row of: %d", at, limit.r1-1))
		}
		if last := limit.c0 + len(r.Values) - 1; last >= limit.c1 {
			return badRequest("", fmt.Sprintf("Attempting to write column: %d, beyond the last requested column of: %d", last, limit.c1-1))
		}
		if err := x.guard(t, area{at, limit.c0, at + 1, limit.c0 + len(r.Values)}); err != nil {
			return err
		}
		for j := range r.Values {
			if err := x.write(t, at, limit.c0+j, &r.Values[j], fields); err != nil {
				return err
			}
		}
	}
	return nil
}

// write changes what the mask names of one cell. A CellData without a value inside the mask makes the cell blank; stringValue
// with a leading "=" stays text; a date is numberValue and a format. SHEETS.md 1 [D][L].
func (x *tx) write(t *tab, r, c int, in *cellData, fields mask) error {
	next := t.cell(r, c)
	if v := in.UserEnteredValue; fields.has("userEnteredValue") {
		set := 0
		next.Value = nil
		next.setFormula("")
		if v != nil && v.NumberValue != nil {
			set, next.Value = set+1, *v.NumberValue
		}
		if v != nil && v.StringValue != nil {
			set, next.Value = set+1, *v.StringValue
			if utf8.RuneCountInString(*v.StringValue) > maxText {
				return badRequest("", "Your input contains more than the maximum of 50000 characters in a single cell.")
			}
		}
		if v != nil && v.BoolValue != nil {
			set, next.Value = set+1, *v.BoolValue
		}
		if v != nil && v.FormulaValue != nil {
			set, next.Value = set+1, ErrorValue("#N/A") // the emulator computes nothing
			next.setFormula(*v.FormulaValue)
		}
		if set > 1 {
			return bug("Invalid value (oneof), oneof field 'value' is already set.")
		}
	}
	if fields.has("userEnteredFormat", "numberFormat") {
		kind, pattern := "", ""
		if f := in.UserEnteredFormat; f != nil && f.NumberFormat != nil {
			kind, pattern = f.NumberFormat.Type, f.NumberFormat.Pattern
			if !slices.Contains(numberFormats, kind) {
				return bug("Invalid value at 'number_format.type' (type.googleapis.com/google.apps.sheets.v4.NumberFormat.NumberFormatType), %q", kind)
			}
		}
		next.setFormat(kind, pattern)
	}
	if next != t.cell(r, c) {
		x.put(t, r, c, func(cell *Cell) { *cell = next })
	}
	return nil
}

var numberFormats = []string{"TEXT", "NUMBER", "PERCENT", "CURRENCY", "DATE", "TIME", "DATE_TIME", "SCIENTIFIC"}

// appendCells writes below the last row with data, from column A on, and grows the grid by rows, never by columns.
// SHEETS.md 1 [D][L].
func (x *tx) appendCells(in *appendCellsRequest) (obj, error) {
	fields, err := writeMask(in.Fields, cellFields)
	if err != nil {
		return nil, err
	}
	t, err := x.sheet(in.SheetID)
	if err != nil {
		return nil, err
	}
	at := t.lastRow()
	if grow := at + len(in.Rows) - len(t.rows); grow > 0 {
		t.rows = append(t.rows, make([]*row, grow)...)
	}
	return nil, x.writeRows(t, area{at, 0, len(t.rows), t.cols}, in.Rows, fields)
}

// repeatCell writes one cell over a range.
func (x *tx) repeatCell(in *repeatCellRequest) (obj, error) {
	fields, err := writeMask(in.Fields, cellFields)
	if err != nil {
		return nil, err
	}
	if in.Range == nil || in.Cell == nil {
		return nil, bug("range and cell are required.")
	}
	t, err := x.sheet(in.Range.SheetID)
	if err != nil {
		return nil, err
	}
	a, err := in.Range.area(t)
	if err != nil {
		return nil, err
	}
	if err := x.guard(t, a); err != nil {
		return nil, err
	}
	for r := a.r0; r < a.r1; r++ {
		for c := a.c0; c < a.c1; c++ {
			if err := x.write(t, r, c, in.Cell, fields); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}
