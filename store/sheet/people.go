package sheet

import (
	"context"
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// knownPeople is how old a read may be that says that somebody is not there.
const knownPeople = 5 * time.Second

// people is what the tabs Trabajadores and Roles say. It never changes.
type people struct {
	byID    map[int]occupation.Worker
	bySlack map[string][]int
	noSlack *occupation.Error // the column Slack_ID is missing
	faults  []*occupation.Error

	sheet int64 // of the tab Trabajadores
	title string
	heads []string // normalised
	cols  map[occupation.Column]int
	rows  [][]any // as read, headers first
}

// newPeople reads the two tabs, given by rows, headers first.
func newPeople(workers, roles [][]any) (*people, []*occupation.Error) {
	wCols, faults := locate(tabWorkers, headsOf(workers), append(asFields(workerColumns), field{column: colSlack, names: []string{headKey(string(colSlack))}}))
	rCols, more := locate(tabRoles, headsOf(roles), asFields(roleColumns))
	if faults = append(faults, more...); len(faults) > 0 {
		return nil, faults
	}
	p := &people{byID: map[int]occupation.Worker{}, bySlack: map[string][]int{}, heads: headsOf(workers), cols: wCols, rows: workers}
	if _, ok := wCols[colSlack]; !ok {
		p.noSlack = &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Column: colSlack}
		p.faults = append(p.faults, p.noSlack)
	}
	rights := map[int][]occupation.Role{}
	for _, row := range below(roles) {
		if id, ok := cellInt(at(row, rCols["Id"])); ok && cellBool(at(row, rCols["Activo"])) {
			rights[id] = append(rights[id], occupation.Role(cellText(at(row, rCols["Rol"]))))
		}
	}
	for i, row := range below(workers) {
		id, ok := cellInt(at(row, wCols["Id"]))
		if !ok || id <= 0 {
			if text := cellText(at(row, wCols["Id"])); text != "" {
				p.faults = append(p.faults, &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.UnreadCell, Column: "Id", Row: i + 2, Text: text})
			}
			continue
		}
		if _, twice := p.byID[id]; twice {
			p.faults = append(p.faults, &occupation.Error{Code: occupation.SheetSchema, Reason: occupation.UnreadCell, Column: "Id", Row: i + 2, Text: fmt.Sprint(id)})
			continue
		}
		w := occupation.Worker{
			ID: id, Given: cellText(at(row, wCols["Nombre"])), Surname: cellText(at(row, wCols["Apellido"])),
			Active: cellBool(at(row, wCols["Activo"])), Roles: rights[id],
		}
		if p.noSlack == nil {
			w.SlackID = cellText(at(row, wCols[colSlack]))
		}
		p.byID[id] = w
		if w.SlackID != "" {
			p.bySlack[w.SlackID] = append(p.bySlack[w.SlackID], id)
		}
	}
	return p, nil
}

func headsOf(rows [][]any) []string {
	if len(rows) == 0 {
		return nil
	}
	out := make([]string, len(rows[0]))
	for i, v := range rows[0] {
		out[i] = headKey(cellText(v))
	}
	return out
}

func below(rows [][]any) [][]any {
	if len(rows) == 0 {
		return nil
	}
	return rows[1:]
}

func at(row []any, col int) any {
	if col < len(row) {
		return row[col]
	}
	return nil
}

// Worker implements occupation.Directory.
func (s *Sheet) Worker(ctx context.Context, id int) (occupation.Worker, error) {
	return s.person(ctx, func(p *people) (occupation.Worker, error) {
		if w, ok := p.byID[id]; ok {
			return w, nil
		}
		return occupation.Worker{}, &occupation.Error{Code: occupation.WorkerUnknown, Reason: occupation.Unlinked}
	})
}

// BySlack implements occupation.Directory. A Slack id that stands beside two
// workers names neither of them.
func (s *Sheet) BySlack(ctx context.Context, slackID string) (occupation.Worker, error) {
	return s.person(ctx, func(p *people) (occupation.Worker, error) {
		if p.noSlack != nil {
			return occupation.Worker{}, p.noSlack
		}
		unknown := &occupation.Error{Code: occupation.WorkerUnknown, Reason: occupation.Unlinked}
		switch ids := p.bySlack[slackID]; {
		case slackID == "" || len(ids) == 0:
			return occupation.Worker{}, unknown
		case len(ids) > 1:
			unknown.Err = fmt.Errorf("sheet: the Slack id stands beside the workers %v", ids)
			return occupation.Worker{}, unknown
		default:
			return p.byID[ids[0]], nil
		}
	})
}

// person asks the snapshot of at most a minute; a "no" is confirmed on a newer
// one.
func (s *Sheet) person(ctx context.Context, find func(*people) (occupation.Worker, error)) (occupation.Worker, error) {
	var w occupation.Worker
	err := error(nil)
	for _, maxAge := range []time.Duration{time.Minute, knownPeople} {
		snap, readErr := s.read(ctx, maxAge)
		if readErr != nil {
			return occupation.Worker{}, readErr
		}
		if snap.peopleErr != nil {
			err = snap.peopleErr
			continue
		}
		if w, err = find(snap.people); err == nil {
			return w, nil
		}
	}
	return occupation.Worker{}, err
}
