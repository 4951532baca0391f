package locks_test

import (
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

func TestCountsAreSumsOfAllReplicasOverTheLastTime(t *testing.T) {
	t.Parallel()
	h := openMini(t)
	store := h.Locks.(*locks.Locks)
	counted := func(over time.Duration, want map[string]int) {
		t.Helper()
		if got, err := store.Counted(t.Context(), over); err != nil || !maps.Equal(got, want) {
			t.Errorf("counted over %v: %v, %v; want %v", over, got, err, want)
		}
	}
	counted(time.Hour, nil)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if err := store.Count(t.Context(), map[string]int{"takes": 2, "conflicts": 1}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	counted(time.Hour, map[string]int{"takes": 10, "conflicts": 5})
	h.Advance(40 * time.Minute)
	if err := store.Count(t.Context(), map[string]int{"takes": 1}); err != nil {
		t.Error(err)
	}
	if err := store.Count(t.Context(), nil); err != nil {
		t.Error(err)
	}
	counted(time.Hour, map[string]int{"takes": 11, "conflicts": 5})
	counted(10*time.Minute, map[string]int{"takes": 1})
	h.Advance(30 * time.Minute)
	counted(time.Hour, map[string]int{"takes": 1})
	h.Advance(25 * time.Hour)
	if err := store.Count(t.Context(), map[string]int{"takes": 3}); err != nil {
		t.Error(err)
	}
	counted(1000*time.Hour, map[string]int{"takes": 3}) // the rest is forgotten
}

func TestSpoiledCountsAreLeftOut(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "count"})
	ctx := t.Context()
	client.HSet(ctx, "{spoolbot:count}:counts", "nonsense", "1", "12:", "x")
	if err := store.Count(ctx, map[string]int{"takes": 2}); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Counted(ctx, time.Hour); err != nil || got["takes"] != 2 || len(got) != 1 {
		t.Errorf("counted %v, %v", got, err)
	}
}
