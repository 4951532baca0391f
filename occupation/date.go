package occupation

import (
	"strings"
	"time"
)

// MaxDateAge is how long ago, in days, a fecha_operacion may be.
const MaxDateAge = 30

// ParseDate reads the date that a person gives for COMPLETAR: nothing or "hoy"
// is today, "ayer" is yesterday, else DD-MM-YYYY, D/M/YY, D-M or YYYY-MM-DD,
// with dashes, slashes or points. The result is midnight in the zone of now.
// Errors: INVALID_INPUT (BadDate, FutureDate, OldDate).
func ParseDate(text string, now time.Time) (time.Time, *Error) {
	today := Midnight(now)
	word := strings.ToLower(strings.TrimSpace(text))
	switch word {
	case "", "hoy":
		return today, nil
	case "ayer":
		return day(today.Year(), today.Month(), today.Day()-1, now.Location()), nil
	}
	word = strings.NewReplacer("/", "-", ".", "-", "–", "-").Replace(word)
	for _, layout := range []string{"2-1-2006", "2-1-06", "2006-1-2"} {
		if t, err := time.Parse(layout, word); err == nil {
			return checkDate(day(t.Year(), t.Month(), t.Day(), now.Location()), today, text)
		}
	}
	if t, err := time.Parse("2-1", word); err == nil {
		meant := day(today.Year(), t.Month(), t.Day(), now.Location())
		if meant.After(today) { // in January people write 30-12 and mean last year's
			meant = day(today.Year()-1, t.Month(), t.Day(), now.Location())
		}
		return checkDate(meant, today, text)
	}
	return time.Time{}, &Error{Code: InvalidInput, Reason: BadDate, Text: text}
}

// checkDate refuses a fecha_operacion of the future or of more than MaxDateAge
// days ago; both times begin a day.
func checkDate(given, today time.Time, text string) (time.Time, *Error) {
	oldest := day(today.Year(), today.Month(), today.Day()-MaxDateAge, today.Location())
	switch {
	case given.After(today):
		return time.Time{}, &Error{Code: InvalidInput, Reason: FutureDate, Text: text}
	case given.Before(oldest):
		return time.Time{}, &Error{Code: InvalidInput, Reason: OldDate, Text: text}
	default:
		return given, nil
	}
}

// Midnight is the beginning of the day of t in t's own zone.
func Midnight(t time.Time) time.Time { return day(t.Year(), t.Month(), t.Day(), t.Location()) }

// day is the beginning of a day. Where clocks are put forward at midnight, as in
// Chile in September, the day begins at one, and time.Date alone would give
// eleven in the evening of the day before.
func day(year int, month time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(year, month, d, 0, 0, 0, 0, zone)
	if t.Hour() != 0 {
		t = time.Date(year, month, d, 1, 0, 0, 0, zone)
	}
	return t
}
