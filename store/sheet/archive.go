package sheet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/sheets/v4"
)

const (
	archiveRows = 5000       // rows of one move
	archiveRuns = 300        // stretches of one move, where rows are not sorted
	maxCells    = 10_000_000 // of a spreadsheet, blank ones among them. SHEETS.md 1

	archiveFields = "developerMetadata(metadataId,metadataKey),sheets(properties(sheetId,title,gridProperties(rowCount,columnCount,frozenRowCount)),basicFilter(range))"
)

// Archiving is what moving a year of the audit log into a tab of its own would do.
type Archiving struct {
	Title  string // of the year's tab
	New    bool   // the tab is made
	Rows   int    // that are moved
	Young  int    // that are of the year and too young
	Unread []int  // the numbers of the rows whose Timestamp cannot be read; they stay
	Back   int    // that stand in the tab and are of another year: they go back
}

// Nothing reports whether there is nothing to be done.
func (a Archiving) Nothing() bool { return a.Rows == 0 && a.Back == 0 }

// yard is what one look at Metadata and the tab of a year shows.
type yard struct {
	Archiving
	log, year yardTab
	out, back [][2]int // stretches of rows that go into the year's tab, and back; from 0, half open
	room      int      // cells that may be added
	stamps    []int32  // of earlier moves, ascending
}

// yardTab is a tab as a look shows it.
type yardTab struct {
	properties *sheets.SheetProperties
	heads      []string // as spelled
	id, at     int      // the columns ID and Timestamp
	ids, times []any    // below the header
}

// end is where the rows with an ID or a time end, from 0.
func (t yardTab) end() int { return 1 + max(len(t.ids), len(t.times)) }

// Archiving looks what moving the rows of a year before the moment would do: two
// reads, and nothing is changed. Errors are in words: what is missing, or in the way.
func (s *Sheet) Archiving(ctx context.Context, year int, before time.Time) (Archiving, error) {
	y, err := s.lookAround(ctx, year, before)
	return y.Archiving, err
}

func (s *Sheet) lookAround(ctx context.Context, year int, before time.Time) (yard, error) {
	y := yard{Archiving: Archiving{Title: archiveTitle(year), New: true}, room: maxCells}
	e := &exam{Sheet: s, account: "the service account"}
	book, err := s.about(ctx, archiveFields)
	if err != nil {
		return y, e.explained(err)
	}
	y.stamps = moveStamps(book)
	for _, t := range book.Sheets {
		if g := t.Properties.GridProperties; g != nil {
			y.room -= int(g.RowCount * g.ColumnCount)
		}
		isLog, isYear := headKey(t.Properties.Title) == headKey(tabLog), headKey(t.Properties.Title) == headKey(y.Title)
		if (isLog || isYear) && t.BasicFilter != nil {
			return y, fmt.Errorf("a filter is on in the tab %s: Google does not copy what it hides; take it off (Data → Remove filter), a filter view may stay", t.Properties.Title)
		}
		switch {
		case isLog && y.log.properties == nil:
			y.log.properties = t.Properties
		case isYear && y.year.properties == nil:
			y.year.properties, y.Title, y.New = t.Properties, t.Properties.Title, false
		}
	}
	if y.log.properties == nil {
		return y, fmt.Errorf("there is no tab %s: spoolbot init-sheet adds it", tabLog)
	}
	if err := s.readHeads(ctx, &y); err != nil {
		return y, err
	}
	tabs := []*yardTab{&y.log}
	if !y.New {
		tabs = append(tabs, &y.year)
	}
	var ranges []string
	for _, t := range tabs {
		ranges = append(ranges, a1(t.properties.Title, y.log.id, y.log.id, 2, 0), a1(t.properties.Title, y.log.at, y.log.at, 2, 0))
	}
	answer, _, err := s.values(ctx, "COLUMNS", ranges...)
	if err != nil {
		return y, e.explained(err)
	}
	for i, t := range tabs {
		t.ids, t.times = firstColumn(answer[2*i]), firstColumn(answer[2*i+1])
	}
	y.sort(year, before, s.opt.Zone)
	return y, nil
}

func firstColumn(columns [][]any) []any {
	if len(columns) == 0 {
		return nil
	}
	return columns[0]
}

// readHeads finds the columns, and compares the headers of the two tabs.
func (s *Sheet) readHeads(ctx context.Context, y *yard) error {
	ranges := []string{quoted(y.log.properties.Title) + "!1:1"}
	if !y.New {
		ranges = append(ranges, quoted(y.Title)+"!1:1")
	}
	answer, _, err := s.values(ctx, "ROWS", ranges...)
	if err != nil {
		return (&exam{Sheet: s, account: "the service account"}).explained(err)
	}
	heads := make([][]string, len(answer))
	for i, rows := range answer {
		if len(rows) > 0 {
			for _, v := range rows[0] {
				heads[i] = append(heads[i], cellText(v))
			}
		}
	}
	y.log.heads = heads[0]
	keys := make([]string, len(heads[0]))
	for i, h := range heads[0] {
		keys[i] = headKey(h)
	}
	cols, faults := locate(tabLog, keys, asFields(logColumns))
	if fault := firstOf(faults); fault != nil {
		return fmt.Errorf("the tab %s lacks columns, or has them twice: %s; spoolbot doctor tells more", tabLog, fault.Text)
	}
	y.log.id, y.log.at = cols["ID"], cols["Timestamp"]
	if !y.New && !slices.Equal(heads[0], heads[1]) {
		return fmt.Errorf("the tab %s has other headers than %s: %s, not %s; make them the same, or rename that tab", y.Title, tabLog, strings.Join(heads[1], ", "), strings.Join(heads[0], ", "))
	}
	return nil
}

// sort says of each row where it belongs. Rows that are blank, but for what others may
// have written beside, stay where they are.
func (y *yard) sort(year int, before time.Time, zone *time.Location) {
	from, to := yearIn(year, zone)
	for row := 1; row < y.log.end(); row++ {
		moment, blank := y.log.moment(row, zone)
		switch {
		case blank:
		case moment.IsZero():
			y.Unread = append(y.Unread, row+1)
		case moment.Before(from) || !moment.Before(to):
		case !moment.Before(before):
			y.Young++
		default:
			y.Rows++
			y.out = extend(y.out, row)
		}
	}
	for row := 1; row < y.year.end(); row++ {
		if moment, blank := y.year.moment(row, zone); !blank && (moment.Before(from) || !moment.Before(to)) {
			y.Back++
			y.back = extend(y.back, row)
		}
	}
}

// moment is the time of a row; zero when it cannot be read. blank: there is no ID either.
func (t yardTab) moment(row int, zone *time.Location) (moment time.Time, blank bool) {
	id, v := cellText(at(t.ids, row-1)), at(t.times, row-1)
	moment, _ = cellTime(v, zone)
	return moment, id == "" && cellText(v) == ""
}

// extend adds a row to stretches of ascending rows.
func extend(runs [][2]int, row int) [][2]int {
	if n := len(runs); n > 0 && runs[n-1][1] == row {
		runs[n-1][1]++
		return runs
	}
	return append(runs, [2]int{row, row + 1})
}

// firstRuns is the beginning of the stretches, as much as one move takes.
func firstRuns(runs [][2]int, most int) (some [][2]int, rows int) {
	for _, r := range runs[:min(len(runs), archiveRuns)] {
		n := min(r[1]-r[0], most-rows)
		if n == 0 {
			break
		}
		some, rows = append(some, [2]int{r[0], r[0] + n}), rows+n
	}
	return some, rows
}

// errNotStill: move after move hit other rows than those that were looked at.
var errNotStill = errors.New("the rows of " + tabLog + " do not stand still: somebody sorts, inserts or deletes rows in it; what was moved is in place, run it again when they are done")

// Archive moves the rows of a year before the moment into the year's tab, some
// thousand at a time: each move is one request that copies rows and deletes the same
// rows, so that whatever comes between, a row stands in the one tab or in the other.
// Each move is made from a fresh look, so that it can be broken off and begun again at
// any point; ctx ends it between two moves. Rows that others have pushed into its way
// are put back. seen is told how many rows of how many were moved. The error is in
// words, or that of ctx.
func (s *Sheet) Archive(ctx context.Context, year int, before time.Time, seen func(done, all int)) (int, error) {
	done, all, failed, busy := 0, 0, 0, 0
	why := errNotStill
	for {
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		y, err := s.lookAround(ctx, year, before)
		if err != nil {
			return done, err
		}
		if all = max(all, y.Rows); all-y.Rows > done {
			failed = 0
		}
		done = all - y.Rows
		seen(done, all)
		width := int(y.log.properties.GridProperties.ColumnCount)
		most := min(archiveRows, y.room/width-1)
		switch {
		case y.Nothing():
			return done, nil
		case most < 1:
			return done, errors.New("the spreadsheet is at Google's limit of ten million cells, and needs room for the rows that are moved: delete blank rows and columns, or tabs that nobody needs")
		case failed > 4, failed > 1 && why != errNotStill:
			return done, why
		}
		failed++
		switch fate, err := s.carryOver(ctx, y.move(most)); {
		case fate == hopeless, fate == later && busy > 9:
			return done, err
		case fate == later:
			busy, failed = busy+1, failed-1
		case err != nil:
			why = err
		default:
			why = errNotStill
		}
	}
}

// explainMove says what a refusal of a move means.
func (s *Sheet) explainMove(err error) error {
	e := &exam{Sheet: s, account: "the service account"}
	if o := outcomeOf(err, time.Now()); o.kind == refused && o.code == http.StatusBadRequest {
		return fmt.Errorf("the sheet refuses to move rows: %s; is a range protected? the service account must be among its editors", reasonOf(err))
	}
	return e.explained(err)
}
