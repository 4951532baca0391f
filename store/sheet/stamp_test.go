package sheet_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

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
				passes(170 * time.Second)
				if landed {
					arrive()
				}
				passes(31 * time.Second)
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
		passes(11 * time.Minute)
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

// A commit may be sent again for minutes, and so long its stamp stays.
func TestYoungStampsStay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		first := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
		s.land(first)
		passes(9 * time.Minute)
		s.land(s.prepare("c2", 72, change(occupation.Take, "e2", "A-2", 2)))
		s.land(s.prepare("c3", 73, change(occupation.Take, "e3", "A-3", 3)))
		s.land(first)
		if got := s.audit(); !slices.Equal(got, []string{"e1", "e2", "e3"}) {
			t.Errorf("audit rows %q, want each once", got)
		}
	})
}

func TestALandedCommitIsFoundWithoutItsStamp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
		s.land(c)
		passes(11 * time.Minute)
		s.land(s.prepare("c2", 72, change(occupation.Take, "e2", "A-2", 2)))
		s.land(s.prepare("c3", 73, change(occupation.Take, "e3", "A-3", 3)))
		passes(11 * time.Minute)
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

// Without the guard a commit lands while it is looked for, at any moment of that: its
// rows in the log are there as soon as its cells are, and are not owed.
func TestACommitThatLandsWhileItIsLookedFor(t *testing.T) {
	for late := 100 * time.Millisecond; late < 2*time.Second; late += 100 * time.Millisecond {
		t.Run(late.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := unopened(t, sheetsim.Options{Latency: 250 * time.Millisecond}, shopBook(), sheet.Options{})
				s.sim.Fail(sheetsim.Fault{NoStampGuard: true})
				if _, err := s.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
				c := s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
				c.Sent = time.Now()
				s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutLate, LateBy: late})
				_, err := s.Commit(t.Context(), c)
				as[*occupation.Unknown](t, err)
				for {
					landed, receipt, err := s.Resolve(t.Context(), c)
					if err != nil {
						<-time.After(100 * time.Millisecond)
						continue
					}
					if !landed || len(receipt.Owed) > 0 || len(s.audit()) != 1 {
						t.Errorf("landed %v, owed %v, in the log %q", landed, receipt.Owed, s.audit())
					}
					return
				}
			})
		})
	}
}
