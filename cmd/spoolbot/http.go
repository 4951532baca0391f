package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/occupation/httpapi"
)

// The limits of the HTTP door.
const (
	httpHeaderTime = 5 * time.Second
	httpReadTime   = 10 * time.Second
	httpWriteTime  = 45 * time.Second // a REST request may take 30 s
	httpIdleTime   = time.Minute
	httpEndTime    = 5 * time.Second
	readyTime      = 2 * time.Second
)

// httpDoor is health, metrics and, where there is a tokens file, REST.
type httpDoor struct {
	listener net.Listener
	server   *http.Server
}

// newHTTPDoor opens the address; nil without one.
func (a *app) newHTTPDoor(ctx context.Context, cfg Config) (*httpDoor, error) {
	if cfg.HTTPListen == "" {
		return nil, nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"site": cfg.Site})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		status, parts := a.ready(r.Context())
		writeJSON(w, status, parts)
	})
	mux.Handle("GET /metrics", metricsHandler(a.metrics.registry, a.log))
	if a.api != nil {
		mux.Handle("/api/", a.api)
	}
	return openHTTPDoor(ctx, cfg.HTTPListen, mux, a.log)
}

// openHTTPDoor opens an address for a handler.
func openHTTPDoor(ctx context.Context, address string, h http.Handler, log zerolog.Logger) (*httpDoor, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("HTTP_LISTEN: %w; choose another port, or leave HTTP_LISTEN empty", err)
	}
	return &httpDoor{listener, &http.Server{
		Handler: h, ReadHeaderTimeout: httpHeaderTime, ReadTimeout: httpReadTime, WriteTimeout: httpWriteTime, IdleTimeout: httpIdleTime,
		MaxHeaderBytes: 16 << 10, ErrorLog: stdLog(log),
	}}, nil
}

// newAPI is the REST door; nil without tokens.
func (a *app) newAPI(cfg Config) (http.Handler, error) {
	if cfg.HTTPTokensFile == "" {
		return nil, nil
	}
	tokens, err := readTokens(cfg.HTTPTokensFile)
	if err != nil {
		return nil, err
	}
	api := httpapi.New(httpapi.Options{
		Core: a.core, Memory: a.locks, Tokens: tokens, Zone: a.zone, Offer: a.bot.Offer, Observe: a.observeHTTP,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.sheet.Touch() // somebody works: the sheet is read more often
		api.ServeHTTP(w, r)
	}), nil
}

// readTokens reads the tokens of the REST door.
func readTokens(path string) (*httpapi.Tokens, error) {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	tokens, err := httpapi.NewTokens(os.DirFS(dir), name)
	if err != nil {
		return nil, fmt.Errorf("HTTP_TOKENS_FILE: %w", err)
	}
	return tokens, nil
}

// run serves until ctx ends, and then lets running requests end.
func (d *httpDoor) run(ctx context.Context) {
	var serving sync.WaitGroup
	serving.Go(func() { _ = d.server.Serve(d.listener) }) // ends with Shutdown or Close
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), httpEndTime)
	defer cancel()
	if d.server.Shutdown(end) != nil {
		_ = d.server.Close()
	}
	serving.Wait()
}

// ready says whether people are served: Redis and the sheet answer, and a socket to
// Slack is open.
func (a *app) ready(ctx context.Context) (status int, parts map[string]string) {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	faults := map[string]error{}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for part, ask := range map[string]func() error{
		"redis": func() error { return a.redis.Ping(ctx).Err() },
		"sheet": func() error { _, err := a.core.Book(ctx); return err },
		"slack": func() error {
			if a.bot.Listening() {
				return nil
			}
			return errors.New("no socket is open")
		},
	} {
		asking.Go(func() {
			err := ask()
			mu.Lock()
			defer mu.Unlock()
			faults[part] = err
		})
	}
	asking.Wait()
	status, parts = http.StatusOK, map[string]string{}
	for part, err := range faults {
		parts[part] = "ok"
		if err != nil {
			status, parts[part] = http.StatusServiceUnavailable, "not ready"
			a.log.Warn().Err(err).Str("part", part).Msg("not_ready")
		}
	}
	return status, parts
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // maps of texts, and of such maps, always marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// observeHTTP logs a request of the REST door in one line, and counts.
func (a *app) observeHTTP(o httpapi.Observation) {
	level := zerolog.InfoLevel
	if o.Status >= http.StatusInternalServerError {
		level = zerolog.WarnLevel
	}
	a.log.WithLevel(level).AnErr("cause", o.Err).Str("request_id", o.Request).Str("path", o.Path).Str("token", o.Token).Int("worker", o.Worker).
		Int("status", o.Status).Str("code", string(o.Code)).Dur("took", o.Took).Msg("http_request")
	for _, res := range o.Done {
		var code occupation.Code
		if res.Err != nil {
			code = res.Err.Code
		}
		a.metrics.operation(res.Kind, code, o.Took)
		if !res.Already {
			a.bot.CountTake(res.Kind, code)
		}
	}
	if len(o.Done) > 0 {
		a.bot.DoneElsewhere(o.Worker, o.Done)
	}
}
