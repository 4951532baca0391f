package sheet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// A process that was not there when the commit was made knows from the plan
// what the rows beside it held.
func TestAnotherProcessPutsRight(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "B-3", 1), change(occupation.Complete, "e2", "B-5", 2))
		s.edit(sheetsim.Edit{Kind: "insert_rows", Sheet: "Operaciones", At: 2, When: sheetsim.BeforeNextWrite})
		s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter})
		as[*occupation.Unknown](t, second(s.Commit(t.Context(), c)))
		passes(20 * time.Second)

		s.Sheet = s.another()
		if _, err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		landed, receipt, err := s.Resolve(t.Context(), c)
		if err != nil || !landed || receipt.Remainder == nil {
			t.Fatalf("landed %v, %+v, %v; want a remainder", landed, receipt, err)
		}
		s.land(occupation.Commit{ID: "c2", Stamp: 72, Changes: c.Changes, Plan: receipt.Remainder, Repair: true})

		want := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		want.edit(sheetsim.Edit{Kind: "insert_rows", Sheet: "Operaciones", At: 2})
		if _, err := want.Book(t.Context(), 0); err != nil { // seen before the write, so nothing goes wrong
			t.Fatal(err)
		}
		want.land(want.prepare("w", 5, c.Changes...))
		if diff := cmp.Diff(trimmed(want.sim.Rows("Operaciones")), trimmed(s.sim.Rows("Operaciones"))); diff != "" {
			t.Errorf("the sheet (-want +got):\n%s", diff)
		}
	})
}

// busyBook has spools in whose rows there is much to be spoiled.
func busyBook() *sheetsim.Workbook {
	var spools []map[string]any
	for tag := range strings.FieldsSeq("B-1 B-2 B-3 B-4 B-5 B-6") {
		sp := map[string]any{"TAG_SPOOL": tag, "Fecha_Materiales": 46300}
		if tag != "B-3" && tag != "B-5" {
			sp["Ocupado_Por"], sp["Fecha_Ocupacion"], sp["Estado_Detalle"] = "PS(57)", sheetsim.DateTimeCell(morning), "ARM en progreso "+tag
		}
		spools = append(spools, sp)
	}
	return sheetsim.SmallWorkbook(spools...)
}

func TestARepairThatMissesIsRepaired(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "B-3", 1), change(occupation.Take, "e2", "B-5", 2))
		order := []string{"desc", "", "desc"}
		stir := func() { // before each write people turn the order round
			if len(order) == 0 {
				return
			}
			s.edit(sheetsim.Edit{Kind: "sort", Sheet: "Operaciones", Column: "TAG_SPOOL", Value: order[0]})
			order = order[1:]
		}
		receipt := occupation.Receipt{Remainder: c.Plan}
		for n := int32(0); receipt.Remainder != nil; n++ {
			if n > 4 {
				t.Fatal("there is always a remainder")
			}
			stir()
			next := occupation.Commit{ID: "c" + string('a'+n), Stamp: 80 + n, Changes: c.Changes, Plan: receipt.Remainder, Repair: n > 0}
			var err error
			if receipt, err = s.Commit(t.Context(), next); err != nil {
				t.Fatal(err)
			}
		}
		want := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		want.land(want.prepare("w", 5, c.Changes...))
		want.edit(sheetsim.Edit{Kind: "sort", Sheet: "Operaciones", Column: "TAG_SPOOL", Value: "desc"})
		if diff := cmp.Diff(want.sim.Rows("Operaciones"), s.sim.Rows("Operaciones")); diff != "" || len(order) > 0 {
			t.Errorf("%d turns left; the sheet (-want +got):\n%s", len(order), diff)
		}
		if got := s.audit(); len(got) != 2 {
			t.Errorf("audit rows %q, want two", got)
		}
	})
}

func TestOwnWritesLieOverStaleReads(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		holder := func(maxAge time.Duration) int {
			book, err := s.Book(t.Context(), maxAge)
			if err != nil {
				t.Fatal(err)
			}
			sp, _ := book.Find("A-1")
			return sp.HolderID
		}
		s.land(s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1)))
		passes(time.Second)
		for range 2 {
			s.sim.Fail(sheetsim.Fault{Op: "read", Stale: true})
			if got := holder(0); got != 93 {
				t.Errorf("a read from before the take shows holder %d, want 93", got)
			}
		}
		s.land(s.prepare("c2", 72, change(occupation.Pause, "e2", "A-1", 1)))
		passes(time.Second)
		s.sim.Fail(sheetsim.Fault{Op: "read", Stale: true})
		if got := holder(0); got != 0 {
			t.Errorf("a read from before the pause shows holder %d, want none", got)
		}
		if got := holder(0); got != 0 {
			t.Errorf("a read that shows the pause shows holder %d, want none", got)
		}
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Operaciones!J2", Value: "PS(57)"})
		if got := holder(0); got != 57 {
			t.Errorf("a person's edit shows as %d, want 57", got)
		}
	})
}

func TestAnUnknownCommitIsNotShown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
		s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutBefore})
		as[*occupation.Unknown](t, second(s.Commit(t.Context(), c)))
		book, err := s.Book(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if sp, _ := book.Find("A-1"); sp.Occupied() {
			t.Errorf("shown as taken: %+v", sp)
		}
	})
}

// Between the hit and the repair somebody writes into the row that was hit:
// that stays, and the rest is put back.
func TestARepairLeavesWhatSomebodyWroteSince(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "B-3", 1))
		s.edit(sheetsim.Edit{Kind: "insert_rows", Sheet: "Operaciones", At: 2, When: sheetsim.BeforeNextWrite})
		s.sim.Fail(sheetsim.Fault{Op: "read", Status: 503, Times: -1})
		as[*occupation.Unknown](t, second(s.Commit(t.Context(), c))) // it hit B-2, and the row cannot be read
		s.sim.ClearFaults()
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Operaciones!J4", Value: "JP(7)"})
		s.land(c)

		want := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		want.edit(sheetsim.Edit{Kind: "insert_rows", Sheet: "Operaciones", At: 2}, sheetsim.Edit{Kind: "set", Cell: "Operaciones!J4", Value: "JP(7)"})
		if _, err := want.Book(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		want.land(want.prepare("w", 5, c.Changes...))
		if diff := cmp.Diff(trimmed(want.sim.Rows("Operaciones")), trimmed(s.sim.Rows("Operaciones"))); diff != "" {
			t.Errorf("the sheet (-want +got):\n%s", diff)
		}
	})
}

// One worker completes two spools on one day, so that both rows show the same:
// who verifies the one, whose answer was lost, must not take the other for a write
// that went astray, and give that spool its holder back.
func TestTwoRowsThatShowTheSameAreNoStray(t *testing.T) {
	for name, other := range map[string]func(s *shop) *sheet.Sheet{
		"by another process": func(s *shop) *sheet.Sheet { return s.another() },
		"by this process":    func(s *shop) *sheet.Sheet { return s.Sheet },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
				s.land(s.prepare("t", 70, change(occupation.Take, "t3", "B-3", 1), change(occupation.Take, "t5", "B-5", 2)))
				passes(time.Minute)
				first := s.prepare("c1", 71, change(occupation.Complete, "e3", "B-3", 1))
				second := &shop{T: t, Sheet: other(s), sim: s.sim, line: s.line, opt: s.opt}
				c := second.prepare("c2", 72, change(occupation.Complete, "e5", "B-5", 2))
				s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter})
				if _, err := s.Commit(t.Context(), first); err == nil {
					t.Fatal("the answer is not lost")
				}
				s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter})
				if _, err := second.Commit(t.Context(), c); err == nil {
					t.Fatal("the answer is not lost")
				}
				passes(20 * time.Second)
				for _, c := range []occupation.Commit{first, c} {
					landed, receipt, err := s.Resolve(t.Context(), c)
					if err != nil || !landed || receipt.Remainder != nil {
						t.Errorf("%s: landed %v, %v, and is to be put right: %s", c.ID, landed, err, receipt.Remainder)
					}
				}
			})
		})
	}
}

// A batch writes the same to several rows. Its answer is lost, and before it is
// verified somebody writes into one of them: the others are no stray writes.
func TestRowsOfOneBatchAreNoStray(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e3", "B-3", 1), change(occupation.Take, "e5", "B-5", 1))
		s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter})
		as[*occupation.Unknown](t, second(s.Commit(t.Context(), c)))
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Operaciones!L4", Value: "lo cambió la oficina"})
		passes(20 * time.Second)
		landed, receipt, err := s.Resolve(t.Context(), c)
		if err != nil || !landed || receipt.Remainder != nil {
			t.Errorf("landed %v, %v, and is to be put right: %s", landed, err, receipt.Remainder)
		}
	})
}

// A take went to a wrong row, and before that is put right somebody else has got the
// spool: what was hit is put back, and the other stays in the row.
func TestARepairLeavesAnotherHolder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, busyBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e3", "B-3", 1))
		s.edit(sheetsim.Edit{Kind: "sort", Sheet: "Operaciones", Column: "TAG_SPOOL", Value: "desc", When: sheetsim.BeforeNextWrite})
		s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter})
		as[*occupation.Unknown](t, second(s.Commit(t.Context(), c)))
		other := change(occupation.Take, "e4", "B-3", 2)
		for i, cell := range other.Cells {
			if cell.Column == occupation.ColHeldBy {
				other.Cells[i].Text = "JP(7)"
			}
		}
		if _, err := s.Book(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		s.land(s.prepare("c2", 72, other))
		passes(20 * time.Second)
		landed, receipt, err := s.Resolve(t.Context(), c)
		if err != nil || !landed || receipt.Remainder == nil {
			t.Fatalf("landed %v, %+v, %v; want a remainder", landed, receipt, err)
		}
		s.land(occupation.Commit{ID: "c3", Stamp: 73, Changes: c.Changes, Plan: receipt.Remainder, Repair: true})
		book, err := s.Book(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for tag, want := range map[string]string{"B-3": "JP(7)", "B-4": "PS(57)", "B-5": ""} {
			if sp, _ := book.Find(tag); sp.HeldBy != want {
				t.Errorf("%s is held by %q, want %q", tag, sp.HeldBy, want)
			}
		}
	})
}
