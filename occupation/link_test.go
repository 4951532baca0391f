package occupation_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

var (
	nicolas = occupation.Worker{ID: 51, Given: "Nicolás", Surname: "Vera Ñandú", Active: true, Roles: []occupation.Role{occupation.Armador}}
	berta   = occupation.Worker{ID: 52, Given: "Berta", Surname: "Vera", Active: true, Roles: []occupation.Role{occupation.Armador}}
	ines    = occupation.Worker{ID: 53, Given: "Inés", Surname: "Soto", Roles: []occupation.Role{occupation.Armador}}
)

// inLinking is a shop with people who are not linked, one of them inactive.
func inLinking(t *testing.T, story func(*shop)) {
	t.Helper()
	inShop(t, 1, func(s *shop) {
		for _, w := range []occupation.Worker{nicolas, berta, ines} {
			s.directory.Set(w)
		}
		story(s)
	})
}

func (s *shop) claims(slack string, worker int) occupation.Claimed {
	s.t.Helper()
	c, err := s.ClaimLink(s.t.Context(), slack, worker)
	if err != nil {
		s.t.Fatalf("%s claims %d: %v", slack, worker, err)
	}
	return c
}

func (s *shop) by(w occupation.Worker) occupation.Request {
	return occupation.Request{Worker: w.ID, Now: s.Now()}
}

// linked is the worker that a Slack user is linked to, 0 = none.
func (s *shop) linked(slack string) int {
	w, _ := s.directory.BySlack(s.t.Context(), slack) // the zero worker when there is none
	return w.ID
}

func (s *shop) linkRefused(what string, err error, reason occupation.Reason) {
	s.t.Helper()
	e, ok := errors.AsType[*occupation.Error](err)
	if !ok || e.Reason != reason {
		s.t.Errorf("%s: %v, want %s", what, err, reason)
	}
}

func (s *shop) pending() []string {
	s.t.Helper()
	all, err := s.Pending(s.t.Context(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	out := []string{}
	for _, c := range all {
		out = append(out, c.SlackID+"="+c.Worker.Name)
	}
	return out
}

func TestAClaimGivesNoRightUntilASupervisorApproves(t *testing.T) {
	inLinking(t, func(s *shop) {
		c := s.claims("U51", 51)
		if s.linked("U51") != 0 || c.Again || len(c.Rivals) != 0 {
			t.Fatalf("claimed %+v, linked %d", c, s.linked("U51"))
		}
		for _, w := range []occupation.Worker{pedro, {ID: 99}} {
			if _, err := s.ApproveClaim(s.t.Context(), s.by(w), c.Claim.ID); err == nil {
				t.Errorf("%s approves", w.Name())
			}
		}
		if again := s.claims("U51", 51); !again.Again || again.Claim.ID != c.Claim.ID {
			t.Errorf("claimed again: %+v", again)
		}
		done, err := s.ApproveClaim(s.t.Context(), s.by(jefa), c.Claim.ID)
		if err != nil || done.Worker.ID != 51 || done.By.ID != jefa.ID || len(done.Claims) != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		if s.linked("U51") != 51 || len(s.pending()) != 0 {
			t.Errorf("linked %d, pending %v", s.linked("U51"), s.pending())
		}
		_, err = s.ApproveClaim(s.t.Context(), s.by(jefa), c.Claim.ID)
		s.linkRefused("approved twice", err, occupation.ClaimGone)
		audit := s.directory.Links()[0].Audit
		var d occupation.LinkDetail
		if err := json.Unmarshal([]byte(audit.JSON), &d); err != nil {
			t.Fatal(err)
		}
		if audit.ID == "" || audit.Kind != occupation.LinkWorker || audit.Action != "VINCULAR" || audit.WorkerID != 51 || d != (occupation.LinkDetail{SlackID: "U51", By: jefa.ID}) {
			t.Errorf("audit row %+v", audit)
		}
	})
}

func TestOfTwoWhoClaimANameOneGetsIt(t *testing.T) {
	inLinking(t, func(s *shop) {
		s.claims("U51", 51)
		second := s.claims("U52", 51)
		if len(second.Rivals) != 1 || second.Rivals[0].SlackID != "U51" {
			t.Errorf("rivals %+v", second.Rivals)
		}
		done, err := s.ApproveClaim(s.t.Context(), s.by(jefa), second.Claim.ID)
		if err != nil || len(done.Claims) != 2 {
			t.Fatalf("%+v, %v; want both claims decided", done, err)
		}
		if s.linked("U52") != 51 || s.linked("U51") != 0 {
			t.Error("the wrong one is linked")
		}
		_, err = s.ClaimLink(s.t.Context(), "U51", 51)
		s.linkRefused("a name that is taken", err, occupation.NameTaken)
		_, err = s.ClaimLink(s.t.Context(), "U52", 52)
		s.linkRefused("a second name", err, occupation.AccountTaken)
		_, err = s.ClaimLink(s.t.Context(), "U51", 53)
		s.linkRefused("an inactive worker", err, occupation.NoName)
		_, err = s.ClaimLink(s.t.Context(), "U51", 999)
		s.linkRefused("nobody", err, occupation.NoName)
	})
}

// Both replicas hear a "yes" for one of two people at the same moment.
func TestTwoSupervisorsCannotGiveOneNameToTwo(t *testing.T) {
	inLinking(t, func(s *shop) {
		boss := occupation.Worker{ID: 2, Given: "Otra", Surname: "Jefa", Active: true, Roles: []occupation.Role{occupation.Supervisor}, SlackID: "U2"}
		s.directory.Set(boss)
		one, two := s.claims("U51", 51), s.claims("U52", 51)
		errs := make(chan error, 2)
		go func() { _, err := s.ApproveClaim(s.t.Context(), s.by(jefa), one.Claim.ID); errs <- err }()
		go func() { _, err := s.ApproveClaim(s.t.Context(), s.by(boss), two.Claim.ID); errs <- err }()
		first, second := <-errs, <-errs
		if (first == nil) == (second == nil) {
			t.Errorf("%v and %v: one of them is to be told no", first, second)
		}
		if n := len(s.directory.Links()); n != 1 {
			t.Errorf("%d links were written", n)
		}
	})
}

func TestWhoClaimsAnotherNameDropsTheFirst(t *testing.T) {
	inLinking(t, func(s *shop) {
		first := s.claims("U51", 51)
		second := s.claims("U51", 52)
		if second.Replaced.ID != first.Claim.ID {
			t.Errorf("replaced %+v", second.Replaced)
		}
		_, err := s.ApproveClaim(s.t.Context(), s.by(jefa), first.Claim.ID)
		s.linkRefused("the earlier claim", err, occupation.ClaimGone)
		done, err := s.RefuseClaim(s.t.Context(), s.by(jefa), second.Claim.ID, "  no te\nconozco ")
		if err != nil || !done.Refused || done.Reason != "no te conozco" || done.Claims[0].ID != second.Claim.ID || s.linked("U51") != 0 {
			t.Errorf("refused: %+v, %v", done, err)
		}
	})
}

func TestAClaimEndsAfterAWeek(t *testing.T) {
	inLinking(t, func(s *shop) {
		c := s.claims("U51", 51)
		s.locks.Advance(occupation.ClaimLasts + time.Second)
		_, err := s.ApproveClaim(s.t.Context(), s.by(jefa), c.Claim.ID)
		s.linkRefused("after a week", err, occupation.ClaimGone)
	})
}

func TestNobodyDecidesAboutOneself(t *testing.T) {
	inLinking(t, func(s *shop) {
		c := s.claims("U1b", 51)
		own := jefa
		own.SlackID = "U1b"
		s.directory.Set(own) // the office has moved her link meanwhile
		_, err := s.ApproveClaim(s.t.Context(), s.by(jefa), c.Claim.ID)
		s.linkRefused("her own claim", err, occupation.OwnLink)
		_, err = s.SetLink(s.t.Context(), s.by(jefa), occupation.Relink{Worker: jefa.ID, Was: "U1b"})
		s.linkRefused("her own link", err, occupation.OwnLink)
	})
}

func TestASupervisorChangesAndRemovesALink(t *testing.T) {
	inLinking(t, func(s *shop) {
		set := func(by occupation.Worker, worker int, was, slack string) error {
			_, err := s.SetLink(s.t.Context(), s.by(by), occupation.Relink{Worker: worker, Was: was, SlackID: slack})
			return err
		}
		s.linkRefused("a worker", set(pedro, 93, "U93", ""), occupation.NotSupervisor)
		s.linkRefused("what is not so any more", set(jefa, 93, "U0", ""), occupation.LinkChanged)
		s.linkRefused("somebody else's account", set(jefa, 93, "U93", "U12"), occupation.AccountTaken)
		s.linkRefused("a name that has somebody", set(jefa, 93, "", "U51"), occupation.NameTaken)
		s.linkRefused("an inactive worker", set(jefa, 53, "", "U53"), occupation.NoName)
		s.claims("U51", 51)
		s.claims("U52", 52)
		done, err := s.SetLink(s.t.Context(), s.by(jefa), occupation.Relink{Worker: 51, SlackID: "U52"})
		if err != nil || len(done.Claims) != 2 || s.linked("U52") != 51 {
			t.Errorf("linked with two claims open: %+v, %v", done, err)
		}
		if err := set(jefa, 93, "U93", "U93b"); err != nil || s.linked("U93b") != 93 || s.linked("U93") != 0 {
			t.Errorf("changed: %v", err)
		}
		if err := set(jefa, 93, "U93b", ""); err != nil || s.linked("U93b") != 0 {
			t.Errorf("removed: %v", err)
		}
		if audit := s.directory.Links(); audit[len(audit)-1].Audit.Kind != occupation.UnlinkWorker {
			t.Errorf("audit row %+v", audit[len(audit)-1])
		}
	})
}

func TestNamesAreFoundHoweverTheyAreTyped(t *testing.T) {
	inLinking(t, func(s *shop) {
		for query, want := range map[string][]string{
			"":         {"Berta Vera", "Nicolás Vera"},
			"nicolas":  {"Nicolás Vera"},
			"VERA ber": {"Berta Vera"},
			"nandu":    {"Nicolás Vera"},
			"nicolás":  {"Nicolás Vera"}, // as a Mac types it
			"nikolas":  {"Nicolás Vera"},
			"52":       {"Berta Vera"},
			"soto":     nil, // linked or inactive
			"zzz":      nil,
		} {
			got, err := s.Unlinked(s.t.Context(), query, 10)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, w := range got {
				names = append(names, w.Name())
			}
			if !slices.Equal(names, want) {
				t.Errorf("%q finds %q, want %q", query, names, want)
			}
		}
		if all, _ := s.Workers(s.t.Context(), "soto", 1); len(all) != 1 {
			t.Errorf("of all workers, at most one: %v", all)
		}
	})
}
