package locks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

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
	key := "{spoolbot:v2}:lock:A-1"
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
	if _, err := store.Settle(t.Context(), "c1", []string{"e1"}, nil); err != nil {
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
	more := take("e3", "A-1")
	more.Kind, more.Until = occupation.Extend, time.Now().Add(2*time.Hour)
	intend(t, store, more, occupation.Accepted)
	has("extended")
	late := take("e4", "A-2")
	late.TTL = -time.Second
	o = intend(t, store, late, occupation.Accepted)
	settle(t, store, "e4")
	key = "{spoolbot:v2}:lock:A-2"
	patch()
	late.Event, late.Kind, late.Fence = "e5", occupation.Expire, o.Intent.Fence
	intend(t, store, late, occupation.Accepted)
	has("expiring")
	settle(t, store, "e5")
	has("lapsed")
}

// A store that an earlier version has left behind: it was seeded with '1', and its
// locks have no grace.
func TestAStoreOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "v0"})
	ctx := t.Context()
	client.Set(ctx, "{spoolbot:v0}:site", "1", 0)
	client.Set(ctx, "{spoolbot:v0}:fence", "7", 0)
	client.Set(ctx, "{spoolbot:v0}:lock:A-1", `{"v":1,"key":"A-1","tag":"a","holder":93,"name":"Mauricio","label":"M(93)","op":"ARM",`+
		`"since":1000,"deadline":2000,"fence":7,"state":"finishing","event":"x1"}`, 0)
	client.ZAdd(ctx, "{spoolbot:v0}:deadlines", redis.Z{Score: 2000, Member: "A-1"})
	client.HSet(ctx, "{spoolbot:v0}:intents", "x1", `{"v":1,"owner":"replica-1","call":"c","commit":"","owed":false,"claim":"","key":"A-1",`+
		`"holder":93,"op":"ARM","fence":7,"since":1000,"deadline":2000,"at":3000,"prior":"",`+
		`"intent":"{\"v\":1,\"event\":\"x1\",\"kind\":\"VENCER_SPOOL\",\"key\":\"A-1\",\"tag\":\"a\",\"worker\":93,\"name\":\"Mauricio\",\"label\":\"M(93)\",\"ttl_us\":0,\"grace_us\":60000000}"}`)
	snap, err := store.Snapshot(ctx)
	if err != nil || !snap.Seeded || snap.SeededAt.IsZero() || !snap.SeededAt.Before(snap.Now.Add(-time.Hour)) || len(snap.Locks) != 1 {
		t.Fatalf("snapshot %+v, %v: want it seeded long ago", snap, err)
	}
	seed(t, store, 9)
	if site := client.Get(ctx, "{spoolbot:v0}:site").Val(); site != "1" {
		t.Errorf("seeded anew: %s", site)
	}
	settle(t, store, "x1")
	if due, err := store.Due(ctx, nil, 0); err != nil || len(due.Ended) != 1 || due.Ended[0].State != occupation.Lapsed {
		t.Errorf("due %+v, %v: want the end of the lapsed lock", due, err)
	}
	pause := take("p1", "A-1")
	pause.Kind = occupation.Pause
	if o := intend(t, store, pause, occupation.Expired); o.Expired.UnixMilli() != 2000 {
		t.Errorf("expired at %v", o.Expired)
	}
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
	if place, err := store.Wait(t.Context(), occupation.Waiting{Key: "A-1", Tag: "a", Worker: 94}); err != nil || place != 1 {
		t.Fatalf("waits at %d, %v", place, err)
	}
	h.Advance(24 * time.Hour)
	for _, want := range []int{1, 0} {
		snap, err := store.Snapshot(t.Context())
		if err != nil || len(snap.Locks) != want {
			t.Errorf("%d locks, %v; want %d", len(snap.Locks), err, want)
		}
		// Who waits for the spool may have it then.
		if turns, err := store.Turns(t.Context()); err != nil || len(turns) != 1-want {
			t.Errorf("turns %+v, %v; want %d", turns, err, 1-want)
		}
		h.Advance(2 * time.Hour)
	}
	if turns, err := store.Turns(t.Context()); err != nil || len(turns) != 0 {
		t.Errorf("turns once more: %+v, %v", turns, err)
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

// A lapsed lock is due at the end of its grace, and no sooner; however long that
// is, it does not vanish within it.
func TestALapsedLockStandsUnderTheEndOfItsGrace(t *testing.T) {
	t.Parallel()
	m, h := startMini(t)
	store := h.Locks.(*locks.Locks)
	seed(t, store, 0)
	late := take("e1", "A-1")
	late.TTL = -time.Second
	held := intend(t, store, late, occupation.Accepted).Lock
	settle(t, store, "e1")
	late.Event, late.Kind, late.Fence, late.Grace = "e2", occupation.Expire, held.Fence, 48*time.Hour
	until := intend(t, store, late, occupation.Accepted).Lock.Until
	settle(t, store, "e2")
	i := slices.IndexFunc(m.Keys(), func(k string) bool { return strings.HasSuffix(k, ":deadlines") })
	if score, err := m.ZScore(m.Keys()[i], "A-1"); err != nil || int64(score) != until.UnixMilli() {
		t.Errorf("due at %.0f, %v; want %d", score, err, until.UnixMilli())
	}
	h.Advance(47 * time.Hour)
	if snap, err := store.Snapshot(t.Context()); err != nil || len(snap.Locks) != 1 || snap.Locks[0].State != occupation.Lapsed {
		t.Errorf("within the grace: %+v, %v", snap.Locks, err)
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
			_, err := store.Settle(t.Context(), "c-"+event, []string{event}, nil)
			return err
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
	if _, err := store.Settle(t.Context(), "c2", []string{"e1"}, nil); err != nil {
		t.Fatal(err)
	}
	bind("c3", intend(t, store, take("e2", "A-2"), occupation.Accepted))
	if err := store.Undo(t.Context(), "c3", []string{"e2"}); err != nil {
		t.Fatal(err)
	}
	pause := take("e3", "A-1")
	pause.Kind = occupation.Pause
	bind("c4", intend(t, store, pause, occupation.Accepted))
	if _, err := store.Settle(t.Context(), "c4", []string{"e3"}, nil); err != nil {
		t.Fatal(err)
	}
	got := slices.DeleteFunc(client.Keys(t.Context(), "*").Val(), func(key string) bool { // what can be taken back, or told why, goes by itself
		ttl := client.PTTL(t.Context(), key).Val()
		return (strings.Contains(key, ":last:") || strings.Contains(key, ":paused:")) && ttl > 0 && ttl <= 24*time.Hour
	})
	slices.Sort(got)
	if want := []string{"{spoolbot:clean}:fence", "{spoolbot:clean}:quota", "{spoolbot:clean}:site"}; !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
}

// What a newer version has stored is not guessed at, and not touched: whatever is
// asked, the answer says what to do.
func TestWhatIsOfANewerVersionIsNotTouched(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "v2"})
	seed(t, store, 0)
	intend(t, store, take("e1", "A-1"), occupation.Accepted)
	key := "{spoolbot:v2}:lock:A-1"
	raw := strings.Replace(client.Get(t.Context(), key).Val(), `"v":1`, `"v":2`, 1)
	client.Set(t.Context(), key, raw, 0)
	for what, ask := range map[string]func() error{
		"snapshot": func() error { _, err := store.Snapshot(t.Context()); return err },
		"take": func() error {
			_, err := store.Intend(t.Context(), "replica-1", []occupation.Intent{take("e2", "A-1")})
			return err
		},
		"undo": func() error { return store.Undo(t.Context(), "", []string{"e1"}) },
	} {
		if err := ask(); err == nil || !strings.Contains(err.Error(), "newer spoolbot") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if now := client.Get(t.Context(), key).Val(); now != raw {
		t.Errorf("it was %s\nand is %s", raw, now)
	}
}
