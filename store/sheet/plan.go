package sheet

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf16"

	"github.com/spoolbot/spoolbot/occupation"
)

const (
	freshForWrite = 5 * time.Second // a write never goes out on an older read
	nearRows      = 2               // rows beside a planned one whose cells the plan remembers
	keepUsed      = 4               // snapshots kept for before-images; the core has at most 4 commits on their way
)

// plan is all that a commit's request is made of, beside its id and stamp. It
// travels through the lock store, so that another process can finish the
// commit.
type plan struct {
	Sheet  int64     `json:"sheet"` // id and title of Operaciones
	Title  string    `json:"title"`
	Tag    int       `json:"tag"` // column of the TAG
	Head   string    `json:"head"`
	At     time.Time `json:"at"` // when the read began that it was made from
	Rows   []planRow `json:"rows,omitempty"`
	Before []image   `json:"before,omitempty"`
	Log    *planLog  `json:"log,omitempty"` // nil: no audit rows
	Prune  []int32   `json:"prune,omitempty"`
	Repair bool      `json:"repair,omitempty"`
	Owed   bool      `json:"owed,omitempty"` // of a repair: what it puts right landed without its audit rows
}

// planRow is one row of Operaciones to be written.
type planRow struct {
	Event string     `json:"event,omitempty"` // of the change; empty = a row that is put back
	Row   int        `json:"row"`             // 1-based
	Tag   string     `json:"tag"`             // that must stand there; empty = a row without one
	Cells []planCell `json:"cells"`           // by column
}

// planCell is one cell to be written; nil clears it.
type planCell struct {
	Col    int    `json:"col"`
	Head   string `json:"head"` // the normalised header that must stand over it
	Old    any    `json:"old"`  // what the row showed before
	New    any    `json:"new"`
	Format string `json:"format,omitempty"`
}

// image is what a row showed under the headers that we read beside those that
// we write.
type image struct {
	Key   string         `json:"key"`
	Cells map[string]any `json:"cells"`
}

// planLog is the audit rows, each as long as its last used column.
type planLog struct {
	Sheet int64       `json:"sheet"`
	Rows  [][]logCell `json:"rows"`
}

// logCell is one cell of an audit row.
type logCell struct {
	Value  any    `json:"v,omitempty"`
	Format string `json:"f,omitempty"`
}

func (p plan) encode() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // text, numbers and flags always marshal
	}
	return b
}

// Prepare implements occupation.Records.
func (s *Sheet) Prepare(ctx context.Context, changes []occupation.Change) (occupation.Draft, error) {
	snap, err := s.spools(ctx, freshForWrite)
	if err != nil {
		return occupation.Draft{}, err
	}
	now := time.Now()
	s.use(snap)
	p := snap.newPlan()
	draft := occupation.Draft{Refused: map[string]*occupation.Error{}, Rows: map[string]occupation.Spool{}}
	logErr := s.logFault(snap, now)
	var rows []occupation.AuditRow
	for _, ch := range changes {
		event := ch.Intent.Event
		if bad := tooLong(ch); bad != nil {
			draft.Refused[event] = bad
			continue
		}
		if len(ch.Cells) == 0 && logErr != nil {
			draft.Refused[event] = logErr
			continue
		}
		if len(ch.Cells) > 0 {
			spool, missing := snap.book().Find(ch.Intent.Tag)
			if missing != nil {
				draft.Refused[event] = missing
				continue
			}
			if bad := snap.missing(ch.Cells); bad != nil {
				draft.Refused[event] = bad
				continue
			}
			draft.Rows[event] = spool
			p.Rows = append(p.Rows, snap.planRow(event, spool, ch.Cells, s.opt.Zone))
		}
		rows = append(rows, ch.Audit)
	}
	p.Before = snap.images(p.Rows)
	if snap.log.err == nil && len(rows) > 0 {
		p.Log = snap.log.plan(rows, s.opt.Zone)
	}
	p.Prune = s.prunable(now)
	draft.Plan = p.encode()
	return draft, nil
}

func (n *snapshot) newPlan() plan {
	tag := n.table.cols[occupation.ColTag]
	return plan{Sheet: n.table.sheet, Title: n.table.title, Tag: tag, Head: n.table.head(tag), At: n.table.at}
}

// missing refuses cells that must not be left out while the sheet has no column for
// them.
func (n *snapshot) missing(cells []occupation.Cell) *occupation.Error {
	for _, c := range cells {
		if _, ok := n.table.cols[c.Column]; c.Must && !ok {
			return &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Column: c.Column, Text: n.table.title}
		}
	}
	return nil
}

// planRow renders the cells of a change; a column that the sheet does not have
// (only Estado_Ocupacion may be missing) is left out.
func (n *snapshot) planRow(event string, spool occupation.Spool, cells []occupation.Cell, zone *time.Location) planRow {
	out := planRow{Event: event, Row: spool.Row, Tag: spool.Tag}
	key := occupation.TagKey(spool.Tag)
	for _, c := range cells {
		col, ok := n.table.cols[c.Column]
		if !ok {
			continue
		}
		v, format := value(c, zone)
		out.Cells = append(out.Cells, planCell{Col: col, Head: n.table.head(col), Old: n.look(spool.Row, key, col), New: v, Format: format})
	}
	out.sort()
	return out
}

// images remembers what stands in the planned rows and beside them: where one
// row is inserted or deleted meanwhile, those are hit.
func (n *snapshot) images(rows []planRow) []image {
	var out []image
	seen := map[int]bool{}
	for _, r := range rows {
		for row := max(r.Row-nearRows, 2); row <= min(r.Row+nearRows, n.table.rows()); row++ {
			if key := n.table.key(row); key != "" && !seen[row] && len(n.table.byKey[key]) == 1 {
				seen[row] = true
				out = append(out, image{Key: key, Cells: n.cellsOf(row, key)})
			}
		}
	}
	return out
}

// cellsOf is the row under the columns that we write.
func (n *snapshot) cellsOf(row int, key string) map[string]any {
	out := map[string]any{}
	for _, c := range written {
		if col, ok := n.table.cols[c]; ok {
			out[n.table.head(col)] = n.look(row, key, col)
		}
	}
	return out
}

// plan renders audit rows by the headers of the log. Rows always start in
// column A, other columns stay blank. SHEETS.md 1, appendCells.
func (l logTab) plan(rows []occupation.AuditRow, zone *time.Location) *planLog {
	out := &planLog{Sheet: l.sheet}
	for _, r := range rows {
		last := 0
		for _, col := range l.cols {
			last = max(last, col)
		}
		line := make([]logCell, last+1)
		put := func(c occupation.Column, v any, format string) { line[l.cols[c]] = logCell{v, format} }
		put("ID", r.ID, "")
		put("Timestamp", serialOf(r.At, zone), momentFormat)
		put("Evento_Tipo", string(r.Kind), "")
		put("TAG_SPOOL", r.Tag, "")
		put("Worker_ID", float64(r.WorkerID), "")
		put("Worker_Nombre", r.WorkerName, "")
		put("Operacion", string(r.Operation), "")
		put("Accion", r.Action, "")
		if !r.Date.IsZero() {
			put("Fecha_Operacion", daySerial(r.Date, zone), dateFormat)
		}
		put("Metadata_JSON", r.JSON, "")
		out.Rows = append(out.Rows, line)
	}
	return out
}

// tooLong refuses what no cell holds: one such text would sink the whole batch.
func tooLong(ch occupation.Change) *occupation.Error {
	texts := []string{ch.Audit.ID, ch.Audit.Tag, ch.Audit.WorkerName, ch.Audit.JSON}
	for _, c := range ch.Cells {
		texts = append(texts, c.Text)
	}
	for _, text := range texts {
		if len(text) > maxText && len(utf16.Encode([]rune(text))) > maxText {
			return &occupation.Error{Code: occupation.InvalidInput, Tag: ch.Intent.Tag, Text: text[:40]}
		}
	}
	return nil
}

// use keeps the snapshot that a plan was made from, for its before-images.
func (s *Sheet) use(n *snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, u := range s.used {
		if u.at.Equal(n.at) {
			s.used[i] = n
			return
		}
	}
	if s.used = append(s.used, n); len(s.used) > keepUsed {
		s.used = s.used[1:]
	}
}
