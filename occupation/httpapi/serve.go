package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// call is one request on its way.
type call struct {
	*http.Request
	ctx    context.Context // outlives the client, so that nothing is left by halves
	token  Token
	key    string // of Idempotency-Key, with the token's name; empty = none
	worker int    // for whom it acts, once that is known
	done   []occupation.Result

	status int
	answer any
}

// answers sets what is answered.
func (c *call) answers(status int, body any) { c.status, c.answer = status, body }

// serve answers one request: who asks, how often, was it asked before, then the
// handler.
func (d *door) serve(w http.ResponseWriter, r *http.Request, path string, methods map[string]handler) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), requestTime)
	defer cancel()
	trace := traceOf(r)
	w.Header().Set("X-Request-Id", trace)
	c := &call{Request: r, ctx: occupation.WithTrace(ctx, trace)}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	err := d.attempt(w, c, path, methods)
	o := Observation{Request: trace, Path: path, Token: c.token.Name, Worker: c.worker, Done: c.done}
	if err != nil {
		p := problemOf(err, d.Zone)
		o.Code, o.Err = p.Code, cause(err)
		c.answers(p.Status, p)
		if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "2")
		}
		if p.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="spoolbot"`)
		}
	}
	write(w, c.status, c.answer)
	o.Status, o.Took = c.status, time.Since(began)
	d.Observe(o)
}

func (d *door) attempt(w http.ResponseWriter, c *call, path string, methods map[string]handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	now := time.Now()
	token, known := d.Tokens.find(bearer(c.Request), now)
	if !known {
		if !d.limits.stranger(now) {
			return tooMany
		}
		return d.Tokens.refusal()
	}
	c.token = token
	if !d.limits.allow(token.Name, now) {
		return tooMany
	}
	if path == "" {
		return noPath
	}
	handle, ok := methods[c.Method]
	if !ok {
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
		return wrongMethod
	}
	if c.Method != http.MethodPost {
		return handle(d, c)
	}
	return d.once(w, c, func() error { return handle(d, c) })
}

// traceForm is what an id of a request may look like.
var traceForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// traceOf is the id under which the request stands in the log: the client's, if it
// gives a sound one, else a new one.
func traceOf(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); traceForm.MatchString(id) {
		return id
	}
	return rand.Text()
}

// bearer is the token that a request carries, "" when there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// write sends an answer as JSON.
func write(w http.ResponseWriter, status int, body any) {
	kind := "application/json"
	if status >= http.StatusBadRequest {
		kind = "application/problem+json"
	}
	text, ok := body.(json.RawMessage)
	if !ok {
		var err error
		if text, err = json.Marshal(body); err != nil {
			panic(err) // structures of texts, numbers and truth values always marshal
		}
	}
	h := w.Header()
	h.Set("Content-Type", kind+"; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // the client may have gone
}

// read decodes the body; what is not one JSON object of the form is a malformed
// one. Fields that are not ours are passed over: clients send more.
func read(c *call, into any) error {
	if kind := c.Header.Get("Content-Type"); kind != "" && !strings.HasPrefix(strings.ToLower(kind), "application/json") {
		return malformed{errors.New("el cuerpo debe ser application/json")}
	}
	d := json.NewDecoder(c.Body)
	if err := d.Decode(into); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return tooLarge
		}
		return malformed{err}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed{errors.New("hay algo más después del objeto JSON")}
	}
	return nil
}
