package sheet

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// exportRows is how many rows of the audit log one read of an export brings.
const exportRows = 5000

// part is a tab of the audit log that an export reads.
type part struct {
	history
	all int // rows, the header aside
	// of Metadata: its last row as it was when the export began, and where. Rows that
	// were moved into a year's tab meanwhile, after that was read, have moved it up.
	anchor occupation.AuditRow
}

// Export reads the audit log from its first row to its last, a stretch at a time, so
// that it needs no more memory for a longer log: the tabs of years that the time
// reaches into, oldest first, then Metadata. It gives the rows from the one moment on
// and before the other, where zero is open; rows without a time that can be read come
// only when both are. seen is told how many of all rows were looked at. Rows that move
// up in Metadata meanwhile are an error; whoever sorts the tab of a year makes rows
// come twice or not at all. The error ends it.
func (s *Sheet) Export(ctx context.Context, from, to time.Time, seen func(rows, all int)) iter.Seq2[occupation.AuditRow, error] {
	return func(yield func(occupation.AuditRow, error) bool) {
		parts, err := s.parts(ctx, occupation.LogQuery{From: from, To: to})
		if err != nil {
			yield(occupation.AuditRow{}, err)
			return
		}
		done, all := 0, 0
		for _, p := range parts {
			all += p.all
		}
		for _, p := range parts {
			for first := 0; first < p.all; first += exportRows {
				n := min(exportRows, p.all-first)
				rows, err := p.page(ctx, first, n)
				if err != nil {
					yield(occupation.AuditRow{}, err)
					return
				}
				for _, cells := range rows {
					if row := p.row(cells); (row.ID != "" || row.Tag != "") && p.q.InTime(row.At) && !yield(row, nil) {
						return
					}
				}
				done += n
				seen(done, all)
			}
		}
	}
}

// parts finds the tabs that an export reads. That of the rows that change is looked at
// first, and which tabs there are afterwards.
func (s *Sheet) parts(ctx context.Context, q occupation.LogQuery) ([]part, error) {
	snap, err := s.read(ctx, 0)
	if err != nil {
		return nil, err
	}
	if snap.log.err != nil {
		return nil, snap.log.err
	}
	now := part{history: history{s: s, title: snap.log.title, cols: snap.log.cols, q: q}}
	if err := now.weigh(ctx); err != nil {
		return nil, err
	}
	book, err := s.spreadsheet(ctx)
	if err != nil {
		return nil, unavailable(err)
	}
	var out []part
	for _, a := range (layout{tabs: newTabs(book)}).archives() {
		if !a.overlaps(q, s.opt.Zone) {
			continue
		}
		p := part{history: history{s: s, title: a.title, q: q}}
		heads, err := p.values(ctx, "COLUMNS", quoted(a.title)+"!1:1")
		if err != nil {
			return nil, unavailable(err)
		}
		if p.cols, _ = locate(tabLog, columnHeads(heads[0]), asFields(logColumns)); !p.told() {
			continue // not ours
		}
		if err := p.count(ctx); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	slices.Reverse(out)
	return append(out, now), nil
}

// count finds out how many rows there are.
func (p *part) count(ctx context.Context) error {
	tag := p.cols[occupation.ColTag]
	tags, err := p.values(ctx, "COLUMNS", a1(p.title, tag, tag, 2, 0))
	if err != nil {
		return unavailable(err)
	}
	if len(tags[0]) > 0 {
		p.all = len(tags[0][0])
	}
	return nil
}

// weigh counts the rows of Metadata and reads the last of them.
func (p *part) weigh(ctx context.Context) error {
	for range 3 {
		if err := p.count(ctx); err != nil || p.all == 0 {
			return err
		}
		last, err := p.values(ctx, "ROWS", p.rows(p.all-1, 1))
		if err != nil && !errors.Is(err, errRestless) {
			return unavailable(err)
		}
		if err == nil && len(last[0]) > 0 {
			if p.anchor = p.row(last[0][0]); p.anchor.Tag != "" {
				return nil
			}
		}
	}
	return unavailable(errRestless)
}

// page reads n rows from the one on, counted from 0 below the header.
func (p *part) page(ctx context.Context, first, n int) ([][]any, error) {
	ranges := []string{p.rows(first, n)}
	if p.anchor.Tag != "" {
		ranges = append(ranges, p.rows(p.all-1, 1))
	}
	answer, err := p.values(ctx, "ROWS", ranges...)
	if err != nil {
		return nil, unavailable(err)
	}
	if len(ranges) > 1 && (len(answer[1]) == 0 || p.row(answer[1][0]) != p.anchor) {
		return nil, unavailable(errRestless)
	}
	return answer[0], nil
}

func (p *part) rows(first, n int) string {
	return a1(p.title, 0, slices.Max(columnsOf(p.cols)), first+2, first+n+1)
}

func columnsOf(cols map[occupation.Column]int) []int {
	out := make([]int, 0, len(cols))
	for _, c := range cols {
		out = append(out, c)
	}
	return out
}
