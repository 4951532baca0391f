package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func parseShifts(s string) ([]occupation.Shift, error) {
	var shifts []occupation.Shift
	for part := range strings.SplitSeq(s, ",") {
		from, to, _ := strings.Cut(strings.TrimSpace(part), "-")
		start, err1 := time.Parse("15:04", strings.TrimSpace(from))
		end, err2 := time.Parse("15:04", strings.TrimSpace(to))
		if err1 != nil || err2 != nil || start.Equal(end) {
			return nil, fmt.Errorf("%q is not a shift, as 07:30-12:30", part)
		}
		shifts = append(shifts, occupation.Shift{Start: sinceMidnight(start), End: sinceMidnight(end)})
	}
	slices.SortFunc(shifts, func(a, b occupation.Shift) int { return cmp.Compare(a.Start, b.Start) })
	return shifts, nil
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

func minutes(s string) ([]time.Duration, error) {
	var out []time.Duration
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > 24*60 {
			return nil, fmt.Errorf("%q is not a number of minutes from 1 to 1440", part)
		}
		out = append(out, time.Duration(n)*time.Minute)
	}
	return out, nil
}

// warnings are the times before expiry that lie within a take, longest first.
func warnings(before []time.Duration, ttl time.Duration) []time.Duration {
	before = slices.DeleteFunc(before, func(d time.Duration) bool { return d >= ttl })
	slices.SortFunc(before, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	return slices.Compact(before)
}
