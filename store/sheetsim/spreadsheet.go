package sheetsim

import (
	"net/url"
	"strings"
)

// answerFields is the schema of all answers, to refuse a field mask that names something else.
var answerFields = func() mask {
	cell := "userEnteredValue,effectiveValue,formattedValue,userEnteredFormat,effectiveFormat,hyperlink,note,textFormatRuns,dataValidation"
	data := "startRow,startColumn,rowData(values(" + cell + ")),rowMetadata(hiddenByFilter,hiddenByUser,pixelSize,developerMetadata),columnMetadata"
	sheet := "properties,data(" + data + "),merges,conditionalFormats,filterViews,protectedRanges,basicFilter,charts,bandedRanges,developerMetadata"
	book := "spreadsheetId,properties,sheets(" + sheet + "),namedRanges,spreadsheetUrl,developerMetadata"
	values := "range,majorDimension,values"
	return mustMask(book + ",replies,updatedSpreadsheet(" + book + "),commentUpdateState," + values + ",valueRanges(" + values + ")," +
		"tableRange,updates,updatedRange,updatedRows,updatedColumns,updatedCells,updatedData,matchedDeveloperMetadata," +
		"metadataId,metadataKey,metadataValue,location,visibility")
}()

// parseFields reads the fields parameter: the mask of the answer. The text of Google's refusal is unknown, SHEETS.md 1 [U].
func parseFields(q url.Values) (mask, error) {
	s := q.Get("fields")
	if s == "" {
		return nil, nil
	}
	m, err := parseMask(s)
	if err != nil {
		return nil, bug("Invalid field mask %q: %v", s, err)
	}
	if bad := m.unknown(answerFields); bad != "" {
		return nil, bug("Error expanding 'fields' parameter. Cannot find matching fields for path '%s'.", bad)
	}
	return m, nil
}

// spreadsheet builds the answer of spreadsheets.get and updatedSpreadsheet, only as far as the mask m names it. With ranges,
// only their tabs are in it. SHEETS.md 1 and 2 [D]: without a mask that names data, or includeGridData, no cells; the parameter
// is ignored if a mask was set.
func (w *Workbook) spreadsheet(id string, ranges []string, gridData bool, m mask) (obj, error) {
	if !m.all() {
		gridData = m.has("sheets", "data")
	}
	asked := map[*tab][]area{}
	for _, s := range ranges {
		r, err := w.parseA1(s)
		if err != nil {
			return nil, err
		}
		a, err := r.clip(s)
		if err != nil {
			return nil, err
		}
		asked[r.tab] = append(asked[r.tab], a)
	}
	out := obj{
		"spreadsheetId": id, "spreadsheetUrl": "https://docs.google.com/spreadsheets/d/" + id + "/edit",
		"properties": obj{"title": w.Title, "locale": w.Locale, "timeZone": w.TimeZone, "autoRecalc": "ON_CHANGE"},
	}
	sheets := []obj{}
	for i, t := range w.tabs {
		areas := asked[t]
		if len(ranges) > 0 && len(areas) == 0 {
			continue
		}
		sheet := obj{"properties": t.properties(i)}
		if meta := w.metaAt("SHEET", t.id, -1); len(meta) > 0 {
			sheet["developerMetadata"] = meta
		}
		if ranges := t.protectedRanges(); len(ranges) > 0 {
			sheet["protectedRanges"] = ranges
		}
		if t.filtered() {
			sheet["basicFilter"] = obj{"range": obj{"sheetId": t.id, "startRowIndex": 0, "endRowIndex": t.lastRow(), "startColumnIndex": 0, "endColumnIndex": t.cols}}
		}
		if gridData {
			if len(ranges) == 0 {
				areas = []area{t.grid()}
			}
			data := make([]obj, len(areas))
			for k, a := range areas {
				data[k] = w.gridData(t, a, m)
			}
			sheet["data"] = data
		}
		sheets = append(sheets, sheet)
	}
	if out["sheets"] = sheets; len(sheets) == 0 {
		delete(out, "sheets")
	}
	if meta := w.metaAt("SPREADSHEET", 0, -1); len(meta) > 0 {
		out["developerMetadata"] = meta
	}
	return out, nil
}

// properties print a sheetId of 0 and indexes of 0. SHEETS.md 2 [V].
func (t *tab) properties(index int) obj {
	grid := obj{"rowCount": len(t.rows), "columnCount": t.cols}
	if t.frozen > 0 {
		grid["frozenRowCount"] = t.frozen
	}
	p := obj{"sheetId": t.id, "title": t.title, "index": index, "sheetType": "GRID", "gridProperties": grid}
	if t.hidden {
		p["hidden"] = true
	}
	return p
}

func (t *tab) protectedRanges() []obj {
	out := make([]obj, len(t.protected))
	for i, p := range t.protected {
		r := obj{"startRowIndex": p.r0, "startColumnIndex": p.c0}
		if p.r1 < unbounded/2 {
			r["endRowIndex"] = p.r1
		}
		if p.c1 < unbounded/2 {
			r["endColumnIndex"] = p.c1
		}
		if t.id != 0 {
			r["sheetId"] = t.id
		}
		out[i] = obj{"protectedRangeId": i + 1, "range": r}
		if p.warningOnly {
			out[i]["warningOnly"] = true
		}
		if p.warningOnly || p.botIsEditor { // left out when false, as all of Google's JSON
			out[i]["requestingUserCanEdit"] = true
		}
	}
	return out
}

// metaAt lists the metadata of one place; an index below 0 is any.
func (w *Workbook) metaAt(level string, sheet int32, index int) []obj {
	var out []obj
	for _, m := range w.meta {
		if m.level == level && m.sheet == sheet && (index < 0 || m.index == index) {
			out = append(out, m.json())
		}
	}
	return out
}

// gridData answers one range with types and formulas; a startRow of 0 is left out, a blank cell is {}. SHEETS.md 2 [U]. Trailing
// blank rows and cells are left out as well [U].
func (w *Workbook) gridData(t *tab, a area, m mask) obj {
	out := obj{}
	if a.r0 > 0 {
		out["startRow"] = a.r0
	}
	if a.c0 > 0 {
		out["startColumn"] = a.c0
	}
	rows := []obj{}
	for r := a.r0; r < min(a.r1, t.lastRow()); r++ {
		values := []obj{}
		for c := a.c0; c < min(a.c1, t.width(r)); c++ {
			values = append(values, gridCell(t.cell(r, c)))
		}
		if len(values) == 0 {
			rows = append(rows, obj{})
			continue
		}
		rows = append(rows, obj{"values": values})
	}
	if len(rows) > 0 {
		out["rowData"] = rows
	}
	if m.has("sheets", "data", "rowMetadata") {
		lines := make([]obj, a.r1-a.r0)
		for i := range lines {
			lines[i] = obj{"pixelSize": 21}
			if row := t.rows[a.r0+i]; row != nil && row.hidden {
				lines[i]["hiddenByFilter"] = true
			}
			if meta := w.metaAt("ROW", t.id, a.r0+i); len(meta) > 0 {
				lines[i]["developerMetadata"] = meta
			}
		}
		out["rowMetadata"] = lines
	}
	return out
}

func gridCell(c Cell) obj {
	out := obj{}
	var value obj
	switch v := c.Value.(type) {
	case string:
		value = obj{"stringValue": v}
	case float64:
		value = obj{"numberValue": v}
	case bool:
		value = obj{"boolValue": v}
	case ErrorValue:
		value = obj{"errorValue": obj{"type": errorType(v), "message": "Error"}}
	}
	if value != nil {
		out["effectiveValue"], out["formattedValue"] = value, text(c)
		if _, failed := c.Value.(ErrorValue); !failed {
			out["userEnteredValue"] = value
		}
	}
	if f := c.Formula(); f != "" {
		out["userEnteredValue"] = obj{"formulaValue": f}
	}
	if kind, pattern := c.Format(); kind != "" {
		format := obj{"numberFormat": obj{"type": kind, "pattern": pattern}}
		out["userEnteredFormat"], out["effectiveFormat"] = format, format
	}
	return out
}

// errorType names the error as effectiveValue does. SHEETS.md 2 [D].
func errorType(v ErrorValue) string {
	switch name := strings.Trim(string(v), "#!?"); name {
	case "N/A":
		return "N_A"
	case "DIV/0":
		return "DIVIDE_BY_ZERO"
	case "NULL":
		return "NULL_VALUE"
	case "REF", "NAME", "NUM", "VALUE":
		return name
	case "Loading...":
		return "LOADING"
	}
	return "ERROR"
}
