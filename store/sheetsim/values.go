package sheetsim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// render says how a values read shows cells. SHEETS.md 2 [D].
type render struct {
	value   string // FORMATTED_VALUE, UNFORMATTED_VALUE, FORMULA
	date    string // SERIAL_NUMBER, FORMATTED_STRING; ignored with FORMATTED_VALUE
	columns bool
}

func parseRender(q url.Values) (render, error) {
	value, err := enum(q, "valueRenderOption", "ValueRenderOption", "FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
	if err != nil {
		return render{}, err
	}
	date, err := enum(q, "dateTimeRenderOption", "DateTimeRenderOption", "SERIAL_NUMBER", "FORMATTED_STRING")
	if err != nil {
		return render{}, err
	}
	major, err := enum(q, "majorDimension", "Dimension", "ROWS", "COLUMNS")
	return render{value, date, major == "COLUMNS"}, err
}

// enum reads an enumerated query parameter; the first choice is the default.
func enum(q url.Values, name, enumType string, choices ...string) (string, error) {
	v := q.Get(name)
	if v == "" {
		return choices[0], nil
	}
	if slices.Contains(choices, v) {
		return v, nil
	}
	return "", bug("Invalid value at '%s' (type.googleapis.com/google.apps.sheets.v4.%s), %q", name, enumType, v)
}

// of renders one cell. An interior blank is "" in every option; errors come as text. SHEETS.md 2 [D][L].
func (o render) of(c Cell) any {
	if o.value == "FORMULA" && c.Formula() != "" {
		return c.Formula()
	}
	if o.value == "FORMATTED_VALUE" {
		return text(c)
	}
	switch v := c.Value.(type) {
	case float64:
		if kind, _ := c.Format(); o.date == "FORMATTED_STRING" && (strings.HasPrefix(kind, "DATE") || kind == "TIME") {
			return text(c)
		}
		return v
	case string, bool:
		return v
	}
	return text(c)
}

// valueRange answers one range: trailing blanks are dropped, rows are ragged, values is absent if there are none, the range is
// the asked one clipped to the grid. SHEETS.md 2 [D][V].
func (w *Workbook) valueRange(s string, o render) (obj, error) {
	r, err := w.parseA1(s)
	if err != nil {
		return nil, err
	}
	a, err := r.clip(s)
	if err != nil {
		return nil, err
	}
	out := obj{"range": a.name(r.tab), "majorDimension": "ROWS"}
	lines, across := a.r1-a.r0, a.c1-a.c0
	at := func(i, j int) Cell { return r.tab.cell(a.r0+i, a.c0+j) }
	if o.columns {
		out["majorDimension"] = "COLUMNS"
		lines, across = across, lines
		at = func(i, j int) Cell { return r.tab.cell(a.r0+j, a.c0+i) }
	}
	values, used := make([][]any, lines), 0
	for i := range values {
		line, full := []any{}, 0
		for j := range across {
			c := at(i, j)
			line = append(line, o.of(c))
			if !c.blank() {
				full = j + 1
			}
		}
		if values[i] = line[:full]; full > 0 {
			used = i + 1
		}
	}
	if used > 0 {
		out["values"] = values[:used]
	}
	return out, nil
}

// valueWrite is the body of values.update and values.append.
type valueWrite struct {
	Range          string  `json:"range"`
	MajorDimension string  `json:"majorDimension"`
	Values         [][]any `json:"values"`
}

// parseInput turns a JSON value into a cell; ok is false for null, which skips the cell. "" makes it blank. SHEETS.md 3 [D].
func parseInput(v any, option string) (c Cell, ok bool, err error) {
	switch v := v.(type) {
	case nil:
		return c, false, nil
	case string:
		if utf8.RuneCountInString(v) > maxText {
			return c, false, badRequest("Invalid data[0]", "Your input contains more than the maximum of 50000 characters in a single cell.")
		}
		if option == "USER_ENTERED" {
			return typed(v), true, nil
		}
		if v == "" {
			return Cell{}, true, nil
		}
		return Cell{Value: v}, true, nil
	case float64, bool:
		return Cell{Value: v}, true, nil
	}
	return c, false, bug("Invalid data[0]: Invalid values[0][0]: %T", v)
}

// rows transposes COLUMNS.
func (v valueWrite) rows() ([][]any, error) {
	switch v.MajorDimension {
	case "", "ROWS":
		return v.Values, nil
	case "COLUMNS":
		var out [][]any
		for c, column := range v.Values {
			for r, value := range column {
				for len(out) <= r {
					out = append(out, make([]any, len(v.Values)))
				}
				out[r][c] = value
			}
		}
		return out, nil
	}
	return nil, bug("Invalid value at 'data.major_dimension' (type.googleapis.com/google.apps.sheets.v4.Dimension), %q", v.MajorDimension)
}

// putValues writes values at the corner of a, leaves the rest of a alone, and returns what UpdateValuesResponse says.
func (x *tx) putValues(t *tab, a area, values [][]any, option string) (obj, error) {
	wide, cells := 0, 0
	for _, line := range values {
		wide = max(wide, len(line))
	}
	hit := area{a.r0, a.c0, a.r0 + len(values), a.c0 + wide}
	switch {
	case hit.r1 > a.r1:
		return nil, badRequest("", fmt.Sprintf("Requested writing within range [%s], but tried writing to row [%d]", a.name(t), a.r1+1))
	case hit.c1 > a.c1:
		return nil, badRequest("", fmt.Sprintf("Requested writing within range [%s], but tried writing to column [%s]", a.name(t), columnName(a.c1)))
	}
	if err := x.guard(t, hit); err != nil {
		return nil, badRequest("Invalid data[0]", protectedSentence)
	}
	for i, line := range values {
		for j, v := range line {
			next, ok, err := parseInput(v, option)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			cells++
			x.put(t, a.r0+i, a.c0+j, func(c *Cell) {
				if next.attr == nil { // a plain value keeps the format of the cell
					c.setFormula("")
					next.attr = c.attr
				}
				*c = next
			})
		}
	}
	out := obj{"updatedRange": hit.name(t), "updatedRows": len(values), "updatedColumns": wide, "updatedCells": cells}
	return out, nil
}

// inputOption is required. SHEETS.md 3 [D].
func inputOption(q url.Values) (string, error) {
	if q.Get("valueInputOption") == "" {
		return "", bug("'valueInputOption' is required but not specified")
	}
	return enum(q, "valueInputOption", "ValueInputOption", "RAW", "USER_ENTERED")
}

// updateValues is values.update. A range of one cell is an anchor, not a bound. SHEETS.md 3 [I].
func (x *tx) updateValues(s string, in valueWrite, q url.Values) (obj, error) {
	option, err := inputOption(q)
	if err != nil {
		return nil, err
	}
	r, err := x.parseA1(s)
	if err != nil {
		return nil, err
	}
	a, err := r.clip(s)
	if err != nil {
		return nil, err
	}
	t := x.own(r.tab)
	if a.r1-a.r0 == 1 && a.c1-a.c0 == 1 {
		a.r1, a.c1 = len(t.rows), t.cols
	}
	values, err := in.rows()
	if err != nil {
		return nil, err
	}
	return x.putValues(t, a, values, option)
}

// appendValues is values.append: it looks for a table in the range and writes below it from the table's first column on, which
// may not be the range's. SHEETS.md 3 [V]: the recorded shift to C2:E2. Both options grow the grid at its end.
func (x *tx) appendValues(s string, in valueWrite, q url.Values) (obj, error) {
	option, err := inputOption(q)
	if err != nil {
		return nil, err
	}
	insert, err := enum(q, "insertDataOption", "InsertDataOption", "OVERWRITE", "INSERT_ROWS")
	if err != nil {
		return nil, err
	}
	r, err := x.parseA1(s)
	if err != nil {
		return nil, err
	}
	a, err := r.clip(s)
	if err != nil {
		return nil, err
	}
	values, err := in.rows()
	if err != nil {
		return nil, err
	}
	t, out := x.own(r.tab), obj{}
	if table, ok := t.table(a); ok {
		out["tableRange"] = table.name(t)
		a.r0, a.c0 = table.r1, table.c0
	}
	if insert == "INSERT_ROWS" && a.r0 < len(t.rows) {
		x.insertRows(t, a.r0, len(values))
	}
	if grow := a.r0 + len(values) - len(t.rows); grow > 0 {
		t.rows = append(t.rows, make([]*row, grow)...)
	}
	a.r1, a.c1 = len(t.rows), t.cols
	out["updates"], err = x.putValues(t, a, values, option)
	return out, err
}

// table finds the last block of data that touches a: it starts from the last cell with data in reading order and widens while a
// neighbouring row or column has data.
func (t *tab) table(a area) (area, bool) {
	full := func(b area) bool {
		for r := max(b.r0, 0); r < min(b.r1, len(t.rows)); r++ {
			for c := max(b.c0, 0); c < b.c1; c++ {
				if !t.cell(r, c).blank() {
					return true
				}
			}
		}
		return false
	}
	for r := min(a.r1, t.lastRow()) - 1; r >= a.r0; r-- {
		for c := min(a.c1, t.width(r)) - 1; c >= a.c0; c-- {
			if t.cell(r, c).blank() {
				continue
			}
			b := area{r, c, r + 1, c + 1}
			for grown := true; grown; {
				grown = false
				for full(area{b.r0 - 1, b.c0 - 1, b.r0, b.c1 + 1}) {
					b.r0, grown = b.r0-1, true
				}
				for full(area{b.r1, b.c0 - 1, b.r1 + 1, b.c1 + 1}) {
					b.r1, grown = b.r1+1, true
				}
				if full(area{b.r0 - 1, b.c0 - 1, b.r1 + 1, b.c0}) {
					b.c0, grown = b.c0-1, true
				}
				if full(area{b.r0 - 1, b.c1, b.r1 + 1, b.c1 + 1}) {
					b.c1, grown = b.c1+1, true
				}
			}
			return b, true
		}
	}
	return area{}, false
}
