package sheet_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// calls counts the API calls of a kind since a moment.
func (s *shop) calls(kind string, since time.Time) int {
	n := 0
	for _, c := range s.sim.Calls() {
		if c.Kind == kind && !c.At.Before(since) {
			n++
		}
	}
	return n
}

// fault checks the code, the reason and the column of an error.
func fault(t *testing.T, err error, code occupation.Code, reason occupation.Reason, column occupation.Column) {
	t.Helper()
	if e := as[*occupation.Error](t, err); e.Code != code || e.Reason != reason || e.Column != column {
		t.Errorf("error %+v, want %s %s %s", e, code, reason, column)
	}
}

func TestBookOfTheSample(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := unopened(t, sheetsim.Options{}, sheetsim.Sample(1, morning), sheet.Options{})
		report, err := s.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if report.Spools != 1900 || report.Workers != 40 || !report.Guard || report.TimeZone != "America/Santiago" || len(report.Tabs) != 4 {
			t.Errorf("report %+v", report)
		}
		var got []string
		for _, f := range report.Faults {
			got = append(got, string(f.Code)+" "+string(f.Reason)+" "+string(f.Column)+" "+f.Text)
		}
		want := []string{"DUPLICATE_TAG   ", "SHEET_SCHEMA unread_cell Fecha_Materiales 31-02-2026 aprox."}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("faults %q, want %q", got, want)
		}
		book, err := s.Book(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		sp, missing := book.Find("test-01")
		if missing != nil || sp.NV != "NV0640" || sp.Client != "Minera Los Pelambres" || sp.Row != 5 || sp.Priority == "" || sp.Drawing == "" {
			t.Errorf("TEST-01 is %+v, %v", sp, missing)
		}
		byHand := 0
		for _, sp := range book.Spools {
			if sp.HeldBy == "don José" && sp.HolderID == 0 && sp.Occupied() {
				byHand++
			}
		}
		if byHand != 1 {
			t.Errorf("%d spools are held by hand, want 1", byHand)
		}
	})
}

func TestCellsAsPeopleFillThem(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, sheetsim.SmallWorkbook(
			map[string]any{"TAG_SPOOL": 25238, "Ocupado_Por": "disponible", "Fecha_Materiales": "3/2/26"},
			map[string]any{"TAG_SPOOL": "T-2", "Ocupado_Por": "MR(93)", "Fecha_Materiales": "ayer", "Fecha_Ocupacion": "¿?"},
			map[string]any{"TAG_SPOOL": sheetsim.ErrorValue("#REF!")},
			map[string]any{"TAG_SPOOL": "T-4", "Ocupado_Por": sheetsim.ErrorValue("#N/A"), "Fecha_Armado": true},
		), sheet.Options{})
		book, err := s.Book(t.Context(), time.Minute)
		if err != nil || len(book.Spools) != 3 {
			t.Fatalf("%d spools, %v; want 3", len(book.Spools), err)
		}
		if sp, missing := book.Find("25238"); missing != nil || sp.Occupied() || !sp.Materials.Equal(time.Date(2026, 2, 3, 0, 0, 0, 0, santiago)) {
			t.Errorf("TAG as a number: %+v, %v", sp, missing)
		}
		sp, _ := book.Find("T-2")
		if f, ok := sp.Fault(occupation.ColMaterials); !ok || f.Row != 3 || f.Text != "ayer" || sp.HolderID != 93 {
			t.Errorf("unreadable date: %+v", sp)
		}
		if _, ok := sp.Fault(occupation.ColSince); !ok {
			t.Errorf("unreadable moment: %+v", sp)
		}
		sp, _ = book.Find("T-4")
		if len(sp.Faults) != 2 || !sp.Occupied() {
			t.Errorf("an error and a flag: %+v", sp)
		}
	})
}

// The day that a spool is due decides nothing: what nobody can read there is no
// fault, and the estimate counts where no day was promised.
func TestTheDayThatASpoolIsDue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, sheetsim.SmallWorkbook(
			map[string]any{"TAG_SPOOL": "T-1", "Fecha_Compromiso": "12-08-2026", "Fecha_Estimada_Entrega": "1-9-2026"},
			map[string]any{"TAG_SPOOL": "T-2", "Fecha_Compromiso": "cuando se pueda", "Fecha_Estimada_Entrega": "1-9-2026"},
			map[string]any{"TAG_SPOOL": "T-3", "Fecha_Compromiso": sheetsim.ErrorValue("#N/A")},
			map[string]any{"TAG_SPOOL": "T-4"},
		), sheet.Options{})
		book, err := s.Book(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for tag, want := range map[string]string{"T-1": "2026-08-12", "T-2": "2026-09-01", "T-3": "0001-01-01", "T-4": "0001-01-01"} {
			if sp, _ := book.Find(tag); sp.Due.Format(time.DateOnly) != want || len(sp.Faults) != 0 {
				t.Errorf("%s is due on %v with faults %v, want %s and none", tag, sp.Due, sp.Faults, want)
			}
		}
	})
}

func TestPeopleChangeTheHeaders(t *testing.T) {
	const ops = "Operaciones"
	tests := []struct {
		name   string
		edit   sheetsim.Edit
		reason occupation.Reason // empty = the book is the same
		column occupation.Column
	}{
		{"moved", sheetsim.Edit{Kind: "move_column", Sheet: ops, Column: "Ocupado_Por", At: 1}, "", ""},
		{"shifted", sheetsim.Edit{Kind: "insert_columns", Sheet: ops, At: 3, Count: 2}, "", ""},
		{"spelled otherwise", sheetsim.Edit{Kind: "rename_header", Sheet: ops, Column: "Ocupado_Por", Value: " OCUPADO  pór "}, "", ""},
		{"optional gone", sheetsim.Edit{Kind: "delete_columns", Sheet: ops, Column: "NV"}, "", ""},
		{"renamed", sheetsim.Edit{Kind: "rename_header", Sheet: ops, Column: "Ocupado_Por", Value: "Quién"}, occupation.MissingHeader, "Ocupado_Por"},
		{"doubled", sheetsim.Edit{Kind: "rename_header", Sheet: ops, Column: "NV", Value: "Armador"}, occupation.DoubledHeader, "Armador"},
		{"deleted", sheetsim.Edit{Kind: "delete_columns", Sheet: ops, Column: "Fecha_Armado"}, occupation.MissingHeader, "Fecha_Armado"},
		{"tab renamed", sheetsim.Edit{Kind: "rename_tab", Sheet: ops, Value: "Operaciones 2025"}, occupation.MissingTab, ops},
		{"tab spelled otherwise", sheetsim.Edit{Kind: "rename_tab", Sheet: ops, Value: "OPERACIONES"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
				s.edit(tt.edit)
				book, err := s.Book(t.Context(), 0)
				if tt.reason != "" {
					fault(t, err, occupation.SheetSchema, tt.reason, tt.column)
					_, err = s.Prepare(t.Context(), []occupation.Change{change(occupation.Take, "e1", "A-1", 1)})
					fault(t, err, occupation.SheetSchema, tt.reason, tt.column)
					return
				}
				if err != nil || len(book.Spools) != 7 {
					t.Fatalf("%v, %v; want 7 spools", book, err)
				}
				s.land(s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1)))
				if book, err = s.Book(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
				if sp, _ := book.Find("A-1"); sp.HolderID != 93 {
					t.Errorf("not taken: %+v", sp)
				}
			})
		})
	}
}

func TestOpenNamesAllThatIsMissing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := unopened(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		s.edit(
			sheetsim.Edit{Kind: "rename_header", Sheet: "Operaciones", Column: "Ocupado_Por", Value: "a"},
			sheetsim.Edit{Kind: "rename_header", Sheet: "Operaciones", Column: "Armador", Value: "b"},
			sheetsim.Edit{Kind: "rename_header", Sheet: "Metadata", Column: "Accion", Value: "c"},
			sheetsim.Edit{Kind: "rename_tab", Sheet: "Roles", Value: "Cargos"},
		)
		report, err := s.Open(t.Context())
		fault(t, err, occupation.SheetSchema, occupation.MissingTab, "Roles")
		var got []string
		for _, f := range report.Faults {
			got = append(got, string(f.Column))
			if f.Column != "Accion" && !strings.Contains(err.Error(), string(f.Column)) {
				t.Errorf("%q does not name %s", err, f.Column)
			}
		}
		if slices.Sort(got); !slices.Equal(got, []string{"Accion", "Armador", "Ocupado_Por", "Roles"}) {
			t.Errorf("faults name %q", got)
		}
	})
}

func TestReadsThatLoseRowsAreNotBelieved(t *testing.T) {
	for name, f := range map[string]sheetsim.Fault{"empty": {Empty: true}, "halved": {Halve: true}} {
		for times, reason := range map[int]occupation.Reason{1: "", 2: occupation.Shrunken} {
			strike := f // the cases run side by side
			strike.Op, strike.Times = "read", times
			bubbleRun(t, fmt.Sprintf("%s %d times", name, times), func(t *testing.T) {
				s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
				s.sim.Fail(strike)
				book, err := s.Book(t.Context(), 0)
				if reason != "" {
					fault(t, err, occupation.SheetUnavailable, reason, "")
					book, err = s.Book(t.Context(), time.Minute)
				}
				if err != nil || len(book.Spools) != 7 {
					t.Errorf("%v, %v; want 7 spools", book, err)
				}
			})
		}
	}
}

func TestALossThatStaysIsBelieved(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		s.edit(sheetsim.Edit{Kind: "delete_rows", Sheet: "Operaciones", At: 2, Count: 5})
		for began := time.Now(); time.Since(began) < 3*time.Minute; passes(20 * time.Second) {
			_, err := s.Book(t.Context(), 0)
			fault(t, err, occupation.SheetUnavailable, occupation.Shrunken, "")
		}
		if book, err := s.Book(t.Context(), 0); err != nil || len(book.Spools) != 2 {
			t.Errorf("%v, %v; want 2 spools", book, err)
		}
	})
}

// A sheet without any row is never believed: too much would come to its end.
func TestAnEmptySheetIsNeverBelieved(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		s.edit(sheetsim.Edit{Kind: "delete_rows", Sheet: "Operaciones", At: 2, Count: 7})
		for began := time.Now(); time.Since(began) < 10*time.Minute; passes(20 * time.Second) {
			_, err := s.Book(t.Context(), 0)
			fault(t, err, occupation.SheetUnavailable, occupation.Shrunken, "")
		}
	})
}

func TestReadsAreSharedAndRepeated(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{Latency: time.Second}, shopBook(), sheet.Options{})
		began := time.Now()
		s.sim.Fail(sheetsim.Fault{Op: "read", Status: 503})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := s.Book(t.Context(), 0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := s.calls("read", began); n != 3 { // one that fails, its repetition, one for those who came later
			t.Errorf("%d reads, want 3", n)
		}
		s.sim.Fail(sheetsim.Fault{Op: "read", Times: 10, Status: 500})
		_, err := s.Book(t.Context(), 0)
		fault(t, err, occupation.SheetUnavailable, occupation.NothingDone, "")
	})
}

func TestAFreshReadBeginsAfterTheCall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{Latency: time.Second}, shopBook(), sheet.Options{})
		s.Touch()
		passes(3 * time.Second)
		s.Touch() // a read of a second begins
		passes(900 * time.Millisecond)
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Operaciones!J2", Value: "PS(57)"})
		book, err := s.Book(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if sp, _ := book.Find("A-1"); sp.HolderID != 57 {
			t.Errorf("the edit is not in a read that began after it: %+v", sp)
		}
	})
}

func TestReadQuotaIsKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		for range 120 {
			if _, err := s.Book(t.Context(), 0); err != nil {
				passes(10 * time.Second)
			}
		}
		for _, c := range s.sim.Calls() {
			if c.Status == 429 {
				t.Fatalf("429 at %v", c.At)
			}
		}
		s.sim.Fail(sheetsim.Fault{Op: "read", Status: 429, RetryAfter: 5 * time.Second})
		began := time.Now()
		if _, err := s.Book(t.Context(), 0); err != nil || time.Since(began) < 5*time.Second {
			t.Errorf("%v after %v, want none after five seconds", err, time.Since(began))
		}
	})
}

// A read that takes several slow calls ends well: each has its own deadline.
func TestSlowReads(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{Latency: 20 * time.Second}, shopBook(), sheet.Options{})
		if _, err := s.Book(t.Context(), 0); err != nil {
			t.Errorf("a slow sheet cannot be read: %v", err)
		}
	})
}
