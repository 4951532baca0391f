package sheet_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// bubble runs a test on virtual time that begins on a minute.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	if _, err := description(); err != nil { // outside: it runs a command
		t.Fatal(err)
	}
	synctest.Test(t, f)
}

// passes lets the time of the bubble go by, and all that is due then happen.
func passes(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestWeatherOfOneSending(t *testing.T) {
	tests := []struct {
		name    string
		fault   sheetsim.Fault
		wait    [2]time.Duration // Refused.Wait lies in it
		unknown bool
		reason  occupation.Reason // of a certain refusal
		applied bool
	}{
		{name: "429 says when", fault: sheetsim.Fault{Status: 429, RetryAfter: 7 * time.Second}, wait: [2]time.Duration{7 * time.Second, 10 * time.Second}},
		{name: "429 says nothing", fault: sheetsim.Fault{Status: 429}, wait: [2]time.Duration{time.Second, 65 * time.Second}},
		{name: "429 says an hour", fault: sheetsim.Fault{Status: 429, RetryAfter: time.Hour}, wait: [2]time.Duration{65 * time.Second, 65 * time.Second}},
		{name: "500", fault: sheetsim.Fault{Status: 500}, unknown: true},
		{name: "500 after applying", fault: sheetsim.Fault{Status: 500, Cut: sheetsim.CutAfter}, unknown: true, applied: true},
		{name: "503 after applying", fault: sheetsim.Fault{Status: 503, Cut: sheetsim.CutAfter}, unknown: true, applied: true},
		{name: "502 in HTML", fault: sheetsim.Fault{Status: 502}, unknown: true},
		{name: "409", fault: sheetsim.Fault{Status: 409}, unknown: true},
		{name: "408", fault: sheetsim.Fault{Status: 408}, unknown: true},
		{name: "cut before", fault: sheetsim.Fault{Cut: sheetsim.CutBefore}, unknown: true},
		{name: "cut after", fault: sheetsim.Fault{Cut: sheetsim.CutAfter}, unknown: true, applied: true},
		{name: "truncated", fault: sheetsim.Fault{Cut: sheetsim.CutTruncate}, unknown: true, applied: true},
		{name: "stalled", fault: sheetsim.Fault{Delay: 2 * time.Minute}, unknown: true},
		{name: "lands late", fault: sheetsim.Fault{Cut: sheetsim.CutLate, LateBy: 30 * time.Second}, unknown: true},
		{name: "401", fault: sheetsim.Fault{Status: 401}, reason: occupation.NothingDone},
		{name: "403", fault: sheetsim.Fault{Status: 403}, reason: occupation.Protected},
		{name: "404", fault: sheetsim.Fault{Status: 404}, reason: occupation.NothingDone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
				c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1), change(occupation.Take, "e2", "A-2", 2))
				f := tt.fault
				f.Op = "write"
				s.sim.Fail(f)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := s.Commit(ctx, c)
				if got := len(s.audit()) == 2; got != tt.applied {
					t.Fatalf("applied %v, want %v", got, tt.applied)
				}
				if tt.unknown {
					if u := as[*occupation.Unknown](t, err); !u.Again {
						t.Error("a guarded commit may not be sent again")
					}
				} else {
					no := as[*occupation.Refused](t, err)
					if no.Wait < tt.wait[0] || no.Wait > tt.wait[1] {
						t.Errorf("wait %v, want within %v", no.Wait, tt.wait)
					}
					if tt.reason != "" && (no.Err == nil || no.Err.Code != occupation.SheetUnavailable || no.Err.Reason != tt.reason || len(no.Bad) != 2) {
						t.Errorf("refused as %+v, want %s of both", no, tt.reason)
					}
				}
				passes(no429(tt.fault))
				if receipt := s.land(c); len(receipt.Owed) > 0 {
					t.Errorf("owed %v", receipt.Owed)
				}
				passes(time.Hour)
				if got := s.audit(); !slices.Equal(got, []string{"e1", "e2"}) {
					t.Errorf("audit rows %q, want e1 and e2 once", got)
				}
				sent := s.line.sent()
				if first, last := sent[len(sent)-2], sent[len(sent)-1]; first != last {
					t.Errorf("sent again with other bytes:\n%s\n%s", first, last)
				}
			})
		})
	}
}

// no429 lets the minute of a quota pass.
func no429(f sheetsim.Fault) time.Duration {
	if f.Status == http.StatusTooManyRequests {
		return time.Minute
	}
	return 0
}

func TestAfterADoubtARefusalProvesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
		arrive := s.line.late()
		as[*occupation.Unknown](t, second(s.Commit(t.Context(), c)))
		for _, status := range []int{429, 403} {
			s.sim.Fail(sheetsim.Fault{Op: "write", Status: status})
			if u := as[*occupation.Unknown](t, second(s.Commit(t.Context(), c))); u.Again != (status == 429) {
				t.Errorf("after %d: again %v", status, u.Again)
			}
		}
		arrive()
		landed, _, err := s.Resolve(t.Context(), c)
		if err != nil || !landed {
			t.Errorf("landed %v, %v; want true", landed, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestPeopleMoveThingsBetweenReadAndWrite(t *testing.T) {
	edit := func(e sheetsim.Edit) sheetsim.Edit { e.Sheet = "Operaciones"; return e }
	tests := []struct {
		name string
		edit sheetsim.Edit
		held []string
	}{
		{"sorted", edit(sheetsim.Edit{Kind: "sort", Column: "TAG_SPOOL", Value: "desc"}), []string{"B-2"}},
		{"a row inserted above", edit(sheetsim.Edit{Kind: "insert_rows", At: 2}), []string{"B-2"}},
		{"two rows inserted above", edit(sheetsim.Edit{Kind: "insert_rows", At: 3, Count: 2}), []string{"B-2"}},
		{"a row deleted above", edit(sheetsim.Edit{Kind: "delete_rows", At: 2}), []string{"B-2"}},
		{"its row deleted", edit(sheetsim.Edit{Kind: "delete_rows", At: 3}), nil},
		{"the last rows deleted", edit(sheetsim.Edit{Kind: "delete_rows", At: 5, Count: 2}), []string{"B-2"}},
		{"a column inserted before all", edit(sheetsim.Edit{Kind: "insert_columns", At: 1}), []string{"B-2"}},
		{"a column inserted before the holder", edit(sheetsim.Edit{Kind: "insert_columns", Column: "Ocupado_Por"}), []string{"B-2"}},
		{"a column inserted in the middle", edit(sheetsim.Edit{Kind: "insert_columns", Column: "Fecha_Ocupacion"}), []string{"B-2"}},
		{"a column deleted", edit(sheetsim.Edit{Kind: "delete_columns", Column: "NV"}), []string{"B-2"}},
		{"the state moved to the front", edit(sheetsim.Edit{Kind: "move_column", Column: "Estado_Detalle", At: 1}), []string{"B-2"}},
	}
	book := func() *sheetsim.Workbook {
		var spools []map[string]any
		for i, tag := range []string{"B-1", "B-2", "B-3", "B-4", "B-5"} {
			sp := map[string]any{"TAG_SPOOL": tag, "NV": "NV0650", "Prioridad": i + 1, "Fecha_Materiales": 46300}
			if i != 1 { // the others have all that can be spoiled
				sp["Armador"], sp["Fecha_Armado"], sp["Soldador"] = "PS(57)", sheetsim.DateCell(morning), "x"
				sp["Ocupado_Por"], sp["Fecha_Ocupacion"], sp["Estado_Detalle"] = "PS(57)", sheetsim.DateTimeCell(morning), "SOLD en progreso"
			}
			spools = append(spools, sp)
		}
		return sheetsim.SmallWorkbook(spools...)
	}
	for _, tt := range tests {
		for _, kind := range []occupation.Kind{occupation.Take, occupation.Complete} {
			for _, lost := range []bool{false, true} {
				if lost && kind == occupation.Complete && tt.edit.Kind != "insert_columns" {
					continue
				}
				name := tt.name + " " + string(kind)
				if lost {
					name += ", answer lost"
				}
				t.Run(name, func(t *testing.T) {
					bubble(t, func(t *testing.T) { moveAndLand(t, book(), tt.edit, kind, lost, tt.held) })
				})
			}
		}
	}
}

// moveAndLand lets a person edit between the read and the write of B-2. In the
// end the sheet must be as if the edit had come first, but for B-2's own cells.
func moveAndLand(t *testing.T, book *sheetsim.Workbook, e sheetsim.Edit, kind occupation.Kind, lost bool, held []string) {
	want := open(t, sheetsim.Options{}, book, sheet.Options{})
	spare := []sheetsim.Edit{ // a blank column at the end
		{Kind: "insert_columns", Sheet: "Operaciones", At: 12},
		{Kind: "move_column", Sheet: "Operaciones", Column: "Estado_Detalle", At: 12},
	}
	want.edit(append(spare, e)...)
	if _, err := want.Book(t.Context(), 0); err != nil { // seen before the write, so nothing goes wrong
		t.Fatal(err)
	}
	ch := change(kind, "e1", "B-2", 9)
	if len(held) > 0 {
		want.land(want.prepare("w", 5, ch))
	}
	s := open(t, sheetsim.Options{}, book, sheet.Options{})
	s.edit(spare...)
	if _, err := s.Book(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	c := s.prepare("c1", 71, ch)
	e.When = sheetsim.BeforeNextWrite
	s.edit(e)
	if lost {
		s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter})
		as[*occupation.Unknown](t, second(s.Commit(t.Context(), c)))
	}
	s.land(c)
	if diff := cmp.Diff(trimmed(want.sim.Rows("Operaciones")), trimmed(s.sim.Rows("Operaciones"))); diff != "" {
		t.Errorf("the sheet (-want +got):\n%s", diff)
	}
	if got := s.audit(); !slices.Equal(got, []string{"e1"}) {
		t.Errorf("audit rows %q, want e1", got)
	}
	for _, maxAge := range []time.Duration{time.Minute, 0} {
		spools, err := s.Book(t.Context(), maxAge)
		if err != nil {
			t.Fatal(err)
		}
		if sp, missing := spools.Find("B-2"); (missing == nil) != (len(held) > 0) || (missing == nil && kind == occupation.Take && sp.HolderID != 93) {
			t.Errorf("in a book of %v: %+v, %v", maxAge, sp, missing)
		}
	}
}

// trimmed drops blank ends, which differ by what was once written there.
func trimmed(rows [][]string) []string {
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimRight(strings.Join(r, "|"), "|"))
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}
