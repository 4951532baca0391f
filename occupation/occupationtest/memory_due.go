package occupationtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// warnKey is one warning that was given.
type warnKey struct {
	fence    int64
	deadline time.Time
	before   time.Duration
}

// Due implements occupation.Locks.
func (l *Locks) Due(ctx context.Context, before []time.Duration, together time.Duration) (occupation.Due, error) {
	var out occupation.Due
	err := l.call(ctx, "Due", true, func(now time.Time) {
		out.Now = now
		var near []occupation.Lock
		for key, lock := range l.locks {
			switch {
			case lock.State == occupation.Lapsed && now.After(lock.Until):
				l.bury(lock, now)
				delete(l.locks, key)
				l.comesFree(key, now)
				out.Ended = append(out.Ended, lock)
			case lock.State == occupation.Held && now.After(lock.Deadline):
				out.Over = append(out.Over, lock)
			case lock.State == occupation.Held:
				near = append(near, lock)
			}
		}
		byDeadline := func(a, b occupation.Lock) int {
			return cmp.Or(a.Deadline.Compare(b.Deadline), cmp.Compare(a.Key, b.Key))
		}
		slices.SortFunc(out.Over, byDeadline)
		slices.SortFunc(out.Ended, byDeadline)
		slices.SortFunc(near, byDeadline)
		out.Warnings = l.warn(near, before, together, now)
	})
	if err != nil {
		return occupation.Due{}, err
	}
	return out, nil
}

// warn picks the warnings of locks in the order of their deadlines.
func (l *Locks) warn(near []occupation.Lock, before []time.Duration, together time.Duration, now time.Time) []occupation.Warning {
	var out []occupation.Warning
	warned := map[int]map[time.Duration]bool{} // by worker
	for _, lock := range near {
		left := lock.Deadline.Sub(now)
		for i := len(before) - 1; i >= 0; i-- { // the most urgent first
			b := before[i]
			if left > b && (left > b+together || !warned[lock.Holder.ID][b]) {
				continue
			}
			if l.warned[warnKey{lock.Fence, lock.Deadline, b}] {
				break
			}
			for _, wider := range before[:i+1] {
				l.warned[warnKey{lock.Fence, lock.Deadline, wider}] = true
			}
			if warned[lock.Holder.ID] == nil {
				warned[lock.Holder.ID] = map[time.Duration]bool{}
			}
			warned[lock.Holder.ID][b] = true
			out = append(out, occupation.Warning{Lock: lock, Before: b})
			break
		}
	}
	return out
}

// bury lets the holder of a lapsed lock learn of the expiry for a day.
func (l *Locks) bury(lock occupation.Lock, now time.Time) {
	l.tombstones[lock.Key] = tombstone{lock.Holder.ID, lock.Fence, lock.Deadline, now.Add(tombstoneLife)}
}
