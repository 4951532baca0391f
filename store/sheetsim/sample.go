package sheetsim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// sampleHeaders are the 75 columns of Operaciones as shops have them, in order, spelling included.
var sampleHeaders = []string{
	"id", "NV", "OT", "CT", "ITEM", "SPLIT", "TAG_SPOOL", "STATUS_NV", "Status_Spool", "Ubicación", "Cliente", "OC", "Item_OC",
	"PLANO_KRONOS N°", "Rev.", "Plano_Referencia", "Marca_Placa", "Prioridad", "Notas", "Fecha_Compromiso", "Fecha_Estimada_Entrega",
	"DIAM", "PD_Soldadura", "PD_Ranurado", "PD_Hilo", "Peso_Kg", "Area_m2", "Tipo Armado", "Tipo_NDT", "Tipo_PH", "Tipo_Revestimiento",
	"Tipo_Pintura", "Tipo_Embalaje", "Fecha_Ingenieria", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador",
	"Fecha_QC_Metrología", "Fecha_NDT", "OK NDT si/no/Rep", "N°_nforme_PT", "N°_Informe_UT_ RX", "Fecha_PH", "N°_Informe_PH",
	"Fecha_Revestimiento", "Fecha_QC_Revestimiento", "Fecha_Envio_Pintura", "GD_envio_Pintura", "Fecha_Pintura", "Taller_Pintura",
	"Informe_Pintura", "Fecha_QC_Pintura", "Fecha_Liberación", "N°_Acta_Libración", "Packing_list", "Fecha_GD", "Guia_Despacho",
	"Precio Fabricación", "Precio Revestimiento", "Precio Pintura", "Precio Embalaje", "Precio Total", "FLAG", "MatSys", "Ocupado_Por",
	"Fecha_Ocupacion", "version", "Estado_Detalle", "Total_Uniones", "Uniones_ARM_Completadas", "Uniones_SOLD_Completadas",
	"Pulgadas_ARM", "Pulgadas_SOLD",
}

// SampleOptions of a sample workbook.
type SampleOptions struct {
	Seed    uint64
	Now     time.Time // in the shop's zone
	Spools  int       // 0 is 1,900
	Workers int       // 0 is 40
}

// Sample is the sample workbook: 1,900 spools and 40 workers.
func Sample(seed uint64, now time.Time) *Workbook {
	return SampleWith(SampleOptions{Seed: seed, Now: now})
}

// SampleWith generates a shop's workbook; the same options give the same one. Its spools are in every state; exactly one TAG
// stands in two rows, one date is unreadable, and one Ocupado_Por was filled by hand.
func SampleWith(o SampleOptions) *Workbook {
	if o.Spools == 0 {
		o.Spools = 1900
	}
	if o.Workers == 0 {
		o.Workers = 40
	}
	rnd := rand.New(rand.NewPCG(o.Seed, 0x5b00))
	g := &generator{rnd: rnd, now: o.Now, people: samplePeople(o.Workers, rnd), column: map[string]int{}}
	for i, h := range sampleHeaders {
		g.column[h] = i
	}
	header := make([]any, len(sampleHeaders))
	for i, h := range sampleHeaders {
		header[i] = h
	}
	rows := append(make([][]any, 0, o.Spools+1), header)
	for i := range o.Spools {
		rows = append(rows, g.spool(i))
	}
	g.flaws(rows)
	w := NewWorkbook("Control de spools").AddTab("Operaciones", 1001, rows)
	w.AddTab("Metadata", 2002, g.log())
	addPeople(w, g.people)
	return w
}

// States of a spool in the sample.
const (
	waiting    = iota // nothing
	freeARM           // materials ok
	freeSOLD          // ARM done
	done              // SOLD done
	pausedARM         // and free to be taken
	pausedSOLD        //
	busyARM           // taken a few minutes ago
	busySOLD          //
)

type generator struct {
	rnd    *rand.Rand
	now    time.Time
	people []SamplePerson
	column map[string]int
	events [][]any
}

// state: the spools of one NV travel together, so that batches of one NV are possible; some are ahead or behind.
func (g *generator) state(nv int) int {
	switch n := g.rnd.IntN(100); {
	case n < 62:
		return []int{done, freeSOLD, freeARM, freeSOLD, freeARM, waiting}[nv%6]
	case n < 96:
		return g.rnd.IntN(4)
	case n < 99:
		return pausedARM + g.rnd.IntN(2)
	}
	return busyARM + g.rnd.IntN(2)
}

// spool makes row i of the sample; 96 of them share an NV, and 24 an OT.
func (g *generator) spool(i int) []any {
	nv, ot := i/96, i/24
	r, rnd := make([]any, len(sampleHeaders)), g.rnd
	set := func(header string, v any) { r[g.column[header]] = v }
	tag := fmt.Sprintf("MK-%d-CW-%05d-%03d", 1335+nv%7, 25000+ot*17, i%24+1)
	if i == 3 || i == 4 {
		tag = fmt.Sprintf("TEST-%02d", i-2)
	}
	total := 2 + rnd.IntN(9)
	set("id", i+1)
	set("NV", fmt.Sprintf("NV%04d", 640+nv))
	set("OT", fmt.Sprintf("OT-%d", 5100+ot))
	set("CT", fmt.Sprintf("CT-%02d", 1+nv%5))
	set("ITEM", i%24+1)
	set("SPLIT", tag)
	set("TAG_SPOOL", tag)
	set("STATUS_NV", pick(rnd, []string{"ABIERTA", "EN PROCESO"}))
	set("Ubicación", pick(rnd, []string{"Patio Ñuñoa", "Galpón 1", "Galpón 2", "Maestranza"}))
	set("Cliente", []string{"Minera Los Pelambres", "Codelco División Andina", "Ingeniería Ñandú & Cía.", "Puerto Ventanas"}[nv%4])
	set("OC", 4500000000+nv)
	set("PLANO_KRONOS N°", fmt.Sprintf("PK-%04d", ot))
	set("Rev.", pick(rnd, []string{"0", "A", "B"}))
	set("Plano_Referencia", fmt.Sprintf("ISO-%d-%03d", 1335+nv%7, ot))
	set("Prioridad", pick(rnd, []string{"Alta", "Media", "Media", "Baja"}))
	if rnd.IntN(15) == 0 {
		set("Notas", pick(rnd, []string{"revisar bisel", "falta brida 6\"", "=> urgente según cliente", "*ojo* con la línea_3"}))
	}
	set("DIAM", pick(rnd, []float64{2, 3, 4, 6, 8, 10.5, 12}))
	set("Peso_Kg", float64(rnd.IntN(40000))/100)
	set("Area_m2", float64(rnd.IntN(900))/100)
	set("Tipo Armado", pick(rnd, []string{"BW", "SW", "Ranurado"}))
	set("Precio Total", 50000+rnd.IntN(900)*1000)
	set("version", "v"+fmt.Sprint(1+rnd.IntN(4)))
	state, start := g.state(nv), g.now.AddDate(0, 0, -40-rnd.IntN(60))
	set("Fecha_Compromiso", DateCell(start.AddDate(0, 3, 0))) // some are late
	set("Fecha_Ingenieria", g.date(start))
	armed, welded := 0, 0
	if state != waiting {
		set("Fecha_Materiales", g.date(start.AddDate(0, 0, 5)))
	}
	if slices.Contains([]int{freeSOLD, done, pausedSOLD, busySOLD}, state) {
		armed = total
		set("Fecha_Armado", g.date(start.AddDate(0, 0, 15)))
		set("Armador", g.worker("Armador").initials())
	}
	if state == done {
		welded = total
		set("Fecha_Soldadura", g.date(start.AddDate(0, 0, 25)))
		set("Soldador", g.worker("Soldador").initials())
	}
	g.occupy(set, tag, state)
	row := i + 2
	set("Total_Uniones", FormulaCell(fmt.Sprintf("=COUNTIF(Uniones!A:A;G%d)", row), total))
	set("Uniones_ARM_Completadas", FormulaCell(fmt.Sprintf("=COUNTIFS(Uniones!A:A;G%d;Uniones!D:D;\"<>\")", row), armed))
	set("Uniones_SOLD_Completadas", FormulaCell(fmt.Sprintf("=COUNTIFS(Uniones!A:A;G%d;Uniones!F:F;\"<>\")", row), welded))
	set("Pulgadas_ARM", FormulaCell(fmt.Sprintf("=BT%d*V%d", row, row), armed*6))
	set("Pulgadas_SOLD", FormulaCell(fmt.Sprintf("=BU%d*V%d", row, row), welded*6))
	return r
}

// occupy writes who has the piece, or what was left of it, with its row of the audit log.
func (g *generator) occupy(set func(string, any), tag string, state int) {
	if state < pausedARM {
		return
	}
	op, role := "ARM", "Armador"
	if state == pausedSOLD || state == busySOLD {
		op, role = "SOLD", "Soldador"
	}
	p := g.worker(role)
	event, action, at := "TOMAR_SPOOL", "TOMAR", g.now.Add(-time.Duration(3+g.rnd.IntN(40))*time.Minute)
	if state == pausedARM || state == pausedSOLD {
		event, action, at = "PAUSAR_SPOOL", "PAUSAR", g.now.Add(-time.Duration(2+g.rnd.IntN(72))*time.Hour)
		set("Estado_Detalle", op+" parcial (pausado)")
	} else {
		set("Ocupado_Por", p.initials())
		set("Fecha_Ocupacion", DateTimeCell(at))
		set("Estado_Detalle", op+" en progreso")
	}
	id := fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", g.rnd.Uint32(), g.rnd.IntN(1<<16), g.rnd.IntN(1<<12), g.rnd.IntN(1<<12), g.rnd.Int64N(1<<48))
	g.events = append(g.events, []any{id, DateTimeCell(at), event, tag, p.ID, p.Given + " " + p.Surname, op, action, DateCell(at), at})
}

// log are the audit rows in the order of time; their JSON has fence, start and deadline (an hour).
func (g *generator) log() [][]any {
	last := len(metadataHeaders) - 1
	slices.SortFunc(g.events, func(a, b []any) int { return a[last].(time.Time).Compare(b[last].(time.Time)) })
	rows := [][]any{metadataHeaders}
	for i, e := range g.events {
		at := e[last].(time.Time).UTC()
		e[last] = fmt.Sprintf(`{"fence":%d,"since":%q,"deadline":%q}`, i+1, at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339))
		rows = append(rows, e)
	}
	return rows
}

// date is a serial number mostly, and text in one of the other found forms.
func (g *generator) date(t time.Time) any {
	if g.rnd.IntN(20) > 0 {
		return DateCell(t)
	}
	return t.Format(pick(g.rnd, []string{"02-01-2006", "2/1/2006", "2/1/06", "2006-01-02", "02-Jan-2006"}))
}

func (g *generator) worker(role string) SamplePerson {
	for {
		if p := pick(g.rnd, g.people); p.Active && slices.Contains(p.Roles, role) {
			return p
		}
	}
}

// flaws are what people leave behind: one TAG twice, one date that nobody can read, one holder written by hand.
func (g *generator) flaws(rows [][]any) {
	n := len(rows)
	if n < 12 {
		return
	}
	set := func(row int, header string, v any) { rows[row][g.column[header]] = v }
	set(n-3, "TAG_SPOOL", rows[n/2][g.column["TAG_SPOOL"]])
	set(n-3, "SPLIT", rows[n/2][g.column["TAG_SPOOL"]])
	set(n-5, "Fecha_Materiales", "31-02-2026 aprox.")
	for _, h := range []string{"Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Fecha_Ocupacion", "Estado_Detalle", "Ocupado_Por"} {
		set(n-7, h, nil)
	}
	set(n-7, "Fecha_Materiales", DateCell(g.now.AddDate(0, 0, -9)))
	set(n-7, "Ocupado_Por", "don José")
}
