//go:build !shop

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"github.com/schollz/progressbar/v3"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	latency time.Duration
	rounds  int
	acks    int
	idle    time.Duration
	only    string
	readme  string
	redis   *benchRedis
}

// benchStep measures some figures.
type benchStep struct {
	figures []string
	run     func(ctx context.Context, f benchFlags, r *report) error
}

// What waits by itself is measured beside the operations of one person, one at a
// time; what counts milliseconds under load, or memory, has the machine to itself
// afterwards.
func benchBeside() []benchStep {
	return []benchStep{
		{[]string{
			"tomar_p50_rtt", "pausar_p50_rtt", "completar_p50_rtt",
			"batch50_sheet_writes", "batch50_sheet_reads", "batch50_redis_roundtrips", "batch50_p50_rtt",
		}, benchOperations},
		{[]string{"idle_reads_per_minute"}, benchIdle},
		{[]string{
			"callbycall_tomar_p50_rtt", "callbycall_pausar_p50_rtt", "callbycall_completar_p50_rtt",
			"callbycall_batch50_sheet_writes", "callbycall_batch50_sheet_reads", "callbycall_batch50_redis_roundtrips",
			"callbycall_batch50_p50_rtt", "callbycall_ops_per_minute",
		}, benchCallByCall},
		{[]string{"sheetonly_tomar_p50_rtt", "sheetonly_ops_per_minute", "sheetonly_doubled_of_30"}, benchSheetOnly},
		{[]string{"doubled_of_30"}, benchContests},
		{[]string{"warn_lateness_p99_ms"}, benchWarnings},
	}
}

func benchAlone() []benchStep {
	return []benchStep{
		{[]string{"ack_p99_ms"}, benchAcks},
		{[]string{"storm200_p50_rtt", "storm200_p99_rtt", "storm200_429", "storm200_lost"}, benchStorm},
		{[]string{"sustained_ops_per_minute", "sustained_p99_ms"}, benchSustained},
		{[]string{"recover_after_kill_ms"}, benchRecovery},
		{[]string{"locks_take50_ms", "locks_take50_sequential_ms", "locks_take50_library_ms"}, benchLocks},
		{[]string{"start_20k_ms", "start_20k_rss_mb"}, benchStart},
	}
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
	fs.StringVar(&f.only, "only", "", "the figures to measure, by name, with commas between them; else all")
	fs.StringVar(&f.readme, "readme", "", "a README whose table of BENCHMARKS is written anew, where each of its figures was measured")
	if err := in.parseFlags(fs); err != nil {
		return err
	}
	r := &report{out: in.stdout, err: in.stderr, began: time.Now()}
	if err := r.limit(f.only); err != nil {
		return err
	}
	if file, isFile := in.stderr.(*os.File); isFile && isatty.IsTerminal(file.Fd()) {
		r.bar = newBar(file, r.steps(), "bench")
		defer func() { _ = r.bar.Finish() }()
	}
	r.note("sheet round trip %v; %d rounds, %d acks; the emulators run in the same process", f.latency, f.rounds, f.acks)
	redis.SetLogger(redisLog{zerolog.Nop()})
	server, err := startBenchRedis(ctx, r)
	if err != nil {
		return fmt.Errorf("redis for the bench: %w", err)
	}
	defer server.stop()
	f.redis = server
	var wg sync.WaitGroup
	beside := benchBeside()
	faults := make([]error, len(beside))
	for i, s := range beside {
		wg.Go(func() { faults[i] = r.step(ctx, f, s) })
	}
	wg.Wait()
	for _, s := range benchAlone() { // a fault does not keep the other figures away
		faults = append(faults, r.step(ctx, f, s))
	}
	if err := errors.Join(faults...); err != nil || f.readme == "" {
		return err
	}
	return r.writeInto(f.readme, f.latency)
}

// report prints figures as they come, and on err what goes on meanwhile.
type report struct {
	mu       sync.Mutex
	out, err io.Writer
	began    time.Time
	only     []string // the figures that are wanted; none = all
	measured map[string]float64
	bar      *progressbar.ProgressBar // nil: no terminal, what goes on is told in lines
}

// limit leaves the figures that are named in only.
func (r *report) limit(only string) error {
	var known []string
	for _, s := range append(benchBeside(), benchAlone()...) {
		known = append(known, s.figures...)
	}
	for name := range strings.FieldsFuncSeq(only, func(c rune) bool { return c == ',' || c == ' ' }) {
		if !slices.Contains(known, name) {
			return &usageError{fmt.Errorf("--only %s: there is no such figure; there are %s", name, strings.Join(known, ", "))}
		}
		r.only = append(r.only, name)
	}
	return nil
}

// steps is how many steps will be taken.
func (r *report) steps() int {
	n := 0
	for _, s := range append(benchBeside(), benchAlone()...) {
		if slices.ContainsFunc(s.figures, r.wants) {
			n++
		}
	}
	return n
}

func (r *report) wants(name string) bool { return len(r.only) == 0 || slices.Contains(r.only, name) }

// step takes a step if one of its figures is wanted.
func (r *report) step(ctx context.Context, f benchFlags, s benchStep) error {
	if !slices.ContainsFunc(s.figures, r.wants) || ctx.Err() != nil {
		return ctx.Err()
	}
	r.progress("%s …", s.figures[0])
	if r.bar != nil {
		defer func() { _ = r.bar.Add(1) }()
	}
	if err := s.run(ctx, f, r); err != nil {
		return fmt.Errorf("%s: %w", s.figures[0], err)
	}
	return nil
}

func (r *report) figure(name string, value float64, unit, comment string) {
	if !r.wants(name) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if comment != "" {
		comment = "  # " + comment
	}
	if r.measured == nil {
		r.measured = map[string]float64{}
	}
	r.measured[name] = value
	r.clearBar()
	fmt.Fprintf(r.out, "%s %.4g %s%s\n", name, value, unit, comment)
}

func (r *report) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clearBar()
	fmt.Fprintf(r.out, "# "+format+"\n", args...)
}

// clearBar makes room for a line on the same terminal. The caller holds r.mu.
func (r *report) clearBar() {
	if r.bar != nil {
		_ = r.bar.Clear()
	}
}

// progress tells the person who waits for the figures how far it is.
func (r *report) progress(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bar != nil {
		r.bar.Describe(fmt.Sprintf(format, args...))
		return
	}
	fmt.Fprintf(r.err, "bench %3.0fs: "+format+"\n", append([]any{time.Since(r.began).Seconds()}, args...)...)
}

// complaints notes what the emulators complain about: a figure with complaints
// beside it is of a program that does something wrong.
func (r *report) complaints(far *farEnds) {
	for _, c := range append(far.slack.Complaints(), far.sheet.Complaints()...) {
		r.note("complaint: %s", c)
	}
}

// quantile is the q-quantile of some times, in units.
func quantile(times []time.Duration, q float64, unit time.Duration) float64 {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]) / float64(unit)
}

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
