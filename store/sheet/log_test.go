package sheet_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// owedOnly is a change of which only the audit row is left.
func owedOnly(c occupation.Change) occupation.Change {
	c.Cells = nil
	return c
}

func TestABrokenLogBlocksNothing(t *testing.T) {
	tests := []struct {
		name        string
		harm, mend  sheetsim.Edit
		unknownTill bool // only a refused write tells
	}{
		{
			"protected",
			sheetsim.Edit{Kind: "protect", Sheet: "Metadata"},
			sheetsim.Edit{Kind: "unprotect", Sheet: "Metadata"},
			true,
		},
		{
			"renamed",
			sheetsim.Edit{Kind: "rename_tab", Sheet: "Metadata", Value: "Bitácora"},
			sheetsim.Edit{Kind: "rename_tab", Sheet: "Bitácora", Value: "Metadata"},
			false,
		},
		{
			"a header renamed",
			sheetsim.Edit{Kind: "rename_header", Sheet: "Metadata", Column: "Accion", Value: "x"},
			sheetsim.Edit{Kind: "rename_header", Sheet: "Metadata", Column: "x", Value: "Accion"},
			false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
				s.edit(tt.harm)
				if _, err := s.Book(t.Context(), 0); err != nil {
					t.Fatalf("the book without a log: %v", err)
				}
				first := change(occupation.Take, "e1", "A-1", 1)
				c := s.prepare("c1", 71, first)
				receipt, err := s.Commit(t.Context(), c)
				if tt.unknownTill {
					if no := as[*occupation.Refused](t, err); no.Wait <= 0 || no.Wait > time.Second {
						t.Fatalf("refused as %+v, want at once again", no)
					}
					receipt, err = s.Commit(t.Context(), c)
				}
				if err != nil || !slices.Equal(receipt.Owed, []string{"e1"}) {
					t.Fatalf("%+v, %v; want e1 owed", receipt, err)
				}
				if landed, receipt, err := s.Resolve(t.Context(), c); err != nil || !landed || !slices.Equal(receipt.Owed, []string{"e1"}) {
					t.Errorf("resolved %v, %+v, %v; want landed, e1 owed", landed, receipt, err)
				}
				receipt, err = s.Commit(t.Context(), s.prepare("c2", 72, change(occupation.Take, "e2", "A-2", 2)))
				if err != nil || len(receipt.Owed) != 1 {
					t.Errorf("the next at its first sending: %+v, %v", receipt, err)
				}
				draft, err := s.Prepare(t.Context(), []occupation.Change{owedOnly(first), change(occupation.Take, "e3", "A-3", 3)})
				if err != nil || len(draft.Refused) != 1 || draft.Refused["e1"].Code != occupation.SheetSchema {
					t.Errorf("rows alone: %+v, %v; want SHEET_SCHEMA", draft.Refused, err)
				}
				if tt.unknownTill { // after a while they are tried, in vain
					passes(2 * time.Minute)
					no := as[*occupation.Refused](t, second(s.Commit(t.Context(), s.prepare("c4", 74, owedOnly(first)))))
					fault(t, no, occupation.SheetSchema, occupation.MissingTab, "Metadata")
				}
				s.edit(tt.mend)
				passes(2 * time.Minute)
				s.land(s.prepare("c5", 75, owedOnly(first)))
				s.land(s.prepare("c6", 76, change(occupation.Pause, "e6", "A-1", 1)))
				if got := s.audit(); !slices.Equal(got, []string{"e1", "e6"}) {
					t.Errorf("audit rows %q, want e1 and e6", got)
				}
			})
		})
	}
}

// A commit lands without its audit row, and in a wrong row: what puts it right says
// that the row is owed, since another process may have to carry it out.
func TestARepairOwesWhatItsCommitOwes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		s.edit(sheetsim.Edit{Kind: "rename_tab", Sheet: "Metadata", Value: "Bitácora"})
		if _, err := s.Book(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "B-3", 1))
		s.edit(sheetsim.Edit{Kind: "sort", Sheet: "Operaciones", Column: "TAG_SPOOL", Value: "desc", When: sheetsim.BeforeNextWrite})
		receipt, err := s.Commit(t.Context(), c)
		if err != nil || receipt.Remainder == nil {
			t.Fatalf("%+v, %v; want a remainder", receipt, err)
		}
		other := s.another()
		if _, err := other.Open(t.Context()); err != nil && occupation.CodeOf(err) != occupation.SheetSchema {
			t.Fatal(err)
		}
		repair := occupation.Commit{ID: "c2", Stamp: 72, Changes: c.Changes, Plan: receipt.Remainder, Repair: true}
		if receipt, err := other.Commit(t.Context(), repair); err != nil || !slices.Equal(receipt.Owed, []string{"e1"}) {
			t.Errorf("committed: %+v, %v; want e1 owed", receipt, err)
		}
		if landed, receipt, err := s.Resolve(t.Context(), repair); err != nil || !landed || !slices.Equal(receipt.Owed, []string{"e1"}) {
			t.Errorf("resolved: %v, %+v, %v; want landed, e1 owed", landed, receipt, err)
		}
	})
}

func TestAuditRowsByHeader(t *testing.T) {
	bubble(t, func(t *testing.T) {
		book := sheetsim.NewWorkbook("x").
			AddTab("Operaciones", 0, [][]any{ // tab 0 must not be forgotten on the way
				{"Ocupado_Por", "TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Fecha_Ocupacion"},
				{nil, "A-1", 46300},
			}).
			AddTab("metadata", 9, [][]any{{
				"metadata_json", "nota", "id", "timestamp", "evento_tipo", "tag_spool", "worker_id", "worker_nombre", "operacion", "accion", "fecha_operacion",
			}, {"{}", "foreign", "old"}}).
			AddTab("Trabajadores", 3, [][]any{{"Id", "Nombre", "Apellido", "Activo"}}).
			AddTab("Roles", 4, [][]any{{"Id", "Rol", "Activo"}})
		s := open(t, sheetsim.Options{}, book, sheet.Options{})
		s.land(s.prepare("c1", 71, change(occupation.Complete, "e1", "A-1", 4)))
		want := []string{
			`{"fence":4,"since":"2026-11-23T12:30:04Z","deadline":"2026-11-23T13:30:04Z"}`, "", "e1", "23-11-2026 09:30:04",
			"COMPLETAR_SPOOL", "A-1", "93", "Mauricio Rodríguez", "ARM", "COMPLETAR", "23-11-2026",
		}
		if diff := cmp.Diff(want, s.sim.Rows("metadata")[2]); diff != "" {
			t.Errorf("audit row (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"", "A-1", "46300", "23-11-2026", "MR(93)"}, s.sim.Rows("Operaciones")[1]); diff != "" {
			t.Errorf("row (-want +got):\n%s", diff)
		}
		_, err := s.BySlack(t.Context(), "U1")
		fault(t, err, occupation.SheetSchema, occupation.MissingHeader, "Slack_ID")
	})
}

func TestLedgerOfAStrangeLog(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		rows := [][3]string{ // event, tag, JSON
			{"PAUSAR_SPOOL", "A-3", `{"fence":12}`}, // sorted by people: the end stands before the beginning
			{"TOMAR_SPOOL", "A-3", `{"fence":12}`},
			{"TOMAR_SPOOL", "A-1", `{"fence":10,"deadline":"2026-11-23T13:30:04Z"}`},
			{"TOMAR_SPOOL", "A-2", `{"fence":11}`},
			{"COMPLETAR_SPOOL", "a-2", "not JSON"},
			{"METROLOGIA", "A-1", `{"resultado":"APROBADO"}`},
			{"TOMAR_SPOOL", "A-4", "{}"},
			{"TOMAR_SPOOL", "A-5", `{"fence":"x"}`},
		}
		for i, r := range rows {
			for col, v := range map[string]any{"C": r[0], "D": r[1], "E": 93, "F": "Mauricio Rodríguez", "G": "ARM", "J": "'" + r[2]} {
				s.edit(sheetsim.Edit{Kind: "set", Cell: fmt.Sprintf("Metadata!%s%d", col, i+2), Value: v})
			}
		}
		passes(time.Second)
		began := time.Now()
		ledger, err := s.Ledger(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := s.calls("read", began); n != 2 {
			t.Errorf("%d reads, want 2", n)
		}
		take := ledger.Takes["A-1"]
		if ledger.Fence != 12 || len(ledger.Takes) != 1 || take.Fence != 10 || take.Holder.ID != 93 || take.Deadline.IsZero() {
			t.Errorf("ledger %+v", ledger)
		}
		s.edit(sheetsim.Edit{Kind: "rename_tab", Sheet: "Metadata", Value: "otra"})
		if _, err := s.Book(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if ledger, err = s.Ledger(t.Context()); err != nil || ledger.Fence != 0 {
			t.Errorf("a missing log: %+v, %v", ledger, err)
		}
	})
}
