package locks

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Claim implements occupation.Locks. What an answer that was lost spoke of is
// in the next one.
func (l *Locks) Claim(ctx context.Context, replica string, carries []string) ([]occupation.Unfinished, error) {
	select {
	case l.claiming <- struct{}{}:
		defer func() { <-l.claiming }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	keys := []string{l.keys.key("replicas"), l.keys.key("intents"), l.keys.key("commits")}
	args := []any{replica, l.claimToken, occupation.StrayAfter.Milliseconds()}
	for _, event := range carries {
		args = append(args, event)
	}
	reply, err := l.run(ctx, claimScript, keys, args...)
	if err != nil {
		return nil, err
	}
	out, err := claimed(reply)
	if err != nil {
		return nil, err
	}
	l.claimToken = rand.Text()
	return out, nil
}

func claimed(reply any) ([]occupation.Unfinished, error) {
	parts, ok := reply.([]any)
	if !ok || len(parts) != 2 {
		return nil, fmt.Errorf("locks: claim answers %T", reply)
	}
	records, err := texts(parts[0])
	if err != nil {
		return nil, err
	}
	pairs, err := texts(parts[1])
	if err != nil {
		return nil, err
	}
	commits := map[string]occupation.Commit{}
	for pair := range slices.Chunk(pairs, 2) {
		if len(pair) != 2 {
			return nil, fmt.Errorf("locks: claim answers %d parts of commits", len(pairs))
		}
		if commits[pair[0]], err = decodeCommit(pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	intents := make([]remembered, len(records))
	for i, raw := range records {
		if intents[i], err = decodeIntent(raw); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(intents, func(a, b remembered) int {
		return cmp.Or(cmp.Compare(a.intent.Fence, b.intent.Fence), a.intent.At.Compare(b.intent.At), cmp.Compare(a.intent.Event, b.intent.Event))
	})
	return group(intents, commits), nil
}

// groupKey says which intents belong together: those of one commit, all owed
// rows that are bound to none, and each of the others alone.
type groupKey struct {
	commit string
	owed   bool
	event  string
}

func group(intents []remembered, commits map[string]occupation.Commit) []occupation.Unfinished {
	var out []occupation.Unfinished
	place := map[groupKey]int{}
	for _, r := range intents {
		k := groupKey{commit: r.commit, owed: r.owed}
		if r.commit == "" && !r.owed {
			k.event = r.intent.Event
		}
		i, seen := place[k]
		if !seen {
			i = len(out)
			place[k] = i
			out = append(out, occupation.Unfinished{Commit: commits[r.commit], Owed: r.owed})
		}
		out[i].Commit.Changes = append(out[i].Commit.Changes, occupation.Change{Intent: r.intent})
	}
	return out
}

// Snapshot implements occupation.Locks.
func (l *Locks) Snapshot(ctx context.Context, spools ...string) (occupation.LockSnapshot, error) {
	keys := []string{l.keys.key("site"), l.keys.key("fence"), l.keys.key("deadlines"), l.keys.key("replicas"), l.keys.key("calm")}
	for _, s := range spools {
		keys = append(keys, l.keys.lock(s))
	}
	which := "some"
	if len(spools) == 0 {
		which = "all"
	}
	reply, err := l.run(ctx, snapshotScript, keys, which)
	if err != nil {
		return occupation.LockSnapshot{}, err
	}
	return snapshot(reply)
}

func snapshot(reply any) (occupation.LockSnapshot, error) {
	var out occupation.LockSnapshot
	all, ok := reply.([]any)
	if !ok || len(all) < 5 {
		return out, fmt.Errorf("locks: snapshot answers %T of %d parts", reply, len(all))
	}
	var err error
	if out.Living, err = names(all[3]); err != nil {
		return out, err
	}
	if out.Calm, err = names(all[4]); err != nil {
		return out, err
	}
	part, err := texts(slices.Delete(slices.Clone(all), 3, 5))
	if err != nil {
		return out, err
	}
	if out.Now, err = moment(part[0]); err != nil {
		return out, err
	}
	if out.Seeded = part[1] != ""; out.Seeded {
		if out.SeededAt, err = moment(part[1]); err != nil {
			return out, err
		}
	}
	if out.Fence, err = strconv.ParseInt(part[2], 10, 64); err != nil {
		return out, fmt.Errorf("locks: stored fence: %w", err)
	}
	out.Locks, err = decodeLocks(part[3:])
	return out, err
}

// names reads a list of names; none is nil.
func names(reply any) ([]string, error) {
	out, err := texts(reply)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	slices.Sort(out)
	return out, nil
}

// Restore implements occupation.Locks. The locks are restored as held.
func (l *Locks) Restore(ctx context.Context, locks []occupation.Lock, fence int64) error {
	return l.restore(ctx, "", locks, fence)
}

// Seed implements occupation.Locks. The locks are restored as held.
func (l *Locks) Seed(ctx context.Context, replica string, locks []occupation.Lock, fence int64) error {
	return l.restore(ctx, replica, locks, fence)
}

// Drop implements occupation.Locks.
func (l *Locks) Drop(ctx context.Context, ended map[string]int64) error {
	keys := []string{l.keys.key("site"), l.keys.key("deadlines"), l.keys.key("waiting")}
	args := []any{occupation.HeadStart.Milliseconds()}
	for _, key := range slices.Sorted(maps.Keys(ended)) {
		args = append(args, key, ended[key])
	}
	_, err := l.run(ctx, dropScript, keys, args...)
	return err
}

func (l *Locks) restore(ctx context.Context, seeder string, locks []occupation.Lock, fence int64) error {
	if fence < 0 || fence > maxNumber {
		return fmt.Errorf("locks: fence %d out of range", fence)
	}
	keys := []string{l.keys.key("site"), l.keys.key("fence"), l.keys.key("deadlines"), l.keys.key("calm")}
	args := []any{seeder, fence}
	for _, lock := range locks {
		lock.State, lock.Event, lock.Until = occupation.Held, "", time.Time{}
		raw, err := encodeLock(lock)
		if err != nil {
			return err
		}
		keys = append(keys, l.keys.lock(lock.Key))
		args = append(args, raw)
	}
	_, err := l.run(ctx, restoreScript, keys, args...)
	return err
}
