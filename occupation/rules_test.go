package occupation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

var (
	santiago = must(time.LoadLocation("America/Santiago"))
	// noon of a Monday in the shop
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, santiago)
	day  = occupation.Midnight(noon)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestCanTake(t *testing.T) {
	bad := occupation.CellFault{Column: occupation.ColSoldDate, Row: 7, Text: "ayer"}
	for _, c := range []struct {
		name   string
		op     occupation.Operation
		spool  occupation.Spool
		code   occupation.Code
		reason occupation.Reason
		column occupation.Column
	}{
		{"ARM with materials", occupation.ARM, occupation.Spool{Materials: day}, "", "", ""},
		{"ARM without materials", occupation.ARM, occupation.Spool{}, occupation.PrerequisiteNotMet, occupation.EmptyColumn, occupation.ColMaterials},
		{"ARM done", occupation.ARM, occupation.Spool{Materials: day, ArmDate: day}, occupation.PrerequisiteNotMet, occupation.AlreadyDone, occupation.ColArmDate},
		{"SOLD ready", occupation.SOLD, occupation.Spool{Materials: day, ArmDate: day}, "", "", ""},
		{"SOLD without materials", occupation.SOLD, occupation.Spool{ArmDate: day}, occupation.PrerequisiteNotMet, occupation.EmptyColumn, occupation.ColMaterials},
		{"SOLD before ARM", occupation.SOLD, occupation.Spool{Materials: day}, occupation.PrerequisiteNotMet, occupation.EmptyColumn, occupation.ColArmDate},
		{"SOLD done", occupation.SOLD, occupation.Spool{Materials: day, ArmDate: day, SoldDate: day}, occupation.PrerequisiteNotMet, occupation.AlreadyDone, occupation.ColSoldDate},
		{"SOLD with a date that cannot be read", occupation.SOLD, occupation.Spool{Materials: day, ArmDate: day, Faults: []occupation.CellFault{bad}}, occupation.SheetSchema, occupation.UnreadCell, occupation.ColSoldDate},
		{"ARM does not look at SOLD's date", occupation.ARM, occupation.Spool{Materials: day, Faults: []occupation.CellFault{bad}}, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := occupation.CanTake(c.spool, c.op)
			if err == nil {
				err = &occupation.Error{}
			}
			if err.Code != c.code || err.Reason != c.reason || err.Column != c.column {
				t.Errorf("CanTake = %q %q %q, want %q %q %q", err.Code, err.Reason, err.Column, c.code, c.reason, c.column)
			}
		})
	}
}

func TestInfer(t *testing.T) {
	armador := occupation.Worker{ID: 1, Active: true, Roles: []occupation.Role{"armador"}}
	helper := occupation.Worker{ID: 2, Active: true, Roles: []occupation.Role{occupation.Ayudante}}
	for _, c := range []struct {
		name   string
		worker occupation.Worker
		spool  occupation.Spool
		want   occupation.Operation
		code   occupation.Code
	}{
		{"armador, nothing done", armador, occupation.Spool{Materials: day}, occupation.ARM, ""},
		{"armador, ARM done", armador, occupation.Spool{Materials: day, ArmDate: day}, "", occupation.RoleNotAllowed},
		{"helper, ARM done", helper, occupation.Spool{Materials: day, ArmDate: day}, occupation.SOLD, ""},
		{"all done", helper, occupation.Spool{Materials: day, ArmDate: day, SoldDate: day}, "", occupation.PrerequisiteNotMet},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := occupation.Infer(c.spool, c.worker)
			code := occupation.Code("")
			if err != nil {
				code = err.Code
			}
			if got != c.want || code != c.code {
				t.Errorf("Infer = %q %q, want %q %q", got, code, c.want, c.code)
			}
		})
	}
}

func TestCanWrite(t *testing.T) {
	me := occupation.Holder{ID: 93, Label: "MR(93)"}
	free := occupation.Spool{Materials: day}
	for _, c := range []struct {
		name  string
		kind  occupation.Kind
		spool occupation.Spool
		want  occupation.Code
	}{
		{"a free row", occupation.Take, free, ""},
		{"my own row", occupation.Take, occupation.Spool{Materials: day, HeldBy: "MR(93)", HolderID: 93}, ""},
		{"somebody else's row", occupation.Take, occupation.Spool{Materials: day, HeldBy: "JP(7)", HolderID: 7}, occupation.SpoolOccupied},
		{"a name by hand", occupation.Take, occupation.Spool{Materials: day, HeldBy: "Juan"}, occupation.SpoolOccupied},
		{"a formula's error", occupation.Take, occupation.Spool{
			Materials: day, HeldBy: "#REF!", Faults: []occupation.CellFault{{Column: occupation.ColHeldBy, Row: 5, Text: "#REF!"}},
		}, occupation.SheetSchema},
		{"done meanwhile", occupation.Take, occupation.Spool{Materials: day, ArmDate: day}, occupation.PrerequisiteNotMet},
		{"completed by the office meanwhile", occupation.Complete, occupation.Spool{Materials: day, ArmDate: day}, occupation.PrerequisiteNotMet},
		{"a pause writes whatever the row says", occupation.Pause, occupation.Spool{HeldBy: "Juan"}, ""},
		{"an expiry of my own row", occupation.Expire, occupation.Spool{HeldBy: "MR(93)", HolderID: 93}, ""},
		{"an expiry leaves a name by hand alone", occupation.Expire, occupation.Spool{HeldBy: "Juan"}, occupation.SpoolOccupied},
		{"a transfer of the giver's row", occupation.Transfer, occupation.Spool{Materials: day, HeldBy: "LP(8)", HolderID: 8}, ""},
		{"a transfer of what a third one has", occupation.Transfer, occupation.Spool{Materials: day, HeldBy: "JP(7)", HolderID: 7}, occupation.SpoolOccupied},
		{"a release of the holder's row", occupation.Release, occupation.Spool{HeldBy: "LP(8)", HolderID: 8}, ""},
		{"a stopped row is not taken", occupation.Take, occupation.Spool{Materials: day, State: "retenido"}, occupation.PrerequisiteNotMet},
		{"a stopped row is not passed on", occupation.Transfer, occupation.Spool{Materials: day, State: "retenido"}, occupation.PrerequisiteNotMet},
		{"what is done is done on a stopped row", occupation.Complete, occupation.Spool{Materials: day, State: "retenido"}, ""},
		{"a stopped row is not stopped again", occupation.Retain, occupation.Spool{State: "retenido"}, occupation.PrerequisiteNotMet},
		{"a stop of what a third one has", occupation.Retain, occupation.Spool{HeldBy: "JP(7)", HolderID: 7}, occupation.SpoolOccupied},
		{"nothing is to be lifted", occupation.Lift, free, occupation.PrerequisiteNotMet},
		{"another stop is to be lifted", occupation.Lift, occupation.Spool{State: "retenido"}, occupation.PrerequisiteNotMet},
		{"a release of what a third one has", occupation.Release, occupation.Spool{HeldBy: "JP(7)", HolderID: 7}, occupation.SpoolOccupied},
	} {
		t.Run(c.name, func(t *testing.T) {
			var code occupation.Code
			if err := occupation.CanWrite(occupation.Intent{Kind: c.kind, Operation: occupation.ARM, Worker: me, From: occupation.Holder{ID: 8}}, c.spool); err != nil {
				code = err.Code
			}
			if code != c.want {
				t.Errorf("CanWrite = %q, want %q", code, c.want)
			}
		})
	}
}

func TestWorker(t *testing.T) {
	w := occupation.Worker{ID: 93, Given: "Álvaro José", Surname: "de la Fuente Soto", Active: true, Roles: []occupation.Role{"SOLDADOR"}}
	if got := w.Label(); got != "ÁD(93)" {
		t.Errorf("Label = %q, want ÁD(93)", got)
	}
	if got := w.Name(); got != "Álvaro de la Fuente" {
		t.Errorf("Name = %q, want Álvaro de la Fuente", got)
	}
	if w.May(occupation.ARM) || !w.May(occupation.SOLD) || w.May("") {
		t.Errorf("a Soldador may ARM %v, SOLD %v, nothing %v; want SOLD alone", w.May(occupation.ARM), w.May(occupation.SOLD), w.May(""))
	}
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   string
		reason occupation.Reason
	}{
		{"", "2026-11-23", ""},
		{"hoy", "2026-11-23", ""},
		{" Ayer ", "2026-11-22", ""},
		{"20-11-2026", "2026-11-20", ""},
		{"3/11/26", "2026-11-03", ""},
		{"2026-11-01", "2026-11-01", ""},
		{"3-11", "2026-11-03", ""},
		{"24.10.2026", "2026-10-24", ""},
		{"23-10-2026", "", occupation.OldDate},
		{"24-11-2026", "", occupation.FutureDate},
		{"23-11-2025", "", occupation.OldDate},
		{"30-12", "", occupation.OldDate}, // last year's
		{"el lunes", "", occupation.BadDate},
		{"31-02-2026", "", occupation.BadDate},
		{"46000", "", occupation.BadDate},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, err := occupation.ParseDate(c.text, noon)
			switch {
			case err == nil && c.reason != "":
				t.Errorf("ParseDate(%q) = %v, want %s", c.text, got, c.reason)
			case err != nil && err.Reason != c.reason:
				t.Errorf("ParseDate(%q): %v, want reason %q", c.text, err, c.reason)
			case err == nil && got.Format("2006-01-02") != c.want:
				t.Errorf("ParseDate(%q) = %v, want %s", c.text, got, c.want)
			}
		})
	}
}

// On 2026-09-06 clocks in Santiago go from 23:59 to 01:00: the day has no
// midnight.
func TestDayWithoutMidnight(t *testing.T) {
	now := time.Date(2026, 9, 6, 10, 0, 0, 0, santiago)
	for text, want := range map[string]string{"": "06-09-2026", "ayer": "05-09-2026", "6-9": "06-09-2026", "06-09-2026": "06-09-2026"} {
		got, err := occupation.ParseDate(text, now)
		if err != nil || got.Format("02-01-2006") != want {
			t.Errorf("ParseDate(%q) = %v, %v; want %s", text, got, err, want)
		}
	}
	if got, err := occupation.ParseDate("6-9", now.AddDate(0, 0, 30)); err != nil || got.Day() != 6 {
		t.Errorf("30 days later it is %v, %v; want the 6th", got, err)
	}
}

func TestA29thOfFebruaryThatThereWasNot(t *testing.T) {
	for year, want := range map[int]occupation.Reason{2027: occupation.BadDate, 2028: ""} {
		got, err := occupation.ParseDate("29-2", time.Date(year, 3, 10, 12, 0, 0, 0, santiago))
		if err == nil && (want != "" || got.Format("2-1-2006") != fmt.Sprint("29-2-", year)) || err != nil && err.Reason != want {
			t.Errorf("29-2 in March %d is %v, %v", year, got, err)
		}
	}
}
