package sheet_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Whoever looks back is told the same before and after, at no more reads than the
// years that are asked for take.
func TestHistoriesGoOnIntoTheYearsTab(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, logBook(seam(300)...), sheet.Options{})
		day := func(month time.Month, n int) time.Time { return time.Date(2025, month, n, 0, 0, 0, 0, santiago) }
		queries := map[string]struct {
			q     occupation.LogQuery
			reads int // afterwards, at most
		}{
			"a spool":              {occupation.LogQuery{Tag: "A-007"}, 5},
			"a spool's newest":     {occupation.LogQuery{Tag: "A-007", Limit: 3}, 2},
			"a spool's newest ten": {occupation.LogQuery{Tag: "A-007", Limit: 10}, 5},
			"a worker":             {occupation.LogQuery{Worker: 93, Limit: 400}, 6},
			"a day over the seam":  {occupation.LogQuery{From: day(12, 31), To: day(13, 2)}, 5},
			"a day of this year":   {occupation.LogQuery{From: day(13, 2), To: day(13, 3)}, 2},
			"a day of the old":     {occupation.LogQuery{From: day(12, 24), To: day(12, 25)}, 5},
		}
		type told struct {
			Rows []occupation.AuditRow
			More bool
		}
		ask := func() map[string]told {
			out := map[string]told{}
			for name, c := range queries {
				passes(time.Minute)
				began := time.Now()
				rows, more, err := s.Log(t.Context(), c.q)
				if err != nil || len(rows) == 0 {
					t.Errorf("%s: %d rows, %v", name, len(rows), err)
				}
				out[name] = told{rows, more}
				if n := s.calls("read", began) - 2; n > c.reads { // the snapshot's own are two
					t.Errorf("%s takes %d reads, want at most %d", name, n, c.reads)
				}
			}
			return out
		}
		before := ask()
		ledger, err := s.Ledger(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.archives()
		passes(2 * time.Minute)
		if _, err := s.Sheet.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, ask()); diff != "" {
			t.Errorf("what is told has changed: %.600s", diff)
		}
		if after, err := s.Ledger(t.Context()); err != nil || !cmp.Equal(after, ledger) {
			t.Errorf("the ledger has changed, %v: %s", err, cmp.Diff(ledger, after))
		}
	})
}

// A shop that stood still for months: all that the log knows of fences is in the year's
// tab, and Metadata keeps a row below its header.
func TestArchiveOfEverything(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, logBook(seam(200)[:200]...), sheet.Options{})
		s.edit(sheetsim.Edit{Kind: "delete_rows", Sheet: "Metadata", At: 202, Count: 100}) // the blank ones
		s.archives()
		s.splits(200, 200)
		fresh := s.another()
		if l, err := fresh.Ledger(t.Context()); err != nil || l.Fence != 199 || len(l.Takes) != 40 {
			t.Errorf("the ledger has the fence %d and %d takes, %v; want 199 and 40", l.Fence, len(l.Takes), err)
		}
		if _, err := s.Commit(t.Context(), s.prepare("c1", 71, change(occupation.Take, "e900", "A-1", 900))); err != nil {
			t.Fatal(err)
		}
		if got := s.audit(); !slices.Equal(got, []string{"e900"}) {
			t.Errorf("the next event: %q", got)
		}
	})
}

// A tab that only looks like one of a year is left alone.
func TestATabThatIsNotOfAYear(t *testing.T) {
	bubble(t, func(t *testing.T) {
		book := logBook(seam(20)...).AddTab("Metadata_2019", 20, [][]any{{"Notas"}, {"algo"}})
		s := open(t, sheetsim.Options{}, book, sheet.Options{})
		s.history(occupation.LogQuery{Tag: "A-007"}, false, 4, "e7")
		if _, err := s.Ledger(t.Context()); err != nil {
			t.Error(err)
		}
		n := 0
		for _, err := range s.Export(t.Context(), time.Time{}, time.Time{}, func(int, int) {}) {
			if n++; err != nil {
				t.Error(err)
			}
		}
		if n != 40 {
			t.Errorf("%d rows exported, want 40", n)
		}
	})
}

// An export during which rows are archived is right, or ends with an error: never is it
// silently short.
func TestExportWhileRowsAreArchived(t *testing.T) {
	for after := range 12 {
		bubbleRun(t, fmt.Sprint("after ", after, " reads"), func(t *testing.T) {
			s := open(t, sheetsim.Options{Latency: 100 * time.Millisecond}, logBook(seam(2600)...), sheet.Options{})
			s.edit(sheetsim.Edit{Kind: "insert_rows", Sheet: "Metadata", At: 5_250, Count: 4000}) // blank: the grid's end tells nothing
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				<-time.After(time.Duration(after) * 100 * time.Millisecond)
				if _, err := s.Archive(t.Context(), 2025, cutoff, func(int, int) {}); err != nil {
					t.Error(err)
				}
			}()
			reader := s.another()
			var got []string
			var failed error
			for row, err := range reader.Export(t.Context(), time.Time{}, time.Time{}, func(int, int) {}) {
				if err != nil {
					failed = err
					break
				}
				got = append(got, row.ID)
			}
			<-ended
			if failed == nil && (len(got) != 5200 || !slices.IsSortedFunc(got, byNumber)) {
				t.Errorf("%d rows of 5,200, without an error", len(got))
			}
			if failed != nil && !strings.Contains(failed.Error(), "do not stand still") {
				t.Error(failed)
			}
		})
	}
}

// A spreadsheet that is nearly full is archived in smaller moves, and a full one not.
func TestArchiveOfAFullSpreadsheet(t *testing.T) {
	for spare, want := range map[int]bool{3000: true, 5: false} {
		bubbleRun(t, fmt.Sprint(spare, " cells to spare"), func(t *testing.T) {
			s := unopened(t, sheetsim.Options{}, logBook(seam(300)...), sheet.Options{})
			used := 0
			for _, tab := range [][2]int{{102, 10}, {701, 11}, {101, 10}, {101, 10}} {
				used += tab[0] * tab[1]
			}
			s.fill(10_000_000 - used - spare)
			_, err := s.Archive(t.Context(), 2025, cutoff, func(int, int) {})
			switch {
			case want && err == nil:
				s.splits(300, 600)
			case want, err == nil, !strings.Contains(err.Error(), "ten million cells"):
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// fill adds a tab of one column with so many cells.
func (s *shop) fill(cells int) {
	s.Helper()
	body := fmt.Sprintf(`{"requests":[{"addSheet":{"properties":{"sheetId":77,"title":"Relleno","gridProperties":{"rowCount":%d,"columnCount":1}}}}]}`, cells)
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, "http://sheets.test/v4/spreadsheets/"+s.sim.SpreadsheetID()+":batchUpdate", strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	resp, err := s.sim.Client().Do(req)
	if err != nil {
		s.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		s.Fatalf("filling up: %s, %v", resp.Status, err)
	}
}
