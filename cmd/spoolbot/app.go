package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/sheet"
)

// Doors are the ways out of the program where they are not the ordinary ones:
// the demo and the tests lead them to emulators. The zero value is production.
type Doors struct {
	Slack  *http.Client      // Web API and response URLs
	Dialer *websocket.Dialer // sockets
	Sheets *http.Client      // sends no credentials
	Redis  redis.UniversalClient
	// Reception is that of the Slack app where several shops share it; nil = it is the
	// shop's own.
	Reception *bot.Reception
	Ready     func() // called once everything answers
	OnAck     func(time.Duration)
	// Observe is told of the end of every commit.
	Observe func(occupation.Observation)
}

// startTime is how long each check at the start may take.
const startTime = 30 * time.Second

// run is the program: it makes clients, adapters, core and doors, checks that
// all of them answer, and serves until ctx ends. It drains in reverse: no new
// envelopes, then running work is finished and settled, then it returns.
func runApp(ctx context.Context, cfg Config, doors Doors, log zerolog.Logger) error {
	a, err := newApp(ctx, cfg, doors, log)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.check(ctx); err != nil {
		return err
	}
	return a.serve(ctx)
}

// app is the program's parts.
type app struct {
	log   zerolog.Logger
	cfg   Config
	zone  *time.Location
	doors Doors
	redis redis.UniversalClient
	locks *locks.Locks
	sheet *sheet.Sheet
	core  *occupation.Service
	bot   *bot.Bot

	metrics *metrics
	api     http.Handler // REST; nil = off
	http    *httpDoor    // nil = none
}

func newApp(ctx context.Context, cfg Config, doors Doors, log zerolog.Logger) (*app, error) {
	a := &app{log: log, cfg: cfg, zone: cfg.Zone, doors: doors, redis: doors.Redis, metrics: newMetrics(cfg.label())}
	if a.redis == nil {
		a.redis = newRedis(cfg)
	}
	if cfg.HTTPListen != "" || cfg.Several {
		a.redis.AddHook(watchedRedis{a.metrics})
	}
	var err error
	if a.sheet, err = newSheet(ctx, cfg, doors, a.metrics, a.quota); err != nil {
		return nil, err
	}
	a.locks = locks.New(a.redis, locks.Options{Site: cfg.Site, WriteQuota: cfg.quota()})
	a.metrics.shared(a.locks)
	news := &relay{expired: a.metrics.expired.Inc}
	replica := replicaName()
	a.core = occupation.New(occupation.Config{
		Replica: replica, Zone: cfg.Zone, TTL: cfg.LockTTL, Grace: cfg.Grace, Shifts: cfg.Shifts,
		WarnBefore: cfg.WarnBefore, Observe: a.observe,
	}, occupation.Ports{Locks: a.locks, Desk: a.locks, Records: a.sheet, Directory: a.sheet, Claims: a.locks, Notifier: news})
	api, socket, client := bot.NewSlack(slackConfig(cfg, doors, log, a.metrics.slackCall))
	a.bot = bot.New(bot.Options{
		API: api, Socket: socket, HTTP: client, Core: a.core, Memory: a.locks, Diary: a.locks, Tally: a.locks, Alerts: cfg.Alerts, Zone: cfg.Zone, Log: log,
		Reception: doors.Reception, Site: cfg.Site,
		Replica: replica, Supervisors: cfg.SupervisorChannel, OnEnvelope: a.sheet.Touch, OnAck: a.acked, OnOperation: a.metrics.operation, OnFound: a.metrics.found,
	})
	news.bot.Store(a.bot)
	a.metrics.leader(a.bot.Leads)
	if a.api, err = a.newAPI(cfg); err == nil && !cfg.Several {
		a.http, err = a.newHTTPDoor(ctx, cfg)
	}
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *app) acked(took time.Duration) {
	a.metrics.ackTime.Observe(took.Seconds())
	if a.doors.OnAck != nil {
		a.doors.OnAck(took)
	}
}

// check asks Redis and the sheet whether they are what the program needs, and
// reports every fault at once with what to do. Slack's token is checked by the
// bot's first call.
func (a *app) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	var wg sync.WaitGroup
	var redisFault, sheetFault error
	wg.Go(func() { redisFault = a.checkRedis(ctx) })
	wg.Go(func() { sheetFault = a.checkSheet(ctx) })
	wg.Wait()
	if err := errors.Join(redisFault, sheetFault); err != nil {
		return err
	}
	if err := a.core.Start(ctx); err != nil {
		return fmt.Errorf("locks and sheet could not be brought together: %w", err)
	}
	return nil
}

func (a *app) checkRedis(ctx context.Context) error {
	info, err := a.locks.Check(ctx)
	if err != nil {
		return fmt.Errorf("redis does not answer: %w; is it running, and is REDIS_URL right?", err)
	}
	if _, err := a.locks.Snapshot(ctx); errors.Is(err, locks.ErrNewer) {
		return fmt.Errorf("redis: %w", err)
	}
	a.log.Info().Str("version", info.Version).Dur("latency", info.Latency).Msg("redis_ready")
	if info.MaxMemoryPolicy != "" && info.MaxMemoryPolicy != "noeviction" {
		a.log.Warn().Str("maxmemory_policy", info.MaxMemoryPolicy).Str("advice", "set noeviction, else locks may vanish").Msg("redis_setting")
	}
	if info.Persistence == "none" || info.Persistence == "rdb" {
		a.log.Warn().Str("persistence", info.Persistence).Str("advice", "set appendonly yes, else a crash of Redis loses locks").Msg("redis_setting")
	}
	return nil
}

func (a *app) checkSheet(ctx context.Context) error {
	report, err := a.sheet.Open(ctx)
	for _, f := range report.Faults {
		a.log.Warn().Err(f).Msg("sheet_finding")
	}
	if err != nil {
		return fmt.Errorf("the sheet cannot be used: %w; %s", err, sheetAdvice(err))
	}
	a.log.Info().Int("spools", report.Spools).Int("workers", report.Workers).Bool("stamp_guard", report.Guard).
		Str("time_zone", report.TimeZone).Msg("sheet_ready")
	if report.TimeZone != a.zone.String() {
		a.log.Warn().Str("sheet", report.TimeZone).Str("shop", a.zone.String()).Msg("time_zones_differ")
	}
	return nil
}

// sheetAdvice is what to do about a sheet that cannot be used.
func sheetAdvice(err error) string {
	if occupation.CodeOf(err) == occupation.SheetSchema {
		return "give the tab or the column that name back, or add it"
	}
	return "is SPREADSHEET_ID right, and is the sheet shared with the service account as editor?"
}

// serve runs the doors and the work behind them until ctx ends or a door gives
// up for good.
func (a *app) serve(ctx context.Context) error {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var behind sync.WaitGroup
	behind.Go(func() { a.core.Run(life) })
	behind.Go(func() { a.sheet.Run(life) })
	open, shut := context.WithCancel(ctx)
	defer shut()
	var door sync.WaitGroup
	if a.http != nil {
		a.log.Info().Stringer("address", a.http.listener.Addr()).Msg("http_listening")
		door.Go(func() { a.http.run(open) })
	}
	if a.doors.Ready != nil {
		a.doors.Ready()
	}
	a.log.Info().Msg("serving")
	if !a.cfg.Several {
		door.Go(func() { tellSystemd(open, a.log) })
	}
	err := a.bot.Run(ctx)
	shut()
	door.Wait()
	end()
	behind.Wait()
	a.log.Info().Msg("stopped")
	switch {
	case errors.Is(err, bot.ErrUnserved):
		return err
	case err != nil:
		return fmt.Errorf("%w; check SLACK_BOT_TOKEN and SLACK_APP_TOKEN", err)
	}
	return nil
}

func (a *app) close() {
	a.sheet.Close()
	if a.doors.Redis == nil {
		_ = a.redis.Close() // nothing is under way any more
	}
}

func (a *app) observe(o occupation.Observation) {
	level := zerolog.InfoLevel
	if o.Outcome != "landed" && o.Outcome != "waited" {
		level = zerolog.WarnLevel
	}
	a.log.WithLevel(level).AnErr("cause", o.Err).Str("commit", o.Commit).Strs("requests", o.Requests).Int("events", o.Events).Int("sends", o.Sends).Dur("took", o.Took).
		Str("outcome", o.Outcome).Msg("commit")
	if o.Outcome == "landed" {
		a.metrics.commitEvents.Observe(float64(o.Events))
	}
	if o.Outcome == "repaired" || o.Outcome == "unrepaired" {
		a.metrics.repairs.Inc()
		a.bot.Repaired(o.Outcome == "repaired", o.Tags)
	}
	if a.doors.Observe != nil {
		a.doors.Observe(o)
	}
}

// quota takes a write of the sheet for what no commit is bound for. While Redis
// does not answer nothing else is written, so that such a write is free.
func (a *app) quota(ctx context.Context) error {
	if err := a.locks.Write(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn().Err(err).Msg("quota_not_asked")
	}
	return ctx.Err()
}

// relay is the core's Notifier until, and after, there is a bot: each needs the
// other to be made.
type relay struct {
	bot     atomic.Pointer[bot.Bot]
	expired func()
}

// Settled implements occupation.Notifier.
func (r *relay) Settled(ctx context.Context, n occupation.Notice) {
	if n.Intent.Kind == occupation.Expire && n.Err == nil {
		r.expired()
	}
	if b := r.bot.Load(); b != nil {
		b.Settled(ctx, n)
	}
}

// replicaName is unique among all processes that ever served the site.
func replicaName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%d", host, os.Getpid(), time.Now().UnixNano())
}
