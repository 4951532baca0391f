//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/bsm/redislock"
	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
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

// benchLocks compares fifty locks in one script with fifty SET NX in a row, and with
// fifty of a lock library, over a line of 20 ms.
func benchLocks(ctx context.Context, f benchFlags, r *report) error {
	url := f.redis.fresh()
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
	if err := errors.Join(store.Calm(ctx, "bench"), store.Seed(ctx, "bench", nil, 0), store.Beat(ctx, "bench", time.Minute)); err != nil {
		return err
	}
	const line = 20 * time.Millisecond
	client.AddHook(&tripCounter{slow: line})
	library := redislock.New(client)
	var together, apart, lent []time.Duration
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
		began = time.Now()
		for i := range intents {
			if _, err := library.Obtain(ctx, "lent:"+intents[i].Key, time.Hour, nil); err != nil {
				return err
			}
		}
		lent = append(lent, time.Since(began))
	}
	r.figure("locks_take50_ms", quantile(together, 0.5, time.Millisecond), "ms", "one script, over a line of 20 ms")
	r.figure("locks_take50_sequential_ms", quantile(apart, 0.5, time.Millisecond), "ms", "fifty SET NX in a row")
	r.figure("locks_take50_library_ms", quantile(lent, 0.5, time.Millisecond), "ms", "fifty of bsm/redislock in a row, which hold a token each and nothing of who, what and until when")
	return nil
}
