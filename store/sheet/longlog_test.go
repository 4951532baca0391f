package sheet_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// grown is a workbook whose audit log has so many rows: years of a shop.
func grown(rows int) *sheetsim.Workbook {
	log := [][]any{{"ID", "Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON"}}
	for i := range rows {
		log = append(log, []any{
			fmt.Sprintf("E%06d", i), 45_000 + float64(i)/300, "TOMAR_SPOOL", fmt.Sprintf("MK-%06d", i), 93.0, "Mauricio Rodríguez", "ARM", "TOMAR", nil,
			fmt.Sprintf(`{"fence":%d}`, 1_000_000+i),
		})
	}
	spools := [][]any{{"TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion"}, {"A-1", 45_000}}
	return sheetsim.NewWorkbook("Taller").AddTab("Operaciones", 1, spools).AddTab("Metadata", 2, log).
		AddTab("Trabajadores", 3, [][]any{{"Id", "Nombre", "Apellido", "Activo", "Slack_ID"}, {93, "Mauricio", "Rodríguez", true, "U1"}}).
		AddTab("Roles", 4, [][]any{{"Id", "Rol", "Activo"}, {93, "Armador", true}})
}

// What a change, a refresh and the rebuilding of locks cost does not depend on how
// long the audit log has become; what must look for rows reads narrow columns of it.
func TestALongLogCostsNoMoreThanAShortOne(t *testing.T) {
	t.Parallel()
	type cost struct{ calls, bytes int }
	costs := map[string][2]cost{}
	const short, long = 5_000, 100_000
	for n, rows := range []int{short, long} {
		s := open(t, sheetsim.Options{}, grown(rows), sheet.Options{})
		counts := func(what string, do func() error) {
			t.Helper()
			before := len(s.sim.Calls())
			if err := do(); err != nil {
				t.Fatalf("%s with %d rows: %v", what, rows, err)
			}
			c := costs[what]
			for _, call := range s.sim.Calls()[before:] {
				c[n].calls++
				c[n].bytes += call.Bytes
			}
			costs[what] = c
		}
		counts("a refresh", func() error { _, err := s.Book(t.Context(), 0); return err })
		counts("a change", func() error {
			_, err := s.Commit(t.Context(), s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1)))
			return err
		})
		counts("the ledger", func() error {
			l, err := s.Ledger(t.Context())
			if want := int64(1_000_000 + rows - 1); err == nil && l.Fence != want {
				return fmt.Errorf("the highest number is %d, want %d", l.Fence, want)
			}
			return err
		})
		counts("a history", func() error {
			got, _, err := s.Log(t.Context(), occupation.LogQuery{Tag: "MK-000007", Limit: 20})
			if err == nil && len(got) != 1 {
				return fmt.Errorf("%d rows", len(got))
			}
			return err
		})
		counts("a day", func() error {
			day := time.Date(2023, 3, 16, 0, 0, 0, 0, santiago) // serial 45,001
			got, _, err := s.Log(t.Context(), occupation.LogQuery{From: day, To: day.AddDate(0, 0, 1), Limit: 1000})
			if err == nil && len(got) != 300 {
				return fmt.Errorf("%d rows", len(got))
			}
			return err
		})
	}
	perRow := map[string]int{"the ledger": 16, "a history": 32, "a day": 32} // bytes of a narrow row, at most
	for what, c := range costs {
		t.Logf("%s: %d calls, %d bytes with %d rows; %d calls, %d bytes with %d", what, c[0].calls, c[0].bytes, short, c[1].calls, c[1].bytes, long)
		if c[0].calls != c[1].calls {
			t.Errorf("%s takes %d calls with a short log, %d with a long one", what, c[0].calls, c[1].calls)
		}
		if most := c[0].bytes + 2_000 + perRow[what]*(long-short); c[1].bytes > most {
			t.Errorf("%s brings %d bytes with a long log, at most %d", what, c[1].bytes, most)
		}
	}
}
