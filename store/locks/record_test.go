package locks

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spoolbot/spoolbot/occupation"
)

var (
	someLock = occupation.Lock{
		Key: "MK-1335-CW-25238-011", Tag: "mk–1335", Holder: occupation.Holder{ID: 93, Name: "Ñuñez \"<&> \u2028", Label: "MÑ(93)"},
		Operation: occupation.SOLD, Since: time.UnixMilli(1_763_900_000_123).UTC(), Deadline: time.UnixMilli(1_763_903_600_123).UTC(),
		Fence: maxNumber, State: occupation.Finishing, Event: "e1",
	}
	someIntent = occupation.Intent{
		Event: "e1", Kind: occupation.Complete, Key: "A-1", Tag: "a-1", Worker: someLock.Holder,
		TTL: time.Hour, Grace: 15*time.Minute + time.Microsecond, Date: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
	}
	someCommit = occupation.Commit{
		ID: "c1", Stamp: 1<<31 - 1, Plan: []byte("\x00\xff plan"), Repair: true, Changes: []occupation.Change{{Intent: someIntent}},
	}
)

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	raw, err := encodeLock(someLock)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeLock(raw); err != nil || got != someLock {
		t.Errorf("lock %+v, %v\nwant %+v", got, err, someLock)
	}

	text, err := encodeIntent(someIntent)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(intentRecord{V: 1, Commit: "c1", Owed: true, Op: "ARM", Fence: 7, Since: 1, Deadline: 2, At: 3, Intent: text})
	if err != nil {
		t.Fatal(err)
	}
	want := someIntent
	want.Operation, want.Fence = occupation.ARM, 7
	want.Since, want.Deadline, want.At = time.UnixMilli(1).UTC(), time.UnixMilli(2).UTC(), time.UnixMilli(3).UTC()
	got, err := decodeIntent(string(stored))
	if err != nil || got.commit != "c1" || !got.owed {
		t.Errorf("intent record %+v, %v", got, err)
	}
	if diff := cmp.Diff(want, got.intent); diff != "" {
		t.Errorf("intent (-want +got):\n%s", diff)
	}

	if raw, err = encodeCommit(someCommit); err != nil {
		t.Fatal(err)
	}
	commit, err := decodeCommit("c1", raw)
	bound := someCommit
	bound.Changes = nil
	if diff := cmp.Diff(bound, commit); diff != "" || err != nil {
		t.Errorf("commit %v (-want +got):\n%s", err, diff)
	}
}

func TestNumbersThatCjsonSpoilsAreRefused(t *testing.T) {
	t.Parallel()
	for _, fence := range []int64{-1, maxNumber + 1, 1 << 62} {
		l := someLock
		l.Fence = fence
		if raw, err := encodeLock(l); err == nil {
			t.Errorf("fence %d becomes %s", fence, raw)
		}
	}
}

// FuzzDecode feeds what somebody may have put into the store by hand: it is
// read or refused, never a panic, and what is read can be written again.
func FuzzDecode(f *testing.F) {
	lock, _ := encodeLock(someLock)
	commit, _ := encodeCommit(someCommit)
	text, _ := encodeIntent(someIntent)
	intent, _ := encode(intentRecord{V: 1, Intent: text})
	for _, seed := range []string{
		lock, commit, intent, "", "null", "[]", "{}", `"x"`, `{"v":1e99}`, `{"v":1,"fence":1e+14}`, `{"v":1,"key":"a","fence":1,"state":"held","since":9223372036854775807}`,
		`{"v":1,"stamp":1,"plan":"%%%"}`, `{"v":1,"stamp":-1}`, `{"v":1,"intent":"{"}`, `{"v":1,"intent":"null"}`, `{"v":2,"events":{},"stamp":1}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if l, err := decodeLock(raw); err == nil {
			if again, err := encodeLock(l); err == nil {
				if back, err := decodeLock(again); err != nil || back != l {
					t.Errorf("%s is read as %+v, written and read again as %+v, %v", raw, l, back, err)
				}
			}
		}
		if r, err := decodeIntent(raw); err == nil && (r.intent.Event == "" || r.intent.Key == "") {
			t.Errorf("%s is read as %+v", raw, r)
		}
		if c, err := decodeCommit("c", raw); err == nil && c.Stamp < 1 {
			t.Errorf("%s is read as %+v", raw, c)
		}
		_, _ = claimed([]any{[]any{raw}, []any{"c", raw}})
		_, _ = snapshot([]any{raw, raw, raw, raw})
		_, _ = bound([]any{"bound", raw})
		_, _ = outcomes([]occupation.Intent{someIntent}, []any{[]any{"accepted", raw, raw, raw}})
	})
}

func TestAnswersOfAnotherShapeAreFaults(t *testing.T) {
	t.Parallel()
	one := []occupation.Intent{someIntent}
	for _, reply := range []any{nil, int64(1), "x", []any{}, []any{nil}, []any{int64(1)}, []any{[]any{}}, []any{[]any{int64(1)}, nil}} {
		if _, err := outcomes(one, reply); err == nil {
			t.Errorf("outcomes of %#v", reply)
		}
		if _, err := bound(reply); err == nil {
			t.Errorf("bound of %#v", reply)
		}
		if _, err := snapshot(reply); err == nil {
			t.Errorf("snapshot of %#v", reply)
		}
		if _, err := claimed(reply); err == nil {
			t.Errorf("claimed of %#v", reply)
		}
	}
}
