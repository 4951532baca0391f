package httpapi

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// A page of a history has so many events, unless limite says otherwise.
const (
	pageOf   = 50
	pageMost = 500
)

// history is a page of what was done to a spool, newest first.
type history struct {
	Tag    string      `json:"tag_spool"`
	Events []pastEvent `json:"eventos"`
	Next   *string     `json:"siguiente"` // for antes, where there are older ones
}

// pastEvent is a row of the audit log; what cannot be read of it is left out.
type pastEvent struct {
	ID        string `json:"id"`
	At        string `json:"fecha,omitzero"`
	Kind      string `json:"evento,omitzero"`
	Action    string `json:"accion,omitzero"`
	Operation string `json:"operacion,omitzero"`
	Worker    int    `json:"worker_id,omitzero"`
	Name      string `json:"worker_nombre,omitzero"`
	Date      string `json:"fecha_operacion,omitzero"`
	Minutes   int    `json:"minutos,omitzero"` // of work that it ended
	Reason    string `json:"motivo,omitzero"`
}

// history answers with a page: limite events from the newest on, or those that are
// older than the one whose id is antes. An id stays where it is when new events come,
// so that none is told twice or left out.
func (d *door) history(c *call) error {
	size, before, err := page(c.Request)
	if err != nil {
		return err
	}
	query := occupation.HistoryQuery{Tag: c.PathValue("tag"), Limit: size}
	if before != "" {
		query.Limit = 0 // it may be any of them
	}
	all, err := d.Core.History(c.ctx, occupation.Request{Now: d.Core.Now()}, query)
	if err != nil {
		return err
	}
	events, more := all.Events, all.More
	if before != "" {
		i := slices.IndexFunc(events, func(p occupation.Past) bool { return p.ID == before })
		if i < 0 {
			return malformed{errors.New("antes: ese evento no está en la historia del spool")}
		}
		events = events[i+1:]
	}
	if len(events) > size {
		events, more = events[:size], true
	}
	out := history{Tag: all.Of.Tag, Events: []pastEvent{}}
	for _, p := range events {
		out.Events = append(out.Events, d.told(p))
	}
	if more && len(events) > 0 {
		out.Next = &out.Events[len(events)-1].ID
	}
	c.answers(http.StatusOK, out)
	return nil
}

func (d *door) told(p occupation.Past) pastEvent {
	out := pastEvent{
		ID: p.AuditRow.ID, At: moment(p.At, d.Zone), Kind: string(p.Kind), Action: p.Action, Operation: string(p.Operation),
		Worker: p.WorkerID, Name: p.WorkerName, Minutes: int(p.Worked / time.Minute), Reason: p.Reason,
	}
	if !p.Date.IsZero() {
		out.Date = p.Date.Format("02-01-2006")
	}
	return out
}

// page reads limite and antes.
func page(r *http.Request) (size int, before string, err error) {
	q := r.URL.Query()
	size = pageOf
	if text := q.Get("limite"); text != "" {
		if size, err = strconv.Atoi(text); err != nil || size < 1 || size > pageMost {
			return 0, "", malformed{errors.New("limite: de 1 a 500")}
		}
	}
	return size, q.Get("antes"), nil
}
