package occupationtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// Bind implements occupation.Locks. At most 55 writes lie in any minute; they
// are not spaced.
func (l *Locks) Bind(ctx context.Context, replica string, commit occupation.Commit) (occupation.Bound, error) {
	var out occupation.Bound
	err := l.call(ctx, "Bind", true, func(now time.Time) {
		known, again := l.commits[commit.ID]
		for _, event := range commit.Events() {
			e := l.intents[event]
			if e == nil || e.owner != replica || (again && e.commit != commit.ID) {
				out.Stale = append(out.Stale, event)
			}
		}
		if len(out.Stale) > 0 {
			return
		}
		l.writes = slices.DeleteFunc(l.writes, func(t time.Time) bool { return now.Sub(t) >= writeWindow })
		if len(l.writes) >= writeQuota {
			out.Wait = l.writes[0].Add(writeWindow).Sub(now)
			return
		}
		l.writes = append(l.writes, now)
		if again {
			out.Sent = known.Sent
			return
		}
		for _, event := range commit.Events() {
			old := l.intents[event].commit
			l.intents[event].commit = commit.ID
			l.dropEmpty(old)
		}
		commit.Changes, commit.Sent, commit.Plan = nil, now, slices.Clone(commit.Plan)
		l.commits[commit.ID] = commit
		out.Sent = now
	})
	if err != nil {
		return occupation.Bound{}, err
	}
	return out, nil
}

// Settle implements occupation.Locks.
func (l *Locks) Settle(ctx context.Context, commit string, events, owed []string) ([]string, error) {
	var lost []string
	err := l.call(ctx, "Settle", true, func(now time.Time) {
		for _, event := range events {
			e := l.intents[event]
			if e == nil {
				lost = append(lost, event)
				continue
			}
			if commit == "" || e.commit != commit {
				continue
			}
			if !e.owed {
				l.settle(e, now)
			}
			if slices.Contains(owed, event) {
				e.owed, e.owner, e.commit = true, "", ""
				continue
			}
			delete(l.intents, event)
		}
		l.dropEmpty(commit)
	})
	if err != nil {
		return nil, err
	}
	return lost, nil
}

func (l *Locks) settle(e *entry, now time.Time) {
	in := e.intent
	lock, ok := l.passing(in)
	if !ok {
		return
	}
	if in.Kind.Tells() {
		l.news[in.Event] = newsItem{in, now}
	}
	l.remember(e, now)
	switch {
	case in.Begins():
		lock.State, lock.Event = occupation.Held, ""
		l.locks[in.Key] = lock
		if e.prior.State == occupation.Lapsed && e.prior.Holder.ID != in.Worker.ID {
			l.bury(e.prior, now)
		}
		if l.tombstones[in.Key].holder == in.Worker.ID {
			delete(l.tombstones, in.Key)
		}
		l.isTaken(in.Key, in.Worker.ID)
	case in.OnFree && e.prior.Fence != 0:
		l.locks[in.Key] = e.prior
	case in.Kind == occupation.Expire:
		lock.State, lock.Event = occupation.Lapsed, ""
		l.locks[in.Key] = lock
		l.comesFree(in.Key, lock.Until) // also when nobody has looked by then
	default:
		delete(l.locks, in.Key)
		l.comesFree(in.Key, now)
	}
}

// passing is the lock that the intent has put into its passing state.
func (l *Locks) passing(in occupation.Intent) (occupation.Lock, bool) {
	lock, ok := l.locks[in.Key]
	return lock, ok && lock.Fence == in.Fence && lock.Event == in.Event
}

// Undo implements occupation.Locks.
func (l *Locks) Undo(ctx context.Context, commit string, events []string) error {
	return l.call(ctx, "Undo", true, func(now time.Time) {
		for _, event := range events {
			e := l.intents[event]
			if e == nil || e.commit != commit {
				continue
			}
			if e.owed && commit != "" { // its cells are written: only the delivery of its row has failed
				e.owner, e.commit = "", ""
				continue
			}
			if e.intent.Kind == occupation.PauseWhy && e.owed {
				if p, kept := l.pauses[e.intent.Fence]; kept {
					p.told = false
					l.pauses[e.intent.Fence] = p
				}
				delete(l.intents, event)
				continue
			}
			if e.owed {
				lock := l.locks[e.intent.Key]
				if e.intent.Kind != occupation.Extend || lock.Fence != e.intent.Fence || lock.State != occupation.Held || !lock.Deadline.Equal(e.intent.Deadline) {
					continue
				}
				l.locks[e.intent.Key] = e.prior
				delete(l.intents, event)
				continue
			}
			if _, ok := l.passing(e.intent); ok {
				delete(l.locks, e.intent.Key)
				if e.last.intent.Event != "" {
					l.lasts[e.intent.Key] = e.last
				}
				if e.prior.Fence != 0 {
					l.locks[e.intent.Key] = e.prior
				} else {
					l.staysFree(e.intent.Key, now)
				}
			}
			delete(l.intents, event)
		}
		l.dropEmpty(commit)
	})
}

// dropEmpty forgets a commit to which no event is bound any more.
func (l *Locks) dropEmpty(commit string) {
	for _, e := range l.intents {
		if e.commit == commit {
			return
		}
	}
	delete(l.commits, commit)
}

// Drop implements occupation.Locks.
func (l *Locks) Drop(ctx context.Context, ended map[string]int64) error {
	return l.call(ctx, "Drop", true, func(now time.Time) {
		for key, fence := range ended {
			if lock, there := l.locks[key]; there && lock.State == occupation.Held && lock.Fence <= fence {
				delete(l.locks, key)
				l.comesFree(key, now)
			}
		}
	})
}

// Claim implements occupation.Locks.
func (l *Locks) Claim(ctx context.Context, replica string, carries []string) ([]occupation.Unfinished, error) {
	var out []occupation.Unfinished
	err := l.call(ctx, "Claim", false, func(now time.Time) {
		var mine []*entry
		for event, e := range l.intents {
			alive := now.Before(l.beats[e.owner])
			inFlight := alive && e.commit != ""
			stray := e.owner == replica && !slices.Contains(carries, event) && now.Sub(e.intent.At) >= occupation.StrayAfter
			if !alive || stray || (e.owed && !inFlight) {
				e.owner = replica
				mine = append(mine, e)
			}
		}
		slices.SortFunc(mine, func(a, b *entry) int {
			return cmp.Or(cmp.Compare(a.intent.Fence, b.intent.Fence), a.intent.At.Compare(b.intent.At))
		})
		out = l.group(mine)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type groupKey struct {
	commit string
	owed   bool
	event  string // of an intent that was never bound, which stands alone
}

// group puts entries of one commit together, in the order of their fences.
func (l *Locks) group(entries []*entry) []occupation.Unfinished {
	var out []occupation.Unfinished
	at := map[groupKey]int{}
	for _, e := range entries {
		k := groupKey{commit: e.commit, owed: e.owed}
		if e.commit == "" && !e.owed {
			k.event = e.intent.Event
		}
		i, seen := at[k]
		if !seen {
			i = len(out)
			at[k] = i
			out = append(out, occupation.Unfinished{Commit: l.commits[e.commit], Owed: e.owed})
		}
		out[i].Commit.Changes = append(out[i].Commit.Changes, occupation.Change{Intent: e.intent})
	}
	return out
}

// Intents lists the remembered intents' events, for tests.
func (l *Locks) Intents() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.intents))
}
