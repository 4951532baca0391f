package view_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// due gives spools the days for which they are promised.
func (k kit) due(spools []occupation.Spool) []occupation.Spool {
	for i := range spools {
		spools[i].Due = []time.Time{k.day(11, 23), k.day(12, 8), k.day(11, 2), {}}[i%4]
		spools[i].NV, spools[i].OT = fmt.Sprintf("NV%04d", 650+i/10), fmt.Sprintf("OT-%d", 5100+i/5)
	}
	return spools
}

// down is a batch of n of which the weather has spoilt every third.
func (k kit) down(n int) []occupation.Result {
	out := k.mixed(n)
	for i := range out {
		if i%3 == 0 {
			out[i].Err = &occupation.Error{Code: occupation.LocksUnavailable, Reason: occupation.NothingDone, Tag: out[i].Tag}
			out[i].Asked = occupation.ARM
		}
	}
	return out
}

// homeSamples are App Home in its states, the form of COMPLETAR, and what is done to
// several spools at once.
func (k kit) homeSamples() map[string]any {
	held := k.statuses(60, 1)
	soon := k.status(12, mauricio)
	soon.Lock.Deadline = k.hour(14, 45)
	hostile := k.status(15, mauricio)
	hostile.Spool, hostile.Lock.Tag = k.hostileSpool(), nasty
	unlike := slices.Repeat([]occupation.Spool{k.hostileSpool()}, 300)
	for i := range unlike {
		unlike[i].NV, unlike[i].OT = fmt.Sprintf("NV%d <&>", i), worst[:60]+fmt.Sprint(i)
	}
	gone := &occupation.Error{Code: occupation.PrerequisiteNotMet, Reason: occupation.AlreadyDone, Tag: tag, Operation: occupation.ARM}
	waited := []view.Waited{
		{Tag: numbered(1), Place: 1},
		{Tag: numbered(2), Place: 2},
		{Tag: numbered(3), Place: 4},
		{Tag: numbered(4), State: occupation.Status{Spool: k.spool(4)}},
		{Tag: numbered(5), State: k.status(5, mauricio)},
		{Tag: numbered(6), Err: gone},
		{Tag: nasty, Err: errors.New("dial tcp 10.0.0.1:6379")},
	}
	return map[string]any{
		"home-first":      view.Home(view.HomeState{Worker: mauro, Free: k.due(k.spools(4)), First: true}, k.at),
		"home-due":        view.Home(view.HomeState{Worker: mauro, Mine: []occupation.Status{soon}, Free: k.due(k.spools(30))}, k.at),
		"home-filtered":   view.Home(view.HomeState{Worker: mauro, Free: k.due(k.spools(30)), Filter: view.Filter{NV: "NV0651"}}, k.at),
		"home-none-in":    view.Home(view.HomeState{Worker: mauro, Free: k.due(k.spools(3)), Filter: view.Filter{OT: "OT-1"}}, k.at),
		"home-refused":    view.Home(view.HomeState{Worker: mauro, Free: k.spools(2), Note: view.Problem(k.occupied(11), view.Asked{}, k.at)}, k.at),
		"home-completed":  view.Home(view.HomeState{Worker: mauro, Free: k.spools(2), Note: view.One(k.result(11, occupation.Complete), k.at)}, k.at),
		"home-long-note":  view.Home(view.HomeState{Worker: mauro, Note: view.Mine(held, k.at)}, k.at),
		"home-many-kinds": view.Home(view.HomeState{Worker: mauro, Mine: held, Free: unlike, Filter: view.Filter{NV: "NV299 <&>"}, Note: view.Results(k.mixed(50), k.at)}, k.at),

		"modal-complete-one":     view.CompleteOne(view.Facts{Tag: tag, Fence: 4011, Operation: occupation.ARM}, true, k.at),
		"modal-complete-hostile": view.CompleteOne(view.Facts{Tag: worst, Fence: 1}, false, k.at),
		"modal-complete-12":      view.CompleteMany(held[:12], k.day(11, 20), true, k.at),
		"modal-complete-60":      view.CompleteMany(append(held, hostile), time.Time{}, false, k.at),
		"modal-complete-none":    view.CompleteMany(nil, time.Time{}, false, k.at),
		"modal-complete-wait":    view.CompleteLooking(),
		"modal-complete-problem": view.CompleteProblem(gone, k.at),
		"modal-batch-message":    view.BatchModal(view.BatchState{Selected: k.spools(3), Found: 3}),
		"modal-batch-message-60": view.BatchModal(view.BatchState{Selected: k.spools(60), Found: 60}),
		"modal-batch-waiting":    view.BatchAnswer(view.WaitingMany(waited, 93, k.at)),

		"results-down":   view.Results(k.down(50), k.at),
		"results-down-1": view.Results(k.down(4)[2:], k.at),
		"waiting-many":   view.WaitingMany(waited, 93, k.at),
		"waiting-50":     view.WaitingMany(slices.Repeat(waited, 8)[:50], 93, k.at),
		"offer-nv":       view.OfferIn(view.Choice{Verb: view.Take}, view.Filter{NV: "NV0650"}, k.due(k.spools(30))),
		"offer-nv-none":  view.OfferIn(view.Choice{Verb: view.Take}, view.Filter{OT: nasty}, nil),
		"near":           view.Near(view.Choice{Verb: view.Pause, Query: "2523B-O11"}, k.spools(2)),
	}
}

// chosen is a modal as it comes back with what people have chosen.
func chosen(m slack.ModalViewRequest, day string, boxes ...[]string) slack.View {
	values := map[string]map[string]slack.BlockAction{view.BlockCompleteDay: {view.ActionCompleteDay: {SelectedDate: day}}}
	for n, some := range boxes {
		var a slack.BlockAction
		for _, v := range some {
			a.SelectedOptions = append(a.SelectedOptions, slack.OptionBlockObject{Value: v})
		}
		values[fmt.Sprint(view.BlockCompletePieces, n)] = map[string]slack.BlockAction{view.ActionCompletePieces: a}
	}
	return slack.View{PrivateMetadata: m.PrivateMetadata, State: &slack.ViewState{Values: values}}
}

func TestTheFormOfCompletarIsReadAsItWasFilledIn(t *testing.T) {
	k := kit{at(t)}
	one := view.CompleteOne(view.Facts{Tag: tag, Fence: 4011}, true, k.at)
	many := view.CompleteMany(k.statuses(50, 1), time.Time{}, false, k.at)
	f, wrong, err := view.ReadComplete(chosen(one, "2026-11-20"))
	if err != nil || wrong != nil || !f.Home || f.Day != "2026-11-20" || len(f.Targets) != 1 || f.Targets[0] != (occupation.Target{Tag: tag, Fence: 4011}) {
		t.Errorf("one: %+v, %v, %v", f, wrong, err)
	}
	var boxes [][]string
	for _, b := range many.Blocks.BlockSet {
		input, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		if group, ok := input.Element.(*slack.CheckboxGroupsBlockElement); ok {
			var all []string
			for _, o := range group.Options {
				all = append(all, o.Value)
			}
			boxes = append(boxes, all)
		}
	}
	f, wrong, err = view.ReadComplete(chosen(many, "2026-11-23", boxes...))
	if err != nil || wrong != nil || f.Home || len(f.Targets) != 50 || f.Targets[49] != (occupation.Target{Tag: numbered(49), Fence: 4049}) {
		t.Errorf("fifty: %+v, %v, %v", f, wrong, err)
	}
	if _, wrong, err = view.ReadComplete(chosen(many, "2026-11-23")); err != nil || wrong[view.BlockCompletePieces+"0"] == "" {
		t.Errorf("none: %v, %v", wrong, err)
	}
	bad := chosen(many, "2026-11-23", []string{"x:" + tag}, nil)
	strange := chosen(one, "2026-11-23")
	strange.PrivateMetadata = "{"
	for name, v := range map[string]slack.View{"no fence": bad, "not ours": strange, "no state": {PrivateMetadata: one.PrivateMetadata}} {
		if _, _, err := view.ReadComplete(v); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFiltersAndButtonsForSeveralAreReadOrRefused(t *testing.T) {
	for value, want := range map[string]view.Filter{"": {}, "all": {}, "nv:NV0650": {NV: "NV0650"}, "ot:a:b": {OT: "a:b"}} {
		if f, err := view.ReadFilter(value); err != nil || f != want {
			t.Errorf("ReadFilter(%q) = %+v, %v", value, f, err)
		}
	}
	for _, value := range []string{"nv:", "xx:1", "nv:" + strings.Repeat("9", 100)} {
		if f, err := view.ReadFilter(value); err == nil {
			t.Errorf("ReadFilter(%q) = %+v", value, f)
		}
	}
	for _, value := range []string{
		"", "{", `{"v":"take","s":[]}`, `{"v":"release","s":["1:A-1"]}`, `{"v":"take","o":"PINTAR","s":["1:A-1"]}`, `{"v":"take","s":["A-1"]}`,
		`{"v":"take","s":["-1:A-1"]}`, `{"v":"complete","d":"ayer","s":["1:A-1"]}`, `{"v":"take","s":["1:"]}`,
		`{"v":"take","s":["` + strings.Repeat(`1:A-1","`, 51) + `1:A-1"]}`,
	} {
		if m, err := view.ReadMany(value); err == nil {
			t.Errorf("ReadMany(%q) = %+v", value, m)
		}
	}
}

// Fifty spools with long TAGs take several buttons, which together carry all of them.
func TestTheButtonsOfABatchCarryEverySpool(t *testing.T) {
	k := kit{at(t)}
	results := make([]occupation.Result, 50)
	for i := range results {
		results[i] = occupation.Result{Kind: occupation.Take, Tag: fmt.Sprintf("%s-%02d", strings.Repeat("X", 57), i), Err: k.occupied(i)}
	}
	seen := map[string]bool{}
	for _, b := range view.Results(results, k.at).Blocks {
		row, ok := b.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, e := range row.Elements.ElementSet {
			if button := e.(*slack.ButtonBlockElement); button.ActionID == view.ActionWaitMany {
				m, err := view.ReadMany(button.Value)
				if err != nil || len(button.Value) > 2000 {
					t.Fatalf("%d characters, %v", len(button.Value), err)
				}
				for _, tag := range m.Tags() {
					seen[tag] = true
				}
			}
		}
	}
	if len(seen) != 50 {
		t.Errorf("the buttons carry %d spools, want 50", len(seen))
	}
}
