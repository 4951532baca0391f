package sheet

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/sheets/v4"
)

// maxText is how many characters a cell holds at most. SHEETS.md 1.
const maxText = 50_000

// formats of the dates that we write.
const (
	dateFormat   = "date"
	momentFormat = "moment"
	plainFormat  = "plain" // takes a date format off again
)

// cellText is a value of a read as text. Numbers have no exponent, because a
// TAG that a person typed may come as a number.
func cellText(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	default:
		return ""
	}
}

// broken reports whether the text is the error of a formula. With
// UNFORMATTED_VALUE errors come as text. SHEETS.md 2.
func broken(text string) bool {
	switch text {
	case "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!", "Loading...":
		return true
	}
	return false
}

// maxID is the greatest id of a worker that the lock store can hold.
const maxID = 99_999_999_999_999

// cellInt reads a whole number, also one written as text; 0 when it is none, or
// greater than any id.
func cellInt(v any) (int, bool) {
	n, err := strconv.Atoi(cellText(v))
	if err != nil || n > maxID {
		return 0, false
	}
	return n, true
}

// cellBool reads a flag as people and Sheets write it.
func cellBool(v any) bool {
	return slices.Contains([]string{"true", "verdadero", "si", "1", "x"}, headKey(cellText(v)))
}

// cellDay reads a date: midnight in the zone, zero for an empty cell. ok is
// false when the cell holds something else.
func cellDay(v any, zone *time.Location) (time.Time, bool) {
	t, ok := cellTime(v, zone)
	if !ok || t.IsZero() {
		return time.Time{}, ok
	}
	return midnight(t.Year(), t.Month(), t.Day(), zone), true
}

// cellTime reads a date with or without a time, as cellDay.
func cellTime(v any, zone *time.Location) (time.Time, bool) {
	switch v := v.(type) {
	case nil:
		return time.Time{}, true
	case float64:
		return fromSerial(v, zone)
	case string:
		if v = strings.TrimSpace(v); v == "" {
			return time.Time{}, true
		}
		return parseTime(v, zone)
	default:
		return time.Time{}, false
	}
}

// epoch is day 0 of serial numbers. Serials have no zone: they are reckoned in
// UTC as wall clock, so that no clock change can bend them. SHEETS.md 2.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// Years outside of these are a slip of a person, not a date.
const firstYear, lastYear = 1990, 2100

// serialOf is the wall clock of t in the zone as a serial number, to the second.
func serialOf(t time.Time, zone *time.Location) float64 {
	t = t.In(zone)
	if t.Nanosecond() >= int(time.Second/2) {
		t = t.Add(time.Second)
	}
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return float64(wall.Unix()-epoch.Unix()) / 86400
}

// daySerial is the calendar day of t in the zone. Where clocks skip midnight
// (Santiago, 6 September 2026) Go's "midnight" of a day is 23:00 of the day
// before; that means the day after.
func daySerial(t time.Time, zone *time.Location) float64 {
	t = t.In(zone)
	if next := t.Add(time.Hour); t.Hour() == 23 && next.Hour() == 1 {
		t = next
	}
	return math.Floor(serialOf(t, zone))
}

func fromSerial(n float64, zone *time.Location) (time.Time, bool) {
	if math.IsNaN(n) || n < 0 || n > 100_000 {
		return time.Time{}, false
	}
	wall := time.Unix(epoch.Unix()+int64(math.Round(n*86400)), 0).UTC()
	return wallClock(wall, zone)
}

// wallClock reads the clock of t, which is in UTC, as one of the zone.
func wallClock(t time.Time, zone *time.Location) (time.Time, bool) {
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, false
	}
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return midnight(t.Year(), t.Month(), t.Day(), zone), true
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone), true
}

// midnight is the beginning of a day; where clocks skip it, the first moment
// that the day has.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if t.Day() != day {
		return t.Add(time.Hour)
	}
	return t
}

// value is a typed value for a cell of the plan; nil clears it.
func value(c occupation.Cell, zone *time.Location) (v any, format string) {
	switch {
	case !c.Date.IsZero():
		return daySerial(c.Date, zone), dateFormat
	case !c.Moment.IsZero():
		return serialOf(c.Moment, zone), momentFormat
	case c.Text != "":
		return c.Text, ""
	default:
		return nil, ""
	}
}

// cellData renders a value for the API. Text is always a stringValue: a leading
// "=" stays text. SHEETS.md 1.
func cellData(v any, format string) *sheets.CellData {
	out := &sheets.CellData{}
	switch v := v.(type) {
	case string:
		out.UserEnteredValue = &sheets.ExtendedValue{StringValue: &v}
	case float64:
		out.UserEnteredValue = &sheets.ExtendedValue{NumberValue: &v}
	case bool:
		out.UserEnteredValue = &sheets.ExtendedValue{BoolValue: &v}
	}
	switch format {
	case dateFormat:
		out.UserEnteredFormat = &sheets.CellFormat{NumberFormat: &sheets.NumberFormat{Type: "DATE", Pattern: "dd-mm-yyyy"}}
	case momentFormat:
		out.UserEnteredFormat = &sheets.CellFormat{NumberFormat: &sheets.NumberFormat{Type: "DATE_TIME", Pattern: "dd-mm-yyyy hh:mm:ss"}}
	}
	return out
}

// same reports whether two values show the same in a cell: an empty text is an
// empty cell, and numbers may differ by noise of half a second.
func same(a, b any) bool {
	x, isNumber := a.(float64)
	y, both := b.(float64)
	if isNumber && both {
		return math.Abs(x-y) < 0.5/86400
	}
	return isNumber == both && cellText(a) == cellText(b)
}
