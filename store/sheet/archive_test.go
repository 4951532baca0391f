package sheet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// cutoff is the moment from which on rows stay.
var cutoff = time.Date(2026, 3, 1, 0, 0, 0, 0, santiago)

// logRow is an event with a note of the office beside it.
func logRow(n int, at any) []any {
	return []any{fmt.Sprint("e", n), at, "TOMAR_SPOOL", fmt.Sprintf("A-%03d", n%40), 93, "Mauricio Rodríguez", "ARM", "TOMAR", nil, fmt.Sprintf(`{"fence":%d}`, n), fmt.Sprint("nota ", n)}
}

// seam is so many rows before the new year 2026 and as many after it, an hour apart.
func seam(each int) (rows [][]any) {
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, santiago).Add(-time.Duration(each) * time.Hour)
	for n := range 2 * each {
		rows = append(rows, logRow(n, sheetsim.DateTimeCell(began.Add(time.Duration(n)*time.Hour))))
	}
	return rows
}

// woven is as seam, with a row of the one year and one of the other in turn: one move
// takes 300 of them.
func woven(each int) (rows [][]any) {
	all := seam(each)
	for n := range each {
		rows = append(rows, all[n], all[each+n])
	}
	return rows
}

// archives moves 2025 and wants no error.
func (s *shop) archives() int {
	s.Helper()
	done, err := s.Archive(s.Context(), 2025, cutoff, func(int, int) {})
	if err != nil {
		s.Fatal(err)
	}
	return done
}

// ids are those of a tab in its order, each with its note, so that a row whose cells
// were torn apart is seen.
func (s *shop) ids(tab string) []string {
	s.Helper()
	var out []string
	for i, row := range s.sim.Rows(tab) {
		if i == 0 || len(row) == 0 {
			continue
		}
		id, found := strings.CutPrefix(row[len(row)-1], "nota ")
		if !found || !slices.Contains(row, "e"+id) || !slices.Contains(row, fmt.Sprintf(`{"fence":%s}`, id)) {
			s.Errorf("a row of %s was torn apart: %q", tab, row)
		}
		out = append(out, "e"+id)
	}
	return out
}

// splits wants rows 0 to mid-1 in the year's tab and the others up to end in Metadata,
// in whatever order, each once.
func (s *shop) splits(mid, end int) {
	s.Helper()
	for tab, want := range map[string][2]int{"Metadata_2025": {0, mid}, "Metadata": {mid, end}} {
		got := s.ids(tab)
		slices.Sort(got)
		var all []string
		for n := want[0]; n < want[1]; n++ {
			all = append(all, fmt.Sprint("e", n))
		}
		slices.Sort(all)
		if !slices.Equal(got, all) {
			s.Errorf("%s has %d rows, want %d: %v", tab, len(got), len(all), different(got, all))
		}
	}
}

func different(got, want []string) (out []string) {
	for _, g := range got {
		if !slices.Contains(want, g) {
			out = append(out, "+"+g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			out = append(out, "-"+w)
		}
	}
	return out[:min(len(out), 10)]
}

// Whatever becomes of the one request of a move, every row stands in one of the tabs,
// once; and what was given up never comes.
func TestArchiveInEveryWeather(t *testing.T) {
	for name, fault := range map[string]sheetsim.Fault{
		"fine":                   {Op: "read", Times: 1},
		"429":                    {Op: "write", Status: 429, Times: 2},
		"500":                    {Op: "write", Status: 500},
		"503, applied":           {Op: "write", Status: 503, Cut: sheetsim.CutAfter},
		"a proxy's page":         {Op: "write", Status: 502},
		"cut before":             {Op: "write", Cut: sheetsim.CutBefore},
		"cut after":              {Op: "write", Cut: sheetsim.CutAfter},
		"half an answer":         {Op: "write", Cut: sheetsim.CutTruncate},
		"late":                   {Op: "write", Cut: sheetsim.CutLate, LateBy: 40 * time.Second},
		"late, while looked for": {Op: "write", Cut: sheetsim.CutLate, LateBy: 300 * time.Millisecond},
		"a stall":                {Op: "write", Delay: 5 * time.Minute},
		"reads fail":             {Op: "read", Status: 503, Times: 2},
		"cut again and again":    {Op: "write", Cut: sheetsim.CutAfter, Times: 3},
	} {
		for _, nth := range []int{1, 2} {
			bubbleRun(t, fmt.Sprint(name, " ", nth), func(t *testing.T) {
				s := open(t, sheetsim.Options{Latency: 250 * time.Millisecond}, logBook(woven(400)...), sheet.Options{})
				fail := func() { s.sim.Fail(fault) }
				if nth == 1 {
					fail()
				} else {
					s.line.before = fail // behind the first
				}
				s.archives()
				s.splits(400, 800)
				passes(10 * time.Minute)
				s.splits(400, 800)
				if got := s.ids("Metadata_2025"); !slices.IsSortedFunc(got, byNumber) {
					t.Errorf("the order is not what it was")
				}
			})
		}
	}
}

func byNumber(a, b string) int {
	var x, y int
	_, _ = fmt.Sscanf(a, "e%d", &x)
	_, _ = fmt.Sscanf(b, "e%d", &y)
	return x - y
}

// A sheet that does not guard stamps takes the time that Google may take.
func TestArchiveWithoutTheGuard(t *testing.T) {
	for name, cut := range map[string]sheetsim.Fault{
		"late":  {Op: "write", Cut: sheetsim.CutLate, LateBy: 170 * time.Second},
		"never": {Op: "write", Cut: sheetsim.CutBefore},
	} {
		bubbleRun(t, name, func(t *testing.T) {
			s := unopened(t, sheetsim.Options{}, logBook(seam(100)...), sheet.Options{})
			s.sim.Fail(sheetsim.Fault{NoStampGuard: true})
			s.sim.Fail(cut)
			began := time.Now()
			s.archives()
			s.splits(100, 200)
			if took := time.Since(began); took < 200*time.Second {
				t.Errorf("it went on after %v", took)
			}
		})
	}
}

// People work in Metadata between our look and our move.
func TestArchiveWhilePeopleMoveRows(t *testing.T) {
	edit := func(e sheetsim.Edit) sheetsim.Edit {
		e.Sheet, e.When = "Metadata", sheetsim.BeforeNextWrite
		return e
	}
	for name, e := range map[string]sheetsim.Edit{
		"sorted":             edit(sheetsim.Edit{Kind: "sort", Column: "TAG_SPOOL"}),
		"turned":             edit(sheetsim.Edit{Kind: "sort", Column: "timestamp", Value: "desc"}),
		"rows inserted":      edit(sheetsim.Edit{Kind: "insert_rows", At: 30, Count: 7}),
		"a filter":           edit(sheetsim.Edit{Kind: "filter", Column: "TAG_SPOOL", Value: "A-007"}),
		"a column added":     edit(sheetsim.Edit{Kind: "insert_columns", At: 12}),
		"a column in front":  edit(sheetsim.Edit{Kind: "insert_columns", At: 1}),
		"a column moved":     edit(sheetsim.Edit{Kind: "move_column", Column: "Accion", At: 1}),
		"the tab is renamed": edit(sheetsim.Edit{Kind: "rename_tab", Value: "METADATA"}),
	} {
		for _, there := range []bool{false, true} {
			bubbleRun(t, fmt.Sprint(name, ", the year's tab is there: ", there), func(t *testing.T) {
				s := open(t, sheetsim.Options{}, logBook(seam(200)...), sheet.Options{})
				if there { // with the first rows already
					if _, err := s.Archive(t.Context(), 2025, time.Date(2025, 12, 25, 0, 0, 0, 0, santiago), func(int, int) {}); err != nil {
						t.Fatal(err)
					}
				}
				s.edit(e)
				_, err := s.Archive(t.Context(), 2025, cutoff, func(int, int) {})
				if moved := strings.Contains(name, "front") || strings.Contains(name, "column moved"); moved && there {
					if err == nil || !strings.Contains(err.Error(), "has other headers than") {
						t.Errorf("columns moved, and the error is %v", err)
					}
					heads := s.sim.Rows("Metadata_2025")[0]
					if got := s.ids("Metadata_2025"); len(got) != 32 || heads[0] != "ID" {
						t.Errorf("%d rows are in the year's tab under %q, want the 32 of before", len(got), heads)
					}
					if left := s.ids("Metadata"); len(left) != 368 {
						t.Errorf("%d rows are left, want 368", len(left))
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if name == "the tab is renamed" {
					s.edit(sheetsim.Edit{Kind: "rename_tab", Sheet: "METADATA", Value: "Metadata"})
				}
				s.splits(200, 400)
			})
		}
	}
}

// What is already in the wrong tab, from a run that was broken off, goes home first, and
// not over an event that has just been written there.
func TestArchivePutsBackWhatIsNotOfTheYear(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, logBook(seam(50)...), sheet.Options{})
		s.archives()
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Metadata_2025!B11", Value: "2026-02-02 10:00"}, sheetsim.Edit{Kind: "set", Cell: "Metadata_2025!B12", Value: "ayer"})
		look, err := s.Archiving(t.Context(), 2025, cutoff)
		if err != nil || look.Back != 2 || look.Rows != 0 || look.Nothing() {
			t.Errorf("the look says %+v, %v", look, err)
		}
		for cell, v := range map[string]any{"A52": "e900", "B52": "2026-03-03", "J52": `'{"fence":900}`, "K52": "nota 900"} {
			s.edit(sheetsim.Edit{Kind: "set", Cell: "Metadata!" + cell, Value: v, When: sheetsim.BeforeNextWrite})
		}
		s.archives()
		if got := s.ids("Metadata"); len(got) != 53 || !slices.Equal(got[50:], []string{"e9", "e10", "e900"}) {
			t.Errorf("%d rows in Metadata, the last %v", len(got), got[len(got)-3:])
		}
		if look, err = s.Archiving(t.Context(), 2025, cutoff); err != nil || !look.Nothing() || !slices.Equal(look.Unread, []int{53}) {
			t.Errorf("afterwards the look says %+v, %v", look, err)
		}
	})
}

// Rows in any order, blank ones, young ones and unreadable ones.
func TestArchiveOfAStrangeLog(t *testing.T) {
	bubble(t, func(t *testing.T) {
		at := func(month, day int) any {
			return sheetsim.DateTimeCell(time.Date(2025, time.Month(month), day, 8, 0, 0, 0, santiago))
		}
		s := open(t, sheetsim.Options{}, logBook(
			logRow(0, at(5, 1)), logRow(1, "2026-01-02"), logRow(2, "31-12-2025 23:59:59"), logRow(3, "hace poco"), []any{}, logRow(4, at(1, 1)),
			logRow(5, nil), logRow(6, "01/01/2026"), logRow(7, at(12, 20)), logRow(8, at(12, 1)), logRow(9, time.Date(2024, 12, 31, 23, 0, 0, 0, santiago)),
		), sheet.Options{})
		before := time.Date(2025, 12, 15, 0, 0, 0, 0, santiago)
		look, err := s.Archiving(t.Context(), 2025, before)
		if err != nil || look.Rows != 3 || look.Young != 2 || !slices.Equal(look.Unread, []int{5, 8}) || !look.New || look.Title != "Metadata_2025" {
			t.Errorf("the look says %+v, %v", look, err)
		}
		done, err := s.Archive(t.Context(), 2025, before, func(int, int) {})
		if old, left := s.ids("Metadata_2025"), s.ids("Metadata"); err != nil || done != 3 || !slices.Equal(old, []string{"e0", "e4", "e8"}) || !slices.Equal(left, []string{"e1", "e2", "e3", "e5", "e6", "e7", "e9"}) {
			t.Errorf("%d, %v: %v and %v", done, err, old, left)
		}
		s.archives()
		if old := s.ids("Metadata_2025"); !slices.Equal(old, []string{"e0", "e4", "e8", "e2", "e7"}) {
			t.Errorf("the second time: %v", old)
		}
	})
}

func TestArchiveRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		edits []sheetsim.Edit
		want  string
	}{
		"other headers": {[]sheetsim.Edit{{Kind: "rename_header", Sheet: "Metadata_2025", Column: "nota", Value: "Notas"}}, "the tab Metadata_2025 has other headers than Metadata"},
		"a filter":      {[]sheetsim.Edit{{Kind: "filter", Sheet: "Metadata", Column: "TAG_SPOOL", Value: "A-007"}}, "a filter is on in the tab Metadata"},
		"no Metadata":   {[]sheetsim.Edit{{Kind: "rename_tab", Sheet: "Metadata", Value: "Bitácora"}}, "there is no tab Metadata"},
		"a column less": {[]sheetsim.Edit{{Kind: "rename_header", Sheet: "Metadata", Column: "Accion", Value: "x"}}, "lacks columns, or has them twice: Accion"},
		"protected":     {[]sheetsim.Edit{{Kind: "protect", Cell: "Metadata!A20:K30"}}, "is a range protected?"},
	} {
		bubbleRun(t, name, func(t *testing.T) {
			s := open(t, sheetsim.Options{}, logBook(seam(100)...), sheet.Options{})
			if _, err := s.Archive(t.Context(), 2025, time.Date(2025, 12, 30, 0, 0, 0, 0, santiago), func(int, int) {}); err != nil {
				t.Fatal(err)
			}
			s.edit(c.edits...)
			began := s.sim.Version()
			_, err := s.Archive(t.Context(), 2025, cutoff, func(int, int) {})
			if err == nil || !strings.Contains(err.Error(), c.want) || s.sim.Version() != began {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// Two that archive at once, and a serve that appends meanwhile.
func TestArchiveBesideOthers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{Latency: 100 * time.Millisecond, ReadQuota: -1, WriteQuota: -1}, logBook(woven(900)...), sheet.Options{ReadQuota: 1000})
		other := s.another()
		ended := make(chan error, 1)
		go func() {
			_, err := other.Archive(t.Context(), 2025, cutoff, func(int, int) {})
			ended <- err
		}()
		served := s.another()
		if _, err := served.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		var events []string
		appended := make(chan struct{})
		go func() {
			defer close(appended)
			for n := range 20 {
				event := fmt.Sprint("s", n)
				kind := []occupation.Kind{occupation.Take, occupation.Pause}[n%2]
				draft, err := served.Prepare(t.Context(), []occupation.Change{change(kind, event, "A-1", int64(50_000+n))})
				if err == nil {
					_, err = served.Commit(t.Context(), occupation.Commit{ID: event, Stamp: int32(1000 + n), Changes: []occupation.Change{change(kind, event, "A-1", int64(50_000+n))}, Plan: draft.Plan, Sent: time.Now()})
				}
				if err != nil {
					t.Error(err)
				}
				events = append(events, event)
				if l, err := served.Ledger(t.Context()); err != nil || l.Fence != int64(50_000+n) {
					t.Errorf("the ledger's fence is %d, %v; want %d", l.Fence, err, 50_000+n)
				}
			}
		}()
		_, err := s.Archive(t.Context(), 2025, cutoff, func(int, int) {})
		<-appended
		if err := errors.Join(err, <-ended); err != nil {
			t.Fatal(err)
		}
		var own []string
		count := map[string]int{}
		for _, tab := range []string{"Metadata", "Metadata_2025"} {
			for _, row := range s.sim.Rows(tab)[1:] {
				if len(row) == 0 || row[0] == "" {
					t.Fatalf("a row of %s is %q", tab, row)
				}
				if count[row[0]]++; row[0][0] == 's' && tab == "Metadata" {
					own = append(own, row[0])
				}
			}
		}
		if !slices.Equal(own, events) || len(count) != 1_820 {
			t.Errorf("%d rows in all, want 1,820; serve's %v", len(count), own)
		}
		for id, n := range count {
			if n != 1 {
				t.Errorf("%s stands %d times", id, n)
			}
		}
		s.Sheet.Disown()
	})
}

// Broken off between two moves it goes on from there; what is under way is waited for.
func TestArchiveBrokenOff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{Latency: time.Second}, logBook(woven(400)...), sheet.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		s.line.before = cancel
		if _, err := s.Archive(ctx, 2025, cutoff, func(int, int) {}); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		s.splits(300, 800)
		if got := s.archives(); got != 100 {
			t.Errorf("then %d rows were moved, want the other 100", got)
		}
		s.splits(400, 800)
	})
}
