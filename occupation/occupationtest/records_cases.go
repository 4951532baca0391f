package occupationtest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func bookHasAll(r *recordsTest) {
	book, err := r.Records.Book(r.ctx, time.Minute)
	r.ok(err)
	want := Shop(r.Zone)
	if len(book.Spools) != len(want) {
		r.Fatalf("%d spools, want %d", len(book.Spools), len(want))
	}
	for i, s := range book.Spools {
		if s.Tag != want[i].Tag || !s.Materials.Equal(want[i].Materials) || s.NV != want[i].NV || s.HeldBy != "" || len(s.Faults) > 0 {
			r.Errorf("row %d is %+v, want %+v", i, s, want[i])
		}
	}
	if book.Spools[0].Row != 2 {
		r.Errorf("the first spool is in row %d, want 2", book.Spools[0].Row)
	}
	if _, missing := book.Find("D-1"); missing == nil || missing.Code != occupation.DuplicateTag || len(missing.Rows) != 2 {
		r.Errorf("the doubled TAG: %v", missing)
	}
}

func prepareRefuses(r *recordsTest) {
	good, gone, doubled := r.change(occupation.Take, "e1", "A-1"), r.change(occupation.Take, "e2", "A-9"), r.change(occupation.Take, "e3", "D-1")
	draft, err := r.Records.Prepare(r.ctx, []occupation.Change{good, gone, doubled})
	r.ok(err)
	for event, want := range map[string]occupation.Code{"e2": occupation.SpoolNotFound, "e3": occupation.DuplicateTag} {
		if got := draft.Refused[event]; got == nil || got.Code != want {
			r.Errorf("%s: %v, want %s", event, got, want)
		}
	}
	if len(draft.Refused) != 2 {
		r.Errorf("refused %v, want two", draft.Refused)
	}
	if len(draft.Rows) != 1 || draft.Rows["e1"].Tag != "A-1" {
		r.Errorf("rows of the plan %+v, want that of A-1", draft.Rows)
	}
	r.land(occupation.Commit{ID: "c1", Stamp: 1, Changes: []occupation.Change{good}, Plan: draft.Plan})
	r.heldBy("MR(93)", "A-1")
	r.logged("e1")
}

func commitWrites(r *recordsTest) {
	a, b := r.change(occupation.Take, "e1", "A-3"), r.change(occupation.Take, "e2", "a-5")
	r.land(r.prepare("c1", a, b))
	r.heldBy("MR(93)", "A-3 A-5")
	r.logged("e1", "e2")
	if s := r.spool("A-5"); !s.Since.Equal(b.Intent.Since) || s.HolderID != 93 {
		r.Errorf("since %v, holder %d; want %v, 93", s.Since, s.HolderID, b.Intent.Since)
	}
}

func commitFinishes(r *recordsTest) {
	r.land(r.prepare("c1", r.change(occupation.Take, "e1", "A-1"), r.change(occupation.Take, "e2", "A-2")))
	done := r.change(occupation.Complete, "e3", "A-1")
	r.land(r.prepare("c2", done, r.change(occupation.Pause, "e4", "A-2")))
	r.heldBy("", "")
	if s := r.spool("A-1"); !s.ArmDate.Equal(done.Intent.Date) || s.ArmBy != "MR(93)" {
		r.Errorf("armed on %v by %q, want %v by MR(93)", s.ArmDate, s.ArmBy, done.Intent.Date)
	}
	if s := r.spool("A-2"); !s.ArmDate.IsZero() || s.ArmBy != "" {
		r.Errorf("paused, but armed on %v by %q", s.ArmDate, s.ArmBy)
	}
	r.logged("e1", "e2", "e3", "e4")
}

func commitAuditOnly(r *recordsTest) {
	gone := r.change(occupation.Take, "e1", "A-9")
	gone.Cells = nil
	r.land(r.prepare("c1", gone))
	r.heldBy("", "")
	r.logged("e1")
}

func commitText(r *recordsTest) {
	const formula = `=IMPORTXML("http://x","//y")`
	c := r.change(occupation.Take, "e1", "A-1")
	c.Cells[0].Text, c.Audit.WorkerName = formula, "=1+1"
	r.land(r.prepare("c1", c))
	if s := r.spool("A-1"); s.HeldBy != formula {
		r.Errorf("held by %q, want %q as it is", s.HeldBy, formula)
	}
}

func commitTwice(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	for range 3 {
		r.land(c)
		r.heldBy("MR(93)", "A-1")
		r.logged("e1")
	}
}

func commitCutAfter(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	r.Cut(true)
	r.unknown(c)
	r.land(c)
	r.logged("e1")
	r.resolve(c, true)
	r.heldBy("MR(93)", "A-1")
}

func commitCutBefore(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	r.Cut(false)
	r.unknown(c)
	r.logged()
	r.land(c)
	r.logged("e1")
	r.heldBy("MR(93)", "A-1")
}

func commitStampTaken(r *recordsTest) {
	first := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	r.land(first)
	second := r.prepare("c2", r.change(occupation.Take, "e2", "A-2"))
	second.Stamp = first.Stamp
	if no := r.refused(second); !no.StampTaken || no.Burned {
		r.Errorf("refused as %+v, want StampTaken", no)
	}
	r.heldBy("MR(93)", "A-1")
	r.logged("e1")
	second.Stamp++
	r.land(second)
	r.logged("e1", "e2")
}

func resolveBurns(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	r.resolve(c, false)
	if no := r.refused(c); !no.Burned || no.StampTaken {
		r.Errorf("refused as %+v, want Burned", no)
	}
	r.resolve(c, false)
	r.heldBy("", "")
	r.logged()
	r.land(r.prepare("c2", r.change(occupation.Take, "e2", "A-1")))
	r.logged("e2")
}

func resolveLanded(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	r.land(c)
	for range 2 {
		if receipt := r.resolve(c, true); len(receipt.Owed) > 0 || receipt.Remainder != nil {
			r.Errorf("resolved with %+v", receipt)
		}
	}
	r.logged("e1")
}

func lateAfterBurn(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	arrive := r.Late()
	r.unknown(c)
	r.resolve(c, false)
	arrive()
	r.heldBy("", "")
	r.logged()
}

func lateBeforeResolve(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	arrive := r.Late()
	r.unknown(c)
	arrive()
	r.resolve(c, true)
	r.land(c)
	r.logged("e1")
	r.heldBy("MR(93)", "A-1")
}

// repair carries out what a receipt has left over.
func (r *recordsTest) repair(c occupation.Commit, receipt occupation.Receipt) {
	r.Helper()
	for i := 0; receipt.Remainder != nil; i++ {
		if i == 3 {
			r.Fatal("there is always a remainder")
		}
		c = occupation.Commit{ID: c.ID + "r", Stamp: c.Stamp + 1, Changes: c.Changes, Plan: receipt.Remainder, Repair: true}
		var err error
		receipt, err = r.Records.Commit(r.ctx, c)
		r.ok(err)
	}
}

func movedRows(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"), r.change(occupation.Take, "e2", "A-4"))
	r.Move()
	receipt, err := r.Records.Commit(r.ctx, c)
	r.ok(err)
	r.repair(c, receipt)
	r.heldBy("MR(93)", "A-1 A-4")
	if got := r.Audit(); len(got) != 2 || !slices.Contains(got, "e1") || !slices.Contains(got, "e2") {
		r.Errorf("audit rows %q, want e1 and e2 once", got)
	}
}

func movedRowsResolved(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-2"))
	r.Move()
	r.Cut(true)
	r.unknown(c)
	r.repair(c, r.resolve(c, true))
	r.heldBy("MR(93)", "A-2")
	r.logged("e1")
}

func ledgerKnows(r *recordsTest) {
	ledger, err := r.Records.Ledger(r.ctx)
	r.ok(err)
	if ledger.Fence != 0 || len(ledger.Takes) > 0 {
		r.Errorf("a ledger of nothing: %+v", ledger)
	}
	open, ended := r.change(occupation.Take, "e1", "A-1"), r.change(occupation.Take, "e2", "A-2")
	r.land(r.prepare("c1", open, ended))
	last := r.change(occupation.Pause, "e3", "A-2")
	r.land(r.prepare("c2", last))
	ledger, err = r.Records.Ledger(r.ctx)
	r.ok(err)
	if ledger.Fence != last.Intent.Fence || len(ledger.Takes) != 1 {
		r.Fatalf("ledger %+v, want fence %d and one take", ledger, last.Intent.Fence)
	}
	got, want := ledger.Takes["A-1"], open.Intent
	if got.Key != "A-1" || got.Holder.ID != 93 || got.Operation != occupation.ARM || got.Fence != want.Fence || !got.Since.Equal(want.Since) || !got.Deadline.Equal(want.Deadline) {
		r.Errorf("take %+v, want that of %+v", got, want)
	}
}

func recordsContext(r *recordsTest) {
	c := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"))
	ctx, cancel := context.WithCancel(r.ctx)
	cancel()
	if _, err := r.Records.Book(ctx, 0); err == nil {
		r.Error("a book after the end of the time")
	}
	if _, err := r.Records.Prepare(ctx, c.Changes); err == nil {
		if _, err = r.Records.Ledger(ctx); err == nil {
			r.Error("a ledger after the end of the time")
		}
	}
	_, err := r.Records.Commit(ctx, c)
	_, unknown := errors.AsType[*occupation.Unknown](err)
	_, refused := errors.AsType[*occupation.Refused](err)
	if !unknown && !refused {
		r.Errorf("commit after the end of the time: %v", err)
	}
	if _, _, err = r.Records.Resolve(ctx, c); err == nil {
		r.Error("resolved after the end of the time")
	}
}
