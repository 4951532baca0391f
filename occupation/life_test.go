package occupation_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// passes lets virtual time go by.
func (s *shop) passes(d time.Duration) { <-time.After(d) }

// held is the lock of a spool; zero when there is none.
func (s *shop) held(tag string) occupation.Lock {
	s.t.Helper()
	snap, err := s.locks.Snapshot(s.t.Context(), occupation.TagKey(tag))
	if err != nil {
		s.t.Fatal(err)
	}
	if len(snap.Locks) == 0 {
		return occupation.Lock{}
	}
	return snap.Locks[0]
}

func (s *shop) extend(w occupation.Worker, ext occupation.Extension, targets ...occupation.Target) []occupation.Result {
	s.t.Helper()
	out, err := s.Extend(s.t.Context(), s.request(w), targets, ext)
	if err != nil {
		s.t.Fatalf("Extend: %v", err)
	}
	return out
}

var hourMore = occupation.Extension{By: time.Hour}

func TestExtendMovesTheDeadlineAtOnceAndIsLogged(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		before := s.take(mauricio, "S-000")[0].Lock
		s.passes(50 * time.Minute)
		commits := s.records.Calls("Commit")
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Wait: 5 * time.Second}})
		began := time.Now()
		r := s.extend(mauricio, hourMore, occupation.Target{Tag: "S-000", Fence: before.Fence, Deadline: before.Deadline})[0]
		s.done("extend", r.Err)
		if waited := time.Since(began); waited > 0 {
			t.Errorf("the answer waited %v for the sheet", waited)
		}
		if want := before.Deadline.Add(time.Hour); !r.Lock.Deadline.Equal(want) || !s.held("S-000").Deadline.Equal(want) || r.Lock.Fence != before.Fence {
			t.Errorf("extended to %v (lock %v), want %v under the same fence", r.Lock.Deadline, s.held("S-000").Deadline, want)
		}
		s.passes(20 * time.Second)
		s.want("log", s.log(), "TOMAR:S-000 EXTENDER:S-000")
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		if n := s.records.Calls("Commit") - commits; n != 2 {
			t.Errorf("%d sendings for one row, want the refused one and another", n)
		}

		again := s.extend(mauricio, hourMore, occupation.Target{Tag: "S-000", Fence: before.Fence, Deadline: before.Deadline})[0]
		if again.Err != nil || !again.Already || !s.held("S-000").Deadline.Equal(before.Deadline.Add(time.Hour)) {
			t.Errorf("the same button again: %+v, deadline %v; want that nothing changes", again, s.held("S-000").Deadline)
		}
		s.want("log", s.log(), "TOMAR:S-000 EXTENDER:S-000")
	})
}

func TestExtendNeverShortensAndEndsWithTheShift(t *testing.T) {
	inShop(t, 2, func(s *shop) { // the bubble begins on 31-12 at 21:00 in Santiago, after the last shift
		s.take(mauricio, "S-000")
		end := time.Date(2000, 1, 1, 12, 30, 0, 0, santiago)
		r := s.extend(mauricio, occupation.Extension{ShiftEnd: true})[0]
		if r.Err != nil || !r.Lock.Deadline.Equal(end) {
			t.Fatalf("until the end of the shift: %+v, want %v", r, end)
		}
		if r = s.extend(mauricio, occupation.Extension{By: time.Minute}, occupation.Target{Tag: "S-000", Deadline: time.Now()})[0]; r.Err != nil || !r.Already || !s.held("S-000").Deadline.Equal(end) {
			t.Errorf("a minute from now: %+v, want that the deadline stays %v", r, end)
		}
		r = s.extend(mauricio, occupation.Extension{By: 100 * time.Hour})[0]
		if latest := end.Add(occupation.ExtendBeyond); r.Err != nil || !r.Lock.Deadline.Equal(latest) {
			t.Errorf("a hundred hours: %+v, want %v", r, latest)
		}
	})
}

func TestExtendIsTheHoldersAlone(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		l := s.take(mauricio, "S-000")[0].Lock
		s.refused("another", s.extend(juana, hourMore, occupation.Target{Tag: "S-000"})[0].Err, occupation.NotOwner, "")
		s.refused("nobody", s.extend(juana, hourMore, occupation.Target{Tag: "S-001"})[0].Err, occupation.NotOwner, occupation.NobodyHolds)
		s.refused("another fence", s.extend(mauricio, hourMore, occupation.Target{Tag: "S-000", Fence: l.Fence + 1})[0].Err, occupation.NotOwner, occupation.HeldAnew)
		if got := s.held("S-000"); !got.Deadline.Equal(l.Deadline) {
			t.Errorf("deadline %v, want %v", got.Deadline, l.Deadline)
		}
	})
}

// The deadline that was extended outlives the lock store.
func TestAnExtensionIsRebuiltFromTheLog(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.extend(mauricio, hourMore)
		s.passes(time.Second)
		want := s.held("S-000")
		s.locks.Wipe()
		s.sweep()
		if got := s.held("S-000"); got.Fence != want.Fence || !got.Deadline.Equal(want.Deadline.Truncate(time.Second)) {
			t.Errorf("rebuilt as %+v, want %+v", got, want)
		}
	})
}

func TestExpiryIsAnEventWithAGrace(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		lock := s.take(mauricio, "S-000")[0].Lock
		s.passes(61 * time.Minute)
		s.sweep()
		s.sweep()
		s.want("log", s.log(), "TOMAR:S-000 VENCER:S-000")
		s.want("row", s.row("S-000"), "|ARM parcial (vencido)")
		s.want("lock", s.lock("S-000"), "93 expired")
		if news := s.news(); news.To.ID != 93 || news.Intent.Kind != occupation.Expire || news.Err != nil || !news.Intent.Deadline.Equal(lock.Deadline) {
			t.Errorf("news = %+v, want the expiry for 93", news)
		}
		r := s.take(juana, "S-000")[0]
		s.refused("another within the grace", r.Err, occupation.SpoolOccupied, occupation.InGrace)
		if until := time.Now().Add(15 * time.Minute); r.Err.Holder.ID != 93 || r.Err.Until.After(until) || r.Err.Until.Before(until.Add(-time.Minute)) {
			t.Errorf("refusal %+v, want that it is kept for 93 until about %v", r.Err, until)
		}
		held, err := s.HeldBy(s.t.Context(), 93)
		if err != nil || len(held) != 1 || held[0].Held() {
			t.Errorf("after its expiry 93 has %v, %v; want it kept, and not held", held, err)
		}
		s.done("the work was done", s.complete(mauricio, "S-000").Err)
		s.want("row", s.row("S-000"), "|ARM completado")
		s.want("lock", s.lock("S-000"), "")
	})
}

func TestAfterTheGraceItIsOver(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.passes(61 * time.Minute)
		s.sweep()
		s.passes(16 * time.Minute)
		late := s.pause(mauricio, "S-000").Err
		s.refused("pause, nobody has it", late, occupation.LockExpired, "")
		if late.Holder.ID != 0 || late.Expired.IsZero() {
			t.Errorf("refusal %+v, want that nobody has it", late)
		}
		s.sweep()
		s.want("lock", s.lock("S-000"), "")
		s.done("take", s.take(juana, "S-000")[0].Err)
		late = s.pause(mauricio, "S-000").Err
		s.refused("pause, another has it", late, occupation.LockExpired, "")
		if late.Holder.ID != 7 || late.Until.IsZero() {
			t.Errorf("refusal %+v does not say who has it now", late)
		}
		s.want("log", s.log(), "TOMAR:S-000 VENCER:S-000 TOMAR:S-000")
	})
}

// "+1 h" that is tapped a moment too late means the same.
func TestExtendAfterTheExpiryTakesBack(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		old := s.take(mauricio, "S-000")[0].Lock
		s.passes(61 * time.Minute)
		s.sweep()
		r := s.extend(mauricio, hourMore, occupation.Target{Tag: "S-000", Fence: old.Fence, Deadline: old.Deadline})[0]
		if r.Err != nil || r.Kind != occupation.Take || r.Lock.Fence <= old.Fence {
			t.Fatalf("extended after the expiry: %+v, want it taken back", r)
		}
		s.want("row", s.row("S-000"), "MR(93)|ARM en progreso")
		s.want("log", s.log(), "TOMAR:S-000 VENCER:S-000 TOMAR:S-000")
	})
}

// Nobody loses a piece by an expiry while the sheet does not take it.
func TestAnExpiryThatCannotBeWrittenStaysHeld(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.passes(61 * time.Minute)
		protected := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected}
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Err: protected, Bad: []int{0}}})
		if _, err := s.Sweep(s.t.Context()); err == nil {
			t.Error("the sweep says nothing of it")
		}
		s.want("lock", s.lock("S-000"), "93 held")
		s.refused("another", s.take(juana, "S-000")[0].Err, occupation.SpoolOccupied, "")
		s.sweep()
		s.want("lock", s.lock("S-000"), "93 expired")
		s.want("log", s.log(), "TOMAR:S-000 VENCER:S-000")
	})
}

func TestWarningsComeOnceAndTogether(t *testing.T) {
	inShop(t, 4, func(s *shop) {
		s.take(mauricio, "S-000")
		s.passes(time.Minute)
		s.take(mauricio, "S-001")
		s.take(juana, "S-002")
		s.passes(43 * time.Minute)
		got := func() string {
			var out []string
			for _, w := range s.sweep().Warnings {
				out = append(out, w.Lock.Tag+"/"+w.Before.String())
			}
			return strings.Join(out, " ")
		}
		s.want("too early", got(), "")
		s.passes(90 * time.Second)
		s.want("at a quarter", got(), "S-000/15m0s S-001/15m0s")
		s.want("again", got(), "")
		s.passes(time.Minute)
		s.want("another worker's", got(), "S-002/15m0s")
		s.extend(mauricio, hourMore, occupation.Target{Tag: "S-000"})
		s.passes(9*time.Minute + 30*time.Second)
		s.want("at five", got(), "S-001/5m0s S-002/5m0s")
		s.passes(time.Hour - 9*time.Minute)
		s.want("the extended one, anew", got(), "S-000/15m0s")
	})
}

func TestTransfer(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		old := s.take(mauricio, "S-000")[0].Lock
		ctx := s.t.Context()
		offer, _, err := s.OfferTransfer(ctx, s.request(mauricio), occupation.Target{Tag: "S-000", Fence: old.Fence}, 7, "")
		if err != nil {
			t.Fatal(err)
		}
		s.want("lock while it is offered", s.lock("S-000"), "93 held")
		if _, _, err := s.AcceptTransfer(ctx, s.request(mauricio), offer.ID); occupation.CodeOf(err) != occupation.InvalidInput {
			t.Errorf("the giver accepts: %v", err)
		}
		offer, _, err = s.OfferTransfer(ctx, s.request(mauricio), occupation.Target{Tag: "S-000"}, 7, "")
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := s.AcceptTransfer(ctx, s.request(juana), offer.ID)
		if err != nil || r.Err != nil || r.Lock.Holder.ID != 7 || r.Lock.Fence <= old.Fence {
			t.Fatalf("accepted: %+v, %v", r, err)
		}
		s.want("row", s.row("S-000"), "JP(7)|ARM en progreso")
		s.want("lock", s.lock("S-000"), "7 held")
		s.want("log", s.log(), "TOMAR:S-000 TRASPASAR:S-000")
		if news := s.news(); news.To.ID != 93 || news.Intent.Kind != occupation.Transfer || news.Intent.Worker.ID != 7 {
			t.Errorf("news = %+v, want the transfer for 93", news)
		}
		s.refused("pause of the giver", s.pause(mauricio, "S-000").Err, occupation.NotOwner, "")
		if _, _, err := s.AcceptTransfer(ctx, s.request(juana), offer.ID); occupation.CodeOf(err) != occupation.InvalidInput {
			t.Errorf("accepted twice: %v", err)
		}
	})
}

func TestTransferRules(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.take(mauricio, "S-000")
		for name, c := range map[string]struct {
			by     occupation.Worker
			tag    string
			to     int
			reason string
			code   occupation.Code
			why    occupation.Reason
		}{
			"to a welder":                   {mauricio, "S-000", 12, "", occupation.RoleNotAllowed, occupation.ReceiverRole},
			"to nobody":                     {mauricio, "S-000", 4711, "", occupation.WorkerUnknown, occupation.Unlinked},
			"to oneself":                    {mauricio, "S-000", 93, "", occupation.InvalidInput, occupation.NoReceiver},
			"what another holds":            {juana, "S-000", 7, "", occupation.NotOwner, ""},
			"what nobody holds":             {mauricio, "S-001", 7, "", occupation.NotOwner, occupation.NobodyHolds},
			"a supervisor without a reason": {jefa, "S-000", 7, "  ", occupation.InvalidInput, occupation.NoReason},
		} {
			_, _, err := s.OfferTransfer(s.t.Context(), s.request(c.by), occupation.Target{Tag: c.tag}, c.to, c.reason)
			s.refused(name, asCoded(err), c.code, c.why)
		}
		_, _, err := s.OfferTransfer(s.t.Context(), s.request(mauricio), occupation.Target{Tag: "S-000", Fence: s.held("S-000").Fence + 1}, 7, "")
		s.refused("an old button", asCoded(err), occupation.NotOwner, occupation.HeldAnew)
		offer, _, err := s.OfferTransfer(s.t.Context(), s.request(jefa), occupation.Target{Tag: "S-000"}, 7, " cambio  de\nturno ")
		if err != nil || offer.By.ID != 1 || offer.Reason != "cambio de turno" || offer.From.ID != 93 {
			t.Fatalf("a supervisor's offer: %+v, %v", offer, err)
		}
		// The spool has gone on: who accepts late gets nothing.
		s.done("pause", s.pause(mauricio, "S-000").Err)
		r, _, err := s.AcceptTransfer(s.t.Context(), s.request(juana), offer.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.refused("accepted too late", r.Err, occupation.NotOwner, occupation.NobodyHolds)
		s.want("lock", s.lock("S-000"), "")
	})
}

func asCoded(err error) *occupation.Error {
	e, _ := err.(*occupation.Error) //nolint:errorlint // the service gives it as it is
	return e
}

// An offer that nobody answers changes nothing, and both hear of it.
func TestAnOfferWithoutAnAnswerIsOver(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		offer, _, err := s.OfferTransfer(s.t.Context(), s.request(mauricio), occupation.Target{Tag: "S-000"}, 7, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.sweep().Unanswered; len(got) > 0 {
			t.Errorf("over at once: %v", got)
		}
		s.passes(occupation.OfferLasts + time.Second)
		if _, _, err := s.AcceptTransfer(s.t.Context(), s.request(juana), offer.ID); occupation.CodeOf(err) != occupation.InvalidInput {
			t.Errorf("accepted too late: %v", err)
		}
		if got := s.sweep().Unanswered; len(got) != 1 || got[0].ID != offer.ID {
			t.Errorf("unanswered: %v, want %s", got, offer.ID)
		}
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

func TestRelease(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		lock := s.take(mauricio, "S-000")[0].Lock
		ctx := s.t.Context()
		_, err := s.Release(ctx, s.request(juana), occupation.Target{Tag: "S-000"}, "porque sí")
		s.refused("by a worker", asCoded(err), occupation.RoleNotAllowed, occupation.NotSupervisor)
		_, err = s.Release(ctx, s.request(jefa), occupation.Target{Tag: "S-000"}, " ")
		s.refused("without a reason", asCoded(err), occupation.InvalidInput, occupation.NoReason)
		r, err := s.Release(ctx, s.request(jefa), occupation.Target{Tag: "S-000", Fence: lock.Fence + 1}, "x")
		if err != nil {
			t.Fatal(err)
		}
		s.refused("an old button", r.Err, occupation.NotOwner, occupation.HeldAnew)
		r, err = s.Release(ctx, s.request(jefa), occupation.Target{Tag: "S-000", Fence: lock.Fence}, strings.Repeat("se fue ", 60))
		if err != nil || r.Err != nil || r.Lock.Holder.ID != 93 {
			t.Fatalf("released: %+v, %v", r, err)
		}
		s.want("row", s.row("S-000"), "|ARM parcial (liberado)")
		s.want("lock", s.lock("S-000"), "")
		s.want("log", s.log(), "TOMAR:S-000 LIBERAR:S-000")
		if news := s.news(); news.To.ID != 93 || !strings.HasPrefix(news.Intent.Reason, "se fue") || len([]rune(news.Intent.Reason)) > occupation.MaxReason || news.Intent.Worker.ID != 1 {
			t.Errorf("news = %+v, want the release for 93, who and why", news)
		}
		if rows := s.records.Audit(); !strings.Contains(rows[1].JSON, "se fue") || rows[1].WorkerID != 1 {
			t.Errorf("logged as %+v", rows[1])
		}
		s.refused("pause of the former holder", s.pause(mauricio, "S-000").Err, occupation.NotOwner, occupation.NobodyHolds)
		r, err = s.Release(ctx, s.request(jefa), occupation.Target{Tag: "S-000"}, "otra vez")
		if err != nil {
			t.Fatal(err)
		}
		s.refused("what is free", r.Err, occupation.NotOwner, occupation.NobodyHolds)
	})
}

func TestTheFirstWhoWaitsHasAHeadStart(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		ctx := s.t.Context()
		for i, w := range []occupation.Worker{juana, pedro} {
			place, st, err := s.WaitFor(ctx, s.request(w), "s-000")
			if err != nil || place != i+1 || st.Lock.Holder.ID != 93 {
				t.Fatalf("waiting: place %d, %+v, %v", place, st, err)
			}
		}
		s.done("pause", s.pause(mauricio, "S-000").Err)
		r := s.take(mauricio, "S-000")[0]
		s.refused("another within the head start", r.Err, occupation.SpoolOccupied, occupation.WaitListFirst)
		turns := s.sweep().Turns
		if len(turns) != 1 || turns[0].Worker != 7 || !turns[0].First || !turns[0].Until.Equal(r.Err.Until) {
			t.Fatalf("turns %+v, want that of 7 until %v", turns, r.Err.Until)
		}
		if again := s.sweep().Turns; len(again) > 0 {
			t.Errorf("told again: %+v", again)
		}
		s.passes(occupation.HeadStart + time.Second)
		if turns = s.sweep().Turns; len(turns) != 1 || turns[0].Worker != 12 || turns[0].First {
			t.Errorf("turns %+v, want that of 12 without a head start", turns)
		}
		s.done("now anybody", s.take(juana, "S-000")[0].Err)
		s.done("pause", s.pause(juana, "S-000").Err)
		if turns = s.sweep().Turns; len(turns) != 1 || turns[0].Worker != 12 || !turns[0].First {
			t.Errorf("turns %+v: who has taken it has left, the next is first", turns)
		}
		if err := s.StopWaiting(ctx, 12, "S-000"); err != nil {
			t.Fatal(err)
		}
		s.done("nobody waits any more", s.take(mauricio, "S-000")[0].Err)
	})
}

// After an expiry the wait list is served when the grace is over.
func TestTheWaitListIsServedAfterTheGrace(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		if _, _, err := s.WaitFor(s.t.Context(), s.request(juana), "S-000"); err != nil {
			t.Fatal(err)
		}
		s.passes(61 * time.Minute)
		if turns := s.sweep().Turns; len(turns) > 0 {
			t.Errorf("served within the grace: %+v", turns)
		}
		s.passes(16 * time.Minute)
		if turns := s.sweep().Turns; len(turns) != 1 || turns[0].Worker != 7 {
			t.Errorf("turns %+v, want that of 7", turns)
		}
	})
}

// Whoever could not be told is told later, by any replica.
func TestNewsThatNobodyHasToldAreToldAgain(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.passes(61 * time.Minute)
		s.sweep()
		first := s.news()
		s.passes(2 * time.Minute)
		s.sweep()
		synctest.Wait()
		if n := len(s.notices.All()); n != 1 {
			t.Errorf("%d notices while the first may still be on its way", n)
		}
		s.passes(3 * time.Minute)
		s.sweep()
		if again := s.news(); again.Intent.Event != first.Intent.Event || again.To.ID != 93 {
			t.Errorf("told again %+v, want %+v", again, first)
		}
		if err := s.Told(s.t.Context(), first.Intent.Event); err != nil {
			t.Fatal(err)
		}
		s.passes(10 * time.Minute)
		s.sweep()
		synctest.Wait()
		if n := len(s.notices.All()); n != 2 {
			t.Errorf("%d notices, want no more after it was told", n)
		}
	})
}

func (s *shop) reconcile() string {
	s.t.Helper()
	found, err := s.Reconcile(s.t.Context())
	if err != nil {
		s.t.Fatalf("Reconcile: %v", err)
	}
	var out []string
	for _, f := range found {
		out = append(out, string(f.Kind)+":"+f.Tag())
	}
	return strings.Join(out, " ")
}

func TestReconcile(t *testing.T) {
	inShop(t, 8, func(s *shop) {
		s.take(mauricio, "S-000", "S-001", "S-002", "S-003")
		s.want("all the same", s.reconcile(), "")
		now := time.Now()
		edit := func(tag string, f func(*occupation.Spool)) { s.records.Edit(tag, f) }
		edit("S-000", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID = "", 0 })
		edit("S-001", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID = "JP(7)", 7 })
		edit("S-002", func(sp *occupation.Spool) { sp.Tag = "S-OTRO" })
		edit("S-004", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID, sp.Since = "JP(7)", 7, now.Add(-10*time.Minute) })
		edit("S-005", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID, sp.Since = "JP(7)", 7, now.Add(-3*time.Hour) })
		edit("S-006", func(sp *occupation.Spool) { sp.HeldBy = "don José" })
		dry, err := s.Compare(s.t.Context())
		if err != nil || len(dry) != 7 || s.lock("S-000") != "93 held" {
			t.Errorf("compared: %d findings, %v; want 7, and nothing changed", len(dry), err)
		}
		s.want("findings", s.reconcile(), "row_cleared:S-000 row_overwritten:S-001 row_gone:S-002 no_lock:S-004 overdue:S-005 by_hand:S-006 no_lock:S-OTRO")
		for tag, want := range map[string]string{"S-OTRO": "93 held", "S-000": "", "S-001": "7 held", "S-002": "", "S-003": "93 held", "S-004": "7 held", "S-005": "7 held"} {
			s.want("lock of "+tag, s.lock(tag), want)
		}
		if got := s.held("S-004"); !got.Deadline.Equal(now.Add(50 * time.Minute).Truncate(time.Millisecond)) {
			t.Errorf("S-004 until %v, want the time that is left of an hour", got.Deadline)
		}
		told := map[string]bool{}
		for range 3 {
			n := s.news()
			told[n.Intent.Tag] = n.To.ID == 93 && n.Intent.BySheet && n.Err == nil
		}
		if !told["S-000"] || !told["S-001"] || !told["S-002"] {
			t.Errorf("told of %v, want 93 of the three that are lost", told)
		}
		s.want("row by hand", s.row("S-001"), "JP(7)|ARM en progreso")
		s.sweep()
		s.want("the overdue one", s.row("S-005"), "|ARM parcial (vencido)")
		s.want("again", s.reconcile(), "by_hand:S-006")
	})
}

// What lasts no longer than a read may lag behind a write is no difference.
func TestReconcileWaitsForReadsThatLag(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.take(mauricio, "S-000")
		s.records.Edit("S-000", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID = "", 0 })
		go func() {
			s.passes(20 * time.Second)
			s.records.Edit("S-000", func(sp *occupation.Spool) { sp.HeldBy, sp.HolderID = "MR(93)", 93 })
		}()
		s.want("findings", s.reconcile(), "")
		s.want("lock", s.lock("S-000"), "93 held")
	})
}

// A wipe in the middle of a shift: one sweep brings all back.
func TestAWipeIsOverAfterOneSweep(t *testing.T) {
	inShop(t, 3, func(s *shop) {
		s.take(mauricio, "S-000", "S-001")
		s.take(juana, "S-002")
		before := s.held("S-001")
		s.locks.Wipe()
		s.sweep()
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("lock", s.lock("S-002"), "7 held")
		if got := s.held("S-001"); !got.Deadline.Equal(before.Deadline.Truncate(time.Second)) || got.Fence != before.Fence {
			t.Errorf("rebuilt as %+v, want %+v", got, before)
		}
	})
}
