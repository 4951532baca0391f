package view

import (
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// This file has the words of RETENER: a stop, why, and its lifting.

// Buttons.
const (
	labelRetain      = "Retener"
	labelLift        = "Levantar retención"
	labelQuality     = "Calidad"
	labelNoMaterial  = "Falta material"
	labelOtherReason = "Otro motivo"
)

const (
	stateWhyRetain     = "¿por qué se retiene?"
	stateRetained      = "retenido"
	stateLifted        = "sin retención, está libre"
	stateOnHold        = "está retenido"
	shortOnHold        = "retenido"
	lineRetainMeans    = "Queda libre, pero nadie lo puede tomar hasta que se levante la retención."
	lineWhoLifts       = "Nadie lo puede tomar hasta que levante la retención quien la puso, o un supervisor."
	lineSheetStops     = "La planilla dice que está retenido: otra persona no lo podrá tomar."
	lineCanBeTaken     = "Ya se puede tomar."
	lineTellWhenLifted = "Te aviso cuando se levante la retención."

	retainTitle  = "Retener spool"
	retainSubmit = "Retener"
	retainHint   = "Nadie lo podrá tomar hasta que se levante la retención."
	stopExample  = "Por ejemplo: falta un ensayo"
	stopHint     = "Queda en la planilla, y lo ven todos."
)

// stopReasons are those that need no typing, by what the button carries.
var stopReasons = map[string]string{whyQuality: "calidad", whyMaterial: "falta material"}

func retainedBy(who string) string { return "retenido por " + who }
func liftedBy(who string) string   { return "retención levantada por " + who }

// orOffice is who has lifted a stop; at the sheet nobody knows who.
func orOffice(who string) string {
	if who == "" {
		return "la oficina, en la planilla"
	}
	return who
}

// lifted is when a stop was lifted, or was seen to be.
func (c Clock) lifted(by string, t time.Time) string {
	if by == "" {
		return c.phrase("Lo vi a las", "Lo vi el", t) + "."
	}
	return c.phrase("A las", "El", t) + "."
}

func wasFor(reason string) string { return prefix("Era por ", quoted(reason)) }

// retainedFrom is who stopped a spool and why; of what was written at the sheet
// nobody knows who.
func retainedFrom(who, reason string) string {
	if who == "" {
		who = "la oficina, en la planilla"
	}
	return join(": ", "Lo retuvo "+who, quoted(reason)) + "."
}

// stopped explains that a spool is stopped; the core's error has why and who.
func explainStopped(text, holder string) words {
	return words{
		head: stateOnHold, detail: join(", ", quoted(text), prefix("lo retuvo ", holder)),
		next: "Espera a que se levante la retención, o toma otro.",
	}
}

var notStopped = words{head: "no está retenido", next: nothingChanged + " Si lo necesitas, tómalo."}

func notSetter(holder string) words {
	return words{
		head: "esa retención no es tuya", detail: prefix("la puso ", holder),
		next: nothingChanged + " La levanta quien la puso o un supervisor.",
	}
}

// notStoppedLate is late news that a spool was not stopped, or its stop not lifted.
func notStoppedLate(kind occupation.Kind) string {
	if kind == occupation.Lift {
		return "la retención sigue puesta"
	}
	return "no quedó retenido"
}
