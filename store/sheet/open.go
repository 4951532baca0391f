package sheet

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/sheets/v4"
)

// maxFaults is how many unreadable cells and doubled TAGs a report names.
const maxFaults = 50

// Report is what Open found, for people who set the sheet up.
type Report struct {
	TimeZone string // of the spreadsheet; the shop's is Options.Zone
	Guard    bool   // stamps are refused when they exist; else writing is slow but safe
	Tabs     []string
	Spools   int // rows with a TAG
	Workers  int
	// Faults are all missing and doubled headers, missing tabs, doubled TAGs and
	// unreadable cells, the last two at most fifty.
	Faults []*occupation.Error
}

// Open makes the first read, checks the schema and finds out whether stamps are
// guarded. The report is as full as it could be made also when there is an
// error. Errors: SHEET_SCHEMA, all faults that stop work joined; a broken audit
// log is only reported. SHEET_UNAVAILABLE.
func (s *Sheet) Open(ctx context.Context) (Report, error) {
	var report Report
	book, err := s.spreadsheet(ctx)
	if err != nil {
		return report, unavailable(err)
	}
	if book.Properties != nil {
		report.TimeZone = book.Properties.TimeZone
	}
	for _, t := range book.Sheets {
		report.Tabs = append(report.Tabs, t.Properties.Title)
	}
	s.enter(book)
	snap, err := s.read(ctx, 0)
	if err != nil {
		return report, err
	}
	if err := report.fill(snap); err != nil {
		return report, err
	}
	guard, err := s.probeRepeated(ctx)
	if err != nil {
		return report, err
	}
	s.mu.Lock()
	s.guard = guard
	s.mu.Unlock()
	report.Guard = guard
	return report, nil
}

// enter takes over what a spreadsheet has: its tabs, and the stamps of earlier
// processes.
func (s *Sheet) enter(book *sheets.Spreadsheet) {
	now := time.Now()
	s.learnStamps(book.DeveloperMetadata, now)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layout = layout{tabs: newTabs(book), asked: now}
}

// fill counts and lists. The error joins what stops work.
func (r *Report) fill(n *snapshot) error {
	r.Faults = append(slices.Concat(r.Faults, n.schema), n.log.faults...)
	if n.people != nil {
		r.Workers = len(n.people.byID)
		r.Faults = append(r.Faults, n.people.faults...)
	}
	if n.table != nil {
		r.Spools = n.table.count
		r.Faults = append(r.Faults, n.flaws()...)
	}
	fatal := make([]error, len(n.schema))
	for i, f := range n.schema {
		fatal[i] = f
	}
	return errors.Join(fatal...)
}

// flaws lists doubled TAGs and unreadable cells.
func (n *snapshot) flaws() []*occupation.Error {
	var out []*occupation.Error
	seen := map[string]bool{}
	for row := 2; row <= n.table.rows() && len(out) < maxFaults; row++ {
		tag := n.table.cell(row, n.table.cols[occupation.ColTag])
		if text := cellText(tag); tagKey(tag) == "" && text != "" {
			out = append(out, unread(occupation.CellFault{Column: occupation.ColTag, Row: row, Text: text}, ""))
		}
	}
	for _, sp := range n.book().Spools {
		if len(out) >= maxFaults {
			break
		}
		key := occupation.TagKey(sp.Tag)
		if rows := n.table.byKey[key]; len(rows) > 1 && !seen[key] {
			seen[key] = true
			out = append(out, &occupation.Error{Code: occupation.DuplicateTag, Tag: sp.Tag, Rows: rows})
		}
		for _, f := range sp.Faults {
			out = append(out, unread(f, sp.Tag))
		}
	}
	return out
}

func unread(f occupation.CellFault, tag string) *occupation.Error {
	return &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.UnreadCell, Tag: tag, Column: f.Column, Row: f.Row, Text: f.Text}
}

// probeRepeated probes the guard, again after answers that may pass.
func (s *Sheet) probeRepeated(ctx context.Context) (bool, error) {
	for n := 0; ; n++ {
		guard, err := s.probe(ctx)
		if err == nil {
			return guard, nil
		}
		o := outcomeOf(err, time.Now())
		if n == 2 || o.kind == refused || pause(ctx, max(o.wait, time.Second<<n)) != nil {
			reason := unavailable(err)
			if o.kind == refused && o.code != 0 {
				reason.Reason = occupation.Protected
			}
			return false, reason
		}
	}
}
