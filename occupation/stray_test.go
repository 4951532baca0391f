package occupation_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/occupationtest"
)

// These tests are of what the simulation has found: calls that are carried out
// after they were given up, and processes that stand still in the middle of one.

// stray is a lock store one of whose calls is not answered, and carried out later.
type stray struct {
	*occupationtest.Locks
	method string
	after  time.Duration
}

// strays reports whether this call is the one.
func (l *stray) strays(method string, call func()) bool {
	if l.method != method {
		return false
	}
	l.method = ""
	go func() {
		<-time.After(l.after)
		call()
	}()
	return true
}

func (l *stray) Intend(ctx context.Context, replica string, intents []occupation.Intent) ([]occupation.Outcome, error) {
	if l.strays("Intend", func() { _, _ = l.Locks.Intend(context.Background(), replica, intents) }) {
		return nil, errLine
	}
	return l.Locks.Intend(ctx, replica, intents)
}

func (l *stray) Bind(ctx context.Context, replica string, c occupation.Commit) (occupation.Bound, error) {
	if l.strays("Bind", func() { _, _ = l.Locks.Bind(context.Background(), replica, c) }) {
		return occupation.Bound{}, errLine
	}
	return l.Locks.Bind(ctx, replica, c)
}

func TestAnIntentThatIsRecordedLateIsPutBack(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.openOn("b", &stray{s.locks, "Intend", time.Second}, s.records)
		_, err := s.Take(s.t.Context(), s.request(mauricio), "", []string{"S-000"})
		s.refused("take", asCoded(err), occupation.LocksUnavailable, occupation.NothingDone)
		s.passes(2 * time.Second)
		s.want("lock while nobody has looked", s.lock("S-000"), "93 pending")
		s.passes(20 * time.Second)
		s.want("lock", s.lock("S-000"), "")
		if news := s.news(); !news.Quiet || news.Err == nil || news.Intent.Kind != occupation.Take {
			t.Errorf("news = %+v, want a quiet one that nothing was done", news)
		}
		s.done("take by another", s.take(juana, "S-000")[0].Err)
	})
}

// A binding that comes late binds nothing that is carried under another commit.
func TestABindingThatComesLateKeepsNothing(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.stop()
		s.openOn("b", &stray{s.locks, "Bind", time.Second / 2}, &slowRecords{s.records, time.Second})
		for _, r := range s.take(mauricio, "S-000", "S-001") {
			s.refused("take", r.Err, occupation.LocksUnavailable, occupation.NothingDone)
		}
		for _, r := range s.take(juana, "S-000", "S-001") {
			s.done("take by another", r.Err)
		}
		s.want("lock", s.lock("S-000"), "7 held")
	})
}

// The row of an extension is owed: it stays remembered when its commit is given up,
// and a binding that comes late would keep it from everybody.
func TestABindingThatComesLateKeepsNoOwedRow(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.stop()
		s.openOn("b", &stray{s.locks, "Bind", time.Second}, s.records)
		s.done("extend", s.extend(mauricio, hourMore)[0].Err)
		s.passes(time.Minute)
		s.want("log", s.log(), "TOMAR:S-000 EXTENDER:S-000")
	})
}

// A first sending whose outcome is open may land when a second one was refused.
func TestARefusalAfterALostAnswerIsNotForCertain(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		protected := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected}
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Unknown{Err: errLine, Again: true}, Late: true})
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{Err: protected, Bad: []int{0}}})
		if err := s.take(mauricio, "S-000")[0].Err; err == nil {
			t.Error("a take that was refused is done")
		}
		if n := s.records.LandLate(); n > 0 {
			t.Errorf("%d commits landed that were given up", n)
		}
		s.want("row", s.row("S-000"), "|")
	})
}

// Another stamp is another commit: recovery asks for the one that was bound.
func TestRecoveryKnowsTheStampThatWasUsed(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.records.Fail("Commit", occupationtest.RecordFault{Err: &occupation.Refused{StampTaken: true}})
		for range 40 {
			s.locks.Fail("Settle", errLine, false)
		}
		s.refused("pause", s.pause(mauricio, "S-000").Err, occupation.SheetUnavailable, occupation.BeingChecked)
		s.stop()
		for {
			if _, err := s.locks.Settle(s.t.Context(), "none", nil, nil); err == nil {
				break
			}
		}
		s.open("b", s.records)
		s.passes(time.Minute)
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000")
		s.want("lock", s.lock("S-000"), "")
	})
}

// asleep is a lock store from one call of which on the process stands still, its
// heartbeat included.
type asleep struct {
	*occupationtest.Locks
	method string
	until  chan struct{}
	once   sync.Once
	sleeps chan struct{} // closed when it begins
}

func newAsleep(l *occupationtest.Locks, method string) *asleep {
	return &asleep{Locks: l, method: method, until: make(chan struct{}), sleeps: make(chan struct{})}
}

func (l *asleep) call(method string) {
	if l.method == method {
		l.once.Do(func() { close(l.sleeps) })
	}
	select {
	case <-l.sleeps:
		<-l.until
	default:
	}
}

func (l *asleep) Beat(ctx context.Context, replica string, ttl time.Duration) error {
	l.call("Beat")
	return l.Locks.Beat(ctx, replica, ttl)
}

func (l *asleep) Claim(ctx context.Context, replica string, carries []string) ([]occupation.Unfinished, error) {
	l.call("Claim")
	return l.Locks.Claim(ctx, replica, carries)
}

func (l *asleep) Bind(ctx context.Context, replica string, c occupation.Commit) (occupation.Bound, error) {
	l.call("Bind")
	return l.Locks.Bind(ctx, replica, c)
}

func (l *asleep) Settle(ctx context.Context, commit string, events, owed []string) ([]string, error) {
	l.call("Settle")
	return l.Locks.Settle(ctx, commit, events, owed)
}

// A process stands still before it binds a pause; another one carries it out. The
// first wakes up, cannot bind any more, and does not say that nothing was done.
func TestWhoWakesUpDoesNotSayThatNothingWasDone(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.take(mauricio, "S-000")
		s.stop()
		locks := newAsleep(s.locks, "Bind")
		s.openOn("b", locks, s.records)
		stop := s.stop
		s.refused("pause", s.pause(mauricio, "S-000").Err, occupation.SheetUnavailable, occupation.BeingChecked)
		s.passes(afterDeath)
		s.open("c", s.records)
		s.passes(time.Second)
		s.want("log", s.log(), "TOMAR:S-000 PAUSAR:S-000")
		close(locks.until)
		s.passes(time.Second)
		stop()
		for _, n := range s.notices.All() {
			if n.Err != nil {
				t.Errorf("told %+v of what is done", n)
			}
		}
	})
}

// A process stands still before it settles a take. When it wakes up, another one
// has settled it, it has ended, and the lock store has forgotten everything.
func TestWhatHasEndedMeanwhileIsNotRegained(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		locks := newAsleep(s.locks, "Settle")
		s.openOn("b", locks, s.records)
		stop := s.stop
		s.refused("take", s.take(mauricio, "S-000")[0].Err, occupation.SheetUnavailable, occupation.BeingChecked)
		s.passes(afterDeath)
		s.open("c", s.records)
		s.passes(time.Second)
		s.done("pause", s.pause(mauricio, "S-000").Err)
		s.locks.Wipe()
		s.sweep()
		close(locks.until)
		s.passes(time.Second)
		stop()
		s.want("lock", s.lock("S-000"), "")
	})
}

// An earlier change of the spool is in hand elsewhere for longer than anybody waits:
// what another wanted was not begun.
func TestAReleaseThatWaitsInVainWasNotBegun(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.dies(occupation.Take, false, false)
		r, err := s.Release(s.t.Context(), s.request(jefa), occupation.Target{Tag: "S-000"}, "se fue")
		if err != nil {
			t.Fatal(err)
		}
		s.refused("release", r.Err, occupation.SheetUnavailable, occupation.NothingDone)
		s.passes(2 * afterDeath)
	})
}

// The same request reaches another replica when it is carried out, and only its row
// is still owed.
func TestSameRequestTwiceWhileItsRowIsOwed(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Owed: true})
		r := s.request(mauricio)
		r.Key = "envelope-1"
		for i, replica := range []string{"b", "c"} {
			stop := s.stop
			s.open(replica, s.records)
			out, err := s.Take(s.t.Context(), r, "", []string{"S-000"})
			if err != nil || out[0].Err != nil || out[0].Already != (i > 0) {
				t.Errorf("delivery %d: %+v, %v", i, out, err)
			}
			stop()
		}
		s.passes(time.Minute)
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// One of the spools of a request cannot be looked at: the others are done all the
// same, and whoever asked hears so.
func TestWhatFailsForOneSpoolFailsForItAlone(t *testing.T) {
	inShop(t, 2, func(s *shop) {
		s.take(mauricio, "S-000")
		s.records.Fail("Book", occupationtest.RecordFault{})
		s.records.Fail("Book", occupationtest.RecordFault{Err: errLine})
		s.wantResults(s.pauseAll(mauricio, []string{"S-000", "S-001"}), []string{"S-000", "S-001"}, []occupation.Code{"", occupation.SheetUnavailable})

		s.take(mauricio, "S-000")
		s.passes(59 * time.Minute)
		s.take(mauricio, "S-001")
		s.passes(2 * time.Minute)
		s.sweep()
		s.records.Fail("Book", occupationtest.RecordFault{})
		s.records.Fail("Book", occupationtest.RecordFault{Err: errLine})
		out := s.extend(mauricio, hourMore, occupation.Target{Tag: "S-000"}, occupation.Target{Tag: "S-001"})
		if fmt.Sprint(out[0].Err != nil, out[1].Err != nil) != "true false" {
			t.Errorf("extended: %v, %v; want the second alone", out[0].Err, out[1].Err)
		}
		synctest.Wait()
	})
}

// A replica has died after it had bound an owed row, and who takes it over cannot
// deliver it at first either: it is let go, and delivered in the end.
func TestAnOwedRowThatTheDeadHadBoundIsDelivered(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.records.Fail("Commit", occupationtest.RecordFault{Owed: true})
		s.done("take", s.take(mauricio, "S-000")[0].Err)
		s.stop()
		ctx := s.t.Context()
		if err := s.locks.Beat(ctx, "dead", 15*time.Second); err != nil {
			t.Fatal(err)
		}
		left, err := s.locks.Claim(ctx, "dead", nil)
		if err != nil || len(left) != 1 {
			t.Fatalf("claimed %+v, %v; want the owed row", left, err)
		}
		commit := occupation.Commit{ID: "commit-of-the-dead", Stamp: 4711, Changes: left[0].Commit.Changes}
		if _, err := s.locks.Bind(ctx, "dead", commit); err != nil {
			t.Fatal(err)
		}
		s.passes(afterDeath)
		s.records.Fail("Prepare", occupationtest.RecordFault{Err: errLine})
		s.open("b", s.records)
		s.passes(time.Minute)
		s.want("log", s.log(), "TOMAR:S-000")
	})
}

// tardy is a lock store whose answers to Undo and Bind take their time.
type tardy struct {
	occupation.Locks
	undo, bind time.Duration
}

func (l tardy) Undo(ctx context.Context, commit string, events []string) error {
	<-time.After(l.undo)
	return l.Locks.Undo(ctx, commit, events)
}

func (l tardy) Bind(ctx context.Context, replica string, c occupation.Commit) (occupation.Bound, error) {
	<-time.After(l.bind)
	return l.Locks.Bind(ctx, replica, c)
}

// A request that came to nothing is asked again, while what the first may have left
// is being put back: that must not take away what the second is granted.
func TestWhatIsAskedAgainIsNotPutBackWithTheFirst(t *testing.T) {
	inShop(t, 1, func(s *shop) {
		s.stop()
		s.openOn("b", tardy{s.locks, time.Second, 2 * time.Second}, s.records)
		s.locks.Fail("Intend", errLine, false)
		r := s.request(mauricio)
		r.Key = "the same"
		_, err := s.Take(s.t.Context(), r, "", []string{"S-000"})
		s.refused("take", asCoded(err), occupation.LocksUnavailable, occupation.NothingDone)
		results, err := s.Take(s.t.Context(), r, "", []string{"S-000"})
		if err != nil || results[0].Err != nil {
			t.Fatalf("asked again: %+v, %v", results, err)
		}
		s.want("lock", s.lock("S-000"), "93 held")
		s.want("log", s.log(), "TOMAR:S-000")
	})
}
