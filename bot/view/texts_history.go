package view

import (
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// The words of histories. Arguments are escaped already.
const (
	labelHistory = "Historia"
	labelCSV     = "CSV"

	historyUndated = "Sin fecha"
	historyNone    = "No hay nada anotado."
	historyMore    = "Hay más. Lo anterior está en el CSV."
	csvSent        = "Te mandé el archivo por mensaje directo."
	csvNone        = "No hay nada que poner en un archivo."
)

// deed says what somebody did; "" = nothing that we know.
func deed(kind occupation.Kind) string {
	return map[occupation.Kind]string{
		occupation.Take: "tomó", occupation.Pause: "pausó", occupation.Complete: "completó", occupation.Extend: "extendió",
		occupation.Transfer: "recibió", occupation.Release: "liberó",
		occupation.LinkWorker: "quedó con su cuenta de Slack", occupation.UnlinkWorker: "quedó sin cuenta de Slack",
		occupation.Retain: "retuvo", occupation.Lift: "levantó la retención", occupation.Revert: "deshizo", occupation.PauseWhy: "dijo por qué pausó",
	}[kind]
}

// deedSign stands before what happened.
func deedSign(kind occupation.Kind) string {
	sign, known := map[occupation.Kind]string{
		occupation.Take: signHeld, occupation.Pause: signPause, occupation.Complete: signDone, occupation.Extend: signHeld,
		occupation.Transfer: signMove, occupation.Release: signFree, occupation.Expire: signLate,
		occupation.Retain: signStop, occupation.Lift: signFree, occupation.Revert: signUndo, occupation.PauseWhy: signPause,
	}[kind]
	if !known {
		return signSheet
	}
	return sign
}

// undid names what was taken back.
func undid(kind occupation.Kind) string {
	return map[occupation.Kind]string{occupation.Take: "lo tomado", occupation.Pause: "la pausa", occupation.Complete: "lo completado"}[kind]
}

func lapsedFor(tag, who string) string { return join(" ", "venció", tag, prefix("con ", who)) }
func fromWhom(who string) string       { return prefix("de ", who) }
func takenFrom(who string) string      { return prefix("lo tenía ", who) }
func arrangedBy(who string) string     { return prefix("lo pasó ", who) }
func withDate(day string) string       { return prefix("con fecha ", day) }

func holdsNothing(who string) string { return who + " no tiene spools tomados." }
func historyOf(what string) string   { return "Historia de " + what }

// dayTitle names a day in a headline.
func (c Clock) dayTitle(t time.Time) string {
	switch now := c.in(c.Now); {
	case c.sameDay(t):
		return today
	case c.sameDay(c.in(t).AddDate(0, 0, 1)):
		return "ayer"
	case c.in(t).Year() == now.Year():
		return weekdays[c.in(t).Weekday()] + " " + c.in(t).Format("02-01")
	default:
		return c.in(t).Format("02-01-2006")
	}
}

// workedFor is how long something took, to the minute: "1 h 20 min".
func workedFor(d time.Duration) string {
	m := int(d.Round(time.Minute) / time.Minute)
	switch {
	case d <= 0:
		return ""
	case m < 1:
		return "menos de 1 min"
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m%60 == 0:
		return fmt.Sprintf("%d h", m/60)
	default:
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	}
}

// csvComment introduces the file.
func csvComment(what string, rows int, more bool) string {
	text := fmt.Sprintf("%s, %s.", historyOf(what), count(rows, "movimiento", "movimientos"))
	if more {
		text += " Son los más nuevos, hay más."
	}
	return text
}

// fileTrouble says why a file could not be sent.
func fileTrouble(permission bool) words {
	if permission {
		return words{head: "no pude mandar el archivo", detail: "a la app le falta el permiso files:write", next: "Pide a quien instaló el bot que actualice la app con el manifest.yml de ahora."}
	}
	return words{head: "no pude mandar el archivo", next: "Prueba de nuevo en un rato."}
}
