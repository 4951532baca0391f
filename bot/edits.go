package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/spoolbot/spoolbot/bot/view"
)

// This file keeps edits of messages within what Slack allows, which is about fifty a
// minute: those that somebody waits for go at once; those that nobody waits for line
// up behind them, and of one message only the newest goes.

const (
	editsPerMinute = 45 // a little less than chat.update allows (SLACK.md 3.2)
	editsAtOnce    = 45 // after a time without any
	editsKept      = 25 // of these, for answers that people wait for
	editsLook      = 250 * time.Millisecond
)

// messageID names one for chat.update.
type messageID struct{ channel, ts string }

func (p place) id() messageID { return messageID{p.Channel, p.TS} }

// edits are the changes of messages that wait, and those that are under way.
type edits struct {
	mu      sync.Mutex
	waiting map[messageID]view.Message // the newest of each
	order   []messageID
	busy    map[messageID]chan struct{} // closed when the edit under way has ended
	running bool                        // somebody carries out what waits
	budget  *editBudget
}

// editBudget is how many edits Slack takes of the app.
type editBudget struct {
	mu      sync.Mutex
	tokens  float64 // edits that may go at once, as of counted
	counted time.Time
	blocked time.Time // until when Slack takes none
}

// take takes one for somebody who waits for it, whether there is one or not.
func (e *editBudget) take() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refill(time.Now())
	e.tokens = max(e.tokens-1, -editsAtOnce)
}

// spare takes one of those that are not kept for people; else pause is how long there
// is none.
func (e *editBudget) spare() (pause time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	e.refill(now)
	switch {
	case now.Before(e.blocked):
		return e.blocked.Sub(now)
	case e.tokens < editsKept+1:
		return editsLook
	}
	e.tokens--
	return 0
}

// refused notes that Slack takes none for a while.
func (e *editBudget) refused(pause time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.blocked = time.Now().Add(pause)
}

// refill adds what has come since. The caller holds e.mu.
func (e *editBudget) refill(now time.Time) {
	if e.counted.IsZero() {
		e.tokens = editsAtOnce
	} else {
		e.tokens = min(editsAtOnce, e.tokens+now.Sub(e.counted).Minutes()*editsPerMinute)
	}
	e.counted = now
}

// put lets an edit wait, in the place of an earlier one of the same message, and
// reports whether somebody must begin to carry out what waits.
func (e *edits) put(id messageID, m view.Message) (begin bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.waiting == nil {
		e.waiting = map[messageID]view.Message{}
	}
	if _, known := e.waiting[id]; !known {
		e.order = append(e.order, id)
	}
	e.waiting[id] = m
	begin, e.running = !e.running, true
	return begin
}

// begin makes the message the caller's, after whoever is editing it; what waits for
// it is older and dropped. The caller ends it. Error: that of ctx.
func (e *edits) begin(ctx context.Context, id messageID) (end func(), err error) {
	for {
		e.mu.Lock()
		other := e.busy[id]
		if other == nil {
			e.drop(id)
			e.budget.take()
			end = e.hold(id)
		}
		e.mu.Unlock()
		if other == nil {
			return end, nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// hold marks a message as being edited. The caller holds e.mu.
func (e *edits) hold(id messageID) (end func()) {
	if e.busy == nil {
		e.busy = map[messageID]chan struct{}{}
	}
	done := make(chan struct{})
	e.busy[id] = done
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.busy, id)
		close(done)
	}
}

func (e *edits) drop(id messageID) {
	if _, known := e.waiting[id]; known {
		delete(e.waiting, id)
		e.order = slices.DeleteFunc(e.order, func(o messageID) bool { return o == id })
	}
}

// next takes the first that waits and may go now; pause is how long there is none.
// When nothing waits any more, ok is false, and the next put begins anew.
func (e *edits) next() (id messageID, m view.Message, end func(), pause time.Duration, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.order) == 0 {
		e.running = false
		return id, m, nil, 0, false
	}
	free := slices.IndexFunc(e.order, func(o messageID) bool { return e.busy[o] == nil })
	if free < 0 {
		return id, m, nil, editsLook, true
	}
	if pause := e.budget.spare(); pause > 0 {
		return id, m, nil, pause, true
	}
	id = e.order[free]
	m = e.waiting[id]
	e.drop(id)
	return id, m, e.hold(id), 0, true
}

// later takes an edit back that Slack does not take before a pause, unless there is a
// newer one.
func (e *edits) later(id messageID, m view.Message, pause time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.budget.refused(pause)
	if _, newer := e.waiting[id]; !newer {
		e.waiting[id] = m
		e.order = append(e.order, id)
	}
}

// left is how many wait.
func (e *edits) left() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.order)
}

// amend edits a message that nobody waits for: soon, or at once where it is no
// message of a channel.
func (b *Bot) amend(ctx context.Context, p place, m view.Message) {
	if p.Kind != atMessage {
		err := b.edit(ctx, p, m)
		b.amended(ctx, p.Channel, err)
		return
	}
	log := zerolog.Ctx(ctx)
	carry := func() { b.carryEdits(log.WithContext(b.jobs)) }
	if b.edits.put(p.id(), b.signedIn(p, m)) && !b.queue.Do("edits", carry) { // no room, or the end has begun
		carry()
	}
}

func (b *Bot) amended(ctx context.Context, channel string, err error) {
	if err != nil && !errors.Is(err, errGone) {
		zerolog.Ctx(ctx).Warn().Err(err).Str("channel", channel).Msg("card_not_edited")
	}
}

// carryEdits carries out what waits until nothing does any more, or the end of ctx.
func (b *Bot) carryEdits(ctx context.Context) {
	for ctx.Err() == nil {
		id, m, end, pause, ok := b.edits.next()
		switch {
		case !ok:
			return
		case end == nil:
			_ = wait(ctx, pause)
			continue
		}
		err := b.update(ctx, id, m)
		end()
		if pause, limited := rateLimited(err); limited {
			b.edits.later(id, m, pause)
			continue
		}
		b.amended(ctx, id.channel, err)
	}
}

// update is one call of chat.update.
func (b *Bot) update(ctx context.Context, id messageID, m view.Message) error {
	err := once(ctx, callTimeout, func(ctx context.Context) error {
		_, _, _, err := b.api.UpdateMessageContext(ctx, id.channel, id.ts, content(b.marked(m))...)
		return err
	})
	return gone(err)
}
