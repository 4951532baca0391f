package occupation

import "time"

// Shift is a working time of every day, as time since midnight on the wall
// clock of the shop. An End before Start is on the next day.
type Shift struct{ Start, End time.Duration }

// on gives the shift that starts on the day, of which midnight is any moment.
func (s Shift) on(midnight time.Time) (start, end time.Time) {
	start = wallClock(midnight, 0, s.Start)
	if s.End > s.Start {
		return start, wallClock(midnight, 0, s.End)
	}
	return start, wallClock(midnight, 1, s.End)
}

// wallClock is the moment at which the shop's clocks show so much since midnight
// of the day of t, or of days after it. What clocks put forward skip is the hour
// after; what they put back show twice is the first.
func wallClock(t time.Time, days int, since time.Duration) time.Time {
	hour, minute := int(since/time.Hour), int(since%time.Hour/time.Minute)
	out := time.Date(t.Year(), t.Month(), t.Day()+days, hour, minute, 0, 0, t.Location())
	if out.Hour() != hour%24 || out.Minute() != minute { // skipped; time.Date may give either side
		if before := out.Add(time.Hour); before.Day() == t.AddDate(0, 0, days).Day() && out.Day() != before.Day() {
			return before
		}
	}
	return out
}

// ShiftEnd is the end of the shift that is running at now, of the latest to end
// when several are, or of the next one to begin; now is in the shop's zone. The
// zero time means that there are no shifts.
func ShiftEnd(shifts []Shift, now time.Time) time.Time {
	var running, next, nextStart time.Time
	for days := -1; days <= 1; days++ { // one that began yesterday may still run
		day := time.Date(now.Year(), now.Month(), now.Day()+days, 12, 0, 0, 0, now.Location())
		for _, s := range shifts {
			start, end := s.on(day)
			switch {
			case !start.After(now) && end.After(now):
				if end.After(running) {
					running = end
				}
			case start.After(now) && (next.IsZero() || start.Before(nextStart)):
				next, nextStart = end, start
			}
		}
	}
	if running.IsZero() {
		return next
	}
	return running
}
