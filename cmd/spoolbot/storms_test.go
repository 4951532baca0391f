//go:build !shop

package main

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// everySecond is how the README wants Redis to be run.
var everySecond = []redistest.Option{redistest.Arg("appendonly", "yes"), redistest.Arg("appendfsync", "everysec")}

// Redis is killed under the hands of two programs and twenty people, and comes
// back with what stands in its log: at once, or after a while.
func TestRedisIsKilledUnderLoad(t *testing.T) {
	w := openWorksWith(t, worksOptions{latency: 30 * time.Millisecond, spools: 300, quota: 10_000, redis: everySecond})
	replicas := []*child{w.serve(), w.replica()}
	people := w.crowd(20, 24, 1)
	people.acts()
	for _, away := range []time.Duration{0, 0, 1500 * time.Millisecond} {
		w.passes(1200 * time.Millisecond)
		w.server.Stop()
		w.passes(away)
		w.server.Restart(t)
		w.minutePasses()
	}
	w.passes(1200 * time.Millisecond)
	people.rests()
	w.settles(replicas[0])
	people.check(t)
	for _, c := range replicas {
		w.wantSound(c)
	}
}

// Redis forgets everything, again and again, under the hands of two programs and
// twenty people.
func TestRedisForgetsEverythingUnderLoad(t *testing.T) {
	w := openWorksWith(t, worksOptions{latency: 30 * time.Millisecond, spools: 300, quota: 10_000})
	replicas := []*child{w.serve(), w.replica()}
	w.sees("both serve", func() bool { return w.far.slack.Sockets() >= 4 }, replicas[1])
	w.passes(3 * time.Second) // by then each knows of the other
	people := w.crowd(20, 24, 2)
	people.acts()
	for range 5 {
		w.passes(1200 * time.Millisecond)
		if err := w.redis.FlushAll(w.ctx).Err(); err != nil {
			t.Fatal(err)
		}
	}
	w.passes(1200 * time.Millisecond)
	people.rests()
	w.comes("the locks are rebuilt", func() bool { return w.redis.Exists(w.ctx, "{spoolbot:demo}:site").Val() == 1 }, replicas[0])
	w.settles(replicas[0])
	people.check(t)
	for _, c := range replicas {
		w.wantSound(c)
	}
}
