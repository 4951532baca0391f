package occupation

import "time"

// DigestKind says what a digest tells of.
type DigestKind string

// The kinds of digests.
const (
	ShiftDigest   DigestKind = "shift"   // a shift, at its end
	MorningDigest DigestKind = "morning" // the time since the morning before, when the first shift of the day begins
)

// DigestKinds lists every kind.
func DigestKinds() []DigestKind { return []DigestKind{ShiftDigest, MorningDigest} }

// Period is the time that a digest tells of; To is when it is due. A shift's begins
// where the one before has ended when the pause between the two is a short one, so
// that what is finished at lunch is in it; Start is when the shift itself began.
type Period struct {
	Kind  DigestKind
	Start time.Time
	From  time.Time
	To    time.Time
}

// shortPause is the longest pause between two shifts that belongs to the second.
const shortPause = 3 * time.Hour

// The first shift of a day is the earliest that begins in these hours; a shop that
// has none has no morning.
const morningFrom, morningTo = 4 * time.Hour, 12 * time.Hour

// LastPeriod is the last period of the kind that has ended at now, which is in the
// shop's zone; zero = there is none. It goes by the wall clock: an hour that clocks
// skip is the hour after, one that they show twice is the first.
func LastPeriod(kind DigestKind, shifts []Shift, now time.Time) Period {
	if kind == MorningDigest {
		return lastMorning(shifts, now)
	}
	last := Period{Kind: kind}
	for days := -2; days <= 0; days++ {
		for _, s := range shifts {
			start, end := s.on(noon(now, days))
			switch {
			case end.After(now):
			case end.After(last.To):
				last.Start, last.To = start, end
			case end.Equal(last.To) && start.Before(last.Start):
				last.Start = start
			}
		}
	}
	if last.To.IsZero() {
		return Period{}
	}
	last.From = last.Start
	before := Period{}
	for days := -3; days <= 0; days++ {
		for _, s := range shifts {
			if _, end := s.on(noon(now, days)); !end.After(last.Start) && end.After(before.To) {
				before.To = end
			}
		}
	}
	if !before.To.IsZero() && last.Start.Sub(before.To) <= shortPause {
		last.From = before.To
	}
	return last
}

func lastMorning(shifts []Shift, now time.Time) Period {
	first := time.Duration(-1)
	for _, s := range shifts {
		if s.Start >= morningFrom && s.Start < morningTo && (first < 0 || s.Start < first) {
			first = s.Start
		}
	}
	if first < 0 {
		return Period{}
	}
	days := 0
	if wallClock(noon(now, 0), 0, first).After(now) {
		days = -1
	}
	to := wallClock(noon(now, 0), days, first)
	from := wallClock(noon(now, 0), days-1, first)
	return Period{Kind: MorningDigest, Start: from, From: from, To: to}
}

// noon is the noon of the day of t, or of days after it: every day has one.
func noon(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, 12, 0, 0, 0, t.Location())
}

// WeekBefore is the same time of the wall clock a week before.
func (p Period) WeekBefore() Period {
	p.Start, p.From, p.To = weekBefore(p.Start), weekBefore(p.From), weekBefore(p.To)
	return p
}

func weekBefore(t time.Time) time.Time {
	return wallClock(noon(t, 0), -7, time.Duration(t.Hour())*time.Hour+time.Duration(t.Minute())*time.Minute)
}
