package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spoolbot/spoolbot/occupation"
)

// words say one thing: head follows a TAG or stands alone, detail goes with it
// in one line, next is what to do now.
type words struct{ head, detail, next string }

const (
	nothingChanged = "No se cambió nada."
	tellOffice     = nothingChanged + " Avisa a la oficina."
)

// fault is all that people hear of an error without a code.
var fault = words{
	head: "algo falló de mi lado",
	next: "Mira en Mis spools si alcanzó a quedar; si no, prueba de nuevo.",
}

// explain says what an error means and what to do. Every code has words here,
// and every reason that needs its own.
func explain(e *occupation.Error, at Clock) words {
	text := escape(e.Text, maxCell)
	holder := escape(e.Holder.Name, maxName)
	if w, ok := explainLink(e, holder); ok {
		return w
	}
	switch e.Code {
	case occupation.InvalidInput:
		return explainInput(e, text)
	case occupation.SpoolNotFound:
		w := words{head: "no está en la planilla", next: lineNoneNear}
		if len(e.Near) > 0 {
			w.next = lineNear
		}
		return w
	case occupation.DuplicateTag:
		return words{
			head: "está repetido en la planilla", detail: "filas " + numbers(e.Rows),
			next: nothingChanged + " Avisa a la oficina: debe quedar una sola fila.",
		}
	case occupation.PrerequisiteNotMet:
		return explainPrerequisite(e, holder, at)
	case occupation.WorkerUnknown:
		return explainWorker(e, holder)
	case occupation.RoleNotAllowed:
		return explainRole(e, holder)
	case occupation.SpoolOccupied:
		return explainOccupied(e, holder, at)
	case occupation.NotOwner:
		return explainNotOwner(e, holder, at)
	case occupation.LockExpired:
		w := words{head: at.expired(e.Expired), next: nothingChanged + " Está libre: si sigues en él, tómalo de nuevo."}
		if holder != "" {
			w.detail = join(" ", "ahora lo tiene "+holder, at.deadline(e.Until))
			w.next = nothingChanged + " Habla con esa persona antes de seguir."
		}
		return w
	case occupation.SheetSchema:
		return explainSchema(e, text)
	case occupation.SheetUnavailable, occupation.LocksUnavailable:
		return explainUnavailable(e)
	default:
		return fault
	}
}

func explainInput(e *occupation.Error, text string) words {
	switch e.Reason {
	case occupation.NoTags:
		return words{head: "falta el TAG", next: "Escríbelo después de la orden, por ejemplo: /tomar 25238-011"}
	case occupation.NoTagsThere:
		return words{head: "no encontré ningún TAG en ese mensaje", next: "Búscalo por NV u OT, o escribe /tomar y el TAG."}
	case occupation.TooManyTags:
		return words{head: fmt.Sprintf("son %d spools y el máximo es %d", e.Row, occupation.MaxBatch), next: nothingChanged + " Mándalos en dos partes."}
	case occupation.BadTag:
		return words{head: fmt.Sprintf("«%s» no parece un TAG", text), next: "Escribe el TAG o una parte, por ejemplo 25238-011."}
	case occupation.BadOperation:
		return words{head: fmt.Sprintf("«%s» no es una operación", text), next: "Usa ARM (armado) o SOLD (soldadura)."}
	case occupation.BadDate:
		return words{head: fmt.Sprintf("no entiendo la fecha «%s»", text), next: "Escríbela así: 23-11-2026, hoy o ayer."}
	case occupation.FutureDate:
		return words{head: join(": ", "la fecha todavía no llega", quoted(text)), next: nothingChanged + " Usa hoy o un día anterior."}
	case occupation.OldDate:
		return words{
			head: join(": ", fmt.Sprintf("la fecha tiene más de %d días", occupation.MaxDateAge), quoted(text)),
			next: nothingChanged + " Si es correcta, pide a la oficina que la anote en la planilla.",
		}
	case occupation.NoReason:
		return words{head: "falta el motivo", next: nothingChanged + " Escribe por qué, en pocas palabras."}
	case occupation.NoReceiver:
		return words{head: "falta a quién pasárselo", next: nothingChanged + " Elige a alguien que no lo tenga ya."}
	case occupation.OfferGone:
		return words{head: "esa oferta ya no vale", detail: "fue respondida, cancelada o cambiada, o pasó el plazo", next: nothingChanged + " Mira cómo está el spool."}
	default:
		return words{head: "no entendí lo que escribiste", next: "Mira los ejemplos en Ayuda."}
	}
}

func explainPrerequisite(e *occupation.Error, holder string, at Clock) words {
	switch {
	case e.Reason == occupation.OnHold:
		return explainStopped(escape(e.Text, maxReason), holder)
	case e.Reason == occupation.NotOnHold:
		return notStopped
	case e.Reason == occupation.AlreadyDone:
		return words{
			head: "ya tiene " + orWork(e.Operation) + " hecho", detail: join(" ", dayWord(at.day(e.Since)), by(holder)),
			next: "Si está mal, la oficina lo corrige en la planilla.",
		}
	case e.Column == occupation.ColMaterials:
		return words{
			head: "todavía no tiene materiales", detail: join(" ", "falta Fecha_Materiales", inRow(e.Row)),
			next: "Pregunta en bodega u oficina, o toma otro.",
		}
	case e.Column == occupation.ColArmDate:
		return words{head: "todavía no está armado", detail: "primero va ARM", next: "Toma otro mientras se completa ARM."}
	default:
		return words{
			head: "todavía no se puede tomar", detail: join(" ", prefix("falta ", escape(string(e.Column), maxName)), inRow(e.Row)),
			next: "Avisa a la oficina, o toma otro.",
		}
	}
}

func explainSchema(e *occupation.Error, text string) words {
	column := escape(string(e.Column), maxName)
	switch e.Reason {
	case occupation.MissingHeader:
		return words{head: "a la planilla le falta la columna " + column, next: tellOffice}
	case occupation.DoubledHeader:
		return words{head: "la columna " + column + " está dos veces en la planilla", next: tellOffice}
	case occupation.UnreadCell:
		return words{
			head:   join(" ", "no puedo leer "+column, inRow(e.Row)),
			detail: prefix("dice ", quoted(text)), next: tellOffice + " Debe corregir esa celda.",
		}
	case occupation.MissingTab:
		return words{head: "a la planilla le falta la pestaña " + column, next: tellOffice}
	default:
		return words{head: "la planilla cambió de forma", next: tellOffice}
	}
}

func explainUnavailable(e *occupation.Error) words {
	switch e.Reason {
	case occupation.BeingChecked:
		return words{head: "lo estoy verificando…", next: lineWillTell}
	case occupation.Protected:
		return words{head: "la planilla no me deja escribir", detail: "está protegida", next: tellOffice + " Debe quitar la protección."}
	case occupation.Shrunken:
		return words{head: "la planilla llegó vacía o incompleta", next: nothingChanged + " Prueba en un minuto; si sigue, avisa a la oficina."}
	case occupation.Uncertain:
		return words{head: "no sé si alcanzó a quedar anotado", detail: "la planilla no contestó", next: "Prueba de nuevo en un minuto: si ya quedó, te lo digo."}
	}
	if e.Code == occupation.LocksUnavailable {
		return words{head: "no puedo atender en este momento", next: nothingChanged + " Prueba en un minuto."}
	}
	return words{head: "la planilla no responde", next: nothingChanged + " Prueba en un minuto."}
}

func numbers(rows []int) string {
	words := make([]string, min(len(rows), 10))
	for i := range words {
		words[i] = strconv.Itoa(rows[i])
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " y " + words[len(words)-1]
}

func prefix(word, s string) string {
	if s == "" {
		return ""
	}
	return word + s
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "«" + s + "»"
}

func row(n int) string {
	if n == 0 {
		return ""
	}
	return "fila " + strconv.Itoa(n)
}

func inRow(n int) string { return prefix("en la ", row(n)) }
func by(s string) string { return prefix("por ", s) }
func orSomebody(s string) string {
	if s == "" {
		return "otra persona"
	}
	return s
}

func dayWord(day string) string {
	if day == "" || day == today {
		return day
	}
	return "el " + day
}
