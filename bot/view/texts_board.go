package view

import "fmt"

// This file has the words of the supervisors' board.

const (
	signBoard = "📋"
	signStop  = "✋"
)

const (
	boardTitle     = "Pizarra del taller"
	boardSoon      = "Por vencer"
	boardHeld      = "Ocupados"
	boardLate      = "Vencidos, guardados para quien los tenía"
	boardStopped   = "Retenidos"
	boardWaiting   = "Esperan"
	boardMovedText = "La pizarra sigue más abajo en este canal."
)

// boardCount sums the board up.
func boardCount(held, late, stopped, waiting int) string {
	what := join(", ",
		count(held, "ocupado", "ocupados"), count(late, "vencido", "vencidos"), count(stopped, "retenido", "retenidos"),
		count(waiting, "persona espera", "personas esperan"))
	if what == "" {
		return nobodyHolds
	}
	return what
}

func boardDone(arm, sold int) string {
	return fmt.Sprintf("Completados hoy: ARM %d · SOLD %d", arm, sold)
}

func boardAsOf(moment string) string { return "Último cambio: " + moment + ". Se actualiza sola." }

// boardMoved says where the board stands now.
func boardMoved(link, moment string) string {
	where := "más abajo en este canal"
	if link != "" {
		where = "<" + link + "|más abajo en este canal>"
	}
	return "La pizarra sigue " + where + ", desde las " + moment + "."
}
