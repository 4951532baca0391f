package bot

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// Slack takes a hundred views.publish a minute of an app, with bursts that it does
// not specify (SLACK.md 3.2). All replicas share ninety: time is cut into slots of
// two thirds of a second, and each publishing takes one, of the last forty seconds
// or, where a person waits for it, of the next eighty. What nobody waits for leaves
// the newest ones to people.
const (
	slotTime   = 667 * time.Millisecond
	slotsBack  = 60
	slotsAhead = 120
	slotsKept  = 4
)

// slots remembers up to where this process has asked for them: no two ask for one.
type slots struct {
	mu   sync.Mutex
	next int64
}

// ask is the first from begin on that nobody here has asked for; false = there is none
// before end.
func (s *slots) ask(begin, end int64) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := max(s.next, begin)
	if n >= end {
		return 0, false
	}
	s.next = n + 1
	return n, true
}

// claim takes the first free slot before the one with the number end, and returns
// its number.
func (b *Bot) claim(ctx context.Context, now, end int64) (int64, bool) {
	for {
		n, ok := b.allow.homes.ask(now-slotsBack, end)
		if !ok {
			return 0, false
		}
		call, cancel := context.WithTimeout(ctx, memoryTimeout)
		free, err := b.memory.First(call, []string{"publish:" + strconv.FormatInt(n, 10)}, 5*time.Minute)
		cancel()
		if err != nil {
			logged(ctx, err, "slot_not_asked")
			return 0, false
		}
		if free {
			return n, true
		}
	}
}

func slotNow() int64 { return time.Now().UnixMilli() / slotTime.Milliseconds() }

// homeSlot waits until a person's home may be published. Where the replicas cannot
// ask each other it goes at once: Slack says when it is too much.
func (b *Bot) homeSlot(ctx context.Context) error {
	now := slotNow()
	n, ok := b.claim(ctx, now, now+slotsAhead)
	if !ok {
		return ctx.Err()
	}
	return wait(ctx, time.Until(time.UnixMilli(n*slotTime.Milliseconds())))
}

// freeSlot takes a slot for a home that nobody waits for, if there is one.
func (b *Bot) freeSlot(ctx context.Context) bool {
	now := slotNow()
	_, ok := b.claim(ctx, now, now-slotsKept)
	return ok
}
