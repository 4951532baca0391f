package sheet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/sheets/v4"

	"github.com/spoolbot/spoolbot/occupation"
)

const moveTimeout = 200 * time.Second // Google works on a request for 180 s at most

// fate is what became of a move.
type fate int

const (
	missed   fate = iota // it was not applied, and never will be
	later                // it was not, and may be tried again
	moved                // it was
	hopeless             // it was not, and another one will not be either
)

// move takes stretches of rows from one tab to the other.
type move struct {
	from, to yardTab
	title    string // of the tab that they go to
	make     bool   // that tab is made
	home     bool   // they go back to Metadata
	runs     [][2]int
	rows     int
	at       int // the row from 0 where they come to stand
	log      yardTab
	stamps   []int32
}

// move is the next one of what is to be done: first what is in the wrong place goes
// back to the end of Metadata, from where serve reads the latest events.
func (y yard) move(most int) move {
	if y.Back > 0 {
		m := move{from: y.year, to: y.log, title: y.log.properties.Title, home: true, at: y.log.end(), log: y.log, stamps: y.stamps}
		m.runs, m.rows = firstRuns(y.back, most)
		return m
	}
	m := move{from: y.log, to: y.year, title: y.Title, make: y.New, at: 1, log: y.log, stamps: y.stamps}
	if !y.New {
		m.at = y.year.end()
	} else {
		m.to.properties = &sheets.SheetProperties{SheetId: int64(newStamp()), GridProperties: &sheets.GridProperties{}}
	}
	m.runs, m.rows = firstRuns(y.out, most)
	return m
}

// requests of a move, under a stamp. The rows that receive are new ones: so nothing is
// ever written over, wherever others have moved rows meanwhile. The source has no last
// column: what somebody has just added on the right is copied too, or all is refused.
func (m move) requests(token string) []*sheets.Request {
	from, to := m.from.properties, m.to.properties
	width := from.GridProperties.ColumnCount
	out := []*sheets.Request{
		keyedStamp(moveKey, m.stamp(), token),
		{ClearBasicFilter: &sheets.ClearBasicFilterRequest{SheetId: from.SheetId, ForceSendFields: []string{"SheetId"}}},
	}
	if m.make {
		out = append(out, &sheets.Request{AddSheet: &sheets.AddSheetRequest{Properties: &sheets.SheetProperties{
			SheetId: to.SheetId, Title: m.title,
			GridProperties: &sheets.GridProperties{RowCount: int64(1 + m.rows), ColumnCount: width, FrozenRowCount: 1},
		}}}, copyRows(from.SheetId, to.SheetId, [2]int{0, 1}, 0, width))
	} else {
		if short := width - to.GridProperties.ColumnCount; short > 0 {
			out = append(out, &sheets.Request{AppendDimension: &sheets.AppendDimensionRequest{
				SheetId: to.SheetId, Dimension: "COLUMNS", Length: short, ForceSendFields: []string{"SheetId"},
			}})
		}
		out = append(out, &sheets.Request{InsertDimension: &sheets.InsertDimensionRequest{
			Range: rowRange(to.SheetId, [2]int{m.at, m.at + m.rows}), InheritFromBefore: true,
		}})
	}
	at := m.at
	for _, r := range m.runs {
		out = append(out, copyRows(from.SheetId, to.SheetId, r, at, width))
		at += r[1] - r[0]
	}
	if lacks := max(1, from.GridProperties.FrozenRowCount) + 1 - (from.GridProperties.RowCount - int64(m.rows)); lacks > 0 {
		out = append(out, &sheets.Request{AppendDimension: &sheets.AppendDimensionRequest{ // a tab must keep a row below the frozen ones
			SheetId: from.SheetId, Dimension: "ROWS", Length: lacks, ForceSendFields: []string{"SheetId"},
		}})
	}
	for _, r := range slices.Backward(m.runs) {
		out = append(out, &sheets.Request{DeleteDimension: &sheets.DeleteDimensionRequest{Range: rowRange(from.SheetId, r)}})
	}
	for _, id := range m.stamps[:max(0, len(m.stamps)-moveStampsKept)] {
		out = append(out, &sheets.Request{DeleteDeveloperMetadata: &sheets.DeleteDeveloperMetadataRequest{
			DataFilter: &sheets.DataFilter{DeveloperMetadataLookup: &sheets.DeveloperMetadataLookup{MetadataId: int64(id), MetadataKey: moveKey}},
		}})
	}
	return out
}

// The stamps of moves are a row of numbers: each takes the one behind the last that its
// look has seen. So of two that were planned on one look only one lands, whoever else
// archives meanwhile. serve drops its own stamps by their key, and none of these.
const (
	moveKey        = "spoolbot-archive"
	firstMoveStamp = 20_250
	moveStampsKept = 20
)

// moveStamps lists those that are there, ascending.
func moveStamps(book *sheets.Spreadsheet) (out []int32) {
	for _, m := range book.DeveloperMetadata {
		if m.MetadataKey == moveKey {
			out = append(out, int32(m.MetadataId))
		}
	}
	slices.Sort(out)
	return out
}

// stamp is the number of the move.
func (m move) stamp() int32 {
	if n := len(m.stamps); n > 0 {
		return m.stamps[n-1] + 1
	}
	return firstMoveStamp
}

func rowRange(sheet int64, r [2]int) *sheets.DimensionRange {
	return &sheets.DimensionRange{
		SheetId: sheet, Dimension: "ROWS", StartIndex: int64(r[0]), EndIndex: int64(r[1]), ForceSendFields: []string{"SheetId", "StartIndex"},
	}
}

func copyRows(from, to int64, r [2]int, at int, width int64) *sheets.Request {
	return &sheets.Request{CopyPaste: &sheets.CopyPasteRequest{
		Source: &sheets.GridRange{
			SheetId: from, StartRowIndex: int64(r[0]), EndRowIndex: int64(r[1]), ForceSendFields: []string{"SheetId", "StartRowIndex"},
		},
		Destination: &sheets.GridRange{
			SheetId: to, StartRowIndex: int64(at), EndRowIndex: int64(at + r[1] - r[0]), EndColumnIndex: width,
			ForceSendFields: []string{"SheetId", "StartRowIndex", "StartColumnIndex"},
		},
		PasteType: "PASTE_NORMAL", PasteOrientation: "NORMAL",
	}}
}

// carryOver sends a move once, and finds out what became of it: also when ctx ends
// meanwhile, lest it lands later on rows that are not those any more. Which rows it hit
// the next look tells; whether columns had moved, its answer. The error says in words
// why it was not applied.
func (s *Sheet) carryOver(ctx context.Context, m move) (fate, error) {
	if err := s.opt.Quota(ctx); err != nil {
		return missed, err
	}
	mine, sent := occupation.Commit{ID: rand.Text(), Stamp: m.stamp()}, time.Now()
	request := &sheets.BatchUpdateSpreadsheetRequest{
		Requests: m.requests(mine.ID), IncludeSpreadsheetInResponse: true, ResponseRanges: []string{quoted(m.log.properties.Title) + "!1:1"},
	}
	end := context.WithoutCancel(ctx)
	send, cancel := context.WithTimeout(end, moveTimeout)
	defer cancel()
	resp, err := s.service.Spreadsheets.BatchUpdate(s.id, request).Fields(googleapi.Field(answerFields)).Context(send).Do()
	switch o := outcomeOf(err, time.Now()); {
	case err == nil:
		if !m.home && !m.make && !m.aligned(resp.UpdatedSpreadsheet) {
			return s.carryBack(end, m)
		}
		return moved, nil
	case o.kind == waits:
		_ = pause(ctx, o.wait) // who asked looks at ctx
		return later, s.explainMove(err)
	case o.kind == unknown:
		return s.decide(end, mine, sent)
	case o.code == http.StatusBadRequest && o.request == 0: // another move has landed since the look
		return missed, nil
	case o.code == http.StatusBadRequest: // of a grid that has changed since, perhaps
		return missed, s.explainMove(err)
	default:
		return hopeless, s.explainMove(err)
	}
}

// decide waits until a move whose answer was lost has landed, or never can: its stamp
// is there, or is burned. Where the sheet does not guard stamps it waits out Google's
// longest time.
func (s *Sheet) decide(ctx context.Context, mine occupation.Commit, sent time.Time) (fate, error) {
	for n := 0; ; n++ {
		done, err := s.decideOnce(ctx, mine, sent)
		if err == nil {
			return done, nil
		}
		if wait := max(outcomeOf(err, time.Now()).wait, time.Second<<min(n, 5)); n == 9 || pause(ctx, wait) != nil {
			return hopeless, fmt.Errorf("it is not known whether the last move was done: %w; run it again, it looks first", s.explainMove(err))
		}
	}
}

func (s *Sheet) decideOnce(ctx context.Context, mine occupation.Commit, sent time.Time) (fate, error) {
	who, err := s.stampOwner(ctx, mine)
	switch {
	case err != nil:
		return missed, err
	case who == ours:
		return moved, nil
	case who != absent: // its number is another's, or burned
		return missed, nil
	}
	guard, err := s.probe(ctx)
	if err != nil {
		return missed, err
	}
	if !guard {
		if wait := time.Until(sent.Add(absentAfter)); wait > 0 {
			return missed, errors.Join(errTooSoon, pause(ctx, wait))
		}
		return missed, nil
	}
	err = s.stamp(ctx, keyedStamp(moveKey, mine.Stamp, burned))
	if o := outcomeOf(err, time.Now()); err != nil && o.code == http.StatusBadRequest && o.request == 0 {
		return missed, fmt.Errorf("sheet: it has landed since: %w", err) // asked once more, the stamp says whose it is
	}
	return missed, err
}

// aligned reports whether the columns of Metadata were where they had been.
func (m move) aligned(answer *sheets.Spreadsheet) bool {
	cells, ok := plan{Sheet: m.log.properties.SheetId}.answered(answer)
	for i, h := range m.log.heads {
		ok = ok && cellText(cells[[2]int{0, i}]) == h
	}
	return ok
}

// carryBack undoes a move at once whose rows came under other headers, because columns
// of Metadata were moved just before it: nobody could tell by them any more what they
// are.
func (s *Sheet) carryBack(ctx context.Context, m move) (fate, error) {
	for range 5 {
		book, err := s.about(ctx, archiveFields)
		if err != nil {
			return hopeless, s.explainMove(err)
		}
		tabs := newTabs(book)
		log, year := tabs[headKey(tabLog)], tabs[headKey(m.title)]
		if log == nil || year == nil {
			break
		}
		back := move{
			from: yardTab{properties: year}, to: yardTab{properties: log}, title: log.Title, home: true, log: m.log,
			runs: [][2]int{{m.at, m.at + m.rows}}, rows: m.rows, at: m.from.end() - m.rows, stamps: moveStamps(book),
		}
		if done, err := s.carryOver(ctx, back); done != missed && done != later {
			return done, err
		}
	}
	return hopeless, fmt.Errorf("columns of %s were moved while rows were, and the last %d rows of %s stand under wrong headers: cut them and paste them below those of %s", tabLog, m.rows, m.title, tabLog)
}
