package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
)

// How long a shop that cannot be served waits until it is tried again.
const (
	branchPause     = 5 * time.Second
	branchPauseMost = time.Minute
)

// branch is one of several shops in this process. It has clients, adapters, core and
// bot of its own: it shares nothing with another but the machine, the process's log
// and the HTTP door.
type branch struct {
	cfg   Config
	doors Doors
	log   zerolog.Logger
	now   atomic.Pointer[app] // nil = it is not being served
}

// newBranches are the shops; each goes through the doors that are made for it.
// Those of one Slack app come in by one reception.
func newBranches(shops []Config, doors func(Config) Doors, log zerolog.Logger) branches {
	shared := map[string]*bot.Reception{}
	for app, of := range byApp(shops) {
		shared[app] = newReception(of, doors(of[0]), log)
	}
	var all branches
	for _, cfg := range shops {
		b := &branch{cfg: cfg, doors: doors(cfg), log: log.With().Str("site", cfg.Site).Logger()}
		b.doors.Reception = shared[appOf(cfg)]
		all = append(all, b)
	}
	return all
}

// run serves all of them until ctx ends. What keeps one from being served is logged
// and tried again, and is nothing to the others. Address is that of the HTTP door;
// empty = none.
func (all branches) run(ctx context.Context, address string, log zerolog.Logger) error {
	open, shut := context.WithCancel(context.WithoutCancel(ctx))
	defer shut()
	var door sync.WaitGroup
	if address != "" {
		d, err := openHTTPDoor(ctx, address, all.handler(log), log)
		if err != nil {
			return err
		}
		log.Info().Stringer("address", d.listener.Addr()).Msg("http_listening")
		door.Go(func() { d.run(open) })
	}
	door.Go(func() { tellSystemd(open, log) })
	unserved := make([]error, len(all))
	var serving sync.WaitGroup
	lives := all.receive(ctx, &serving)
	for i, b := range all {
		serving.Go(func() { unserved[i] = b.keep(lives[i]) })
	}
	serving.Wait()
	shut()
	door.Wait()
	return errors.Join(unserved...)
}

// receive runs the receptions of shared apps until ctx ends, and returns the life of
// each shop: it ends with ctx, or after the reception by which its people come in.
func (all branches) receive(ctx context.Context, serving *sync.WaitGroup) []context.Context {
	lives := make([]context.Context, len(all))
	behind := map[*bot.Reception]context.Context{}
	for i, b := range all {
		r := b.doors.Reception
		if lives[i] = ctx; r == nil {
			continue
		}
		if behind[r] == nil {
			life, end := context.WithCancel(context.WithoutCancel(ctx))
			behind[r] = life
			serving.Go(func() { defer end(); r.Run(ctx) })
		}
		lives[i] = behind[r]
	}
	return lives
}

// keep serves the shop until ctx ends. The error is bot.ErrUnserved or nil.
func (b *branch) keep(ctx context.Context) error {
	for pause := branchPause; ; pause = min(2*pause, branchPauseMost) {
		began := time.Now()
		err := b.serve(ctx)
		if ctx.Err() != nil {
			if errors.Is(err, bot.ErrUnserved) {
				return err
			}
			return nil
		}
		if time.Since(began) > 2*branchPauseMost {
			pause = branchPause
		}
		b.log.Error().Err(err).Dur("again_in", pause).Msg("shop_not_served")
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// serve is runApp, seen from the HTTP door.
func (b *branch) serve(ctx context.Context) error {
	a, err := newApp(ctx, b.cfg, b.doors, b.log)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.check(ctx); err != nil {
		return err
	}
	b.now.Store(a)
	defer b.now.Store(nil)
	return a.serve(ctx)
}

// ready says how the shop is.
func (b *branch) ready(ctx context.Context) (status int, parts map[string]string) {
	if a := b.now.Load(); a != nil {
		return a.ready(ctx)
	}
	return http.StatusServiceUnavailable, map[string]string{"start": "not ready"}
}

// branches are all shops of this process.
type branches []*branch

// handler is the HTTP door of them all: health, metrics, and for each the REST door
// under /sites/SITE/.
func (all branches) handler(log zerolog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		var sites []string
		for _, b := range all {
			sites = append(sites, b.cfg.Site)
		}
		writeJSON(w, http.StatusOK, map[string][]string{"sites": sites})
	})
	mux.HandleFunc("GET /readyz", all.ready)
	process := prometheus.NewRegistry()
	registerProcess(process)
	process.MustRegister(all)
	mux.Handle("GET /metrics", metricsHandler(prometheus.Gatherers{process, all}, log))
	for _, b := range all {
		at := "/sites/" + b.cfg.Site
		mux.HandleFunc("GET "+at+"/readyz", func(w http.ResponseWriter, r *http.Request) {
			status, parts := b.ready(r.Context())
			writeJSON(w, status, parts)
		})
		if b.cfg.HTTPTokensFile != "" {
			mux.Handle(at+"/api/", http.StripPrefix(at, http.HandlerFunc(b.serveAPI)))
		}
	}
	return mux
}

// serveAPI is the shop's REST door.
func (b *branch) serveAPI(w http.ResponseWriter, r *http.Request) {
	a := b.now.Load()
	if a == nil {
		w.Header().Set("Retry-After", "5")
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"start": "not ready"})
		return
	}
	a.api.ServeHTTP(w, r)
}

// ready answers for all shops at once: 503 when one of them is not served, and which.
func (all branches) ready(w http.ResponseWriter, r *http.Request) {
	status, out := http.StatusOK, map[string]map[string]string{}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for _, b := range all {
		asking.Go(func() {
			code, parts := b.ready(r.Context())
			mu.Lock()
			defer mu.Unlock()
			out[b.cfg.Site] = parts
			status = max(status, code)
		})
	}
	asking.Wait()
	writeJSON(w, status, out)
}

var shopUp = prometheus.NewDesc("spoolbot_shop_up", "1 for a shop of this process that is served, 0 for one that waits to be tried again.", []string{"site"}, nil)

// Describe implements prometheus.Collector.
func (all branches) Describe(out chan<- *prometheus.Desc) { out <- shopUp }

// Collect implements prometheus.Collector.
func (all branches) Collect(out chan<- prometheus.Metric) {
	for _, b := range all {
		up := 0.0
		if b.now.Load() != nil {
			up = 1
		}
		out <- prometheus.MustNewConstMetric(shopUp, prometheus.GaugeValue, up, b.cfg.Site)
	}
}

// Gather implements prometheus.Gatherer: each shop that is served tells its own. They
// are asked side by side, because one whose Redis hangs needs its time.
func (all branches) Gather() ([]*dto.MetricFamily, error) {
	each := make(prometheus.Gatherers, len(all))
	var asking sync.WaitGroup
	for i, b := range all {
		asking.Go(func() {
			each[i] = prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return nil, nil })
			a := b.now.Load()
			if a == nil {
				return
			}
			families, err := a.metrics.registry.Gather()
			each[i] = prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return families, err })
		})
	}
	asking.Wait()
	return each.Gather()
}
