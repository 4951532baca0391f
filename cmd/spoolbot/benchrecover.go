//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

const (
	recoverRounds = 5
	recoverHands  = 50
	recoverEach   = 4 // spools that each of them holds
	recoverActing = 30
	// slowWrite is how much longer the sheet takes for the write during which the
	// program is killed, so that thirty changes are on their way at the same time.
	slowWrite = time.Second
)

// benchRecovery measures how long after a power cut everything is settled again:
// two hundred spools are held, thirty changes are on their way, the program is
// killed and started anew.
func benchRecovery(ctx context.Context, f benchFlags, r *report) error {
	var times []time.Duration
	for n := range recoverRounds {
		took, err := afterPowerCut(ctx, f, r, (*powerCut).heartbeatEnds)
		if err != nil {
			return err
		}
		r.progress("recovery %d of %d: %v", n+1, recoverRounds, took)
		times = append(times, took)
	}
	atOnce, err := afterPowerCut(ctx, f, r, func(*powerCut, context.Context) error { return nil })
	if err != nil {
		return err
	}
	r.figure("recover_after_kill_ms", quantile(times, 1, time.Millisecond), "ms",
		fmt.Sprintf("the worst of %d, median %.0f ms; the dead program's heartbeat had ended; started at once instead: %d ms", recoverRounds, quantile(times, 0.5, time.Millisecond), atOnce.Milliseconds()))
	return nil
}

// powerCut is a shop whose program is a process of its own.
type powerCut struct {
	*benchCrowd
	bot   *demoBot
	redis redis.UniversalClient
	tags  []string
}

// afterPowerCut is one round, in a new shop. It is measured from the start of the
// new program, before which meanwhile happens.
func afterPowerCut(ctx context.Context, f benchFlags, r *report, meanwhile func(*powerCut, context.Context) error) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	flags := demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 9, redisURL: f.redis.fresh()}
	c, err := openBenchCrowd(ctx, flags, recoverHands)
	if err != nil {
		return 0, err
	}
	defer c.far.close()
	defer c.close()
	p := &powerCut{benchCrowd: c, tags: freeForARM(c.far.sheet)}
	if p.redis, err = dialRedis(c.far.redisURL); err != nil {
		return 0, err
	}
	defer func() { _ = p.redis.Close() }()
	if p.bot, err = newDemoBot(append(c.far.environmentList(flags), "LOG_LEVEL=error"), r.err); err != nil {
		return 0, err
	}
	defer p.bot.end(syscall.SIGTERM)
	if err := p.hold(ctx); err != nil {
		return 0, fmt.Errorf("200 spools are not held: %w", err)
	}
	if err := p.cut(ctx); err != nil {
		return 0, fmt.Errorf("30 changes are not on their way: %w", err)
	}
	if err := meanwhile(p, ctx); err != nil {
		return 0, err
	}
	began := time.Now()
	if _, err := p.bot.start(); err != nil {
		return 0, err
	}
	if err := p.until(ctx, p.settled); err != nil {
		return 0, fmt.Errorf("not everything is settled: %w", err)
	}
	took := time.Since(began)
	r.complaints(c.far)
	return took, nil
}

// heartbeatEnds does to Redis and the sheet what the fifteen seconds do after
// which a dead program counts as gone: what the sheet has before it lands.
func (p *powerCut) heartbeatEnds(ctx context.Context) error {
	if err := sleep(ctx, 2*slowWrite); err != nil {
		return err
	}
	return p.redis.Del(ctx, p.key("replicas")).Err()
}

func (p *powerCut) key(name string) string { return "{spoolbot:demo}:" + name }

// onTheWay counts the intents and commits that Redis knows.
func (p *powerCut) onTheWay(ctx context.Context) (intents, commits int64, err error) {
	pipe := p.redis.Pipeline()
	i, c := pipe.HLen(ctx, p.key("intents")), pipe.HLen(ctx, p.key("commits"))
	_, err = pipe.Exec(ctx)
	return i.Val(), c.Val(), err
}

// until asks again every two milliseconds.
func (p *powerCut) until(ctx context.Context, done func(context.Context) (bool, error)) error {
	for {
		ok, err := done(ctx)
		if ok || err != nil {
			return err
		}
		if err := sleep(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
}

// hold starts the program and lets each hand take four spools.
func (p *powerCut) hold(ctx context.Context) error {
	if err := p.bot.answers(ctx, p.far.connected); err != nil {
		return err
	}
	faults := make([]error, len(p.hands))
	var wg sync.WaitGroup
	for i, h := range p.hands {
		wg.Go(func() {
			_, faults[i] = h.types(ctx, h.yard, "/tomar "+strings.Join(p.tags[i*recoverEach:(i+1)*recoverEach], " "))
		})
	}
	wg.Wait()
	if err := errors.Join(faults...); err != nil {
		return err
	}
	holders := p.far.holders()
	for i, h := range p.hands {
		for _, tag := range p.tags[i*recoverEach : (i+1)*recoverEach] {
			if holders[tag] != h.worker {
				return fmt.Errorf("%s is not held: %.80q", tag, h.Last(h.yard).Text)
			}
		}
	}
	return p.until(ctx, func(ctx context.Context) (bool, error) {
		intents, commits, err := p.onTheWay(ctx)
		return intents+commits == 0, err
	})
}

// cut lets thirty hands change something, ten each take, pause and complete, and
// kills the program when all of that is intended and the sheet has not answered
// yet.
func (p *powerCut) cut(ctx context.Context) error {
	p.far.sheet.Fail(sheetsim.Fault{Op: "write", Delay: slowWrite})
	var wg sync.WaitGroup
	for i := range recoverActing {
		line := []string{"/tomar ", "/pausar ", "/completar "}[i/10] + p.changed(i)
		h := p.hands[i]
		wg.Go(func() { _ = h.Type(ctx, h.yard, line) }) // whether it is told is seen later
	}
	err := p.until(ctx, func(ctx context.Context) (bool, error) {
		intents, commits, err := p.onTheWay(ctx)
		return intents == recoverActing && commits > 0, err
	})
	p.bot.end(syscall.SIGKILL)
	wg.Wait()
	return err
}

// changed is the TAG that a hand changes: those who take take another one.
func (p *powerCut) changed(i int) string {
	if i < 10 {
		return p.tags[recoverHands*recoverEach+i]
	}
	return p.tags[i*recoverEach]
}

// settled reports whether nothing is on its way, and everybody has been told in
// their DM what became of their change.
func (p *powerCut) settled(ctx context.Context) (bool, error) {
	intents, commits, err := p.onTheWay(ctx)
	if err != nil || intents+commits > 0 {
		return false, err
	}
	for i := range recoverActing {
		words := []string{"es tuyo", "pausado", "completado"}[i/10]
		text := p.hands[i].Last(p.hands[i].dm).Text
		if !strings.Contains(text, words) && !(i < 10 && strings.Contains(text, "No se cambió nada")) {
			return false, nil
		}
	}
	return true, nil
}
