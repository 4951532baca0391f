package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file completes the messages that said "lo estoy verificando". They are noted
// in this process, and in the Memory for the replica that finds the outcome when
// this one is not there any more.

// checkKey names one operation whose answer was "lo estoy verificando".
type checkKey struct {
	worker int
	kind   occupation.Kind // Take stands for all that begins an occupation
	spool  string
}

// keyOf names an operation. Whoever takes a spool that they are being given, or give
// themselves back, this moment, waits for the outcome of that.
func keyOf(worker int, kind occupation.Kind, begins bool, tag string) checkKey {
	if begins {
		kind = occupation.Take
	}
	return checkKey{worker, kind, occupation.TagKey(tag)}
}

func (k checkKey) String() string { return fmt.Sprintf("checks:%d:%s:%s", k.worker, k.kind, k.spool) }

// check is an answer of which not everything is known yet. It is kept in the Memory
// as JSON.
type check struct {
	ID      string              `json:"i"`
	User    string              `json:"u"`
	Place   place               `json:"p"` // where the answer stands
	Results []occupation.Result `json:"r"`
}

const (
	maxChecks   = 2000 // answers that wait for their end; beyond it the Memory alone knows them
	maxSameKind = 10   // of one operation: whoever asks again while it is being checked
	checkLife   = 24 * time.Hour
	maxNews     = 500 // notices to one worker that wait to be told
)

// checks are the answers that wait, and the news that came.
type checks struct {
	mu      sync.Mutex
	waiting map[checkKey][]*check // several when it was asked again meanwhile
	waits   int                   // how many there are
	news    map[int][]occupation.Notice
}

// await remembers which message the news about results complete that are being
// checked.
func (b *Bot) await(ctx context.Context, r *request, at place, results []occupation.Result) {
	c := &check{ID: rand.Text(), User: r.user, Place: at, Results: slices.Clone(results)} // news change them
	var keys []checkKey
	for _, res := range results {
		if beingChecked(res) {
			keys = append(keys, keyOf(r.worker.ID, res.Kind, res.Begins(), res.Tag))
		}
	}
	if len(keys) == 0 {
		return
	}
	b.checks.mu.Lock()
	if b.checks.waiting == nil {
		b.checks.waiting = map[checkKey][]*check{}
	}
	for _, key := range keys {
		if b.checks.waits < maxChecks {
			b.checks.waiting[key] = append(b.checks.waiting[key], c)
			b.checks.waits++
		}
	}
	b.checks.mu.Unlock()
	b.noteCheck(ctx, c)
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	for _, key := range keys {
		if err := b.memory.Add(ctx, key.String(), c.ID, maxSameKind, checkLife); err != nil {
			logged(ctx, err, "check_not_noted")
			return
		}
	}
}

// noteCheck puts an answer as it stands now into the Memory, or out of it when it
// is complete.
func (b *Bot) noteCheck(ctx context.Context, c *check) {
	text := ""
	if slices.ContainsFunc(c.Results, beingChecked) {
		text = c.encode()
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, "check:"+c.ID, text, checkLife), "check_not_noted")
}

func beingChecked(res occupation.Result) bool {
	return res.Err != nil && res.Err.Reason == occupation.BeingChecked
}

// encode is the answer as the Memory keeps it: without the causes of errors, which
// no person is shown.
func (c *check) encode() string {
	out := *c
	out.Results = slices.Clone(c.Results)
	for i, res := range out.Results {
		if res.Err != nil {
			shown := *res.Err
			shown.Err = nil
			out.Results[i].Err = &shown
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err) // texts, numbers and times always marshal
	}
	return string(text)
}

// awaiting takes the answers that a notice completes, those that another replica
// has given too. touched are the ones that news before it have completed in part.
func (b *Bot) awaiting(ctx context.Context, n occupation.Notice, touched []*check) []*check {
	if n.Intent.Kind == occupation.Expire || n.To.ID != n.Intent.Worker.ID {
		return nil // nobody has asked for it
	}
	key := keyOf(n.To.ID, n.Intent.Kind, n.Intent.Begins(), n.Intent.Tag)
	b.checks.mu.Lock()
	out := b.checks.waiting[key]
	delete(b.checks.waiting, key)
	b.checks.waits -= len(out)
	b.checks.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	ids, err := b.memory.List(ctx, key.String())
	logged(ctx, err, "checks_not_read")
	if len(ids) == 0 {
		return out
	}
	logged(ctx, b.memory.Put(ctx, key.String(), "", checkLife), "checks_not_forgotten")
	for _, id := range ids {
		of := func(c *check) bool { return c.ID == id }
		if at := slices.IndexFunc(touched, of); at >= 0 {
			out = slices.DeleteFunc(out, of)
			out = append(out, touched[at])
			continue
		}
		text, err := b.memory.Get(ctx, "check:"+id)
		logged(ctx, err, "check_not_read")
		noted := new(check)
		if text == "" || json.Unmarshal([]byte(text), noted) != nil {
			continue
		}
		if at := slices.IndexFunc(out, of); at >= 0 { // another replica may know more of it by now
			out[at].Place, out[at].Results = noted.Place, noted.Results
		} else {
			out = append(out, noted)
		}
	}
	return out
}

// apply puts what a notice says into the results of the answer.
func (c *check) apply(n occupation.Notice) {
	for i := range c.Results {
		res := &c.Results[i]
		if occupation.TagKey(res.Tag) != n.Intent.Key {
			continue
		}
		res.Err, res.Date = n.Err, n.Intent.Date
		if n.Err == nil {
			res.Lock, res.Reverts = lockOf(n.Intent), n.Intent.Reverts()
		}
	}
}

// complete puts the answer, of which the notices tell the end, in the place of the
// one that said that it was being checked.
func (b *Bot) complete(ctx context.Context, c *check, news []occupation.Notice) {
	m := view.Results(c.Results, b.clock())
	if len(c.Results) == 1 {
		m = view.Notice(news[0], b.clock())
	}
	var err error
	c.Place, err = b.showAt(ctx, c.User, c.Place, m)
	logged(ctx, err, "news_not_shown")
	b.noteCheck(ctx, c)
	for _, n := range news {
		b.told(ctx, n, c.Place, len(c.Results) == 1)
	}
}

// showAt edits the message at p, and writes to the person's DM where that cannot be
// done (any more). It returns where the answer stands now.
func (b *Bot) showAt(ctx context.Context, user string, p place, m view.Message) (place, error) {
	err := insist(ctx, func(ctx context.Context) error { return b.edit(ctx, p, m) })
	if err == nil {
		return p, nil
	}
	if !errors.Is(err, errGone) {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("card_not_edited")
	}
	wrote, err := b.tell(ctx, user, m)
	if err != nil {
		return p, err
	}
	return wrote, nil
}
