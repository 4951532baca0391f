package locks

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
)

var _ occupation.Desk = (*Locks)(nil)

// Wait implements occupation.Desk. Error: occupation.ErrUnseeded, or a fault.
func (l *Locks) Wait(ctx context.Context, w occupation.Waiting) (int, error) {
	if w.Key == "" || w.Worker == 0 {
		return 0, errors.New("locks: a wish without spool or worker")
	}
	keys := []string{l.keys.key("site"), l.keys.key("waiting"), l.keys.lock(w.Key)}
	reply, err := l.run(ctx, waitScript, keys, w.Key, w.Tag, w.Worker)
	if err != nil {
		return 0, err
	}
	place, ok := reply.(int64)
	if !ok {
		return 0, fmt.Errorf("locks: wait answers %T", reply)
	}
	return int(place), nil
}

// Leave implements occupation.Desk.
func (l *Locks) Leave(ctx context.Context, spool string, worker int) error {
	_, err := l.run(ctx, leaveScript, []string{l.keys.key("waiting")}, spool, worker)
	return err
}

// Waits implements occupation.Desk.
func (l *Locks) Waits(ctx context.Context) ([]occupation.Waiting, error) {
	reply, err := l.run(ctx, waitsScript, []string{l.keys.key("waiting")})
	if err != nil {
		return nil, err
	}
	return waits(reply)
}

func waits(reply any) ([]occupation.Waiting, error) {
	parts, err := texts(reply)
	if err != nil {
		return nil, err
	}
	var out []occupation.Waiting
	for part := range slices.Chunk(parts, 3) {
		if len(part) != 3 {
			return nil, fmt.Errorf("locks: waits answers %d parts", len(parts))
		}
		w := occupation.Waiting{Key: part[0], Tag: part[1]}
		if w.Worker, err = strconv.Atoi(part[2]); err != nil {
			return nil, fmt.Errorf("locks: worker in the answer: %w", err)
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b occupation.Waiting) int { return cmp.Compare(a.Key, b.Key) })
	return out, nil
}

// Stopped implements occupation.Desk.
func (l *Locks) Stopped(ctx context.Context, spools []string) error {
	args := make([]any, 0, len(spools)+1)
	args = append(args, occupation.HeadStart.Milliseconds())
	for _, spool := range spools {
		args = append(args, spool)
	}
	_, err := l.run(ctx, stoppedScript, []string{l.keys.key("site"), l.keys.key("waiting")}, args...)
	return err
}

// Turns implements occupation.Desk, by spool and worker.
func (l *Locks) Turns(ctx context.Context) ([]occupation.Turn, error) {
	keys := []string{l.keys.key("site"), l.keys.key("waiting"), l.keys.answer(rand.Text())}
	reply, err := l.run(ctx, turnsScript, keys)
	if err != nil {
		return nil, err
	}
	return turns(reply)
}

func turns(reply any) ([]occupation.Turn, error) {
	parts, err := texts(reply)
	if err != nil {
		return nil, err
	}
	var out []occupation.Turn
	for part := range slices.Chunk(parts, 4) {
		if len(part) != 4 {
			return nil, fmt.Errorf("locks: turns answers %d parts", len(parts))
		}
		t := occupation.Turn{Waiting: occupation.Waiting{Key: part[0], Tag: part[1]}}
		if t.Worker, err = strconv.Atoi(part[2]); err != nil {
			return nil, fmt.Errorf("locks: worker in the answer: %w", err)
		}
		if t.First = part[3] != ""; t.First {
			if t.Until, err = moment(part[3]); err != nil {
				return nil, err
			}
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b occupation.Turn) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Worker, b.Worker))
	})
	return out, nil
}

// News implements occupation.Desk, in the order of their fences.
func (l *Locks) News(ctx context.Context, age time.Duration) ([]occupation.Intent, error) {
	reply, err := l.run(ctx, newsScript, []string{l.keys.key("news")}, age.Milliseconds())
	if err != nil {
		return nil, err
	}
	return news(reply)
}

func news(reply any) ([]occupation.Intent, error) {
	records, err := texts(reply)
	if err != nil {
		return nil, err
	}
	var out []occupation.Intent
	for _, raw := range records {
		r, err := decodeIntent(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, r.intent)
	}
	slices.SortFunc(out, func(a, b occupation.Intent) int {
		return cmp.Or(cmp.Compare(a.Fence, b.Fence), cmp.Compare(a.Event, b.Event))
	})
	return out, nil
}

// Told implements occupation.Desk.
func (l *Locks) Told(ctx context.Context, events ...string) error {
	if len(events) == 0 {
		return nil
	}
	_, err := l.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HDel(ctx, l.keys.key("news"), events...)
		p.HDel(ctx, l.keys.key("offers_over"), events...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("locks: told: %w", err)
	}
	return nil
}
