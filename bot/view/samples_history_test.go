package view_test

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Samples of histories.

// past is an event of 23 November, or of days before it.
func (k kit) past(kind occupation.Kind, daysAgo, hour, minute int, who occupation.Holder) occupation.Past {
	at := k.hour(hour, minute).AddDate(0, 0, -daysAgo)
	return occupation.Past{AuditRow: occupation.AuditRow{
		ID: "E1", At: at, Kind: kind, Tag: tag, WorkerID: who.ID, WorkerName: who.Name, Operation: occupation.ARM, Action: kind.Action(),
	}}
}

// story is what happened to a spool: all kinds of events, the newest first.
func (k kit) story() []occupation.Past {
	done := k.past(occupation.Complete, 0, 14, 30, mauricio)
	done.Date, done.Worked = k.day(11, 20), 62*time.Minute
	extended := k.past(occupation.Extend, 0, 14, 0, mauricio)
	extended.Deadline = k.hour(16, 0)
	given := k.past(occupation.Transfer, 0, 13, 28, mauricio)
	given.From, given.By, given.Reason = josefa, patricia, "urge para despacho"
	freed := k.past(occupation.Release, 3, 18, 5, patricia)
	freed.From, freed.Reason, freed.Worked = mauricio, "salió a otro turno", 20*time.Second
	lapsed := k.past(occupation.Expire, 3, 12, 0, josefa)
	lapsed.Worked = time.Hour
	foreign := k.past("METROLOGIA", 327, 9, 0, occupation.Holder{})
	foreign.Action, foreign.Operation, foreign.Tag = "APROBAR", "", tag
	undated := k.past(occupation.Take, 0, 0, 0, occupation.Holder{})
	undated.At = time.Time{}
	paused := k.past(occupation.Pause, 0, 12, 15, josefa)
	paused.Worked = 95 * time.Minute
	stopped := k.past(occupation.Retain, 3, 11, 50, patricia)
	stopped.From, stopped.Reason = josefa, "calidad"
	undone := k.past(occupation.Revert, 3, 11, 40, josefa)
	undone.Undoes = occupation.Complete
	why := k.past(occupation.PauseWhy, 3, 11, 30, josefa)
	why.Reason = "colación"
	return []occupation.Past{
		done, extended, given, paused, k.past(occupation.Take, 0, 10, 40, josefa), freed, lapsed,
		k.past(occupation.Lift, 3, 11, 55, patricia), stopped, undone, why, foreign, undated,
	}
}

func (k kit) historySamples() map[string]any {
	all := k.story()
	hostile := all[2]
	hostile.WorkerName, hostile.From.Name, hostile.By.Name, hostile.Tag, hostile.Reason = worst, nasty, worst, nasty, worst
	return map[string]any{
		"history-spool":   view.History(occupation.History{Of: occupation.HistoryQuery{Tag: tag}, Events: all}, k.at),
		"history-worker":  view.History(occupation.History{Of: occupation.HistoryQuery{Worker: 93}, Who: mauricio, Events: slices.Concat(all[:3], all[5:6])}, k.at),
		"history-day":     view.History(occupation.History{Of: occupation.HistoryQuery{Day: k.day(11, 22)}, Events: all[:5], More: true}, k.at),
		"history-today":   view.History(occupation.History{Of: occupation.HistoryQuery{Worker: 93, Day: k.day(11, 23)}, Who: mauricio, Events: all[:2]}, k.at),
		"history-none":    view.History(occupation.History{Of: occupation.HistoryQuery{Tag: tag}}, k.at),
		"history-20":      view.History(occupation.History{Of: occupation.HistoryQuery{Tag: tag}, Events: slices.Repeat(all[3:5], 10), More: true}, k.at),
		"history-hostile": view.History(occupation.History{Of: occupation.HistoryQuery{Day: k.day(11, 2)}, Events: slices.Repeat([]occupation.Past{hostile}, 20), More: true}, k.at),
		"holds-nothing":   view.HoldsNothing(josefa),
		"file-sent":       view.FileSent(),
		"file-empty":      view.FileEmpty(),
		"file-trouble":    view.FileTrouble(false),
		"file-forbidden":  view.FileTrouble(true),
	}
}
