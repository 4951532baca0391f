package sheet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spoolbot/spoolbot/occupation/checkup"
	"github.com/spoolbot/spoolbot/occupation/checkup/checkuptest"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// complete adds what is missing and wants nothing to be missing afterwards; it
// returns the plan.
func (s *shop) complete() sheet.Plan {
	s.Helper()
	began := time.Now()
	plan, err := s.Missing(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	if err := s.Complete(s.Context(), plan); err != nil {
		s.Fatal(err)
	}
	again, err := s.Missing(s.Context())
	if err != nil || len(again.Adds) > 0 {
		s.Errorf("still missing: %q, %v", again.Adds, err)
	}
	if err := s.Complete(s.Context(), again); err != nil {
		s.Error(err)
	}
	if n := s.calls("write", began); n > 1 {
		s.Errorf("%d writes", n)
	}
	return plan
}

func TestCompleteAnEmptySpreadsheet(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := unopened(t, sheetsim.Options{}, sheetsim.NewWorkbook("Taller").AddTab("Hoja 1", 0, nil), sheet.Options{})
		plan := s.complete()
		if len(plan.Adds) != 4 || len(plan.Cannot) != 0 || !strings.HasPrefix(plan.Adds[0], "the tab Operaciones with the columns TAG_SPOOL, Fecha_Materiales, ") {
			t.Errorf("%q, %q", plan.Adds, plan.Cannot)
		}
		want := map[string][]string{
			"Operaciones":  {"TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion", "Estado_Ocupacion"},
			"Trabajadores": {"Id", "Nombre", "Apellido", "Activo", "Slack_ID"},
			"Roles":        {"Id", "Rol", "Activo"},
			"Metadata":     {"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"},
		}
		for tab, heads := range want {
			if diff := cmp.Diff([][]string{heads}, s.sim.Rows(tab)); diff != "" {
				t.Errorf("%s: %s", tab, diff)
			}
		}
		for cell, want := range map[string]string{
			"Operaciones!A2": "", "Operaciones!B2": "DATE", "Operaciones!B1000": "DATE", "Operaciones!B1": "", "Operaciones!H2": "DATE_TIME", "Metadata!B2": "DATE_TIME", "Metadata!I9": "DATE",
		} {
			if kind, _ := s.sim.Value(cell).Format(); kind != want {
				t.Errorf("%s has the format %q, want %q", cell, kind, want)
			}
		}
		var got checkuptest.Found
		s.Examine(t.Context(), robot, got.Tell)
		checkuptest.Wants(t, got, []checkup.Finding{checkuptest.OK("sheet-tabs", ""), checkuptest.OK("sheet-headers", ""), checkuptest.OK("sheet-stamp", "")})
	})
}

// narrowBook lacks columns in two tabs. Operaciones is filled to the edge of its
// grid, its last column holds dates, and beside the headers of Trabajadores
// somebody keeps notes.
func narrowBook() *sheetsim.Workbook {
	day := time.Date(2026, 10, 5, 0, 0, 0, 0, santiago)
	spools := [][]any{
		{"NV", "OT", "Cliente", "SPLIT", "tag spool", "FECHA MATERIALES", "Fecha_Armado", "Armador", "Soldador", "Fecha Soldadura"},
		{"1", "2", "K", "s", "MK-1", sheetsim.DateCell(day), nil, nil, "x", sheetsim.DateCell(day)},
	}
	return sheetsim.NewWorkbook("Taller").AddTab("Operaciones", 1, spools).
		AddTab("Trabajadores", 0, [][]any{{"Id", "Nombre", "Apellido", "Activo"}, {93, "Mauricio", "Rodríguez", true, nil, "vacaciones"}}).
		AddTab("Roles", 3, [][]any{{"Id", "Rol", "Activo"}}).
		AddTab("Metadata", 4, [][]any{{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"}})
}

func TestCompleteAddsAtTheEndAndTouchesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := unopened(t, sheetsim.Options{}, narrowBook(), sheet.Options{})
		before := map[string][][]string{}
		for _, tab := range []string{"Operaciones", "Trabajadores", "Roles", "Metadata"} {
			before[tab] = s.sim.Rows(tab)
		}
		plan := s.complete()
		want := []string{"to the tab Operaciones, from column K on: Ocupado_Por, Fecha_Ocupacion, Estado_Ocupacion", "to the tab Trabajadores, from column G on: Slack_ID"}
		if diff := cmp.Diff(want, plan.Adds); diff != "" {
			t.Error(diff)
		}
		before["Operaciones"][0] = append(before["Operaciones"][0], "Ocupado_Por", "Fecha_Ocupacion", "Estado_Ocupacion")
		before["Trabajadores"][0] = append(before["Trabajadores"][0], "", "", "Slack_ID")
		for tab, want := range before {
			if diff := cmp.Diff(want, s.sim.Rows(tab)); diff != "" {
				t.Errorf("%s: %s", tab, diff)
			}
		}
		for cell, want := range map[string]string{"Operaciones!J2": "DATE", "Operaciones!K2": "", "Operaciones!L2": "DATE_TIME", "Operaciones!M2": "", "Trabajadores!G2": ""} {
			if kind, _ := s.sim.Value(cell).Format(); kind != want {
				t.Errorf("%s has the format %q, want %q", cell, kind, want)
			}
		}
	})
}

// Somebody types beside the headers, or puts a column in, between our look and our
// write: nothing of theirs is lost.
func TestCompleteLosesNothingOfOthers(t *testing.T) {
	for name, edit := range map[string]sheetsim.Edit{
		"a header where ours goes": {Kind: "set", Cell: "Trabajadores!G1", Value: "Teléfono"},
		"a column in front":        {Kind: "insert_columns", Sheet: "Trabajadores", At: 1},
	} {
		bubbleRun(t, name, func(t *testing.T) {
			s := unopened(t, sheetsim.Options{}, narrowBook(), sheet.Options{})
			edit.When = sheetsim.BeforeNextWrite
			s.edit(edit)
			s.complete()
			heads := s.sim.Rows("Trabajadores")[0]
			for _, want := range []string{"Id", "Nombre", "Apellido", "Activo", "Slack_ID"} {
				if !slices.Contains(heads, want) {
					t.Errorf("%s is gone: %q", want, heads)
				}
			}
			if edit.Kind == "set" && !slices.Contains(heads, "Teléfono") {
				t.Errorf("what was typed is gone: %q", heads)
			}
			if !slices.Contains(s.sim.Rows("Trabajadores")[1], "vacaciones") {
				t.Errorf("the note is gone: %q", s.sim.Rows("Trabajadores")[1])
			}
		})
	}
}

func TestMissingLeavesToPeopleWhatIsDoubtful(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := unopened(t, sheetsim.Options{}, soundBook(), sheet.Options{})
		s.edit(rename("Operaciones", "Ocupado_Por", "Ocupado"), set("Operaciones!J1", "Armador"), sheetsim.Edit{Kind: "rename_tab", Sheet: "Metadata", Value: "Metadatos"})
		began := s.sim.Version()
		plan := s.complete()
		want := []string{
			"the column Armador of the tab Operaciones stands there twice: delete or rename one of the two",
			`the column Ocupado_Por of the tab Operaciones is missing, and there is "Ocupado": rename it if that is it, else add the right one by hand`,
			`the tab Metadata is missing, and there is "Metadatos": rename it if that is it, else add the right one by hand`,
		}
		slices.Sort(plan.Cannot)
		if diff := cmp.Diff(want, plan.Cannot); diff != "" || len(plan.Adds) > 0 || s.sim.Version() != began {
			t.Errorf("%s\nit adds %q", diff, plan.Adds)
		}
	})
}

// What a shop's sheet has beside our columns is none of them under another name: whoever
// believed that would rename away a column of the office.
func TestNoColumnOfTheOfficeIsTakenForAMissingOne(t *testing.T) {
	for _, c := range []struct{ tab, column string }{
		{"Operaciones", "Fecha_Materiales"},
		{"Operaciones", "Fecha_Armado"},
		{"Operaciones", "Armador"},
		{"Operaciones", "Fecha_Soldadura"},
		{"Operaciones", "Soldador"},
		{"Operaciones", "Ocupado_Por"},
		{"Operaciones", "Fecha_Ocupacion"},
		{"Trabajadores", "Nombre"},
		{"Trabajadores", "Apellido"},
		{"Trabajadores", "Activo"},
		{"Trabajadores", "Slack_ID"},
		{"Roles", "Rol"},
		{"Metadata", "Accion"},
		{"Metadata", "Operacion"},
		{"Metadata", "Fecha_Operacion"},
	} {
		bubbleRun(t, c.tab+" "+c.column, func(t *testing.T) {
			s := unopened(t, sheetsim.Options{}, sheetsim.Sample(1, morning), sheet.Options{})
			s.edit(sheetsim.Edit{Kind: "delete_columns", Sheet: c.tab, Column: sheetsim.ColumnName(c.column)})
			if plan := s.complete(); len(plan.Cannot) > 0 || len(plan.Adds) != 1 || !strings.HasSuffix(plan.Adds[0], ": "+c.column) {
				t.Errorf("left to people: %q; added: %q", plan.Cannot, plan.Adds)
			}
		})
	}
}

func TestCompleteRefused(t *testing.T) {
	for name, c := range map[string]struct {
		edits []sheetsim.Edit
		fault sheetsim.Fault
		says  string
		later []string // what is missing afterwards
	}{
		"a protected tab":  {[]sheetsim.Edit{{Kind: "protect", Sheet: "Trabajadores"}}, sheetsim.Fault{}, "nothing was changed: Invalid requests[5].insertDimension", []string{"to the tab Operaciones", "to the tab Trabajadores"}},
		"shared as viewer": {nil, sheetsim.Fault{Op: "write", Status: 403}, "nothing was changed: the spreadsheet is closed", []string{"to the tab Operaciones", "to the tab Trabajadores"}},
		"no quota":         {nil, sheetsim.Fault{Op: "write", Status: 429}, "nothing was changed: the minute's quota", []string{"to the tab Operaciones", "to the tab Trabajadores"}},
		"a lost answer":    {nil, sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter}, "not known whether it was done", nil},
		"a lost request":   {nil, sheetsim.Fault{Op: "write", Cut: sheetsim.CutBefore}, "not known whether it was done", []string{"to the tab Operaciones", "to the tab Trabajadores"}},
	} {
		bubbleRun(t, name, func(t *testing.T) {
			s := unopened(t, sheetsim.Options{}, narrowBook(), sheet.Options{})
			s.edit(c.edits...)
			plan, err := s.Missing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if c.fault != (sheetsim.Fault{}) {
				s.sim.Fail(c.fault)
			}
			if err := s.Complete(t.Context(), plan); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
			again, err := s.Missing(t.Context())
			if err != nil || len(again.Adds) != len(c.later) {
				t.Errorf("missing: %q, %v; want %q", again.Adds, err, c.later)
			}
		})
	}
	bubbleRun(t, "another sheet", func(t *testing.T) {
		s := unopened(t, sheetsim.Options{}, narrowBook(), sheet.Options{})
		s.sim.Fail(sheetsim.Fault{Op: "read", Status: 404})
		if _, err := s.Missing(t.Context()); err == nil || !strings.Contains(err.Error(), "share the sheet with the service account as editor") {
			t.Error(err)
		}
	})
}
