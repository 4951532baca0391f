package view_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// Samples of who is who: for the person, and for the supervisors.

func (k kit) claim() occupation.LinkClaim {
	return occupation.LinkClaim{ID: "NCKG2DHX4VMJVPOTTFHCY4PXSQ", SlackID: "U07ABCDEF", Worker: mauricio, Lasts: occupation.ClaimLasts, Until: k.hour(14, 57).AddDate(0, 0, 6)}
}

func (k kit) linked() occupation.Linked {
	w := mauro
	w.SlackID = "U07ABCDEF"
	return occupation.Linked{Worker: w, By: patricia, Logged: true, Claims: []occupation.LinkClaim{k.claim()}}
}

func (k kit) linkSamples() map[string]any {
	c, l := k.claim(), k.linked()
	hostileWorker := mauro
	hostileWorker.Given, hostileWorker.Surname, hostileWorker.SlackID, hostileWorker.Active = nasty, worst, nasty, false
	hostileWorker.Roles = []occupation.Role{occupation.Role(nasty), occupation.Role(worst)}
	hostileClaim := occupation.LinkClaim{ID: c.ID, SlackID: nasty, Worker: occupation.Holder{ID: 1, Name: nasty, Label: worst}, Until: c.Until}
	refused := occupation.Linked{Refused: true, By: patricia, Reason: "no trabaja aquí", Claims: l.Claims}
	hostile := occupation.Linked{Worker: hostileWorker, By: occupation.Holder{ID: 2, Name: nasty}, Reason: strings.Repeat(nasty, 3), Claims: []occupation.LinkClaim{hostileClaim}}
	unlinked, inactive := mauro, mauro
	unlinked.SlackID, inactive.SlackID, inactive.Active = "", "U07ABCDEF", false
	facts := view.LinkFacts{Claim: c.ID, Worker: c.Worker.ID, SlackID: c.SlackID}
	boss := mauro
	boss.Roles = []occupation.Role{occupation.Supervisor}
	unlinkedErr := &occupation.Error{Code: occupation.WorkerUnknown, Reason: occupation.Unlinked}
	past := func(kind occupation.Kind) occupation.Past {
		return occupation.Past{AuditRow: occupation.AuditRow{At: k.hour(13, 10), Kind: kind, WorkerID: 93, WorkerName: "Mauricio Rodríguez", Action: kind.Action()}}
	}
	return map[string]any{
		"link-history":            view.History(occupation.History{Of: occupation.HistoryQuery{Day: k.day(11, 23)}, Events: []occupation.Past{past(occupation.LinkWorker), past(occupation.UnlinkWorker)}}, k.at),
		"link-unlinked":           view.Unlinked(""),
		"link-pending":            view.Unlinked("Mauricio Rodríguez"),
		"link-pending-hostile":    view.Unlinked(nasty),
		"link-claim-sent":         view.ClaimSent(c),
		"link-claim-not-sent":     view.ClaimNotSent(),
		"link-known":              view.KnownAlready(mauro),
		"link-claim":              view.ClaimCard(c, mauro, nil, k.at),
		"link-claim-rivals":       view.ClaimCard(c, mauro, []string{"U07RIVAL1", "U07RIVAL2"}, k.at),
		"link-claim-hostile":      view.ClaimCard(hostileClaim, hostileWorker, slices.Repeat([]string{nasty}, 60), k.at),
		"link-over-approved":      view.ClaimOver(c, view.ClaimApproved, l, k.at),
		"link-over-refused":       view.ClaimOver(c, view.ClaimRefused, refused, k.at),
		"link-over-lost":          view.ClaimOver(c, view.ClaimLost, l, k.at),
		"link-over-replaced":      view.ClaimOver(c, view.ClaimReplaced, occupation.Linked{}, k.at),
		"link-over-expired":       view.ClaimOver(c, view.ClaimExpired, occupation.Linked{}, k.at),
		"link-unanswered":         view.ClaimUnanswered(c),
		"link-unanswered-hostile": view.ClaimUnanswered(hostileClaim),
		"link-over-hostile":       view.ClaimOver(hostileClaim, view.ClaimRefused, hostile, k.at),
		"link-gone":               view.ClaimGone(facts, l.Worker),
		"link-gone-free":          view.ClaimGone(facts, unlinked),
		"link-welcome":            view.Welcome(l),
		"link-welcome-hostile":    view.Welcome(hostile),
		"link-denied":             view.ClaimDenied(c, refused),
		"link-denied-hostile":     view.ClaimDenied(hostileClaim, hostile),
		"link-unbound":            view.Unbound(l),
		"link-card":               view.LinkCard(l.Worker, view.NoNote),
		"link-card-set":           view.LinkCard(l.Worker, view.LinkSet),
		"link-card-unlinked":      view.LinkCard(unlinked, view.LinkRemoved),
		"link-card-stale":         view.LinkCard(inactive, view.LinkStale),
		"link-card-hostile":       view.LinkCard(hostileWorker, view.NoNote),
		"link-nobody":             view.NotLinked("U07ABCDEF"),
		"link-not-served":         view.NotServed("U07ABCDEF"),
		"link-found":              view.WorkersFound("mau", []occupation.Worker{mauro, pepa, hostileWorker}),
		"link-found-none":         view.WorkersFound(nasty, nil),
		"link-open-none":          view.ClaimsOpen(0),
		"link-open-3":             view.ClaimsOpen(3),
		"modal-link-choose":       view.ChooseNameModal(view.LinkFacts{}),
		"modal-link-give":         view.ChooseNameModal(view.LinkFacts{SlackID: "U07ABCDEF"}),
		"modal-link-give-hostile": view.ChooseNameModal(view.LinkFacts{SlackID: nasty}),
		"modal-link-people":       view.PeopleModal(),
		"modal-link-account":      view.AccountModal(view.LinkFacts{Worker: 93, SlackID: "U07ABCDEF"}),
		"modal-link-reject":       view.RejectModal(facts),
		"home-pending":            view.HomeProblem(unlinkedErr, "Mauricio Rodríguez", k.at),
		"home-boss":               view.Home(view.HomeState{Worker: boss}, k.at),
	}
}

func TestFormsAboutPeopleReadWhatWasFilledIn(t *testing.T) {
	option := func(id string) any {
		return map[string]any{"type": "external_select", "selected_option": map[string]any{"value": id}}
	}
	facts := view.LinkFacts{Claim: "C1", Worker: 93, SlackID: "U07ABCDEF"}
	for name, c := range map[string]struct {
		modal  slack.ModalViewRequest
		values map[string]any
		want   view.LinkForm
		wrong  string
	}{
		"choose":                  {view.ChooseNameModal(view.LinkFacts{}), map[string]any{view.BlockLinkName: map[string]any{view.ActionLinkName: option("51")}}, view.LinkForm{Worker: 51}, ""},
		"choose nobody":           {view.ChooseNameModal(view.LinkFacts{}), nil, view.LinkForm{}, view.BlockLinkName},
		"choose nonsense":         {view.ChooseNameModal(view.LinkFacts{}), map[string]any{view.BlockLinkName: map[string]any{view.ActionLinkName: option("-5")}}, view.LinkForm{}, view.BlockLinkName},
		"give":                    {view.ChooseNameModal(view.LinkFacts{SlackID: "U1X"}), map[string]any{view.BlockLinkName: map[string]any{view.ActionLinkName: option("51")}}, view.LinkForm{Facts: view.LinkFacts{SlackID: "U1X"}, Worker: 51}, ""},
		"people":                  {view.PeopleModal(), map[string]any{view.BlockLinkWorker: map[string]any{view.ActionLinkWorker: option("7")}}, view.LinkForm{Worker: 7}, ""},
		"account":                 {view.AccountModal(facts), map[string]any{view.BlockLinkAccount: map[string]any{view.ActionLinkAccount: map[string]any{"type": "users_select", "selected_user": "U2X"}}}, view.LinkForm{Facts: facts, SlackID: "U2X"}, ""},
		"no account":              {view.AccountModal(facts), nil, view.LinkForm{Facts: facts}, view.BlockLinkAccount},
		"reject":                  {view.RejectModal(facts), map[string]any{view.BlockLinkReason: map[string]any{view.ActionLinkReason: map[string]any{"type": "plain_text_input", "value": " no\n es "}}}, view.LinkForm{Facts: facts, Reason: "no es"}, ""},
		"reject without a reason": {view.RejectModal(facts), nil, view.LinkForm{Facts: facts}, ""},
	} {
		if c.values == nil {
			c.values = map[string]any{}
		}
		got, wrong, err := view.ReadLinkForm(withState(t, c.modal, c.values))
		if err != nil || (c.wrong == "") != (wrong == nil) || (c.wrong != "" && wrong[c.wrong] == "") {
			t.Errorf("%s: wrong %v, %v", name, wrong, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	foreign := withState(t, view.AccountModal(facts), map[string]any{})
	for _, meta := range []string{"", "x", `{"w":-1}`, `{"i":"<script>"}`, `{"s":"a\u0000"}`, strings.Repeat("9", 3000)} {
		foreign.PrivateMetadata = meta
		if _, _, err := view.ReadLinkForm(foreign); err == nil {
			t.Errorf("metadata %.20q is read", meta)
		}
		if _, err := view.ReadLink(meta); err == nil {
			t.Errorf("value %.20q is read", meta)
		}
	}
}

// Whoever is new sees at a glance what to do: three lines, no code, nothing technical.
func TestTheFirstHelpHasThreeLines(t *testing.T) {
	k := kit{at(t)}
	for name, m := range map[string]view.Message{"unlinked": view.Unlinked(""), "welcome": view.Welcome(k.linked())} {
		text := m.Blocks[0].(*slack.SectionBlock).Text.Text
		n := 0
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(line, "1.") || strings.HasPrefix(line, "2.") || strings.HasPrefix(line, "3.") {
				n++
				if len([]rune(line)) > 75 {
					t.Errorf("%s: %q is too long for a glance", name, line)
				}
			}
		}
		if n != 3 || strings.Contains(text, "Slack_ID") || strings.Contains(text, "U07") {
			t.Errorf("%s: %d lines of help in\n%s", name, n, text)
		}
	}
}
