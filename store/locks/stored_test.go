package locks_test

import (
	"strings"
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
