package view

// This file has the words for the reasons of a pause.

const (
	pauseWhyHint     = "¿Por qué? (si quieres)"
	lineWhyAlready   = "El motivo ya estaba anotado."
	statePausedNoted = "pausado, motivo anotado"

	pauseMachine = "máquina"
	pauseOther   = "otro"
)

// pauseReasons are those that we offer, each as its option is called, in four letters
// at most, and as it is logged.
var pauseReasons = []struct{ name, label, text string }{
	{"end", "Fin de turno", "fin de turno"},
	{"meal", "Colación", "colación"},
	{"part", labelNoMaterial, "falta material"},
	{"tool", "Máquina", pauseMachine},
	{"any", "Otro", pauseOther},
}

var pauseOver = words{
	head: "ese motivo ya no se puede anotar", detail: "se puede por 10 minutos después de tu pausa",
	next: nothingChanged + " La pausa vale igual.",
}
