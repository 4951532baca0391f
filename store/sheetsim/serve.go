package sheetsim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxBody is more than Google recommends (2 MB) and takes what was seen to pass live (9 MB). SHEETS.md 1 [D][L].
const maxBody = 16 << 20

// exchange is one API call under way.
type exchange struct {
	s    *Server
	w    http.ResponseWriter
	r    *http.Request
	op   *operation
	call Call
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	e := &exchange{s: s, w: w, r: r, call: Call{Method: r.Method, Path: r.URL.Path, At: s.opt.Now()}}
	defer func() { // also when the line is cut
		e.call.MS = s.opt.Now().Sub(e.call.At).Milliseconds()
		s.record(e.call)
	}()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, tooBig := errors.AsType[*http.MaxBytesError](err); !tooBig {
			panic(http.ErrAbortHandler) // the line was cut while the request was coming
		}
		e.refuse(bug("Request payload size exceeds the limit: %d bytes.", maxBody))
		return
	}
	e.call.Sent = len(body)
	e.op = route(r, body)
	if e.op == nil {
		s.complain(e.call, fmt.Errorf("unknown method"))
		e.html(http.StatusNotFound)
		return
	}
	e.call.Name, e.call.Kind = e.op.name, e.op.kind
	e.serve()
}

// serve goes the way of a call: token, quota, fault, half of the latency, apply, the other half, answer.
func (e *exchange) serve() {
	s := e.s
	user, _ := strings.CutPrefix(e.r.Header.Get("Authorization"), "Bearer ")
	if s.opt.Token != "" && user != s.opt.Token {
		refused := plainError(http.StatusUnauthorized)
		refused.details = []obj{{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_EXPIRED", "domain": "googleapis.com"}}
		refused.bug = true
		e.refuse(refused)
		return
	}
	limit := s.opt.ReadQuota
	if e.op.kind == "write" {
		limit = s.opt.WriteQuota
	}
	if limit == 0 {
		limit = 60
	}
	if window, ok := s.quota.take(e.op.kind, user, limit, e.call.At); !ok {
		e.refuse(quotaError(e.op.kind, limit, window))
		return
	}
	f := s.takeFault(e.op)
	e.pass(s.opt.Latency / 2)
	switch {
	case f.Cut == CutBefore:
		panic(http.ErrAbortHandler)
	case f.Cut == CutLate:
		s.hold(func() { // owned by the server: Close drops it
			if s.sleep(context.Background(), f.LateBy) {
				_, _ = e.apply(f) // nobody is left to be told
			}
		})
		if f.Status == 0 {
			panic(http.ErrAbortHandler)
		}
		e.fail(f)
		return
	}
	e.pass(f.Delay)
	if f.Status != 0 && f.Cut == "" {
		e.pass(s.opt.Latency - s.opt.Latency/2)
		e.fail(f)
		return
	}
	out, err := e.apply(f)
	e.pass(s.opt.Latency - s.opt.Latency/2)
	switch {
	case f.Cut == CutAfter && f.Status == 0:
		panic(http.ErrAbortHandler)
	case f.Cut == CutAfter:
		e.fail(f)
	case err != nil:
		e.refuse(refusal(err))
	default:
		e.answer(http.StatusOK, e.op.fields.apply(out), f.Cut == CutTruncate)
	}
}

// pass lets time go by. A read ends when its client gives up; a write that has arrived lands also if its client has gone.
// SHEETS.md 0.5 [I]: a client time-out with correct data in the sheet.
func (e *exchange) pass(d time.Duration) {
	ctx := e.r.Context()
	if e.op.kind == "write" {
		ctx = context.WithoutCancel(ctx)
	}
	if !e.s.sleep(ctx, d) {
		panic(http.ErrAbortHandler)
	}
}

// sleep is false if ctx or the server ended first.
func (s *Server) sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-s.done:
	}
	return false
}

// apply does the call on the workbook, with the edits that people make just before a write and just after a read.
func (e *exchange) apply(f Fault) (obj, error) {
	s, op := e.s, e.op
	switch {
	case op.id != s.id:
		missing := plainError(http.StatusNotFound) // SHEETS.md 4 [V]
		missing.bug = true
		return nil, missing
	case op.err != nil:
		return nil, op.err
	case op.kind == "write":
		s.mu.Lock()
		defer s.mu.Unlock()
		s.runPending(BeforeNextWrite)
		var out obj
		err := s.commit(bot, func(x *tx) (err error) {
			out, err = op.write(x)
			return err
		})
		return out, err
	}
	s.mu.Lock()
	book := s.book
	if f.Stale {
		book = s.stale
	}
	s.runPending(AfterNextRead)
	s.mu.Unlock()
	if f.Empty {
		book = book.without(func(int) int { return 0 })
	}
	if f.Halve {
		book = book.without(func(rows int) int { return rows / 2 })
	}
	return op.read(book)
}

// refuse answers with an error of Google's.
func (e *exchange) refuse(err *apiError) {
	if err.bug {
		e.s.complain(e.call, err)
	}
	e.answer(err.code, err.body(e.s.opt.Spanish), false)
}

// fail answers with the status of a fault, if it has one. SHEETS.md 4: 502 and 504 may be HTML, not JSON [U].
func (e *exchange) fail(f Fault) {
	if f.RetryAfter > 0 {
		e.w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
	}
	switch f.Status {
	case 0:
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		e.html(f.Status)
	case http.StatusTooManyRequests:
		e.refuse(quotaError(e.op.kind, 60, e.call.At.Truncate(time.Minute)))
	default:
		e.refuse(plainError(f.Status))
	}
}

func (e *exchange) html(status int) {
	page := fmt.Sprintf("<!DOCTYPE html>\n<html lang=en><title>Error %d</title><p><b>%d.</b> <ins>That’s an error.</ins>\n", status, status)
	e.call.Status, e.call.Bytes = status, len(page)
	e.w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	e.w.WriteHeader(status)
	_, _ = io.WriteString(e.w, page) // the client may be gone
}

// answer writes JSON; truncated, it promises the whole length, sends half and cuts the line.
func (e *exchange) answer(status int, v any, truncate bool) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // answers are built of maps and plain values
	}
	e.call.Status, e.call.Bytes = status, len(body)
	e.w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	e.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	e.w.WriteHeader(status)
	if truncate {
		_, _ = e.w.Write(body[:len(body)/2])
		_ = http.NewResponseController(e.w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = e.w.Write(body)
}
