package view

// This file has the words for the reasons of a pause.

const (
	lineWhyPaused    = "¿Por qué? (si quieres)"
	lineWhyAlready   = "El motivo ya estaba anotado."
	statePausedNoted = "pausado, motivo anotado"

	pauseMachine = "máquina"
	pauseOther   = "otro"
)

// pauseReasons are those that we offer, each with its button, its name there, in four
// letters at most, and as it is logged.
var pauseReasons = []struct{ action, name, label, text string }{
	{ActionPauseEnd, "end", "Fin de turno", "fin de turno"},
	{ActionPauseMeal, "meal", "Colación", "colación"},
	{ActionPausePart, "part", labelNoMaterial, "falta material"},
	{ActionPauseTool, "tool", "Máquina", "máquina"},
	{ActionPauseAny, "any", "Otro", "otro"},
}

var pauseOver = words{
	head: "ese motivo ya no se puede anotar", detail: "se puede por 10 minutos después de tu pausa",
	next: nothingChanged + " La pausa vale igual.",
}
