package view

import (
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// AlertKind is what supervisors are alerted of.
type AlertKind string

// The kinds of alerts.
const (
	AlertConflicts AlertKind = "conflicts" // many takes meet a spool that somebody has
	AlertExpiries  AlertKind = "expiries"  // many takes expire
	AlertSheet     AlertKind = "sheet"     // the sheet does not answer
	AlertLocks     AlertKind = "locks"     // the lock store does not answer
	AlertSchema    AlertKind = "schema"    // a header or a tab is missing
	AlertRepair    AlertKind = "repair"    // something was written to a row that people had moved
	AlertReconcile AlertKind = "reconcile" // sheet and locks differed
)

// AlertKinds lists every kind, for tests.
func AlertKinds() []AlertKind {
	return []AlertKind{AlertConflicts, AlertExpiries, AlertSheet, AlertLocks, AlertSchema, AlertRepair, AlertReconcile}
}

// AlertState is one alert. It is kept as JSON while it lasts.
type AlertState struct {
	Kind  AlertKind `json:"kind"`
	Since time.Time `json:"since"`
	Over  time.Time `json:"over,omitzero"` // zero while it lasts

	// AlertConflicts, AlertExpiries: how many of how many in the last hour, and from
	// how many percent on it is an alert.
	Count   int `json:"count,omitzero"`
	Takes   int `json:"takes,omitzero"`
	Percent int `json:"percent,omitzero"`

	Reason occupation.Reason `json:"reason,omitzero"` // AlertSchema, with the next three
	Column occupation.Column `json:"column,omitzero"`
	Row    int               `json:"row,omitzero"`
	Text   string            `json:"text,omitzero"`

	Tags     []string             `json:"tags,omitzero"`     // AlertRepair: the spools of the commits
	Left     bool                 `json:"left,omitzero"`     // AlertRepair: not all could be put right
	Findings []occupation.Finding `json:"findings,omitzero"` // AlertReconcile: all since it began
}

// Alert says what is wrong, with its numbers, since when, and what to do; once it is
// over, that it is, and how long it lasted.
func Alert(a AlertState, at Clock) Message {
	head, detail, todo := alertWords(a, at)
	sign, end := signAlert, capital(at.since(a.Since))
	if !a.Over.IsZero() {
		sign, todo, end = signDone, "", solved(at.moment(a.Over), lasted(a.Over.Sub(a.Since)))
		if over := alertOver(a.Kind); over != "" {
			head, detail = over, ""
		}
	}
	blocks := []slack.Block{section(sign+" "+bold(head), detail, prefix(alertTodo, todo))}
	if a.Kind == AlertReconcile {
		blocks = append(blocks, ReconcileReport(a.Findings, true, at).Blocks...)
	}
	return message(sentences(head, end, detail), append(blocks, small(end))...)
}

// AlertMoved takes the place of an alert that is told anew further down.
func AlertMoved() Message {
	return message(alertMoved, section(signAlert+" "+alertMoved))
}

func alertWords(a AlertState, at Clock) (head, detail, todo string) {
	switch a.Kind {
	case AlertConflicts:
		return conflictsHead, ofTakes(a.Count, a.Takes, a.Percent, conflictsOf), conflictsTodo
	case AlertExpiries:
		return expiriesHead, ofTakes(a.Count, a.Takes, a.Percent, expiriesOf), expiriesTodo
	case AlertSheet:
		return sheetAwayHead, sheetAwayDetail, sheetAwayTodo
	case AlertLocks:
		return locksAwayHead, locksAwayDetail, locksAwayTodo
	case AlertSchema:
		w := explain(&occupation.Error{Code: occupation.SheetSchema, Reason: a.Reason, Column: a.Column, Row: a.Row, Text: a.Text}, at)
		return schemaHead, capital(join(", ", w.head, w.detail)), schemaTodo
	case AlertRepair:
		head, todo = repairHead, repairTodo
		if a.Left {
			head, todo = unrepairedHead, unrepairedTodo
		}
		return head, join(" ", repairDetail, ofSpools(a.Tags)), todo
	default:
		return reconcileAlertHead, "", reconcileAlertTodo
	}
}

// ofSpools names the spools, of more than ten the first ones.
func ofSpools(tags []string) string {
	const most = 10
	var names []string
	for _, tag := range slices.Compact(slices.Sorted(slices.Values(tags))) {
		if len(names) == most {
			names = append(names, alertMore)
			break
		}
		names = append(names, escape(tag, maxTag))
	}
	return prefix(alertSpools, join(", ", names...))
}

// SameAlert reports whether two texts are of alerts of one kind that last: the words
// before the first stop are the same.
func SameAlert(a, b string) bool {
	first, _, whole := strings.Cut(a, ". ")
	other, _, too := strings.Cut(b, ". ")
	return whole && too && first == other
}
