package view

// This file has the words for the reasons of a pause.

const (
	lineWhyPaused    = "Si quieres, toca por qué:"
	lineWhyAlready   = "El motivo ya estaba anotado."
	statePausedNoted = "pausado, motivo anotado"
)

// pauseReasons are those that we offer, each with its button and as it is logged.
var pauseReasons = []struct{ action, name, label, text string }{
	{ActionPauseShift, "shift", "Fin de turno", "fin de turno"},
	{ActionPauseMeal, "meal", "Colación", "colación"},
	{ActionPauseMaterial, whyMaterial, labelNoMaterial, "falta material"},
	{ActionPauseMachine, "machine", "Máquina", "máquina"},
	{ActionPauseOther, "other", "Otro", "otro"},
}

var pauseOver = words{
	head: "ese motivo ya no se puede anotar", detail: "se puede por 10 minutos después de tu pausa",
	next: nothingChanged + " La pausa vale igual.",
}
