//go:build !shop

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	stormPeople = 200
	stormLasts  = 10 * time.Second
	stormRounds = 5 // 1,000 samples for the p99
)

// stormPlan says who comes when: so many people, spread over a time at random.
type stormPlan struct {
	people int
	lasts  time.Duration
	seed   uint64
}

// storm is what came of one or more storms.
type storm struct {
	times           []time.Duration // of those who were told that the spool is theirs
	refused         int             // calls that the sheet answered with 429
	lost            int             // people without a success answer, or without a row or its audit row
	words           string          // what one of those was told
	commits, events int
	writes, reads   int
}

// benchStorm measures the beginning of a shift: two hundred people take a spool
// each within ten seconds, every other one in the channel, the others in their
// direct messages. Each round is a shop of its own, so that its quota window is
// empty and the program has seen none of its people before.
func benchStorm(ctx context.Context, f benchFlags, r *report) error {
	var all storm
	for n := range stormRounds {
		s, err := oneStorm(ctx, f, r, stormPlan{stormPeople, stormLasts, uint64(n + 1)})
		if err != nil {
			return err
		}
		r.progress("storm %d of %d: p50 %.2f, p99 %.2f, most %.2f rtt; %d lost %s; %d events in %d commits", n+1, stormRounds,
			quantile(s.times, 0.5, f.latency), quantile(s.times, 0.99, f.latency), quantile(s.times, 1, f.latency), s.lost, s.words, s.events, s.commits)
		all.add(s)
	}
	r.note("a storm is %d people within %v, half of them in their DM; each of the %d rounds is a new shop with an empty quota window and a program that has just started", stormPeople, stormLasts, stormRounds)
	r.figure("storm200_p50_rtt", quantile(all.times, 0.5, f.latency), "rtt",
		fmt.Sprintf("%.0f ms, %.1f events in a commit", quantile(all.times, 0.5, time.Millisecond), float64(all.events)/float64(max(all.commits, 1))))
	r.figure("storm200_p99_rtt", quantile(all.times, 0.99, f.latency), "rtt",
		fmt.Sprintf("%.0f ms, of %d; most %.0f ms", quantile(all.times, 0.99, time.Millisecond), len(all.times), quantile(all.times, 1, time.Millisecond)))
	r.figure("storm200_429", float64(all.refused), "answers", fmt.Sprintf("of %d writes and %d reads in %d rounds", all.writes, all.reads, stormRounds))
	r.figure("storm200_lost", float64(all.lost), "people", strings.TrimSpace(fmt.Sprintf("of %d %s", stormRounds*stormPeople, all.words)))
	return nil
}

func (s *storm) add(o storm) {
	s.times = append(s.times, o.times...)
	s.refused, s.lost = s.refused+o.refused, s.lost+o.lost
	s.commits, s.events = s.commits+o.commits, s.events+o.events
	s.writes, s.reads = s.writes+o.writes, s.reads+o.reads
	if s.words == "" {
		s.words = o.words
	}
}

// oneStorm lets people take a spool each, in a new shop.
func oneStorm(ctx context.Context, f benchFlags, r *report, plan stormPlan) (storm, error) {
	flags := demoFlags{latency: f.latency, quota: 60, lockTTL: time.Hour, seed: plan.seed, redisURL: f.redis.fresh()}
	c, err := openBenchCrowd(ctx, flags, plan.people)
	if err != nil {
		return storm{}, err
	}
	defer c.close()
	b, err := startBenchShop(ctx, c.far, flags, nil)
	if err != nil {
		return storm{}, err
	}
	tags := freeForARM(b.sheet)
	if len(tags) < plan.people {
		return storm{}, fmt.Errorf("the sample has %d free spools for %d people; %w", len(tags), plan.people, b.end())
	}
	rnd := rand.New(rand.NewPCG(plan.seed, 0))
	answers, faults := make([]answer, plan.people), make([]error, plan.people)
	var wg sync.WaitGroup
	for i, h := range c.hands {
		arrival := time.Duration(rnd.Int64N(int64(plan.lasts)))
		where := []string{h.yard, h.dm}[i%2]
		wg.Go(func() {
			if faults[i] = sleep(ctx, arrival); faults[i] == nil {
				answers[i], faults[i] = h.types(ctx, where, "/tomar "+tags[i])
			}
		})
	}
	wg.Wait()
	s := storm{writes: b.count("write"), reads: b.count("read")}
	s.commits, s.events = b.landed(0)
	for _, call := range b.sheet.Calls() {
		if call.Status == http.StatusTooManyRequests {
			s.refused++
		}
	}
	holders := b.holders()
	for i, h := range c.hands {
		told := faults[i] == nil && strings.Contains(answers[i].text, "es tuyo")
		if told {
			s.times = append(s.times, answers[i].took)
		}
		if !told || holders[tags[i]] != h.worker {
			s.lost++
			s.words = fmt.Sprintf("%.80q", fmt.Sprint(answers[i].text, faults[i]))
		}
	}
	r.complaints(b.farEnds)
	return s, b.end()
}
