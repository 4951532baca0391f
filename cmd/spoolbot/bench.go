package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	latency time.Duration
	rounds  int
	acks    int
	idle    time.Duration
	redis   *benchRedis
}

// bench measures the program against the emulators and prints one figure a
// line: name, value, unit. callbycall_* is the same work as a straightforward
// program would do it, in the same run.
func bench(ctx context.Context, in invocation) error {
	var f benchFlags
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.DurationVar(&f.latency, "sheet-latency", 250*time.Millisecond, "round trip of the emulated sheet")
	fs.IntVar(&f.rounds, "rounds", 30, "how often each operation is measured")
	fs.IntVar(&f.acks, "acks", 1000, "how many acknowledgements are measured")
	fs.DurationVar(&f.idle, "idle", time.Minute, "how long an idle program is watched")
	if err := in.parseFlags(fs); err != nil {
		return err
	}
	r := &report{out: in.stdout}
	r.note("sheet round trip %v; %d rounds, %d acks; the emulators run in the same process", f.latency, f.rounds, f.acks)
	redis.SetLogger(redisLog{zerolog.Nop()})
	server, err := startBenchRedis(ctx, r)
	if err != nil {
		return fmt.Errorf("redis for the bench: %w", err)
	}
	defer server.stop()
	f.redis = server
	// What waits by itself is measured beside the rest; what counts milliseconds
	// or memory has the machine to itself afterwards.
	var wg sync.WaitGroup
	var idleErr, callErr error
	wg.Go(func() { idleErr = benchIdle(ctx, f, r) })
	wg.Go(func() { callErr = benchCallByCall(ctx, f, r) })
	err = benchOperations(ctx, f, r)
	wg.Wait()
	for _, step := range []func() error{
		func() error { return err },
		func() error { return idleErr },
		func() error { return callErr },
		func() error { return benchLocks(ctx, f, r) },
		func() error { return benchStart(ctx, f, in, r) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// report prints figures as they come.
type report struct {
	mu  sync.Mutex
	out io.Writer
}

func (r *report) figure(name string, value float64, unit, comment string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if comment != "" {
		comment = "  # " + comment
	}
	fmt.Fprintf(r.out, "%s %.4g %s%s\n", name, value, unit, comment)
}

func (r *report) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, "# "+format+"\n", args...)
}

// quantile is the q-quantile of some times, in units.
func quantile(times []time.Duration, q float64, unit time.Duration) float64 {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]) / float64(unit)
}

// benchShop is the whole program over TCP on loopback, and its far ends.
type benchShop struct {
	*farEnds
	app   *app
	trips *tripCounter
	end   func() error
}

// openBenchShop starts the program as demo does, with a counter in the line to
// Redis.
func openBenchShop(ctx context.Context, f demoFlags) (*benchShop, error) {
	far, err := openFarEnds(ctx, f)
	if err != nil {
		return nil, err
	}
	cfg, err := readConfig(far.environment(f), false)
	if err != nil {
		far.close()
		return nil, err
	}
	b := &benchShop{farEnds: far, trips: &tripCounter{}}
	client := redis.NewUniversalClient(cfg.redisOptions())
	client.AddHook(b.trips)
	ready := make(chan struct{})
	if b.app, err = newApp(ctx, cfg, Doors{Redis: client, Ready: func() { close(ready) }}, zerolog.Nop()); err != nil {
		far.close()
		return nil, err
	}
	if err := b.app.check(ctx); err != nil {
		far.close()
		return nil, err
	}
	life, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- b.app.serve(life) }()
	b.end = func() error {
		cancel()
		err := <-ended
		b.app.close()
		_ = client.Close()
		far.close()
		return err
	}
	<-ready
	wait, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := far.slack.Wait(wait, func() bool { return far.slack.Sockets() > 0 }); err != nil {
		return nil, fmt.Errorf("no socket: %w; %w", err, b.end())
	}
	return b, nil
}

// pace keeps the operations below the place where the write quota begins to
// space them: the figures are of one operation alone, not of a full minute.
const pace = 1800 * time.Millisecond

// benchOperations measures what people wait for.
func benchOperations(ctx context.Context, f benchFlags, r *report) error {
	b, err := openBenchShop(ctx, demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 1, redisURL: f.redis.url(0)})
	if err != nil {
		return err
	}
	free := freeForARM(b.sheet)
	if need := f.rounds + 5*50; len(free) < need {
		return fmt.Errorf("the sample has %d free spools, bench needs %d; %w", len(free), need, b.end())
	}
	if err := b.single(ctx, f, r, free[:f.rounds]); err != nil {
		return fmt.Errorf("%w; %w", err, b.end())
	}
	if err := b.batches(ctx, f, r, free[f.rounds:]); err != nil {
		return fmt.Errorf("%w; %w", err, b.end())
	}
	if err := b.acks(ctx, f, r); err != nil {
		return fmt.Errorf("%w; %w", err, b.end())
	}
	for _, c := range append(b.slack.Complaints(), b.sheet.Complaints()...) {
		r.note("complaint: %s", c)
	}
	return b.end()
}

// single measures TOMAR, PAUSAR and COMPLETAR of one spool, from the typed line
// to the answer on the phone.
func (b *benchShop) single(ctx context.Context, f benchFlags, r *report, tags []string) error {
	times := map[string][]time.Duration{}
	who := b.slack.Person(b.people[0].ID)
	for _, tag := range tags {
		for _, line := range []string{"/tomar " + tag, "/pausar " + tag, "/tomar " + tag, "/completar " + tag} {
			took, err := b.answered(ctx, who, line)
			if err != nil {
				return err
			}
			verb := line[1 : len(line)-len(tag)-1]
			times[verb] = append(times[verb], took)
			if err := sleep(ctx, pace-took); err != nil {
				return err
			}
		}
	}
	for _, verb := range []string{"tomar", "pausar", "completar"} {
		r.figure(verb+"_p50_rtt", quantile(times[verb], 0.5, f.latency), "rtt",
			fmt.Sprintf("%.0f ms at p50, %.0f ms at p90, of %d", quantile(times[verb], 0.5, time.Millisecond), quantile(times[verb], 0.9, time.Millisecond), len(times[verb])))
	}
	return nil
}

// answered types a line and waits for the answer on the phone.
func (b *benchShop) answered(ctx context.Context, who *slacksim.Person, line string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	before := len(who.Messages(b.taller))
	began := time.Now()
	if err := who.Type(ctx, b.taller, line); err != nil {
		return 0, fmt.Errorf("%.60s: %w", line, err)
	}
	if err := b.slack.Wait(ctx, func() bool { return len(who.Messages(b.taller)) > before }); err != nil {
		return 0, fmt.Errorf("%.60s: no answer: %w", line, err)
	}
	return time.Since(began), nil
}

// batches measures TOMAR of fifty at the core's door, where the round trips can
// be told from those of Slack's side, and puts them back.
func (b *benchShop) batches(ctx context.Context, f benchFlags, r *report, tags []string) error {
	var times []time.Duration
	writes, reads, trips := 1<<30, 1<<30, 1<<30
	for n := range 5 {
		fifty := tags[n*50 : n*50+50]
		b.app.sheet.Touch() // the shop is busy: the snapshot is at most two seconds old
		if err := sleep(ctx, 2*f.latency); err != nil {
			return err
		}
		w0, r0, t0 := b.count("write"), b.count("read"), b.trips.n.Load()
		began := time.Now()
		results, err := b.app.core.Take(ctx, occupation.Request{Worker: b.people[0].WorkerID, Now: time.Now()}, "", fifty)
		if err != nil {
			return err
		}
		times = append(times, time.Since(began))
		// The heartbeat or a refresh may fall into one of the five: the least counts.
		writes, reads = min(writes, b.count("write")-w0), min(reads, b.count("read")-r0)
		trips = min(trips, int(b.trips.n.Load()-t0))
		for _, res := range results {
			if res.Err != nil {
				return fmt.Errorf("batch: %w", res.Err)
			}
		}
		if err := sleep(ctx, pace); err != nil {
			return err
		}
	}
	r.figure("batch50_sheet_writes", float64(writes), "calls", "")
	r.figure("batch50_sheet_reads", float64(reads), "calls", "while busy")
	r.figure("batch50_redis_roundtrips", float64(trips), "roundtrips", "intend, bind, settle")
	r.figure("batch50_p50_rtt", quantile(times, 0.5, f.latency), "rtt", "")
	return nil
}

func (b *benchShop) count(kind string) int {
	n := 0
	for _, c := range b.sheet.Calls() {
		if c.Kind == kind {
			n++
		}
	}
	return n
}

// acks measures how long Slack waits for an acknowledgement.
func (b *benchShop) acks(ctx context.Context, f benchFlags, r *report) error {
	done := len(b.slack.Envelopes())
	for n := range f.acks {
		who := b.slack.Person(b.people[n%8].ID)
		if err := who.Type(ctx, b.taller, "/ayuda"); err != nil {
			return fmt.Errorf("/ayuda: %w", err)
		}
	}
	var times []time.Duration
	for _, e := range b.slack.Envelopes()[done:] {
		if !e.AckedAt.IsZero() {
			times = append(times, e.AckedAt.Sub(e.SentAt))
		}
	}
	r.figure("ack_p99_ms", quantile(times, 0.99, time.Millisecond), "ms", fmt.Sprintf("of %d, p50 %.2f ms", len(times), quantile(times, 0.5, time.Millisecond)))
	return nil
}

// benchIdle counts what an idle program reads.
func benchIdle(ctx context.Context, f benchFlags, r *report) error {
	b, err := openBenchShop(ctx, demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 2, redisURL: f.redis.url(1)})
	if err != nil {
		return err
	}
	before := b.count("read")
	if err := sleep(ctx, f.idle); err != nil {
		return fmt.Errorf("%w; %w", err, b.end())
	}
	r.figure("idle_reads_per_minute", float64(b.count("read")-before)/f.idle.Minutes(), "reads", "")
	return b.end()
}

// freeForARM are the TAGs that anybody may take for ARM.
func freeForARM(sheet *sheetsim.Server) []string { return freeTags(sheet, 1<<30) }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
