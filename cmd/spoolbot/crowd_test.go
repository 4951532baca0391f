//go:build !shop

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
)

// crowd is people who act in a loop on a handful of spools, whatever happens to
// the program meanwhile, each at a phone of their own. What they are told is
// noted: nobody may be told that a spool is theirs while another has it.
type crowd struct {
	w    *works
	seed uint64
	size int
	// patience is how long somebody looks at the phone before they go on without an
	// answer, as they do when the program was killed.
	patience time.Duration
	benches  []string   // a channel of each
	mine     [][]string // what each believes to have

	mu         sync.Mutex
	spools     []string // the handful
	fresh      int      // the next spool of the workbook that joins it
	claims     map[claim]int
	lies       []string
	unanswered []string
	answered   int
	in         sync.WaitGroup
	leave      context.CancelFunc
}

// claim is an occupation that somebody was told is theirs.
type claim struct {
	tag   string
	fence int64
}

func (w *works) crowd(size, spools int, seed uint64) *crowd {
	w.forgiven = append(w.forgiven, "response_url: used_url") // a card that changes more than five times
	c := &crowd{w: w, seed: seed, size: size, patience: 3 * time.Second, mine: make([][]string, size), fresh: spools, claims: map[claim]int{}}
	for i := range size {
		c.benches = append(c.benches, w.far.slack.AddChannel(fmt.Sprintf("mesa-%02d", i), w.worker(i).ID()))
	}
	for i := range spools {
		c.spools = append(c.spools, tag(i))
	}
	return c
}

// acts lets all of them begin, or go on.
func (c *crowd) acts() {
	ctx, cancel := context.WithCancel(c.w.ctx)
	c.leave = cancel
	c.seed++
	for i := range c.size {
		rnd := rand.New(rand.NewPCG(c.seed, uint64(i))) //nolint:gosec // to be repeated
		c.in.Go(func() { c.act(ctx, i, rnd) })
	}
}

// rests lets all of them stop.
func (c *crowd) rests() {
	c.leave()
	c.in.Wait()
}

// at is where somebody types: every fourth in their DM, where Slack takes one
// message a second, the others in a channel of theirs.
func (c *crowd) at(i int) string {
	if i%4 == 0 {
		return c.w.worker(i).DM()
	}
	return c.benches[i]
}

// act is one person's day.
func (c *crowd) act(ctx context.Context, i int, rnd *rand.Rand) {
	p, at, mine := c.w.worker(i), c.at(i), &c.mine[i]
	for ctx.Err() == nil {
		line, of := c.line(rnd, *mine)
		before := seen(p, at)
		if p.Type(ctx, at, line) != nil {
			continue // Slack itself tells them to try again
		}
		wait, cancel := context.WithTimeout(ctx, c.patience)
		err := c.w.far.slack.Wait(wait, func() bool { return seen(p, at) != before })
		cancel()
		if err != nil && ctx.Err() == nil {
			c.note(&c.unanswered, "worker %d has no answer to %s", i, line)
		}
		switch said := p.Last(at).Text; {
		case strings.HasPrefix(line, "/tomar"): // also without an answer: it may be theirs
			*mine = append(*mine, of...)
		case err == nil && !strings.HasPrefix(line, "/extender") && !strings.Contains(said, "Prueba en un minuto"):
			*mine = slices.DeleteFunc(*mine, func(t string) bool { return slices.Contains(of, t) })
		}
		c.looks(i, err == nil)
		if strings.Contains(p.Last(at).Text, "Prueba en un minuto") {
			wait, cancel := context.WithTimeout(ctx, time.Second)
			<-wait.Done()
			cancel()
		}
	}
}

// seen identifies what stands at the end of a channel.
func seen(p *slacksim.Person, at string) string {
	m := p.Last(at)
	return m.TS + m.Text
}

// line is what somebody types next, and of which spools.
func (c *crowd) line(rnd *rand.Rand, mine []string) (string, []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(mine) == 0 || (len(mine) == 1 && rnd.IntN(4) == 0) {
		some := []string{c.spools[rnd.IntN(len(c.spools))]}
		if other := c.spools[rnd.IntN(len(c.spools))]; rnd.IntN(4) == 0 && other != some[0] {
			some = append(some, other)
		}
		return "/tomar " + strings.Join(some, " "), some
	}
	of := mine[rnd.IntN(len(mine))]
	switch n := rnd.IntN(8); {
	case n < 2:
		return "/extender " + of + " 30m", []string{of}
	case n == 2:
		if at := slices.Index(c.spools, of); at >= 0 && rnd.IntN(2) == 0 {
			c.spools[at] = tag(c.fresh)
			c.fresh++
		}
		return "/completar " + of, []string{of}
	default:
		return "/pausar " + of, []string{of}
	}
}

// looks notes what a person is shown as theirs.
func (c *crowd) looks(i int, answered bool) {
	p := c.w.worker(i)
	for _, at := range slices.Compact([]string{c.at(i), p.DM()}) {
		all := p.Messages(at)
		for _, m := range all[max(0, len(all)-8):] {
			if !strings.Contains(m.Text, "tomado, es tuyo") && !strings.Contains(m.Text, "ya es tuyo") {
				continue
			}
			f, err := view.ReadFacts(buttonValue(m, "Pausar"))
			if err != nil || f.Fence == 0 {
				c.note(&c.lies, "worker %d sees a card without facts: %s", i, m.Shown())
				continue
			}
			c.claim(i, claim{f.Tag, f.Fence})
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if answered {
		c.answered++
	}
}

func (c *crowd) claim(i int, of claim) {
	c.mu.Lock()
	other, known := c.claims[of]
	c.claims[of] = i
	c.mu.Unlock()
	if known && other != i {
		c.note(&c.lies, "%s with fence %d was told to be theirs to workers %d and %d", of.tag, of.fence, other, i)
	}
}

// tally says in a line what the crowd has done so far.
func (c *crowd) tally() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("%d answers, %d occupations told, %d events logged", c.answered, len(c.claims), len(events(c.w.far.sheet)))
}

// allKnow waits until nobody reads any more that something is being checked.
func (c *crowd) allKnow(bot *child) {
	c.w.t.Helper()
	for i := range c.size {
		ctx, cancel := context.WithTimeout(c.w.ctx, 40*time.Second)
		err := c.w.far.slack.Wait(ctx, func() bool { return len(c.waiting(i)) == 0 })
		cancel()
		if err != nil {
			c.w.t.Errorf("worker %d still reads:\n%s\nthe program said:\n%s", i, strings.Join(c.waiting(i), "\n"), bot.tail())
		}
	}
}

// waiting is what somebody reads of what is being checked, each with all that
// they were told of the same spool.
func (c *crowd) waiting(i int) (out []string) {
	p := c.w.worker(i)
	all := p.Messages(c.at(i))
	if c.at(i) != p.DM() {
		all = append(all, p.Messages(p.DM())...)
	}
	for _, m := range all {
		if !strings.Contains(m.Shown(), "verificando") {
			continue
		}
		tag, _, _ := strings.Cut(m.Text, ":")
		for _, o := range all {
			if strings.Contains(o.Text, tag) {
				out = append(out, o.TS+" "+o.Text)
			}
		}
	}
	return out
}

func (c *crowd) note(list *[]string, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*list = append(*list, fmt.Sprintf(format, args...))
}

// wantAllAnswered checks that every line that Slack has handed over was answered.
func (c *crowd) wantAllAnswered(t *testing.T) {
	t.Helper()
	for _, fault := range c.unanswered {
		t.Error(fault)
	}
}

// check looks at the end of a story, or at a pause of it, for what is not whole
// and for everything that was told and is not so.
func (c *crowd) check(t *testing.T) {
	t.Helper()
	for i := range c.size {
		c.looks(i, false)
	}
	t.Log(c.tally())
	c.w.whole.check(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, lie := range c.lies {
		t.Error(lie)
	}
	c.lies = nil
	taken := map[claim]string{}
	for _, e := range c.w.whole.oneHolder(t) {
		taken[claim{e.tag, e.fence}] = e.worker
	}
	for of, i := range c.claims {
		if got := taken[of]; got != fmt.Sprint(100+i) {
			t.Errorf("worker %d was told that %s is theirs with fence %d; the log says that this is of %q", i, of.tag, of.fence, got)
		}
	}
}
