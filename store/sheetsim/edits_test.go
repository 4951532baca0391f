package sheetsim_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

func table() *sheetsim.Workbook {
	return sheetsim.NewWorkbook("x").AddTab("T", 7, [][]any{{"TAG", "N"}, {"b", 2}, {"a", 10}, {"c", "text"}, {nil, 1}})
}

func TestWhatPeopleDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edits []sheetsim.Edit
		want  [][]string
	}{
		"set as typed":       {[]sheetsim.Edit{{Kind: "set", Cell: "B2", Value: "1-12-2026"}, {Kind: "set", Cell: "T!A2", Value: "'01"}}, [][]string{{"TAG", "N"}, {"01", "01-12-2026"}, {"a", "10"}, {"c", "text"}, {"", "1"}}},
		"clear":              {[]sheetsim.Edit{{Kind: "set", Cell: "B5", Value: nil}}, [][]string{{"TAG", "N"}, {"b", "2"}, {"a", "10"}, {"c", "text"}}},
		"sort by text":       {[]sheetsim.Edit{{Kind: "sort", Column: "TAG"}}, [][]string{{"TAG", "N"}, {"a", "10"}, {"b", "2"}, {"c", "text"}, {"", "1"}}},
		"sort by numbers":    {[]sheetsim.Edit{{Kind: "sort", Column: "B"}}, [][]string{{"TAG", "N"}, {"", "1"}, {"b", "2"}, {"a", "10"}, {"c", "text"}}},
		"sort under filter":  {[]sheetsim.Edit{{Kind: "filter", Column: "TAG", Value: "b"}, {Kind: "set", Cell: "A6", Value: "aa"}, {Kind: "sort", Column: "TAG"}}, [][]string{{"TAG", "N"}, {"aa"}, {"a", "10"}, {"c", "text"}, {"", "1"}, {"b", "2"}}},
		"insert rows":        {[]sheetsim.Edit{{Kind: "insert_rows", At: 3}}, [][]string{{"TAG", "N"}, {"b", "2"}, {}, {"a", "10"}, {"c", "text"}, {"", "1"}}},
		"delete rows":        {[]sheetsim.Edit{{Kind: "delete_rows", At: 2, Count: 2}}, [][]string{{"TAG", "N"}, {"c", "text"}, {"", "1"}}},
		"insert a column":    {[]sheetsim.Edit{{Kind: "insert_columns", Column: "N"}, {Kind: "rename_header", Cell: "B1", Value: "OT"}}, [][]string{{"TAG", "OT", "N"}, {"b", "", "2"}, {"a", "", "10"}, {"c", "", "text"}, {"", "", "1"}}},
		"delete a column":    {[]sheetsim.Edit{{Kind: "delete_columns", At: 1}}, [][]string{{"N"}, {"2"}, {"10"}, {"text"}, {"1"}}},
		"move a column":      {[]sheetsim.Edit{{Kind: "move_column", Column: "TAG", At: 2}}, [][]string{{"N", "TAG"}, {"2", "b"}, {"10", "a"}, {"text", "c"}, {"1"}}},
		"rename a header":    {[]sheetsim.Edit{{Kind: "rename_header", Column: "TAG", Value: "Pieza"}}, [][]string{{"Pieza", "N"}, {"b", "2"}, {"a", "10"}, {"c", "text"}, {"", "1"}}},
		"may edit protected": {[]sheetsim.Edit{{Kind: "protect"}, {Kind: "delete_rows", At: 2, Count: 4}}, [][]string{{"TAG", "N"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, sheetsim.Options{}, table())
			for i := range c.edits {
				c.edits[i].Sheet = "T"
			}
			if err := s.Edit(c.edits...); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, s.Rows("T")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProtectionMovesAndCoversAppendedRows(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, table())
	if err := s.Edit(sheetsim.Edit{Kind: "protect", Sheet: "T", Cell: "A3"}, sheetsim.Edit{Kind: "insert_rows", Sheet: "T", At: 2}); err != nil {
		t.Fatal(err)
	}
	if got := []int{batch(t, s, write("7", "2", "0", "x")).status, batch(t, s, write("7", "3", "0", "x")).status}; !cmp.Equal(got, []int{200, 400}) {
		t.Errorf("statuses = %v, want the protected row one further down", got)
	}
	if err := s.Edit(sheetsim.Edit{Kind: "protect", Sheet: "T"}); err != nil {
		t.Fatal(err)
	}
	if a := batch(t, s, `{"appendCells":{"sheetId":7,"rows":[{"values":[{}]}],"fields":"*"}}`); a.status != 400 {
		t.Errorf("append to a protected tab = %d, want 400", a.status)
	}
}

func TestEditsBetweenReadAndWrite(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, table())
	if err := s.Edit(
		sheetsim.Edit{Kind: "insert_rows", Sheet: "T", At: 2, When: sheetsim.AfterNextRead},
		sheetsim.Edit{Kind: "sort", Sheet: "T", Column: "TAG", When: sheetsim.BeforeNextWrite},
	); err != nil {
		t.Fatal(err)
	}
	if a := do(t, s, "GET", "values/T!A2:B2", ""); !strings.Contains(a.body, `[["b","2"]]`) {
		t.Errorf("the read saw %s, want the row before the insertion", a.body)
	}
	if got := s.Cell("T!A3"); got != "b" {
		t.Errorf("after the read A3 = %q, want b", got)
	}
	if a := batch(t, s, write("7", "1", "1", "meant for b")); a.status != 200 {
		t.Fatal(a.body)
	}
	if got := strings.Join(s.Rows("T")[1], "|"); got != "a|meant for b" {
		t.Errorf("row 2 = %q, want the wrong piece hit", got)
	}
}

func TestImpossibleEditsAreErrors(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, table())
	for _, e := range []sheetsim.Edit{
		{Kind: "burn", Sheet: "T"},
		{Kind: "set", Sheet: "Nada", Cell: "A1"},
		{Kind: "set", Sheet: "T", Cell: "ZZ1"},
		{Kind: "sort", Sheet: "T", Column: "Nada"},
		{Kind: "insert_rows", Sheet: "T"},
		{Kind: "set", Sheet: "T", Cell: "A1", When: "soon"},
	} {
		if err := s.Edit(e); err == nil {
			t.Errorf("%+v was accepted", e)
		}
	}
	if v := s.Version(); v != 0 {
		t.Errorf("version = %d, want nothing changed", v)
	}
}

func TestControlDoors(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, table())
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/sim/sheets", "", `{"tabs":[{"columns":10,"rows":5,"sheet_id":7,"title":"T"}],"version":0}`},
		{"GET", "/sim/sheets/T?from=2&count=1", "", `{"from":2,"rows":5,"sheet":"T","values":[["b","2"]],"version":0}`},
		{"GET", "/sim/sheets/T?from=2&count=1&raw=1", "", `{"from":2,"rows":5,"sheet":"T","values":[[{"text":"b","value":"b"},{"text":"2","value":2}]],"version":0}`},
		{"GET", "/sim/sheets/Nada", "", `{"error":"no tab \"Nada\""}`},
		{"GET", "/sim/sheets/T?from=x", "", `{"error":"from and count are row numbers"}`},
		{"POST", "/sim/edits", `[{"kind":"filter","sheet":"T","column":1,"value":"b"}]`, `{"ok":true}`},
		{"GET", "/sim/sheets/T?from=5", "", `{"from":5,"hidden":[5],"rows":5,"sheet":"T","values":[["","1"]],"version":1}`},
		{"POST", "/sim/edits", `[{"kind":"boil","sheet":"T"}]`, `{"error":"sheetsim: unknown kind of edit \"boil\""}`},
		{"POST", "/sim/faults", `{"op":"read","status":500,"times":1,"delay":"1ms","retry_after":2}`, `{"ok":true}`},
		{"POST", "/sim/faults", `{"op":"sing"}`, `{"error":"Invalid JSON payload received. unknown op \"sing\": read, write or any"}`},
		{"GET", "values/T!A1", "", `{"error":{"code":500,"message":"Internal error encountered.","status":"INTERNAL"}}`},
		{"POST", "/sim/faults", `{"status":500}`, `{"ok":true}`},
		{"DELETE", "/sim/faults", "", `{"ok":true}`},
		{"GET", "values/T!A1?fields=values", "", `{"values":[["TAG"]]}`},
		{"GET", "/sim/complaints", "", `null`},
	} {
		if a := do(t, s, c.method, c.path, c.body); strings.TrimSpace(a.body) != c.want {
			t.Errorf("%s %s %s\n got %s\nwant %s", c.method, c.path, c.body, a.body, c.want)
		}
	}
}

func TestEventsTellWhoChangedWhat(t *testing.T) {
	t.Parallel()
	s := start(t, sheetsim.Options{}, table())
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL()+"sim/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() (c sheetsim.Change) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &c); err != nil {
					t.Fatal(err)
				}
				return c
			}
		}
		t.Fatal("the stream ended")
		return c
	}
	if c := next(); c.Version != 0 {
		t.Errorf("hello at version %d, want 0", c.Version)
	}
	if a := batch(t, s, write("7", "1", "1", "MR(93)")); a.status != 200 {
		t.Fatal(a.body)
	}
	c := next()
	if diff := cmp.Diff([]sheetsim.CellChange{{Tab: "T", Cell: "B2", Row: 2, Column: 2, Old: "2", New: "MR(93)"}}, c.Cells); diff != "" || c.Who != "bot" || c.Version != 1 || c.More {
		t.Errorf("change = %+v", c)
	}
	if err := s.Edit(sheetsim.Edit{Kind: "rename_tab", Sheet: "T", Value: "Otra"}); err != nil {
		t.Fatal(err)
	}
	if c := next(); c.Who != "person" || !c.More {
		t.Errorf("change = %+v, want a person's, to be read anew", c)
	}
}

func TestProtectionsThatLetTheBotWrite(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]int{"": 400, "warning": 200, "bot": 200} {
		s := start(t, sheetsim.Options{}, table())
		if err := s.Edit(sheetsim.Edit{Kind: "protect", Sheet: "T", Value: value}); err != nil {
			t.Fatal(err)
		}
		a := batch(t, s, `{"appendCells":{"sheetId":7,"rows":[{"values":[{}]}],"fields":"*"}}`)
		if a.status != want {
			t.Errorf("protected %q: %d, want %d: %s", value, a.status, want, a.body)
		}
	}
}
