package view

import (
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// The files texts*.go are the catalogue: every word that people read in Slack.
// Arguments of the functions are escaped already.

// Signs stand before a state and never alone: the word follows.
const (
	signDone   = "✅"
	signPause  = "⏸️"
	signNo     = "⛔"
	signWait   = "⏳"
	signHeld   = "🔧"
	signFree   = "🟢"
	signAsk    = "❓"
	signLate   = "⏰"
	signFinish = "🏁"
	signMove   = "🔁"
	signSheet  = "📝"
)

// Buttons.
const (
	labelTake     = "Tomar"
	labelPause    = "Pausar"
	labelComplete = "Completar"
	labelResume   = "Retomar"
	labelStatus   = "Ver estado"
	labelMine     = "Mis spools"
	labelBoard    = "Quién tiene qué"
	labelAnother  = "Tomar otro"
	labelSearch   = "Buscar spools"
	labelRetry    = "Probar de nuevo"
	labelHelp     = "Ayuda"

	labelGoOn           = "Sigo con este spool"
	labelExtend         = "+1 h"
	labelExtendShift    = "Hasta fin de turno"
	labelExtendAll      = "+1 h a todos"
	labelExtendAllShift = "Todos hasta fin de turno"
	labelTransfer       = "Traspasar"
	labelRelease        = "Liberar"
	labelAccept         = "Aceptar"
	labelRefuse         = "No puedo"
	labelWithdraw       = "Cancelar"
	labelWait           = "Avísame cuando se libere"
	labelLeave          = "Ya no me avises"
	labelLeaveTurn      = "Ya no"
	labelAsk            = "Pedírselo"
	labelGive           = "Te lo paso"
	labelPauseForThem   = "Lo pauso"
	labelStillUse       = "Aún lo uso"
	labelReconcile      = "Corregir"
)

// confirmNo is the way out of what asks once more.
const confirmNo = "Todavía no"

func orWork(op occupation.Operation) string {
	if op == "" {
		return "el trabajo"
	}
	return string(op)
}

// States, as they follow a TAG.
const (
	stateTaken     = "tomado, es tuyo"
	stateAlready   = "ya es tuyo"
	statePaused    = "pausado, quedó libre"
	stateCompleted = "completado"
	stateYours     = "lo tienes tú"
	stateFree      = "está libre"
	stateBlocked   = "nadie lo tiene, todavía no se puede tomar"
	stateFinished  = "terminado"
	stateFreed     = "ya no lo tienes, está libre"
	stateAnew      = "lo tomaste de nuevo"
	stateWriting   = "se está anotando"
)

const (
	nothingHeld   = "No tienes spools tomados."
	nobodyHolds   = "Nadie tiene spools tomados."
	lineFreeAgain = "Otra persona lo puede tomar."
	lineTakeHint  = "Para tomar uno: /tomar y el TAG, o una parte."
	lineAlready   = "No cambió nada: sigue con la misma hora."
	lineOldButton = "Ese botón era de antes."
	lineWhich     = "Toca el que quieres."
	lineNarrow    = "Hay más. Escribe una parte más larga del TAG."
	lineWillTell  = "Te aviso aquí apenas se sepa. No hace falta repetirlo."
)

const today = "hoy"

// Times and dates.
var weekdays = [...]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}

// moment is 15:42, or "lun 23-11 15:42" on another day; empty for no time.
func (c Clock) moment(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case c.sameDay(t):
		return c.in(t).Format("15:04")
	default:
		return weekdays[c.in(t).Weekday()] + " " + c.in(t).Format("02-01 15:04")
	}
}

func (c Clock) since(t time.Time) string   { return c.phrase("desde las", "desde el", t) }
func (c Clock) until(t time.Time) string   { return c.phrase("hasta las", "hasta el", t) }
func (c Clock) before(t time.Time) string  { return c.phrase("antes de las", "antes del", t) }
func (c Clock) expired(t time.Time) string { return c.phrase("venció a las", "venció el", t) }
func (c Clock) expires(t time.Time) string { return c.phrase("vence a las", "vence el", t) }

// phrase is a moment with what stands before it on the same day and on others.
func (c Clock) phrase(sameDay, other string, t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case c.sameDay(t):
		return sameDay + " " + c.moment(t)
	default:
		return other + " " + c.moment(t)
	}
}

// span is since when and until when, or when it expired.
func (c Clock) span(since, deadline time.Time) string {
	if !deadline.IsZero() && !deadline.After(c.Now) {
		return join(", ", c.since(since), c.expired(deadline))
	}
	return join(" ", c.since(since), c.until(deadline))
}

// deadline is "hasta las 15:42", or "venció a las 15:42" once it is over.
func (c Clock) deadline(t time.Time) string {
	if !t.IsZero() && !t.After(c.Now) {
		return c.expired(t)
	}
	return c.until(t)
}

// day is "hoy", 23-11, or 23-11-2025 in another year.
func (c Clock) day(t time.Time) string {
	switch now := c.in(c.Now); {
	case t.IsZero():
		return ""
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return today
	case t.Year() == now.Year():
		return t.Format("02-01")
	default:
		return t.Format("02-01-2006")
	}
}
