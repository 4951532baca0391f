// Package occupation is the core of spoolbot: who may take, pause and complete
// which spool, and the one way in which every such change happens.
//
// Words (they are the trade's own and stay Spanish where people say them so):
// a spool is a prefabricated piece of piping, known by its TAG; ARM (armado)
// and SOLD (soldadura) are the operations; an occupation is a worker holding a
// spool for one operation, from TOMAR to PAUSAR, COMPLETAR or expiry; a lock is
// the record of an occupation in the lock store, its fence a number that only
// grows; the sheet is the record that the office reads.
//
// Every change goes one way, one piece or fifty: intend (one step in the lock
// store checks and remembers), commit (cells and audit rows of all that wait,
// in one atomic write of the sheet that can land only once), settle (the lock
// store is told). A process may die anywhere in between: Service.Recover
// finishes or puts back what it finds.
//
// What always holds: at most one holder per spool; fences never go back; every
// change of state has exactly one audit row; n spools in, n results out; a
// success answer means that cells, audit row and lock are as said; an answer
// that is lost or late never applies anything twice.
//
// The package imports the standard library only and never net/http or os. It
// declares the ports that it needs (ports.go) and does not log; faults come
// back as errors with a Code.
package occupation

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Operation is the kind of work for which a spool is held.
type Operation string

// The operations. The empty Operation means "whatever the spool needs next".
const (
	ARM  Operation = "ARM"  // armado, fitting
	SOLD Operation = "SOLD" // soldadura, welding
)

// Valid reports whether op is one of the operations.
func (op Operation) Valid() bool { return op == ARM || op == SOLD }

// Role is what a worker is allowed to do, as the tab Roles spells it.
type Role string

// The roles that matter here; shops have others, which give no right.
const (
	Armador    Role = "Armador"
	Soldador   Role = "Soldador"
	Ayudante   Role = "Ayudante"
	Supervisor Role = "Supervisor"
)

// Worker is one row of the tab Trabajadores with its active roles.
type Worker struct {
	ID      int
	Given   string // given names
	Surname string // surnames
	Active  bool
	Roles   []Role
	SlackID string // empty = not linked
}

// Name is the worker's first given name and first surname, as people say it.
func (w Worker) Name() string {
	return strings.TrimSpace(firstName(w.Given) + " " + firstName(w.Surname))
}

// Label is what the sheet's Ocupado_Por holds: initials and id, "MR(93)".
func (w Worker) Label() string {
	return initial(w.Given) + initial(w.Surname) + fmt.Sprintf("(%d)", w.ID)
}

// Has reports whether the worker has the role.
func (w Worker) Has(role Role) bool {
	for _, r := range w.Roles {
		if strings.EqualFold(string(r), string(role)) {
			return true
		}
	}
	return false
}

// May reports whether the worker's roles allow the operation: ARM takes an
// Armador or Ayudante, SOLD a Soldador or Ayudante.
func (w Worker) May(op Operation) bool {
	switch op {
	case ARM:
		return w.Has(Armador) || w.Has(Ayudante)
	case SOLD:
		return w.Has(Soldador) || w.Has(Ayudante)
	default:
		return false
	}
}

// Holder is the part of a worker that locks, intents and audit rows carry.
type Holder struct {
	ID    int
	Name  string // "Mauricio Rodríguez"
	Label string // "MR(93)"
}

// AsHolder gives the part of the worker that locks carry.
func (w Worker) AsHolder() Holder { return Holder{ID: w.ID, Name: w.Name(), Label: w.Label()} }

// firstName is the first name of several, with the particles before it: "de la
// Fuente" of "de la Fuente Soto".
func firstName(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		switch strings.ToLower(w) {
		case "de", "del", "la", "las", "los", "san", "von", "van":
		default:
			return strings.Join(words[:i+1], " ")
		}
	}
	return strings.Join(words, " ")
}

func initial(s string) string {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}

// Spool is one row of the tab Operaciones, as read. Dates are midnight in the
// shop's zone; a zero time is an empty cell.
type Spool struct {
	Tag      string // as the sheet spells it
	Row      int    // 1-based row of the tab when it was read; rows move
	NV       string
	OT       string
	Client   string
	Drawing  string // Plano_Referencia
	Priority string
	Due      time.Time // Fecha_Compromiso, else Fecha_Estimada_Entrega; zero when neither can be read

	Materials time.Time // Fecha_Materiales
	ArmDate   time.Time // Fecha_Armado
	ArmBy     string    // Armador, as in the sheet
	SoldDate  time.Time // Fecha_Soldadura
	SoldBy    string    // Soldador, as in the sheet

	HeldBy   string    // Ocupado_Por as in the sheet; empty when free (or DISPONIBLE)
	HolderID int       // the id in HeldBy, 0 when it carries none
	Since    time.Time // Fecha_Ocupacion
	State    string    // Estado_Ocupacion, empty when the sheet has no such column

	Faults []CellFault // needed cells that could not be read
}

// CellFault is a cell whose content is not what its column holds. It is never
// taken for an empty cell.
type CellFault struct {
	Column Column
	Row    int    // 1-based
	Text   string // what stands there
}

// Fault returns the fault of one column, if it has one.
func (s Spool) Fault(c Column) (CellFault, bool) {
	for _, f := range s.Faults {
		if f.Column == c {
			return f, true
		}
	}
	return CellFault{}, false
}

// Occupied reports whether the row says that somebody holds the spool.
func (s Spool) Occupied() bool { return s.HeldBy != "" }

// Next is the operation that the spool needs next, by its dates; empty when
// both are done.
func (s Spool) Next() Operation {
	switch {
	case s.ArmDate.IsZero():
		return ARM
	case s.SoldDate.IsZero():
		return SOLD
	default:
		return ""
	}
}

// LockState says where an occupation stands.
type LockState string

// The states of a lock. Pending, Finishing and Changing are passing states: an
// intent is on its way to the sheet; while it is about a spool that nobody holds
// (Changing), the lock keeps others from it and is nobody's. A lapsed lock has expired, and its row is cleared;
// until the end of the grace only its former holder may take it back or finish.
const (
	Pending   LockState = "pending"
	Held      LockState = "held"
	Finishing LockState = "finishing"
	Changing  LockState = "changing"
	Lapsed    LockState = "expired"
)

// RevertFor is how long after a change whoever made it may take it back.
const RevertFor = time.Minute

// PauseWhyFor is how long after a pause it can be said why, and whoever paused may
// still stop the spool if nobody has acted since.
const PauseWhyFor = 10 * time.Minute

// Lock is the record of an occupation in the lock store.
type Lock struct {
	Key       string // normalised TAG
	Tag       string // as the sheet spells it
	Holder    Holder
	Operation Operation
	Since     time.Time
	Deadline  time.Time
	Fence     int64
	State     LockState
	Event     string    // the intent that is on its way, empty when Held or Lapsed
	Until     time.Time // end of the grace of an expiry that is or was accepted; else zero
}

// Holds reports whether somebody works on the spool under this lock. A lapsed
// one only keeps it for its former holder.
func (l Lock) Holds() bool { return l.Fence != 0 && l.State != Lapsed && l.State != Changing }

// Passing reports whether an intent is on its way for the spool.
func (l Lock) Passing() bool {
	return l.State == Pending || l.State == Finishing || l.State == Changing
}

// Status is what is known of one spool: its row and, if held, its lock.
type Status struct {
	Spool Spool
	Lock  Lock // zero when nobody holds it in the lock store
}

// Held reports whether somebody holds the spool, by lock or by row.
func (s Status) Held() bool { return s.Lock.Holds() || s.Spool.Occupied() }

// HolderName is who holds the spool, in the best words known.
func (s Status) HolderName() string {
	if s.Lock.Holds() {
		return s.Lock.Holder.Name
	}
	return s.Spool.HeldBy
}
