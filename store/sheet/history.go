package sheet

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// How the rows of a history are read: those that stand near each other in one
// range, so many ranges and rows to one read. Ranges stand in the address of a
// request, which has to stay short.
const (
	closeRows  = 50
	mostRanges = 60
	mostRows   = 5000
)

// errRestless: whenever the rows were looked for they had moved.
var errRestless = errors.New("sheet: the rows of the audit log do not stand still")

// narrow are the columns by which rows are found, in the order in which they are
// read, and all that a row must have to be told.
var narrow = []occupation.Column{"Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_ID"}

// Log implements occupation.Records: one read of the columns that say which rows
// are meant, whatever order people have brought them into, then the rows
// themselves. Both are looked at again when rows or columns have moved meanwhile. The
// tabs of years cost three reads each, and are read only where the query reaches into
// their time and Metadata alone does not answer it.
func (s *Sheet) Log(ctx context.Context, q occupation.LogQuery) ([]occupation.AuditRow, bool, error) {
	maxAge := time.Minute
	for range 3 {
		snap, err := s.read(ctx, maxAge)
		if err != nil {
			return nil, false, err
		}
		h := history{s: s, q: q, title: snap.log.title, cols: snap.log.cols}
		rows, more, err := h.read(ctx, snap.log.err)
		if err == nil {
			rows, more, err = s.older(ctx, snap.archives, q, rows, more)
		}
		if !errors.Is(err, errRestless) {
			return rows, more, err
		}
		maxAge = 0
	}
	return nil, false, unavailable(errRestless)
}

// history is one reading of the audit log.
type history struct {
	s     *Sheet
	q     occupation.LogQuery
	title string
	cols  map[occupation.Column]int
}

// place is a row that may be wanted: its number, and what the narrow columns said
// of it.
type place struct {
	row int // 1-based
	at  time.Time
	tag string
}

func (h history) read(ctx context.Context, fault *occupation.Error) ([]occupation.AuditRow, bool, error) {
	for _, c := range narrow {
		if _, ok := h.cols[c]; !ok && fault != nil {
			return nil, false, fault
		}
	}
	places, err := h.find(ctx)
	if err != nil {
		return nil, false, err
	}
	most := h.q.Most()
	var out []occupation.AuditRow
	for size := most + 1; len(places) > 0 && len(out) <= most; size = min(4*size, mostRows) {
		n := min(size, len(places))
		rows, err := h.fetch(ctx, places[:n])
		if err != nil {
			return nil, false, err
		}
		out, places = append(out, rows...), places[n:]
	}
	occupation.NewestFirst(out)
	if len(out) > most {
		return out[:most], true, nil
	}
	return out, false, nil
}

// values reads ranges of the log, and leaves the reads to work that work needs.
func (h history) values(ctx context.Context, major string, ranges ...string) ([][][]any, error) {
	if err := h.s.limit.spare(ctx); err != nil {
		return nil, unavailable(err)
	}
	answer, _, err := h.s.values(ctx, major, ranges...)
	if err == nil {
		return answer, nil
	}
	if outcomeOf(err, time.Now()).code == http.StatusBadRequest { // the tab was renamed, or columns are gone
		h.s.forgetTabs()
		return nil, errRestless
	}
	return nil, unavailable(err)
}

// find reads the headers and the narrow columns that the query needs, whole: only
// they tell which rows are the newest when people have sorted them.
func (h history) find(ctx context.Context) ([]place, error) {
	need := []occupation.Column{"Timestamp", "TAG_SPOOL"}
	if h.q.Worker != 0 {
		need = narrow
	}
	ranges := []string{quoted(h.title) + "!1:1"}
	for _, c := range need {
		ranges = append(ranges, a1(h.title, h.cols[c], h.cols[c], 2, 0))
	}
	answer, err := h.values(ctx, "COLUMNS", ranges...)
	if err != nil {
		return nil, err
	}
	if now, _ := locate(tabLog, columnHeads(answer[0]), asFields(logColumns)); !maps.Equal(now, h.cols) {
		return nil, errRestless
	}
	columns, last := map[occupation.Column][]any{}, 0
	for i, c := range need {
		if column := answer[i+1]; len(column) > 0 {
			columns[c], last = column[0], max(last, len(column[0]))
		}
	}
	var out []place
	for i := range last {
		moment, _ := cellTime(at(columns["Timestamp"], i), h.s.opt.Zone)
		p := place{row: i + 2, at: moment, tag: cellText(at(columns["TAG_SPOOL"], i))}
		if (p.tag == "" && p.at.IsZero()) || !h.q.InTime(p.at) || !h.q.OfTag(p.tag) {
			continue
		}
		if h.q.Worker != 0 && !h.mayConcern(at(columns["Worker_ID"], i), at(columns["Evento_Tipo"], i)) {
			continue
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b place) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.row, a.row)) })
	return out, nil
}

// mayConcern reports whether a row may be about the worker; whose the spool was,
// where the row names somebody else, only its JSON tells.
func (h history) mayConcern(id, kind any) bool {
	n, _ := cellInt(id)
	return n == h.q.Worker || occupation.Kind(cellText(kind)).Others()
}

// fetch reads the rows at the places.
func (h history) fetch(ctx context.Context, places []place) ([]occupation.AuditRow, error) {
	byRow := slices.Clone(places)
	slices.SortFunc(byRow, func(a, b place) int { return cmp.Compare(a.row, b.row) })
	var out []occupation.AuditRow
	for len(byRow) > 0 {
		runs, n := stretches(byRow)
		rows, err := h.fetchRuns(ctx, runs, byRow[:n])
		if err != nil {
			return nil, err
		}
		out, byRow = append(out, rows...), byRow[n:]
	}
	return out, nil
}

// stretches gives the rows to be read at once for the first n of the places.
func stretches(places []place) (runs [][2]int, n int) {
	rows := 0
	for _, p := range places {
		if i := len(runs) - 1; i >= 0 && p.row-runs[i][1] <= closeRows {
			if rows += p.row - runs[i][1]; rows > mostRows {
				break
			}
			runs[i][1] = p.row
		} else {
			if rows++; rows > mostRows || len(runs) == mostRanges {
				break
			}
			runs = append(runs, [2]int{p.row, p.row})
		}
		n++
	}
	return runs, n
}

// fetchRuns reads stretches of rows and picks the places out of them.
func (h history) fetchRuns(ctx context.Context, runs [][2]int, places []place) ([]occupation.AuditRow, error) {
	last := slices.Max(slices.Collect(maps.Values(h.cols)))
	ranges := make([]string, len(runs))
	for i, r := range runs {
		ranges[i] = a1(h.title, 0, last, r[0], r[1])
	}
	answer, err := h.values(ctx, "ROWS", ranges...)
	if err != nil {
		return nil, err
	}
	var out []occupation.AuditRow
	for i, r := range runs {
		for len(places) > 0 && places[0].row <= r[1] {
			p := places[0]
			places = places[1:]
			var cells []any
			if n := p.row - r[0]; n < len(answer[i]) {
				cells = answer[i][n]
			}
			row := h.row(cells)
			if !row.At.Equal(p.at) || row.Tag != p.tag {
				return nil, errRestless
			}
			if h.q.Wants(row) {
				out = append(out, row)
			}
		}
	}
	return out, nil
}

// row gives what can be read of a row.
func (h history) row(cells []any) occupation.AuditRow {
	cell := func(c occupation.Column) any {
		col, ok := h.cols[c]
		if !ok {
			return nil
		}
		return at(cells, col)
	}
	text := func(c occupation.Column) string { return cellText(cell(c)) }
	id, _ := cellInt(cell("Worker_ID")) // 0 = nobody that could be named
	moment, _ := cellTime(cell("Timestamp"), h.s.opt.Zone)
	date, _ := cellDay(cell("Fecha_Operacion"), h.s.opt.Zone)
	return occupation.AuditRow{
		ID: text("ID"), At: moment, Kind: occupation.Kind(text("Evento_Tipo")), Tag: text("TAG_SPOOL"),
		WorkerID: id, WorkerName: text("Worker_Nombre"), Operation: occupation.Operation(text("Operacion")),
		Action: text("Accion"), Date: date, JSON: text("Metadata_JSON"),
	}
}
