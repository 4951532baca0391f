package occupation_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func TestShiftEnd(t *testing.T) {
	h := func(hour, minute int) time.Duration {
		return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	}
	days := []occupation.Shift{{h(7, 30), h(12, 30)}, {h(13, 30), h(18, 0)}}
	nights := []occupation.Shift{{h(22, 0), h(6, 0)}}
	for _, c := range []struct {
		name   string
		shifts []occupation.Shift
		now    string
		want   string
	}{
		{"in the morning", days, "2026-11-26 07:30", "2026-11-26 12:30"},
		{"its last minute", days, "2026-11-26 12:29", "2026-11-26 12:30"},
		{"at its end the next one counts", days, "2026-11-26 12:30", "2026-11-26 18:00"},
		{"at lunch", days, "2026-11-26 13:00", "2026-11-26 18:00"},
		{"in the evening", days, "2026-11-26 21:00", "2026-11-27 12:30"},
		{"a night before midnight", nights, "2026-11-26 23:00", "2026-11-27 06:00"},
		{"a night after midnight", nights, "2026-11-26 02:00", "2026-11-26 06:00"},
		{"two that overlap", []occupation.Shift{{h(8, 0), h(14, 0)}, {h(12, 0), h(20, 0)}}, "2026-11-26 13:00", "2026-11-26 20:00"},
		{"the night of the clocks put back", nights, "2026-04-04 23:15", "2026-04-05 06:00"},
		{"the night of the clocks put forward", nights, "2026-09-05 23:15", "2026-09-06 06:00"},
		{"an end that the clocks skip", []occupation.Shift{{h(16, 0), h(0, 30)}}, "2026-09-05 23:15", "2026-09-06 01:30"},
		{"a midnight that the clocks skip", []occupation.Shift{{h(16, 0), 0}}, "2026-09-05 23:15", "2026-09-06 01:00"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, santiago)
		if err != nil {
			t.Fatal(err)
		}
		if got := occupation.ShiftEnd(c.shifts, now).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s: the shift at %s ends at %s, want %s", c.name, c.now, got, c.want)
		}
	}
	if got := occupation.ShiftEnd(nil, time.Now()); !got.IsZero() {
		t.Errorf("without shifts: %v", got)
	}
}
