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
	Rows map[string]int // by event: the index of the row that was found, or was hit
	Hits []hit          // of a repair
	Owed []string       // of a repair: the events whose audit row did not land with their cells
}

// hit is a row that an event's cells were written to by mistake.
type hit struct {
	Event  string
	Before occupation.Spool
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
		if r.stateless && slices.ContainsFunc(ch.Cells, func(c occupation.Cell) bool { return c.Must }) {
			draft.Refused[ch.Intent.Event] = &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Column: occupation.ColState}
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
	if !commit.Repair && r.beyond(p) { // people have deleted rows
		return occupation.Receipt{}, &occupation.Refused{Moved: true}
	}
	var receipt occupation.Receipt
	if commit.Repair {
		r.repair(commit, p)
		receipt.Owed = p.Owed
	} else {
		receipt.Owed = r.log(commit, f.Owed)
		receipt.Remainder = r.write(commit, p, receipt.Owed)
	}
	r.stamps[commit.Stamp] = stamp{commit.ID, receipt}
	return receipt, nil
}

// write puts the cells into the rows of the plan, whatever stands there now,
// and returns the plan that puts right what that has spoiled.
func (r *Records) write(commit occupation.Commit, p plan, owed []string) []byte {
	wrong := plan{Rows: map[string]int{}, Owed: owed}
	for _, ch := range commit.Changes {
		at, planned := p.Rows[ch.Intent.Event]
		if !planned {
			continue
		}
		if occupation.TagKey(r.rows[at].Tag) != ch.Intent.Key {
			wrong.Hits = append(wrong.Hits, hit{ch.Intent.Event, r.rows[at]})
			wrong.Rows[ch.Intent.Event] = at
		}
		r.fill(&r.rows[at], ch.Cells)
	}
	if len(wrong.Rows) == 0 {
		return nil
	}
	return mustJSON(wrong)
}

// beyond reports whether the plan has a row that is not there any more.
func (r *Records) beyond(p plan) bool {
	for _, at := range p.Rows {
		if at >= len(r.rows) {
			return true
		}
	}
	return false
}

// repair puts the cells back that were hit, but for those that somebody has
// written since, and writes the intended ones where they belong, unless that row names
// another holder by now.
func (r *Records) repair(commit occupation.Commit, p plan) {
	for _, ch := range commit.Changes {
		for _, h := range p.Hits {
			if i := r.spoiled(h, ch); i >= 0 {
				putBack(&r.rows[i], h.Before, ch.Cells)
			}
		}
	}
	for _, ch := range commit.Changes {
		if _, wrong := p.Rows[ch.Intent.Event]; !wrong {
			continue
		}
		if rows := r.find(ch.Intent.Key); len(rows) == 1 && !anothers(r.rows[rows[0]], ch.Intent) {
			r.fill(&r.rows[rows[0]], ch.Cells)
		}
	}
}

func anothers(s occupation.Spool, in occupation.Intent) bool {
	return s.HeldBy != "" && s.HeldBy != in.Worker.Label && s.HeldBy != in.From.Label
}

// spoiled finds the row that the change has hit, by its TAG; of several with this
// TAG it is the one that shows all of the change; -1 = there is none.
func (r *Records) spoiled(h hit, ch occupation.Change) int {
	if h.Event != ch.Intent.Event {
		return -1
	}
	rows := r.find(occupation.TagKey(h.Before.Tag))
	if len(rows) == 1 {
		return rows[0]
	}
	for _, i := range rows {
		all := true
		for _, c := range ch.Cells {
			all = all && shows(r.rows[i], c)
		}
		if all {
			return i
		}
	}
	return -1
}

func (r *Records) find(key string) []int {
	var out []int
	for i := range r.rows {
		if occupation.TagKey(r.rows[i].Tag) == key {
			out = append(out, i)
		}
	}
	return out
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

// fill writes the cells into the row, but for a column that the sheet does not have.
func (r *Records) fill(s *occupation.Spool, cells []occupation.Cell) {
	state := s.State
	if fill(s, cells); r.stateless {
		s.State = state
	}
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

// shows reports whether the row shows what was written to the cell.
func shows(s occupation.Spool, c occupation.Cell) bool {
	written := s
	fill(&written, []occupation.Cell{c})
	return written.HeldBy == s.HeldBy && written.State == s.State && written.ArmBy == s.ArmBy && written.SoldBy == s.SoldBy &&
		written.Since.Equal(s.Since) && written.ArmDate.Equal(s.ArmDate) && written.SoldDate.Equal(s.SoldDate)
}

// putBack gives the cells that still show what was written to them what they were
// before.
func putBack(s *occupation.Spool, before occupation.Spool, cells []occupation.Cell) {
	for _, c := range cells {
		if !shows(*s, c) {
			continue
		}
		switch c.Column {
		case occupation.ColArmDate:
			s.ArmDate = before.ArmDate
		case occupation.ColArmBy:
			s.ArmBy = before.ArmBy
		case occupation.ColSoldDate:
			s.SoldDate = before.SoldDate
		case occupation.ColSoldBy:
			s.SoldBy = before.SoldBy
		case occupation.ColHeldBy:
			s.HeldBy, s.HolderID = before.HeldBy, before.HolderID
		case occupation.ColSince:
			s.Since = before.Since
		case occupation.ColState:
			s.State = before.State
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
