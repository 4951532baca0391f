package bot_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// diary is a Diary that the bot of the story shares with another replica.
type diary struct {
	mu     sync.Mutex
	leader string
	until  time.Time // end of the leader's lease
	done   map[string]time.Time
}

func (d *diary) Lead(_ context.Context, _, replica string, ttl time.Duration) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if d.leader != replica && now.Before(d.until) {
		return false, nil
	}
	d.leader, d.until = replica, now.Add(ttl)
	return ttl > 0, nil
}

func (d *diary) Advance(_ context.Context, job string, upTo time.Time) (time.Time, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	last := d.done[job]
	if !upTo.After(last) {
		return last, false, nil
	}
	d.done[job] = upTo
	return last, true, nil
}

func (d *diary) Done(_ context.Context, job string) (time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done[job], nil
}

// inSharedShop is inShop with a diary in which the other replica has written first.
// At its end the other one can lead at once.
func inSharedShop(t *testing.T, other func(*diary) error, story func(*shop)) {
	t.Helper()
	d := &diary{done: map[string]time.Time{}}
	inShop(t, func(s *shop) {
		story(s)
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if leads, err := d.Lead(t.Context(), "jobs", "b", time.Minute); err != nil || !leads {
			t.Errorf("the other replica leads %v, %v: the lease was not given up", leads, err)
		}
	}, func(_ *slacksim.Options, o *bot.Options, _ *slowRecords) {
		if err := other(d); err != nil {
			t.Fatal(err)
		}
		o.Diary, o.Replica = d, "a"
	})
}

// expiresAfterAnHourAndAHalf takes a spool for an hour, and wants that its expiry is
// left to the other replica for half an hour.
func (s *shop) expiresAfterAnHourAndAHalf() {
	s.t.Helper()
	s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
	s.passes(80 * time.Minute)
	if got, want := s.row(tag(1)), "MR(93)|ARM en progreso"; got != want {
		s.t.Errorf("row %q, want %q: it is another's job", got, want)
	}
	s.passes(20 * time.Minute)
	if got, want := s.row(tag(1)), "|ARM parcial (vencido)"; got != want {
		s.t.Errorf("row %q, want %q", got, want)
	}
}

func TestJobsAreDoneByWhoLeads(t *testing.T) {
	inSharedShop(t, func(d *diary) error {
		_, err := d.Lead(t.Context(), "jobs", "b", 90*time.Minute)
		return err
	}, (*shop).expiresAfterAnHourAndAHalf)
}

// A leader that was frozen and wakes up late finds that another has done its jobs.
func TestAJobThatIsDoneIsNotDoneAgain(t *testing.T) {
	inSharedShop(t, func(d *diary) error {
		_, _, err := d.Advance(t.Context(), "sweep", time.Now().Add(90*time.Minute))
		return err
	}, (*shop).expiresAfterAnHourAndAHalf)
}

// Every replica looks every few seconds whether a job is due; it is done at its times.
func TestJobsAreDoneAtTheirTimes(t *testing.T) {
	inSharedShop(t, func(*diary) error { return nil }, func(s *shop) {
		s.passes(time.Hour)
		if n := s.locks.Calls("Due"); n < 179 || n > 181 {
			t.Errorf("%d sweeps in an hour, want one every 20 s", n)
		}
		if n := s.records.Calls("Book"); n > 10 {
			t.Errorf("%d reads in an hour without people, want those of a reconcile every ten minutes", n)
		}
	})
}

// Slack takes nothing for so long that the bot gives up: whoever has lost a spool
// meanwhile hears of it when Slack is back.
func TestNewsThatSlackDoesNotTakeAreToldLater(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.Fail(slacksim.Fault{Method: "chat.postMessage", Status: 500, Times: -1})
		s.passes(64 * time.Minute)
		s.ClearFaults()
		s.passes(2 * time.Minute)
		s.sees(s.mauricio, s.mauricio.DM(), tag(1), "venció a las 22:00")
		s.passes(10 * time.Minute)
		if n := len(s.mauricio.Messages(s.mauricio.DM())); n != 1 {
			t.Errorf("%d direct messages of one expiry", n)
		}
	})
}
