package sheet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

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
		passes(6 * time.Second)
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Trabajadores!E11", Value: "U0NOBODY"}) // somebody fills the column
		if w, err = s.BySlack(t.Context(), "U0NOBODY"); err != nil || w.ID != 51 {
			t.Errorf("linked a moment ago: %+v, %v", w, err)
		}
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Trabajadores!E12", Value: "U0NOBODY"})
		passes(61 * time.Second)
		_, err = s.BySlack(t.Context(), "U0NOBODY")
		fault(t, err, occupation.WorkerUnknown, occupation.Unlinked, "")
	})
}
