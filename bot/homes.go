package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// This file keeps App Home true for those who look at it: each replica looks at
// locks and sheet every two seconds while one of the homes that it has published
// was opened or touched lately, and publishes those again that have changed by
// it, whoever changed them. While nobody looks at a home nothing runs.

const (
	homeLife    = 30 * 24 * time.Hour // how long it is remembered what a person has seen
	homeOpen    = 10 * time.Minute    // how long after a touch somebody may be looking
	homeEvery   = 2 * time.Second     // how often it is looked whether a home has changed
	homePace    = 3 * time.Second     // one home is published by itself no more often
	homeGather  = 200 * time.Millisecond
	homeAnyway  = 15 * time.Second // the time that is left changes by itself
	maxHomes    = 1000
	homeReading = 5 * time.Second
)

// homeRecord is what is remembered of a person's App Home, by all replicas.
type homeRecord struct {
	Hash    string      `json:"h,omitempty"` // of the view that was published last
	Replica string      `json:"r,omitempty"` // which published it, and keeps it true
	Filter  view.Filter `json:"f,omitzero"`
	Acted   bool        `json:"a,omitempty"` // the person knows how it works
}

// openHome is an App Home that somebody may be looking at.
type openHome struct {
	user string
	turn chan struct{} // who has it publishes

	doubtful bool // for the loop alone: it may not be true any more

	// Guarded by homes.mu.
	worker occupation.Worker
	seen   time.Time // when it was opened or touched
	tried  time.Time // when it was published last, or not
	shown  string    // the digest of what was published; empty = not known
	rec    homeRecord
	told   view.Message // the note at its top
	until  time.Time    // when that goes
	busy   bool         // it is being published by itself
}

func (h *openHome) take(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *openHome) give() { <-h.turn }

// homes are the open ones.
type homes struct {
	mu   sync.Mutex
	open map[string]*openHome
	wake chan struct{}

	last *occupation.Look // of the loop alone
	full time.Time        // when the loop doubted all of them
}

// kick lets the loop look now: something has happened.
func (hs *homes) kick() {
	select {
	case hs.wake <- struct{}{}:
	default:
	}
}

// touch is somebody who opens or uses their App Home.
func (hs *homes) touch(user string, w occupation.Worker, now time.Time) *openHome {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	defer hs.kick()
	h := hs.open[user]
	if h == nil {
		if hs.open == nil || len(hs.open) >= maxHomes {
			hs.open = map[string]*openHome{}
		}
		h = &openHome{user: user, turn: make(chan struct{}, 1)}
		hs.open[user] = h
	}
	h.worker, h.seen = w, now
	return h
}

// note puts a message at the top of a home; the zero one takes it away.
func (hs *homes) note(h *openHome, m view.Message, until time.Time) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h.told, h.until = m, until
}

// state is what a home shows by this look.
func (hs *homes) state(h *openHome, rec homeRecord, look *occupation.Look) view.HomeState {
	hs.mu.Lock()
	s := view.HomeState{Worker: h.worker, Filter: rec.Filter, First: !rec.Acted}
	if time.Now().Before(h.until) {
		s.Note = h.told
	}
	hs.mu.Unlock()
	s.Mine = occupation.HeldBy(look.Held(), s.Worker.ID)
	s.Free = look.Free(s.Worker, "", "")
	s.Stopped = look.Stopped()
	s.First = s.First && len(s.Mine) == 0
	return s
}

// whose is the worker whose home it is, as they were seen last.
func (hs *homes) whose(h *openHome) occupation.Worker {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return h.worker
}

func (hs *homes) published(h *openHome, rec homeRecord, shown string, now time.Time) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h.rec, h.shown, h.tried = rec, shown, now
}

// failed notes that Slack did not take a home; what it will never take is let go.
func (hs *homes) failed(h *openHome, now time.Time, again bool) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h.tried = now
	if !again {
		delete(hs.open, h.user)
	}
}

// blank notes that something else is published than what the person has.
func (hs *homes) blank(user string) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h := hs.open[user]; h != nil {
		h.shown, h.tried = "", time.Now()
	}
}

// live are the homes that somebody may be looking at, those first that were touched
// last; the others are let go.
func (hs *homes) live(now time.Time) []*openHome {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	var out []*openHome
	for user, h := range hs.open {
		if now.Sub(h.seen) > homeOpen {
			delete(hs.open, user)
			continue
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b *openHome) int { return b.seen.Compare(a.seen) })
	return out
}

// digest is what tells whether a home has changed: all of it but the small print,
// which has the time of day.
func digest(v slack.HomeTabViewRequest) string {
	blocks := slices.DeleteFunc(slices.Clone(v.Blocks.BlockSet), func(b slack.Block) bool { return b.BlockType() == slack.MBTContext })
	raw, err := json.Marshal(blocks)
	if err != nil {
		panic(err) // blocks always marshal: they go to Slack the same way
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

// freshenHomes keeps the open homes true until ctx ends.
func (b *Bot) freshenHomes(ctx context.Context) {
	ctx = b.log.WithContext(ctx)
	for ctx.Err() == nil {
		var again <-chan time.Time
		if b.lookAtHomes(ctx) {
			again = time.After(homeEvery)
		}
		select {
		case <-ctx.Done():
		case <-again:
		case <-b.homes.wake:
			_ = wait(ctx, homeGather)
		}
	}
}

// lookAtHomes looks once and publishes what has changed; false = nobody looks at a
// home.
func (b *Bot) lookAtHomes(ctx context.Context) bool {
	open := b.homes.live(time.Now())
	if len(open) == 0 {
		b.homes.last = nil
		return false
	}
	reading, cancel := context.WithTimeout(ctx, homeReading)
	defer cancel()
	look, err := b.core.Look(reading, b.homes.last)
	if err != nil {
		if ctx.Err() == nil {
			logged(ctx, err, "homes_not_looked_at")
		}
		return true
	}
	if !look.Same(b.homes.last) || time.Since(b.homes.full) >= homeAnyway {
		b.homes.full = time.Now()
		for _, h := range open {
			h.doubtful = true
		}
	}
	b.homes.last = look
	for _, h := range open {
		if !h.doubtful {
			continue
		}
		now := b.freshen(ctx, h, look)
		if h.doubtful = now != homeTrue; now == homeNoSlot { // of the others somebody looked at them longer ago
			break
		}
	}
	return true
}

// homeState is what came of looking whether a home is still true.
type homeState int

const (
	homeTrue   homeState = iota // it is, or is made so
	homeWaits                   // it has changed, and it is too early to publish it again
	homeNoSlot                  // it has changed, and too much is being published
)

// freshen publishes a home if it has changed.
func (b *Bot) freshen(ctx context.Context, h *openHome, look *occupation.Look) homeState {
	b.homes.mu.Lock()
	rec, shown, early := h.rec, h.shown, time.Since(h.tried) < homePace
	busy := h.busy || shown == "" && h.tried.IsZero() // the person's own request is putting it there
	b.homes.mu.Unlock()
	switch {
	case busy:
		return homeWaits
	case digest(b.homeView(ctx, h, rec, look)) == shown:
		return homeTrue
	case early:
		return homeWaits
	case !b.freeSlot(ctx):
		return homeNoSlot
	}
	b.homes.setBusy(h, true)
	queued := b.queue.Do(h.user+"/home", func() {
		defer b.homes.setBusy(h, false)
		ctx, cancel := context.WithTimeout(b.jobs, jobTimeout)
		defer cancel()
		b.publishAgain(b.log.WithContext(ctx), h)
	})
	if !queued {
		b.homes.setBusy(h, false)
		return homeWaits
	}
	return homeTrue
}

func (hs *homes) setBusy(h *openHome, busy bool) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h.busy = busy
}

// publishAgain publishes a home that nobody has asked for, unless another replica
// serves the person by now.
func (b *Bot) publishAgain(ctx context.Context, h *openHome) {
	if h.take(ctx) != nil {
		return
	}
	defer h.give()
	rec := b.homeRecord(ctx, h.user)
	if rec.Replica != b.replica {
		b.homes.failed(h, time.Now(), false)
		return
	}
	logged(ctx, b.putHome(ctx, h, rec), "home_not_read")
}

func homeKey(user string) string { return "home:" + user }

// homeRecord reads what is remembered; the zero one where there is nothing.
func (b *Bot) homeRecord(ctx context.Context, user string) (rec homeRecord) {
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	text, err := b.memory.Get(ctx, homeKey(user))
	logged(ctx, err, "home_not_remembered")
	if json.Unmarshal([]byte(text), &rec) != nil {
		return homeRecord{}
	}
	return rec
}

func (b *Bot) keepHomeRecord(ctx context.Context, user string, rec homeRecord) {
	text, err := json.Marshal(rec)
	if err != nil {
		panic(err) // texts and a flag always marshal
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	logged(ctx, b.memory.Put(ctx, homeKey(user), string(text), homeLife), "home_not_remembered")
}
