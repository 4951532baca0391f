//go:build !shop

package main

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// People who change the sheet between our read and our write neither make us
// write to a wrong row for good, nor lose the change.
func TestPeopleMoveRowsUnderTheWrite(t *testing.T) {
	row := func(kind string, at, count int) sheetsim.Edit { return sheetsim.Edit{Kind: kind, At: at, Count: count} }
	for _, c := range []struct {
		name   string
		before []sheetsim.Edit
		edits  []sheetsim.Edit
		gone   string // a row that people delete
	}{
		{name: "sort", edits: []sheetsim.Edit{{Kind: "sort", Column: "TAG_SPOOL", Value: "desc"}}},
		{name: "insert above", edits: []sheetsim.Edit{row("insert_rows", 2, 1)}},
		{name: "insert many above", edits: []sheetsim.Edit{row("insert_rows", 3, 7)}},
		{name: "delete above", edits: []sheetsim.Edit{row("delete_rows", 2, 1)}, gone: tag(0)},
		{name: "insert a column", edits: []sheetsim.Edit{{Kind: "insert_columns", At: 8}}},
		{name: "delete a column", before: []sheetsim.Edit{{Kind: "insert_columns", At: 13, Count: 3}, {Kind: "insert_columns", At: 2, Count: 3}}, edits: []sheetsim.Edit{{Kind: "delete_columns", At: 2}}},
		{name: "move a column", edits: []sheetsim.Edit{{Kind: "move_column", Column: "Ocupado_Por", At: 7}}},
		{name: "insert, then sort", edits: []sheetsim.Edit{row("insert_rows", 2, 1), {Kind: "sort", Column: "NV", Value: "desc"}}},
	} {
		for _, when := range []string{sheetsim.BeforeNextWrite, sheetsim.AfterNextRead} {
			t.Run(c.name+" "+when, func(t *testing.T) {
				t.Parallel()
				inShop(t, shopOptions{}, func(s *shop) {
					s.edits(c.before...)
					s.passes(10 * time.Second)
					for i := 20; i < 26; i++ { // rows beside that are somebody's
						s.types(s.carlos, s.taller, "/tomar "+tag(i))
					}
					for round, line := range []string{"/tomar " + tag(21-8) + " " + tag(30), "/pausar " + tag(30), "/completar " + tag(21-8)} {
						s.passes(10 * time.Second)
						if round == 0 || c.gone == "" {
							for _, e := range c.edits {
								e.When = when
								s.edits(e)
							}
						}
						s.types(s.mauricio, s.taller, line)
						s.passes(5 * time.Second) // for what is put right
					}
					s.wantRow(tag(30), "|ARM parcial (pausado)")
					s.wantRow(tag(13), "|ARM completado")
					s.wantRow(tag(24), "CN(41)|ARM en progreso")
					if n := len(events(s.sheet)); n != 10 {
						t.Errorf("%d rows in the audit log, want 10: %s", n, s.audit())
					}
					s.wantWhole(c.gone)
				})
			})
		}
	}
}

// The row that is written is deleted at that very moment: no other row is hurt.
func TestRowDeletedUnderTheWrite(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.edits(sheetsim.Edit{Kind: "delete_rows", At: 5, When: sheetsim.BeforeNextWrite})
		s.types(s.mauricio, s.taller, "/tomar "+tag(3))
		s.passes(time.Minute)
		for i := range 40 {
			if i != 3 {
				s.wantRow(tag(i), "|")
			}
		}
		s.hears(s.mauricio, tag(3), "planilla")
		s.wantAudit("TOMAR:"+tag(3), "LIBERAR:"+tag(3)) // its lock has gone with it
	})
}

// A column is deleted at the very moment, and the write falls off the grid: the
// sheet refuses all of it, and it is made anew.
func TestWriteFallsOffTheGrid(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.edits(sheetsim.Edit{Kind: "insert_columns", At: 2}, sheetsim.Edit{Kind: "delete_columns", At: 2, When: sheetsim.BeforeNextWrite})
		s.passes(10 * time.Second)
		s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)+" "+tag(4)), "Tomaste los 2")
		s.wantAudit("TOMAR:"+tag(3), "TOMAR:"+tag(4))
		s.wantWhole()
	})
}

// A header is renamed at the very moment of the write: it is told as being
// checked, and put right once the header is back.
func TestHeaderRenamedUnderTheWrite(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.edits(sheetsim.Edit{Kind: "rename_header", Column: "Ocupado_Por", Value: "quién", When: sheetsim.BeforeNextWrite})
		m := s.types(s.mauricio, s.taller, "/tomar "+tag(3))
		s.says(m, "verificando")
		s.says(s.types(s.carlos, s.taller, "/tomar "+tag(4)), "falta la columna Ocupado_Por")
		s.edits(sheetsim.Edit{Kind: "rename_header", Column: "quién", Value: "Ocupado_Por"})
		s.seesChanged(s.mauricio, m, "es tuyo")
		s.wantRow(tag(3), "MR(93)|ARM en progreso")
		s.wantAudit("TOMAR:" + tag(3))
		s.wantWhole()
	})
}
