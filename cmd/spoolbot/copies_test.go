//go:build !shop

package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Stories of two programs on one Redis, one sheet and one workspace.

// another runs the program once more, until stop.
func (s *shop) another() (stop func() error) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.ctx)
	ready, ended := make(chan struct{}), make(chan error, 1)
	doors := Doors{
		Slack: s.slack.Client(), Dialer: s.slack.Dialer(), Sheets: s.sheet.Client(), Redis: s.client,
		Ready: func() { close(ready) },
	}
	go func() { ended <- runApp(ctx, s.config(), doors, newLogger(s.log, zerolog.DebugLevel, "json")) }()
	select {
	case <-ready:
	case err := <-ended:
		s.t.Fatalf("the second program did not start: %v", err)
	}
	return sync.OnceValue(func() error { cancel(); return <-ended })
}

// twice is a story with a second program beside the first.
func twice(t *testing.T, o shopOptions, story func(*shop)) {
	t.Helper()
	inShop(t, o, func(s *shop) {
		stop := s.another()
		s.until("four sockets are open", func() bool { return s.slack.Sockets() == 4 })
		story(s)
		if err := stop(); err != nil {
			t.Errorf("the second program ended with: %v", err)
		}
	})
}

// Warnings and expiries come once, whoever has the lead.
func TestTwoCopiesWarnAndExpireOnce(t *testing.T) {
	t.Parallel()
	twice(t, shopOptions{lockTTL: 20 * time.Minute}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		s.asks(s.carlos, "/tomar "+tag(3), "tomado")
		told := func(after time.Duration, want int) {
			t.Helper()
			s.passes(after)
			for _, p := range []*slacksim.Person{s.mauricio, s.carlos} {
				if n := len(p.Messages(p.DM())); n != want {
					t.Errorf("%s has %d messages, want %d:\n%s", p.ID(), n, want, p.Last(p.DM()).Shown())
				}
			}
		}
		told(6*time.Minute, 1)
		told(10*time.Minute, 2)
		s.passes(5 * time.Minute)
		s.hears(s.mauricio, tag(1), "venció")
		s.hears(s.mauricio, tag(2), "venció")
		s.hears(s.carlos, tag(3), "venció")
		s.wantRow(tag(1), "|ARM parcial (vencido)")
		s.ends(append(each("TOMAR", tagsFrom(1, 4)...), each("VENCER", tagsFrom(1, 4)...)...)...)
		if n := len(s.carlos.Messages(s.carlos.DM())); n != 3 {
			t.Errorf("Carlos has %d messages, want two warnings and the expiry", n)
		}
	})
}

// A hundred operations within a minute, through both: every one is done, and the
// sheet, which allows sixty reads and sixty writes, refuses nothing.
func TestTwoCopiesShareTheQuota(t *testing.T) {
	t.Parallel()
	twice(t, shopOptions{book: sheetsim.SmallWorkbook(smallRows(120)...), quota: 60}, func(s *shop) {
		s.passes(time.Minute) // for a quota that the start has not used
		people := []*slacksim.Person{s.mauricio, s.carlos, s.slack.Person("U0JOSELUIS")}
		var took []string
		for i := range 50 {
			p := people[i%len(people)]
			before := p.Last(s.taller).TS
			s.sends(p, "/tomar "+tag(2*i)+" "+tag(2*i+1))
			took = append(took, tag(2*i), tag(2*i+1))
			if i%5 == 4 { // and they look at it
				s.sees(p, s.taller, before, "the answer", "Tomaste los 2")
			}
			s.passes(700 * time.Millisecond)
		}
		s.passes(time.Minute)
		for _, p := range people {
			for _, m := range p.Messages(s.taller) {
				if !strings.Contains(m.Shown(), "Tomaste los 2") {
					t.Errorf("%s was told: %s", p.ID(), m.Shown())
				}
			}
		}
		for _, c := range s.sheet.Calls() {
			if c.Status == http.StatusTooManyRequests {
				t.Errorf("%s was refused at %s", c.Name, c.At.Format(time.TimeOnly))
			}
		}
		s.ends(each("TOMAR", took...)...)
		if used := socketsUsed(s); len(used) < 3 {
			t.Errorf("only the sockets %v were used: was it one program?", used)
		}
	})
}

func socketsUsed(s *shop) (used []int) {
	for _, e := range s.slack.Envelopes() {
		if !slices.Contains(used, e.Connection) {
			used = append(used, e.Connection)
		}
	}
	return used
}

// The program that leads the jobs is killed: within half a minute the other leads,
// and what has become due meanwhile is told once.
func TestTheLeaderIsKilled(t *testing.T) {
	w := openWorks(t, 30*time.Millisecond)
	env := w.far.environmentList(demoFlags{lockTTL: 12 * time.Second})
	replicas := []*child{runChild(t, env, "serve"), runChild(t, env, "serve")}
	leader := func() int {
		name := w.redis.Get(w.ctx, "{spoolbot:demo}:leader:jobs").Val()
		return slices.IndexFunc(replicas, func(c *child) bool { return c.isReplica(name) })
	}
	w.comes("one of them leads", func() bool { return leader() >= 0 }, replicas[0])
	w.all(0, 1, func(int) string { return "/tomar " + tag(0) })
	w.sees("one holds a spool", func() bool { return strings.Contains(w.heard(0), "es tuyo") }, replicas[0])
	first := leader()
	w.dies(replicas[first])
	killed := time.Now()
	other := replicas[1-first]
	w.comes("the other leads", func() bool { return leader() == 1-first }, other)
	if took := time.Since(killed); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	w.sees("the expiry is told", func() bool { return strings.Contains(w.worker(0).Last(w.worker(0).DM()).Text, "venció") }, other)
	w.settles(other)
	if got := fmt.Sprint(actions(w.far.sheet)); got != "[TOMAR VENCER]" {
		t.Errorf("the log has %s", got)
	}
	if n := len(w.worker(0).Messages(w.worker(0).DM())); n != 1 {
		t.Errorf("the expiry was told %d times:\n%s", n, w.heard(0))
	}
	w.whole.check(t)
	other.signal(syscall.SIGTERM)
	other.exits(exitDone, 20*time.Second)
}

func actions(sheet *sheetsim.Server) (out []string) {
	for _, e := range events(sheet) {
		out = append(out, e.action)
	}
	return out
}

// A new version is put in under the hands of twenty people, one program after
// the other: each ends in order, and every line that Slack has handed over gets
// its answer.
func TestARollingRestartUnderLoad(t *testing.T) {
	w := openWorksWith(t, worksOptions{latency: 30 * time.Millisecond, spools: 300, quota: 10_000})
	replicas := []*child{w.serve(), w.replica()}
	w.sees("both serve", func() bool { return w.far.slack.Sockets() >= 2 }, replicas[1])
	people := w.crowd(20, 24, 5)
	people.patience = 25 * time.Second
	people.acts()
	for i := range 4 {
		w.passes(time.Second)
		old := replicas[i%2]
		replicas[i%2] = w.replica()
		w.comes("the new one serves", func() bool { return w.beats(replicas[i%2]) }, replicas[i%2])
		old.signal(syscall.SIGTERM)
		old.exits(exitDone, 20*time.Second)
		w.wantSound(old)
		w.minutePasses()
	}
	w.passes(time.Second)
	people.rests()
	w.settles(replicas[0])
	people.allKnow(replicas[0])
	people.check(t)
	people.wantAllAnswered(t)
}
