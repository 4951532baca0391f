package view

import (
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Words of App Home, of lists of spools and of what is done to several at once.

const (
	labelOtherDay     = "Otra fecha"
	labelCompleteMany = "Completar varios"
	labelCompleteOne  = "Completar con otra fecha"
	labelAll          = "Ver todo"
	labelWaitMany     = "Avísame de los ocupados"

	homeFree     = "Lo que puedes tomar ahora"
	homeNoneFree = "Por ahora no hay spools libres para tu rol."
	homeSent     = "Te lo mandé por mensaje directo."
	homeFirst    = "Primera vez aquí"

	filterAll         = "Todos los spools libres"
	filterEvery       = "Sin filtro"
	filterPlaceholder = "Filtra por NV u OT"
	filterNV          = "NV"
	filterOT          = "OT"
)

// homeFirstLines are the help for whoever sees App Home for the first time.
var homeFirstLines = []string{
	"1. Toca *Tomar* en un spool: queda a tu nombre y la planilla se llena sola.",
	"2. Al terminar toca *Completar*; si lo dejas para después, *Pausar*.",
	"3. En el chat también puedes escribir */tomar* y el TAG, o una parte.",
}

func homeFoot(name, moment string) string { return join(" · ", name, "actualizado "+moment) }

// homeNoneIn says that nothing of an NV or OT is free; where is escaped.
func homeNoneIn(where string) string {
	return fmt.Sprintf("Por ahora no hay spools libres de %s para tu rol.", where)
}

func homeMore(n int) string { return andMore(n) + " Búscalos por NV, OT o TAG." }

// homeFreeIn is the head of the list, of one NV or OT where the person chose one.
func homeFreeIn(where string) string {
	if where == "" {
		return homeFree
	}
	return homeFree + " de " + where
}

// completeOn names the day that a button writes, but for today.
func completeOn(day string) string {
	if day == "" || day == today {
		return labelComplete
	}
	return labelComplete + " con fecha " + day
}

// due is the day for which a spool is promised: "para el 12-08", "para hoy", and
// "atrasado, era para el 12-08" once it is over.
func (c Clock) due(t time.Time) string {
	switch day := c.day(t); {
	case t.IsZero():
		return ""
	case day == today:
		return "para " + today
	case t.Before(c.Now):
		return "atrasado, era para el " + day
	default:
		return "para el " + day
	}
}

// left says how much time is left, in steps that stay true for a while.
func (c Clock) left(deadline time.Time) string {
	d := deadline.Sub(c.Now)
	switch quarters := int(d.Round(15*time.Minute) / (15 * time.Minute)); {
	case deadline.IsZero() || d <= 0:
		return ""
	case d < 5*time.Minute:
		return "quedan menos de 5 min"
	case d < 10*time.Minute:
		return "quedan menos de 10 min"
	case quarters < 4:
		return fmt.Sprintf("quedan unos %d min", 15*quarters)
	case quarters < 6:
		return "queda cerca de 1 h"
	default:
		return fmt.Sprintf("quedan unas %d h", (quarters+2)/4)
	}
}

// The form of COMPLETAR.
const (
	completeTitle      = "Completar"
	completeSubmit     = "Completar"
	completeDayLabel   = "Fecha"
	completeDayHint    = "El día en que quedó hecho: hasta 30 días atrás."
	completePieces     = "Spools"
	completePiecesHint = "Marca los que terminaste."
	completeNone       = "Marca al menos un spool."
	completeBadDay     = "Elige una fecha de los últimos 30 días, hasta hoy."
	completeLooking    = "Buscando lo que tienes…"
)

func completeTooMany(n int) string {
	return fmt.Sprintf("%s Para esos escribe /completar y el TAG.", andMore(n))
}

// Several at once.
func retryMany(n int) string {
	if n == 1 {
		return labelRetry
	}
	return fmt.Sprintf("%s con los %d", labelRetry, n)
}

// verbLabel is what a button that shows a TAG alone is called aloud.
func verbLabel(v Verb) string {
	switch v {
	case Pause:
		return labelPause
	case Complete:
		return labelComplete
	case Extend:
		return labelExtend
	default:
		return labelTake
	}
}

func waitManyHead(n int) string {
	if n == 0 {
		return "No hay de qué avisarte."
	}
	return fmt.Sprintf("Te aviso cuando se %s.", map[bool]string{true: "libere", false: "liberen"}[n == 1])
}

func waitPlace(place int) string {
	switch before := place - 1; before {
	case 0:
		return "eres quien sigue"
	case 1:
		return "hay 1 persona antes que tú"
	default:
		return fmt.Sprintf("hay %d personas antes que tú", before)
	}
}

func waitMany(n int) string {
	if n == 1 {
		return labelWait
	}
	return labelWaitMany
}

const (
	waitFree = "ya está libre"
	waitYour = "ya es tuyo"
)

// Free spools of one NV or OT; where is escaped.
func offerIn(where string) string { return fmt.Sprintf("¿Cuál de %s quieres tomar?", where) }

// Typing that fits nothing as it stands.
func nearHead(query string) string { return fmt.Sprintf("«%s» no está.", query) }

// foundIn is what a message has in it; more than fit the form are left out.
func foundIn(n int) string {
	if n > occupation.MaxBatch {
		return fmt.Sprintf("El mensaje tiene %d spools: aquí van los primeros %d.", n, occupation.MaxBatch)
	}
	return "Encontré " + count(n, "spool", "spools") + " en el mensaje. Quita los que no quieras."
}
