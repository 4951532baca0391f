package sheet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/api/sheets/v4"

	"github.com/spoolbot/spoolbot/occupation"
)

// ownTab is a tab that we read or write, with its columns.
type ownTab struct {
	title  string
	fields []field
	ours   []occupation.Column // that we write; nil = all
}

// ownTabs are all of them, in the order in which people read of them.
func ownTabs() []ownTab {
	slack := field{column: colSlack, names: []string{headKey(string(colSlack))}}
	return []ownTab{
		{tabSpools, fields, written},
		{tabWorkers, append(asFields(workerColumns), slack), []occupation.Column{colSlack}},
		{tabRoles, asFields(roleColumns), []occupation.Column{}},
		{tabLog, asFields(logColumns), nil},
	}
}

// wanted are optional columns whose lack people notice.
var wanted = map[occupation.Column]string{
	occupation.ColState: "nobody sees in the sheet what is paused or expired",
	colSlack:            "nobody is known in Slack",
}

const addThem = "run spoolbot init-sheet: it adds what is missing, and touches nothing that is there"

// headers compares tabs and headers with what is needed.
func (e *exam) headers(ctx context.Context) {
	lay := layout{tabs: newTabs(e.book)}
	var titles []string
	for _, t := range e.book.Sheets {
		if !isArchive(t.Properties.Title) { // none of ours that was renamed
			titles = append(titles, t.Properties.Title)
		}
	}
	var ranges, read []string
	for _, own := range ownTabs() {
		if t := lay.tab(own.title); t != nil {
			read, ranges = append(read, own.title), append(ranges, quoted(t.Title)+"!1:1")
			continue
		}
		if near := nearest(titles, []string{headKey(own.title)}); near != "" {
			e.Fail("sheet-tabs", fmt.Sprintf("the tab %s is missing; there is %q", own.title, near), "rename that tab to "+own.title+" if that is it, else add one by hand")
			continue
		}
		e.Fail("sheet-tabs", fmt.Sprintf("the tab %s is missing; there are %q", own.title, titles), addThem)
	}
	if len(read) == len(ownTabs()) {
		e.OK("sheet-tabs", "%s", strings.Join(read, ", "))
	}
	if len(read) == 0 {
		return
	}
	answer, _, err := e.values(ctx, "ROWS", ranges...)
	if err != nil {
		e.Fail("sheet-headers", "they cannot be read: "+e.accessWhat(err), e.accessTodo(err))
		return
	}
	for i, title := range read {
		e.heads[title] = []string{}
		if len(answer[i]) > 0 {
			for _, v := range answer[i][0] {
				e.heads[title] = append(e.heads[title], cellText(v))
			}
		}
	}
	sound := true
	for _, own := range ownTabs() {
		if names, ok := e.heads[own.title]; ok {
			sound = e.headersOf(own, names) && sound
		}
	}
	if sound && len(read) == len(ownTabs()) {
		e.OK("sheet-headers", "every column is there once")
	}
}

// headersOf reports whether there is nothing to say of a tab's headers.
func (e *exam) headersOf(own ownTab, names []string) bool {
	const check = "sheet-headers"
	count := map[string]int{}
	for _, name := range names {
		count[headKey(name)]++
	}
	sound := true
	for _, f := range own.fields {
		n := 0
		for _, name := range f.names {
			if n = count[name]; n > 0 {
				break
			}
		}
		why := wanted[f.column]
		if n == 1 || !f.required && why == "" {
			continue
		}
		sound = false
		tell := e.Fail
		if f.column == occupation.ColState {
			tell = e.Warn // people miss it, the program does not
		}
		what := fmt.Sprintf("the column %s of the tab %s ", f.column, own.title)
		if n > 1 {
			tell(check, what+"stands there twice", "delete or rename one of the two")
			continue
		}
		if what += "is missing"; why != "" {
			what += ": " + why
		}
		if near := nearest(others(names, own.fields), f.names); near != "" {
			tell(check, fmt.Sprintf("%s; there is %q", what, near), "rename that column to "+string(f.column)+" if that is it, else add one by hand")
			continue
		}
		tell(check, what, addThem)
	}
	return sound
}

// protections finds protected ranges over cells that we write, of which we are not
// an editor.
func (e *exam) protections(ctx context.Context) {
	const check = "sheet-protected"
	stopped := false
	for _, t := range e.book.Sheets {
		i := slices.IndexFunc(ownTabs(), func(own ownTab) bool { return headKey(own.title) == headKey(t.Properties.Title) })
		if i < 0 {
			continue
		}
		own := ownTabs()[i]
		for _, p := range t.ProtectedRanges {
			if p.RequestingUserCanEdit || p.WarningOnly || p.Range == nil || p.Range.EndRowIndex == 1 {
				continue // the headers are never written
			}
			if own.title == tabLog && p.Range.EndRowIndex > 0 && p.Range.EndRowIndex <= e.logEnd(ctx, t.Properties.Title) {
				continue // rows are only added below
			}
			if cut := e.closed(own, p); len(cut) > 0 {
				stopped = true
				e.Fail(check, rangeName(t.Properties.Title, p.Range)+" is protected: nothing can be written to "+strings.Join(cut, ", "),
					"Data → Protect sheets and ranges: add "+e.account+" to its editors, or remove it")
			}
		}
	}
	if !stopped {
		e.OK(check, "none stops a write")
	}
}

// logEnd is the last row of the audit log with anything in it; 0 when it cannot be
// read.
func (e *exam) logEnd(ctx context.Context, title string) int64 {
	answer, _, err := e.values(ctx, "ROWS", quoted(title))
	if err != nil {
		return 0
	}
	return int64(len(answer[0]))
}

// closed lists the columns of ours that a protected range closes.
func (e *exam) closed(own ownTab, p *sheets.ProtectedRange) []string {
	cols, _ := locate(own.title, keysOf(e.heads[own.title]), own.fields)
	ours := own.ours
	if ours == nil {
		for _, f := range own.fields {
			ours = append(ours, f.column)
		}
	}
	var out []string
	for _, c := range ours {
		col, ok := cols[c]
		open := func(r *sheets.GridRange) bool { return spans(r, col) && r.StartRowIndex <= 1 && r.EndRowIndex == 0 }
		if ok && spans(p.Range, col) && !slices.ContainsFunc(p.UnprotectedRanges, open) {
			out = append(out, string(c))
		}
	}
	return out
}

func keysOf(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = headKey(n)
	}
	return out
}

// spans reports whether a range has cells in the column. An end of 0 is open.
func spans(r *sheets.GridRange, col int) bool {
	return r.StartColumnIndex <= int64(col) && (r.EndColumnIndex == 0 || int64(col) < r.EndColumnIndex)
}

// rangeName is a range as people write it.
func rangeName(title string, r *sheets.GridRange) string {
	if r.StartColumnIndex == 0 && r.EndColumnIndex == 0 && r.StartRowIndex == 0 && r.EndRowIndex == 0 {
		return "the tab " + title
	}
	last := "ZZZ"
	if r.EndColumnIndex > 0 {
		last = columnName(int(r.EndColumnIndex) - 1)
	}
	name := title + "!" + columnName(int(r.StartColumnIndex)) + strconv.FormatInt(r.StartRowIndex+1, 10) + ":" + last
	if r.EndRowIndex > 0 {
		name += strconv.FormatInt(r.EndRowIndex, 10)
	}
	return name
}
