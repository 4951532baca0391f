//go:build !shop

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
)

// pace keeps the operations below the place where the write quota begins to
// space them: the figures are of one operation alone, not of a full minute.
const pace = 1800 * time.Millisecond

// benchOperations measures what people wait for.
func benchOperations(ctx context.Context, f benchFlags, r *report) error {
	b, err := openBenchShop(ctx, demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 1, redisURL: f.redis.fresh()})
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
	r.complaints(b.farEnds)
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

// benchAcks measures how long Slack waits for an acknowledgement.
func benchAcks(ctx context.Context, f benchFlags, r *report) error {
	b, err := openBenchShop(ctx, demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 1, redisURL: f.redis.fresh()})
	if err != nil {
		return err
	}
	done := len(b.slack.Envelopes())
	for n := range f.acks {
		who := b.slack.Person(b.people[n%8].ID)
		if err := who.Type(ctx, b.taller, "/ayuda"); err != nil {
			return fmt.Errorf("/ayuda: %w; %w", err, b.end())
		}
	}
	var times []time.Duration
	for _, e := range b.slack.Envelopes()[done:] {
		if !e.AckedAt.IsZero() {
			times = append(times, e.AckedAt.Sub(e.SentAt))
		}
	}
	r.figure("ack_p99_ms", quantile(times, 0.99, time.Millisecond), "ms", fmt.Sprintf("of %d, p50 %.2f ms", len(times), quantile(times, 0.5, time.Millisecond)))
	return b.end()
}

// benchIdle counts what an idle program reads.
func benchIdle(ctx context.Context, f benchFlags, r *report) error {
	b, err := openBenchShop(ctx, demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 2, redisURL: f.redis.fresh()})
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
