package view_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// filled is the modal as it comes back from a person who chose a user and wrote a
// text, in whatever fields it has.
func filled(t *testing.T, m slack.ModalViewRequest, user, text string) slack.View {
	t.Helper()
	values := map[string]any{}
	for _, b := range m.Blocks.BlockSet {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		switch e := in.Element.(type) {
		case *slack.SelectBlockElement:
			values[in.BlockID] = map[string]any{e.ActionID: map[string]any{"type": e.Type, "selected_user": user}}
		case *slack.PlainTextInputBlockElement:
			values[in.BlockID] = map[string]any{e.ActionID: map[string]any{"type": e.Type, "value": text}}
		default:
			t.Fatalf("a field of type %T", e)
		}
	}
	return withState(t, m, values)
}

func TestTransferFormReadsWhatWasFilledIn(t *testing.T) {
	facts := view.Facts{Tag: tag, Fence: 4011}
	for _, c := range []struct {
		name     string
		forOther bool
		reason   string
		want     string
	}{
		{"one's own, without a reason", false, "", ""},
		{"a supervisor", true, "  urge\npara \u202edespacho ", "urge para despacho"},
		{"a reason that is too long", true, strings.Repeat("ñ", 3000), strings.Repeat("ñ", occupation.MaxReason-1) + "…"},
	} {
		pressed := facts
		pressed.Operation, pressed.Deadline, pressed.Worker = occupation.ARM, time.Unix(1e9, 0), 93
		got, wrong, err := view.ReadTransfer(filled(t, view.TransferModal(pressed, c.forOther), "U07ABCDEF", c.reason))
		if err != nil || wrong != nil {
			t.Errorf("%s: wrong %v, error %v", c.name, wrong, err)
		}
		if diff := cmp.Diff(view.TransferForm{Facts: facts, To: "U07ABCDEF", Reason: c.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTransferFormSaysWhatToPutRight(t *testing.T) {
	facts := view.Facts{Tag: tag}
	for _, c := range []struct {
		name         string
		forOther     bool
		user, reason string
		blocks       []string
	}{
		{"nobody chosen", false, "", "", []string{view.BlockTransferTo}},
		{"a user of somebody's own", false, "<!channel>", "", []string{view.BlockTransferTo}},
		{"a supervisor without a reason", true, "U07ABCDEF", " \n", []string{view.BlockTransferReason}},
		{"nothing at all", true, "", "", []string{view.BlockTransferTo, view.BlockTransferReason}},
	} {
		_, wrong, err := view.ReadTransfer(filled(t, view.TransferModal(facts, c.forOther), c.user, c.reason))
		if err != nil || len(wrong) != len(c.blocks) {
			t.Errorf("%s: wrong %v, error %v; want words at %v", c.name, wrong, err, c.blocks)
		}
		for _, b := range c.blocks {
			if wrong[b] == "" {
				t.Errorf("%s: no words at %s", c.name, b)
			}
		}
	}
}

func TestReleaseFormReadsTheReason(t *testing.T) {
	facts := view.Facts{Tag: tag, Fence: 4011}
	got, wrong, err := view.ReadRelease(filled(t, view.ReleaseModal(facts), "", " salió  a otro turno"))
	if err != nil || wrong != nil {
		t.Fatalf("wrong %v, error %v", wrong, err)
	}
	if diff := cmp.Diff(view.ReleaseForm{Facts: facts, Reason: "salió a otro turno"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, wrong, err = view.ReadRelease(filled(t, view.ReleaseModal(facts), "", "\t ")); err != nil || wrong[view.BlockReleaseReason] == "" {
		t.Errorf("without a reason: wrong %v, error %v", wrong, err)
	}
}

func TestFormsThatAreNotOursAreRefused(t *testing.T) {
	state := &slack.ViewState{}
	for _, meta := range []string{"", "{", "null", `{"tag":""}`, `{"tag":"A1","fence":-1}`, `{"tag":7}`, `{"tag":"` + strings.Repeat("A", 121) + `"}`, strings.Repeat("x", 20_000)} {
		v := slack.View{PrivateMetadata: meta, State: state}
		if _, _, err := view.ReadTransfer(v); err == nil {
			t.Errorf("transfer: read %.40q", meta)
		}
		if _, _, err := view.ReadRelease(v); err == nil {
			t.Errorf("release: read %.40q", meta)
		}
	}
	if _, _, err := view.ReadTransfer(slack.View{PrivateMetadata: `{"tag":"A1"}`}); err == nil {
		t.Error("a view without state was read")
	}
}

func TestDeadlineComesBackFromAButtonForAll(t *testing.T) {
	want := time.Date(2026, 11, 23, 15, 42, 0, 0, time.UTC)
	got, err := view.ReadDeadline(view.Facts{Deadline: want}.Value())
	if err != nil || !got.Equal(want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	if got, err := view.ReadDeadline(view.Facts{}.Value()); err != nil || !got.IsZero() {
		t.Errorf("no deadline: got %v, %v", got, err)
	}
	for _, bad := range []string{"", "x", "[]", `{"u":-1}`, `{"u":1e99}`, `{"u":"1"}`, `{"u":9223372036854775807}`, strings.Repeat("9", 9000)} {
		if got, err := view.ReadDeadline(bad); err == nil || !got.IsZero() {
			t.Errorf("%.40q was read as %v", bad, got)
		}
	}
}

// A warning holds the limits however many spools it is about, and its buttons for
// all carry the latest deadline.
func TestWarningFitsAnyNumberOfSpools(t *testing.T) {
	k := kit{at(t)}
	for n := 1; n <= 60; n++ {
		m := view.Warning(k.warnings(n), k.at)
		raw := document(t, m)
		for _, fault := range slacksim.CheckMessage(raw) {
			t.Errorf("%d spools: %s", n, fault)
		}
		if shown := strings.Count(strings.Join(visible(t, m), "\n"), "vence a las"); shown < min(n, 50) {
			t.Errorf("%d spools: only %d are shown", n, shown)
		}
		if n < 3 {
			continue
		}
		var doc any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		all := 0
		buttons(doc, func(b map[string]any) {
			if id, _ := b["action_id"].(string); !strings.HasPrefix(id, "extend_all") {
				return
			}
			all++
			if got, err := view.ReadDeadline(b["value"].(string)); err != nil || !got.Equal(k.hour(14, 59)) {
				t.Errorf("%d spools: the button for all carries %v, %v", n, got, err)
			}
		})
		if all != 2 {
			t.Errorf("%d spools: %d buttons for all", n, all)
		}
	}
}
