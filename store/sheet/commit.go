package sheet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"google.golang.org/api/googleapi"
)

const (
	atOnce      = time.Millisecond // a commit that was refused for a part that is left out now
	logTryEvery = time.Minute
	logBelieved = 10 * time.Minute // a refused append is not held against the log for longer
)

// Commit implements occupation.Records: one spreadsheets.batchUpdate, sent
// once. The same commit makes the same bytes, but for audit rows and prunes that
// Google has refused.
func (s *Sheet) Commit(ctx context.Context, c occupation.Commit) (occupation.Receipt, error) {
	var p plan
	if err := json.Unmarshal(c.Plan, &p); err != nil {
		return occupation.Receipt{}, refuseAll(c, unavailable(fmt.Errorf("sheet: plan: %w", err)))
	}
	b := newBatch(c, p, len(p.Rows) == 0 || s.logWorks(time.Now()), s.present(p.Prune))
	if len(p.Rows) == 0 && !b.logged {
		return occupation.Receipt{}, refuseAll(c, missingTab(tabLog))
	}
	resp, err := s.service.Spreadsheets.BatchUpdate(s.id, b.request).Fields(googleapi.Field(answerFields)).Context(ctx).Do()
	if err != nil {
		return s.judge(ctx, c, p, b, err)
	}
	s.stampGone(b.pruned)
	landings, ok := p.landings(resp.UpdatedSpreadsheet)
	if !ok { // the tab has another title or id by now
		s.forgetTabs()
		return s.verify(ctx, c, p, b.logged)
	}
	return s.landed(ctx, c, p, b.logged, landings)
}

// judge says what the error of a sending means. SHEETS.md 4.
func (s *Sheet) judge(ctx context.Context, c occupation.Commit, p plan, b batch, err error) (occupation.Receipt, error) {
	o := outcomeOf(err, time.Now())
	if o.kind == refused && o.code == http.StatusBadRequest && (o.request < 0 || o.request >= len(b.origin) || b.origin[o.request] == forStamp) {
		receipt, known, verdict := s.byStamp(ctx, c, p, err)
		if known {
			return receipt, verdict
		}
	}
	if o.kind == unknown {
		s.doubt(c.Stamp)
		return occupation.Receipt{}, &occupation.Unknown{Err: err, Again: s.guarded()}
	}
	if s.doubted(c.Stamp) { // this sending was not applied; of the earlier one that says nothing
		return occupation.Receipt{}, &occupation.Unknown{Err: err, Again: o.kind == waits && s.guarded()}
	}
	if o.kind == waits {
		return occupation.Receipt{}, &occupation.Refused{Wait: o.wait}
	}
	return occupation.Receipt{}, s.blame(ctx, c, p, b, o, err)
}

// byStamp looks whose the stamp of a refused commit is. known is false when it
// is nobody's: then something else was refused.
func (s *Sheet) byStamp(ctx context.Context, c occupation.Commit, p plan, why error) (receipt occupation.Receipt, known bool, err error) {
	who, err := s.stampOwner(ctx, c)
	switch {
	case err != nil:
		s.doubt(c.Stamp)
		return receipt, true, &occupation.Unknown{Err: errors.Join(why, err), Again: s.guarded()}
	case who == ours, who == oursWithoutLog:
		receipt, err = s.verify(ctx, c, p, who == ours)
		return receipt, true, err
	case who == nobodys:
		return receipt, true, &occupation.Refused{Burned: true}
	case who == anothers:
		return receipt, true, &occupation.Refused{StampTaken: true}
	default:
		return receipt, false, nil
	}
}

// blame names what a refused commit was refused for.
func (s *Sheet) blame(ctx context.Context, c occupation.Commit, p plan, b batch, o outcome, err error) *occupation.Refused {
	if o.code != http.StatusBadRequest {
		reason := unavailable(err)
		if o.code == http.StatusForbidden {
			reason.Reason = occupation.Protected
		}
		return refuseAll(c, reason)
	}
	if o.request < 0 || o.request >= len(b.origin) {
		s.forgetTabs()
		if _, readErr := s.spools(ctx, 0); readErr != nil {
			return refuseAll(c, unavailable(readErr))
		}
		return &occupation.Refused{Err: unavailable(err)}
	}
	switch origin := b.origin[o.request]; {
	case origin == forLog && len(p.Rows) == 0:
		s.logRefused(time.Now())
		return refuseAll(c, missingTab(tabLog))
	case origin == forLog:
		s.logRefused(time.Now())
		return &occupation.Refused{Wait: atOnce}
	case origin == forPrune:
		s.stampGone([]int32{b.pruned[b.nth(o.request)]})
		return &occupation.Refused{Wait: atOnce}
	case origin == forStamp:
		return refuseAll(c, unavailable(err))
	default:
		return s.blameRow(ctx, c, p.Rows[origin], p.Rows[origin].runs()[b.nth(o.request)][0], err)
	}
}

// blameRow looks once more at the row that was refused: when it is still where
// it was, it is protected.
func (s *Sheet) blameRow(ctx context.Context, c occupation.Commit, r planRow, cell planCell, err error) *occupation.Refused {
	out := &occupation.Refused{Err: unavailable(err)}
	if at := slices.IndexFunc(c.Changes, func(ch occupation.Change) bool { return r.Event != "" && ch.Intent.Event == r.Event }); at >= 0 {
		out.Bad = []int{at}
	}
	s.forgetTabs()
	snap, readErr := s.spools(ctx, 0)
	if readErr != nil {
		out.Err = unavailable(readErr)
		return out
	}
	if snap.table.key(r.Row) != occupation.TagKey(r.Tag) || snap.table.head(cell.Col) != cell.Head {
		out.Moved = true // out of the grid perhaps
		return out
	}
	out.Err = &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.Protected, Tag: r.Tag, Row: r.Row, Err: err}
	for column, col := range snap.table.cols {
		if col == cell.Col {
			out.Err.Column = column
		}
	}
	return out
}

// refuseAll blames all changes alike, so that nobody tries them one by one.
func refuseAll(c occupation.Commit, err *occupation.Error) *occupation.Refused {
	out := &occupation.Refused{Err: err}
	for i := range c.Changes {
		out.Bad = append(out.Bad, i)
	}
	return out
}

// landed concludes a commit that is in the sheet: what was hit as intended is
// shown from now on, what was not is to be put right.
func (s *Sheet) landed(ctx context.Context, c occupation.Commit, p plan, logged bool, landings []landing) (occupation.Receipt, error) {
	now := time.Now()
	var receipt occupation.Receipt
	owed := !logged
	if p.Repair {
		owed = p.Owed
	} else if logged {
		s.logHealed()
	}
	if owed {
		receipt.Owed = c.Events()
	}
	var right []planRow
	var wrong []landing
	for _, l := range landings {
		if l.right() {
			right = append(right, l.row)
			continue
		}
		wrong = append(wrong, l)
	}
	s.mu.Lock()
	s.remember(right, now)
	if p.Repair { // what was read shows the damage, also in rows that marks cannot name
		s.snap = nil
	}
	s.mu.Unlock()
	if len(wrong) > 0 {
		remainder, err := s.remainder(ctx, p, wrong, owed)
		if err != nil { // it has landed; what to put right is found out by Resolve
			s.mu.Lock()
			s.missed[c.ID] = wrong
			s.mu.Unlock()
			return occupation.Receipt{}, &occupation.Unknown{Err: err}
		}
		receipt.Remainder = remainder
	}
	s.mu.Lock()
	delete(s.missed, c.ID)
	s.mu.Unlock()
	s.stampLanded(c.Stamp, now)
	return receipt, nil
}

// verify concludes a commit whose answer is lost: its rows are read once.
func (s *Sheet) verify(ctx context.Context, c occupation.Commit, p plan, logged bool) (occupation.Receipt, error) {
	s.mu.Lock()
	missed, known := s.missed[c.ID]
	s.mu.Unlock()
	if known {
		return s.landed(ctx, c, p, logged, missed)
	}
	if len(p.Rows) == 0 {
		return s.landed(ctx, c, p, logged, nil)
	}
	snap, err := s.spools(ctx, 0)
	if err != nil {
		return occupation.Receipt{}, &occupation.Unknown{Err: err}
	}
	there, err := s.lookThere(ctx, p, snap)
	if err != nil {
		return occupation.Receipt{}, &occupation.Unknown{Err: err}
	}
	return s.landed(ctx, c, p, logged, s.traces(p, snap, there))
}

func (s *Sheet) guarded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guard
}

func (s *Sheet) doubt(stamp int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubts[stamp] = true
}

func (s *Sheet) doubted(stamp int32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.doubts[stamp]
}
