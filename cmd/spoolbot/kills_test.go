//go:build !shop

package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rounds is how often a program is killed: SPOOLBOT_KILLS, 50 when it is not set.
func rounds(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("SPOOLBOT_KILLS"), "50"))
	if err != nil || n < 1 {
		t.Fatalf("SPOOLBOT_KILLS is no number of rounds: %q", os.Getenv("SPOOLBOT_KILLS"))
	}
	return n
}

// replica starts one more program and does not wait for it.
func (w *works) replica(env ...string) *child {
	w.t.Helper()
	return runChild(w.t, with(w.far.environmentList(demoFlags{lockTTL: time.Hour}), env...), "serve")
}

// dies kills a program, which must have been well until then.
func (w *works) dies(c *child) {
	w.t.Helper()
	select {
	case <-c.ended:
		w.t.Fatalf("a program ended by itself: %s", c.stderr.String())
	default:
	}
	c.signal(syscall.SIGKILL)
	<-c.ended
	w.wantSound(c)
}

// wantSound checks that a program has neither panicked nor raced.
func (w *works) wantSound(c *child) {
	w.t.Helper()
	for _, word := range []string{"panic", "DATA RACE", "fatal error"} {
		if said := c.stderr.String(); strings.Contains(said, word) {
			w.t.Errorf("a program said: %s", said)
		}
	}
}

// beats reports whether a program has begun to give its heartbeat, which it does
// before it serves.
func (w *works) beats(c *child) bool {
	return slices.ContainsFunc(w.redis.ZRange(w.ctx, "{spoolbot:demo}:replicas", 0, -1).Val(), c.isReplica)
}

// isReplica reports whether a replica's name is that of this process.
func (c *child) isReplica(name string) bool {
	return strings.Contains(name, fmt.Sprintf("/%d/", c.cmd.Process.Pid))
}

// areGone lets the time pass after which dead programs count as gone.
func (w *works) areGone(dead ...*child) {
	w.t.Helper()
	key := "{spoolbot:demo}:replicas"
	for _, name := range w.redis.ZRange(w.ctx, key, 0, -1).Val() {
		if slices.ContainsFunc(dead, func(c *child) bool { return c.isReplica(name) }) {
			w.redis.ZRem(w.ctx, key, name)
		}
	}
}

// minutePasses lets the minute pass in which so many writes of the sheet are
// free.
func (w *works) minutePasses() {
	w.t.Helper()
	w.redis.Del(w.ctx, "{spoolbot:demo}:quota")
}

// passes lets real time go by, for what happens at any instant.
func (w *works) passes(d time.Duration) {
	w.t.Helper()
	select {
	case <-time.After(d):
	case <-w.ctx.Done():
		w.t.Fatal("the time of the story is over")
	}
}

// settles waits until nothing is on its way any more, nor comes from what people
// have typed before.
func (w *works) settles(c *child) {
	w.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(50 * time.Second)
	defer limit.Stop()
	for last := time.Now(); time.Since(last) < 2*time.Second; {
		select {
		case <-tick.C:
		case <-limit.C:
			w.t.Fatalf("on its way for ever: %v\n%v\nthe program said:\n%s", w.redis.HGetAll(w.ctx, "{spoolbot:demo}:intents").Val(),
				w.redis.HGetAll(w.ctx, "{spoolbot:demo}:commits").Val(), c.tail())
		}
		w.minutePasses()
		if w.inRedis("intents")+w.inRedis("commits") != 0 {
			last = time.Now()
		}
	}
}

// Two programs serve twenty people, and one of the two is killed at any instant,
// again and again: nothing is lost, nothing is done by halves or twice, and
// nobody was told what is not so.
func TestKilledAtRandomInstants(t *testing.T) {
	kills := rounds(t)
	w := openWorksWith(t, worksOptions{
		latency: 30 * time.Millisecond, spools: 100 + 8*kills, quota: 10_000, life: time.Minute + time.Duration(kills)*4*time.Second,
		redis: everySecond,
	})
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // to be repeated
	replicas := []*child{w.serve(), w.serve()}
	var unnoticed []*child // dead, and their heartbeats still run
	people := w.crowd(20, 24, seed)
	people.acts()
	seen, end := func(int, int) {}, func() {}
	if os.Getenv("SPOOLBOT_KILLS") != "" {
		seen, end = progress(os.Stderr, "kills")
	}
	for round := 1; round <= kills; round++ {
		seen(round, kills)
		w.sees("somebody serves", func() bool { return w.far.slack.Sockets() > 0 }, replicas[0])
		w.passes(time.Duration(100+rnd.IntN(1100)) * time.Millisecond)
		victim := rnd.IntN(2)
		w.dies(replicas[victim])
		unnoticed = append(unnoticed, replicas[victim])
		pause := round%10 == 0 && round < kills
		if pause || rnd.IntN(6) > 0 {
			w.areGone(unnoticed...)
			unnoticed = nil
		}
		w.minutePasses()
		replicas[victim] = w.replica()
		if pause {
			people.rests()
			w.settles(replicas[victim])
			people.check(t)
			people.acts()
		}
	}
	end()
	people.rests()
	w.settles(replicas[0]) // whatever heartbeats are left must end by themselves
	people.check(t)
	for _, c := range replicas {
		w.wantSound(c)
	}
}
