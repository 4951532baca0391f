package sheetsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// twoTabs is a workbook with a tab of four rows and an empty one of two columns more.
func twoTabs() *sheetsim.Workbook {
	return sheetsim.NewWorkbook("x").
		AddTab("Uno", 1, [][]any{{"a", "b"}, {"a1", sheetsim.FormulaCell("=A2", 1)}, {"a2", 2}, {"a3", 3}, {"a4", 4}}).
		AddTab("Dos", 2, [][]any{{"a", "b", "", "", "", "", "", "", "", "", "", ""}})
}

func paste(source, destination string) string {
	return `{"copyPaste":{"source":{"sheetId":1,` + source + `},"destination":{"sheetId":2,` + destination + `},"pasteType":"PASTE_NORMAL"}}`
}

func TestCopyPaste(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source, destination string
		filter              bool
		want                [][]string
	}{
		"rows to another tab": {`"startRowIndex":1,"endRowIndex":3`, `"startRowIndex":1,"endRowIndex":3,"endColumnIndex":10`, false, [][]string{{"a1", "1"}, {"a2", "2"}}},
		"over the end of a smaller destination": {
			`"startRowIndex":1,"endRowIndex":4,"endColumnIndex":1`, `"startRowIndex":1,"endRowIndex":2,"endColumnIndex":1`, false,
			[][]string{{"a1"}, {"a2"}, {"a3"}},
		},
		"repeated in a greater one": {
			`"startRowIndex":1,"endRowIndex":2,"endColumnIndex":1`, `"startRowIndex":1,"endRowIndex":3,"endColumnIndex":2`, false,
			[][]string{{"a1", "a1"}, {"a1", "a1"}},
		},
		"not what a filter hides": {`"startRowIndex":1,"endRowIndex":4`, `"startRowIndex":1,"endRowIndex":4,"endColumnIndex":10`, true, [][]string{{"a2", "2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, sheetsim.Options{}, twoTabs())
			if c.filter {
				if err := s.Edit(sheetsim.Edit{Kind: "filter", Sheet: "Uno", Column: "A", Value: "a2"}); err != nil {
					t.Fatal(err)
				}
				if a := do(t, s, "GET", "?fields=sheets(basicFilter)", ""); !strings.Contains(a.body, "basicFilter") {
					t.Errorf("the filter is not told: %s", a.body)
				}
			}
			if a := batch(t, s, paste(c.source, c.destination)); a.status != 200 {
				t.Fatal(a.body)
			}
			if diff := cmp.Diff(c.want, s.Rows("Dos")[1:]); diff != "" {
				t.Error(diff)
			}
			if a := batch(t, s, `{"clearBasicFilter":{"sheetId":1}}`); a.status != 200 {
				t.Fatal(a.body)
			}
			if a := do(t, s, "GET", "?fields=sheets(basicFilter)", ""); strings.Contains(a.body, "basicFilter") {
				t.Errorf("the filter is still there: %s", a.body)
			}
		})
	}
}

func TestPastesAndDeletionsThatAreRefused(t *testing.T) {
	t.Parallel()
	all := fmt.Sprintf(`{"deleteDimension":{"range":{"sheetId":1,"dimension":"ROWS","startIndex":%%d,"endIndex":%d}}}`, 105)
	for request, want := range map[string]string{
		paste(`"startRowIndex":1`, `"startRowIndex":104`):                                                                       "Invalid requests[0].copyPaste: Range (Dos!A105:L) exceeds",
		paste(`"startRowIndex":1,"endRowIndex":3`, `"startRowIndex":100,"endRowIndex":101`):                                     "Invalid requests[0].copyPaste: Range (Dos) exceeds grid limits.",
		`{"copyPaste":{"source":{"sheetId":2,"endRowIndex":1},"destination":{"sheetId":1,"endRowIndex":1,"endColumnIndex":1}}}`: "Invalid requests[0].copyPaste: Range (Uno) exceeds grid limits.",
		`{"copyPaste":{"source":{"sheetId":9},"destination":{"sheetId":1}}}`:                                                    "Invalid requests[0].copyPaste: No grid with id: 9",
		fmt.Sprintf(all, 0): "Invalid requests[0].deleteDimension: You can't delete all the rows on the sheet.",
		fmt.Sprintf(all, 1): "Invalid requests[0].deleteDimension: Sorry, it is not possible to delete all non-frozen rows.",
		`{"addSheet":{"properties":{"sheetId":5,"title":"T","gridProperties":{"rowCount":1,"columnCount":2,"frozenRowCount":1}}}}`: "Invalid requests[0].addSheet: You can't freeze all visible rows on the sheet.",
	} {
		s := start(t, sheetsim.Options{}, twoTabs())
		if a := batch(t, s, request); a.status != 400 || !strings.HasPrefix(a.message(), want) {
			t.Errorf("%s: %d %q, want %q", request, a.status, a.message(), want)
		}
	}
}
