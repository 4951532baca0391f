//go:build !shop

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// benchCrowd is many workers who may do ARM, each with a phone. They type in one
// channel, where each is answered alone, or in their direct messages with the bot.
type benchCrowd struct {
	far   *farEnds
	hands []*hand
	byID  map[string]*hand // and by the id of their direct messages
	stop  context.CancelFunc
	wg    sync.WaitGroup
}

// hand is one of them.
type hand struct {
	*slacksim.Person
	worker int
	yard   string        // the channel
	dm     string        // their direct messages with the bot
	stir   chan struct{} // holds one item when what they see may have changed
}

// answer is what a hand was told, and how long after typing it could be read.
type answer struct {
	text string
	took time.Duration
	at   time.Time
}

// openBenchCrowd opens the far ends with a sample of many workers, and links n of them
// with Slack in the way that the IT person does it: by filling in Slack_ID.
func openBenchCrowd(ctx context.Context, f demoFlags, n int) (*benchCrowd, error) {
	zone, err := time.LoadLocation(lookUp("TIMEZONE").Default)
	if err != nil {
		return nil, err
	}
	// A third of the sample's workers may do ARM.
	sample := sheetsim.SampleOptions{Seed: f.seed, Now: time.Now().In(zone), Workers: 50 + 4*n}
	far, err := openFarEndsOn(ctx, f, sheetsim.SampleWith(sample))
	if err != nil {
		return nil, err
	}
	c := &benchCrowd{far: far, byID: map[string]*hand{}}
	if err := c.link(n); err != nil {
		far.close()
		return nil, err
	}
	ctx, c.stop = context.WithCancel(ctx)
	changes, end := far.slack.Subscribe()
	c.wg.Go(func() {
		defer end()
		c.watch(ctx, changes)
	})
	return c, nil
}

func (c *benchCrowd) link(n int) error {
	fitters := map[string]bool{}
	for _, r := range c.far.sheet.Rows("Roles")[1:] {
		fitters[r[0]] = fitters[r[0]] || r[1] == "Armador" || r[1] == "Ayudante"
	}
	rows := c.far.sheet.Rows("Trabajadores")
	at := columns(rows[0])
	var ids []string
	for i, r := range rows[1:] {
		worker, err := strconv.Atoi(r[at["ID"]])
		linked := len(r) > at["SLACKID"] && r[at["SLACKID"]] != ""
		if err != nil || linked || !fitters[r[at["ID"]]] || !truthy(r[at["ACTIVO"]]) {
			continue
		}
		id := fmt.Sprintf("U0CROWD%04d", worker)
		if err := c.far.sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: cellName(at["SLACKID"], i+2), Value: id}); err != nil {
			return err
		}
		c.far.slack.AddUser(slacksim.User{ID: id, RealName: r[at["NOMBRE"]] + " " + r[at["APELLIDO"]]})
		ids = append(ids, id)
		h := &hand{Person: c.far.slack.Person(id), worker: worker, stir: make(chan struct{}, 1)}
		h.dm = h.DM()
		c.byID[id], c.byID[h.dm] = h, h
		c.hands = append(c.hands, h)
		if len(c.hands) == n {
			break
		}
	}
	if len(c.hands) < n {
		return fmt.Errorf("the sample has only %d workers who may do ARM, not %d", len(c.hands), n)
	}
	yard := c.far.slack.AddChannel("patio", ids...)
	for _, h := range c.hands {
		h.yard = yard
	}
	return nil
}

// watch wakes those who may have something new before them. A wait of each for
// every change of the workspace would cost more than what is measured.
func (c *benchCrowd) watch(ctx context.Context, changes <-chan slacksim.Change) {
	last := int64(0)
	for {
		var ch slacksim.Change
		select {
		case ch = <-changes:
		case <-ctx.Done():
			return
		}
		whole := ch.Seq == last+1
		last = ch.Seq
		h := c.byID[ch.ID]
		if ch.User != "" {
			h = c.byID[ch.User]
		}
		switch {
		case whole && ch.Kind != "channel":
		case whole && h != nil:
			h.wake()
		default:
			for _, h := range c.hands {
				h.wake()
			}
		}
	}
}

func (c *benchCrowd) close() {
	c.stop()
	c.wg.Wait()
}

func (h *hand) wake() {
	select {
	case h.stir <- struct{}{}:
	default:
	}
}

// benchPatience is how long anybody waits for an answer; it is longer than the bot's,
// which then says that it is still checking.
const benchPatience = 60 * time.Second

// types a line into a channel and waits for the answer. "It is being checked" is
// none yet.
func (h *hand) types(ctx context.Context, channel, line string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, benchPatience)
	defer cancel()
	before := h.Last(channel).TS
	typed := time.Now()
	if err := h.Type(ctx, channel, line); err != nil {
		return answer{}, fmt.Errorf("%.60s: %w", line, err)
	}
	for {
		m := h.Last(channel)
		if m.TS > before && !strings.Contains(m.Text, "verificando") {
			at, err := shownAt(m)
			return answer{text: m.Text, took: at.Sub(typed), at: at}, err
		}
		select {
		case <-h.stir:
		case <-ctx.Done():
			return answer{text: m.Text}, fmt.Errorf("%.60s: no answer: %w", line, ctx.Err())
		}
	}
}

// shownAt is when a message came to look as it does, by Slack's own clock, which
// is this machine's.
func shownAt(m slacksim.Message) (time.Time, error) {
	ts := m.TS
	if m.Edited != nil {
		ts = m.Edited.TS
	}
	micros, err := strconv.ParseInt(strings.Replace(ts, ".", "", 1), 10, 64)
	if err != nil {
		return time.Time{}, errors.New("a message has no time: " + ts)
	}
	return time.UnixMicro(micros), nil
}

// holders are the workers, by TAG, of whom sheet and audit log say in one voice
// that they have taken the spool.
func (far *farEnds) holders() map[string]int {
	rows, log := far.sheet.Rows("Operaciones"), far.sheet.Rows("Metadata")
	at := columns(rows[0])
	taken := map[string]int{}
	for _, r := range rows[1:] {
		if at["OCUPADOPOR"] >= len(r) {
			continue
		}
		_, id, _ := strings.Cut(strings.TrimSuffix(r[at["OCUPADOPOR"]], ")"), "(")
		if worker, err := strconv.Atoi(id); err == nil {
			taken[r[at["TAGSPOOL"]]] = worker
		}
	}
	in := columns(log[0])
	logged := map[string][]string{} // the workers of the TOMAR rows, by TAG
	for _, r := range log[1:] {
		if r[in["ACCION"]] == "TOMAR" {
			logged[r[in["TAGSPOOL"]]] = append(logged[r[in["TAGSPOOL"]]], r[in["WORKERID"]])
		}
	}
	out := map[string]int{}
	for tag, worker := range taken {
		if slices.Equal(logged[tag], []string{strconv.Itoa(worker)}) {
			out[tag] = worker
		}
	}
	return out
}
