package bot

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/spoolbot/spoolbot/bot/view"
)

// inManifest finds all values of a key in manifest.yml, in order.
func inManifest(t *testing.T, pattern string) []string {
	t.Helper()
	text, err := os.ReadFile("../manifest.yml")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
		out = append(out, string(m[1]))
	}
	slices.Sort(out)
	return out
}

func TestTheRouterServesWhatManifestAndViewsOfferAndNothingElse(t *testing.T) {
	served := func(f family) []string {
		return slices.Sorted(maps.Keys(New(Options{}).routes[f]))
	}
	sorted := func(list ...string) []string { return slices.Sorted(slices.Values(list)) }
	cases := map[string]struct{ offered, served []string }{
		"commands":  {inManifest(t, `(?m)^ +- command: (\S+)`), served(command)},
		"shortcuts": {inManifest(t, `(?m)^ +callback_id: (\S+)`), served(shortcut)},
		"events":    {inManifest(t, `(?m)^ +bot_events:\s*\[?\s*(?:- )?([a-z_]+)`), served(event)},
		"buttons":   {sorted(view.ActionIDs()...), served(action)},
		"submissions": {sorted(
			view.CallbackBatch, view.CallbackTransfer, view.CallbackRelease, view.CallbackComplete, view.CallbackRetain,
			view.CallbackLinkChoose, view.CallbackLinkReject, view.CallbackLinkPeople, view.CallbackLinkAccount, view.CallbackLinkGive,
		), served(submission)},
		"selects": {sorted(view.ActionBatchSpools, view.ActionLinkName, view.ActionLinkWorker), served(suggestion)},
	}
	for name, c := range cases {
		if len(c.offered) == 0 || !slices.Equal(c.offered, c.served) {
			t.Errorf("%s: offered %q, served %q", name, c.offered, c.served)
		}
	}
}

func TestTheIDOfAnEnvelopeThatIsNotUnderstoodIsFound(t *testing.T) {
	cases := map[string]string{
		`{"envelope_id":"abc","type":"new_thing","payload":[1]}`: "abc",
		`{"type":"hello"}`:  "",
		`[1,2]`:             "",
		`{"envelope_id":7}`: "",
	}
	for raw, want := range cases {
		if got := brokenEnvelope(json.RawMessage(raw)); got != want {
			t.Errorf("brokenEnvelope(%s) = %q, want %q", raw, got, want)
		}
	}
}
