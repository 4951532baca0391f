package view

import (
	"fmt"

	"github.com/spoolbot/spoolbot/occupation"
)

// This file has the words of DESHACER.

const (
	signUndo  = "↩️"
	labelUndo = "Deshacer"

	stateNotTaken   = "deshecho, ya no lo tienes"
	stateYoursAgain = "deshecho, sigue siendo tuyo"
	lineAsBefore    = "Quedó como antes de tomarlo."
	lineTooLate     = "Ya no se puede deshacer: así está ahora."
)

// undoMany is the button for a batch that did something to so many spools.
func undoMany(n, did int) string {
	switch {
	case n < did:
		return fmt.Sprintf("%s %d de %d", labelUndo, n, did)
	case n == 1:
		return labelUndo
	}
	return fmt.Sprintf("%s los %d", labelUndo, n)
}

// undoneLine says what is as if it had not been done.
func undoneLine(kind occupation.Kind) string {
	if kind == occupation.Complete {
		return "La fecha se borró de la planilla; sigue con la misma hora."
	}
	return "Sigue con la misma hora."
}

// tooLate explains that something cannot be taken back any more.
func tooLate(now string) words {
	return words{
		head: "ya no se puede deshacer", detail: now,
		next: nothingChanged + " Se puede por un minuto, si nadie hizo nada después.",
	}
}
