package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Stories of the sheet in bad weather, through the whole program.

// edits lets a person change the sheet, now or when the edit says.
func (s *shop) edits(all ...sheetsim.Edit) {
	s.t.Helper()
	for _, e := range all {
		if e.Sheet == "" {
			e.Sheet = "Operaciones"
		}
		if err := s.sheet.Edit(e); err != nil {
			s.t.Fatal(err)
		}
	}
}

// seesChanged waits until the very message says the word, and returns it.
func (s *shop) seesChanged(p *slacksim.Person, m slacksim.Message, word string) slacksim.Message {
	s.t.Helper()
	var now slacksim.Message
	s.until("the message says "+word, func() bool {
		for _, now = range p.Messages(m.Channel) {
			if now.TS == m.TS && strings.Contains(now.Text, word) {
				return true
			}
		}
		return false
	})
	return now
}

// later lets time go by.
func (s *shop) later(d time.Duration) { time.Sleep(d) }

// What is wrong with the headers is said by name, nothing is written, and work
// goes on as soon as it is mended.
func TestHeaders(t *testing.T) {
	edit := func(kind, column string, value any) sheetsim.Edit {
		return sheetsim.Edit{Kind: kind, Column: sheetsim.ColumnName(column), Value: value}
	}
	for _, c := range []struct {
		name       string
		breaks     []sheetsim.Edit
		says       string
		mends      []sheetsim.Edit
		stillWorks bool
	}{
		{
			name: "missing", breaks: []sheetsim.Edit{edit("delete_columns", "Armador", nil)}, says: "falta la columna Armador",
			mends: []sheetsim.Edit{{Kind: "insert_columns", At: 7}, {Kind: "set", Cell: "G1", Value: "Armador"}},
		},
		{
			name: "renamed", breaks: []sheetsim.Edit{edit("rename_header", "Ocupado_Por", "Quién lo tiene")}, says: "falta la columna Ocupado_Por",
			mends: []sheetsim.Edit{edit("rename_header", "Quién lo tiene", "OCUPADO POR")},
		},
		{
			name: "doubled", breaks: []sheetsim.Edit{{Kind: "insert_columns", At: 3}, {Kind: "set", Cell: "C1", Value: "Fecha Armado"}},
			says: "Fecha_Armado está dos veces", mends: []sheetsim.Edit{{Kind: "set", Cell: "C1", Value: "otra"}},
		},
		{
			name: "a tab renamed", breaks: []sheetsim.Edit{{Kind: "rename_tab", Value: "Viejas"}}, says: "falta la pestaña Operaciones",
			mends: []sheetsim.Edit{{Kind: "rename_tab", Sheet: "Viejas", Value: "Operaciones"}},
		},
		{
			name: "Slack_ID missing", breaks: []sheetsim.Edit{{Kind: "rename_header", Sheet: "Trabajadores", Column: "Slack_ID", Value: "fono"}},
			says: "falta la columna Slack_ID", mends: []sheetsim.Edit{{Kind: "rename_header", Sheet: "Trabajadores", Column: "fono", Value: "Slack_ID"}},
		},
		{name: "moved", breaks: []sheetsim.Edit{{Kind: "move_column", Column: "Ocupado_Por", At: 1}}, stillWorks: true},
		{name: "pushed to the right", breaks: []sheetsim.Edit{{Kind: "insert_columns", At: 2, Count: 3}}, stillWorks: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.types(s.carlos, s.taller, "/tomar "+tag(9))
				s.edits(c.breaks...)
				s.later(90 * time.Second) // what was read before is not believed for ever
				if !c.stillWorks {
					s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), c.says, "No se cambió nada", "Avisa a la oficina")
					s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), c.says, "No se cambió nada")
					s.edits(c.mends...)
					s.wantAudit("TOMAR:" + tag(9))
					s.later(70 * time.Second) // the tabs are asked for once a minute
				}
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), "es tuyo", tag(3))
				s.types(s.carlos, s.taller, "/completar "+tag(9))
				s.wantAudit("TOMAR:"+tag(9), "TOMAR:"+tag(3), "COMPLETAR:"+tag(9))
				s.wantRow(tag(3), "MR(93)|ARM en progreso")
				s.wantWhole()
			})
		})
	}
}

// A cell that cannot be read is named by row and column, and counts neither as
// empty nor as filled.
func TestUnreadableCells(t *testing.T) {
	for _, c := range []struct{ name, cell, value, line, says string }{
		{"a date in words", "E5", "llega pronto", "/tomar " + tag(3), "no puedo leer Fecha_Materiales en la fila 5"},
		{"a date that is none", "F5", "31-02-2026", "/tomar " + tag(3), "no puedo leer Fecha_Armado en la fila 5"},
		{"a broken formula", "J5", "#REF!", "/tomar " + tag(3), "no puedo leer Ocupado_Por en la fila 5"},
		{"in a row of a list", "E5", "llega pronto", "/tomar " + tag(2) + " " + tag(3) + " " + tag(4), "no puedo leer Fecha_Materiales en la fila 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.edits(sheetsim.Edit{Kind: "set", Cell: c.cell, Value: c.value})
				s.later(time.Minute)
				m := s.types(s.mauricio, s.taller, c.line)
				s.says(m, c.says, c.value)
				if strings.Count(c.line, "MK-") > 1 {
					s.says(m, "Tomaste 2 de 3")
					s.wantRow(tag(2), "MR(93)|ARM en progreso")
					s.wantRow(tag(4), "MR(93)|ARM en progreso")
				}
				if got := s.sheet.Cell("Operaciones!" + c.cell); got != c.value {
					t.Errorf("the cell of the people says %q, want %q", got, c.value)
				}
				before := s.audit()
				s.edits(sheetsim.Edit{Kind: "set", Cell: c.cell, Value: map[bool]string{true: "3/8/26"}[c.cell == "E5"]})
				s.later(10 * time.Second)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), "es tuyo")
				s.wantAudit(append(strings.Fields(before), "TOMAR:"+tag(3))...)
				s.wantWhole(tag(3))
			})
		})
	}
}

// A sheet that comes back empty or halved is never believed: nobody is told that
// a spool is not there, and what people made of it is believed after minutes.
func TestSheetComesBackEmptyOrHalved(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault sheetsim.Fault
	}{
		{"empty", sheetsim.Fault{Op: "read", Method: "values.batchGet", Times: -1, Empty: true}},
		{"halved", sheetsim.Fault{Op: "read", Method: "values.batchGet", Times: -1, Halve: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{book: sheetsim.SmallWorkbook(smallRows(41)...)}, func(s *shop) {
				s.types(s.carlos, s.taller, "/tomar "+tag(9))
				s.sheet.Fail(c.fault)
				s.later(90 * time.Second)
				for _, n := range []int{3, 39} {
					s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(n)), "vacía o incompleta", "No se cambió nada", "Prueba en un minuto")
				}
				s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "vacía o incompleta")
				s.sheet.ClearFaults()
				s.later(10 * time.Second)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(39)), "es tuyo")
				s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "hecho")
				s.wantAudit("TOMAR:"+tag(9), "TOMAR:"+tag(39), "COMPLETAR:"+tag(9))
				s.wantWhole()
			})
		})
		t.Run(c.name+" once", func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.later(10 * time.Second)
				once := c.fault
				once.Times = 1
				s.sheet.Fail(once)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(39)), "es tuyo")
				s.wantWhole()
			})
		})
	}
}

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
					s.later(10 * time.Second)
					for i := 20; i < 26; i++ { // rows beside that are somebody's
						s.types(s.carlos, s.taller, "/tomar "+tag(i))
					}
					for round, line := range []string{"/tomar " + tag(21-8) + " " + tag(30), "/pausar " + tag(30), "/completar " + tag(21-8)} {
						s.later(10 * time.Second)
						if round == 0 || c.gone == "" {
							for _, e := range c.edits {
								e.When = when
								s.edits(e)
							}
						}
						s.types(s.mauricio, s.taller, line)
						s.later(5 * time.Second) // for what is put right
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
		s.later(time.Minute)
		for i := range 40 {
			if i != 3 {
				s.wantRow(tag(i), "|")
			}
		}
		s.wantAudit("TOMAR:" + tag(3))
	})
}

// A column is deleted at the very moment, and the write falls off the grid: the
// sheet refuses all of it, and it is made anew.
func TestWriteFallsOffTheGrid(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.edits(sheetsim.Edit{Kind: "insert_columns", At: 2}, sheetsim.Edit{Kind: "delete_columns", At: 2, When: sheetsim.BeforeNextWrite})
		s.later(10 * time.Second)
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

// The service account may only read.
func TestSheetSharedToReadOnly(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.types(s.carlos, s.taller, "/tomar "+tag(9))
		s.sheet.Fail(sheetsim.Fault{Op: "write", Status: 403, Times: -1})
		s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), "no me deja escribir", "No se cambió nada")
		s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "no me deja escribir", "No se cambió nada")
		s.wantRow(tag(9), "CN(41)|ARM en progreso")
		s.wantWhole()
		s.sheet.ClearFaults()
		s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "completado")
		s.wantAudit("TOMAR:"+tag(9), "COMPLETAR:"+tag(9))
		s.wantWhole()
	})
}

// A protected range is named; the others of the same commit are done.
func TestProtectedRange(t *testing.T) {
	for _, c := range []struct {
		name    string
		protect sheetsim.Edit
		all     bool
	}{
		{name: "a row", protect: sheetsim.Edit{Kind: "protect", At: 5}},
		{name: "a cell", protect: sheetsim.Edit{Kind: "protect", Cell: "J5"}},
		{name: "a column", protect: sheetsim.Edit{Kind: "protect", Column: "Ocupado_Por"}, all: true},
		{name: "the tab", protect: sheetsim.Edit{Kind: "protect"}, all: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.types(s.carlos, s.taller, "/tomar "+tag(9))
				s.edits(c.protect)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), "no me deja escribir", "protegida", "No se cambió nada", "Avisa a la oficina")
				m := s.types(s.mauricio, s.taller, "/tomar "+tag(2)+" "+tag(3)+" "+tag(4))
				want := []string{"TOMAR:" + tag(9)}
				if c.all {
					s.says(m, "ninguno")
					s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "protegida")
					s.wantRow(tag(9), "CN(41)|ARM en progreso")
				} else {
					s.says(m, "Tomaste 2 de 3", "protegida")
					want = append(want, "TOMAR:"+tag(2), "TOMAR:"+tag(4))
				}
				s.wantRow(tag(3), "|")
				s.wantWhole()
				s.edits(sheetsim.Edit{Kind: "unprotect"})
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), "es tuyo")
				s.wantAudit(append(want, "TOMAR:"+tag(3))...)
				s.wantWhole()
			})
		})
	}
}
