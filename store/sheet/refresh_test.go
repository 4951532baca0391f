package sheet_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

func TestRefreshWhileIdleAndBusy(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{Latency: 250 * time.Millisecond}, shopBook(), sheet.Options{})
		stopped := make(chan error)
		ctx, stop := contextOf(t)
		go func() { stopped <- s.Sheet.Run(ctx) }()
		passes(5 * time.Minute)
		began := time.Now()
		passes(10 * time.Minute)
		if n := s.calls("read", began); n > 40 || n < 20 {
			t.Errorf("%d reads in ten idle minutes, want 20 to 40", n)
		}
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Operaciones!J2", Value: "PS(57)"})
		s.Touch()
		began = time.Now()
		passes(time.Second)
		if book, err := s.Book(t.Context(), time.Minute); err != nil || book.Spools[0].HolderID != 57 {
			t.Errorf("a second after a touch: %+v, %v", book, err)
		}
		passes(time.Minute)
		if n := s.calls("read", began); n < 12 || n > 15 {
			t.Errorf("%d reads in a busy minute, want 12 to 15", n)
		}
		began = time.Now()
		s.sim.Fail(sheetsim.Fault{Op: "read", Times: -1, Status: 503})
		passes(10 * time.Minute)
		if n := s.calls("read", began); n > 10*42 {
			t.Errorf("%d reads in ten minutes of bad weather", n)
		}
		s.sim.ClearFaults()
		stop()
		if err := <-stopped; err != nil {
			t.Errorf("Run: %v", err)
		}
		synctest.Wait()
	})
}

// Many people at once are one busy shop: what was read a moment ago is not read
// again for each of them.
func TestTouchesOfOneMomentAreOneRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		passes(time.Minute)
		began := time.Now()
		for range 18 {
			s.Touch()
			passes(100 * time.Millisecond)
		}
		if n := s.calls("read", began); n != 1 {
			t.Errorf("18 touches within two seconds made %d reads, want 1", n)
		}
	})
}

// A write is planned on a read of the last five seconds.
func TestAPlanIsMadeOfAFreshRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		for age, want := range map[time.Duration]int{4 * time.Second: 0, 6 * time.Second: 1} {
			if _, err := s.Book(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			passes(age)
			began := time.Now()
			s.prepare("c1", 71, change(occupation.Take, "e1", "A-1", 1))
			if n := s.calls("read", began); n != want {
				t.Errorf("a plan after %v took %d reads, want %d", age, n, want)
			}
		}
	})
}

func TestABatchOfFiftyIsOneWriteAndNoRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{Latency: 250 * time.Millisecond}, sheetsim.Sample(1, morning), sheet.Options{})
		book, err := s.Book(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var changes []occupation.Change
		for _, sp := range book.Spools[100:150] {
			changes = append(changes, change(occupation.Take, "e-"+sp.Tag, sp.Tag, int64(len(changes)+1)))
		}
		began := time.Now()
		s.land(s.prepare("c1", 71, changes...))
		if w, r := s.calls("write", began), s.calls("read", began); w != 1 || r != 0 {
			t.Errorf("%d writes and %d reads, want 1 and 0", w, r)
		}
		if took := time.Since(began); took > 260*time.Millisecond {
			t.Errorf("took %v, want one round trip", took)
		}
		t.Logf("50 takes are %d bytes of plan and %d of request", len(s.prepare("c2", 72, changes...).Plan), len(s.line.sent()[2]))
	})
}
