package view_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Whatever comes as the value of a button or an option is refused with nothing, or
// read as something well-formed that is the same when it is written again.
func FuzzReadValues(f *testing.F) {
	for _, s := range []string{
		"", "null", "[]", "{}", `{"v":"take","s":["7:MK-1"]}`, `{"v":"tomar","s":["7:MK-1","7:MK-1"]}`, `{"v":"pausar","s":[":"],"d":"2026-02-30"}`, `{"s":["-1:A"]}`,
		`{"t":"MK-1","w":93,"d":"2026-11-23"}`, `{"w":-1}`, `{"d":"0000-00-00"}`, `{"t":"` + strings.Repeat("ñ", 121) + `"}`, `{"i":"a/b"}`, `{"i":"c1","w":93,"s":"U1"}`, `{"s":"U1\n"}`,
		"nv:NV0650", "ot:", "nv:" + strings.Repeat("7", 80), "all", "xx:1", `{"u":-1}`, `{"u":253402300800}`,
		view.Facts{Tag: tag, Worker: 93, Offer: "NCKG2DHX", Deadline: time.Unix(1e9, 0)}.Value(),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if m, err := view.ReadMany(value); err == nil {
			if n := len(m.Targets); n == 0 || n > occupation.MaxBatch || len(m.Tags()) != n || m.Operation != "" && !m.Operation.Valid() {
				t.Fatalf("%q is %+v", value, m)
			}
			for _, target := range m.Targets {
				if target.Fence < 0 || occupation.TagKey(target.Tag) == "" {
					t.Fatalf("%q is %+v", value, m)
				}
			}
		}
		if q, err := view.ReadHistory(value, time.UTC); err == nil {
			again, err := view.ReadHistory(view.HistoryFacts(q), time.UTC)
			if err != nil || again != q || q.Worker < 0 {
				t.Fatalf("%q is %+v, and again %+v, %v", value, q, again, err)
			}
		}
		if l, err := view.ReadLink(value); err == nil {
			if again, err := view.ReadLink(l.Value()); err != nil || again != l || l.Worker < 0 {
				t.Fatalf("%q is %+v, and again %+v, %v", value, l, again, err)
			}
		}
		if w, err := view.ReadFilter(value); err == nil && (w.NV != "" && w.OT != "" || utf8.RuneCountInString(w.NV+w.OT) > 75) {
			t.Fatalf("%q is %+v", value, w)
		}
		if d, err := view.ReadDeadline(value); err == nil && !d.IsZero() && (d.Year() < 1970 || d.Year() > 9999) {
			t.Fatalf("%q is %v", value, d)
		}
	})
}

// Whatever comes back with a form, as its metadata and as what was filled in: it is
// no form of ours, or the person is told what to put right, or it is whole.
func FuzzReadForms(f *testing.F) {
	state := func(block, action, element string) string {
		return `{"` + block + `":{"` + action + `":` + element + `}}`
	}
	for _, c := range [][2]string{
		{"", "{}"},
		{"{}", `{"x":{"y":{}}}`},
		{`{"tag":"MK-1","fence":7}`, state(view.BlockReleaseReason, view.ActionReleaseReason, `{"type":"plain_text_input","value":" \n "}`)},
		{`{"tag":"MK-1","fence":-7}`, state(view.BlockTransferReason, view.ActionTransferReason, `{"value":"x"}`)},
		{`{"tag":""}`, state(view.BlockCompleteDay, view.ActionCompleteDay, `{"selected_date":"2026-02-30"}`)},
		{`{"i":"c"}`, state(view.BlockLinkName, view.ActionLinkName, `{"selected_option":{"value":"-7"}}`)},
		{`null`, state(view.BlockBatchSpools, view.ActionBatchSpools, `{"selected_options":[{"value":"A"},{"value":""},{"value":"A"}]}`)},
		{`{"home":true}`, state(view.BlockCompletePieces+"0", view.ActionCompletePieces, `{"selected_options":[{"value":"7:"},{"value":"x"}]}`)},
	} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, metadata, values string) {
		if !json.Valid([]byte(values)) {
			return
		}
		raw, err := json.Marshal(map[string]any{"type": "modal", "private_metadata": metadata, "state": map[string]any{"values": json.RawMessage(values)}})
		if err != nil {
			return
		}
		var v slack.View
		if json.Unmarshal(raw, &v) != nil {
			return
		}
		reads(t, v)
		v.State = nil
		reads(t, v)
	})
}

// reads reads a form as each of ours.
func reads(t *testing.T, v slack.View) {
	t.Helper()
	whole := func(name string, wrong map[string]string, err error, faulty bool) {
		t.Helper()
		for block, words := range wrong {
			if block == "" || words == "" {
				t.Fatalf("%s: words %q at %q", name, words, block)
			}
		}
		if err == nil && len(wrong) == 0 && faulty {
			t.Fatalf("%s is taken of %q, %+v", name, v.PrivateMetadata, v.State)
		}
	}
	b, wrong, err := view.ReadBatch(v)
	whole("batch", wrong, err, len(b.Tags) == 0 || len(b.Tags) > occupation.MaxBatch || b.Operation != "" && !b.Operation.Valid())
	c, wrong, err := view.ReadComplete(v)
	whole("complete", wrong, err, len(c.Targets) == 0 || len(c.Targets) > occupation.MaxBatch)
	r, wrong, err := view.ReadRelease(v)
	whole("release", wrong, err, r.Facts.Tag == "" || r.Facts.Fence < 0 || r.Reason == "" || utf8.RuneCountInString(r.Reason) > occupation.MaxReason)
	s, wrong, err := view.ReadRetain(v)
	whole("retain", wrong, err, s.Facts.Tag == "" || s.Facts.Fence < 0 || s.Reason == "" || utf8.RuneCountInString(s.Reason) > occupation.MaxReason)
	h, wrong, err := view.ReadTransfer(v)
	whole("transfer", wrong, err, h.Facts.Tag == "" || h.Facts.Fence < 0 || h.To == "")
	for _, callback := range []string{view.CallbackLinkChoose, view.CallbackLinkGive, view.CallbackLinkPeople, view.CallbackLinkAccount, view.CallbackLinkReject, "x"} {
		v.CallbackID = callback
		l, wrong, err := view.ReadLinkForm(v)
		chosen := l.Worker > 0 || callback == view.CallbackLinkAccount && l.SlackID != "" || callback == view.CallbackLinkReject && l.Facts.Claim != ""
		whole(callback, wrong, err, !chosen)
	}
}
