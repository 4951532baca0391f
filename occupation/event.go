package occupation

import (
	"encoding/json"
	"strings"
	"time"
)

// Kind is the kind of a change, spelled as the audit log's Evento_Tipo.
type Kind string

// The kinds.
const (
	Take     Kind = "TOMAR_SPOOL"
	Pause    Kind = "PAUSAR_SPOOL"
	Complete Kind = "COMPLETAR_SPOOL"
	Extend   Kind = "EXTENDER_SPOOL"
	Transfer Kind = "TRASPASAR_SPOOL"
	Release  Kind = "LIBERAR_SPOOL"
	Expire   Kind = "VENCER_SPOOL"
	Retain   Kind = "RETENER_SPOOL" // sets a Stop
	Lift     Kind = "SOLTAR_SPOOL"  // lifts it
	Revert   Kind = "DESHACER_SPOOL"
	PauseWhy Kind = "MOTIVO_PAUSA" // says why there was a pause; changes nothing else
)

// The kinds that concern a person and no spool. They are audit rows only: no
// intent has one.
const (
	LinkWorker   Kind = "VINCULAR_TRABAJADOR"
	UnlinkWorker Kind = "DESVINCULAR_TRABAJADOR"
)

// Kinds lists every kind of a spool's change, for tests.
func Kinds() []Kind {
	return []Kind{Take, Pause, Complete, Extend, Transfer, Release, Expire, Retain, Lift, Revert, PauseWhy}
}

// Action is the audit log's Accion: the verb alone.
func (k Kind) Action() string {
	switch k {
	case Take:
		return "TOMAR"
	case Pause:
		return "PAUSAR"
	case Complete:
		return "COMPLETAR"
	case Extend:
		return "EXTENDER"
	case Transfer:
		return "TRASPASAR"
	case Release:
		return "LIBERAR"
	case Expire:
		return "VENCER"
	case LinkWorker:
		return "VINCULAR"
	case UnlinkWorker:
		return "DESVINCULAR"
	case Retain:
		return "RETENER"
	case Lift:
		return "SOLTAR"
	case Revert:
		return "DESHACER"
	case PauseWhy:
		return "MOTIVO"
	default:
		return ""
	}
}

// Reverts reports whether a change of the kind can be taken back: Revert.
func (k Kind) Reverts() bool { return k == Take || k == Pause || k == Complete }

// Reverts reports whether the change can be taken back once it has landed, as long as
// nobody acts after it: not a take that renewed an occupation, nor a finish that came
// after the deadline, with which the occupation would begin again.
func (i Intent) Reverts() bool {
	if i.Kind == Take {
		return !i.Renews
	}
	return i.Kind.Reverts() && !i.At.After(i.Deadline)
}

// RowOnly reports whether nothing of a change of the kind is to be written but its
// audit row, for which nobody waits.
func (k Kind) RowOnly() bool { return k == Extend || k == PauseWhy }

// Begins reports whether the change begins an occupation, as what takes the end of
// one back does.
func (i Intent) Begins() bool {
	return i.Kind == Take || i.Kind == Transfer || (i.Kind == Revert && i.Undoes != Take)
}

// Tells reports whether somebody who did not ask for the change must hear of it:
// who had the spool, or the supervisors.
func (k Kind) Tells() bool {
	return k == Expire || k == Release || k == Transfer || k == Retain || k == Lift
}

// PutBack reports whether the change is put back when it cannot be carried out:
// what begins an occupation, and what is about a spool that nobody holds. Any
// other one ends an occupation and is committed anew, because the work is done.
func (i Intent) PutBack() bool { return i.Begins() || i.OnFree }

// Intent is a change that somebody wants, with all that is needed to carry it
// out or to put it back after a crash. The lock store keeps it until it is
// settled or undone.
type Intent struct {
	Event     string // unique id of the event; the audit row's ID
	Kind      Kind
	Key       string    // normalised TAG
	Tag       string    // as the sheet spells it
	Operation Operation // a finish gets it from the lock
	Worker    Holder    // who acts; for Transfer who gets it, for Expire the former holder
	// From: Transfer, Release: whose it was; Retain: the same, zero = the worker's own, or
	// nobody's; Lift: who had set the stop, zero = the worker, or somebody at the sheet.
	From Holder
	// Fence: for a finish the fence that the person saw, 0 = whichever they
	// hold; Transfer, Release, Expire and Retain (From) always name it, and so does
	// PauseWhy. Retain (OnFree): 0 = a supervisor's, else the worker has just paused
	// that occupation. The store completes it with the lock's.
	Fence   int64
	TTL     time.Duration // Take, Transfer: how long the occupation lasts
	Grace   time.Duration // Expire: how long from now only the former holder may have it
	Until   time.Time     // Extend: the deadline that is asked for
	Date    time.Time     // Complete: fecha_operacion, midnight in the shop's zone; Revert: of what it takes back
	Reason  string        // Release, Retain, PauseWhy, and Transfer by a supervisor: why, as written
	By      Holder        // Transfer, Extend: the supervisor who arranged it; zero = From, Worker did
	Former  int64         // Transfer: the fence of the occupation that it ends; Revert: that of what it takes back
	BySheet bool          // Release: the row says so already, no cell is written
	OnFree  bool          // Lift always, Retain: nobody holds the spool
	Undoes  Kind          // Revert: what it takes back
	Trace   string        // id of the request that wants it; empty = the program's own doing
	Was     string        // the row's state as it was seen: Lift: that it lifts; Take: before it; Revert: of what it takes back

	// Completed by the store, by its clock; for a Revert from what it takes back, with
	// Operation, Former, Was and Date:
	Since    time.Time // when the occupation began
	Deadline time.Time
	At       time.Time // when this intent was accepted
	Renews   bool      // Take: the worker held it already, past its deadline
}

// in gives the intent's times in a zone; the lock store knows instants only.
func (i Intent) in(zone *time.Location) Intent {
	for _, t := range []*time.Time{&i.Until, &i.Date, &i.Since, &i.Deadline, &i.At} {
		if !t.IsZero() {
			*t = t.In(zone)
		}
	}
	return i
}

// Column names a column of the tab Operaciones by its header.
type Column string

// The columns that the core knows.
const (
	ColTag       Column = "TAG_SPOOL"
	ColMaterials Column = "Fecha_Materiales"
	ColArmDate   Column = "Fecha_Armado"
	ColArmBy     Column = "Armador"
	ColSoldDate  Column = "Fecha_Soldadura"
	ColSoldBy    Column = "Soldador"
	ColHeldBy    Column = "Ocupado_Por"
	ColSince     Column = "Fecha_Ocupacion"
	ColState     Column = "Estado_Ocupacion" // optional in the sheet
	ColNV        Column = "NV"
	ColOT        Column = "OT"
	ColClient    Column = "Cliente"
	ColDrawing   Column = "Plano_Referencia"
	ColPriority  Column = "Prioridad"
	ColDue       Column = "Fecha_Compromiso"
	ColEstimated Column = "Fecha_Estimada_Entrega"
)

// Cell is a value for one column of a spool's row. Exactly one of Text, Date
// and Moment is set; all zero clears the cell.
type Cell struct {
	Column Column
	Text   string
	Date   time.Time // midnight in the shop's zone, written as a date
	Moment time.Time // written as date and time in the shop's zone
	// Must: without the column the change is refused (SHEET_SCHEMA), because it
	// stands nowhere else. Of the optional columns only.
	Must bool
}

// AuditRow is one row of the tab Metadata.
type AuditRow struct {
	ID         string
	At         time.Time
	Kind       Kind
	Tag        string
	WorkerID   int
	WorkerName string
	Operation  Operation
	Action     string
	Date       time.Time // zero = none
	JSON       string    // AuditDetail
}

// AuditDetail is the content of Metadata_JSON: what is needed to rebuild a lock
// from the sheet alone.
type AuditDetail struct {
	Fence    int64     `json:"fence"`
	Since    time.Time `json:"since,omitzero"`
	Deadline time.Time `json:"deadline,omitzero"`
	From     int       `json:"from,omitzero"`    // worker id of whoever had it
	By       int       `json:"by,omitzero"`      // worker id of the supervisor who arranged it
	Reason   string    `json:"reason,omitzero"`  // as written
	Undoes   Kind      `json:"undoes,omitzero"`  // Revert: what it takes back
	Request  string    `json:"request,omitzero"` // whose doing it was, as the log names it
}

// Change is an intent together with what it makes of the sheet.
type Change struct {
	Intent Intent
	Cells  []Cell // empty: only the audit row is to be written
	Audit  AuditRow
}

// Concerns is the worker who hears of the change although somebody else, or
// nobody, asked for it; else the one who acts. A zero one is nobody: of such a stop
// or its lifting only the supervisors hear.
func (i Intent) Concerns() Holder {
	switch i.Kind {
	case Transfer, Release, Retain, Lift:
		return i.From
	default:
		return i.Worker
	}
}

// StateText is what Estado_Ocupacion says after a change of the kind.
func StateText(kind Kind, op Operation) string {
	switch kind {
	case Take, Transfer:
		return string(op) + " en progreso"
	case Pause:
		return string(op) + " parcial (pausado)"
	case Complete:
		return string(op) + " completado"
	case Release:
		return string(op) + " parcial (liberado)"
	case Expire:
		return string(op) + " parcial (vencido)"
	case Lift:
		return strings.TrimSpace(string(op) + " disponible (sin retención)")
	default:
		return ""
	}
}

// Change says what the accepted intent makes of the sheet.
func (i Intent) Change() Change {
	since, deadline := i.Since.UTC().Truncate(time.Second), i.Deadline.UTC().Truncate(time.Second)
	if i.OnFree { // there was no occupation
		since, deadline = time.Time{}, time.Time{}
	}
	detail, err := json.Marshal(AuditDetail{
		Fence: i.Fence, Since: since, Deadline: deadline,
		From: i.From.ID, By: i.By.ID, Reason: i.Reason, Undoes: i.Undoes, Request: i.Trace,
	})
	if err != nil {
		panic(err) // numbers and UTC times always marshal
	}
	c := Change{Intent: i, Audit: AuditRow{
		ID: i.Event, At: i.At, Kind: i.Kind, Tag: i.Tag, WorkerID: i.Worker.ID, WorkerName: i.Worker.Name,
		Operation: i.Operation, Action: i.Kind.Action(), Date: i.Date, JSON: string(detail),
	}}
	state := Cell{Column: ColState, Text: StateText(i.Kind, i.Operation)}
	switch i.Kind {
	case Take, Transfer:
		c.Cells = []Cell{{Column: ColHeldBy, Text: i.Worker.Label}, {Column: ColSince, Moment: i.Since}, state}
	case Pause, Expire, Release:
		if !i.BySheet {
			c.Cells = []Cell{{Column: ColHeldBy}, {Column: ColSince}, state}
		}
	case Complete:
		date, by := doneColumns(i.Operation)
		c.Cells = []Cell{
			{Column: date, Date: i.Date},
			{Column: by, Text: i.Worker.Label},
			{Column: ColHeldBy},
			{Column: ColSince},
			state,
		}
	case Retain:
		state.Text, state.Must = Stop{Reason: i.Reason, By: i.Worker.ID, Label: i.Worker.Label}.Text(i.Operation), true
		c.Cells = []Cell{{Column: ColHeldBy}, {Column: ColSince}, state}
		if i.OnFree {
			c.Cells = c.Cells[2:]
		}
	case Lift:
		state.Must = true
		c.Cells = []Cell{state}
	case Revert:
		c.Cells = i.revertCells()
	}
	return c
}
