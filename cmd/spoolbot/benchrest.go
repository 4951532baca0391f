package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// tripCounter counts the round trips of a Redis client, and may make each of
// them slow.
type tripCounter struct {
	n    atomic.Int64
	slow time.Duration
}

// DialHook implements redis.Hook.
func (c *tripCounter) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (c *tripCounter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.n.Add(1)
		if err := sleep(ctx, c.slow); err != nil {
			return err
		}
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook implements redis.Hook.
func (c *tripCounter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmds)
	}
}

// benchLocks compares fifty locks in one script with fifty SET NX in a row,
// over a line of 20 ms.
func benchLocks(ctx context.Context, f benchFlags, r *report) error {
	url := f.redis.url(4)
	if url == "" {
		m, err := miniredis.Run()
		if err != nil {
			return err
		}
		defer m.Close()
		url = "redis://" + m.Addr()
	}
	client, err := dialRedis(url)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	store := locks.New(client, locks.Options{Site: "bench"})
	if err := errors.Join(store.Restore(ctx, nil, 0), store.Beat(ctx, "bench", time.Minute)); err != nil {
		return err
	}
	const line = 20 * time.Millisecond
	client.AddHook(&tripCounter{slow: line})
	var together, apart []time.Duration
	for round := range 5 {
		intents := make([]occupation.Intent, 50)
		for i := range intents {
			key := fmt.Sprintf("B-%d-%d", round, i)
			intents[i] = occupation.Intent{
				Event: key, Kind: occupation.Take, Key: key, Tag: key, Operation: occupation.ARM,
				Worker: occupation.Holder{ID: 1, Name: "B"}, TTL: time.Hour,
			}
		}
		began := time.Now()
		if _, err := store.Intend(ctx, "bench", intents); err != nil {
			return err
		}
		together = append(together, time.Since(began))
		began = time.Now()
		for i := range intents {
			if err := client.SetNX(ctx, "apart:"+intents[i].Key, "1", time.Hour).Err(); err != nil {
				return err
			}
		}
		apart = append(apart, time.Since(began))
	}
	r.figure("locks_take50_ms", quantile(together, 0.5, time.Millisecond), "ms", "one script, over a line of 20 ms")
	r.figure("locks_take50_sequential_ms", quantile(apart, 0.5, time.Millisecond), "ms", "fifty SET NX in a row")
	return nil
}

// benchStart measures serve as a process of its own on a big sheet.
func benchStart(ctx context.Context, f benchFlags, in invocation, r *report) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	far, err := openFarEndsOn(ctx, demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 3, redisURL: f.redis.url(3)},
		sheetsim.SampleWith(sheetsim.SampleOptions{Seed: 3, Now: time.Now(), Spools: 20_000}))
	if err != nil {
		return err
	}
	defer far.close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, self, "serve")
	child.Env = far.environmentList(demoFlags{lockTTL: time.Hour})
	child.Stderr = in.stderr
	began := time.Now()
	if err := child.Start(); err != nil {
		return err
	}
	err = far.slack.Wait(ctx, func() bool { return far.slack.Sockets() > 0 })
	took := time.Since(began)
	if err == nil {
		err = sleep(ctx, 5*time.Second) // a refresh or two
	}
	rss, rssErr := residentMB(child.Process.Pid)
	_ = child.Process.Signal(os.Interrupt)
	if err = errors.Join(err, rssErr, child.Wait()); err != nil {
		return fmt.Errorf("serve as a child: %w", err)
	}
	r.figure("start_20k_ms", float64(took.Milliseconds()), "ms", "20,000 spools x 75 columns, until a socket is open")
	r.figure("start_20k_rss_mb", rss, "MB", "resident after two refreshes")
	return nil
}

// residentMB is a process's resident memory as the kernel tells it.
func residentMB(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return float64(kb) / 1024, err
		}
	}
	return 0, errors.New("the kernel does not tell the resident memory")
}

// benchCallByCall does the same work as a straightforward program would: read
// the row, take the lock with SET NX, one write per range of cells, one append.
// Its sheet has no quota: with Google's it would stand still after a minute.
func benchCallByCall(ctx context.Context, f benchFlags, r *report) error {
	far, err := openFarEnds(ctx, demoFlags{latency: f.latency, quota: 1_000_000, lockTTL: time.Hour, seed: 1, redisURL: f.redis.url(2)})
	if err != nil {
		return err
	}
	defer far.close()
	service, err := sheets.NewService(ctx, option.WithEndpoint(far.sheet.URL()), option.WithoutAuthentication())
	if err != nil {
		return err
	}
	client, err := dialRedis(far.redisURL)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	trips := &tripCounter{}
	client.AddHook(trips)
	c := &callByCall{far: far, sheet: service.Spreadsheets.Values, redis: client}
	if err := c.learn(ctx); err != nil {
		return err
	}
	free := freeForARM(far.sheet)
	times := map[string][]time.Duration{}
	for _, tag := range free[:f.rounds] {
		for _, verb := range []string{"tomar", "pausar", "tomar", "completar"} {
			began := time.Now()
			if err := c.do(ctx, verb, tag); err != nil {
				return fmt.Errorf("call by call: %w", err)
			}
			times[verb] = append(times[verb], time.Since(began))
		}
	}
	for _, verb := range []string{"tomar", "pausar", "completar"} {
		r.figure("callbycall_"+verb+"_p50_rtt", quantile(times[verb], 0.5, f.latency), "rtt", "")
	}
	b := &benchShop{farEnds: far}
	w0, r0, t0 := b.count("write"), b.count("read"), trips.n.Load()
	began := time.Now()
	for _, tag := range free[f.rounds : f.rounds+50] {
		if err := c.do(ctx, "tomar", tag); err != nil {
			return fmt.Errorf("call by call: %w", err)
		}
	}
	took := time.Since(began)
	r.figure("callbycall_batch50_sheet_writes", float64(b.count("write")-w0), "calls", "against a quota of 60 a minute")
	r.figure("callbycall_batch50_sheet_reads", float64(b.count("read")-r0), "calls", "")
	r.figure("callbycall_batch50_redis_roundtrips", float64(trips.n.Load()-t0), "roundtrips", "")
	r.figure("callbycall_batch50_p50_rtt", float64(took)/float64(f.latency), "rtt", "once")
	r.figure("callbycall_ops_per_minute", 60/quantile(times["tomar"], 0.5, time.Second), "operations", "without a quota; with 60 writes a minute at most 20")
	return nil
}

// callByCall is the straightforward program.
type callByCall struct {
	far    *farEnds
	sheet  *sheets.SpreadsheetsValuesService
	redis  redis.UniversalClient
	column map[string]string // letters by header
}

func (c *callByCall) learn(ctx context.Context) error {
	head, err := c.sheet.Get(c.far.sheet.SpreadsheetID(), "Operaciones!1:1").Context(ctx).Do()
	if err != nil {
		return err
	}
	c.column = map[string]string{}
	for i, h := range head.Values[0] {
		c.column[fmt.Sprint(h)] = strings.TrimRight(cellName(i, 1), "1")
	}
	return nil
}

func (c *callByCall) do(ctx context.Context, verb, tag string) error {
	id := c.far.sheet.SpreadsheetID()
	col := c.column["TAG_SPOOL"]
	tags, err := c.sheet.Get(id, "Operaciones!"+col+":"+col).Context(ctx).Do()
	if err != nil {
		return err
	}
	row := 0
	for i, v := range tags.Values {
		if len(v) > 0 && v[0] == tag {
			row = i + 1
		}
	}
	if row == 0 {
		return fmt.Errorf("no row of %s", tag)
	}
	write := func(from, to string, values ...any) error {
		where := fmt.Sprintf("Operaciones!%s%d:%s%d", c.column[from], row, c.column[to], row)
		_, err := c.sheet.Update(id, where, &sheets.ValueRange{Values: [][]any{values}}).ValueInputOption("RAW").Context(ctx).Do()
		return err
	}
	if verb == "tomar" {
		err = errors.Join(
			c.redis.SetNX(ctx, "lock:"+tag, "93", time.Hour).Err(),
			write("Ocupado_Por", "Fecha_Ocupacion", "MR(93)", "23-11-2026 12:00:00"),
			write("Estado_Detalle", "Estado_Detalle", "ARM en progreso"),
		)
	} else {
		err = errors.Join(
			write("Ocupado_Por", "Fecha_Ocupacion", "", ""),
			write("Estado_Detalle", "Estado_Detalle", "ARM parcial (pausado)"),
		)
		if verb == "completar" {
			err = errors.Join(err, write("Fecha_Armado", "Armador", "23-11-2026", "MR(93)"))
		}
		err = errors.Join(err, c.redis.Del(ctx, "lock:"+tag).Err())
	}
	if err != nil {
		return err
	}
	_, err = c.sheet.Append(id, "Metadata!A1", &sheets.ValueRange{Values: [][]any{{"id", "23-11-2026 12:00:00", verb, tag, 93, "Mauricio Rodríguez", "ARM", verb, "", "{}"}}}).
		ValueInputOption("RAW").Context(ctx).Do()
	return err
}

// benchRedis is the Redis of a bench: a server of its own where redis-server is
// installed, else the embedded one, whose Lua is some thirty times slower.
type benchRedis struct {
	base string // redis://host:port, "" = embedded
	stop func()
}

func startBenchRedis(ctx context.Context, r *report) (*benchRedis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		r.note("redis: the embedded one, because redis-server is not installed: its scripts are slow")
		return &benchRedis{stop: func() {}}, nil
	}
	dir, err := os.MkdirTemp("", "spoolbot-bench")
	if err != nil {
		return nil, err
	}
	free, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	if err := free.Close(); err != nil {
		return nil, err
	}
	server := exec.CommandContext(ctx, path, "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--appendonly", "yes", "--save", "")
	if err := server.Start(); err != nil {
		return nil, err
	}
	b := &benchRedis{base: "redis://127.0.0.1:" + port, stop: func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}}
	client, err := b.client(0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Close() }()
	for range 100 {
		if err = client.Ping(ctx).Err(); err == nil {
			r.note("redis: redis-server on loopback, appendonly yes")
			return b, nil
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			break
		}
	}
	b.stop()
	return nil, errors.Join(errors.New("redis-server does not answer"), err)
}

// url is the address of one database, so that several shops share the server;
// "" = each embeds its own.
func (b *benchRedis) url(db int) string {
	if b.base == "" {
		return ""
	}
	return fmt.Sprintf("%s/%d", b.base, db)
}

func (b *benchRedis) client(db int) (redis.UniversalClient, error) { return dialRedis(b.url(db)) }

func dialRedis(url string) (redis.UniversalClient, error) {
	o, err := locks.ParseURL(url, 50)
	if err != nil {
		return nil, err
	}
	return redis.NewUniversalClient(o), nil
}
