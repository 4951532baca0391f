package locks

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Stats are the numbers of the site that all replicas share.
type Stats struct {
	Occupations int // locks: held, on their way, or kept for who let them lapse
	Pending     int // intents that are not settled yet, waiting audit rows included
	WritesLeft  int // of the sheet's quota in the minute that ends now
}

// Stats asks for the numbers, in one round trip. An empty store has zeros.
func (l *Locks) Stats(ctx context.Context) (Stats, error) {
	var held, pending, used *redis.IntCmd
	_, err := l.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		held = p.ZCard(ctx, l.keys.key("deadlines"))
		pending = p.HLen(ctx, l.keys.key("intents"))
		used = p.ZCount(ctx, l.keys.key("quota"), "("+strconv.FormatInt(time.Now().Add(-time.Minute).UnixMilli(), 10), "+inf")
		return nil
	})
	if err != nil {
		return Stats{}, fmt.Errorf("locks: stats: %w", err)
	}
	return Stats{int(held.Val()), int(pending.Val()), max(0, l.quota-int(used.Val()))}, nil
}
