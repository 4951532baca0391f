package bot

import (
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
)

// shared is a bot of a shop whose app others have, too.
func shared(d *Reception, site string) *Bot {
	return New(Options{Reception: d, Site: site, Zone: time.UTC})
}

// Slack counts for the app: its bots count together. A bot with an app of its own
// counts alone.
func TestBotsOfOneAppShareWhatSlackAllowsIt(t *testing.T) {
	d := NewReception(ReceptionOptions{Shops: []Shop{{Site: "norte"}, {Site: "sur"}}})
	norte, sur, alone := shared(d, "norte"), shared(d, "sur"), New(Options{})
	for range editsAtOnce - editsKept {
		if pause := norte.edits.budget.spare(); pause > 0 {
			t.Fatalf("norte is to wait %v", pause)
		}
	}
	if sur.edits.budget.spare() == 0 || alone.edits.budget.spare() > 0 {
		t.Error("the edits of norte do not count for sur, or they count for another app")
	}
	now := slotNow()
	first, _ := norte.allow.homes.ask(now, now+slotsAhead)
	second, _ := sur.allow.homes.ask(now, now+slotsAhead)
	if other, _ := alone.allow.homes.ask(now, now+slotsAhead); first == second || other != first {
		t.Errorf("slots %d of norte, %d of sur, %d of another app", first, second, other)
	}
	if norte.line != sur.line || norte.allow != d.allow || alone.line == norte.line {
		t.Error("not the sockets of the app")
	}
}

// A choice counts among the shops of which the person is.
func TestAChoiceOfAShopThatOneHasLeft(t *testing.T) {
	d := NewReception(ReceptionOptions{Shops: []Shop{{Site: "norte"}, {Site: "sur"}, {Site: "este"}}})
	d.people.choose("U1", "este", time.Now())
	for _, c := range []struct {
		of   []string
		want string
	}{{[]string{"norte", "sur"}, ""}, {[]string{"norte", "este"}, "este"}} {
		if got := d.chosen(t.Context(), "U1", c.of); got != c.want {
			t.Errorf("of %q %q is chosen, want %q", c.of, got, c.want)
		}
	}
}

// What has the mark of a shop gives it back, and nothing else changes; without a
// reception there is no mark.
func TestMarks(t *testing.T) {
	d := NewReception(ReceptionOptions{Shops: []Shop{{Site: "norte"}, {Site: "sur"}}})
	norte, alone := shared(d, "norte"), New(Options{})
	m := stamp(view.ChooseShop([]string{"norte", "sur"}), "card-ABC")
	block := norte.marked(m).Blocks[1].(*slack.ActionBlock)
	if site, rest := unmark(block.BlockID); site != "norte" || cardOf(rest) != "card-ABC" || cardOf(block.BlockID) != "" {
		t.Errorf("%q is of %q, %q", block.BlockID, site, rest)
	}
	if m.Blocks[1].(*slack.ActionBlock).BlockID == block.BlockID {
		t.Error("the message itself was changed")
	}
	if name, site := unmarkView(norte.markedModal(view.PeopleModal()).CallbackID); name != view.CallbackLinkPeople || site != "norte" {
		t.Errorf("the form is %q of %q", name, site)
	}
	if home := norte.markedHome("U1", view.HomeSays(m)); home.CallbackID != view.CallbackHome+"@norte" || len(home.Blocks.BlockSet) != len(m.Blocks) {
		t.Errorf("App Home is %q with %d blocks", home.CallbackID, len(home.Blocks.BlockSet))
	}
	answer := norte.markedPayload(slack.NewUpdateViewSubmissionResponse(new(view.BatchWorking(3)))).(*slack.ViewSubmissionResponse)
	if answer.View.CallbackID != view.CallbackBatchWorking+"@norte" {
		t.Errorf("the answer to a form is %q", answer.View.CallbackID)
	}
	if got := alone.marked(m).Blocks[1].(*slack.ActionBlock).BlockID; got != m.Blocks[1].(*slack.ActionBlock).BlockID {
		t.Errorf("a bot alone marks %q", got)
	}
	for id, want := range map[string][2]string{"": {"", ""}, "@": {"", "@"}, "@norte": {"", "@norte"}, "@norte/": {"norte", ""}, "@/x": {"", "x"}, "card-1.2": {"", "card-1.2"}, "@a/b/c": {"a", "b/c"}} {
		if site, rest := unmark(id); site != want[0] || rest != want[1] {
			t.Errorf("unmark(%q) = %q, %q", id, site, rest)
		}
	}
}
