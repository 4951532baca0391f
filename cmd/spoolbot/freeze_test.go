//go:build !shop

package main

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The program that leads the jobs stands still for forty seconds, as under a machine
// that swaps or is moved: the other leads meanwhile, and when the first goes on it
// neither warns nor expires once more.
func TestTheLeaderStandsStill(t *testing.T) {
	w := openWorksWith(t, worksOptions{latency: 30 * time.Millisecond, life: 4 * time.Minute})
	env := with(w.far.environmentList(demoFlags{lockTTL: 62 * time.Second}), "WARN_BEFORE_MINUTES=1")
	replicas := []*child{runChild(t, env, "serve"), runChild(t, env, "serve")}
	leader := func() int {
		name := w.redis.Get(w.ctx, "{spoolbot:demo}:leader:jobs").Val()
		return slices.IndexFunc(replicas, func(c *child) bool { return c.isReplica(name) })
	}
	w.comes("one of them leads", func() bool { return leader() >= 0 }, replicas[0])
	w.sees("both serve", func() bool { return w.far.slack.Sockets() >= 4 }, replicas[1])
	w.all(0, 1, func(int) string { return "/tomar " + tag(0) })
	w.sees("one holds a spool", func() bool { return strings.Contains(w.heard(0), "es tuyo") }, replicas[0])
	first := leader()
	replicas[first].signal(syscall.SIGSTOP)
	other := replicas[1-first]
	w.comes("the other leads", func() bool { return leader() == 1-first }, other)
	dm := func() int { return len(w.worker(0).Messages(w.worker(0).DM())) }
	w.sees("the holder is warned", func() bool { return dm() > 0 }, other)
	w.passes(40 * time.Second)
	replicas[first].signal(syscall.SIGCONT)
	w.sees("the expiry is told", func() bool { return strings.Contains(w.worker(0).Last(w.worker(0).DM()).Text, "venció") }, other)
	w.passes(21 * time.Second) // in which either sweeps
	w.settles(other)
	if got := fmt.Sprint(actions(w.far.sheet)); got != "[TOMAR VENCER]" {
		t.Errorf("the log has %s", got)
	}
	if n := dm(); n != 2 {
		t.Errorf("the holder has %d messages, want the warning and the expiry:\n%s", n, w.heard(0))
	}
	w.whole.check(t)
	for _, c := range replicas {
		c.signal(syscall.SIGTERM)
		c.exits(exitDone, 20*time.Second)
		w.wantSound(c)
	}
}
