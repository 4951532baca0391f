package sheetsim

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// Client is the door without sockets: its transport calls ServeHTTP. It honours the request's context: a cancelled call returns
// at once, while a write that has arrived still lands. It buffers answers, so /sim/events is not for it.
func (s *Server) Client() *http.Client { return &http.Client{Transport: door{s}} }

type door struct{ s *Server }

// RoundTrip implements http.RoundTripper.
func (d door) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		_ = r.Body.Close() // read to its end
		if err != nil {
			return nil, err
		}
	}
	in := r.Clone(r.Context())
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	answer := make(chan *recorder, 1)
	open := d.s.hold(func() {
		rec := &recorder{header: http.Header{}}
		defer func() { // as net/http's server does with a handler that aborts
			if p := recover(); p != nil {
				if p != http.ErrAbortHandler {
					panic(p)
				}
				rec.aborted = true
			}
			answer <- rec
		}()
		d.s.ServeHTTP(rec, in)
	})
	if !open {
		return nil, http.ErrServerClosed
	}
	select {
	case rec := <-answer:
		return rec.response(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// recorder keeps an answer, also one that was cut.
type recorder struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	aborted bool
}

func (c *recorder) Header() http.Header { return c.header }
func (c *recorder) Flush()              {}

func (c *recorder) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *recorder) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(p)
}

func (c *recorder) response(r *http.Request) (*http.Response, error) {
	if c.aborted && c.status == 0 {
		return nil, io.EOF
	}
	c.WriteHeader(http.StatusOK)
	var body io.Reader = &c.body
	if c.aborted {
		body = io.MultiReader(body, cut{})
	}
	return &http.Response{
		Status: strconv.Itoa(c.status) + " " + http.StatusText(c.status), StatusCode: c.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.header, Body: io.NopCloser(body), ContentLength: -1, Request: r,
	}, nil
}

// cut is the end of a line that was cut.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
