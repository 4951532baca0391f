package view

import (
	"fmt"

	"github.com/spoolbot/spoolbot/occupation"
)

// This file has the words for what sheet and bot say of the same spool.

const (
	reconcileAgree = "Planilla y bot coinciden."
	reconcileBusy  = "Comparando y corrigiendo…"
	reconcileWait  = "Toma cerca de un minuto. El resultado queda en este mensaje."
	reconcileHint  = "Corregir toma cerca de un minuto: antes miro otra vez la planilla. A quien pierde un spool le aviso."
)

func reconcileHead(n int) string {
	return count(n, "diferencia", "diferencias") + " entre planilla y bot."
}

func reconcileDone(n int) string {
	return count(n, "diferencia corregida", "diferencias corregidas") + " entre planilla y bot."
}

func byHandHint(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 queda para la oficina."
	default:
		return fmt.Sprintf("%d quedan para la oficina.", n)
	}
}

// findingWords is what sheet and bot say: row is who stands in the sheet, holder
// who has it by the bot.
func findingWords(kind occupation.FindingKind, row, holder string) string {
	switch kind {
	case occupation.NoLock:
		return "La planilla dice " + row + ", el bot no lo tenía anotado"
	case occupation.Overdue:
		return "La planilla dice " + row + ", el bot no lo tenía anotado y su tiempo ya pasó"
	case occupation.ByHand:
		return "La planilla dice «" + row + "», sin número de trabajador"
	case occupation.RowCleared:
		return "Para el bot lo tiene " + holder + ", la planilla dice libre"
	case occupation.RowGone:
		return "Para el bot lo tiene " + holder + ", y su fila no está o está repetida"
	case occupation.Overwritten:
		return "Para el bot lo tiene " + holder + ", la planilla dice " + row
	default:
		return "Planilla y bot no coinciden"
	}
}

// findingPlan is what will be done; row is who gets the spool, term until when.
func findingPlan(kind occupation.FindingKind, row, term string) string {
	switch kind {
	case occupation.NoLock:
		return join(" ", "Se anota a su nombre", term) + "."
	case occupation.Overdue:
		return "Se da por vencido."
	case occupation.RowCleared, occupation.RowGone:
		return "Queda libre."
	case occupation.Overwritten:
		if row == "" {
			return "Queda como dice la planilla."
		}
		return "Pasa a " + row + "."
	default:
		return "Lo corrige la oficina."
	}
}

// findingDone is what has been done.
func findingDone(kind occupation.FindingKind, row, term string) string {
	switch kind {
	case occupation.NoLock:
		return join(" ", "Quedó a su nombre", term) + "."
	case occupation.Overdue:
		return "Se dio por vencido."
	case occupation.RowCleared, occupation.RowGone:
		return "Quedó libre."
	case occupation.Overwritten:
		if row == "" {
			return "Quedó como dice la planilla."
		}
		return "Pasó a " + row + "."
	default:
		return "Lo corrige la oficina."
	}
}
