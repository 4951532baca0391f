package occupation_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func hours(hour, minute int) time.Duration {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

func TestLastPeriod(t *testing.T) {
	const layout = "2006-01-02 15:04"
	days := []occupation.Shift{{Start: hours(7, 30), End: hours(12, 30)}, {Start: hours(13, 30), End: hours(18, 0)}}
	three := []occupation.Shift{{Start: hours(6, 0), End: hours(14, 0)}, {Start: hours(14, 0), End: hours(22, 0)}, {Start: hours(22, 0), End: hours(6, 0)}}
	nights := []occupation.Shift{{Start: hours(22, 0), End: hours(6, 0)}}
	late := []occupation.Shift{{Start: hours(16, 0), End: hours(23, 30)}}
	skipped := []occupation.Shift{{Start: hours(16, 0), End: hours(0, 30)}}
	over := []occupation.Shift{{Start: hours(8, 0), End: hours(18, 0)}, {Start: hours(13, 0), End: hours(18, 0)}}
	for _, c := range []struct {
		name            string
		kind            occupation.DigestKind
		shifts          []occupation.Shift
		now             string
		start, from, to string // empty = there is none
	}{
		{"the morning has ended", "shift", days, "2026-11-26 12:30", "2026-11-26 07:30", "2026-11-26 07:30", "2026-11-26 12:30"},
		{"and not yet", "shift", days, "2026-11-26 12:29", "2026-11-25 13:30", "2026-11-25 12:30", "2026-11-25 18:00"},
		{"lunch belongs to the afternoon", "shift", days, "2026-11-26 18:00", "2026-11-26 13:30", "2026-11-26 12:30", "2026-11-26 18:00"},
		{"after days of silence", "shift", days, "2026-11-29 07:00", "2026-11-28 13:30", "2026-11-28 12:30", "2026-11-28 18:00"},
		{"three shifts around the clock", "shift", three, "2026-11-26 06:10", "2026-11-25 22:00", "2026-11-25 22:00", "2026-11-26 06:00"},
		{"two that end together", "shift", over, "2026-11-26 19:00", "2026-11-26 08:00", "2026-11-26 08:00", "2026-11-26 18:00"},
		{"no shifts", "shift", nil, "2026-11-26 19:00", "", "", ""},
		{"the first begins", "morning", days, "2026-11-26 07:30", "2026-11-25 07:30", "2026-11-25 07:30", "2026-11-26 07:30"},
		{"before it", "morning", days, "2026-11-26 07:29", "2026-11-24 07:30", "2026-11-24 07:30", "2026-11-25 07:30"},
		{"the earliest of three", "morning", three, "2026-11-26 23:00", "2026-11-25 06:00", "2026-11-25 06:00", "2026-11-26 06:00"},
		{"nights have no morning", "morning", nights, "2026-11-26 23:00", "", "", ""},
		{"before an end that comes twice", "shift", late, "2026-04-04 23:29", "2026-04-03 16:00", "2026-04-03 16:00", "2026-04-03 23:30"},
		{"at an end that comes twice", "shift", late, "2026-04-04 23:30", "2026-04-04 16:00", "2026-04-04 16:00", "2026-04-04 23:30"},
		{"a night that is an hour longer", "shift", nights, "2026-04-05 06:00", "2026-04-04 22:00", "2026-04-04 22:00", "2026-04-05 06:00"},
		{"before an end that is skipped", "shift", skipped, "2026-09-06 01:29", "2026-09-04 16:00", "2026-09-04 16:00", "2026-09-05 00:30"},
		{"an end that is skipped", "shift", skipped, "2026-09-06 01:30", "2026-09-05 16:00", "2026-09-05 16:00", "2026-09-06 01:30"},
		{"the day after", "shift", skipped, "2026-09-07 00:30", "2026-09-06 16:00", "2026-09-06 16:00", "2026-09-07 00:30"},
		{"the morning after", "morning", days, "2026-09-06 07:30", "2026-09-05 07:30", "2026-09-05 07:30", "2026-09-06 07:30"},
	} {
		now, err := time.ParseInLocation(layout, c.now, santiago)
		if err != nil {
			t.Fatal(err)
		}
		p := occupation.LastPeriod(c.kind, c.shifts, now)
		shown := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.Format(layout)
		}
		if shown(p.Start) != c.start || shown(p.From) != c.from || shown(p.To) != c.to {
			t.Errorf("%s: at %s the last began %s (%s) and ended %s, want %s (%s), %s", c.name, c.now, shown(p.Start), shown(p.From), shown(p.To), c.start, c.from, c.to)
		}
	}
}

// The hour that comes twice is one end of a shift, the day that has no midnight is
// one day, and the week before is the same time of the clock.
func TestEveryShiftEndsOnceInAYear(t *testing.T) {
	shifts := []occupation.Shift{{Start: hours(7, 30), End: hours(16, 0)}, {Start: hours(16, 0), End: hours(23, 30)}, {Start: hours(23, 30), End: hours(0, 30)}}
	ends := map[time.Time]bool{}
	var last time.Time
	for now := time.Date(2026, 1, 2, 0, 0, 0, 0, santiago); now.Before(time.Date(2027, 1, 2, 0, 0, 0, 0, santiago)); now = now.Add(10 * time.Minute) {
		p := occupation.LastPeriod(occupation.ShiftDigest, shifts, now)
		if p.To.Before(last) || p.To.After(now) || !p.From.Before(p.To) {
			t.Fatalf("at %v: %v to %v after %v", now, p.From, p.To, last)
		}
		last = p.To
		ends[p.To] = true
		if was := p.WeekBefore(); was.To.Weekday() != p.To.Weekday() || (was.To.Format("15:04") != p.To.Format("15:04") && p.To.YearDay() != 256 && p.To.YearDay() != 249) {
			t.Errorf("a week before %v is %v", p.To, was.To)
		}
	}
	if n := len(ends); n != 3*365+1 && n != 3*365 {
		t.Errorf("%d ends of shifts in a year", n)
	}
}
