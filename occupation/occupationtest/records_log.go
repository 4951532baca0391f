package occupationtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// story commits what happened to: Mauricio takes both, passes A-1 on
// to Nicolás and pauses A-2; Nicolás completes A-1. It returns when each event was.
func (r *recordsTest) story() map[string]time.Time {
	r.Helper()
	pass := r.change(occupation.Transfer, "e3", "A-1").Intent
	pass.From, pass.Worker = mauricio, nicolas
	takes := r.prepare("c1", r.change(occupation.Take, "e1", "A-1"), r.change(occupation.Take, "e2", "A-2"))
	r.land(takes)
	passed := r.prepare("c2", pass.Change())
	r.land(passed)
	done := r.change(occupation.Complete, "e5", "A-1").Intent
	done.Worker = nicolas
	ends := r.prepare("c3", r.change(occupation.Pause, "e4", "A-2"), done.Change())
	r.land(ends)
	out := map[string]time.Time{}
	for _, c := range []occupation.Commit{takes, passed, ends} {
		for _, ch := range c.Changes {
			out[ch.Intent.Event] = ch.Intent.At
		}
	}
	return out
}

// reads wants that the log answers a query with these events, in this order.
func (r *recordsTest) reads(q occupation.LogQuery, wantMore bool, want ...string) []occupation.AuditRow {
	r.Helper()
	rows, more, err := r.Records.Log(r.ctx, q)
	r.ok(err)
	var got []string
	for _, row := range rows {
		got = append(got, row.ID)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || more != wantMore {
		r.Errorf("%+v gives %q, more %v; want %q, %v", q, got, more, want, wantMore)
	}
	return rows
}

func logNewestFirst(r *recordsTest) {
	r.reads(occupation.LogQuery{}, false)
	at := r.story()
	order := []string{"e1", "e2", "e3", "e4", "e5"}
	slices.SortFunc(order, func(a, b string) int { return at[b].Compare(at[a]) })
	rows := r.reads(occupation.LogQuery{}, false, order...)
	r.reads(occupation.LogQuery{Limit: 2}, true, order[:2]...)
	r.reads(occupation.LogQuery{Limit: 5}, false, order...)
	for _, row := range rows {
		if !row.At.Equal(at[row.ID]) || row.At.Location().String() != r.Zone.String() {
			r.Errorf("%s at %v, want %v", row.ID, row.At, at[row.ID])
		}
	}
	done := rows[slices.Index(order, "e5")]
	if done.Kind != occupation.Complete || done.Tag != "A-1" || done.WorkerID != 94 || strings.TrimSpace(done.WorkerName) != strings.TrimSpace(nicolas.Name) ||
		done.Operation != occupation.ARM || done.Action != "COMPLETAR" || done.Date.Day() != 23 || done.Detail().Fence == 0 {
		r.Errorf("the row of a finish: %+v", done)
	}
}

func logByQuery(r *recordsTest) {
	at := r.story()
	newest := func(events ...string) []string {
		slices.SortFunc(events, func(a, b string) int { return at[b].Compare(at[a]) })
		return events
	}
	r.reads(occupation.LogQuery{Tag: " a–1 "}, false, newest("e1", "e3", "e5")...)
	r.reads(occupation.LogQuery{Tag: "A-3"}, false)
	r.reads(occupation.LogQuery{Worker: 93}, false, newest("e1", "e2", "e3", "e4")...) // e3 took A-1 from him
	r.reads(occupation.LogQuery{Worker: 94}, false, newest("e3", "e5")...)
	r.reads(occupation.LogQuery{Worker: 94, Limit: 1}, true, newest("e3", "e5")[0])
	r.reads(occupation.LogQuery{Worker: 8}, false)
	r.reads(occupation.LogQuery{Tag: "A-2", Worker: 93}, false, newest("e2", "e4")...)
	from, to := at["e2"], at["e4"]
	var within []string
	for e, t := range at {
		if !t.Before(from) && t.Before(to) {
			within = append(within, e)
		}
	}
	r.reads(occupation.LogQuery{From: from, To: to}, false, newest(within...)...)
	r.reads(occupation.LogQuery{From: from.Add(24 * time.Hour)}, false)
	ctx, cancel := context.WithCancel(r.ctx)
	cancel()
	if _, _, err := r.Records.Log(ctx, occupation.LogQuery{}); err == nil {
		r.Error("the log after the end of the time")
	}
}
