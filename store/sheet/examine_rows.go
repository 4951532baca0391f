package sheet

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spoolbot/spoolbot/occupation"
)

// listMost is how many rows or people one finding names.
const listMost = 10

// rows looks at what stands in the rows: of spools, then of people. What is wrong
// with one of them stops that one alone.
func (e *exam) rows(ctx context.Context) {
	snap, err := e.read(ctx, 0)
	if err != nil {
		e.Fail("sheet-rows", "they cannot be read: "+e.accessWhat(err), e.accessTodo(err))
		return
	}
	if snap.table == nil {
		e.Skipped("sheet-rows", "the rows of "+tabSpools, "its headers")
	} else {
		e.spools(snap)
	}
	if snap.people == nil {
		e.Skipped("sheet-workers", "the rows of "+tabWorkers+" and "+tabRoles, "their headers")
		return
	}
	e.workers(snap.people)
}

// list names at most ten things and counts the rest.
func list(all []string) string {
	if more := len(all) - listMost; more > 0 {
		return strings.Join(all[:listMost], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(all, ", ")
}

func (e *exam) spools(snap *snapshot) {
	before := len(snap.table.byKey)
	if before == 0 {
		e.Warn("sheet-rows", "the tab "+tabSpools+" has no row with a TAG", "fill in the spools, or see whether SPREADSHEET_ID names the right sheet")
		return
	}
	unread := map[occupation.Column][]string{}
	at := func(c occupation.Column, row int, text string) {
		unread[c] = append(unread[c], fmt.Sprintf("row %d (%q)", row, short(text)))
	}
	for row := 2; row <= snap.table.rows(); row++ {
		tag := snap.table.cell(row, snap.table.cols[occupation.ColTag])
		if text := cellText(tag); tagKey(tag) == "" && text != "" {
			at(occupation.ColTag, row, text)
		}
	}
	var doubled, byHand, nobody []string
	seen := map[string]bool{}
	for _, sp := range snap.book().Spools {
		for _, f := range sp.Faults {
			at(f.Column, f.Row, f.Text)
		}
		if key := occupation.TagKey(sp.Tag); len(snap.table.byKey[key]) > 1 && !seen[key] {
			seen[key] = true
			doubled = append(doubled, fmt.Sprintf("%s in rows %s", short(sp.Tag), joined(snap.table.byKey[key])))
		}
		switch {
		case !sp.Occupied() || broken(sp.HeldBy):
		case sp.HolderID == 0:
			byHand = append(byHand, fmt.Sprintf("row %d (%q)", sp.Row, short(sp.HeldBy)))
		case snap.people != nil && snap.people.byID[sp.HolderID].ID == 0:
			nobody = append(nobody, fmt.Sprintf("row %d (%q)", sp.Row, short(sp.HeldBy)))
		}
	}
	e.OK("sheet-rows", "%d spools", snap.table.count)
	for _, f := range fields {
		if cells := unread[f.column]; len(cells) > 0 {
			check, todo := "sheet-dates", "type each as a date, as 03-08-2026; until then that spool can be neither taken nor finished"
			if f.column == occupation.ColTag || f.column == occupation.ColHeldBy {
				check, todo = "sheet-cells", "mend the formula, or write the text itself"
			}
			e.Warn(check, fmt.Sprintf("%d cells of %s cannot be read: %s", len(cells), f.column, list(cells)), todo)
		}
	}
	if len(doubled) > 0 {
		e.Warn("sheet-tags", fmt.Sprintf("%d TAGs stand more than once: %s", len(doubled), list(doubled)), "leave each in one row; until then nobody can take it")
	}
	if len(byHand) > 0 {
		e.Warn("sheet-holders", fmt.Sprintf("%d holders were filled in by hand, without a worker's id: %s", len(byHand), list(byHand)),
			"write the id behind the name, as MR(93), or clear the cell; until then nobody can take, pause or complete that spool")
	}
	if len(nobody) > 0 {
		e.Warn("sheet-holders", fmt.Sprintf("%d holders have an id that is not in %s: %s", len(nobody), tabWorkers, list(nobody)), "put the id right, or clear the cell")
	}
}

// short cuts what people wrote to what fits into a line.
func short(text string) string {
	if r := []rune(text); len(r) > 30 {
		return string(r[:29]) + "…"
	}
	return text
}

func joined(rows []int) string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = fmt.Sprint(r)
	}
	return strings.Join(out, " and ")
}

// memberID is the form of the ids that Slack gives to people.
var memberID = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)

func (e *exam) workers(p *people) {
	var idle, twice, odd, faulty []string
	active, linked, bosses := 0, 0, 0
	for _, w := range sortedWorkers(p) {
		if w.SlackID != "" && !memberID.MatchString(w.SlackID) {
			odd = append(odd, fmt.Sprintf("%d (%q)", w.ID, short(w.SlackID)))
		}
		if !w.Active {
			continue
		}
		active++
		if !w.May(occupation.ARM) && !w.May(occupation.SOLD) && !w.Has(occupation.Supervisor) {
			idle = append(idle, fmt.Sprintf("%d %s", w.ID, short(w.Name())))
		}
		if w.SlackID != "" {
			linked++
			if w.Has(occupation.Supervisor) {
				bosses++
			}
		}
	}
	for id, workers := range p.bySlack {
		if len(workers) > 1 {
			slices.Sort(workers)
			twice = append(twice, fmt.Sprintf("%s beside the workers %s", short(id), joined(workers)))
		}
	}
	slices.Sort(twice)
	for _, f := range p.faults {
		if f.Row > 0 {
			faulty = append(faulty, fmt.Sprintf("row %d (%q)", f.Row, short(f.Text)))
		}
	}
	e.OK("sheet-workers", "%d active workers, %d of them linked to Slack", active, linked)
	if len(faulty) > 0 {
		e.Warn("sheet-workers", fmt.Sprintf("%d rows of %s have an Id that is no number, or that stands there twice: %s", len(faulty), tabWorkers, list(faulty)), "give each worker a number of their own")
	}
	if len(idle) > 0 {
		e.Warn("sheet-roles", fmt.Sprintf("%d active workers have no active role that counts here: %s", len(idle), list(idle)),
			"add a row to Roles for each (Armador, Soldador, Ayudante or Supervisor, Activo TRUE), or set Activo to FALSE in Trabajadores")
	}
	if bosses == 0 && p.noSlack == nil {
		e.Warn("sheet-roles", "no active Supervisor is linked to Slack: nobody can free a spool of another", "fill in Slack_ID beside a supervisor, who has the role Supervisor in Roles")
	}
	if len(twice) > 0 {
		e.Warn("sheet-slack-ids", fmt.Sprintf("%d Slack ids stand twice: %s", len(twice), list(twice)), "leave each beside one worker; until then Slack knows neither of them")
	}
	if len(odd) > 0 {
		e.Warn("sheet-slack-ids", fmt.Sprintf("%d Slack_ID are no member ids: %s", len(odd), list(odd)), "copy the member id (U…: profile → ⋮ → Copy member ID)")
	}
}

func sortedWorkers(p *people) []occupation.Worker {
	out := make([]occupation.Worker, 0, len(p.byID))
	for _, w := range p.byID {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b occupation.Worker) int { return a.ID - b.ID })
	return out
}
