package locks

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Due implements occupation.Locks. It looks at no lock whose deadline is further
// away than the longest of before and together.
func (l *Locks) Due(ctx context.Context, before []time.Duration, together time.Duration) (occupation.Due, error) {
	keys := []string{
		l.keys.key("site"), l.keys.key("deadlines"), l.keys.key("waiting"), l.keys.key("warned"), l.keys.answer(rand.Text()),
	}
	args := []any{together.Milliseconds(), occupation.HeadStart.Milliseconds()}
	for _, b := range before {
		args = append(args, b.Milliseconds())
	}
	reply, err := l.run(ctx, dueScript, keys, args...)
	if err != nil {
		return occupation.Due{}, err
	}
	return due(reply, before)
}

func due(reply any, before []time.Duration) (occupation.Due, error) {
	list, ok := reply.([]any)
	if !ok || len(list) != 4 {
		return occupation.Due{}, fmt.Errorf("locks: due answers %T of %d", reply, len(list))
	}
	var out occupation.Due
	now, err := texts(list[:1])
	if err != nil {
		return out, err
	}
	if out.Now, err = moment(now[0]); err != nil {
		return out, err
	}
	if out.Warnings, err = warnings(list[1], before); err != nil {
		return out, err
	}
	if out.Over, err = listed(list[2]); err != nil {
		return out, err
	}
	if out.Ended, err = listed(list[3]); err != nil {
		return out, err
	}
	slices.SortStableFunc(out.Ended, func(a, b occupation.Lock) int {
		return cmp.Or(a.Deadline.Compare(b.Deadline), cmp.Compare(a.Key, b.Key))
	})
	return out, nil
}

func listed(reply any) ([]occupation.Lock, error) {
	raws, err := texts(reply)
	if err != nil {
		return nil, err
	}
	return decodeLocks(raws)
}

// warnings reads pairs of an item of before, counted from 1, and a lock.
func warnings(reply any, before []time.Duration) ([]occupation.Warning, error) {
	part, err := texts(reply)
	if err != nil {
		return nil, err
	}
	if len(part)%2 != 0 {
		return nil, fmt.Errorf("locks: due answers %d parts of warnings", len(part))
	}
	var out []occupation.Warning
	for pair := range slices.Chunk(part, 2) {
		item, err := strconv.Atoi(pair[0])
		if err != nil || item < 1 || item > len(before) {
			return nil, fmt.Errorf("locks: due warns of item %q of %d", pair[0], len(before))
		}
		lock, err := decodeLock(pair[1])
		if err != nil {
			return nil, err
		}
		out = append(out, occupation.Warning{Lock: lock, Before: before[item-1]})
	}
	return out, nil
}
