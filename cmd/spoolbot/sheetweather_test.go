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
