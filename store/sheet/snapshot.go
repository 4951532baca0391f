package sheet

import (
	"maps"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// snapshot is the spreadsheet at one moment with our own writes over it. It
// never changes.
type snapshot struct {
	at        time.Time
	table     *table // nil when spoolsErr is set
	spoolsErr *occupation.Error
	people    *people // nil when peopleErr is set
	peopleErr *occupation.Error
	log       logTab
	archives  []archive           // the tabs of years, as of the last look at the tabs; newest first
	schema    []*occupation.Error // every fault of headers and tabs that stops work
	marks     map[string]mark     // by TAG key
	book      func() *occupation.Book
}

// logTab says where audit rows go.
type logTab struct {
	sheet  int64
	title  string
	cols   map[occupation.Column]int
	err    *occupation.Error // it cannot be written: missing, or a header is
	faults []*occupation.Error
}

// mark is what our commits made of a row, until a read shows it.
type mark struct {
	cells map[string]any   // by normalised header
	stale []map[string]any // what the row showed before each of them
	at    time.Time        // when the last of them was answered
}

// staleFor is how long a read that began after a commit's answer may still show
// what stood there before; nothing is promised. SHEETS.md 2, read-after-write.
const staleFor = 30 * time.Second

// with returns the snapshot under other marks.
func (n *snapshot) with(marks map[string]mark, zone *time.Location) *snapshot {
	out := *n
	out.marks = marks
	out.book = sync.OnceValue(func() *occupation.Book { return out.build(zone) })
	return &out
}

func (n *snapshot) build(zone *time.Location) *occupation.Book {
	spools := make([]occupation.Spool, 0, n.table.count)
	for row := 2; row <= n.table.rows(); row++ {
		if key := n.table.key(row); key != "" {
			spools = append(spools, n.spool(row, key, zone))
		}
	}
	return occupation.NewBook(n.at, spools)
}

func (n *snapshot) spool(row int, key string, zone *time.Location) occupation.Spool {
	return n.table.spool(row, zone, func(c occupation.Column) any {
		col, ok := n.table.cols[c]
		if !ok {
			return nil
		}
		return n.look(row, key, col)
	})
}

// look is a cell with our own writes over it.
func (n *snapshot) look(row int, key string, col int) any {
	if m, ok := n.marks[key]; ok && len(n.table.byKey[key]) == 1 {
		if v, ok := m.cells[n.table.head(col)]; ok {
			return v
		}
	}
	return n.table.cell(row, col)
}

// remember puts the cells of landed rows over the snapshot. The caller holds
// s.mu.
func (s *Sheet) remember(rows []planRow, answered time.Time) {
	marks := maps.Clone(s.marks)
	for _, r := range rows {
		key := occupation.TagKey(r.Tag)
		if key == "" || len(r.Cells) == 0 {
			continue
		}
		old := marks[key]
		m := mark{cells: map[string]any{}, stale: append([]map[string]any(nil), old.stale...), at: answered}
		maps.Copy(m.cells, old.cells)
		before := map[string]any{}
		for _, c := range r.Cells {
			before[c.Head] = c.Old
			m.cells[c.Head] = c.New
		}
		m.stale = append(m.stale, before)
		marks[key] = m
	}
	s.marks = marks
	if s.snap != nil {
		s.snap = s.snap.with(marks, s.opt.Zone)
	}
}

// Disown implements occupation.Records.
func (s *Sheet) Disown(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks = maps.Clone(s.marks)
	if len(keys) == 0 {
		clear(s.marks)
	}
	for _, key := range keys {
		delete(s.marks, key)
	}
	if s.snap != nil {
		s.snap = s.snap.with(s.marks, s.opt.Zone)
	}
}

// fade returns the marks that a new read does not show yet.
func fade(marks map[string]mark, t *table, now time.Time) map[string]mark {
	out := map[string]mark{}
	for key, m := range marks {
		rows := t.byKey[key]
		if len(rows) == 1 && (!t.at.After(m.at) || m.unseen(t, rows[0], now)) {
			out[key] = m
		}
	}
	return out
}

// unseen reports whether the row still shows what stood there before us.
func (m mark) unseen(t *table, row int, now time.Time) bool {
	if now.Sub(m.at) > staleFor || t.shows(row, m.cells) {
		return false
	}
	for _, before := range m.stale {
		if t.shows(row, before) {
			return true
		}
	}
	return false
}

// shows reports whether the row has these values under these headers.
func (t *table) shows(row int, cells map[string]any) bool {
	for head, v := range cells {
		if !same(t.cell(row, t.column(head)), v) {
			return false
		}
	}
	return true
}
