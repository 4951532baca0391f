//go:build !shop

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
				s.passes(90 * time.Second) // what was read before is not believed for ever
				if !c.stillWorks {
					s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(3)), c.says, "No se cambió nada", "Avisa a la oficina")
					s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), c.says, "No se cambió nada")
					s.edits(c.mends...)
					s.wantAudit("TOMAR:" + tag(9))
					s.passes(70 * time.Second) // the tabs are asked for once a minute
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
				s.passes(time.Minute)
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
				s.passes(10 * time.Second)
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
				s.passes(90 * time.Second)
				for _, n := range []int{3, 39} {
					s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(n)), "vacía o incompleta", "No se cambió nada", "Prueba en un minuto")
				}
				s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "vacía o incompleta")
				s.sheet.ClearFaults()
				s.passes(10 * time.Second)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(39)), "es tuyo")
				s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "hecho")
				s.wantAudit("TOMAR:"+tag(9), "TOMAR:"+tag(39), "COMPLETAR:"+tag(9))
				s.wantWhole()
			})
		})
		t.Run(c.name+" once", func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.passes(10 * time.Second)
				once := c.fault
				once.Times = 1
				s.sheet.Fail(once)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(39)), "es tuyo")
				s.wantWhole()
			})
		})
	}
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
