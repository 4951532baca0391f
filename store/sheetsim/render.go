package sheetsim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// epoch is day 0 of serial dates. SHEETS.md 2 [D]: days since 1899-12-30, the fraction is the part of the day, no zone inside.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serial is t's wall clock in its own zone as a serial date.
func serial(t time.Time) float64 {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return float64(wall.Unix()-epoch.Unix()) / 86400
}

// fromSerial rounds to the second: serial dates carry float noise. SHEETS.md 2.
func fromSerial(n float64) time.Time {
	return time.Unix(epoch.Unix()+int64(math.Round(n*86400)), 0).UTC()
}

// text is the cell as a person sees it, in the es_CL locale.
func text(c Cell) string {
	switch v := c.Value.(type) {
	case string:
		return v
	case ErrorValue:
		return string(v)
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case float64:
		return formatNumber(v, c)
	}
	return ""
}

func formatNumber(v float64, c Cell) string {
	kind, pattern := c.Format()
	switch kind {
	case "DATE", "DATE_TIME", "TIME":
		if pattern == "" {
			pattern = map[string]string{"DATE": "dd-mm-yyyy", "DATE_TIME": "dd-mm-yyyy h:mm:ss", "TIME": "h:mm:ss"}[kind]
		}
		return formatDate(fromSerial(v), pattern)
	case "NUMBER", "PERCENT", "CURRENCY":
		if kind == "PERCENT" {
			v *= 100
		}
		_, decimals, _ := strings.Cut(strings.TrimRight(pattern, "%"), ".")
		s := strings.ReplaceAll(strconv.FormatFloat(v, 'f', len(decimals), 64), ".", ",")
		if kind == "PERCENT" {
			s += "%"
		}
		return s
	}
	// Automatic format shows about ten digits; the comma is the locale's.
	return strings.ReplaceAll(strconv.FormatFloat(v, 'g', 10, 64), ".", ",")
}

// formatDate knows the tokens y, m, d, h and s; an m between h and s is minutes.
func formatDate(t time.Time, pattern string) string {
	var b strings.Builder
	inTime := false
	for i := 0; i < len(pattern); {
		n := 1
		for i+n < len(pattern) && pattern[i+n] == pattern[i] {
			n++
		}
		value := -1
		switch c := pattern[i]; {
		case c == 'y' && n <= 2:
			value = t.Year() % 100
		case c == 'y':
			value = t.Year()
		case c == 'd':
			value = t.Day()
		case c == 'h' || c == 'H':
			value, inTime = t.Hour(), true
		case c == 's':
			value = t.Second()
		case c == 'm' && inTime:
			value = t.Minute()
		case c == 'm' && n == 3:
			b.WriteString(monthNames[t.Month()-1])
		case c == 'm' || c == 'M':
			value = int(t.Month())
		default:
			b.WriteString(pattern[i : i+n])
		}
		if value >= 0 {
			fmt.Fprintf(&b, "%0*d", min(n, 2), value)
		}
		i += n
	}
	return b.String()
}

var monthNames = []string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"}

// typed is what a person, or USER_ENTERED, gets for s in an es_CL spreadsheet. SHEETS.md 3 [D]: "=..." executes, numbers with a
// decimal comma, booleans, percent and dates convert, a leading apostrophe keeps text.
func typed(s string) Cell {
	trimmed := strings.TrimSpace(s)
	switch {
	case s == "":
		return Cell{}
	case strings.HasPrefix(s, "'"):
		return Cell{Value: s[1:]}
	case strings.HasPrefix(s, "="):
		return FormulaCell(s, ErrorValue("#N/A")) // the emulator computes nothing
	}
	switch strings.ToUpper(trimmed) {
	case "TRUE", "VERDADERO":
		return Cell{Value: true}
	case "FALSE", "FALSO":
		return Cell{Value: false}
	}
	if n, ok := parseNumber(trimmed); ok {
		return Cell{Value: n}
	}
	if p, ok := strings.CutSuffix(trimmed, "%"); ok {
		if n, ok := parseNumber(p); ok {
			return Cell{n / 100, &attr{kind: "PERCENT", pattern: "0%"}}
		}
	}
	for _, layout := range []string{"2-1-2006", "2/1/2006", "2006-1-2", "2/1/06", "2-1-06"} {
		if t, err := time.Parse(layout, trimmed); err == nil {
			return DateCell(t)
		}
		for _, clock := range []string{" 15:04", " 15:04:05"} {
			if t, err := time.Parse(layout+clock, trimmed); err == nil {
				return DateTimeCell(t)
			}
		}
	}
	return Cell{Value: s}
}

func parseNumber(s string) (float64, bool) {
	if strings.Contains(s, ".") || strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789,+-", r) }) >= 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return n, err == nil
}
