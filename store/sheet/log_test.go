package sheet_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
					time.Sleep(2 * time.Minute)
					no := as[*occupation.Refused](t, second(s.Commit(t.Context(), s.prepare("c4", 74, owedOnly(first)))))
					fault(t, no, occupation.SheetSchema, occupation.MissingTab, "Metadata")
				}
				s.edit(tt.mend)
				time.Sleep(2 * time.Minute)
				s.land(s.prepare("c5", 75, owedOnly(first)))
				s.land(s.prepare("c6", 76, change(occupation.Pause, "e6", "A-1", 1)))
				if got := s.audit(); !slices.Equal(got, []string{"e1", "e6"}) {
					t.Errorf("audit rows %q, want e1 and e6", got)
				}
			})
		})
	}
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
		time.Sleep(time.Second)
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

func TestWithoutTheGuardNothingIsSentTwice(t *testing.T) {
	for _, landed := range []bool{true, false} {
		t.Run(fmt.Sprint("landed ", landed), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := unopened(t, sheetsim.Options{}, shopBook(), sheet.Options{})
				s.sim.Fail(sheetsim.Fault{NoStampGuard: true})
				if report, err := s.Open(t.Context()); err != nil || report.Guard {
					t.Fatalf("%+v, %v; want no guard", report, err)
				}
				c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
				arrive := s.line.late()
				if u := as[*occupation.Unknown](t, second(s.Commit(t.Context(), c))); u.Again {
					t.Error("may be sent again")
				}
				_, _, err := s.Resolve(t.Context(), c)
				fault(t, err, occupation.SheetUnavailable, occupation.NothingDone, "")
				time.Sleep(170 * time.Second)
				if landed {
					arrive()
				}
				time.Sleep(31 * time.Second)
				got, receipt, err := s.Resolve(t.Context(), c)
				if err != nil || got != landed || len(receipt.Owed) > 0 {
					t.Errorf("landed %v, %+v, %v; want %v", got, receipt, err, landed)
				}
			})
		})
	}
}

func TestTheProbeLeavesAnUnguardedSheetAsItWas(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var asked int
		s := unopened(t, sheetsim.Options{}, shopBook(), sheet.Options{Quota: func(context.Context) error { asked++; return nil }})
		s.sim.Fail(sheetsim.Fault{NoStampGuard: true})
		began := time.Now()
		for range 2 {
			if _, err := s.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := s.calls("write", began); n != 5 || asked != 5 { // one stamp to begin with, then twice one too many, and away
			t.Errorf("%d writes, %d asked for, want 5", n, asked)
		}
		s.sim.ClearFaults()
		if report, err := s.Open(t.Context()); err != nil || !report.Guard {
			t.Errorf("%+v, %v; want a guard", report, err)
		}
	})
}

func TestOldStampsArePruned(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		other := s.another() // knows the same stamps, and will have pruned them first
		if _, err := other.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		for n := range int32(5) {
			s.land(s.prepare(fmt.Sprint("c", n), 100+n, change(occupation.Take, fmt.Sprint("e", n), "A-1", int64(n))))
		}
		time.Sleep(11 * time.Minute)
		s.land(s.prepare("c9", 109, change(occupation.Take, "e9", "A-1", 9)))
		sent := s.line.sent()
		last := sent[len(sent)-1]
		if got := strings.Count(last, "deleteDeveloperMetadata"); got != 5 { // the probe's and four of five: the newest stays
			t.Errorf("%d stamps pruned, want 5:\n%s", got, last)
		}
		draft, err := other.Prepare(t.Context(), []occupation.Change{change(occupation.Take, "f1", "A-2", 20)})
		if err != nil {
			t.Fatal(err)
		}
		c := occupation.Commit{ID: "d1", Stamp: 200, Changes: []occupation.Change{change(occupation.Take, "f1", "A-2", 20)}, Plan: draft.Plan}
		for n := 0; ; n++ {
			_, err := other.Commit(t.Context(), c)
			if err == nil {
				break
			}
			if no := as[*occupation.Refused](t, err); no.Wait <= 0 || n > 2 {
				t.Fatalf("refused as %+v", no)
			}
		}
		if got := s.audit(); len(got) != 7 {
			t.Errorf("audit rows %q, want 7", got)
		}
	})
}

func TestALandedCommitIsFoundWithoutItsStamp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
		s.land(c)
		time.Sleep(11 * time.Minute)
		s.land(s.prepare("c2", 72, change(occupation.Take, "e2", "A-2", 2)))
		s.land(s.prepare("c3", 73, change(occupation.Take, "e3", "A-3", 3)))
		time.Sleep(11 * time.Minute)
		s.land(s.prepare("c4", 74, change(occupation.Take, "e4", "A-4", 4)))
		late := s.another()
		if _, err := late.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if landed, _, err := late.Resolve(t.Context(), c); err != nil || !landed {
			t.Errorf("landed %v, %v; want true: its stamp was pruned, its event is in the log", landed, err)
		}
	})
}

func TestProtectedRowsAreNamed(t *testing.T) {
	for _, spanish := range []bool{false, true} {
		bubbleRun(t, fmt.Sprint("spanish ", spanish), func(t *testing.T) {
			s := open(t, sheetsim.Options{Spanish: spanish}, shopBook(), sheet.Options{})
			s.edit(sheetsim.Edit{Kind: "protect", Sheet: "Operaciones", Cell: "K3:K3"}) // Fecha_Ocupacion of A-2
			changes := []occupation.Change{change(occupation.Take, "e1", "A-1", 1), change(occupation.Take, "e2", "A-2", 2), change(occupation.Take, "e3", "A-3", 3)}
			no := as[*occupation.Refused](t, second(s.Commit(t.Context(), s.prepare("c1", 71, changes...))))
			if !slices.Equal(no.Bad, []int{1}) || no.Err.Reason != occupation.Protected || no.Err.Row != 3 || no.Err.Column != occupation.ColSince {
				t.Errorf("refused as %+v: %+v", no, no.Err)
			}
			s.land(s.prepare("c2", 72, changes[0], changes[2]))
			if got := s.audit(); !slices.Equal(got, []string{"e1", "e3"}) {
				t.Errorf("audit rows %q, want e1 and e3", got)
			}
		})
	}
}

func TestATabRenamedBetweenReadAndWriteIsNamed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1), change(occupation.Take, "e2", "A-2", 2))
		s.edit(sheetsim.Edit{Kind: "rename_tab", Sheet: "Operaciones", Value: "Archivo", When: sheetsim.BeforeNextWrite})
		no := as[*occupation.Refused](t, second(s.Commit(t.Context(), c)))
		fault(t, no, occupation.SheetSchema, occupation.MissingTab, "Operaciones")
		if len(no.Bad) != 2 || len(s.audit()) > 0 {
			t.Errorf("refused as %+v with audit rows %q, want both and none", no, s.audit())
		}
	})
}

func bubbleRun(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { bubble(t, f) })
}

func TestTextsThatNoCellHoldsAreRefusedAlone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		long := change(occupation.Take, "e1", "A-1", 1)
		long.Audit.WorkerName = strings.Repeat("ñ", 50_001)
		fine := change(occupation.Take, "e2", "A-2", 2)
		fine.Cells[0].Text = strings.Repeat("ñ", 50_000)
		draft, err := s.Prepare(t.Context(), []occupation.Change{long, fine})
		if err != nil || len(draft.Refused) != 1 || draft.Refused["e1"].Code != occupation.InvalidInput {
			t.Fatalf("%v, %v; want e1 alone", draft.Refused, err)
		}
		s.land(occupation.Commit{ID: "c1", Stamp: 71, Changes: []occupation.Change{fine}, Plan: draft.Plan})
	})
}

func TestDirectory(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, sheetsim.SmallWorkbook(), sheet.Options{})
		w, err := s.BySlack(t.Context(), "U0RODRIGOS")
		if err != nil || w.ID != 33 || w.Name() != "Rodrigo Sepúlveda" || !w.Active || !w.May(occupation.ARM) || !w.May(occupation.SOLD) || w.SlackID != "U0RODRIGOS" {
			t.Errorf("%+v, %v", w, err)
		}
		if w, err = s.Worker(t.Context(), 66); err != nil || w.Active {
			t.Errorf("the inactive one: %+v, %v", w, err)
		}
		if w, err = s.Worker(t.Context(), 12); err != nil || !w.Has(occupation.Supervisor) || w.May(occupation.ARM) {
			t.Errorf("the supervisor: %+v, %v", w, err)
		}
		for _, id := range []string{"", "U0NOBODY"} {
			_, err = s.BySlack(t.Context(), id)
			fault(t, err, occupation.WorkerUnknown, occupation.Unlinked, "")
		}
		time.Sleep(6 * time.Second)
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Trabajadores!E11", Value: "U0NOBODY"}) // somebody fills the column
		if w, err = s.BySlack(t.Context(), "U0NOBODY"); err != nil || w.ID != 51 {
			t.Errorf("linked a moment ago: %+v, %v", w, err)
		}
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Trabajadores!E12", Value: "U0NOBODY"})
		time.Sleep(61 * time.Second)
		_, err = s.BySlack(t.Context(), "U0NOBODY")
		fault(t, err, occupation.WorkerUnknown, occupation.Unlinked, "")
	})
}
