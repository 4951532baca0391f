package locks_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
)

// Writes without a commit are taken from the same minute as those of commits.
func TestAWriteWithoutACommitCounts(t *testing.T) {
	t.Parallel()
	h := openMini(t)
	store := h.Locks.(*locks.Locks)
	seed(t, store, 0)
	o := intend(t, store, take("e1", "A-1"), occupation.Accepted)
	for n := range 40 { // those that are free
		if err := store.Write(t.Context()); err != nil {
			t.Fatalf("write %d: %v", n+1, err)
		}
	}
	b, err := store.Bind(t.Context(), "replica-1", occupation.Commit{ID: "c", Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}})
	if err != nil || b.Wait == 0 {
		t.Errorf("a commit after 40 writes: %+v, %v; want it to wait", b, err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := store.Write(brief); err == nil {
		t.Error("the 41st write waits for nothing")
	}
	h.Advance(time.Minute)
	if err := store.Write(t.Context()); err != nil {
		t.Error(fmt.Errorf("a minute later: %w", err))
	}
}
