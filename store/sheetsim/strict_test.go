package sheetsim_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

func TestWhatGoogleRefusesIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	rows := `"rows":[{"values":[{"userEnteredValue":{"stringValue":"x"}}]}]`
	meta := func(fields string) string {
		return `{"createDeveloperMetadata":{"developerMetadata":{` + fields + `}}}`
	}
	for name, c := range map[string]struct {
		request string
		want    string // beginning of the message
		fault   bool   // of the client: a complaint
	}{
		"no kind":              {`{}`, "Invalid requests[1]: exactly one kind", true},
		"two kinds":            {`{"addSheet":{},"appendDimension":{}}`, "Invalid requests[1]: exactly one kind", true},
		"unknown kind":         {`{"DeleteRange":{}}`, `Invalid JSON payload received. Unknown name "DeleteRange" at 'requests[1]': Cannot find field.`, true},
		"unknown field":        {`{"updateCells":{"start":{"sheetId":1001,"row":1},` + rows + `,"fields":"*"}}`, `Invalid JSON payload received. Unknown name "row" at 'requests[1].updateCells': Cannot find field.`, true},
		"wrong type":           {`{"appendCells":{"sheetId":"x"}}`, "Invalid value at 'requests[1].appendCells.sheetId'", true},
		"no fields":            {`{"updateCells":{"start":{"sheetId":1001},` + rows + `}}`, "Invalid requests[1].updateCells: At least one field must be listed in 'fields'.", true},
		"no fields to append":  {`{"appendCells":{"sheetId":2002,` + rows + `}}`, "Invalid requests[1].appendCells: At least one field", true},
		"mask from the row":    {`{"updateCells":{"start":{"sheetId":1001},` + rows + `,"fields":"rows.values.userEnteredValue"}}`, "Invalid requests[1].updateCells: Invalid field: rows", true},
		"sheetId forgotten":    {`{"updateCells":{"start":{"rowIndex":1},` + rows + `,"fields":"*"}}`, "Invalid requests[1].updateCells: No grid with id: 0", true},
		"unknown sheetId":      {`{"updateCells":{"start":{"sheetId":99},` + rows + `,"fields":"*"}}`, "Invalid requests[1].updateCells: No grid with id: 99", false},
		"start and range":      {`{"updateCells":{"start":{"sheetId":1001},"range":{"sheetId":1001},` + rows + `,"fields":"*"}}`, "Invalid requests[1].updateCells: Exactly one", true},
		"two values":           {`{"updateCells":{"start":{"sheetId":1001},"rows":[{"values":[{"userEnteredValue":{"stringValue":"x","boolValue":true}}]}],"fields":"*"}}`, "Invalid requests[1].updateCells: Invalid value (oneof)", true},
		"past the last column": {write("1001", "1", "12", "x"), "Invalid requests[1].updateCells: Attempting to write column: 12, beyond the last requested column of: 11", false},
		"past the last row":    {write("1001", "104", "0", "x"), "Invalid requests[1].updateCells: Attempting to write row: 104, beyond the last requested row of: 103", false},
		"wider than the range": {`{"updateCells":{"range":{"sheetId":1001,"startRowIndex":1,"endRowIndex":2,"endColumnIndex":1},"rows":[{"values":[{},{}]}],"fields":"*"}}`, "Invalid requests[1].updateCells: Attempting to write column: 1, beyond the last requested column of: 0", false},
		"range past the edge":  {`{"repeatCell":{"range":{"sheetId":1001,"startRowIndex":104},"cell":{},"fields":"*"}}`, "Invalid requests[1].repeatCell: Range (Operaciones!A105:L) exceeds grid limits. Max rows: 104, max columns: 12", false},
		"append past columns":  {`{"appendCells":{"sheetId":2002,"rows":[{"values":[{},{},{},{},{},{},{},{},{},{},{}]}],"fields":"*"}}`, "Invalid requests[1].appendCells: Attempting to write column: 10", false},
		"bad number format":    {`{"repeatCell":{"range":{"sheetId":1001,"endRowIndex":1},"cell":{"userEnteredFormat":{"numberFormat":{"type":"DATUM"}}},"fields":"userEnteredFormat.numberFormat"}}`, "Invalid requests[1].repeatCell: Invalid value at 'number_format.type'", true},
		"too long a text":      {write("1001", "1", "0", strings.Repeat("x", 50001)), "Invalid requests[1].updateCells: Your input contains more than the maximum of 50000", false},
		"too many cells":       {`{"appendDimension":{"sheetId":1001,"dimension":"ROWS","length":900000}}`, "Invalid requests[1]: This action would increase", false},
		"insert past the end":  {`{"insertDimension":{"range":{"sheetId":1001,"dimension":"ROWS","startIndex":104,"endIndex":105}}}`, "Invalid requests[1].insertDimension: range.startIndex[104]", false},
		"taken sheet title":    {`{"addSheet":{"properties":{"sheetId":7,"title":"Metadata"}}}`, `Invalid requests[1].addSheet: A sheet with the name "Metadata" already exists.`, false},
		"taken sheetId":        {`{"addSheet":{"properties":{"sheetId":2002,"title":"Otra"}}}`, "Invalid requests[1].addSheet: A sheet with the ID 2002", false},
		"taken stamp":          {stamp("7", "again"), "Invalid requests[1].createDeveloperMetadata: Cannot add developer metadata with ID [7] because developer metadata with that ID already exists.", false},
		"id over 31 bits":      {stamp("2147483648", "x"), "Invalid value at 'requests[1].createDeveloperMetadata.developerMetadata.metadataId'", true},
		"no visibility":        {meta(`"metadataKey":"k","location":{"spreadsheet":true}`), "Invalid requests[1].createDeveloperMetadata: Developer metadata must have a visibility", true},
		"no location":          {meta(`"metadataKey":"k","visibility":"DOCUMENT"`), "Invalid requests[1].createDeveloperMetadata: Developer metadata must have a location", true},
		"two rows' metadata":   {meta(`"metadataKey":"k","visibility":"DOCUMENT","location":{"dimensionRange":{"sheetId":1001,"dimension":"ROWS","startIndex":1,"endIndex":3}}`), "Invalid requests[1].createDeveloperMetadata: Developer metadata can only", true},
		"metadata over budget": {stamp("8", strings.Repeat("x", 30000)), "Invalid requests[1].createDeveloperMetadata: Developer metadata exceeds", false},
		"delete of nothing":    {`{"deleteDeveloperMetadata":{"dataFilter":{"developerMetadataLookup":{"metadataId":99}}}}`, "Invalid requests[1].deleteDeveloperMetadata: No developer metadata matches", false},
		"protected cell":       {write("3003", "0", "0", "x"), "Invalid requests[1].updateCells: You are trying to edit a protected cell", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sheetsim.New(sheetsim.Options{}, sheetsim.SmallWorkbook())
			defer s.Close()
			if a := batch(t, s, stamp("7", "first")); a.status != 200 {
				t.Fatalf("the first stamp: %d %s", a.status, a.body)
			}
			if err := s.Edit(sheetsim.Edit{Kind: "protect", Sheet: "Trabajadores"}); err != nil {
				t.Fatal(err)
			}
			before := s.Rows("Operaciones")
			a := batch(t, s, write("1001", "1", "0", "NV9999"), c.request)
			if a.status != 400 || !strings.HasPrefix(a.message(), c.want) {
				t.Errorf("answer = %d %q, want 400 %q", a.status, a.message(), c.want)
			}
			if diff := cmp.Diff(before, s.Rows("Operaciones")); diff != "" {
				t.Errorf("the batch was not rolled back: %s", diff)
			}
			if got := len(s.Complaints()) > 0; got != c.fault {
				t.Errorf("complaints = %v, want some: %v", s.Complaints(), c.fault)
			}
		})
	}
}

func TestCallsThatAreRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", ":batchUpdate", `{"requests":[]}`, 400, "Must specify at least one request."},
		{"POST", ":batchUpdate", `{"request":[]}`, 400, `Invalid JSON payload received. Unknown name "request"`},
		{"POST", ":batchUpdate", `{`, 400, "Invalid JSON payload received."},
		{"GET", "values/Nada!A1", "", 400, "Unable to parse range: Nada!A1"},
		{"GET", "values/Operaciones!A0", "", 400, "Unable to parse range: Operaciones!A0"},
		{"GET", "values/Operaciones!A105:B", "", 400, "Range (Operaciones!A105:B) exceeds grid limits. Max rows: 104, max columns: 12"},
		{"GET", "values/Operaciones?valueRenderOption=RAW", "", 400, "Invalid value at 'valueRenderOption'"},
		{"GET", "values/Operaciones?valueRenderOptions=RAW", "", 400, `Invalid JSON payload received. Unknown name "valueRenderOptions"`},
		{"GET", "values/Operaciones?fields=value", "", 400, "Error expanding 'fields' parameter"},
		{"GET", "?fields=sheets(properties", "", 400, "Invalid field mask"},
		{"PUT", "values/Operaciones!A1", `{"values":[["x"]]}`, 400, "'valueInputOption' is required"},
		{"PUT", "values/Operaciones!A1:B1?valueInputOption=RAW", `{"values":[["x","y","z"]]}`, 400, "Requested writing within range [Operaciones!A1:B1], but tried writing to column [C]"},
		{"GET", "developerMetadata/7", "", 404, "Requested entity was not found."},
		{"GET", "/v4/spreadsheets/another", "", 404, "Requested entity was not found."},
		{"GET", "/v4/spreadsheets/x/nothing", "", 404, "<!DOCTYPE html>"},
	} {
		t.Run(c.method+" "+c.path+c.body, func(t *testing.T) {
			t.Parallel()
			s := sheetsim.New(sheetsim.Options{}, sheetsim.SmallWorkbook())
			defer s.Close()
			if a := do(t, s, c.method, c.path, c.body); a.status != c.status || !strings.HasPrefix(a.message(), c.want) {
				t.Errorf("answer = %d %q, want %d %q", a.status, a.message(), c.status, c.want)
			}
		})
	}
}

func TestTokenIsChecked(t *testing.T) {
	t.Parallel()
	s := sheetsim.New(sheetsim.Options{Token: "secreto"}, sheetsim.SmallWorkbook())
	defer s.Close()
	if a := do(t, s, "GET", "", ""); a.status != 401 {
		t.Errorf("without a token the answer is %d, want 401", a.status)
	}
}

func TestSpanishErrorsKeepTheirPrefix(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{Spanish: true}, sheetsim.SmallWorkbook())
	if err := s.Edit(sheetsim.Edit{Kind: "protect", Sheet: "Operaciones", Column: "TAG_SPOOL"}); err != nil {
		t.Fatal(err)
	}
	want := "Invalid requests[0].updateCells: Estás intentando modificar una celda"
	if got := batch(t, s, write("1001", "1", "2", "x")).message(); !strings.HasPrefix(got, want) {
		t.Errorf("message = %q, want %q", got, want)
	}
}

func TestAStampLandsOnceAndTheGuardCanBeMissing(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, sheetsim.SmallWorkbook())
	commit := func(value string) int {
		return batch(t, s, stamp("42", value), `{"appendCells":{"sheetId":2002,"rows":[{"values":[{"userEnteredValue":{"stringValue":"`+value+`"}}]}],"fields":"userEnteredValue"}}`).status
	}
	if got := []int{commit("one"), commit("two")}; !cmp.Equal(got, []int{200, 400}) {
		t.Errorf("statuses = %v, want 200, 400", got)
	}
	found := do(t, s, "POST", "developerMetadata:search", `{"dataFilters":[{"developerMetadataLookup":{"metadataId":42}}]}`)
	if !strings.Contains(found.body, `"metadataValue":"one"`) {
		t.Errorf("found %s, want the first stamp", found.body)
	}
	if a := batch(t, s, `{"deleteDeveloperMetadata":{"dataFilter":{"developerMetadataLookup":{"metadataId":42}}}}`); a.status != 200 {
		t.Errorf("pruning: %d %s", a.status, a.body)
	}
	if found := do(t, s, "POST", "developerMetadata:search", `{"dataFilters":[{"developerMetadataLookup":{"metadataId":42}}]}`); found.body != "{}" {
		t.Errorf("found %s after the deletion, want {}", found.body)
	}
	s.Fail(sheetsim.Fault{NoStampGuard: true})
	if got := []int{commit("three"), commit("four")}; !cmp.Equal(got, []int{200, 200}) {
		t.Errorf("without guard the statuses = %v, want 200, 200", got)
	}
	if got := len(s.Rows("Metadata")); got != 4 {
		t.Errorf("rows = %d, want header and three events", got)
	}
}

func TestOfRacingCommitsWithOneStampOneLands(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, sheetsim.SmallWorkbook())
	var wg sync.WaitGroup
	var landed atomic.Int32
	for i := range 20 {
		wg.Go(func() {
			if batch(t, s, stamp("42", fmt.Sprint(i)), write("1001", "1", "0", fmt.Sprint(i))).status == 200 {
				landed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := landed.Load(); n != 1 {
		t.Errorf("%d commits landed, want 1", n)
	}
}

func TestRowMetadataMovesWithItsRowAndDiesWithIt(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, sheetsim.SmallWorkbook())
	if a := batch(t, s, `{"createDeveloperMetadata":{"developerMetadata":{"metadataId":5,"metadataKey":"tag","visibility":"PROJECT","location":{"dimensionRange":{"sheetId":1001,"dimension":"ROWS","startIndex":2,"endIndex":3}}}}}`); a.status != 200 {
		t.Fatal(a.body)
	}
	for _, step := range []struct {
		edit sheetsim.Edit
		want int // row index, -1 is gone
	}{
		{sheetsim.Edit{Kind: "insert_rows", At: 2, Count: 2}, 4},
		{sheetsim.Edit{Kind: "delete_rows", At: 2}, 3},
		{sheetsim.Edit{Kind: "sort", Column: "TAG_SPOOL", Value: "desc"}, 2},
		{sheetsim.Edit{Kind: "delete_rows", At: 3}, -1},
	} {
		step.edit.Sheet = "Operaciones"
		if err := s.Edit(step.edit); err != nil {
			t.Fatal(err)
		}
		a := do(t, s, "GET", "developerMetadata/5", "")
		if want := fmt.Sprintf(`"startIndex":%d`, step.want); step.want >= 0 && !strings.Contains(a.body, want) || step.want < 0 && a.status != 404 {
			t.Errorf("after %s: %d %s, want row index %d", step.edit.Kind, a.status, a.body, step.want)
		}
	}
}
