package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// id is a worker's id: a number, or its digits as a text, which clients send too.
type id int

// UnmarshalJSON implements json.Unmarshaler.
func (i *id) UnmarshalJSON(text []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(text), `"`))
	if err != nil || n <= 0 {
		return errors.New("worker_id debe ser un número positivo")
	}
	*i = id(n)
	return nil
}

// body is what the operations are asked with; each uses its own fields.
type body struct {
	Tag       string `json:"tag_spool"`
	Worker    id     `json:"worker_id"`
	Name      string `json:"worker_nombre"` // as the client knows it; the sheet's counts
	Operation string `json:"operacion"`
	Date      string `json:"fecha_operacion"`
	Until     string `json:"hasta"`   // extender: "turno"; empty = by the minutes
	Minutes   int    `json:"minutos"` // extender; 0 = 60
	Reason    string `json:"motivo"`
	To        id     `json:"a_worker_id"` // traspasar
}

// done is the answer to what was done.
type done struct {
	Success bool   `json:"success"`
	Tag     string `json:"tag_spool"`
	Message string `json:"message"`
	Until   string `json:"hasta,omitzero"`
}

// who is the worker for whom the request acts, and the core's request.
func (d *door) who(c *call, given id) (occupation.Request, error) {
	switch c.token.Role {
	case RoleWorker:
		if given != 0 && int(given) != c.token.Worker {
			return occupation.Request{}, notYou
		}
		c.worker = c.token.Worker
	case RoleSystem:
		if c.worker = int(given); given == 0 {
			return occupation.Request{}, malformed{errors.New("falta worker_id")}
		}
	default:
		return occupation.Request{}, notAllowed
	}
	return occupation.Request{Key: c.key, Worker: c.worker, Now: d.Core.Now()}, nil
}

// ask reads the body of an operation on one spool.
func (d *door) ask(c *call) (b body, r occupation.Request, err error) {
	if err = read(c, &b); err != nil {
		return b, r, err
	}
	if r, err = d.who(c, b.Worker); err != nil {
		return b, r, err
	}
	if strings.TrimSpace(b.Tag) == "" {
		return b, r, &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.NoTags}
	}
	return b, r, nil
}

func operation(text string) (occupation.Operation, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	op, ok := occupation.ParseOperation(text)
	if !ok {
		return "", &occupation.Error{Code: occupation.InvalidInput, Reason: occupation.BadOperation, Text: text}
	}
	return op, nil
}

func (d *door) take(c *call) error {
	b, r, err := d.ask(c)
	if err != nil {
		return err
	}
	op, err := operation(b.Operation)
	if err != nil {
		return err
	}
	results, err := d.Core.Take(c.ctx, r, op, []string{b.Tag})
	return d.one(c, results, err)
}

func (d *door) pause(c *call) error {
	b, r, err := d.ask(c)
	if err != nil {
		return err
	}
	results, err := d.Core.Pause(c.ctx, r, []occupation.Target{{Tag: b.Tag}})
	return d.one(c, results, err)
}

func (d *door) complete(c *call) error {
	b, r, err := d.ask(c)
	if err != nil {
		return err
	}
	day, bad := occupation.ParseDate(b.Date, r.Now.In(d.Zone))
	if bad != nil {
		return bad
	}
	results, err := d.Core.Complete(c.ctx, r, []occupation.Target{{Tag: b.Tag}}, day)
	return d.one(c, results, err)
}

// extend is by minutes, an hour when none are given, or until the end of the shift.
func (d *door) extend(c *call) error {
	b, r, err := d.ask(c)
	if err != nil {
		return err
	}
	ext := occupation.Extension{By: time.Hour}
	switch {
	case strings.EqualFold(b.Until, "turno"):
		ext = occupation.Extension{ShiftEnd: true}
	case b.Until != "":
		return malformed{fmt.Errorf("hasta: %q no es turno", b.Until)}
	case b.Minutes < 0 || b.Minutes > 24*60:
		return malformed{errors.New("minutos: de 1 a 1440")}
	case b.Minutes > 0:
		ext.By = time.Duration(b.Minutes) * time.Minute
	}
	results, err := d.Core.Extend(c.ctx, r, []occupation.Target{{Tag: b.Tag}}, ext)
	return d.one(c, results, err)
}

// override reads the body of what a supervisor does to what somebody else holds:
// only their own token may, never one that acts for whom it names.
func (d *door) override(c *call) (body, occupation.Request, error) {
	if c.token.Role != RoleWorker {
		return body{}, occupation.Request{}, notAllowed
	}
	return d.ask(c)
}

func (d *door) release(c *call) error {
	b, r, err := d.override(c)
	if err != nil {
		return err
	}
	res, err := d.Core.Release(c.ctx, r, occupation.Target{Tag: b.Tag}, b.Reason)
	return d.one(c, []occupation.Result{res}, err)
}

// transfer makes the offer. The receiver accepts in Slack: nobody is given a spool
// unasked.
func (d *door) transfer(c *call) error {
	b, r, err := d.override(c)
	if err != nil {
		return err
	}
	if b.To == 0 {
		return malformed{errors.New("falta a_worker_id")}
	}
	o, err := d.Offer(c.ctx, r, occupation.Target{Tag: b.Tag}, int(b.To), b.Reason)
	if err != nil {
		return err
	}
	c.answers(http.StatusAccepted, done{true, o.Tag, fmt.Sprintf("Se le ofreció a %s, que tiene que aceptar en Slack.", o.To.Name), moment(o.Until, d.Zone)})
	return nil
}

// one answers for a single spool.
func (d *door) one(c *call, results []occupation.Result, err error) error {
	if err != nil {
		return err
	}
	c.done = results
	res := results[0]
	if res.Err != nil {
		return res.Err
	}
	c.answers(http.StatusOK, d.said(res))
	return nil
}

func (d *door) said(res occupation.Result) done {
	out := done{Success: true, Tag: res.Tag}
	clock := res.Lock.Deadline.In(d.Zone).Format("15:04")
	switch {
	case res.Kind == occupation.Take && res.Already:
		out.Message = fmt.Sprintf("%s ya era de %s, hasta las %s.", res.Tag, res.Lock.Holder.Name, clock)
	case res.Kind == occupation.Take:
		out.Message = fmt.Sprintf("%s tomado por %s (%s), hasta las %s.", res.Tag, res.Lock.Holder.Name, res.Lock.Operation, clock)
	case res.Kind == occupation.Pause:
		out.Message = res.Tag + " en pausa: quedó libre."
	case res.Kind == occupation.Complete:
		out.Message = fmt.Sprintf("%s completado (%s), con fecha %s.", res.Tag, res.Lock.Operation, res.Date.Format("02-01-2006"))
	case res.Kind == occupation.Extend:
		out.Message = fmt.Sprintf("%s es tuyo hasta las %s.", res.Tag, clock)
	default:
		out.Message = res.Tag + " liberado."
	}
	if res.Kind == occupation.Take || res.Kind == occupation.Extend {
		out.Until = moment(res.Lock.Deadline, d.Zone)
	}
	return out
}

// found is the answer to a look at a spool; who and since are null when it is free.
type found struct {
	Tag    string  `json:"tag_spool"`
	Held   bool    `json:"ocupado"`
	Holder *string `json:"ocupado_por"`
	Since  *string `json:"fecha_ocupacion"`
}

func (d *door) find(c *call) error {
	st, err := d.Core.Find(c.ctx, c.PathValue("tag"))
	if err != nil {
		return err
	}
	out := found{Tag: st.Spool.Tag, Held: st.Held()}
	if out.Held {
		holder, since := st.Spool.HeldBy, st.Spool.Since
		if st.Lock.Holds() {
			holder, since = holderName(st.Lock.Holder), st.Lock.Since
		}
		out.Holder = &holder
		if text := moment(since, d.Zone); text != "" {
			out.Since = &text
		}
	}
	c.answers(http.StatusOK, out)
	return nil
}

// batch is the answer to a batch, which is always 200: each spool for itself.
type batch struct {
	Total     int        `json:"total"`
	Succeeded int        `json:"succeeded"`
	Failed    int        `json:"failed"`
	Details   []detailOf `json:"details"`
}

type detailOf struct {
	Tag     string          `json:"tag_spool"`
	Success bool            `json:"success"`
	Message string          `json:"message"`
	Code    occupation.Code `json:"code,omitzero"`
}

func (d *door) batchTake(c *call) error {
	var b struct {
		body
		Tags []string `json:"tag_spools"`
	}
	if err := read(c, &b); err != nil {
		return err
	}
	r, err := d.who(c, b.Worker)
	if err != nil {
		return err
	}
	op, err := operation(b.Operation)
	if err != nil {
		return err
	}
	results, err := d.Core.Take(c.ctx, r, op, b.Tags)
	if results, err = each(b.Tags, results, err); err != nil {
		return err
	}
	c.done = results
	out := batch{Total: len(results), Details: make([]detailOf, len(results))}
	for i, res := range results {
		if res.Err != nil {
			out.Failed++
			out.Details[i] = detailOf{Tag: res.Tag, Message: detail(res.Err, d.Zone), Code: res.Err.Code}
			continue
		}
		out.Succeeded++
		out.Details[i] = detailOf{Tag: res.Tag, Success: true, Message: d.said(res).Message}
	}
	c.answers(http.StatusOK, out)
	return nil
}

// each makes what hinders the whole request a result of each spool: a batch is
// always answered. Only a list that is none is refused.
func each(tags []string, results []occupation.Result, err error) ([]occupation.Result, error) {
	e, ok := errors.AsType[*occupation.Error](err)
	if !ok || e.Code == occupation.InvalidInput {
		return results, err
	}
	for _, tag := range tags {
		of := *e
		of.Tag = tag
		results = append(results, occupation.Result{Tag: tag, Kind: occupation.Take, Err: &of})
	}
	return results, nil
}

// describe serves the description of the door.
func (d *door) describe(c *call) error {
	c.answers(http.StatusOK, json.RawMessage(description))
	return nil
}
