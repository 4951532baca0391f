package view_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// submitted is the view that Slack sends back for a modal that a person filled.
func submitted(t *testing.T, m slack.ModalViewRequest, tags []string, op string) slack.View {
	t.Helper()
	t.Helper()
	options := make([]map[string]any, len(tags))
	for i, tag := range tags {
		options[i] = map[string]any{"text": map[string]any{"type": "plain_text", "text": tag}, "value": tag}
	}
	return withState(t, m, map[string]any{
		view.BlockBatchSpools: map[string]any{view.ActionBatchSpools: map[string]any{"type": "multi_external_select", "selected_options": options}},
		view.BlockBatchOperation: map[string]any{view.ActionBatchOperation: map[string]any{
			"type": "radio_buttons", "selected_option": map[string]any{"value": op},
		}},
	})
}

// withState is a modal as Slack sends it back, with these values by block id.
func withState(t *testing.T, m slack.ModalViewRequest, values map[string]any) slack.View {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"type": "modal", "callback_id": m.CallbackID, "private_metadata": m.PrivateMetadata,
		"state": map[string]any{"values": values},
	})
	if err != nil {
		t.Fatal(err)
	}
	var v slack.View
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestBatchModalReadsWhatWasFilledIn(t *testing.T) {
	k := kit{at(t)}
	modal := view.BatchModal(view.BatchState{Meta: view.BatchMeta{Channel: "C07TALLER"}})
	operations := modal.Blocks.BlockSet[1].(*slack.InputBlock).Element.(*slack.RadioButtonsBlockElement).Options
	var tags []string
	for _, o := range view.SpoolOptions(k.spools(60)) {
		tags = append(tags, o.Value)
	}
	for i, want := range []occupation.Operation{"", occupation.ARM, occupation.SOLD} {
		got, wrong, err := view.ReadBatch(submitted(t, modal, tags[:50], operations[i].Value))
		if err != nil || wrong != nil {
			t.Fatalf("operation %q: wrong %v, error %v", want, wrong, err)
		}
		if diff := cmp.Diff(view.Batch{Tags: tags[:50], Operation: want, Meta: view.BatchMeta{Channel: "C07TALLER"}}, got); diff != "" {
			t.Errorf("operation %q (-want +got):\n%s", want, diff)
		}
	}
}

func TestBatchModalSaysWhatToPutRight(t *testing.T) {
	modal := view.BatchModal(view.BatchState{})
	many := make([]string, 51)
	for i := range many {
		many[i] = numbered(i)
	}
	for _, c := range []struct {
		name  string
		tags  []string
		op    string
		block string
	}{
		{"nothing chosen", nil, "ANY", view.BlockBatchSpools},
		{"51 chosen", many, "ANY", view.BlockBatchSpools},
		{"an operation of somebody's own", many[:1], "PINTAR", view.BlockBatchOperation},
	} {
		_, wrong, err := view.ReadBatch(submitted(t, modal, c.tags, c.op))
		if err != nil || len(wrong) != 1 || wrong[c.block] == "" {
			t.Errorf("%s: wrong %v, error %v; want words at %s", c.name, wrong, err, c.block)
		}
	}
	for _, v := range []slack.View{{}, {PrivateMetadata: "{"}, {PrivateMetadata: strings.Repeat("x", 20_000)}} {
		if _, _, err := view.ReadBatch(v); err == nil {
			t.Errorf("a view that is not ours was read: %.40q", v.PrivateMetadata)
		}
	}
}

func TestSpoolOptionsFitASelect(t *testing.T) {
	k := kit{at(t)}
	spools := append([]occupation.Spool{k.hostileSpool(), {Tag: strings.Repeat("Ñ", 75)}, {Tag: strings.Repeat("Ñ", 76)}, {Tag: " "}, k.spool(3)}, k.spools(200)...)
	got := view.SpoolOptions(spools)
	if len(got) != 100 {
		t.Errorf("%d options, want 100", len(got))
	}
	seen := map[string]bool{}
	for _, o := range got {
		if n := utf8.RuneCountInString(o.Text.Text); n == 0 || n > 75 || utf8.RuneCountInString(o.Value) > 75 || seen[o.Value] {
			t.Errorf("option %q, value %q", o.Text.Text, o.Value)
		}
		seen[o.Value] = true
	}
	if view.SpoolOptions(nil) == nil {
		t.Error("no spools give nil, which vanishes from the JSON")
	}
	if want := numbered(3) + " · NV0650 · necesita ARM"; !slices.ContainsFunc(got, func(o *slack.OptionBlockObject) bool { return o.Text.Text == want }) {
		t.Errorf("no option %q", want)
	}
}

func TestFactsComeBackFromAButton(t *testing.T) {
	for _, want := range []view.Facts{
		{Tag: tag},
		{Tag: "\"{}\\ <!channel> ñ🔥", Fence: 1<<62 + 1, Operation: occupation.SOLD},
		{Tag: tag, Date: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)},
		{Tag: tag, Fence: 7, Deadline: time.Date(2026, 11, 20, 15, 42, 1, 0, time.UTC)},
		{Tag: tag, Fence: 7, Worker: 93},
		{Tag: tag, Offer: "NCKG2DHX4VMJVPOTTFHCY4PXSQ"},
	} {
		got, err := view.ReadFacts(want.Value())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", want.Value(), err, diff)
		}
	}
	if n := utf8.RuneCountInString(view.Facts{Tag: strings.Repeat("\u0001", 5000), Fence: 1 << 62, Worker: 1 << 62, Offer: strings.Repeat("X", 5000)}.Value()); n > 2000 {
		t.Errorf("the value of a huge tag has %d characters", n)
	}
}

// The buttons of the reasons for a pause come back as the spool and the words of the
// log, also with the longest TAG.
func TestPauseReasonsAreReadBack(t *testing.T) {
	k := kit{at(t)}
	paused := k.result(11, occupation.Pause)
	paused.Tag, paused.Lock.Fence = strings.Repeat("Ñ", occupation.MaxTagLength), 999_999_999
	var got []string
	for _, block := range view.Paused(paused, k.at).Blocks {
		actions, ok := block.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, e := range actions.Elements.ElementSet {
			button, ok := e.(*slack.ButtonBlockElement)
			if !ok || !strings.HasPrefix(button.ActionID, "pause_") {
				continue
			}
			target, reason, err := view.ReadPauseWhy(button.Value)
			if err != nil || target.Tag != occupation.TagKey(paused.Tag) || target.Fence != paused.Lock.Fence {
				t.Errorf("%s is read as %+v, %v", button.Value, target, err)
			}
			got = append(got, reason)
		}
	}
	if want := []string{"fin de turno", "colación", "falta material", "máquina", "otro"}; !slices.Equal(got, want) {
		t.Errorf("reasons %q, want %q", got, want)
	}
	for _, wrong := range []string{"", "end", "end:", "end:x:TAG", "end:-1:TAG", "end:1:", "lunch:1:TAG", "end:1:" + strings.Repeat("x", 500)} {
		if target, reason, err := view.ReadPauseWhy(wrong); err == nil {
			t.Errorf("%q is read as %+v, %q", wrong, target, reason)
		}
	}
}

func FuzzReadFacts(f *testing.F) {
	for _, s := range []string{
		"", "{}", "null", "[]", `{"t":""}`, `{"t":"A","f":-1}`, `{"t":"A","f":1e99}`, `{"t":"A","o":"PINTAR"}`, `{"t":"A","d":"ayer"}`,
		`{"t":"A","u":-1}`, `{"t":"A","u":1e99}`, `{"t":"A","u":9223372036854775807}`, `{"t":"A","w":-1}`, `{"t":"A","i":"../x"}`, `{"t":"A","i":7}`,
		view.Facts{Tag: tag, Worker: 93, Offer: "NCKG2DHX", Deadline: time.Unix(1e9, 0)}.Value(),
		`{"t":1}`, `{"t":"` + strings.Repeat("A", 121) + `"}`, strings.Repeat("x", 9000), view.Facts{Tag: tag, Fence: 7, Operation: occupation.ARM}.Value(),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		facts, err := view.ReadFacts(value)
		if err != nil {
			if facts != (view.Facts{}) {
				t.Fatalf("%q: an error and facts %+v", value, facts)
			}
			return
		}
		if facts.Tag == "" || facts.Fence < 0 || facts.Worker < 0 || len(facts.Offer) > 64 || facts.Deadline.Year() > 9999 || (facts.Operation != "" && !facts.Operation.Valid()) {
			t.Fatalf("%q was read as %+v", value, facts)
		}
		again, err := view.ReadFacts(facts.Value())
		if err != nil || again != facts {
			t.Fatalf("%q: %+v became %+v, %v", value, facts, again, err)
		}
	})
}

// The board holds the limits whatever the number of people and pieces.
func TestOverviewFitsAnyShop(t *testing.T) {
	k := kit{at(t)}
	for _, n := range []int{1, 11, 15, 16, 50, 200, 1000} {
		for _, people := range []int{1, 2, 7, 12, 60, 1000} {
			m := view.Overview(k.statuses(n, people), nil, k.at)
			for _, fault := range slacksim.CheckMessage(document(t, m)) {
				t.Errorf("%d held by %d: %s", n, people, fault)
			}
			if shown := strings.Count(strings.Join(visible(t, m), "\n"), "MK-1335"); shown < min(n, 150) {
				t.Errorf("%d held by %d: only %d are shown", n, people, shown)
			}
		}
	}
}

func TestEveryActionIsListed(t *testing.T) {
	known := view.ActionIDs()
	for name, v := range samples(t) {
		var doc any
		if err := json.Unmarshal(document(t, v), &doc); err != nil {
			t.Fatal(err)
		}
		buttons(doc, func(b map[string]any) {
			id := fmt.Sprint(b["action_id"])
			if !slices.Contains(known, id) {
				t.Errorf("%s: button with unknown action %q", name, id)
			}
			value, _ := b["value"].(string)
			var err error
			switch {
			case strings.HasPrefix(id, "spool_"), strings.HasPrefix(id, "offer_"):
				_, err = view.ReadFacts(value)
			case strings.HasPrefix(id, "extend_all"):
				_, err = view.ReadDeadline(value)
			case id == view.ActionWaitMany, id == view.ActionRetryMany:
				_, err = view.ReadMany(value)
			}
			if err != nil {
				t.Errorf("%s: %s has value %q: %v", name, id, value, err)
			}
		})
	}
}

func buttons(v any, each func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			buttons(e, each)
		}
	case map[string]any:
		if v["type"] == "button" {
			each(v)
		}
		for _, e := range v {
			buttons(e, each)
		}
	}
}
