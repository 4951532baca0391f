//go:build !shop

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/locks"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// What a version leaves in Redis in the middle of a shift is read by its neighbours.
// Each version that changes what is stored adds a recording, and keeps the others:
//
//	go test ./cmd/spoolbot -run TestAShiftIsRecorded -update
const recorded = "../../store/locks/testdata/shift-v1.json"

// The people of the recording: who holds, who finishes, who takes, who waits, who is
// offered a spool, who let one lapse, who says to be somebody.
const (
	keeps, pauses, takes, awaits, receives, lapsed = 0, 2, 8, 6, 7, 4
	claimant                                       = "U0NUEVO"
)

// TestAShiftIsRecorded lets the program live through a bit of a shift and kills it
// while a commit is on its way; with -update what it has left becomes the recording.
func TestAShiftIsRecorded(t *testing.T) {
	w := openWorks(t, 50*time.Millisecond)
	w.complaints = true // it is killed
	c := w.serve()
	w.all(0, 4, func(i int) string { return "/tomar " + tag(i) })
	for i := range 4 {
		w.sees("a spool is taken", func() bool { return strings.Contains(w.heard(i), "es tuyo") }, c)
	}
	w.comes("all is settled", func() bool { return w.inRedis("intents")+w.inRedis("commits") == 0 }, c)
	store := locks.New(w.redis, locks.Options{Site: "demo"})
	if _, err := store.Wait(w.ctx, occupation.Waiting{Key: occupation.TagKey(tag(keeps)), Tag: tag(keeps), Worker: 100 + awaits}); err != nil {
		t.Fatal(err)
	}
	snap, err := store.Snapshot(w.ctx, occupation.TagKey(tag(1)))
	if err != nil || len(snap.Locks) != 1 {
		t.Fatalf("%+v, %v", snap, err)
	}
	if _, err := store.Offer(w.ctx, occupation.Offer{
		ID: "offer-1", Key: snap.Locks[0].Key, Tag: tag(1), Fence: snap.Locks[0].Fence, From: snap.Locks[0].Holder,
		To: occupation.Holder{ID: 100 + receives, Name: "Óscar Ñancupil07", Label: "ÓÑ(107)"}, Lasts: 15 * time.Minute,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.PutClaim(w.ctx, occupation.LinkClaim{ID: "claim-1", SlackID: claimant, Worker: occupation.Holder{ID: 129, Name: "Óscar Ñancupil29", Label: "ÓÑ(129)"}, Lasts: 7 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	w.lapses(store, lapsed)
	w.far.sheet.Fail(sheetsim.Fault{Op: "write", Times: 10, Delay: 2 * time.Minute})
	w.all(pauses, pauses+1, func(i int) string { return "/pausar " + tag(i) })
	w.comes("a commit is on its way", func() bool { return w.inRedis("commits") > 0 }, c)
	w.all(takes, takes+1, func(i int) string { return "/tomar " + tag(i) })
	w.comes("two intents are on their way", func() bool { return w.inRedis("intents") == 2 }, c)
	c.signal(syscall.SIGKILL)
	<-c.ended
	rec, err := redistest.Record(w.ctx, w.redis, "{spoolbot:demo}:")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"site", "fence", "intents", "commits", "replicas", "waiting", "offers", "claims", "deadlines", "quota"} {
		if !slices.ContainsFunc(rec.Keys, func(k redistest.Key) bool { return k.Name == "{spoolbot:demo}:"+part }) {
			t.Errorf("the recording lacks %s", part)
		}
	}
	if !*update {
		return
	}
	text, err := json.MarshalIndent(rec, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(recorded), 0o755); err != nil { //nolint:gosec // sources
		t.Fatal(err)
	}
	if err := os.WriteFile(recorded, append(text, '\n'), 0o644); err != nil { //nolint:gosec // sources
		t.Fatal(err)
	}
}

// lapses leaves a lock that its holder let expire a moment ago.
func (w *works) lapses(store *locks.Locks, i int) {
	w.t.Helper()
	in := occupation.Intent{
		Event: "lapse-1", Kind: occupation.Take, Key: occupation.TagKey(tag(i)), Tag: tag(i), Operation: occupation.ARM,
		Worker: occupation.Holder{ID: 100 + i, Name: "Óscar Ñancupil04", Label: "ÓÑ(104)"}, TTL: -time.Second, Grace: 15 * time.Minute,
	}
	for _, kind := range []occupation.Kind{occupation.Take, occupation.Expire} {
		in.Kind, in.Event = kind, in.Event+string(kind)
		out, err := store.Intend(w.ctx, "recorder", []occupation.Intent{in})
		if err != nil || out[0].Verdict != occupation.Accepted {
			w.t.Fatalf("%s: %+v, %v", kind, out, err)
		}
		in.Fence = out[0].Intent.Fence
		commit := occupation.Commit{ID: in.Event, Stamp: 1, Changes: []occupation.Change{{Intent: out[0].Intent}}}
		if _, err := store.Bind(w.ctx, "recorder", commit); err != nil {
			w.t.Fatal(err)
		}
		if _, err := store.Settle(w.ctx, commit.ID, []string{in.Event}, nil); err != nil {
			w.t.Fatal(err)
		}
	}
}
