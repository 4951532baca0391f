package sheet_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheet"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// link is a change of a link as the core makes it.
func link(worker int, was, slack string) occupation.Link {
	return occupation.Link{Worker: worker, SlackID: slack, Was: was, Audit: occupation.AuditRow{
		ID: fmt.Sprintf("link-%d-%s", worker, slack), At: morning, Kind: occupation.LinkWorker, WorkerID: worker, WorkerName: "Alguien", Action: "VINCULAR", JSON: "{}",
	}}
}

// slackOf is what a person sees in Slack_ID beside each worker.
func (s *shop) slackOf() map[string]string {
	rows := s.sim.Rows("Trabajadores")
	id, slack := slices.Index(rows[0], "Id"), slices.Index(rows[0], "Slack_ID")
	out := map[string]string{}
	for _, r := range rows[1:] {
		if id < len(r) && r[id] != "" && slack < len(r) {
			out[r[id]] = r[slack]
		} else if id < len(r) && r[id] != "" {
			out[r[id]] = ""
		}
	}
	return out
}

// rest is all else that stands in Trabajadores, whatever the order.
func (s *shop) rest() []string {
	rows := s.sim.Rows("Trabajadores")
	var out []string
	for _, r := range rows {
		var line strings.Builder
		for _, h := range []string{"Id", "Nombre", "Apellido", "Activo"} {
			if i := slices.Index(rows[0], h); i < len(r) {
				line.WriteString("|" + r[i])
			}
		}
		if strings.Trim(line.String(), "|") != "" {
			out = append(out, line.String())
		}
	}
	for _, r := range rows { // nothing beside the five columns
		if strings.Join(r, "") != "" && len(r) > 0 && len(slices.DeleteFunc(slices.Clone(r), func(v string) bool { return v == "" })) > 5 {
			out = append(out, strings.Join(r, "|"))
		}
	}
	slices.Sort(out)
	return out
}

func TestALinkIsWrittenAndKnownAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		logged, err := s.Link(t.Context(), link(51, "", "U0NEW"))
		if err != nil || !logged {
			t.Fatalf("%v, %v", logged, err)
		}
		w, err := s.BySlack(t.Context(), "U0NEW")
		if err != nil || w.ID != 51 || s.slackOf()["51"] != "U0NEW" {
			t.Errorf("%+v, %v; the sheet has %q", w, err, s.slackOf()["51"])
		}
		if got := s.audit(); len(got) != 1 || got[0] != "link-51-U0NEW" {
			t.Errorf("audit log %q", got)
		}
		if logged, err = s.Link(t.Context(), link(51, "", "U0NEW")); err != nil || logged || len(s.audit()) != 1 {
			t.Errorf("once more: %v, %v, log %q", logged, err, s.audit())
		}
		if _, err = s.Link(t.Context(), link(51, "U0NEW", "")); err != nil || s.slackOf()["51"] != "" {
			t.Fatalf("removed: %v", err)
		}
		_, err = s.BySlack(t.Context(), "U0NEW")
		fault(t, err, occupation.WorkerUnknown, occupation.Unlinked, "")
		all, err := s.Workers(t.Context())
		if err != nil || len(all) != 11 {
			t.Errorf("%d workers, %v", len(all), err)
		}
	})
}

func TestALinkThatIsNotAsItWasSeenIsLeftAlone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		before := len(s.line.sent())
		for _, c := range []struct {
			l      occupation.Link
			reason occupation.Reason
		}{
			{link(93, "", "U0NEW"), occupation.LinkChanged},
			{link(93, "U0OTHER", ""), occupation.LinkChanged},
			{link(51, "", "U0CARLOSNU"), occupation.AccountTaken},
			{link(999, "", "U0NEW"), occupation.NoName},
		} {
			_, err := s.Link(t.Context(), c.l)
			fault(t, err, occupation.InvalidInput, c.reason, "")
		}
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Trabajadores!A3", Value: "51"}) // the id a second time
		_, err := s.Link(t.Context(), link(51, "", "U0NEW"))
		fault(t, err, occupation.SheetSchema, occupation.UnreadCell, "Id")
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Trabajadores!F1", Value: "slack id"})
		_, err = s.Link(t.Context(), link(57, "U0PEDROSOT", ""))
		fault(t, err, occupation.SheetSchema, occupation.DoubledHeader, "Slack_ID")
		s.edit(sheetsim.Edit{Kind: "set", Cell: "Trabajadores!F1", Value: "x"}, sheetsim.Edit{Kind: "set", Cell: "Trabajadores!E1", Value: "y"})
		_, err = s.Link(t.Context(), link(57, "U0PEDROSOT", ""))
		fault(t, err, occupation.SheetSchema, occupation.MissingHeader, "Slack_ID")
		if n := len(s.line.sent()); n != before {
			t.Errorf("%d writes were sent", n-before)
		}
	})
}

// People move the rows and columns of Trabajadores between our read and our write.
func TestPeopleMoveUnderALink(t *testing.T) {
	for name, edits := range map[string][]sheetsim.Edit{
		"sort":                  {{Kind: "sort", Column: "Nombre", Value: "desc"}},
		"insert above":          {{Kind: "insert_rows", At: 2}},
		"insert many":           {{Kind: "insert_rows", At: 3, Count: 5}},
		"delete above":          {{Kind: "delete_rows", At: 3}},
		"insert a column":       {{Kind: "insert_columns", At: 2}},
		"move a column":         {{Kind: "move_column", Column: "Slack_ID", At: 2}},
		"move the ids":          {{Kind: "move_column", Column: "Id", At: 4}},
		"sort, insert a column": {{Kind: "sort", Column: "Nombre", Value: "desc"}, {Kind: "insert_columns", At: 3}},
	} {
		for _, l := range []occupation.Link{link(51, "", "U0NEW"), link(62, "U0MATIASRO", ""), link(62, "U0MATIASRO", "U0NEW")} {
			for _, lost := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %q %v", name, l.SlackID, lost), func(t *testing.T) {
					bubble(t, func(t *testing.T) {
						s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
						want, rest := s.slackOf(), s.rest()
						want[fmt.Sprint(l.Worker)] = l.SlackID
						for _, e := range edits {
							e.Sheet, e.When = "Trabajadores", sheetsim.BeforeNextWrite
							s.edit(e)
						}
						if lost {
							s.sim.Fail(sheetsim.Fault{Op: "write", Cut: sheetsim.CutAfter})
						}
						if _, err := s.Link(t.Context(), l); err != nil {
							t.Fatal(err)
						}
						if name == "delete above" {
							delete(want, "41")
							rest = slices.DeleteFunc(rest, func(line string) bool { return strings.HasPrefix(line, "|41|") })
						}
						if got := s.slackOf(); fmt.Sprint(got) != fmt.Sprint(want) {
							t.Errorf("Slack_ID\n got %v\nwant %v", got, want)
						}
						if got := s.rest(); !slices.Equal(got, rest) {
							t.Errorf("the rest\n got %q\nwant %q", got, rest)
						}
						if got := s.audit(); len(got) != 1 {
							t.Errorf("audit log %q", got)
						}
					})
				})
			}
		}
	}
}

func TestALinkWhoseAnswerIsLostIsMadeOnce(t *testing.T) {
	for name, f := range map[string]sheetsim.Fault{
		"never arrived":   {Op: "write", Cut: sheetsim.CutBefore},
		"applied":         {Op: "write", Cut: sheetsim.CutAfter},
		"applied, twice":  {Op: "write", Cut: sheetsim.CutAfter, Times: 2},
		"truncated":       {Op: "write", Cut: sheetsim.CutTruncate},
		"refused for now": {Op: "write", Status: 429},
		"503":             {Op: "write", Status: 503, Times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
				s.sim.Fail(f)
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
				defer cancel()
				if _, err := s.Link(ctx, link(51, "", "U0NEW")); err != nil {
					t.Fatal(err)
				}
				if got := s.audit(); len(got) != 1 || s.slackOf()["51"] != "U0NEW" {
					t.Errorf("audit log %q, Slack_ID %q", got, s.slackOf()["51"])
				}
			})
		})
	}
}

// A sending that arrives after it was given up changes nothing.
func TestALinkThatArrivesLate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		arrive := s.line.late()
		if _, err := s.Link(t.Context(), link(51, "", "U0NEW")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Link(t.Context(), link(51, "U0NEW", "")); err != nil {
			t.Fatal(err)
		}
		arrive()
		if got := s.slackOf()["51"]; got != "" {
			t.Errorf("Slack_ID %q came back", got)
		}
	})
}

func TestALinkWithoutItsAuditRow(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		s.edit(sheetsim.Edit{Kind: "protect", Sheet: "Metadata"})
		if logged, err := s.Link(t.Context(), link(51, "", "U0NEW")); err != nil || logged || s.slackOf()["51"] != "U0NEW" {
			t.Errorf("the log is protected: %v, %v, %q", logged, err, s.slackOf()["51"])
		}
		s.edit(sheetsim.Edit{Kind: "protect", Sheet: "Trabajadores"})
		_, err := s.Link(t.Context(), link(93, "U0MAURICIO", ""))
		fault(t, err, occupation.SheetUnavailable, occupation.Protected, "Slack_ID")
	})
}

// Without the guard nothing is sent twice: what cannot be seen is uncertain.
func TestALinkWithoutTheGuard(t *testing.T) {
	for name, cut := range map[string]string{"applied": sheetsim.CutAfter, "never arrived": sheetsim.CutBefore} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := unopened(t, sheetsim.Options{}, shopBook(), sheet.Options{})
				s.sim.Fail(sheetsim.Fault{NoStampGuard: true})
				if _, err := s.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
				s.sim.Fail(sheetsim.Fault{Op: "write", Cut: cut})
				_, err := s.Link(t.Context(), link(51, "", "U0NEW"))
				if cut == sheetsim.CutAfter {
					if err != nil || s.slackOf()["51"] != "U0NEW" {
						t.Errorf("%v, %v", err, s.slackOf()["51"])
					}
					return
				}
				fault(t, err, occupation.SheetUnavailable, occupation.Uncertain, "")
				if n := len(s.audit()); n != 0 {
					t.Errorf("%d rows in the log", n)
				}
			})
		})
	}
}

// Google may show for a while what stood there before.
func TestALinkIsKnownOverStaleReads(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{})
		if _, err := s.Link(t.Context(), link(51, "", "U0NEW")); err != nil {
			t.Fatal(err)
		}
		s.sim.Fail(sheetsim.Fault{Op: "read", Stale: true, Times: -1})
		passes(10 * time.Second)
		if _, err := s.Book(t.Context(), 0); err != nil { // a read that shows the sheet of before
			t.Fatal(err)
		}
		if w, err := s.BySlack(t.Context(), "U0NEW"); err != nil || w.ID != 51 {
			t.Errorf("%+v, %v", w, err)
		}
		passes(2 * time.Minute) // by then the sheet is believed again, whatever it says
		if _, err := s.BySlack(t.Context(), "U0NEW"); occupation.CodeOf(err) != occupation.WorkerUnknown {
			t.Errorf("%v, want nobody", err)
		}
		s.sim.ClearFaults()
	})
}

func TestALinkTakesFromTheQuota(t *testing.T) {
	bubble(t, func(t *testing.T) {
		asked := 0
		s := open(t, sheetsim.Options{}, shopBook(), sheet.Options{Quota: func(context.Context) error { asked++; return nil }})
		before := asked
		if _, err := s.Link(t.Context(), link(51, "", "U0NEW")); err != nil || asked != before+1 {
			t.Errorf("%v, the quota was asked %d times", err, asked-before)
		}
	})
}
