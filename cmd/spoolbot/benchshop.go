//go:build !shop

package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// benchShop is the whole program over TCP on loopback, and its far ends.
type benchShop struct {
	*farEnds
	app   *app
	redis redis.UniversalClient // the program's own
	trips *tripCounter
	end   func() error

	mu      sync.Mutex
	commits []occupation.Observation
}

// openBenchShop opens the far ends and starts the program as demo does.
func openBenchShop(ctx context.Context, f demoFlags) (*benchShop, error) {
	far, err := openFarEnds(ctx, f)
	if err != nil {
		return nil, err
	}
	return startBenchShop(ctx, far, f, nil)
}

// startBenchShop starts the program on far ends, which are closed with it, under
// the demo's configuration and some settings more. There is a counter in its line
// to Redis.
func startBenchShop(ctx context.Context, far *farEnds, f demoFlags, settings map[string]string) (*benchShop, error) {
	env := far.environment(f)
	cfg, err := readConfig(func(name string) (string, bool) {
		if v, ok := settings[name]; ok {
			return v, true
		}
		return env(name)
	}, false)
	if err != nil {
		far.close()
		return nil, err
	}
	b := &benchShop{farEnds: far, trips: &tripCounter{}}
	b.redis = redis.NewUniversalClient(cfg.redisOptions())
	b.redis.AddHook(b.trips)
	ready := make(chan struct{})
	doors := Doors{Redis: b.redis, Ready: func() { close(ready) }, Observe: b.observe}
	if b.app, err = newApp(ctx, cfg, doors, zerolog.Nop()); err != nil {
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
		_ = b.redis.Close()
		far.close()
		return err
	}
	<-ready
	wait, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := far.connected(wait); err != nil {
		return nil, fmt.Errorf("no socket: %w; %w", err, b.end())
	}
	return b, nil
}

func (b *benchShop) observe(o occupation.Observation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.commits = append(b.commits, o)
}

// carried is how many commits have ended so far.
func (b *benchShop) carried() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.commits)
}

// landed are the commits that have landed since so many had ended, and how many
// events were in them.
func (b *benchShop) landed(since int) (commits, events int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.commits[since:] {
		if o.Outcome == "landed" {
			commits++
			events += o.Events
		}
	}
	return commits, events
}

// count counts the calls to the sheet of one kind.
func (far *farEnds) count(kind string) int {
	n := 0
	for _, c := range far.sheet.Calls() {
		if c.Kind == kind {
			n++
		}
	}
	return n
}

// freeForARM are the TAGs that anybody may take for ARM.
func freeForARM(sheet *sheetsim.Server) []string { return freeTags(sheet, 1<<30) }
