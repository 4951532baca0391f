package sheet_test

import (
	"testing"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// A stop stands in Estado_Ocupacion alone: without the column it is refused, while
// a take goes without.
func TestAStopIsNotWrittenWithoutItsColumn(t *testing.T) {
	t.Parallel()
	s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
	tag := occupationtest.Shop(santiago)[0].Tag
	stop := func(event string) occupation.Change {
		in := change(occupation.Take, event, tag, 1).Intent
		in.Kind, in.Reason, in.OnFree = occupation.Retain, "=calidad", true
		return in.Change()
	}
	commit := s.prepare("c1", 11, stop("e1"))
	if _, err := s.Commit(t.Context(), commit); err != nil {
		t.Fatal(err)
	}
	book, err := s.Book(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	spool, missing := book.Find(tag)
	if missing != nil {
		t.Fatal(missing)
	}
	if got, ok := spool.Stop(); !ok || got != (occupation.Stop{Reason: "=calidad", By: 93, Label: "MR(93)"}) || spool.Occupied() {
		t.Errorf("the row reads %+v %v", got, ok)
	}

	s.edit(sheetsim.Edit{Kind: "delete_columns", Sheet: "Operaciones", Column: "Estado_Detalle", Count: 1})
	if _, err := s.Book(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	draft, err := s.Prepare(t.Context(), []occupation.Change{stop("e2")})
	if err != nil {
		t.Fatal(err)
	}
	no := draft.Refused["e2"]
	if no == nil || no.Code != occupation.SheetSchema || no.Reason != occupation.MissingHeader || no.Column != occupation.ColState {
		t.Errorf("a stop without its column: %v", no)
	}
	if draft, err = s.Prepare(t.Context(), []occupation.Change{change(occupation.Take, "e3", tag, 2)}); err != nil || draft.Refused["e3"] != nil {
		t.Errorf("a take without the column: %v %v", draft.Refused["e3"], err)
	}
}
