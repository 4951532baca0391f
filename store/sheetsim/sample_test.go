package sheetsim_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/store/sheetsim"
	"github.com/xuri/excelize/v2"
)

func TestSampleIsAShop(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{0, 99} {
		s := start(t, sheetsim.Options{}, sheetsim.Sample(seed, morning))
		rows := s.Rows("Operaciones")
		header := rows[0]
		if len(header) != 75 || len(rows) != 1901 {
			t.Fatalf("%d rows of %d columns, want 1901 of 75", len(rows), len(header))
		}
		column := map[string]int{}
		for i, h := range header {
			column[h] = i
		}
		at := func(row []string, name string) string {
			if i := column[name]; i < len(row) {
				return row[i]
			}
			return ""
		}
		count, tags, free := map[string]int{}, map[string]int{}, map[string]int{}
		for _, r := range rows[1:] {
			tags[at(r, "TAG_SPOOL")]++
			state := at(r, "Estado_Detalle")
			switch {
			case at(r, "Ocupado_Por") != "" && at(r, "Fecha_Ocupacion") == "":
				count["by hand"]++
			case at(r, "Ocupado_Por") != "":
				count["busy"]++
			case strings.HasSuffix(state, "(pausado)"):
				count[state]++
			case at(r, "Fecha_Materiales") == "":
				count["waiting"]++
			case at(r, "Fecha_Armado") == "":
				count["ARM"]++
				free[at(r, "NV")+" ARM"]++
			case at(r, "Fecha_Soldadura") == "":
				count["SOLD"]++
				free[at(r, "NV")+" SOLD"]++
			default:
				count["done"]++
			}
			if strings.Contains(at(r, "Fecha_Materiales"), "aprox") {
				count["unreadable"]++
			}
		}
		for state, least := range map[string]int{
			"waiting": 50, "ARM": 300, "SOLD": 300, "done": 50, "busy": 5, "by hand": 1, "unreadable": 1,
			"ARM parcial (pausado)": 5, "SOLD parcial (pausado)": 5,
		} {
			if count[state] < least || (least == 1 && count[state] != 1) {
				t.Errorf("seed %d: %d spools %s, want %d", seed, count[state], state, least)
			}
		}
		batches := map[string]bool{}
		for nv, n := range free {
			if n >= 30 {
				batches[nv[strings.Index(nv, " ")+1:]] = true
			}
		}
		if !batches["ARM"] || !batches["SOLD"] {
			t.Errorf("seed %d: no NV has 30 free spools of each operation: %v", seed, free)
		}
		if len(tags) != 1899 {
			t.Errorf("seed %d: %d different tags, want 1899: one twice", seed, len(tags))
		}
		workers := s.Rows("Trabajadores")
		if got := workers[1]; len(workers) != 41 || !cmp.Equal(got, []string{"93", "Mauricio", "Rodríguez", "TRUE", "U0MAURICIO"}) {
			t.Errorf("seed %d: %d workers, the first %q", seed, len(workers)-1, got)
		}
		if f := s.Value("Operaciones!BS2").Formula(); !strings.HasPrefix(f, "=") {
			t.Errorf("seed %d: Total_Uniones is %q, want a formula", seed, f)
		}
	}
}

func TestSampleIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	rows := func(seed uint64) [][]string {
		return start(t, sheetsim.Options{}, sheetsim.SampleWith(sheetsim.SampleOptions{Seed: seed, Now: morning, Spools: 200})).Rows("Operaciones")
	}
	same := func(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal) }
	if !same(rows(5), rows(5)) {
		t.Error("one seed gives two sheets")
	}
	if same(rows(5), rows(6)) {
		t.Error("two seeds give the same sheet")
	}
}

func TestXLSXIsOpenedWithTypes(t *testing.T) {
	t.Parallel()
	x := excelize.NewFile()
	if err := x.SetSheetName("Sheet1", "Operaciones"); err != nil {
		t.Fatal(err)
	}
	date := "dd\\-mm\\-yyyy"
	style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &date})
	if err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "TAG_SPOOL", "B1": "Fecha", "A2": "MK-1", "B2": 46300, "C2": true, "A3": 7, "D3": "007"} {
		if err := x.SetCellValue("Operaciones", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{x.SetCellStyle("Operaciones", "B2", "B2", style), x.SetCellFormula("Operaciones", "E3", "SUM(A3:A3)")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "taller.xlsx")
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	w, err := sheetsim.OpenXLSX(path)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, sheetsim.Options{}, w)
	if diff := cmp.Diff([][]string{{"TAG_SPOOL", "Fecha"}, {"MK-1", "05-10-2026", "TRUE"}, {"7", "", "", "007", ""}}, s.Rows("Operaciones")); diff != "" {
		t.Error(diff)
	}
	for ref, want := range map[string]any{"Operaciones!B2": 46300.0, "Operaciones!C2": true, "Operaciones!A3": 7.0, "Operaciones!D3": "007"} {
		if got := s.Value(ref).Value; got != want {
			t.Errorf("%s = %v, want %v", ref, got, want)
		}
	}
	if got := s.Value("Operaciones!E3").Formula(); got != "=SUM(A3:A3)" {
		t.Errorf("formula = %q", got)
	}
}

func TestWhatIsNoWorkbookIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notas.xlsx"), []byte("hola"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"notas.xlsx", "nada.xlsx"} {
		if _, err := sheetsim.OpenXLSX(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
}
