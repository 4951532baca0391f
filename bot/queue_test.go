package bot

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestQueueKeepsEachLaneInOrderAndLanesApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(4, 10, 100, func(string, any) {})
		var mu sync.Mutex
		var order []int
		hold := make(chan struct{})
		for i := range 5 {
			if !q.Do("ana", func() {
				if i == 0 {
					<-hold
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, i)
			}) {
				t.Fatalf("job %d was refused", i)
			}
		}
		other := make(chan struct{})
		q.Do("beto", func() { close(other) })
		<-other // although ana's first job is stuck
		close(hold)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := []int{0, 1, 2, 3, 4}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

func TestQueueRefusesWhatIsBeyondItsBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 2, 3, func(string, any) {})
		hold := make(chan struct{})
		wait := func() { <-hold }
		for i, c := range []struct {
			lane string
			want bool
		}{{"a", true}, {"a", true}, {"a", false}, {"b", true}, {"b", false}} {
			if got := q.Do(c.lane, wait); got != c.want {
				t.Errorf("job %d in lane %s: taken %v, want %v", i, c.lane, got, c.want)
			}
		}
		close(hold)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if q.Do("a", func() {}) {
			t.Error("a closed queue took a job")
		}
	})
}

func TestQueueSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported any
		q := newQueue(2, 10, 10, func(_ string, p any) { reported = p })
		ran := false
		q.Do("a", func() { panic("boom") })
		q.Do("a", func() { ran = true })
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if reported != "boom" || !ran {
			t.Errorf("reported %v, next job ran %v", reported, ran)
		}
	})
}

func TestQueueDrainGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2, 10, 10, func(string, any) {})
		hold := make(chan struct{})
		q.Do("a", func() { <-hold })
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := q.Drain(ctx); err == nil {
			t.Error("drained although a job is stuck")
		}
		close(hold)
	})
}
