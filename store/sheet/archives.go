package sheet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// The rows of a year may have been moved from Metadata into a tab of their own; the
// file archive.go moves them. Whoever reads the audit log as a whole reads Metadata
// first, then the tabs of years: a row that is moved meanwhile then comes twice, which
// its ID tells, and is never missed.

var archiveKey = regexp.MustCompile(`^` + headKey(tabLog) + `(\d{4})$`)

// archiveTitle is how we name the tab of a year.
func archiveTitle(year int) string { return fmt.Sprintf("%s_%04d", tabLog, year) }

// isArchive reports whether a tab is one of a year, by its title.
func isArchive(title string) bool { return archiveKey.MatchString(headKey(title)) }

// archive is the tab of a year.
type archive struct {
	year  int
	title string
}

// archives lists the tabs of years, newest first.
func (l layout) archives() []archive {
	var out []archive
	for key, t := range l.tabs {
		if m := archiveKey.FindStringSubmatch(key); m != nil {
			year, _ := strconv.Atoi(m[1]) // digits
			out = append(out, archive{year, t.Title})
		}
	}
	slices.SortFunc(out, func(a, b archive) int { return cmp.Compare(b.year, a.year) })
	return out
}

// overlaps reports whether rows of the year may be wanted.
func (a archive) overlaps(q occupation.LogQuery, zone *time.Location) bool {
	from, to := yearIn(a.year, zone)
	return (q.To.IsZero() || from.Before(q.To)) && to.After(q.From)
}

// yearIn is a year of the shop: its first moment, and that of the next.
func yearIn(year int, zone *time.Location) (from, to time.Time) {
	return midnight(year, time.January, 1, zone), midnight(year+1, time.January, 1, zone)
}

// older adds to the rows that Metadata gave what the tabs of years have, newest first,
// as long as there may be newer ones in them than the oldest that are wanted. A tab
// that was made a minute ago may not be known yet.
func (s *Sheet) older(ctx context.Context, all []archive, q occupation.LogQuery, rows []occupation.AuditRow, more bool) ([]occupation.AuditRow, bool, error) {
	most := q.Most()
	for _, a := range all {
		_, end := yearIn(a.year, s.opt.Zone)
		if !a.overlaps(q, s.opt.Zone) || more && !rows[len(rows)-1].At.Before(end) {
			continue
		}
		found, others, err := s.ofYear(ctx, a, q)
		if err != nil {
			return nil, false, err
		}
		rows, more = once(append(rows, found...)), more || others
		occupation.NewestFirst(rows)
		if len(rows) > most {
			rows, more = rows[:most], true
		}
	}
	return rows, more, nil
}

// once leaves out the rows whose ID has come before.
func once(rows []occupation.AuditRow) []occupation.AuditRow {
	seen := make(map[string]bool, len(rows))
	return slices.DeleteFunc(rows, func(r occupation.AuditRow) bool {
		was := seen[r.ID]
		seen[r.ID] = r.ID != ""
		return was
	})
}

// ofYear reads the tab of a year. One whose headers do not tell time and TAG is not
// ours and has no rows.
func (s *Sheet) ofYear(ctx context.Context, a archive, q occupation.LogQuery) ([]occupation.AuditRow, bool, error) {
	h := history{s: s, q: q, title: a.title}
	for range 3 {
		answer, err := h.values(ctx, "COLUMNS", quoted(a.title)+"!1:1")
		if err != nil {
			return nil, false, err
		}
		if h.cols, _ = locate(tabLog, columnHeads(answer[0]), asFields(logColumns)); !h.told() {
			return nil, false, nil
		}
		rows, more, err := h.read(ctx, nil)
		if !errors.Is(err, errRestless) {
			return rows, more, err
		}
	}
	return nil, false, errRestless
}

// told reports whether the columns are there that rows are found by.
func (h history) told() bool {
	return !slices.ContainsFunc(narrow, func(c occupation.Column) bool { _, ok := h.cols[c]; return !ok })
}

// freshTabs is how long it is believed which tabs there are, where fences hang on it.
const freshTabs = 10 * time.Second

// olderTail gives the last rows of the newest year's tab, at most so many. It asks which
// tabs there are unless that was asked just now, as at the start: from a tail that misses
// what has been moved, fences would go back.
func (s *Sheet) olderTail(ctx context.Context, most int, want ...occupation.Column) ([][]any, map[occupation.Column]int, error) {
	s.mu.Lock()
	lay := s.layout
	s.mu.Unlock()
	if lay.tabs == nil || time.Since(lay.asked) > freshTabs {
		book, err := s.spreadsheet(ctx)
		if err != nil {
			return nil, nil, unavailable(err)
		}
		lay.tabs = newTabs(book)
	}
	years := lay.archives()
	for _, a := range years[:min(1, len(years))] {
		heads, _, err := s.values(ctx, "COLUMNS", quoted(a.title)+"!1:1")
		if err != nil {
			return nil, nil, unavailable(err)
		}
		cols, _ := locate(tabLog, columnHeads(heads[0]), asFields(logColumns))
		if slices.ContainsFunc(want, func(c occupation.Column) bool { _, ok := cols[c]; return !ok }) {
			continue
		}
		rows, err := s.tailOf(ctx, a.title, cols, cols[want[0]], most)
		if err != nil {
			return nil, nil, unavailable(err)
		}
		return rows, cols, nil
	}
	return nil, nil, nil
}
