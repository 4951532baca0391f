package view_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
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

var update = flag.Bool("update", false, "write the golden files anew")

// samples is every view with sample data, by the name of its golden file.
func samples(t testing.TB) map[string]any {
	k := kit{at(t)}
	held, late, byRow := k.status(11, mauricio), k.status(12, mauricio), k.status(13, mauricio)
	late.Lock.Since, late.Lock.Deadline = k.hour(13, 30), k.hour(14, 30)
	byRow.Lock = occupation.Lock{}
	byRow.Spool.Since = k.day(11, 20).Add(9 * time.Hour)
	writing := k.status(14, mauricio)
	writing.Lock.State = occupation.Finishing
	hostile := k.status(15, mauricio)
	hostile.Spool, hostile.Lock.Tag, hostile.Lock.Holder.Name = k.hostileSpool(), nasty, nasty
	free := occupation.Status{Spool: k.armed(16)}
	finished := occupation.Status{Spool: k.armed(17)}
	finished.Spool.SoldDate, finished.Spool.SoldBy = time.Date(2025, 12, 30, 0, 0, 0, 0, k.at.Zone), "RM(7)"
	unread := occupation.Status{Spool: k.spool(18)}
	unread.Spool.Materials = time.Time{}
	unread.Spool.Faults = []occupation.CellFault{{Column: occupation.ColMaterials, Row: 118, Text: "32-13-2026"}}

	again := k.result(11, occupation.Take)
	again.Already = true
	past := k.result(11, occupation.Complete)
	past.Date = k.day(11, 20)
	odd := occupation.Result{Tag: nasty, Kind: occupation.Take, Spool: k.hostileSpool(), Lock: k.lock(1, mauricio), Reverts: true}

	intent := occupation.Intent{
		Kind: occupation.Take, Tag: tag, Operation: occupation.ARM, Worker: mauricio, Fence: 4011,
		Since: k.hour(14, 42), Deadline: k.hour(15, 42), Date: k.day(11, 23),
	}
	completing := intent
	completing.Kind = occupation.Complete
	down := &occupation.Error{Code: occupation.SheetUnavailable, Reason: occupation.NothingDone, Tag: tag}

	take := view.Choice{Verb: view.Take, Query: "25238"}
	complete := view.Choice{Verb: view.Complete, Date: k.day(11, 20)}
	manyFaults := k.spools(30)
	for i := range manyFaults {
		manyFaults[i].Client, manyFaults[i].OT = worst, worst
	}

	out := map[string]any{
		"taken":           view.Answer([]occupation.Result{k.result(11, occupation.Take)}, k.at),
		"taken-hostile":   view.One(odd, k.at),
		"already-yours":   view.One(again, k.at),
		"paused":          view.One(k.result(11, occupation.Pause), k.at),
		"completed":       view.One(k.result(11, occupation.Complete), k.at),
		"completed-past":  view.One(past, k.at),
		"results-3":       view.Answer(k.mixed(4)[1:], k.at),
		"results-50":      view.Answer(k.mixed(50), k.at),
		"results-hostile": view.Results(k.hostileResults(), k.at),

		"choose-4":       view.Choose(take, []occupation.Spool{k.spool(1), k.armed(2), held.Spool, k.hostileSpool()}),
		"choose-31":      view.Choose(take, k.spools(31)),
		"choose-held-3":  view.ChooseHeld(complete, []occupation.Status{held, late, byRow}, k.at),
		"choose-held-40": view.ChooseHeld(view.Choice{Verb: view.Pause}, k.statuses(40, 1), k.at),
		"offer":          view.Offer(view.Choice{Verb: view.Take}, k.spools(9)),
		"offer-none":     view.Offer(view.Choice{Verb: view.Take}, nil),
		"pick-summary": view.PickSummary(take, []occupation.Pick{
			{Query: "25238", Matches: k.spools(12)}, {Query: "2523B-011", Nearest: k.spools(2)}, {Query: nasty},
		}),
		"pick-summary-40": view.PickSummary(take, slices.Repeat([]occupation.Pick{{Query: worst, Matches: manyFaults}}, 40)),

		"mine-none":    view.Mine(nil, k.at),
		"mine-4":       view.Mine([]occupation.Status{held, late, byRow, writing}, k.at),
		"mine-50":      view.Mine(k.statuses(50, 1), k.at),
		"mine-hostile": view.Mine(slices.Repeat([]occupation.Status{hostile}, 50), k.at),

		"status-mine":       view.Status(held, mauro, k.at),
		"status-others":     view.Status(held, pepa, k.at),
		"status-late":       view.Status(late, mauro, k.at),
		"status-by-row":     view.Status(byRow, pepa, k.at),
		"status-writing":    view.Status(writing, mauro, k.at),
		"status-free":       view.Status(free, mauro, k.at),
		"status-finished":   view.Status(finished, mauro, k.at),
		"status-unread":     view.Status(unread, mauro, k.at),
		"status-hostile":    view.Status(hostile, pepa, k.at),
		"stale-free":        view.Stale(view.Facts{Tag: tag, Fence: 1}, free, mauro, k.at),
		"stale-anew":        view.Stale(view.Facts{Tag: tag, Fence: 1}, held, mauro, k.at),
		"stale-others":      view.Stale(view.Facts{Tag: tag, Fence: 1}, held, pepa, k.at),
		"stale-finished":    view.Stale(view.Facts{Tag: tag, Fence: 1}, finished, mauro, k.at),
		"overview-none":     view.Overview(nil, nil, k.at),
		"overview-22":       view.Overview(k.statuses(22, 8), nil, k.at),
		"overview-200":      view.Overview(k.statuses(200, 50), nil, k.at),
		"overview-hostile":  view.Overview(slices.Repeat([]occupation.Status{hostile}, 200), nil, k.at),
		"notice-taken":      view.Notice(occupation.Notice{Intent: intent}, k.at),
		"notice-not-taken":  view.Notice(occupation.Notice{Intent: intent, Err: down}, k.at),
		"notice-completed":  view.Notice(occupation.Notice{Intent: completing}, k.at),
		"notice-not-done":   view.Notice(occupation.Notice{Intent: completing, Err: down}, k.at),
		"help":              view.Help(),
		"modal-batch":       view.BatchModal(view.BatchState{}),
		"modal-batch-again": view.BatchModal(view.BatchState{Operation: occupation.SOLD, Selected: append(k.spools(60), k.hostileSpool()), Meta: view.BatchMeta{Channel: "C07TALLER"}}),
		"modal-working":     view.BatchWorking(30),
		"modal-done-30":     view.BatchDone(k.mixed(30), k.at),
		"modal-done-50":     view.BatchDone(k.hostileResults(), k.at),
		"modal-problem":     view.BatchProblem(down, k.at),
		"home":              view.Home(view.HomeState{Worker: mauro, Mine: []occupation.Status{held, late}, Free: k.spools(6)}, k.at),
		"home-empty":        view.Home(view.HomeState{Worker: mauro}, k.at),
		"home-full":         view.Home(view.HomeState{Worker: mauro, Mine: k.statuses(60, 1), Free: k.spools(200)}, k.at),
		"home-hostile":      view.Home(view.HomeState{Worker: mauro, Mine: slices.Repeat([]occupation.Status{hostile}, 50), Free: slices.Repeat([]occupation.Spool{k.hostileSpool()}, 50)}, k.at),
		"home-unlinked":     view.HomeRefused(view.RefuseUnlinked),
		"home-problem":      view.HomeProblem(down, "", k.at),
	}
	maps.Copy(out, k.homeSamples())
	maps.Copy(out, k.lifeSamples())
	maps.Copy(out, k.askSamples())
	maps.Copy(out, k.boardSamples())
	maps.Copy(out, k.alertSamples())
	maps.Copy(out, k.historySamples())
	maps.Copy(out, k.homeBoardSamples())
	maps.Copy(out, k.digestSamples())
	maps.Copy(out, k.linkSamples())
	maps.Copy(out, k.stopSamples())
	maps.Copy(out, k.shopSamples())
	for _, p := range k.problems() {
		out["problem-"+p.name] = view.Problem(p.err, p.asked, k.at)
	}
	for _, why := range view.Refusals() {
		out["refuse-"+string(why)] = view.Refuse(why)
	}
	return out
}

// document is the JSON of a view as its golden file has it.
func document(t testing.TB, v any) []byte {
	t.Helper()
	if m, ok := v.(view.Message); ok {
		v = struct {
			Text   string       `json:"text"`
			Blocks slack.Blocks `json:"blocks"`
		}{m.Text, slack.Blocks{BlockSet: m.Blocks}}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var loose any // once more, so that & < > stay readable
	if err := json.Unmarshal(raw, &loose); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(loose); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestViewsAreAsReviewed(t *testing.T) {
	all := samples(t)
	for name, v := range all {
		path := filepath.Join("testdata", name+".json")
		got := document(t, v)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v (write it with -update and review it)", err)
			continue
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := all[strings.TrimSuffix(filepath.Base(f), ".json")]; !ok {
			t.Errorf("%s belongs to no sample; delete it", f)
		}
	}
}

func TestViewsKeepSlacksLimits(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("golden files: %d, %v", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Type, Text string }
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		check := slacksim.CheckMessage
		if doc.Type != "" {
			check = slacksim.CheckView
		} else if n := utf8.RuneCountInString(doc.Text); n < 10 || n > 600 && (n > 6000 || !strings.Contains(f, "digest")) { // a digest's text has all of it
			t.Errorf("%s: text of %d characters", f, n)
		}
		for _, fault := range check(data) {
			t.Errorf("%s: %s", f, fault)
		}
	}
}

// A view that is the answer to a submission rides in the acknowledgement.
func TestModalAnswersFitAnAcknowledgement(t *testing.T) {
	k := kit{at(t)}
	for name, v := range map[string]slack.ModalViewRequest{
		"working": view.BatchWorking(50), "done": view.BatchDone(k.mixed(50), k.at), "hostile": view.BatchDone(k.hostileResults(), k.at),
	} {
		raw, err := json.Marshal(slack.NewUpdateViewSubmissionResponse(&v))
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > 20_000 {
			t.Errorf("%s: %d bytes, the limit is 20,480 with the envelope", name, len(raw))
		}
	}
}

func TestNoMoreThanTwoButtonsInARow(t *testing.T) {
	for name, v := range samples(t) {
		m, ok := v.(view.Message)
		if !ok {
			continue
		}
		for _, b := range m.Blocks {
			if a, ok := b.(*slack.ActionBlock); ok && len(a.Elements.ElementSet) > 2 {
				t.Errorf("%s: %d buttons in a row", name, len(a.Elements.ElementSet))
			}
		}
	}
}
