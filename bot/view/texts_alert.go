package view

import (
	"fmt"
	"time"
)

// This file has the words of what supervisors are alerted of.

const (
	signAlert = "⚠️"

	alertTodo   = "*Qué hacer:* "
	alertSpools = "Spools: "
	alertMore   = "y otros"
	alertMoved  = "Esta alerta sigue más abajo en este canal."
)

const (
	conflictsHead = "Muchos choques al tomar spools"
	conflictsOf   = "llegaron a un spool ocupado"
	conflictsTodo = "Reparte los spools antes de empezar, y recuerda «Avísame cuando se libere»."

	expiriesHead = "Muchos spools vencen sin que los pausen ni completen"
	expiriesOf   = "vencieron"
	expiriesTodo = "Recuerda pausar o completar al terminar, y /extender si falta. Si es siempre, pide más tiempo por toma."

	sheetAwayHead   = "La planilla no responde"
	sheetAwayDetail = "Nadie puede tomar, pausar ni completar mientras tanto."
	sheetAwayTodo   = "Mira si la planilla abre en el navegador y sigue compartida con el bot. Si abre, avisa a quien administra el bot."

	locksAwayHead   = "El bot no puede anotar quién tiene qué"
	locksAwayDetail = "Su memoria no responde. Nadie puede tomar, pausar ni completar mientras tanto; lo anotado en la planilla sigue ahí."
	locksAwayTodo   = "Avisa ahora a quien administra el servidor del bot."

	schemaHead = "El bot no entiende la planilla"
	schemaTodo = "Deja ese nombre como estaba en la planilla, o devuélvelo a su lugar. Mientras tanto no se anota nada."

	repairHead     = "Corregí filas que se movieron mientras escribía"
	unrepairedHead = "No pude corregir filas que se movieron mientras escribía"
	repairDetail   = "Alguien ordenó, insertó o borró filas en ese momento."
	repairTodo     = "Nada urgente. Para ordenar o insertar filas, mejor cuando nadie trabaja."
	unrepairedTodo = "Revisa en la planilla las filas de estos spools y las de alrededor."

	reconcileAlertHead = "Planilla y bot no coincidían"
	reconcileAlertTodo = "Lo que queda para la oficina se corrige en la planilla. Lo demás ya está corregido."
)

// alertOver is what an alert says once it is over; empty = the same as before.
func alertOver(kind AlertKind) string {
	switch kind {
	case AlertConflicts:
		return "Bajaron los choques al tomar spools"
	case AlertExpiries:
		return "Bajaron los spools que vencen"
	case AlertSheet:
		return "La planilla responde otra vez"
	case AlertLocks:
		return "El bot anota otra vez quién tiene qué"
	case AlertSchema:
		return "El bot entiende otra vez la planilla"
	default:
		return ""
	}
}

// ofTakes is how many of all takes of the last hour it were.
func ofTakes(count, takes, limit int, what string) string {
	percent := 0
	if takes > 0 {
		percent = 100 * count / takes
	}
	return fmt.Sprintf("En la última hora %d de %d tomas %s (%d %%). Aviso desde %d %%.", count, takes, what, percent, limit)
}

func solved(moment, lasted string) string {
	return "Resuelto a las " + moment + ", duró " + lasted + "."
}

// lasted is "12 min" or "2 h 5 min".
func lasted(d time.Duration) string {
	minutes := max(1, int(d.Round(time.Minute)/time.Minute))
	if minutes < 60 {
		return fmt.Sprintf("%d min", minutes)
	}
	return join(" ", fmt.Sprintf("%d h", minutes/60), count(minutes%60, "min", "min"))
}
