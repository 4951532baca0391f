package occupationtest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/spoolbot/spoolbot/occupation"
)

// plan is the in-memory records' own note of a commit.
type plan struct {
	Rows    map[string]int // by event: the index of the row that was found
	PutBack []occupation.Spool
}

// Prepare implements occupation.Records.
func (r *Records) Prepare(ctx context.Context, changes []occupation.Change) (occupation.Draft, error) {
	if err := ctx.Err(); err != nil {
		return occupation.Draft{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.call("Prepare"); f.Err != nil {
		return occupation.Draft{}, f.Err
	}
	draft := occupation.Draft{Refused: map[string]*occupation.Error{}, Rows: map[string]occupation.Spool{}}
	p := plan{Rows: map[string]int{}}
	book := r.book()
	for _, ch := range changes {
		if len(ch.Cells) == 0 {
			continue
		}
		spool, err := book.Find(ch.Intent.Tag)
		if err != nil {
			draft.Refused[ch.Intent.Event] = err
			continue
		}
		p.Rows[ch.Intent.Event] = spool.Row - 2
		draft.Rows[ch.Intent.Event] = spool
	}
	draft.Plan = mustJSON(p)
	return draft, nil
}

// Commit implements occupation.Records.
func (r *Records) Commit(ctx context.Context, commit occupation.Commit) (occupation.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return occupation.Receipt{}, &occupation.Unknown{Err: err, Again: true}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.call("Commit")
	if f.Late {
		r.late = append(r.late, commit)
	}
	if f.Late || (f.Err != nil && !f.Applied) {
		return occupation.Receipt{}, f.Err
	}
	receipt, err := r.land(commit, f)
	if f.Err != nil {
		return occupation.Receipt{}, f.Err
	}
	return receipt, err
}

// Resolve implements occupation.Records.
func (r *Records) Resolve(ctx context.Context, commit occupation.Commit) (bool, occupation.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return false, occupation.Receipt{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.call("Resolve"); f.Err != nil {
		return false, occupation.Receipt{}, f.Err
	}
	s, taken := r.stamps[commit.Stamp]
	if !taken {
		r.stamps[commit.Stamp] = stamp{}
		return false, occupation.Receipt{}, nil
	}
	if s.commit != commit.ID || commit.ID == "" {
		return false, occupation.Receipt{}, nil
	}
	return true, s.receipt, nil
}

// land is the one atomic write: all of it or nothing, once per stamp.
func (r *Records) land(commit occupation.Commit, f RecordFault) (occupation.Receipt, error) {
	switch s, taken := r.stamps[commit.Stamp]; {
	case taken && s.commit == "":
		return occupation.Receipt{}, &occupation.Refused{Burned: true}
	case taken && s.commit != commit.ID:
		return occupation.Receipt{}, &occupation.Refused{StampTaken: true}
	case taken:
		return s.receipt, nil
	}
	var p plan
	if err := json.Unmarshal(commit.Plan, &p); err != nil {
		return occupation.Receipt{}, errors.New("occupationtest: not a plan of these records")
	}
	if f.Moved {
		slices.Reverse(r.rows)
	}
	var receipt occupation.Receipt
	if commit.Repair {
		r.repair(commit, p)
	} else {
		receipt.Remainder = r.write(commit, p)
		receipt.Owed = r.log(commit, f.Owed)
	}
	r.stamps[commit.Stamp] = stamp{commit.ID, receipt}
	return receipt, nil
}

// write puts the cells into the rows of the plan, whatever stands there now,
// and returns the plan that puts right what that has spoiled.
func (r *Records) write(commit occupation.Commit, p plan) []byte {
	var wrong plan
	wrong.Rows = map[string]int{}
	for _, ch := range commit.Changes {
		at, planned := p.Rows[ch.Intent.Event]
		if !planned {
			continue
		}
		if occupation.TagKey(r.rows[at].Tag) != ch.Intent.Key {
			wrong.PutBack = append(wrong.PutBack, r.rows[at])
			wrong.Rows[ch.Intent.Event] = at
		}
		fill(&r.rows[at], ch.Cells)
	}
	if len(wrong.Rows) == 0 {
		return nil
	}
	return mustJSON(wrong)
}

// repair puts the spoiled rows back and writes the cells where they belong.
func (r *Records) repair(commit occupation.Commit, p plan) {
	for i := range r.rows {
		for _, before := range p.PutBack {
			if r.rows[i].Tag == before.Tag {
				r.rows[i] = before
			}
		}
	}
	for i := range r.rows {
		for _, ch := range commit.Changes {
			if _, wrong := p.Rows[ch.Intent.Event]; wrong && occupation.TagKey(r.rows[i].Tag) == ch.Intent.Key {
				fill(&r.rows[i], ch.Cells)
			}
		}
	}
}

// log writes the audit rows, or returns the events that are owed theirs.
func (r *Records) log(commit occupation.Commit, broken bool) []string {
	if broken {
		return commit.Events()
	}
	for _, ch := range commit.Changes {
		r.audit = append(r.audit, ch.Audit)
	}
	return nil
}

func fill(s *occupation.Spool, cells []occupation.Cell) {
	for _, c := range cells {
		switch c.Column {
		case occupation.ColArmDate:
			s.ArmDate = c.Date
		case occupation.ColArmBy:
			s.ArmBy = c.Text
		case occupation.ColSoldDate:
			s.SoldDate = c.Date
		case occupation.ColSoldBy:
			s.SoldBy = c.Text
		case occupation.ColHeldBy:
			s.HeldBy, s.HolderID = c.Text, labelID(c.Text)
		case occupation.ColSince:
			s.Since = c.Moment
		case occupation.ColState:
			s.State = c.Text
		}
	}
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs always marshal
	}
	return b
}
