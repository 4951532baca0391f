package main

import (
	"context"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
)

// metrics are what GET /metrics tells. The names are an interface.
type metrics struct {
	registry      *prometheus.Registry
	register      prometheus.Registerer // puts the shop's label on
	operations    *prometheus.CounterVec
	operationTime prometheus.Histogram
	sheetCalls    *prometheus.CounterVec
	sheetTime     prometheus.Histogram
	commitEvents  prometheus.Histogram
	redisTime     prometheus.Histogram
	redisErrors   prometheus.Counter
	slackCalls    *prometheus.CounterVec
	ackTime       prometheus.Histogram
	expired       prometheus.Counter
	repairs       prometheus.Counter
	reconciled    *prometheus.CounterVec
}

// newMetrics makes them, with what the process itself tells; of one of several shops
// in it, that shop's own alone, under its label.
func newMetrics(label prometheus.Labels) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spoolbot_" + name, Help: help}, labels)
	}
	histogram := func(name, help string, from float64, count int) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: "spoolbot_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(from, 2, count)})
	}
	m := &metrics{
		registry:      prometheus.NewRegistry(),
		operations:    counter("operations_total", "Results of people's operations, one for each spool; result is ok or the code of the refusal.", "operation", "result"),
		operationTime: histogram("operation_seconds", "From the request to its answer.", 0.01, 14),
		sheetCalls:    counter("sheet_calls_total", "Calls of the Sheets API; kind is read or write, status 0 is a line that broke.", "kind", "status"),
		sheetTime:     histogram("sheet_call_seconds", "How long they took.", 0.01, 14),
		commitEvents:  histogram("sheet_commit_events", "Events that a commit of the sheet carried.", 1, 8),
		redisTime:     histogram("redis_seconds", "How long calls of Redis took.", 0.0001, 16),
		redisErrors:   prometheus.NewCounter(prometheus.CounterOpts{Name: "spoolbot_redis_errors_total", Help: "Calls of Redis that failed."}),
		slackCalls:    counter("slack_calls_total", "Calls of Slack's Web API and response URLs; result is ok, the HTTP status or error.", "method", "result"),
		ackTime:       histogram("ack_seconds", "From an envelope's arrival to its acknowledgement.", 0.0001, 16),
		expired:       prometheus.NewCounter(prometheus.CounterOpts{Name: "spoolbot_expired_total", Help: "Occupations that expired."}),
		repairs:       prometheus.NewCounter(prometheus.CounterOpts{Name: "spoolbot_repairs_total", Help: "Writes of the sheet that had to be put right because people moved rows meanwhile."}),
		reconciled:    counter("reconcile_total", "Differences between sheet and locks that were found; action is what kind.", "action"),
	}
	m.register = prometheus.WrapRegistererWith(label, m.registry)
	m.register.MustRegister(
		m.operations, m.operationTime, m.sheetCalls, m.sheetTime, m.commitEvents, m.redisTime, m.redisErrors, m.slackCalls, m.ackTime, m.expired, m.repairs, m.reconciled,
	)
	// What the alerts compare is there from the start: for Prometheus a counter that
	// appears with its first count has not grown.
	for _, code := range []occupation.Code{"", occupation.SpoolOccupied} {
		m.operations.WithLabelValues(occupation.Take.Action(), resultName(code))
	}
	if len(label) == 0 {
		registerProcess(m.registry)
	}
	return m
}

// registerProcess adds what the process tells, whatever it does.
func registerProcess(r prometheus.Registerer) {
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// statsTime bounds the question to Redis in a scrape.
const statsTime = 2 * time.Second

// shared adds the numbers that stand in Redis, as they are when they are asked for.
func (m *metrics) shared(l *locks.Locks) {
	m.register.MustRegister(&sharedStats{
		locks:       l,
		occupations: prometheus.NewDesc("spoolbot_occupations", "Spools that somebody holds, or that are kept for who let them lapse.", nil, nil),
		pending:     prometheus.NewDesc("spoolbot_outbox_pending", "Changes that are not settled yet, waiting audit rows included.", nil, nil),
		quota:       prometheus.NewDesc("spoolbot_quota_tokens", "Writes of the sheet that are left in this minute.", nil, nil),
	})
}

// leader adds whether this replica does the jobs.
func (m *metrics) leader(leads func() bool) {
	m.register.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "spoolbot_leader", Help: "1 where the jobs of the site are done."}, func() float64 {
		if leads() {
			return 1
		}
		return 0
	}))
}

func (m *metrics) found(kind occupation.FindingKind) {
	m.reconciled.WithLabelValues(string(kind)).Inc()
}

type sharedStats struct {
	locks                       *locks.Locks
	occupations, pending, quota *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (s *sharedStats) Describe(out chan<- *prometheus.Desc) {
	out <- s.occupations
	out <- s.pending
	out <- s.quota
}

// Collect implements prometheus.Collector; without Redis there are no numbers.
func (s *sharedStats) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTime)
	defer cancel()
	stats, err := s.locks.Stats(ctx)
	if err != nil {
		return
	}
	out <- prometheus.MustNewConstMetric(s.occupations, prometheus.GaugeValue, float64(stats.Occupations))
	out <- prometheus.MustNewConstMetric(s.pending, prometheus.GaugeValue, float64(stats.Pending))
	out <- prometheus.MustNewConstMetric(s.quota, prometheus.GaugeValue, float64(stats.WritesLeft))
}

// metricsHandler serves GET /metrics.
func metricsHandler(of prometheus.Gatherer, log zerolog.Logger) http.Handler {
	return promhttp.HandlerFor(of, promhttp.HandlerOpts{ErrorLog: stdLog(log), MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// operation counts one result.
func (m *metrics) operation(kind occupation.Kind, code occupation.Code, took time.Duration) {
	m.operations.WithLabelValues(kind.Action(), resultName(code)).Inc()
	m.operationTime.Observe(took.Seconds())
}

// resultName is a code as the counters have it.
func resultName(code occupation.Code) string {
	if code == "" {
		return "ok"
	}
	return string(code)
}

// slackCall counts a call; methods that are not Slack's are one.
func (m *metrics) slackCall(method, result string) {
	m.slackCalls.WithLabelValues(method, result).Inc()
}

// watchedSheets is a RoundTripper that counts calls of the Sheets API.
type watchedSheets struct {
	next http.RoundTripper
	m    *metrics
}

// RoundTrip implements http.RoundTripper.
func (w watchedSheets) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := w.next.RoundTrip(r)
	kind, status := "read", 0
	if r.Method == http.MethodPost && strings.HasSuffix(path.Base(r.URL.Path), ":batchUpdate") {
		kind = "write"
	}
	if err == nil {
		status = resp.StatusCode
	}
	w.m.sheetCalls.WithLabelValues(kind, strconv.Itoa(status)).Inc()
	w.m.sheetTime.Observe(time.Since(began).Seconds())
	return resp, err
}

// watchedRedis is a hook of go-redis that measures calls. An empty answer is none
// that failed.
type watchedRedis struct{ m *metrics }

// DialHook implements redis.Hook.
func (watchedRedis) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (w watchedRedis) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		began := time.Now()
		err := next(ctx, cmd)
		w.seen(began, err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (w watchedRedis) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		began := time.Now()
		err := next(ctx, cmds)
		w.seen(began, err)
		return err
	}
}

func (w watchedRedis) seen(began time.Time, err error) {
	w.m.redisTime.Observe(time.Since(began).Seconds())
	if err != nil && err != redis.Nil && !redis.HasErrorPrefix(err, "NOSCRIPT") { //nolint:errorlint // go-redis gives both as they are
		w.m.redisErrors.Inc()
	}
}
