//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

const (
	warnPeople = 500               // twice a warning each: a thousand samples
	warnWithin = 100 * time.Second // they take their spools
	warnTTL    = 5 * time.Minute   // nobody's has expired when the last has been warned
	warnFirst  = 4 * time.Minute   // before the deadline
	warnLast   = 3 * time.Minute
	// warnLatest is how long a warning is waited for after the last was due.
	warnLatest = 40 * time.Second
)

// benchWarnings measures how late warnings are, in real time and with the jobs as
// they are in production: people take a spool each, for five minutes, and are
// warned four and three minutes before its deadline.
func benchWarnings(ctx context.Context, f benchFlags, r *report) error {
	flags := demoFlags{latency: f.latency, quota: 60, lockTTL: warnTTL, seed: 5, redisURL: f.redis.fresh()}
	c, err := openBenchCrowd(ctx, flags, warnPeople)
	if err != nil {
		return err
	}
	defer c.close()
	b, err := startBenchShop(ctx, c.far, flags, map[string]string{"WARN_BEFORE_MINUTES": "4,3"})
	if err != nil {
		return err
	}
	late, missing, err := b.warnings(ctx, c, r)
	if err != nil {
		return fmt.Errorf("%w; %w", err, b.end())
	}
	comment := fmt.Sprintf("p50 %.0f ms, most %.0f ms, of %d; the sweep is every 20 s", quantile(late, 0.5, time.Millisecond), quantile(late, 1, time.Millisecond), len(late))
	if missing > 0 {
		comment += fmt.Sprintf("; %d never came", missing)
	}
	r.figure("warn_lateness_p99_ms", quantile(late, 0.99, time.Millisecond), "ms", comment)
	r.complaints(b.farEnds)
	return b.end()
}

// warnings lets the crowd take spools and returns how late each warning was, and
// how many were not seen.
func (b *benchShop) warnings(ctx context.Context, c *benchCrowd, r *report) (late []time.Duration, missing int, err error) {
	tags := freeForARM(b.sheet)
	rnd := rand.New(rand.NewPCG(5, 5))
	faults := make([]error, len(c.hands))
	deadlines := make([]time.Time, len(c.hands))
	var wg sync.WaitGroup
	for i, h := range c.hands {
		arrival := time.Duration(rnd.Int64N(int64(warnWithin)))
		wg.Go(func() { deadlines[i], faults[i] = b.takes(ctx, h, tags[i], arrival) })
	}
	wg.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, 0, err
	}
	r.progress("warnings: %d spools are taken", len(c.hands))
	var last time.Time
	for _, d := range deadlines {
		if d.After(last) {
			last = d
		}
	}
	if err := sleep(ctx, time.Until(last.Add(warnLatest-warnLast))); err != nil {
		return nil, 0, err
	}
	for i, h := range c.hands {
		due := []time.Duration{warnFirst, warnLast}
		for _, m := range h.Messages(h.dm) {
			if len(due) == 0 || !strings.Contains(m.Text, tags[i]) {
				continue
			}
			at, err := shownAt(m)
			if err != nil {
				return nil, 0, err
			}
			late = append(late, at.Sub(deadlines[i].Add(-due[0])))
			due = due[1:]
		}
		missing += len(due)
	}
	return late, missing, nil
}

// takes lets a hand take a spool after a while, and returns its deadline as the
// lock has it.
func (b *benchShop) takes(ctx context.Context, h *hand, tag string, after time.Duration) (time.Time, error) {
	if err := sleep(ctx, after); err != nil {
		return time.Time{}, err
	}
	a, err := h.types(ctx, h.yard, "/tomar "+tag)
	if err != nil {
		return time.Time{}, err
	}
	st, err := b.app.core.Find(ctx, tag)
	if err != nil || st.Lock.Holder.ID != h.worker {
		return time.Time{}, fmt.Errorf("%s was not taken: %.80q: %w", tag, a.text, err)
	}
	return st.Lock.Deadline, nil
}
