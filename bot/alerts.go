package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file alerts the supervisors: one message for each kind of trouble, edited
// while it lasts, and closed when it is over.

// AlertLimits say from when on trouble is worth an alert. The zero value is those of
// DefaultAlerts.
type AlertLimits struct {
	Conflicts int           // percent of takes that meet a spool that somebody has
	Expiries  int           // percent of takes that expire
	MinTakes  int           // in the last hour; of fewer no percentage is made
	Away      time.Duration // for which sheet or lock store do not answer
}

// DefaultAlerts are the limits where none are given.
func DefaultAlerts() AlertLimits {
	return AlertLimits{Conflicts: 10, Expiries: 5, MinTakes: 20, Away: 2 * time.Minute}
}

const (
	alertEvery = 30 * time.Second // how often the bot looks
	alertTime  = 60 * time.Second
	alertOver  = time.Hour        // over which takes, conflicts and expiries are summed
	repairOver = 10 * time.Minute // after which a repair is a thing of the past
	quietLooks = 2                // in a row, after which trouble is over: it does not flap
	alertLife  = 30 * 24 * time.Hour
	maxListed  = 100 // findings that one alert keeps
)

// alert is one that is open, as the Memory keeps it.
type alert struct {
	State view.AlertState `json:"s"`
	Place place           `json:"p,omitzero"`
	Shows string          `json:"h"` // what it shows, in short
	Quiet int             `json:"q,omitzero"`
}

func alertKey(kind view.AlertKind) string { return "alert:" + string(kind) }

// watch looks for trouble, but for that of the lock store, without which nobody
// leads.
func (b *Bot) watch(ctx context.Context) error {
	sums, err := b.tally.Counted(ctx, alertOver)
	if err != nil {
		return err
	}
	takes := sums[countTakes]
	for _, part := range []struct {
		kind  view.AlertKind
		count int
		limit int
	}{
		{view.AlertConflicts, sums[countConflicts], b.limits.Conflicts},
		{view.AlertExpiries, sums[countExpiries], b.limits.Expiries},
	} {
		bad := takes >= b.limits.MinTakes && 100*part.count > part.limit*takes
		b.judge(ctx, bad, view.AlertState{Kind: part.kind, Count: part.count, Takes: takes, Percent: part.limit})
	}
	b.watchSheet(ctx)
	return b.watchRepairs(ctx)
}

// watchSheet looks whether the sheet answers and is what it should be.
func (b *Bot) watchSheet(ctx context.Context) {
	_, err := b.core.Book(ctx)
	now := b.core.Now()
	var fault *occupation.Error
	_ = errors.As(err, &fault)
	schema := view.AlertState{Kind: view.AlertSchema}
	switch occupation.CodeOf(err) {
	case occupation.SheetSchema:
		schema.Reason, schema.Column, schema.Row, schema.Text = fault.Reason, fault.Column, fault.Row, fault.Text
		b.judge(ctx, true, schema)
	case occupation.SheetUnavailable:
		if b.sheetAway.IsZero() {
			b.sheetAway = now
		}
		if now.Sub(b.sheetAway) >= b.limits.Away {
			b.judge(ctx, true, view.AlertState{Kind: view.AlertSheet, Since: b.sheetAway})
		}
		return // nobody can say what the sheet is like
	default:
		b.judge(ctx, false, schema)
	}
	b.sheetAway = time.Time{}
	b.judge(ctx, false, view.AlertState{Kind: view.AlertSheet})
}

// watchRepairs looks for repairs of the last minutes.
func (b *Bot) watchRepairs(ctx context.Context) error {
	lately, err := b.tally.Counted(ctx, repairOver)
	if err != nil {
		return err
	}
	a := view.AlertState{Kind: view.AlertRepair, Left: lately[countLeft] > 0}
	bad := lately[countRepairs]+lately[countLeft] > 0
	if bad {
		if a.Tags, err = b.memory.List(ctx, repairsKey); err != nil {
			return err
		}
	}
	b.judge(ctx, bad, a)
	return nil
}

// judge brings an alert to what was seen now: posts it, edits it, or closes it when
// it has been quiet for long enough.
func (b *Bot) judge(ctx context.Context, bad bool, seen view.AlertState) {
	at := b.clock()
	was, open, err := b.openAlert(ctx, seen.Kind)
	switch {
	case err != nil:
		logged(ctx, err, "alert_not_remembered")
	case bad && !open:
		if seen.Since.IsZero() {
			seen.Since = at.Now
		}
		b.raise(ctx, alert{State: seen}, at)
	case bad:
		seen.Since = was.State.Since
		b.goesOn(ctx, was, seen, at)
	case open && was.Quiet+1 < quietLooks:
		was.Quiet++
		b.keepAlert(ctx, was)
	case open:
		was.State.Over = at.Now
		if b.showAlert(ctx, &was, at) {
			b.dropAlert(ctx, seen.Kind)
		}
	}
}

// judgeFindings is judge for what a reconcile has found. What is new is told by a new
// message, because nobody hears of an edit; it has all that was found since the alert
// began.
func (b *Bot) judgeFindings(ctx context.Context, found []occupation.Finding, fresh bool) {
	seen := view.AlertState{Kind: view.AlertReconcile, Findings: found[:min(len(found), maxListed)]}
	was, open, err := b.openAlert(ctx, seen.Kind)
	if err != nil {
		logged(ctx, err, "alert_not_remembered")
		return
	}
	if open && len(found) > 0 {
		seen.Findings = together(was.State.Findings, found)
	}
	switch {
	case open && fresh:
		seen.Since = was.State.Since
		b.raise(ctx, alert{State: seen}, b.clock())
		b.amend(ctx, was.Place, view.AlertMoved())
	case open || fresh || len(found) == 0:
		b.judge(ctx, len(found) > 0, seen)
	}
}

// together adds what is not there yet; of too many the newest stay.
func together(old, found []occupation.Finding) []occupation.Finding {
	out := slices.Clone(old)
	for _, f := range found {
		same := func(o occupation.Finding) bool {
			return o.Kind == f.Kind && o.Tag() == f.Tag() && o.Spool.HeldBy == f.Spool.HeldBy
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, f)
		}
	}
	return out[max(0, len(out)-maxListed):]
}

// raise posts an alert.
func (b *Bot) raise(ctx context.Context, a alert, at view.Clock) {
	m := view.Alert(a.State, at)
	p, err := b.post(ctx, b.supervisors, m)
	if err != nil {
		logged(ctx, err, "supervisors_not_told")
		return
	}
	zerolog.Ctx(ctx).Warn().Str("alert", string(a.State.Kind)).Msg("alert_raised")
	a.Place, a.Shows = p, shortOf(m)
	b.keepAlert(ctx, a)
}

// goesOn shows what has changed about an alert that goes on.
func (b *Bot) goesOn(ctx context.Context, was alert, seen view.AlertState, at view.Clock) {
	quiet := was.Quiet
	was.State, was.Quiet = seen, 0
	if shows := shortOf(view.Alert(seen, at)); shows == was.Shows && quiet == 0 {
		return
	}
	b.showAlert(ctx, &was, at)
	b.keepAlert(ctx, was)
}

// showAlert edits the message of an alert; false = it must be done another time.
func (b *Bot) showAlert(ctx context.Context, a *alert, at view.Clock) bool {
	m := view.Alert(a.State, at)
	err := b.edit(ctx, a.Place, m)
	if err != nil && !errors.Is(err, errGone) { // who deletes an alert has read it
		logged(ctx, err, "alert_not_edited")
		return false
	}
	a.Shows = shortOf(m)
	return true
}

func (b *Bot) openAlert(ctx context.Context, kind view.AlertKind) (a alert, open bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	text, err := b.memory.Get(ctx, alertKey(kind))
	if err != nil || text == "" {
		return a, false, err
	}
	return a, json.Unmarshal([]byte(text), &a) == nil, nil
}

func (b *Bot) keepAlert(ctx context.Context, a alert) {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // texts, numbers and times always marshal
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, alertKey(a.State.Kind), string(text), alertLife), "alert_not_remembered")
}

func (b *Bot) dropAlert(ctx context.Context, kind view.AlertKind) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, alertKey(kind), "", alertLife), "alert_not_forgotten")
}
