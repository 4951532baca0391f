package sheetsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

type (
	dimensionRange struct {
		SheetID    int32  `json:"sheetId"`
		Dimension  string `json:"dimension"`
		StartIndex *int32 `json:"startIndex"`
		EndIndex   *int32 `json:"endIndex"`
	}
	insertDimensionRequest struct {
		Range             *dimensionRange `json:"range"`
		InheritFromBefore bool            `json:"inheritFromBefore"`
	}
	appendDimensionRequest struct {
		SheetID   int32  `json:"sheetId"`
		Dimension string `json:"dimension"`
		Length    int32  `json:"length"`
	}
	deleteDimensionRequest struct {
		Range *dimensionRange `json:"range"`
	}
	gridProperties struct {
		RowCount                *int32 `json:"rowCount"`
		ColumnCount             *int32 `json:"columnCount"`
		FrozenRowCount          *int32 `json:"frozenRowCount"`
		FrozenColumnCount       *int32 `json:"frozenColumnCount"`
		HideGridlines           bool   `json:"hideGridlines"`
		RowGroupControlAfter    bool   `json:"rowGroupControlAfter"`
		ColumnGroupControlAfter bool   `json:"columnGroupControlAfter"`
	}
	sheetProperties struct {
		SheetID        int32           `json:"sheetId"`
		Title          string          `json:"title"`
		Index          *int32          `json:"index"`
		SheetType      string          `json:"sheetType"`
		GridProperties *gridProperties `json:"gridProperties"`
		Hidden         bool            `json:"hidden"`
		TabColor       json.RawMessage `json:"tabColor"`
		TabColorStyle  json.RawMessage `json:"tabColorStyle"`
		RightToLeft    bool            `json:"rightToLeft"`
	}
	addSheetRequest struct {
		Properties *sheetProperties `json:"properties"`
	}
	updateSheetPropertiesRequest struct {
		Properties *sheetProperties `json:"properties"`
		Fields     string           `json:"fields"`
	}
)

// lines resolves a dimension range: its tab, start, count, and how many lines the grid has.
func (x *tx) lines(d *dimensionRange) (t *tab, start, n, total int, err error) {
	if d == nil || d.EndIndex == nil || *d.EndIndex <= opt(d.StartIndex) || opt(d.StartIndex) < 0 {
		return nil, 0, 0, 0, bug("A range with startIndex below endIndex is required.")
	}
	if t, err = x.sheet(d.SheetID); err != nil {
		return nil, 0, 0, 0, err
	}
	switch d.Dimension {
	case "ROWS":
		total = len(t.rows)
	case "COLUMNS":
		total = t.cols
	default:
		return nil, 0, 0, 0, bug("No dimension specified.")
	}
	start, n = int(opt(d.StartIndex)), int(*d.EndIndex-opt(d.StartIndex))
	if n > maxCells {
		return nil, 0, 0, 0, bug("Too many lines: %d.", n)
	}
	return t, start, n, total, nil
}

// insertDimension past the end of the grid is refused; at the very end only inheritFromBefore is taken. SHEETS.md 1 [L].
func (x *tx) insertDimension(in *insertDimensionRequest) (obj, error) {
	t, at, n, total, err := x.lines(in.Range)
	if err != nil {
		return nil, err
	}
	if at > total || (at == total && !in.InheritFromBefore) {
		return nil, badRequest("", fmt.Sprintf("range.startIndex[%d] must be less than the grid size (%d) if inheritFromBefore is false.", at, total))
	}
	if at == 0 && in.InheritFromBefore {
		return nil, bug("range.startIndex must be greater than 0 if inheritFromBefore is true.")
	}
	rows := in.Range.Dimension == "ROWS"
	if err := x.guard(t, across(t, rows, at, 1)); err != nil {
		return nil, err
	}
	if !rows {
		x.insertColumns(t, at, n)
		like := at + n // the column whose formats the new ones inherit
		if in.InheritFromBefore {
			like = at - 1
		}
		for r := range t.rows {
			if kind, pattern := t.cell(r, like).Format(); kind != "" {
				for c := at; c < at+n; c++ {
					x.put(t, r, c, func(c *Cell) { c.setFormat(kind, pattern) })
				}
			}
		}
		return nil, nil
	}
	like := at // the row whose formats the new ones inherit
	if in.InheritFromBefore {
		like = at - 1
	}
	var formats []Cell
	if src := t.rows[like]; src != nil {
		formats = slices.Clone(src.cells)
	}
	x.insertRows(t, at, n)
	for c, cell := range formats {
		if kind, pattern := cell.Format(); kind != "" {
			for r := at; r < at+n; r++ {
				x.put(t, r, c, func(c *Cell) { c.setFormat(kind, pattern) })
			}
		}
	}
	return nil, nil
}

func across(t *tab, rows bool, at, n int) area {
	if rows {
		return area{at, 0, at + n, t.cols}
	}
	return area{0, at, len(t.rows), at + n}
}

func (x *tx) appendDimension(in *appendDimensionRequest) (obj, error) {
	t, err := x.sheet(in.SheetID)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Length < 1 || int(in.Length) > maxCells:
		return nil, bug("Length must be positive.")
	case in.Dimension == "ROWS":
		t.rows = append(t.rows, make([]*row, in.Length)...)
	case in.Dimension == "COLUMNS":
		t.cols += int(in.Length)
	default:
		return nil, bug("No dimension specified.")
	}
	return nil, nil
}

func (x *tx) deleteDimension(in *deleteDimensionRequest) (obj, error) {
	t, at, n, total, err := x.lines(in.Range)
	if err != nil {
		return nil, err
	}
	if at >= total {
		return nil, badRequest("", fmt.Sprintf("Cannot delete a %s that doesn't exist. Tried to delete index %d but there are only %d.", in.Range.Dimension, at, total))
	}
	n = min(n, total-at)
	rows := in.Range.Dimension == "ROWS"
	switch { // [I GoogleSheetsWrapper #43, talendcomp_tGoogleSheet #19]
	case n == total:
		return nil, badRequest("", fmt.Sprintf("You can't delete all the %s on the sheet.", strings.ToLower(in.Range.Dimension)))
	case rows && at <= t.frozen && at+n == total:
		return nil, badRequest("", "Sorry, it is not possible to delete all non-frozen rows.")
	}
	if err := x.guard(t, across(t, rows, at, n)); err != nil {
		return nil, err
	}
	if rows {
		x.deleteRows(t, at, n)
	} else {
		x.deleteColumns(t, at, n)
	}
	return nil, nil
}

// addSheet refuses an id or a title that exists. SHEETS.md 1 [D][L][V]. A tab without size gets 1000 x 26. SHEETS.md 2 [V].
func (x *tx) addSheet(in *addSheetRequest) (obj, error) {
	p := in.Properties
	if p == nil {
		p = &sheetProperties{}
	}
	t := &tab{id: p.SheetID, title: p.Title, rows: make([]*row, 1000), cols: 26, hidden: p.Hidden}
	for t.id == 0 || (p.SheetID == 0 && x.byID(t.id) != nil) {
		t.id = nextID(t.id, len(x.tabs))
	}
	if t.title == "" {
		t.title = fmt.Sprintf("Hoja %d", len(x.tabs)+1)
	}
	if x.byID(t.id) != nil {
		return nil, badRequest("", fmt.Sprintf("A sheet with the ID %d already exists. Please use another ID.", t.id))
	}
	if err := x.freeTitle(t.title); err != nil {
		return nil, err
	}
	x.ownTabs[t] = true
	x.tabs = append(x.tabs, t)
	if p.Index != nil {
		x.move(t, int(*p.Index))
	}
	if err := x.resize(t, p.GridProperties, nil); err != nil {
		return nil, err
	}
	return obj{"addSheet": obj{"properties": t.properties(slices.Index(x.tabs, t))}}, nil
}

func (x *tx) freeTitle(title string) error {
	if x.byTitle(title) != nil {
		return badRequest("", fmt.Sprintf("A sheet with the name %q already exists. Please enter another name.", title))
	}
	return nil
}

func (x *tx) move(t *tab, to int) {
	x.tabs = slices.DeleteFunc(x.tabs, func(u *tab) bool { return u == t })
	x.tabs = slices.Insert(x.tabs, min(max(to, 0), len(x.tabs)), t)
}

// resize applies grid properties that the mask names.
func (x *tx) resize(t *tab, g *gridProperties, fields mask) error {
	if g == nil {
		return nil
	}
	if n := int(opt(g.RowCount)); g.RowCount != nil && fields.has("rowCount") {
		switch {
		case n < 1 || n > maxCells:
			return bug("rowCount must be positive.")
		case n < len(t.rows):
			x.deleteRows(t, n, len(t.rows)-n)
		default:
			t.rows = append(t.rows, make([]*row, n-len(t.rows))...)
		}
	}
	if n := int(opt(g.ColumnCount)); g.ColumnCount != nil && fields.has("columnCount") {
		switch {
		case n < 1 || n > 18278: // SHEETS.md 1 [D support 37603]: ZZZ
			return bug("columnCount must be between 1 and 18278.")
		case n < t.cols:
			x.deleteColumns(t, n, t.cols-n)
		default:
			t.cols = n
		}
	}
	if g.FrozenRowCount != nil && fields.has("frozenRowCount") {
		if t.frozen = int(*g.FrozenRowCount); t.frozen >= len(t.rows) { // [I node-google-spreadsheet #528]
			return badRequest("", "You can't freeze all visible rows on the sheet.")
		}
	}
	return nil
}

var sheetFields = mustMask("sheetId,title,index,hidden,tabColor,tabColorStyle,rightToLeft," +
	"gridProperties(rowCount,columnCount,frozenRowCount,frozenColumnCount,hideGridlines,rowGroupControlAfter,columnGroupControlAfter)")

func (x *tx) updateSheetProperties(in *updateSheetPropertiesRequest) (obj, error) {
	fields, err := writeMask(in.Fields, sheetFields)
	if err != nil {
		return nil, err
	}
	if in.Properties == nil {
		return nil, bug("properties is required.")
	}
	p := in.Properties
	t, err := x.sheet(p.SheetID)
	if err != nil {
		return nil, err
	}
	if fields.has("title") && p.Title != t.title {
		if p.Title == "" {
			return nil, bug("A sheet must have a title.")
		}
		if err := x.freeTitle(p.Title); err != nil {
			return nil, err
		}
		t.title = p.Title
	}
	if fields.has("hidden") {
		t.hidden = p.Hidden
		if !slices.ContainsFunc(x.tabs, func(u *tab) bool { return !u.hidden }) {
			return nil, badRequest("", "You can't hide all the sheets in a document.") // SHEETS.md 3 [V]
		}
	}
	if fields.has("index") && p.Index != nil {
		x.move(t, int(*p.Index))
	}
	if !fields.has("gridProperties") {
		return nil, nil
	}
	return nil, x.resize(t, p.GridProperties, fields["gridProperties"])
}
