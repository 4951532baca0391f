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
		return today.AddDate(0, 0, -1), nil
	}
	word = strings.NewReplacer("/", "-", ".", "-", "–", "-").Replace(word)
	for _, layout := range []string{"2-1-2006", "2-1-06", "2006-1-2"} {
		if t, err := time.ParseInLocation(layout, word, now.Location()); err == nil {
			return checkDate(t, today, text)
		}
	}
	if t, err := time.ParseInLocation("2-1", word, now.Location()); err == nil {
		day := time.Date(today.Year(), t.Month(), t.Day(), 0, 0, 0, 0, now.Location())
		if day.After(today) { // in January people write 30-12 and mean last year's
			day = day.AddDate(-1, 0, 0)
		}
		return checkDate(day, today, text)
	}
	return time.Time{}, &Error{Code: InvalidInput, Reason: BadDate, Text: text}
}

// CheckDate refuses a fecha_operacion of the future or of more than MaxDateAge
// days ago; today is midnight.
func checkDate(day, today time.Time, text string) (time.Time, *Error) {
	switch {
	case day.After(today):
		return time.Time{}, &Error{Code: InvalidInput, Reason: FutureDate, Text: text}
	case day.Before(today.AddDate(0, 0, -MaxDateAge)):
		return time.Time{}, &Error{Code: InvalidInput, Reason: OldDate, Text: text}
	default:
		return day, nil
	}
}

// Midnight is the beginning of the day of t in t's own zone.
func Midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
