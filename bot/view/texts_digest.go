package view

import (
	"fmt"

	"github.com/spoolbot/spoolbot/occupation"
)

// The words of digests. Arguments are escaped already.
const (
	digestOpen    = "Siguen abiertos"
	digestSlow    = "Lo que más demoró"
	digestWorkers = "Por persona"
	digestNVs     = "Por NV"
	digestNoNV    = "sin NV"
	digestQuiet   = "sin movimientos."

	chartWorkers = "Hechos por persona"
	chartNVs     = "Hechos por NV"
	chartNow     = "Ahora"
	chartBefore  = "Hace una semana"
	chartPieces  = "Operaciones"
)

// digestColumns head the table.
var digestColumns = []string{"Persona", "Hechos", "Antes", "ARM", "SOLD", "En pausa", "Vencidos", "Abiertos", "Tiempo"}

// digestTitle is which shift it was, or since when.
func digestTitle(d occupation.Digest, at Clock) string {
	day := at.dayTitle(d.To)
	if d.Kind == occupation.MorningDigest {
		return join(" ", "Desde", at.dayTitle(d.From), at.in(d.From).Format("15:04"))
	}
	title := "Turno " + at.in(d.Start).Format("15:04") + "–" + at.in(d.To).Format("15:04")
	if day == today {
		return title
	}
	return title + ", " + day
}

// digestCounts are the counts that are not zero.
func digestCounts(t occupation.Tally, open, conflicts int) []string {
	return []string{
		count(t.Paused, "en pausa", "en pausa"), count(t.Expired, "vencido", "vencidos"),
		count(open, "abierto", "abiertos"), count(conflicts, "choque", "choques"),
	}
}

func digestDone(t occupation.Tally) string {
	if t.Done() == 0 {
		return "nada hecho"
	}
	return count(t.Done(), "hecho", "hechos")
}

// digestByOperation is what was done of which, where both were.
func digestByOperation(t occupation.Tally) string {
	if t.ARM == 0 || t.SOLD == 0 {
		return join(" ", opIf(t.ARM, occupation.ARM), opIf(t.SOLD, occupation.SOLD))
	}
	return fmt.Sprintf("ARM %d, SOLD %d", t.ARM, t.SOLD)
}

func opIf(n int, op occupation.Operation) string {
	if n == 0 {
		return ""
	}
	return string(op)
}

func weekAgo(t occupation.Tally) string {
	return "Hace una semana: " + join(", ", append([]string{digestDone(t)}, digestCounts(t, 0, 0)...)...)
}

// doneBefore compares with a week before, where there was something then.
func doneBefore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("antes %d", n)
}

func stillOpen(open bool) string {
	if open {
		return "sigue abierto"
	}
	return ""
}
