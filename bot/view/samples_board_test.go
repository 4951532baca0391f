package view_test

import (
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Samples of what the supervisors keep in sight.

// board is a shop with everything that a board shows.
func (k kit) board() occupation.Board {
	soon := k.status(12, josefa)
	soon.Lock.Deadline = k.hour(14, 50)
	byRow, writing := k.status(13, mauricio), k.status(14, josefa)
	byRow.Lock = occupation.Lock{}
	byRow.Spool.Since = k.hour(9, 5)
	writing.Lock.State = occupation.Pending
	stopped, byHand := k.spool(20), k.spool(21)
	stopped.State, byHand.State = "ARM retenido: falta certificado, PS(3)", "RETENIDO"
	return occupation.Board{
		Held:    []occupation.Status{byRow, k.lapsed(15), k.status(11, mauricio), writing, soon},
		Stopped: []occupation.Spool{stopped, byHand},
		Waits: []occupation.Waiter{
			{Tag: numbered(11), Worker: josefa},
			{Tag: numbered(11), Worker: patricia},
			{Tag: numbered(12), Worker: mauricio},
		},
		Done: map[occupation.Operation]int{occupation.ARM: 12, occupation.SOLD: 5},
		Soon: 15 * time.Minute,
	}
}

// hostileBoard is more of everything than fits, with the worst of words.
func (k kit) hostileBoard() occupation.Board {
	b := occupation.Board{Soon: time.Minute}
	for i := range 300 {
		st := k.status(i, occupation.Holder{ID: i, Name: worst})
		st.Spool, st.Lock.Tag = k.hostileSpool(), nasty
		b.Held = append(b.Held, st)
		stopped := k.hostileSpool()
		stopped.State = "retenido: " + nasty + ", XY(7)"
		b.Stopped = append(b.Stopped, stopped)
		b.Waits = append(b.Waits, occupation.Waiter{Tag: numbered(i / 3), Worker: occupation.Holder{ID: i, Name: nasty}})
	}
	return b
}

func (k kit) boardSamples() map[string]any {
	full := k.board()
	full.Held = slices.Concat(full.Held, k.statuses(200, 50))
	return map[string]any{
		"board":         view.BoardOf(view.Board(k.board(), k.at), k.at),
		"board-none":    view.BoardOf(view.Board(occupation.Board{}, k.at), k.at),
		"board-200":     view.BoardOf(view.Board(full, k.at), k.at),
		"board-hostile": view.BoardOf(view.Board(k.hostileBoard(), k.at), k.at),
		"board-moved":   view.BoardMoved("https://taller.slack.com/archives/C1/p1700000000000100", k.at),
		"board-gone":    view.BoardMoved("", k.at),
	}
}

// alerts are one of each kind that lasts.
func (k kit) alerts() []view.AlertState {
	alert := func(kind view.AlertKind, fill func(*view.AlertState)) view.AlertState {
		a := view.AlertState{Kind: kind, Since: k.hour(14, 30)}
		fill(&a)
		return a
	}
	ratio := func(count, limit int) func(*view.AlertState) {
		return func(a *view.AlertState) { a.Count, a.Takes, a.Percent = count, 60, limit }
	}
	nothing := func(*view.AlertState) {}
	return []view.AlertState{
		alert(view.AlertConflicts, ratio(14, 10)),
		alert(view.AlertExpiries, ratio(6, 5)),
		alert(view.AlertSheet, nothing),
		alert(view.AlertLocks, nothing),
		alert(view.AlertSchema, func(a *view.AlertState) { a.Reason, a.Column = occupation.MissingHeader, occupation.ColArmDate }),
		alert(view.AlertRepair, func(a *view.AlertState) { a.Tags = []string{numbered(12), numbered(11), numbered(12)} }),
		alert(view.AlertReconcile, func(a *view.AlertState) { a.Findings = k.findings() }),
	}
}

func (k kit) alertSamples() map[string]any {
	out := map[string]any{"alert-moved": view.AlertMoved()}
	for _, a := range k.alerts() {
		out["alert-"+string(a.Kind)] = view.Alert(a, k.at)
		a.Over = k.hour(14, 42)
		out["alert-"+string(a.Kind)+"-over"] = view.Alert(a, k.at)
	}
	bad := view.AlertState{Kind: view.AlertRepair, Since: k.day(11, 22), Tags: slices.Repeat([]string{nasty, worst}, 40), Left: true}
	for i := range 30 {
		bad.Tags = append(bad.Tags, numbered(i)+nasty)
	}
	out["alert-repair-hostile"] = view.Alert(bad, k.at)
	fs := k.findings()
	for i := range fs {
		fs[i].Spool.HeldBy, fs[i].Spool.Tag, fs[i].Lock.Holder.Name = nasty, worst, worst
	}
	out["alert-reconcile-hostile"] = view.Alert(view.AlertState{Kind: view.AlertReconcile, Since: k.day(11, 22), Findings: slices.Repeat(fs, 60)}, k.at)
	out["alert-schema-hostile"] = view.Alert(view.AlertState{Kind: view.AlertSchema, Since: k.day(11, 22), Reason: occupation.MissingTab, Column: occupation.Column(worst), Text: nasty}, k.at)
	return out
}

func (k kit) homeBoardSamples() map[string]any {
	boss := occupation.Worker{ID: 3, Given: "Patricia", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Supervisor}}
	full := k.board()
	full.Held = slices.Concat(full.Held, k.statuses(200, 50))
	crowded := view.Home(view.HomeState{Worker: boss, Mine: k.statuses(60, 1), Free: k.spools(200)}, k.at)
	empty := view.Home(view.HomeState{Worker: boss}, k.at)
	return map[string]any{
		"home-board":         view.WithBoard(empty, k.board(), boss.ID, k.at),
		"home-board-none":    view.WithBoard(empty, occupation.Board{}, boss.ID, k.at),
		"home-board-200":     view.WithBoard(empty, full, boss.ID, k.at),
		"home-board-crowded": view.WithBoard(crowded, full, boss.ID, k.at),
		"home-board-hostile": view.WithBoard(empty, k.hostileBoard(), boss.ID, k.at),
	}
}
