package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// problem is an error as a client reads it: RFC 9457, with the detail where the
// earlier system had it.
type problem struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail"`
	Code   occupation.Code   `json:"code,omitzero"`
	Reason occupation.Reason `json:"reason,omitzero"`
	Tag    string            `json:"tag_spool,omitzero"`
	Holder string            `json:"ocupado_por,omitzero"`
	Since  string            `json:"desde,omitzero"`
	Until  string            `json:"hasta,omitzero"`
	Near   []string          `json:"parecidos,omitzero"`
}

// status of each code: the one table (DESIGN section 4).
var status = map[occupation.Code]int{
	occupation.InvalidInput:       http.StatusUnprocessableEntity,
	occupation.SpoolNotFound:      http.StatusNotFound,
	occupation.DuplicateTag:       http.StatusConflict,
	occupation.PrerequisiteNotMet: http.StatusBadRequest,
	occupation.WorkerUnknown:      http.StatusForbidden,
	occupation.RoleNotAllowed:     http.StatusForbidden,
	occupation.SpoolOccupied:      http.StatusConflict,
	occupation.NotOwner:           http.StatusForbidden,
	occupation.LockExpired:        http.StatusGone,
	occupation.SheetSchema:        http.StatusServiceUnavailable,
	occupation.SheetUnavailable:   http.StatusServiceUnavailable,
	occupation.LocksUnavailable:   http.StatusServiceUnavailable,
}

// refusal is what the door itself refuses.
type refusal struct {
	status int
	detail string
}

func (r refusal) Error() string { return r.detail }

// The refusals.
var (
	noToken     = refusal{http.StatusUnauthorized, "Falta un token válido: Authorization: Bearer ..."}
	notAllowed  = refusal{http.StatusForbidden, "Este token no puede hacer esto."}
	notYou      = refusal{http.StatusForbidden, "Este token es de otra persona: no puede actuar por ella."}
	noPath      = refusal{http.StatusNotFound, "Esa dirección no existe. Las que hay están en /api/openapi.json."}
	wrongMethod = refusal{http.StatusMethodNotAllowed, "Esa dirección se usa con otro método."}
	tooLarge    = refusal{http.StatusRequestEntityTooLarge, "El cuerpo es demasiado grande."}
	tooMany     = refusal{http.StatusTooManyRequests, "Demasiadas consultas seguidas. Espera un momento y repite."}
	underWay    = refusal{http.StatusConflict, "Esta misma consulta todavía está en curso. Espera un momento y repite."}
	otherBody   = refusal{http.StatusUnprocessableEntity, "Esa Idempotency-Key ya se usó para otra consulta."}
)

// malformed is a body that is not of the form.
type malformed struct{ err error }

func (m malformed) Error() string { return "El cuerpo no se entiende: " + m.err.Error() }

func memoryGone(err error) error {
	return &occupation.Error{Code: occupation.LocksUnavailable, Reason: occupation.NothingDone, Err: err}
}

// cause is what the log gets of an error: that of a fault or of weather.
func cause(err error) error {
	if e, ok := errors.AsType[*occupation.Error](err); ok {
		return e.Err
	}
	if problemOf(err, time.UTC).Status == http.StatusInternalServerError {
		return err
	}
	return nil
}

// problemOf is what a client reads of an error. The texts of faults stay inside.
func problemOf(err error, zone *time.Location) problem {
	p := problem{Type: "about:blank", Status: http.StatusInternalServerError, Detail: "Algo falló de este lado. Repite con la misma Idempotency-Key."}
	if r, ok := errors.AsType[refusal](err); ok {
		p.Status, p.Detail = r.status, r.detail
	} else if m, ok := errors.AsType[malformed](err); ok {
		p.Status, p.Detail = http.StatusUnprocessableEntity, m.Error()
	} else if e, ok := errors.AsType[*occupation.Error](err); ok {
		p.Code, p.Reason, p.Status, p.Detail = e.Code, e.Reason, status[e.Code], detail(e, zone)
		p.Tag, p.Holder, p.Near = e.Tag, holderName(e.Holder), e.Near
		p.Since, p.Until = moment(e.Since, zone), moment(e.Until, zone)
	}
	p.Title = http.StatusText(p.Status)
	return p
}

func holderName(h occupation.Holder) string {
	if h.Label != "" {
		return h.Label
	}
	return h.Name
}

// moment is a time as the earlier system wrote it, "" for none.
func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("02-01-2006 15:04:05")
}

// detail says an error in a sentence, for people.
func detail(e *occupation.Error, zone *time.Location) string {
	tag := e.Tag
	if tag == "" {
		tag = "ese spool"
	}
	clock := func(t time.Time) string { return t.In(zone).Format("15:04") }
	switch e.Code {
	case occupation.InvalidInput:
		return invalid(e)
	case occupation.SpoolNotFound:
		if len(e.Near) > 0 {
			return fmt.Sprintf("%s no está en la planilla. Se parecen: %s.", tag, strings.Join(e.Near, ", "))
		}
		return tag + " no está en la planilla."
	case occupation.DuplicateTag:
		return tag + " está repetido en la planilla: debe quedar una sola fila."
	case occupation.PrerequisiteNotMet:
		if e.Reason == occupation.AlreadyDone {
			return fmt.Sprintf("%s ya tiene %s.", tag, e.Column)
		}
		if e.Column != "" {
			return fmt.Sprintf("A %s le falta %s.", tag, e.Column)
		}
		return tag + " todavía no se puede tomar."
	case occupation.WorkerUnknown:
		if e.Reason == occupation.Inactive {
			return "Esa persona no está activa en Trabajadores."
		}
		return "Esa persona no está en Trabajadores."
	case occupation.RoleNotAllowed:
		if e.Reason == occupation.NotSupervisor {
			return "Solo lo puede hacer un supervisor."
		}
		return fmt.Sprintf("Su rol no permite %s.", e.Operation)
	case occupation.SpoolOccupied:
		out := tag + " lo tiene " + holderName(e.Holder)
		if !e.Until.IsZero() {
			out += ", hasta las " + clock(e.Until)
		}
		return out + "."
	case occupation.NotOwner:
		if e.Holder.Name == "" && e.Holder.Label == "" {
			return "Nadie tiene tomado " + tag + "."
		}
		return tag + " lo tiene " + holderName(e.Holder) + "."
	case occupation.LockExpired:
		out := fmt.Sprintf("El plazo de %s venció a las %s.", tag, clock(e.Expired))
		if name := holderName(e.Holder); name != "" {
			out += " Ahora lo tiene " + name + "."
		}
		return out
	case occupation.SheetSchema:
		return fmt.Sprintf("En la planilla falta o no se puede leer %s. No se cambió nada.", e.Column)
	}
	what := "La planilla"
	if e.Code == occupation.LocksUnavailable {
		what = "El registro de ocupaciones"
	}
	if e.Reason == occupation.BeingChecked {
		return what + " no respondió a tiempo. Se está verificando si quedó: repite con la misma Idempotency-Key."
	}
	return what + " no responde. No se cambió nada: repite en un momento."
}

func invalid(e *occupation.Error) string {
	switch e.Reason {
	case occupation.NoTags:
		return "Falta el TAG."
	case occupation.TooManyTags:
		return fmt.Sprintf("A lo más %d spools a la vez.", occupation.MaxBatch)
	case occupation.BadTag:
		return fmt.Sprintf("%q no es un TAG.", e.Text)
	case occupation.BadOperation:
		return fmt.Sprintf("%q no es una operación: ARM o SOLD.", e.Text)
	case occupation.FutureDate:
		return "La fecha es futura."
	case occupation.OldDate:
		return fmt.Sprintf("La fecha es de hace más de %d días.", occupation.MaxDateAge)
	case occupation.BadDate:
		return fmt.Sprintf("%q no es una fecha: DD-MM-AAAA.", e.Text)
	case occupation.NoReason:
		return "Falta el motivo."
	case occupation.NoReceiver:
		return "Falta a quién, o ya lo tiene."
	default:
		return "La consulta no se entiende."
	}
}
