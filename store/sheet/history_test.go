package sheet_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// logHeaders is an audit log as shops have it, with a column of somebody else's.
var logHeaders = []any{
	"ID", "timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Metadata_JSON", "nota",
}

// logBook is a workbook with these rows in its audit log.
func logBook(rows ...[]any) *sheetsim.Workbook {
	return sheetsim.NewWorkbook("x").
		AddTab("Operaciones", 1, [][]any{
			{"Ocupado_Por", "TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Fecha_Ocupacion"},
			{nil, "A-1", 46300},
		}).
		AddTab("Metadata", 9, append([][]any{logHeaders}, rows...)).
		AddTab("Trabajadores", 3, [][]any{{"Id", "Nombre", "Apellido", "Activo"}}).
		AddTab("Roles", 4, [][]any{{"Id", "Rol", "Activo"}})
}

// history reads the log and wants these events and no more than so many reads.
func (s *shop) history(q occupation.LogQuery, wantMore bool, most int, want ...string) []occupation.AuditRow {
	s.Helper()
	passes(time.Second)
	began := time.Now()
	rows, more, err := s.Log(s.Context(), q)
	if err != nil {
		s.Fatalf("%+v: %v", q, err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, r.ID)
	}
	if !slices.Equal(got, want) || more != wantMore {
		s.Errorf("%+v gives %q, more %v; want %q, %v", q, got, more, want, wantMore)
	}
	if n := s.calls("read", began); n > most {
		s.Errorf("%+v took %d reads, want %d", q, n, most)
	}
	return rows
}

// A log of forty thousand rows that people have sorted by TAG is read by few
// and small reads.
func TestHistoryOfABigLog(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const all = 40_000
		rows := make([][]any, all)
		for i := range rows {
			n := i * 7919 % all // every number once, in no order
			tag := fmt.Sprintf("B-%05d", n%5000)
			at := morning.Add(time.Duration(n-all) * time.Minute)
			rows[i] = []any{fmt.Sprint("e", n), sheetsim.DateTimeCell(at), "PAUSAR_SPOOL", tag, 1 + n%40, "Nombre Apellido", "ARM", "PAUSAR", nil, `{"fence":1}`}
		}
		s := open(t, sheetsim.Options{}, logBook(rows...), sheet.Options{})
		var want []string
		for n := all - 5000 + 77; n >= 0 && len(want) < 5; n -= 5000 {
			want = append(want, fmt.Sprint("e", n))
		}
		s.history(occupation.LogQuery{Tag: "b-00077", Limit: 5}, true, 2, want...)
		s.history(occupation.LogQuery{Limit: 3}, true, 2, "e39999", "e39998", "e39997")
		s.history(occupation.LogQuery{Worker: 11, Limit: 2}, true, 2, "e39970", "e39930")
		hour := occupation.LogQuery{From: morning.Add(-3 * time.Minute), To: morning.Add(-time.Minute)}
		s.history(hour, false, 2, "e39998", "e39997")
		began := time.Now()
		if got, more, err := s.Log(t.Context(), occupation.LogQuery{Worker: 11}); err != nil || len(got) != all/40 || more {
			t.Errorf("all of a worker: %d, more %v, %v; want %d", len(got), more, err, all/40)
		}
		if n := s.calls("read", began); n > 25 {
			t.Errorf("all of a worker took %d reads", n)
		}
	})
}

// What others have written is told as far as it can be read.
func TestHistoryOfAStrangeLog(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, logBook(
			[]any{"other", "21-11-2026 16:20", "METROLOGIA", "A-1", "x", "", "", "APROBAR", "", `{"resultado":"APROBADO"}`, "una nota"},
			[]any{},
			[]any{"no-time", "hace poco", "TOMAR_SPOOL", "A-1", 93},
			[]any{"iso", "2026-11-22T09:05:00", "TOMAR_SPOOL", " a–1 ", "93", "Mauricio Rodríguez", "ARM", "TOMAR", "", "not JSON"},
			[]any{"day", "22/11/2026", "PAUSAR_SPOOL", "A-1", 93},
			[]any{"freed", sheetsim.DateTimeCell(morning), "LIBERAR_SPOOL", "A-2", 3, "Patricia Soto", "ARM", "LIBERAR", "", `{"fence":8,"from":93,"reason":"salió"}`},
			[]any{"theirs", sheetsim.DateTimeCell(morning), "LIBERAR_SPOOL", "A-3", 3, "Patricia Soto", "ARM", "LIBERAR", "", `{"fence":9,"from":12}`},
		), sheet.Options{})
		rows := s.history(occupation.LogQuery{Tag: "A-1"}, false, 2, "iso", "day", "other", "no-time")
		if other := rows[2]; other.Kind != "METROLOGIA" || other.Action != "APROBAR" || other.WorkerID != 0 || other.At.Hour() != 16 {
			t.Errorf("another system's row: %+v", other)
		}
		s.history(occupation.LogQuery{Worker: 93}, false, 2, "freed", "iso", "day", "no-time")
		s.history(occupation.LogQuery{Worker: 93, Limit: 1}, true, 3, "freed")
		s.history(occupation.LogQuery{Worker: 12}, false, 2, "theirs")
		s.history(occupation.LogQuery{From: morning.AddDate(0, 0, -1).Add(-time.Hour), To: morning}, false, 2, "iso")
	})
}

// People sort the log, or move its columns, between our two reads.
func TestHistoryWhileRowsMove(t *testing.T) {
	for name, edit := range map[string]sheetsim.Edit{
		"sorted":         {Kind: "sort", Sheet: "Metadata", Column: "TAG_SPOOL", Value: "desc"},
		"a column moved": {Kind: "insert_columns", Sheet: "Metadata", At: 1, Count: 1},
	} {
		bubbleRun(t, name, func(t *testing.T) {
			var rows [][]any
			for n := range 300 {
				rows = append(rows, []any{fmt.Sprint("e", n), sheetsim.DateTimeCell(morning.Add(time.Duration(n) * time.Minute)), "TOMAR_SPOOL", fmt.Sprintf("A-%03d", n), 93})
			}
			s := open(t, sheetsim.Options{}, logBook(rows...), sheet.Options{})
			edit.When = "after_next_read"
			s.edit(edit)
			s.history(occupation.LogQuery{Tag: "A-007"}, false, 6, "e7")
		})
	}
}

func TestHistoryWithoutALog(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   sheetsim.Edit
		reason occupation.Reason
		column occupation.Column
	}{
		{"no tab", sheetsim.Edit{Kind: "rename_tab", Sheet: "Metadata", Value: "otra"}, occupation.MissingTab, "Metadata"},
		{"no time", sheetsim.Edit{Kind: "rename_header", Sheet: "Metadata", Column: "timestamp", Value: "x"}, occupation.MissingHeader, "Timestamp"},
		{"no names", sheetsim.Edit{Kind: "rename_header", Sheet: "Metadata", Column: "Worker_Nombre", Value: "x"}, "", ""},
	} {
		bubbleRun(t, c.name, func(t *testing.T) {
			s := open(t, sheetsim.Options{}, logBook([]any{"e1", sheetsim.DateTimeCell(morning), "TOMAR_SPOOL", "A-1", 93, "Mauricio"}), sheet.Options{})
			s.edit(c.edit)
			rows, _, err := s.Log(t.Context(), occupation.LogQuery{Tag: "A-1"})
			if c.reason == "" {
				if err != nil || len(rows) != 1 || rows[0].WorkerName != "" {
					t.Errorf("%+v, %v; want the row without its name", rows, err)
				}
				return
			}
			fault(t, err, occupation.SheetSchema, c.reason, c.column)
		})
	}
}

// Whoever reads histories leaves a quarter of the reads to work.
func TestHistoryLeavesReadsToWork(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, logBook([]any{"e1", sheetsim.DateTimeCell(morning), "TOMAR_SPOOL", "A-1", 93}), sheet.Options{ReadQuota: 40})
		began := time.Now()
		for time.Since(began) < 50*time.Second {
			if _, _, err := s.Log(t.Context(), occupation.LogQuery{Tag: "A-1"}); err != nil {
				t.Fatal(err)
			}
		}
		at := time.Now()
		for range 9 {
			if _, err := s.Book(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(at); took > 5*time.Second {
			t.Errorf("nine reads of work took %v behind histories", took)
		}
	})
}
