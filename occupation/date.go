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
	given, ok := readDay(text, now)
	if !ok {
		return time.Time{}, &Error{Code: InvalidInput, Reason: BadDate, Text: text}
	}
	return checkDate(given, Midnight(now), text)
}

// ParseDay reads a day as ParseDate, however long ago it was. Errors:
// INVALID_INPUT (BadDate, FutureDate).
func ParseDay(text string, now time.Time) (time.Time, *Error) {
	switch given, ok := readDay(text, now); {
	case !ok:
		return time.Time{}, &Error{Code: InvalidInput, Reason: BadDate, Text: text}
	case given.After(now):
		return time.Time{}, &Error{Code: InvalidInput, Reason: FutureDate, Text: text}
	default:
		return given, nil
	}
}

func readDay(text string, now time.Time) (_ time.Time, ok bool) {
	today := Midnight(now)
	word := strings.ToLower(strings.TrimSpace(text))
	switch word {
	case "", "hoy":
		return today, true
	case "ayer":
		return day(today.Year(), today.Month(), today.Day()-1, now.Location()), true
	}
	word = strings.NewReplacer("/", "-", ".", "-", "–", "-").Replace(word)
	for _, layout := range []string{"2-1-2006", "2-1-06", "2006-1-2"} {
		if t, err := time.Parse(layout, word); err == nil {
			return day(t.Year(), t.Month(), t.Day(), now.Location()), true
		}
	}
	t, err := time.Parse("2-1", word)
	if err != nil {
		return time.Time{}, false
	}
	meant := day(today.Year(), t.Month(), t.Day(), now.Location())
	if meant.After(today) { // in January people write 30-12 and mean last year's
		meant = day(today.Year()-1, t.Month(), t.Day(), now.Location())
	}
	return meant, meant.Day() == t.Day() // not every year has a 29-2
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
