package view

import (
	"fmt"
	"strings"

	"github.com/spoolbot/spoolbot/occupation"
)

// Answers.
func doneOn(op occupation.Operation, day string) string {
	switch day {
	case "", today:
		return capital(join(" ", orWork(op), "hecho", day)) + "."
	default:
		return capital(fmt.Sprintf("%s hecho, con fecha %s.", orWork(op), day))
	}
}

const (
	withoutMaterials = "sin materiales"
	unreadRow        = "revisar en la planilla"
)

func needs(op occupation.Operation) string {
	if op == "" {
		return "terminado"
	}
	return "necesita " + string(op)
}

func thenNeeds(op occupation.Operation) string {
	if op == "" {
		return ""
	}
	return fmt.Sprintf("Ahora %s.", needs(op))
}

func doneBy(op occupation.Operation, day, by string) string {
	return join(" ", string(op), "hecho", dayWord(day), prefix("por ", by))
}

func materialsOn(day string) string { return "Materiales: " + day }

// Batches.
func batchHead(verb Verb, done, all int) string {
	did := map[Verb]string{Take: "Tomaste", Pause: "Pausaste", Complete: "Completaste", Extend: "Extendiste", Undo: "Deshiciste"}[verb]
	if done == all && all == 1 {
		return did + " 1."
	}
	if done == all {
		return fmt.Sprintf("%s los %d.", did, all)
	}
	if done == 0 {
		return fmt.Sprintf("De los %d, ninguno resultó.", all)
	}
	return fmt.Sprintf("%s %d de %d.", did, done, all)
}

func batchTail(refused, waiting int) string {
	var parts []string
	switch {
	case refused == 1:
		parts = append(parts, "1 no se pudo.")
	case refused > 1:
		parts = append(parts, fmt.Sprintf("%d no se pudieron.", refused))
	}
	switch {
	case waiting == 1:
		parts = append(parts, "1 se está verificando: te aviso.")
	case waiting > 1:
		parts = append(parts, fmt.Sprintf("%d se están verificando: te aviso.", waiting))
	}
	return strings.Join(parts, " ")
}

func batchState(kind occupation.Kind) string {
	return map[occupation.Kind]string{
		occupation.Take: "tomado", occupation.Pause: "pausado", occupation.Complete: "completado", occupation.Extend: "extendido",
	}[kind]
}

func andMore(n int) string {
	if n == 1 {
		return "y 1 más."
	}
	return fmt.Sprintf("y %d más.", n)
}

// Lists. late are those that have expired and are kept for who had them.
func mineHead(n, late int) string {
	switch {
	case n == 0 && late == 0:
		return "No tienes spools tomados"
	case n == 0:
		return "Tienes " + count(late, "spool vencido", "spools vencidos")
	default:
		return "Tienes " + join(" y ", count(n, "spool", "spools"), count(late, "vencido", "vencidos"))
	}
}

func boardHead(n, late, people int) string {
	what := join(" y ", count(n, "spool ocupado", "spools ocupados"), count(late, "vencido", "vencidos"))
	if n == 0 {
		what = count(late, "spool vencido", "spools vencidos")
	}
	return what + ", " + count(people, "persona", "personas")
}

// count is nothing for none.
func count(n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + one
	default:
		return fmt.Sprintf("%d %s", n, many)
	}
}

func mineHint(n int) string {
	return fmt.Sprintf("%s Usa /extender, /pausar o /completar con el TAG.", andMore(n))
}

// Choosing.
const offerHead = "¿Cuál quieres tomar?"

// perhaps names the TAG that looks most like one that is not there.
func perhaps(tag string) string { return "¿será " + tag + "?" }

func chooseHead(query string, n int) string {
	return fmt.Sprintf("«%s» calza con %d spools.", query, n)
}

func chooseHeldHead(verb Verb, n int) string {
	did := map[Verb]string{
		Pause: "pausar", Complete: "completar", Show: "ver", Take: "tomar", Extend: "extender",
		Transfer: "traspasar", Release: "liberar", Retain: "retener", Lift: "soltar", Wait: "esperar", Ask: "pedir", Look: "ver",
	}[verb]
	return fmt.Sprintf("Tienes %d spools. ¿Cuál quieres %s?", n, did)
}

const (
	lineNear     = "¿Es uno de estos?"
	lineNoneNear = "Revisa el TAG, o búscalo por NV u OT."
)

func unclearHead(n int) string {
	if n == 1 {
		return "Falta aclarar 1 TAG."
	}
	return fmt.Sprintf("Falta aclarar %d TAG.", n)
}

func fitsMany(query string, n int) string { return fmt.Sprintf("«%s»: calza con %d", query, n) }
func fitsNone(query string) string        { return fmt.Sprintf("«%s»: no está", query) }

// Spools in one line.
// lineOfficeMends is what to do about cells that cannot be read.
const lineOfficeMends = "Avisa a la oficina: debe corregirlo en la planilla."

func nv(s string) string { return prefixed("NV", s) }
func ot(s string) string { return prefixed("OT", s) }

// prefixed puts the word before a number unless it is there already (NV0650).
func prefixed(word, s string) string {
	if s == "" || strings.HasPrefix(strings.ToUpper(s), word) {
		return s
	}
	return word + " " + s
}

func priority(s string) string {
	if s == "" {
		return ""
	}
	return "prioridad " + s
}

func occupiedBy(s string) string { return "ocupado " + s }

func nowHas(name string) string { return "ahora lo tiene " + name }
func hasIt(name string) string  { return "lo tiene " + name }

// notDone is late news that something did not happen; from is who had the spool.
func notDone(kind occupation.Kind, from string) string {
	switch kind {
	case occupation.Take:
		return "no alcanzaste a tomarlo"
	case occupation.Pause:
		return "no se pausó, sigue siendo tuyo"
	case occupation.Complete:
		return "no se completó, sigue siendo tuyo"
	case occupation.Release:
		return "no se liberó, sigue con " + from
	case occupation.Retain, occupation.Lift:
		return notStoppedLate(kind)
	case occupation.Revert:
		return "no se deshizo"
	default:
		return "no se extendió"
	}
}

// The batch modal.
const (
	batchTitle          = "Tomar spools"
	batchSubmit         = "Tomar"
	batchCancel         = "Cancelar"
	batchClose          = "Cerrar"
	batchSpoolsLabel    = "Spools"
	batchSpoolsHint     = "Busca por TAG, NV u OT. Hasta 50."
	batchPlaceholder    = "Escribe NV, OT o parte del TAG"
	batchOperationLabel = "Operación"
	batchByNeed         = "La que corresponda a cada uno"
	batchARM            = "ARM (armado)"
	batchSOLD           = "SOLD (soldadura)"
	batchNone           = "Elige al menos un spool."
	batchBadOperation   = "Elige una de las tres."
	batchWorkingHint    = "Puedes cerrar esta ventana: te aviso igual."
)

func batchTooMany(n int) string {
	return fmt.Sprintf("Son %d y el máximo es %d. Quita algunos.", n, occupation.MaxBatch)
}

func batchWorking(n int) string {
	if n == 1 {
		return "Tomando 1 spool…"
	}
	return fmt.Sprintf("Tomando %d spools…", n)
}

// People who are not served. Who is not linked is told how to be (texts_link.go).
func refusal(why Refusal) words {
	switch why {
	case RefuseInactive:
		return words{head: "tu ficha está inactiva", next: "Avisa a tu supervisor: hay que activarla en la pestaña Trabajadores."}
	case RefuseGuest:
		return words{head: "las cuentas de invitado no pueden tomar spools", next: "Pide a la oficina una cuenta completa de Slack."}
	case RefuseBot:
		return words{head: "solo atiendo a personas", next: "Usa tu propia cuenta de Slack."}
	default:
		return words{head: "tu cuenta es de otra empresa", next: "Entra con tu cuenta de Slack del taller."}
	}
}

// Help.
const (
	helpHead   = "Así funciona"
	helpFoot   = "Basta una parte del TAG. Puedes pegar varios TAG juntos."
	lineTagToo = "También puedes escribir el TAG."
)

var helpLines = []string{
	"*/tomar 25238-011* · tomar un spool, o varios",
	"*/pausar* · dejarlo para después",
	"*/completar* · terminarlo, o */completar 25238-011 ayer*",
	"*/lote* · buscar y tomar hasta 50",
	"*/mis-spools* · lo que tienes",
	"*/extender* · una hora más para lo que tienes, o */extender turno*",
	"*/traspasar 25238-011 @persona* · pasárselo a alguien, si acepta",
	"*/estado 25238-011* · cómo está, o */estado all* para ver quién tiene qué",
	"*/historia 25238-011* · lo que ha pasado con él, o */historia* para lo tuyo",
	"*/quien 25238-011* · quién lo tiene, o */quien @persona* para lo que tiene alguien",
	"*/retener 25238-011 motivo* · que nadie lo tome hasta levantar la retención",
	"*/liberar 25238-011 motivo* · dejar libre lo que tiene otra persona (supervisor)",
	"*/vincular @persona* · ver o cambiar quién es (supervisor)",
	"*/reconciliar* · comparar la planilla con el bot (supervisor)",
}
