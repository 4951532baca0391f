package locks_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/spoolbot/spoolbot/store/locks"
)

func TestTheLeadGoesOverWhenItsLeaseEnds(t *testing.T) {
	t.Parallel()
	h := openMini(t)
	store := h.Locks.(*locks.Locks)
	leads := func(name, replica string, ttl time.Duration, want bool) {
		t.Helper()
		if got, err := store.Lead(t.Context(), name, replica, ttl); err != nil || got != want {
			t.Errorf("%s leads %s: %v, %v; want %v", replica, name, got, err, want)
		}
	}
	leads("jobs", "a", time.Minute, true)
	leads("jobs", "b", time.Minute, false)
	leads("board", "b", time.Minute, true) // another lease
	h.Advance(50 * time.Second)
	leads("jobs", "a", time.Minute, true) // renewed
	h.Advance(50 * time.Second)
	leads("jobs", "b", time.Minute, false)
	h.Advance(10 * time.Second) // a was paused for too long
	leads("jobs", "b", time.Minute, true)
	leads("jobs", "a", time.Minute, false)
	leads("jobs", "a", 0, false) // it has nothing to give up
	leads("jobs", "b", time.Minute, true)
	leads("jobs", "b", 0, false)
	leads("jobs", "b", 0, false)
	leads("jobs", "a", time.Minute, true)
	for _, ttl := range []time.Duration{-1, time.Microsecond} {
		if got, err := store.Lead(t.Context(), "jobs", "a", ttl); err == nil {
			t.Errorf("a lease for %v: %v", ttl, got)
		}
	}
	leads("jobs", "b", time.Minute, false) // a mistake gives nothing up
}

func TestAJobIsDoneOnceForEachStretchOfTime(t *testing.T) {
	t.Parallel()
	store := newSite(dial(t, "redis://"+miniredis.RunT(t).Addr()))
	began := time.Now().Truncate(time.Millisecond).UTC()
	advance := func(job string, upTo, want time.Time, wantOK bool) {
		t.Helper()
		last, ok, err := store.Advance(t.Context(), job, upTo)
		if err != nil || ok != wantOK || !last.Equal(want) {
			t.Errorf("%s up to %v: from %v, %v, %v; want %v, %v", job, upTo, last, ok, err, want, wantOK)
		}
		if done, err := store.Done(t.Context(), job); err != nil || (ok && !done.Equal(upTo)) || (!ok && done.Before(upTo.Truncate(time.Millisecond))) {
			t.Errorf("%s is done up to %v, %v", job, done, err)
		}
	}
	never := time.Time{}
	if done, err := store.Done(t.Context(), "digest"); err != nil || !done.IsZero() {
		t.Errorf("a job that was never done: %v, %v", done, err)
	}
	advance("digest", began, never, true)
	advance("digest", began, never, false)
	advance("digest", began.Add(time.Millisecond-1), never, false) // of the same millisecond
	advance("digest", began.Add(-time.Hour), never, false)
	advance("sweep", began.Add(-time.Hour), never, true) // another job
	advance("digest", began.Add(time.Millisecond), began, true)
	advance("digest", began.Add(9*time.Hour), began.Add(time.Millisecond), true)
	advance("digest", began.Add(time.Hour), never, false)
	for _, upTo := range []time.Time{{}, time.UnixMilli(1e14)} {
		if last, ok, err := store.Advance(t.Context(), "digest", upTo); err == nil {
			t.Errorf("up to %v: %v, %v", upTo, last, ok)
		}
	}
}

func TestOfManyReplicasOneLeads(t *testing.T) {
	t.Parallel()
	stores := replicas(t, "lead")
	for round := range 100 {
		var leaders, jobs atomic.Int64
		race(stores, func(i int, store *locks.Locks) {
			name := fmt.Sprint("jobs-", round)
			leads, err := store.Lead(t.Context(), name, fmt.Sprint("replica-", i), time.Hour)
			if err != nil {
				t.Error(err)
			}
			if leads {
				leaders.Add(1)
			}
			if _, ok, err := store.Advance(t.Context(), "job", time.UnixMilli(int64(round+1))); err != nil {
				t.Error(err)
			} else if ok {
				jobs.Add(1)
			}
		})
		if leaders.Load() != 1 || jobs.Load() != 1 {
			t.Fatalf("round %d: %d leaders, and the job is done %d times", round, leaders.Load(), jobs.Load())
		}
	}
}

// The stretches that racing callers get for a job join without gap or overlap.
func TestTheStretchesOfAJobJoin(t *testing.T) {
	t.Parallel()
	stores := replicas(t, "stretches")
	var mu sync.Mutex
	next := map[int64]int64{} // by its start, the end of a stretch
	race(stores, func(i int, store *locks.Locks) {
		for n := range 50 {
			upTo := int64(1 + n*len(stores) + (i*7)%len(stores))
			last, ok, err := store.Advance(t.Context(), "job", time.UnixMilli(upTo))
			if err != nil {
				t.Error(err)
				return
			}
			if !ok {
				continue
			}
			from := int64(0)
			if !last.IsZero() {
				from = last.UnixMilli()
			}
			mu.Lock()
			if end, twice := next[from]; twice {
				t.Errorf("from %d up to %d and up to %d", from, end, upTo)
			}
			next[from] = upTo
			mu.Unlock()
		}
	})
	at := int64(0)
	for range len(next) {
		at = next[at]
	}
	if want := int64(50 * len(stores)); at != want {
		t.Errorf("the stretches lead to %d, want %d: %v", at, want, next)
	}
}
