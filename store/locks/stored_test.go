package locks_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

// A neighbour of another version writes fields that this one does not know.
func TestUnknownFieldsSurvive(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "v2"})
	seed(t, store, 0)
	o := intend(t, store, take("e1", "A-1"), occupation.Accepted)
	const key = "{spoolbot:v2}:lock:A-1"
	patch := func() {
		raw := client.Get(t.Context(), key).Val()
		client.Set(t.Context(), key, strings.Replace(raw, "{", `{"shift":{"of":"night"},`, 1), 0)
	}
	has := func(when string) {
		t.Helper()
		if raw := client.Get(t.Context(), key).Val(); !strings.Contains(raw, `"shift":{"of":"night"}`) {
			t.Errorf("%s: %s", when, raw)
		}
	}
	patch()
	if b, err := store.Bind(t.Context(), "replica-1", occupation.Commit{ID: "c1", Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}}); err != nil || b.Sent.IsZero() {
		t.Fatalf("bound %+v, %v", b, err)
	}
	if err := store.Settle(t.Context(), "c1", []string{"e1"}, nil); err != nil {
		t.Fatal(err)
	}
	has("settled")
	pause := take("e2", "A-1")
	pause.Kind = occupation.Pause
	intend(t, store, pause, occupation.Accepted)
	has("finishing")
	if err := store.Undo(t.Context(), "", []string{"e2"}); err != nil {
		t.Fatal(err)
	}
	has("undone")
}

func TestUnreadableLocksAreFaultsThatChangeNothing(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "bad"})
	seed(t, store, 0)
	for _, raw := range []string{"", "x", "null", "[1", `"held"`} {
		client.Set(t.Context(), "{spoolbot:bad}:lock:A-2", raw, 0)
		_, err := store.Intend(t.Context(), "replica-1", []occupation.Intent{take("e1", "A-1"), take("e2", "A-2")})
		if err == nil || !strings.Contains(err.Error(), "unreadable lock") {
			t.Errorf("%q: error %v, want an unreadable lock", raw, err)
		}
	}
	if n := client.Exists(t.Context(), "{spoolbot:bad}:lock:A-1", "{spoolbot:bad}:intents").Val(); n != 0 {
		t.Error("half of the batch was written")
	}
	intend(t, store, take("e1", "A-1"), occupation.Accepted)
}

func TestForgottenLocksVanishADayAfterTheirDeadline(t *testing.T) {
	t.Parallel()
	h := openMini(t)
	store := h.Locks.(*locks.Locks)
	seed(t, store, 0)
	intend(t, store, take("e1", "A-1"), occupation.Accepted)
	h.Advance(24 * time.Hour)
	for _, want := range []int{1, 0} {
		snap, err := store.Snapshot(t.Context())
		if err != nil || len(snap.Locks) != want {
			t.Errorf("%d locks, %v; want %d", len(snap.Locks), err, want)
		}
		h.Advance(2 * time.Hour)
	}
	if err := store.Undo(t.Context(), "", []string{"e1"}); err != nil { // its intent goes as any other
		t.Error(err)
	}
}

func TestFirstKnowsADeliveryByEachOfItsNames(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	store := newSite(dial(t, "redis://"+m.Addr()))
	first := func(want bool, names ...string) {
		t.Helper()
		if got, err := store.First(t.Context(), names, time.Minute); err != nil || got != want {
			t.Errorf("first of %v: %v, %v; want %v", names, got, err, want)
		}
	}
	first(true, "a", "b")
	first(false, "b", "c")
	first(false, "c")
	first(true, "d")
	m.FastForward(time.Minute)
	first(true, "a", "d")
	if _, err := store.First(t.Context(), nil, time.Minute); err == nil {
		t.Error("a delivery without a name")
	}
}

func TestBatchesThatThePortForbids(t *testing.T) {
	t.Parallel()
	store := newSite(dial(t, "redis://"+miniredis.RunT(t).Addr()))
	seed(t, store, 0)
	pause, odd := take("e2", "A-2"), take("e1", "A-1")
	pause.Kind, odd.Kind = occupation.Pause, "BAILAR"
	for name, batch := range map[string][]occupation.Intent{
		"two kinds": {take("e1", "A-1"), pause}, "unknown kind": {odd}, "a spool twice": {take("e1", "A-1"), take("e2", "A-1")},
		"an event twice": {take("e1", "A-1"), take("e1", "A-2")}, "no key": {take("e1", "")}, "no event": {take("", "A-1")},
	} {
		if out, err := store.Intend(t.Context(), "replica-1", batch); err == nil {
			t.Errorf("%s: %+v", name, out)
		}
	}
	if out, err := store.Intend(t.Context(), "replica-1", nil); err != nil || len(out) != 0 {
		t.Errorf("no intents: %+v, %v", out, err)
	}
	if b, err := store.Bind(t.Context(), "replica-1", occupation.Commit{ID: "c1", Stamp: 1}); err == nil {
		t.Errorf("a commit of nothing: %+v", b)
	}
}

func TestSitesDoNotMeet(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	names := []string{"main", "a}b{c", "main}:", "ñandú/1"}
	for _, name := range names {
		store := locks.New(client, locks.Options{Site: name})
		seed(t, store, 0)
		if o := intend(t, store, take("e1", "A-1"), occupation.Accepted); o.Intent.Fence != 1 {
			t.Errorf("site %q begins with fence %d", name, o.Intent.Fence)
		}
	}
	for _, key := range client.Keys(t.Context(), "*").Val() {
		if !strings.HasPrefix(key, "{spoolbot:") || strings.Count(key, "}") != 1 {
			t.Errorf("key %q", key)
		}
	}
}

// A lock can go while its intent is on its way: by age, or by hand. Then the
// spool may be somebody else's when the intent ends.
func TestAnEndingIntentTouchesItsOwnLockOnly(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "gone"})
	seed(t, store, 0)
	ends := map[string]func(event string) error{
		"settle": func(event string) error {
			return store.Settle(t.Context(), "c-"+event, []string{event}, nil)
		},
		"undo": func(event string) error { return store.Undo(t.Context(), "c-"+event, []string{event}) },
	}
	for name, end := range ends {
		first, second := take("e1"+name, name), take("e2"+name, name)
		second.Worker.ID = 94
		o := intend(t, store, first, occupation.Accepted)
		commit := occupation.Commit{ID: "c-" + first.Event, Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}}
		if b, err := store.Bind(t.Context(), "replica-1", commit); err != nil || b.Sent.IsZero() {
			t.Fatalf("bound %+v, %v", b, err)
		}
		client.Del(t.Context(), "{spoolbot:gone}:lock:"+name)
		next := intend(t, store, second, occupation.Accepted).Lock
		if err := end(first.Event); err != nil {
			t.Fatal(err)
		}
		snap, err := store.Snapshot(t.Context(), name)
		if err != nil || len(snap.Locks) != 1 || snap.Locks[0] != next {
			t.Errorf("%s: locks %+v, %v; want %+v", name, snap.Locks, err, next)
		}
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "clean"})
	seed(t, store, 0)
	bind := func(id string, o occupation.Outcome) {
		t.Helper()
		b, err := store.Bind(t.Context(), "replica-1", occupation.Commit{ID: id, Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}})
		if err != nil || b.Sent.IsZero() {
			t.Fatalf("bound %+v, %v", b, err)
		}
	}
	o := intend(t, store, take("e1", "A-1"), occupation.Accepted)
	bind("c1", o)
	bind("c2", o) // c1 has nothing left
	if got := client.HKeys(t.Context(), "{spoolbot:clean}:commits").Val(); len(got) != 1 || got[0] != "c2" {
		t.Errorf("commits %v, want c2", got)
	}
	if err := store.Settle(t.Context(), "c2", []string{"e1"}, nil); err != nil {
		t.Fatal(err)
	}
	bind("c3", intend(t, store, take("e2", "A-2"), occupation.Accepted))
	if err := store.Undo(t.Context(), "c3", []string{"e2"}); err != nil {
		t.Fatal(err)
	}
	pause := take("e3", "A-1")
	pause.Kind = occupation.Pause
	bind("c4", intend(t, store, pause, occupation.Accepted))
	if err := store.Settle(t.Context(), "c4", []string{"e3"}, nil); err != nil {
		t.Fatal(err)
	}
	got := client.Keys(t.Context(), "*").Val()
	slices.Sort(got)
	if want := []string{"{spoolbot:clean}:fence", "{spoolbot:clean}:quota", "{spoolbot:clean}:site"}; !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
}

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
