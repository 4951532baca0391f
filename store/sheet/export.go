package sheet

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// exportRows is how many rows of the audit log one read of an export brings.
const exportRows = 5000

// Export reads the audit log from its first row to its last, a stretch at a time, so
// that it needs no more memory for a longer log: the rows from the one moment on and
// before the other, where zero is open; rows without a time that can be read come
// only when both are. seen is told how many of all rows were looked at. Whoever sorts
// the tab meanwhile makes rows come twice or not at all. The error ends it.
func (s *Sheet) Export(ctx context.Context, from, to time.Time, seen func(rows, all int)) iter.Seq2[occupation.AuditRow, error] {
	return func(yield func(occupation.AuditRow, error) bool) {
		fail := func(err error) { yield(occupation.AuditRow{}, err) }
		snap, err := s.read(ctx, 0)
		if err != nil {
			fail(err)
			return
		}
		if snap.log.err != nil {
			fail(snap.log.err)
			return
		}
		h := history{s: s, title: snap.log.title, cols: snap.log.cols, q: occupation.LogQuery{From: from, To: to}}
		tag := h.cols[occupation.ColTag]
		tags, err := h.values(ctx, "COLUMNS", a1(h.title, tag, tag, 2, 0))
		if err != nil {
			fail(err)
			return
		}
		all := 0
		if len(tags[0]) > 0 {
			all = len(tags[0][0])
		}
		last := slices.Max(columnsOf(h.cols))
		for first := 0; first < all; first += exportRows {
			rows, err := h.values(ctx, "ROWS", a1(h.title, 0, last, first+2, min(first+exportRows, all)+1))
			if err != nil {
				fail(err)
				return
			}
			for _, cells := range rows[0] {
				if row := h.row(cells); (row.ID != "" || row.Tag != "") && h.q.InTime(row.At) && !yield(row, nil) {
					return
				}
			}
			seen(min(first+exportRows, all), all)
		}
	}
}

func columnsOf(cols map[occupation.Column]int) []int {
	out := make([]int, 0, len(cols))
	for _, c := range cols {
		out = append(out, c)
	}
	return out
}
