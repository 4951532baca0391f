package sheetsim

import (
	"regexp"
	"strconv"
	"strings"
)

// ref is a parsed A1 reference. An end of -1 is open: the end of the grid.
type ref struct {
	tab            *tab
	r0, c0, r1, c1 int
}

var (
	a1Part    = regexp.MustCompile(`^\$?([A-Za-z]{0,3})\$?([0-9]{0,7})$`)
	plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	cellName  = regexp.MustCompile(`^(?i)([A-Z]{1,3}[0-9]+|TRUE|FALSE|R[0-9]*C[0-9]*)$`)
)

// parseA1 reads "Tab", "Tab!A1:B2", "'A tab'!A:A", "Tab!2:5", "Tab!A2:C" or, without a tab, a reference into the first one.
// SHEETS.md 3 [I]: an unknown tab and bad A1 give the same answer; SHEETS.md 2: a tab called like a cell must be quoted.
func (w *Workbook) parseA1(s string) (ref, error) {
	bad := badRequest("", "Unable to parse range: "+s)
	title, rest := "", s
	switch {
	case strings.HasPrefix(s, "'"):
		end := strings.LastIndex(s, "'")
		if end < 1 {
			return ref{}, bad
		}
		title, rest = strings.ReplaceAll(s[1:end], "''", "'"), s[end+1:]
		if rest != "" && !strings.HasPrefix(rest, "!") {
			return ref{}, bad
		}
		rest = strings.TrimPrefix(rest, "!")
	case strings.Contains(s, "!"):
		i := strings.LastIndex(s, "!")
		title, rest = s[:i], s[i+1:]
		if rest == "" {
			return ref{}, bad
		}
	case w.byTitle(s) != nil && !cellName.MatchString(s):
		title, rest = s, ""
	}
	out := ref{r1: -1, c1: -1}
	if out.tab = w.byTitle(title); title == "" && len(w.tabs) > 0 && rest != "" {
		out.tab = w.tabs[0]
	}
	if out.tab == nil {
		return ref{}, bad
	}
	if rest == "" {
		return out, nil
	}
	first, last, ranged := strings.Cut(rest, ":")
	a, b := a1Part.FindStringSubmatch(first), a1Part.FindStringSubmatch(last)
	if a == nil || b == nil || first == "" || (ranged && last == "") || (!ranged && (a[1] == "" || a[2] == "")) {
		return ref{}, bad
	}
	if !ranged {
		b = a
	}
	if (a[1] == "") != (b[1] == "") {
		return ref{}, bad
	}
	out.c0, out.c1 = limits(parseColumnOr(a[1], 0), parseColumnOr(b[1], -2)+1)
	out.r0, out.r1 = limits(atoiOr(a[2], 1)-1, atoiOr(b[2], -1))
	if out.r0 < 0 || out.r1 == 0 {
		return ref{}, bad
	}
	return out, nil
}

// limits puts the two ends of a range into order: people may write B2:A1.
func limits(from, to int) (int, int) {
	if to > 0 && to <= from {
		return to - 1, from + 1
	}
	return from, to
}

// clip closes the open ends and cuts the range at the grid. SHEETS.md 1 [L]: starting past the edge is an error, ending past
// it is not.
func (r ref) clip(s string) (area, error) {
	t := r.tab
	if r.r0 >= len(t.rows) || r.c0 >= t.cols {
		return area{}, exceeds(s, t)
	}
	a := area{r.r0, r.c0, len(t.rows), t.cols}
	if r.r1 >= 0 {
		a.r1 = min(r.r1, a.r1)
	}
	if r.c1 >= 0 {
		a.c1 = min(r.c1, a.c1)
	}
	return a, nil
}

// exceeds is Google's answer for a range that starts outside the grid, SHEETS.md 1 [L] and 3 [I].
func exceeds(s string, t *tab) error {
	return badRequest("", "Range ("+s+") exceeds grid limits. Max rows: "+strconv.Itoa(len(t.rows))+", max columns: "+strconv.Itoa(t.cols))
}

// name writes an area as A1, quoting the title only when needed. SHEETS.md 2 [L 2026-09-07].
func (a area) name(t *tab) string {
	s := columnName(a.c0) + strconv.Itoa(a.r0+1)
	if end := columnName(a.c1-1) + strconv.Itoa(a.r1); end != s {
		s += ":" + end
	}
	return quoteTitle(t.title) + "!" + s
}

func quoteTitle(title string) string {
	if plainName.MatchString(title) && !cellName.MatchString(title) {
		return title
	}
	return "'" + strings.ReplaceAll(title, "'", "''") + "'"
}

func columnName(c int) string {
	s := ""
	for c++; c > 0; c = (c - 1) / 26 {
		s = string(rune('A'+(c-1)%26)) + s
	}
	return s
}

func parseColumn(s string) (int, bool) {
	if s == "" || len(s) > 3 {
		return 0, false
	}
	n := 0
	for _, r := range strings.ToUpper(s) {
		if r < 'A' || r > 'Z' {
			return 0, false
		}
		n = n*26 + int(r-'A') + 1
	}
	return n - 1, true
}

func parseColumnOr(s string, or int) int {
	if c, ok := parseColumn(s); ok {
		return c
	}
	return or
}

func atoiOr(s string, or int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return or
}
