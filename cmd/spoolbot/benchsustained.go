//go:build !shop

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

const (
	sustainedPeople = 100
	sustainedThink  = time.Second      // at least; at most thrice that
	sustainedRunIn  = 30 * time.Second // the quota window has filled up by then
	sustainedLasts  = 2 * time.Minute
)

// benchSustained measures what the program carries for minutes: a hundred people
// take their spool and pause it, again and again, with a breath of one to three
// seconds between an answer and the next line. They type in the channel: Slack
// takes some hundred messages a minute to DMs, but any number of answers there.
func benchSustained(ctx context.Context, f benchFlags, r *report) error {
	flags := demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: 7, redisURL: f.redis.fresh()}
	c, err := openBenchCrowd(ctx, flags, sustainedPeople)
	if err != nil {
		return err
	}
	defer c.close()
	b, err := startBenchShop(ctx, c.far, flags, nil)
	if err != nil {
		return err
	}
	tags, logged := freeForARM(b.sheet), len(b.sheet.Rows("Metadata"))
	s := &sustained{begins: time.Now().Add(sustainedRunIn)}
	s.ends = s.begins.Add(sustainedLasts)
	var wg sync.WaitGroup
	for i, h := range c.hands {
		wg.Go(func() { s.work(ctx, h, tags[i]) })
	}
	err = sleep(ctx, sustainedRunIn)
	r.progress("sustained: has run in, %v to go", sustainedLasts)
	since, writes := b.carried(), b.count("write")
	if err == nil {
		err = sleep(ctx, sustainedLasts)
	}
	commits, events := b.landed(since)
	writes = b.count("write") - writes
	wg.Wait()
	if err != nil {
		return fmt.Errorf("%w; %w", err, b.end())
	}
	minutes := sustainedLasts.Minutes()
	r.figure("sustained_ops_per_minute", float64(len(s.inside))/minutes, "operations",
		fmt.Sprintf("%d people for %v at a quota of 60 writes; %.0f writes a minute, %.1f events in a commit", sustainedPeople, sustainedLasts, float64(writes)/minutes, float64(events)/float64(max(commits, 1))))
	r.figure("sustained_p99_ms", quantile(s.inside, 0.99, time.Millisecond), "ms",
		fmt.Sprintf("p50 %.0f ms, of %d", quantile(s.inside, 0.5, time.Millisecond), len(s.inside)))
	if s.failed > 0 {
		r.note("sustained: %d lines were not answered with success, such as %.80q", s.failed, s.words)
	}
	if rows := len(b.sheet.Rows("Metadata")) - logged; rows != s.done {
		r.note("sustained: %d audit rows for %d successes", rows, s.done)
	}
	r.complaints(b.farEnds)
	return b.end()
}

// sustained is what people do for minutes.
type sustained struct {
	begins, ends time.Time

	mu     sync.Mutex
	inside []time.Duration // of the successes that were seen between the two
	done   int             // successes
	failed int
	words  string // of one that failed
}

// work is one hand's: a take, a pause, a take; what fails is typed again.
func (s *sustained) work(ctx context.Context, h *hand, tag string) {
	verbs, words := []string{"/tomar ", "/pausar "}, []string{"es tuyo", "pausado"}
	rnd := rand.New(rand.NewPCG(7, uint64(h.worker)))
	for next := 0; time.Now().Before(s.ends); {
		a, err := h.types(ctx, h.yard, verbs[next]+tag)
		if s.count(a, err, words[next]) {
			next = 1 - next
		}
		if sleep(ctx, sustainedThink+time.Duration(rnd.Int64N(int64(2*sustainedThink)))) != nil {
			return
		}
	}
}

// count notes an answer and reports whether it tells of a success.
func (s *sustained) count(a answer, err error, success string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || !strings.Contains(a.text, success) {
		s.failed, s.words = s.failed+1, fmt.Sprint(a.text, err)
		return false
	}
	s.done++
	if a.at.After(s.begins) && a.at.Before(s.ends) {
		s.inside = append(s.inside, a.took)
	}
	return true
}
