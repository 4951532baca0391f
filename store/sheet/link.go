package sheet

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/sheets/v4"
)

const (
	linkTries = 8                // reads and writes of one change, what people moved included
	linkSend  = 30 * time.Second // of one sending
)

// Workers implements occupation.Directory.
func (s *Sheet) Workers(ctx context.Context) ([]occupation.Worker, error) {
	snap, err := s.read(ctx, time.Minute)
	if err == nil && snap.peopleErr != nil {
		snap, err = s.read(ctx, knownPeople)
	}
	switch {
	case err != nil:
		return nil, err
	case snap.peopleErr != nil:
		return nil, snap.peopleErr
	case snap.people.noSlack != nil:
		return nil, snap.people.noSlack
	}
	out := make([]occupation.Worker, 0, len(snap.people.byID))
	for _, w := range snap.people.byID {
		out = append(out, w)
	}
	return out, nil
}

// Link implements occupation.Directory: one cell of Trabajadores, found on a read
// that begins now, and the audit row in the same batch. People move these rows
// too: the answer says which row was hit, and what went to a wrong one is put back
// and written anew. The batch carries a stamp, so that a lost answer is found out
// for certain, where the spreadsheet guards stamps.
func (s *Sheet) Link(ctx context.Context, l occupation.Link) (bool, error) {
	w := relinking{Link: l}
	for range linkTries {
		snap, err := s.read(ctx, 0)
		if err == nil && snap.peopleErr != nil {
			err = snap.peopleErr
		}
		if err != nil {
			return w.audited, w.failed(unavailable(err))
		}
		if w.look(snap.people); w.doubtful && !w.done {
			return w.audited, w.failed(unavailable(errTooSoon))
		}
		w.doubtful = false
		cells := w.cells(snap.people)
		if len(cells) == 0 {
			if w.bad == nil {
				s.rememberLink(l)
			}
			return w.audited && w.bad == nil, w.err()
		}
		if err := s.sendLink(ctx, &w, snap, cells); err != nil {
			return w.audited, w.failed(err)
		}
	}
	return w.audited, w.failed(unavailable(errors.New("sheet: the tab of the workers does not stand still")))
}

// sendLink writes the cells once and notes in w what came of it. An error ends the
// change.
func (s *Sheet) sendLink(ctx context.Context, w *relinking, snap *snapshot, cells []personCell) *occupation.Error {
	if err := s.opt.Quota(ctx); err != nil {
		return unavailable(err)
	}
	now := time.Now()
	b := batch{request: &sheets.BatchUpdateSpreadsheetRequest{IncludeSpreadsheetInResponse: true, ResponseRanges: snap.people.answerRanges(cells)}}
	stamp := newStamp()
	b.add(forStamp, newStampRequest(stamp, w.Audit.ID))
	for i, c := range cells {
		b.add(i, updateCells(snap.people.sheet, c.row, []planCell{{Col: c.col, New: c.show}}))
	}
	if b.logged = w.wants(cells) && s.logFault(snap, now) == nil; b.logged {
		b.add(forLog, appendCells(snap.log.plan([]occupation.AuditRow{w.Audit}, s.opt.Zone)))
	}
	send, cancel := context.WithTimeout(ctx, linkSend)
	defer cancel()
	resp, err := s.service.Spreadsheets.BatchUpdate(s.id, b.request).Fields(googleapi.Field(answerFields)).Context(send).Do()
	if err != nil {
		return s.judgeLink(ctx, w, b, stamp, cells, snap, err)
	}
	s.stampLanded(stamp, now)
	w.audited = w.audited || b.logged
	answer, there := plan{Sheet: snap.people.sheet}.answered(resp.UpdatedSpreadsheet)
	if !there { // the tab has another id by now
		s.forgetTabs()
		w.unseen(snap.people, cells)
		return nil
	}
	w.landed(snap.people, cells, answer)
	return nil
}

// judgeLink says what the error of a sending means: nil = go on.
func (s *Sheet) judgeLink(ctx context.Context, w *relinking, b batch, stamp int32, cells []personCell, snap *snapshot, err error) *occupation.Error {
	o := outcomeOf(err, time.Now())
	switch {
	case o.kind == waits:
		if pause(ctx, o.wait) != nil {
			return unavailable(err)
		}
		return nil
	case o.kind == unknown:
		return s.findLink(ctx, w, b, stamp, cells, snap, err)
	case o.code == http.StatusForbidden:
		return &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected, Column: colSlack, Err: err}
	case o.code != http.StatusBadRequest, o.request < 0, o.request >= len(b.origin):
		return unavailable(err)
	case b.origin[o.request] == forLog:
		s.logRefused(time.Now())
		return nil
	case b.origin[o.request] == forStamp: // another's: the next has another id
		return nil
	case w.refused: // and it is where it was: protected
		return &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected, Column: colSlack, Row: cells[b.origin[o.request]].row, Err: err}
	default: // out of the grid perhaps: people deleted rows
		w.refused = true
		s.forgetTabs()
		return nil
	}
}

// findLink finds out what became of a sending without an answer: its stamp can be
// burned, then it never was and never will be; or it has landed. Without the guard
// only the next read can show it, and only if it has landed.
func (s *Sheet) findLink(ctx context.Context, w *relinking, b batch, stamp int32, cells []personCell, snap *snapshot, why error) *occupation.Error {
	if !s.guarded() {
		w.unseen(snap.people, cells)
		w.audited, w.doubtful = w.audited || b.logged, true
		return nil
	}
	err := s.create(ctx, stamp, burned)
	for n := 0; n < readTries && err != nil && outcomeOf(err, time.Now()).code != http.StatusBadRequest; n++ {
		if pause(ctx, time.Second<<n) != nil {
			break
		}
		err = s.create(ctx, stamp, burned)
	}
	switch o := outcomeOf(err, time.Now()); {
	case err == nil:
		s.stampLanded(stamp, time.Now())
		return nil
	case o.code == http.StatusBadRequest && o.request == 0: // it is there: ours, or burned by a try whose answer was lost
		return s.byLinkStamp(ctx, w, b, stamp, cells, snap)
	default:
		w.doubtful = true
		return unavailable(errors.Join(why, err))
	}
}

func (s *Sheet) byLinkStamp(ctx context.Context, w *relinking, b batch, stamp int32, cells []personCell, snap *snapshot) *occupation.Error {
	who, err := s.stampOwner(ctx, occupation.Commit{ID: w.Audit.ID, Stamp: stamp})
	switch {
	case err != nil:
		w.doubtful = true
		return unavailable(err)
	case who == ours:
		s.stampLanded(stamp, time.Now())
		w.audited = w.audited || b.logged
		w.unseen(snap.people, cells)
	}
	return nil
}
