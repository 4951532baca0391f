package locks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Put keeps a small note under the key until ttl has passed; an empty value
// forgets it. The bot notes where it showed what. Losing one harms no spool.
func (l *Locks) Put(ctx context.Context, key, value string, ttl time.Duration) error {
	var err error
	if value == "" {
		err = l.client.Del(ctx, l.keys.note(key)).Err()
	} else {
		err = l.client.Set(ctx, l.keys.note(key), value, ttl).Err()
	}
	if err != nil {
		return fmt.Errorf("locks: put note: %w", err)
	}
	return nil
}

// Get returns the note under the key, "" when there is none.
func (l *Locks) Get(ctx context.Context, key string) (string, error) {
	v, err := l.client.Get(ctx, l.keys.note(key)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("locks: get note: %w", err)
	}
	return v, nil
}

// Add puts a value at the end of the list under the key, of which the last most
// stay until ttl has passed. After a broken line it may be there twice.
func (l *Locks) Add(ctx context.Context, key, value string, most int, ttl time.Duration) error {
	_, err := l.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.RPush(ctx, l.keys.note(key), value)
		p.LTrim(ctx, l.keys.note(key), -int64(most), -1)
		p.PExpire(ctx, l.keys.note(key), ttl)
		return nil
	})
	if err != nil {
		return fmt.Errorf("locks: add note: %w", err)
	}
	return nil
}

// List returns the values of the list under the key, oldest first.
func (l *Locks) List(ctx context.Context, key string) ([]string, error) {
	v, err := l.client.LRange(ctx, l.keys.note(key), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("locks: list notes: %w", err)
	}
	return v, nil
}
