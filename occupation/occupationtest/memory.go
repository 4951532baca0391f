package occupationtest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

const (
	writeWindow   = time.Minute
	writeQuota    = 55
	tombstoneLife = 24 * time.Hour
)

// Locks is occupation.Locks and occupation.Desk in memory. A new one is not seeded. Its clock is
// the process's own, moved on by Advance.
type Locks struct {
	mu         sync.Mutex
	offset     time.Duration
	seeded     time.Time // when; zero = it is not
	fence      int64
	locks      map[string]occupation.Lock
	tombstones map[string]tombstone
	intents    map[string]*entry
	commits    map[string]occupation.Commit // without changes
	beats      map[string]time.Time         // when a replica's heartbeat ends
	calm       map[string]bool              // the replicas that have said so
	warned     map[warnKey]bool
	waits      map[string]*waitList
	offers     map[string]occupation.Offer
	news       map[string]newsItem
	claims     []occupation.LinkClaim // oldest first
	offersOver map[string]overItem[occupation.Offer]
	claimsOver map[string]overItem[occupation.LinkClaim]
	leases     map[string]leaseItem
	lasts      map[string]lastChange // by spool key
	pauses     map[int64]pauseTold   // by fence
	writes     []time.Time
	faults     map[string][]lockFault
	calls      map[string]int
}

var _ occupation.Locks = (*Locks)(nil)

// entry is one remembered intent.
type entry struct {
	intent occupation.Intent
	owner  string
	commit string
	owed   bool
	prior  occupation.Lock // what Undo restores; zero = no lock
	last   lastChange      // the same; zero = nothing could be taken back
}

type tombstone struct {
	holder   int
	fence    int64
	deadline time.Time
	until    time.Time
}

type lockFault struct {
	err     error
	applied bool
}

// NewLocks returns an empty, unseeded lock store.
func NewLocks() *Locks {
	l := &Locks{faults: map[string][]lockFault{}, calls: map[string]int{}}
	l.wipe()
	return l
}

func (l *Locks) wipe() {
	l.seeded, l.fence, l.writes = time.Time{}, 0, nil
	l.locks = map[string]occupation.Lock{}
	l.tombstones = map[string]tombstone{}
	l.intents = map[string]*entry{}
	l.commits = map[string]occupation.Commit{}
	l.beats = map[string]time.Time{}
	l.calm = map[string]bool{}
	l.warned = map[warnKey]bool{}
	l.waits = map[string]*waitList{}
	l.offers = map[string]occupation.Offer{}
	l.offersOver = map[string]overItem[occupation.Offer]{}
	l.claimsOver = map[string]overItem[occupation.LinkClaim]{}
	l.news = map[string]newsItem{}
	l.claims, l.leases = nil, map[string]leaseItem{}
	l.lasts = map[string]lastChange{}
	l.pauses = map[int64]pauseTold{}
}

// Wipe forgets everything, as FLUSHALL or a fail-over to an empty store does.
func (l *Locks) Wipe() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
}

// Advance moves the store's clock on.
func (l *Locks) Advance(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.offset += d
}

// Fail makes the next call of the method (by its name, "Intend") answer err;
// applied says whether it does its work all the same, as with an answer that is
// lost. Several faults of a method come in turn.
func (l *Locks) Fail(method string, err error, applied bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults[method] = append(l.faults[method], lockFault{err, applied})
}

// Calls says how often a method was called.
func (l *Locks) Calls(method string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls[method]
}

// call is the frame of every method: it counts, ends with ctx and brings the
// faults. work runs under the lock; needsSeed methods are refused before it on
// an unseeded store.
func (l *Locks) call(ctx context.Context, method string, needsSeed bool, work func(now time.Time)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[method]++
	var f lockFault
	if waiting := l.faults[method]; len(waiting) > 0 {
		f, l.faults[method] = waiting[0], waiting[1:]
	}
	if f.err != nil && !f.applied {
		return f.err
	}
	if needsSeed && l.seeded.IsZero() {
		return occupation.ErrUnseeded
	}
	work(l.now())
	return f.err
}

func (l *Locks) now() time.Time {
	return time.Now().Add(l.offset).UTC().Truncate(time.Millisecond)
}

// Beat implements occupation.Locks.
func (l *Locks) Beat(ctx context.Context, replica string, ttl time.Duration) error {
	return l.call(ctx, "Beat", false, func(now time.Time) {
		if ttl <= 0 {
			delete(l.beats, replica)
			return
		}
		l.beats[replica] = now.Add(ttl)
	})
}

// Calm implements occupation.Locks.
func (l *Locks) Calm(ctx context.Context, replica string) error {
	return l.call(ctx, "Calm", false, func(time.Time) {
		if l.seeded.IsZero() {
			l.calm[replica] = true
		}
	})
}

// living are the replicas whose heartbeat lasts, by name.
func (l *Locks) living(now time.Time) (out []string) {
	for name, ends := range l.beats {
		if now.Before(ends) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Snapshot implements occupation.Locks.
func (l *Locks) Snapshot(ctx context.Context, keys ...string) (occupation.LockSnapshot, error) {
	var out occupation.LockSnapshot
	err := l.call(ctx, "Snapshot", false, func(now time.Time) {
		out = occupation.LockSnapshot{
			Now: now, Seeded: !l.seeded.IsZero(), SeededAt: l.seeded, Fence: l.fence,
			Living: l.living(now), Calm: slices.Sorted(maps.Keys(l.calm)),
		}
		if len(keys) == 0 {
			keys = slices.Collect(maps.Keys(l.locks))
		}
		for _, k := range keys {
			if lock, ok := l.locks[k]; ok {
				out.Locks = append(out.Locks, lock)
			}
		}
		slices.SortFunc(out.Locks, func(a, b occupation.Lock) int { return a.Deadline.Compare(b.Deadline) })
	})
	if err != nil {
		return occupation.LockSnapshot{}, err
	}
	return out, nil
}

// Restore implements occupation.Locks.
func (l *Locks) Restore(ctx context.Context, locks []occupation.Lock, fence int64) error {
	return l.call(ctx, "Restore", true, func(time.Time) { l.restore(locks, fence) })
}

// Seed implements occupation.Locks.
func (l *Locks) Seed(ctx context.Context, replica string, locks []occupation.Lock, fence int64) error {
	stale := false
	err := l.call(ctx, "Seed", false, func(now time.Time) {
		if !l.seeded.IsZero() {
			return
		}
		if stale = !l.calm[replica]; !stale {
			l.restore(locks, fence)
			l.seeded = now
			clear(l.calm)
		}
	})
	if err == nil && stale {
		return occupation.ErrUnseeded
	}
	return err
}

func (l *Locks) restore(locks []occupation.Lock, fence int64) {
	l.fence = max(l.fence, fence)
	for _, lock := range locks {
		l.fence = max(l.fence, lock.Fence)
	}
	for _, lock := range locks {
		if _, there := l.locks[lock.Key]; there {
			continue
		}
		if lock.Fence == 0 {
			l.fence++
			lock.Fence = l.fence
		}
		lock.State, lock.Event, lock.Until = occupation.Held, "", time.Time{}
		lock.Since, lock.Deadline = utcMilli(lock.Since), utcMilli(lock.Deadline)
		l.locks[lock.Key] = lock
	}
}

func utcMilli(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// String describes the store for failing tests.
func (l *Locks) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("seeded=%v fence=%d locks=%v intents=%d commits=%d", l.seeded, l.fence, l.locks, len(l.intents), len(l.commits))
}
