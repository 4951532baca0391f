package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// tapLife is how long after a tap the same tap means nothing new; while what it asked
// for is under way it does not either.
const tapLife = 2 * time.Second

// maxTaps bounds what is remembered of taps.
const maxTaps = 5000

// tapOf names what a tap means: who has pressed which button, as it stood there. A
// message that was changed has new block ids, and so new taps.
func tapOf(c slack.InteractionCallback, a *slack.BlockAction) string {
	sum := sha256.New()
	for _, part := range []string{c.User.ID, a.ActionID, a.BlockID, a.Value, a.SelectedOption.Value, c.Container.ChannelID, c.Container.MessageTs, c.View.ID} {
		sum.Write([]byte(part + "\x00"))
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// taps are those under way, and those of the last seconds.
type taps struct {
	mu   sync.Mutex
	last map[string]tapped
}

type tapped struct {
	underWay bool
	until    time.Time // until when the same tap means nothing new
}

// begin reports whether a tap means something new. Whoever taps on and on means one
// thing all the time.
func (t *taps) begin(tap string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	old, known := t.last[tap]
	fresh := !known || !old.underWay && now.After(old.until)
	if t.last == nil || len(t.last) >= maxTaps {
		t.sweep(now)
	}
	t.last[tap] = tapped{underWay: true, until: now.Add(tapLife)}
	if !fresh {
		t.last[tap] = tapped{underWay: old.underWay, until: now.Add(tapLife)}
	}
	return fresh
}

// sweep forgets what is over. The caller holds t.mu.
func (t *taps) sweep(now time.Time) {
	kept := map[string]tapped{}
	for tap, s := range t.last {
		if s.underWay || now.Before(s.until) {
			kept[tap] = s
		}
	}
	t.last = kept
}

// end says that what the tap asked for is done.
func (t *taps) end(tap string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old, known := t.last[tap]; known {
		t.last[tap] = tapped{until: old.until}
	}
}

// repeated reports whether another replica has just had the same tap.
func (b *Bot) repeated(ctx context.Context, tap string) bool {
	if tap == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	first, err := b.memory.First(ctx, []string{"tap:" + tap}, tapLife)
	return err == nil && !first
}
