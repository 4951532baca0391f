package sheet

import (
	"strconv"
	"strings"
	"time"
)

// months are the names in DD-Mon-YYYY, English and Spanish, by their first
// three letters.
var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"ene": 1, "abr": 4, "ago": 8, "set": 9, "dic": 12,
}

// parseTime reads the forms of dates that people leave as text: DD-MM-YYYY,
// D/M/YYYY, D/M/YY, YYYY-MM-DD, DD-Mon-YYYY, each with or without HH:MM or
// HH:MM:SS. The day always comes before the month.
func parseTime(text string, zone *time.Location) (time.Time, bool) {
	if len(text) > 10 && text[10] == 'T' { // ISO 8601
		text = text[:10] + " " + text[11:]
	}
	day, clock, _ := strings.Cut(text, " ")
	if strings.Contains(day, "-") && strings.Contains(day, "/") {
		return time.Time{}, false
	}
	parts := strings.FieldsFunc(day, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	if len(parts) != 3 || strings.Count(day, "-")+strings.Count(day, "/")+strings.Count(day, ".") != 2 {
		return time.Time{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	d, okDay := digits(parts[0], 1, 2)
	m, okMonth := month(parts[1])
	y, okYear := digits(parts[2], 2, 4)
	if len(parts[2]) == 2 {
		y += 2000
	}
	h, mi, s, okClock := clockOf(clock)
	if !okDay || !okMonth || !okYear || !okClock || len(parts[2]) == 3 {
		return time.Time{}, false
	}
	t := time.Date(y, m, d, h, mi, s, 0, time.UTC)
	if t.Day() != d || t.Month() != m { // 31-02
		return time.Time{}, false
	}
	return wallClock(t, zone)
}

func month(s string) (time.Month, bool) {
	if n, ok := digits(s, 1, 2); ok {
		return time.Month(n), n >= 1 && n <= 12
	}
	key := headKey(s)
	if len(key) < 3 {
		return 0, false
	}
	m, ok := months[key[:3]]
	return m, ok
}

// clockOf reads HH:MM or HH:MM:SS; nothing is midnight.
func clockOf(s string) (h, m, sec int, ok bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, 0, 0, true
	}
	parts := strings.Split(s, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return 0, 0, 0, false
	}
	limits := []int{24, 60, 60}
	out := [3]int{}
	for i, p := range parts {
		n, ok := digits(p, 1, 2)
		if !ok || n >= limits[i] {
			return 0, 0, 0, false
		}
		out[i] = n
	}
	return out[0], out[1], out[2], true
}

func digits(s string, least, most int) (int, bool) {
	if len(s) < least || len(s) > most || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
