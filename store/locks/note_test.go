package locks_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func TestNotes(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	store := newSite(dial(t, "redis://"+m.Addr()))
	get := func(want string) {
		t.Helper()
		if got, err := store.Get(t.Context(), "board"); err != nil || got != want {
			t.Errorf("note %q, %v; want %q", got, err, want)
		}
	}
	put := func(value string) {
		t.Helper()
		if err := store.Put(t.Context(), "board", value, time.Minute); err != nil {
			t.Error(err)
		}
	}
	get("")
	put("C1/17.5")
	get("C1/17.5")
	put("")
	get("")
	put("again")
	m.FastForward(time.Minute)
	get("")
	m.Close()
	if _, err := store.Get(t.Context(), "board"); err == nil {
		t.Error("a note from a server that is gone")
	}
}

// Of a list the newest stay, whoever adds at the same time.
func TestListsOfNotes(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	store := newSite(dial(t, "redis://"+m.Addr()))
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			if err := store.Add(t.Context(), "cards", fmt.Sprint(i), 4, time.Minute); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := store.List(t.Context(), "cards"); err != nil || len(got) != 4 {
		t.Errorf("list %q, %v; want four of the five", got, err)
	}
	if err := store.Add(t.Context(), "cards", "last", 4, time.Minute); err != nil {
		t.Fatal(err)
	}
	if got, err := store.List(t.Context(), "cards"); err != nil || len(got) != 4 || got[3] != "last" {
		t.Errorf("list %q, %v; want the newest at its end", got, err)
	}
	m.FastForward(time.Minute)
	if got, err := store.List(t.Context(), "cards"); err != nil || len(got) > 0 {
		t.Errorf("list %q, %v; want none after its time", got, err)
	}
}
