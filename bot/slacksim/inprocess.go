package slacksim

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/gorilla/websocket"
)

// Client returns an HTTP client whose requests are answered in the caller's goroutine,
// without a socket. Streaming answers (GET /sim/events) need the TCP door.
func (s *Server) Client() *http.Client { return &http.Client{Transport: transport{s}} }

// Dialer returns a WebSocket dialer, for socketmode.OptionDialer, that ends in this
// process. Its write buffer is the one that slack-go uses by default: Slack does not
// reassemble continuation frames. SLACK.md 1.4 [src]
func (s *Server) Dialer() *websocket.Dialer {
	return &websocket.Dialer{NetDialContext: s.DialContext, WriteBufferSize: 32 * 1024}
}

// DialContext gives one end of a pipe; the other end is served for one request, which
// is enough for a WebSocket. Network and address are not looked at.
func (s *Server) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	near, far := net.Pipe()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errors.New("slacksim: closed")
	}
	s.pipes[far] = struct{}{}
	s.dialed.Go(func() {
		s.servePipe(far)
		s.mu.Lock()
		delete(s.pipes, far)
		s.mu.Unlock()
	})
	return near, nil
}

func (s *Server) servePipe(c net.Conn) {
	defer func() {
		_ = c.Close()
		if err := recover(); err != nil && err != http.ErrAbortHandler { // a sentinel of net/http
			panic(err)
		}
	}()
	br := bufio.NewReader(c)
	req, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	w := &pipeWriter{conn: c, br: br}
	s.ServeHTTP(w, req)
	if !w.hijacked {
		_ = w.response(req).Write(c)
	}
}

// transport is the http.RoundTripper of Client.
type transport struct{ s *Server }

func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer func() {
		_ = r.Body.Close()
		switch p := recover(); {
		case p == http.ErrAbortHandler: // a sentinel of net/http
			resp, err = nil, io.ErrUnexpectedEOF // what a cut line looks like
		case p != nil:
			panic(p)
		}
	}()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.RemoteAddr = "pipe"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	var w recorder
	t.s.ServeHTTP(&w, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.response(r), nil
}

// recorder keeps an answer until it is complete.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

func (w *recorder) response(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.Header(), Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}
}

// pipeWriter is a recorder that can give its connection away.
type pipeWriter struct {
	recorder
	conn     net.Conn
	br       *bufio.Reader
	hijacked bool
}

func (w *pipeWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.hijacked = true
	return w.conn, bufio.NewReadWriter(w.br, bufio.NewWriter(w.conn)), nil
}
