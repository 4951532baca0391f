package sheet

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// absentAfter is how long after its sending a write may still land: Google's
// limit is 180 s. SHEETS.md 1, limits.
const absentAfter = 200 * time.Second

// Resolve implements occupation.Records. With the guard the stamp knows: it is
// ours, or it is burned now, so that the commit never can land. Without it, the
// audit log is asked, and "absent" counts only when no write can be on its way.
func (s *Sheet) Resolve(ctx context.Context, c occupation.Commit) (bool, occupation.Receipt, error) {
	var p plan
	if err := json.Unmarshal(c.Plan, &p); err != nil {
		return false, occupation.Receipt{}, unavailable(err)
	}
	for range 2 {
		who, err := s.stampOwner(ctx, c)
		switch {
		case err != nil:
			return false, occupation.Receipt{}, unavailable(err)
		case who == ours, who == oursWithoutLog:
			return s.resolved(ctx, c, p, who == ours)
		case s.guarded() && who != absent:
			s.undoubt(c)
			return false, occupation.Receipt{}, nil
		}
		if old := time.Since(c.Sent) >= stampKeep; old || !s.guarded() {
			// Its stamp may have been pruned, or says nothing.
			landed, logged, err := s.found(ctx, c, p)
			switch {
			case err != nil:
				return false, occupation.Receipt{}, unavailable(err)
			case landed:
				return s.resolved(ctx, c, p, logged)
			case !s.guarded() && time.Since(c.Sent) < absentAfter:
				return false, occupation.Receipt{}, unavailable(errTooSoon)
			case !s.guarded():
				s.undoubt(c)
				return false, occupation.Receipt{}, nil
			}
		}
		err = s.create(ctx, c.Stamp, burned)
		if err == nil {
			s.undoubt(c)
			s.stampLanded(c.Stamp, time.Now())
			return false, occupation.Receipt{}, nil
		}
		if o := outcomeOf(err, time.Now()); o.code != http.StatusBadRequest || o.request != 0 {
			return false, occupation.Receipt{}, unavailable(err)
		}
		// It has landed since the stamp was read.
	}
	return false, occupation.Receipt{}, unavailable(errors.New("sheet: the stamp is neither there nor can it be made"))
}

func (s *Sheet) resolved(ctx context.Context, c occupation.Commit, p plan, logged bool) (bool, occupation.Receipt, error) {
	receipt, err := s.verify(ctx, c, p, logged)
	if err != nil {
		return false, occupation.Receipt{}, unavailable(err)
	}
	return true, receipt, nil
}

// found looks for a commit without asking its stamp: by its events in the log,
// or, when it had no audit rows, by its cells.
func (s *Sheet) found(ctx context.Context, c occupation.Commit, p plan) (landed, logged bool, err error) {
	if p.Log != nil {
		if landed, err = s.inLog(ctx, c); landed || err != nil {
			return landed, true, err
		}
	}
	if len(p.Rows) == 0 {
		return false, false, nil
	}
	snap, err := s.spools(ctx, 0)
	if err != nil {
		return false, false, err
	}
	for _, r := range p.Rows {
		if !snap.shows(r) {
			return false, false, nil
		}
	}
	if p.Log != nil { // it may have landed between the two reads, cells and log at once
		logged, err = s.inLog(ctx, c)
	}
	return err == nil, logged, err
}

func (s *Sheet) undoubt(c occupation.Commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.doubts, c.Stamp)
	delete(s.missed, c.ID)
}
