package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// This file and texts_problem.go are the catalogue: every word that people read
// in Slack. Arguments of the functions are escaped already.

// Signs stand before a state and never alone: the word follows.
const (
	signDone   = "✅"
	signPause  = "⏸️"
	signNo     = "⛔"
	signWait   = "⏳"
	signHeld   = "🔧"
	signFree   = "🟢"
	signAsk    = "❓"
	signLate   = "⏰"
	signFinish = "🏁"
)

// Buttons.
const (
	labelTake     = "Tomar"
	labelPause    = "Pausar"
	labelComplete = "Completar"
	labelResume   = "Seguir"
	labelStatus   = "Ver estado"
	labelMine     = "Mis spools"
	labelBoard    = "Quién tiene qué"
	labelAnother  = "Tomar otro"
	labelSearch   = "Buscar spools"
	labelRetry    = "Probar de nuevo"
	labelHelp     = "Ayuda"
)

// The confirmation of COMPLETAR: nothing takes it back.
const (
	confirmTitle = "¿Completar?"
	confirmYes   = "Completar"
	confirmNo    = "Todavía no"
)

func confirmText(tag string, op occupation.Operation, day string) string {
	return fmt.Sprintf("%s: %s queda hecho con fecha %s.", tag, orWork(op), day)
}

func orWork(op occupation.Operation) string {
	if op == "" {
		return "el trabajo"
	}
	return string(op)
}

// States, as they follow a TAG.
const (
	stateTaken     = "tomado, es tuyo"
	stateAlready   = "ya es tuyo"
	statePaused    = "pausado, quedó libre"
	stateCompleted = "completado"
	stateYours     = "lo tienes tú"
	stateFree      = "está libre"
	stateFinished  = "terminado"
	stateFreed     = "ya no lo tienes, está libre"
	stateAnew      = "lo tomaste de nuevo"
	stateWriting   = "se está anotando"
)

const (
	nothingHeld    = "No tienes spools tomados."
	nobodyHolds    = "Nadie tiene spools tomados."
	lineFreeAgain  = "Otra persona lo puede tomar."
	lineTakeHint   = "Para tomar uno: /tomar y el TAG, o una parte."
	lineAlready    = "No cambió nada: sigue con la misma hora."
	lineOldButton  = "Ese botón era de antes. Ahora está así."
	lineWhich      = "Toca el que quieres."
	lineNarrow     = "Hay más. Escribe una parte más larga del TAG."
	linePending    = "Un momento…"
	lineWillTell   = "Te aviso aquí apenas se sepa. No hace falta repetirlo."
	lineStillYours = "sigue siendo tuyo"
	lineNotTaken   = "no alcanzaste a tomarlo"
)

func today() string { return "hoy" }

// Times and dates.
var weekdays = [...]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}

// moment is 15:42, or "lun 23-11 15:42" on another day; empty for no time.
func (c Clock) moment(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case c.sameDay(t):
		return c.in(t).Format("15:04")
	default:
		return weekdays[c.in(t).Weekday()] + " " + c.in(t).Format("02-01 15:04")
	}
}

func (c Clock) phrase(prefix string, t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case c.sameDay(t):
		return prefix + " las " + c.moment(t)
	default:
		return prefix + " el " + c.moment(t)
	}
}

func (c Clock) since(t time.Time) string { return c.phrase("desde", t) }
func (c Clock) until(t time.Time) string { return c.phrase("hasta", t) }

func (c Clock) expired(t time.Time) string {
	if c.sameDay(t) {
		return "venció a las " + c.moment(t)
	}
	return "venció el " + c.moment(t)
}

// deadline is "hasta las 15:42", or "venció a las 15:42" once it is over.
func (c Clock) deadline(t time.Time) string {
	if !t.IsZero() && !t.After(c.Now) {
		return c.expired(t)
	}
	return c.until(t)
}

// day is "hoy", 23-11, or 23-11-2025 in another year.
func (c Clock) day(t time.Time) string {
	switch now := c.in(c.Now); {
	case t.IsZero():
		return ""
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return today()
	case t.Year() == now.Year():
		return t.Format("02-01")
	default:
		return t.Format("02-01-2006")
	}
}

// Answers.
func doneOn(op occupation.Operation, day string) string {
	if day == "" {
		return fmt.Sprintf("%s hecho.", orWork(op))
	}
	return fmt.Sprintf("%s hecho, con fecha %s.", orWork(op), day)
}

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
	if by == "" {
		return fmt.Sprintf("%s hecho el %s", op, day)
	}
	return fmt.Sprintf("%s hecho el %s por %s", op, day, by)
}

func materialsOn(day string) string { return "Materiales: " + day }

const noMaterials = "Materiales: todavía no"

// Batches.
func batchHead(verb Verb, done, all int) string {
	did := map[Verb]string{Take: "Tomaste", Pause: "Pausaste", Complete: "Completaste"}[verb]
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
		parts = append(parts, fmt.Sprintf("%d no se pudo.", refused))
	}
	if waiting > 0 {
		parts = append(parts, fmt.Sprintf("%d se están verificando, te aviso.", waiting))
	}
	return strings.Join(parts, " ")
}

func batchState(verb Verb) string {
	return map[Verb]string{Take: "tomado", Pause: "pausado", Complete: "completado"}[verb]
}

func andMore(n int) string {
	if n == 1 {
		return "y 1 más."
	}
	return fmt.Sprintf("y %d más.", n)
}

// Lists.
func mineHead(n int) string {
	if n == 1 {
		return "Tienes 1 spool"
	}
	return fmt.Sprintf("Tienes %d spools", n)
}

func boardHead(n, people int) string {
	who := fmt.Sprintf("%d personas", people)
	if people == 1 {
		who = "1 persona"
	}
	if n == 1 {
		return "1 spool ocupado, " + who
	}
	return fmt.Sprintf("%d spools ocupados, %s", n, who)
}

func mineHint(n int) string {
	return fmt.Sprintf("%s Usa /pausar o /completar con el TAG.", andMore(n))
}

// Choosing.
func chooseHead(query string, n int) string {
	return fmt.Sprintf("«%s» calza con %d spools.", query, n)
}

func chooseHeldHead(verb Verb, n int) string {
	did := map[Verb]string{Pause: "pausar", Complete: "completar", Show: "ver", Take: "tomar"}[verb]
	return fmt.Sprintf("Tienes %d spools. ¿Cuál quieres %s?", n, did)
}

func notFoundHead(query string) string { return fmt.Sprintf("No encuentro «%s».", query) }

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

// notDone is late news that something did not happen.
func notDone(verb Verb, state string) string {
	did := map[Verb]string{Take: "", Pause: "no se pausó, ", Complete: "no se completó, "}[verb]
	return did + state
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

// App Home.
const (
	homeFree     = "Lo que puedes tomar ahora"
	homeNoneFree = "Por ahora no hay spools libres para tu rol."
)

func homeMine(n int) string {
	if n == 0 {
		return "No tienes spools tomados"
	}
	return mineHead(n)
}

func homeFoot(name, moment string) string { return join(" · ", name, "actualizado "+moment) }

// People who are not served.
func refusal(why Refusal, slackID string) words {
	switch why {
	case RefuseInactive:
		return words{head: "tu ficha está inactiva", next: "Avisa a tu supervisor: en la pestaña Trabajadores, la columna Activo debe decir TRUE."}
	case RefuseGuest:
		return words{head: "las cuentas de invitado no pueden tomar spools", next: "Pide a la oficina una cuenta completa de Slack."}
	case RefuseBot:
		return words{head: "solo atiendo a personas", next: "Usa tu propia cuenta de Slack."}
	case RefuseOutsider:
		return words{head: "tu cuenta es de otra empresa", next: "Entra con tu cuenta de Slack del taller."}
	default:
		return words{
			head: "todavía no sé quién eres", detail: prefix("Tu código de Slack es ", bold(slackID)),
			next: "Dáselo a la oficina: va en la pestaña Trabajadores, en tu fila, columna Slack_ID. Después prueba de nuevo.",
		}
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
	"*/estado 25238-011* · cómo está, o */estado all* para ver quién tiene qué",
}
