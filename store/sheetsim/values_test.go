package sheetsim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// recorded is the row of a real recording, with a table that begins in column C. SHEETS.md 2 and 3 [V].
func recorded() *sheetsim.Workbook {
	return sheetsim.NewWorkbook("x").AddTab("Sheet1", 7, [][]any{
		{sheetsim.FormulaCell("=4/2", 2), sheetsim.DateCell(morning.AddDate(-6, -10, -22)), "string", 53},
		{1.5, nil, true, nil},
		nil,
		{nil, nil, nil, sheetsim.ErrorValue("#REF!")},
	}).AddTab("Log", 8, [][]any{{"t1", nil, "t3"}}).AddTab("A 1", 9, nil)
}

func TestValuesAreRenderedAndTrimmed(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, recorded())
	for query, want := range map[string]string{
		"Sheet1":        `{"majorDimension":"ROWS","range":"Sheet1!A1:J104","values":[["2","01-01-2020","string","53"],["1,5","","TRUE"],[],["","","","#REF!"]]}`,
		"Sheet1!a1:$D1": `{"majorDimension":"ROWS","range":"Sheet1!A1:D1","values":[["2","01-01-2020","string","53"]]}`,
		"Sheet1!A1:D1?valueRenderOption=UNFORMATTED_VALUE":                                    `{"majorDimension":"ROWS","range":"Sheet1!A1:D1","values":[[2,43831,"string",53]]}`,
		"Sheet1!A1:D1?valueRenderOption=FORMULA":                                              `{"majorDimension":"ROWS","range":"Sheet1!A1:D1","values":[["=4/2",43831,"string",53]]}`,
		"Sheet1!B1?valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=FORMATTED_STRING": `{"majorDimension":"ROWS","range":"Sheet1!B1","values":[["01-01-2020"]]}`,
		"Sheet1!A2:C?majorDimension=COLUMNS&valueRenderOption=UNFORMATTED_VALUE":              `{"majorDimension":"COLUMNS","range":"Sheet1!A2:C104","values":[[1.5],[],[true]]}`,
		"Sheet1!B2:A1?valueRenderOption=UNFORMATTED_VALUE&fields=values":                      `{"values":[[2,43831],[1.5]]}`,
		"Sheet1!3:3":       `{"majorDimension":"ROWS","range":"Sheet1!A3:J3"}`,
		"%27A%201%27%21A1": `{"majorDimension":"ROWS","range":"'A 1'!A1"}`,
		":batchGet":        `{"spreadsheetId":"` + s.SpreadsheetID() + `"}`,
		":batchGet?ranges=Sheet1!A2&ranges=Log!C1&fields=valueRanges(values)": `{"valueRanges":[{"values":[["1,5"]]},{"values":[["t3"]]}]}`,
	} {
		path := "values/" + query
		if query[0] == ':' {
			path = "values" + query
		}
		if a := do(t, s, "GET", path, ""); a.body != want {
			t.Errorf("%s\n got %s\nwant %s", query, a.body, want)
		}
	}
}

func TestAppendFindsATableAndShifts(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, recorded())
	body := `{"values":[["t1","","t3"]]}`
	want := `{"spreadsheetId":"` + s.SpreadsheetID() + `","tableRange":"Log!C1","updates":{"spreadsheetId":"` + s.SpreadsheetID() +
		`","updatedCells":3,"updatedColumns":3,"updatedRange":"Log!C2:E2","updatedRows":1}}`
	if a := do(t, s, "POST", "values/Log:append?valueInputOption=RAW", body); a.body != want {
		t.Errorf("append = %s, want %s", a.body, want)
	}
	if a := do(t, s, "POST", "values/Sheet1!A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS", `{"values":[["x"]]}`); a.status != 200 {
		t.Error(a.body)
	}
	if got := []string{s.Cell("Sheet1!A3"), s.Cell("Sheet1!D5")}; !cmp.Equal(got, []string{"x", "#REF!"}) {
		t.Errorf("cells = %q, want the new row and the shifted one", got)
	}
}

func TestInputIsRawOrAsTyped(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, recorded())
	put := func(option string) {
		t.Helper()
		a := do(t, s, "PUT", "values/A%201!A1?valueInputOption="+option,
			`{"majorDimension":"COLUMNS","values":[["=1+1"],["007"],["1,5"],["23-11-2026 09:30"],["'008"],[null],[""],["VERDADERO"],["10%"],[7]]}`)
		if a.status != 200 {
			t.Fatal(a.body)
		}
	}
	put("RAW")
	if diff := cmp.Diff([]string{"=1+1", "007", "1,5", "23-11-2026 09:30", "'008", "", "", "VERDADERO", "10%", "7"}, s.Rows("A 1")[0]); diff != "" {
		t.Errorf("RAW: %s", diff)
	}
	put("USER_ENTERED")
	if diff := cmp.Diff([]string{"#N/A", "7", "1,5", "23-11-2026 09:30:00", "008", "", "", "TRUE", "10%", "7"}, s.Rows("A 1")[0]); diff != "" {
		t.Errorf("USER_ENTERED: %s", diff)
	}
	if got := s.Value("'A 1'!A1").Formula(); got != "=1+1" {
		t.Errorf("formula = %q", got)
	}
}

func TestSpreadsheetIsMasked(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{TimeZone: "America/Punta_Arenas"}, recorded())
	for query, want := range map[string]string{
		"?fields=properties.timeZone":                                                          `{"properties":{"timeZone":"America/Punta_Arenas"}}`,
		"?fields=sheets(properties(sheetId,title))&includeGridData=true":                       `{"sheets":[{"properties":{"sheetId":7,"title":"Sheet1"}},{"properties":{"sheetId":8,"title":"Log"}},{"properties":{"sheetId":9,"title":"A 1"}}]}`,
		"?ranges=Log!B1:C1&fields=sheets/data(startColumn,rowData/values/effectiveValue)":      `{"sheets":[{"data":[{"rowData":[{"values":[{},{"effectiveValue":{"stringValue":"t3"}}]}],"startColumn":1}]}]}`,
		"?ranges=Sheet1!A1&fields=sheets.data.rowData.values(userEnteredValue,effectiveValue)": `{"sheets":[{"data":[{"rowData":[{"values":[{"effectiveValue":{"numberValue":2},"userEnteredValue":{"formulaValue":"=4/2"}}]}]}]}]}`,
	} {
		if a := do(t, s, "GET", query, ""); a.body != want {
			t.Errorf("%s\n got %s\nwant %s", query, a.body, want)
		}
	}
}
