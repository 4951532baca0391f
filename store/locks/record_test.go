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
		Fence: maxNumber, State: occupation.Finishing, Event: "e1", Until: time.UnixMilli(1_763_904_500_123).UTC(),
	}
	someIntent = occupation.Intent{
		Event: "e1", Kind: occupation.Complete, Key: "A-1", Tag: "a-1", Worker: someLock.Holder,
		TTL: time.Hour, Grace: 15*time.Minute + time.Microsecond, Date: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
		From: occupation.Holder{ID: 1, Name: "a\x00", Label: "A(1)"}, By: occupation.Holder{ID: 2, Name: "b"}, Reason: "\\ / \u2028",
		Until: time.Date(2026, 11, 23, 18, 0, 0, 123456789, time.UTC), BySheet: true,
	}
	someOffer = occupation.Offer{
		ID: "o1", Key: "A-1", Tag: "a–1", Fence: maxNumber, From: someLock.Holder, To: someIntent.From, By: someIntent.By,
		Reason: someIntent.Reason, Lasts: 15*time.Minute + time.Microsecond, Until: someLock.Until,
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

	if text, err = encodeOffer(someOffer); err != nil {
		t.Fatal(err)
	}
	if stored, err = json.Marshal(offerRecord{V: 1, Ends: someOffer.Until.UnixMilli(), Offer: text}); err != nil {
		t.Fatal(err)
	}
	if got, err := decodeOffer(string(stored)); err != nil || got != someOffer {
		t.Errorf("offer %+v, %v\nwant %+v", got, err, someOffer)
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
	late := someIntent
	late.Kind, late.Until = occupation.Extend, time.UnixMilli(maxNumber+1)
	if ms, err := msOf(late); err == nil {
		t.Errorf("deadline %v becomes %d", late.Until, ms)
	}
}

// FuzzDecode feeds what somebody may have put into the store by hand: it is
// read or refused, never a panic, and what is read can be written again.
func FuzzDecode(f *testing.F) {
	lock, _ := encodeLock(someLock)
	commit, _ := encodeCommit(someCommit)
	text, _ := encodeIntent(someIntent)
	intent, _ := encode(intentRecord{V: 1, Intent: text})
	text, _ = encodeOffer(someOffer)
	offer, _ := encode(offerRecord{V: 1, Offer: text})
	for _, seed := range []string{
		lock, commit, intent, offer, "", "null", "[]", "{}", `"x"`, `{"v":1e99}`, `{"v":1,"fence":1e+14}`, `{"v":1,"key":"a","fence":1,"state":"held","since":9223372036854775807}`,
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
		if o, err := decodeOffer(raw); err == nil && (o.ID == "" || o.Key == "") {
			t.Errorf("%s is read as %+v", raw, o)
		}
		_, _ = due([]any{raw, []any{raw, raw}, []any{raw}, []any{raw}}, []time.Duration{time.Hour})
		_, _ = due([]any{"1", []any{"1", raw}, []any{raw}, []any{}}, []time.Duration{time.Hour})
		_, _ = turns([]any{raw, raw, raw, raw})
		_, _ = claimed([]any{[]any{raw}, []any{"c", raw}})
		_, _ = snapshot([]any{raw, raw, raw, []any{raw}, []any{raw}, raw})
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
		if _, err := due(reply, nil); err == nil {
			t.Errorf("due of %#v", reply)
		}
		if list, isList := reply.([]any); isList && len(list) == 0 {
			continue // what follows may be of nothing
		}
		if _, err := turns(reply); err == nil {
			t.Errorf("turns of %#v", reply)
		}
		if _, err := news(reply); err == nil {
			t.Errorf("news of %#v", reply)
		}
		if _, err := offers(reply); err == nil {
			t.Errorf("offers of %#v", reply)
		}
	}
	lock, err := encodeLock(someLock)
	if err != nil {
		t.Fatal(err)
	}
	none := []any{}
	for _, reply := range [][]any{
		{int64(1), none, none, none},
		{"x", none, none, none},
		{"1", "x", none, none},
		{"1", []any{"1"}, none, none},
		{"1", []any{"0", lock}, none, none},
		{"1", []any{"2", lock}, none, none},
		{"1", []any{"x", lock}, none, none},
		{"1", []any{"1", "x"}, none, none},
		{"1", none, []any{"x"}, none},
		{"1", none, none, []any{"x"}},
		{"1", none, none, nil},
	} {
		if got, err := due(reply, []time.Duration{time.Hour}); err == nil {
			t.Errorf("due of %#v: %+v", reply, got)
		}
	}
	for _, reply := range [][]any{{"A-1", "a", "93"}, {"A-1", "a", "x", ""}, {"A-1", "a", "93", "x"}} {
		if got, err := turns(reply); err == nil {
			t.Errorf("turns of %#v: %+v", reply, got)
		}
	}
}
