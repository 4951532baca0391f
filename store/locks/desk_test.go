package locks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
)

func TestUnknownFieldsOfWaitListsAndIntentsSurvive(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "v2"})
	seed(t, store, 0)
	patch := func(hash, field string) {
		t.Helper()
		raw := client.HGet(t.Context(), "{spoolbot:v2}:"+hash, field).Val()
		client.HSet(t.Context(), "{spoolbot:v2}:"+hash, field, strings.Replace(raw, "{", `{"shift":{"of":"night"},`, 1))
	}
	has := func(hash, field string) {
		t.Helper()
		if raw := client.HGet(t.Context(), "{spoolbot:v2}:"+hash, field).Val(); !strings.Contains(raw, `"shift":{"of":"night"}`) {
			t.Errorf("%s of %s: %s", hash, field, raw)
		}
	}
	wait := func(worker int) {
		t.Helper()
		if place, err := store.Wait(t.Context(), occupation.Waiting{Key: "A-1", Tag: "a", Worker: worker}); err != nil || place == 0 {
			t.Fatalf("waits at %d, %v", place, err)
		}
	}
	held := intend(t, store, take("e1", "A-1"), occupation.Accepted).Lock
	settle(t, store, "e1")
	wait(94)
	patch("waiting", "A-1")
	wait(95)
	has("waiting", "A-1")
	free := take("e2", "A-1")
	free.Kind, free.From, free.Fence = occupation.Release, held.Holder, held.Fence
	intend(t, store, free, occupation.Accepted)
	patch("intents", "e2")
	settle(t, store, "e2")
	has("waiting", "A-1")
	has("news", "e2")
	if turns, err := store.Turns(t.Context()); err != nil || len(turns) != 1 {
		t.Errorf("turns %+v, %v", turns, err)
	}
	has("waiting", "A-1")
	if err := store.Leave(t.Context(), "A-1", 95); err != nil {
		t.Error(err)
	}
	has("waiting", "A-1")
}

// What people ask of each other goes with its answer, and what is remembered of
// warnings and of answers goes by age.
func TestNothingOfTheDeskIsLeftBehind(t *testing.T) {
	t.Parallel()
	m, h := startMini(t)
	store := h.Locks.(*locks.Locks)
	seed(t, store, 0)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	held := intend(t, store, take("e1", "A-1"), occupation.Accepted).Lock
	settle(t, store, "e1")
	due, err := store.Due(t.Context(), []time.Duration{2 * time.Hour, time.Hour}, 0)
	if check(err); len(due.Warnings) != 1 {
		t.Errorf("warnings %+v, want one", due.Warnings)
	}
	for _, worker := range []int{94, 95} {
		_, err = store.Wait(t.Context(), occupation.Waiting{Key: "A-1", Tag: "a", Worker: worker})
		check(err)
	}
	for i, lasts := range []time.Duration{time.Hour, time.Minute} {
		key := fmt.Sprint("A-", i)
		_, err = store.Offer(t.Context(), occupation.Offer{ID: "o" + key, Key: key, To: occupation.Holder{ID: 94}, Lasts: lasts})
		check(err)
	}
	_, _, err = store.Answered(t.Context(), "oA-0", 94)
	check(err)
	_, err = store.Lead(t.Context(), "jobs", "replica-1", time.Minute)
	check(err)
	more := take("e2", "A-1")
	more.Kind, more.Until = occupation.Extend, held.Deadline.Add(time.Hour)
	intend(t, store, more, occupation.Accepted)
	settle(t, store, "e2")
	free := take("e3", "A-1")
	free.Kind, free.From, free.Fence = occupation.Release, held.Holder, held.Fence
	intend(t, store, free, occupation.Accepted)
	settle(t, store, "e3")
	_, err = store.Turns(t.Context())
	check(err)
	for _, worker := range []int{94, 95} {
		check(store.Leave(t.Context(), "A-1", worker))
	}
	check(store.Told(t.Context(), "e3"))
	h.Advance(time.Minute + time.Millisecond)
	over, err := store.Unanswered(t.Context())
	check(err)
	for _, o := range over {
		check(store.Told(t.Context(), o.ID))
	}

	keys := func(want ...string) {
		t.Helper()
		var got []string
		for _, k := range m.Keys() {
			_, name, _ := strings.Cut(k, "}:")
			if name, _, _ = strings.Cut(name, ":"); name != "answer" {
				got = append(got, name)
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("keys %v, want %v", got, want)
		}
	}
	keys("fence", "quota", "site", "warned")
	h.Advance(25 * time.Hour)
	_, err = store.Due(t.Context(), nil, 0)
	check(err)
	keys("fence", "quota", "site")
	if n := len(m.Keys()); n != 3 {
		t.Errorf("keys %v: answers are left", m.Keys())
	}
}

// What somebody has spoiled by hand stops what needs it before anything is
// written.
func TestAnUnreadableDeskIsAFaultThatChangesNothing(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	store := locks.New(client, locks.Options{Site: "bad"})
	ctx := t.Context()
	seed(t, store, 0)
	late := take("e1", "A-1")
	late.TTL = -time.Second
	held := intend(t, store, late, occupation.Accepted).Lock
	settle(t, store, "e1")
	late.Event, late.Kind, late.Fence, late.Grace = "e2", occupation.Expire, held.Fence, -time.Second
	intend(t, store, late, occupation.Accepted)
	settle(t, store, "e2")
	intend(t, store, take("e3", "A-2"), occupation.Accepted)
	settle(t, store, "e3")
	free := take("e4", "A-2")
	free.Kind = occupation.Pause
	o := intend(t, store, free, occupation.Accepted)
	commit := occupation.Commit{ID: "c4", Stamp: 1, Changes: []occupation.Change{{Intent: o.Intent}}}
	if b, err := store.Bind(ctx, "replica-1", commit); err != nil || b.Sent.IsZero() {
		t.Fatalf("bound %+v, %v", b, err)
	}
	if _, err := store.Offer(ctx, occupation.Offer{ID: "o1", Key: "A-1", To: held.Holder}); err != nil {
		t.Fatal(err)
	}
	before := dump(t, client)
	for hash, fields := range map[string][]string{"waiting": {"A-1", "A-2"}, "offers": {"o9"}, "news": {"e9"}} {
		for _, f := range fields {
			client.HSet(ctx, "{spoolbot:bad}:"+hash, f, "[1")
		}
	}
	for name, call := range map[string]func() error{
		"settle":     func() error { _, err := store.Settle(ctx, "c4", []string{"e4"}, nil); return err },
		"due":        func() error { _, err := store.Due(ctx, nil, 0); return err },
		"wait":       func() error { _, err := store.Wait(ctx, occupation.Waiting{Key: "A-1", Worker: 94}); return err },
		"leave":      func() error { return store.Leave(ctx, "A-1", 94) },
		"waits":      func() error { _, err := store.Waits(ctx); return err },
		"turns":      func() error { _, err := store.Turns(ctx); return err },
		"offer":      func() error { _, err := store.Offer(ctx, occupation.Offer{ID: "o2", Key: "A-1"}); return err },
		"answered":   func() error { _, _, err := store.Answered(ctx, "o9", 94); return err },
		"unanswered": func() error { _, err := store.Unanswered(ctx); return err },
		"news":       func() error { _, err := store.News(ctx, 0); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), "unreadable") {
			t.Errorf("%s: error %v, want that something is unreadable", name, err)
		}
	}
	client.Del(ctx, "{spoolbot:bad}:waiting")
	client.HDel(ctx, "{spoolbot:bad}:offers", "o9")
	client.HDel(ctx, "{spoolbot:bad}:news", "e9")
	if after := dump(t, client); !slices.Equal(before, after) {
		t.Errorf("keys and values before\n%q\nand after\n%q", before, after)
	}
}

// dump is everything that the server holds.
func dump(t *testing.T, client *redis.Client) []string {
	var out []string
	for _, key := range client.Keys(t.Context(), "*").Val() {
		value, err := client.Dump(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, key+" "+value)
	}
	slices.Sort(out)
	return out
}
