//go:build !shop

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// workers is the tab Trabajadores as a person sees it: by id, all that stands in
// its row.
func (s *shop) workers() map[string]string {
	rows := s.sheet.Rows("Trabajadores")
	at := columns(rows[0])
	out := map[string]string{}
	for _, r := range rows[1:] {
		cell := func(h string) string {
			if i, ok := at[h]; ok && i < len(r) {
				return r[i]
			}
			return ""
		}
		if id := cell("ID"); id != "" {
			out[id] = strings.Join([]string{cell("NOMBRE"), cell("APELLIDO"), cell("ACTIVO"), cell("SLACKID")}, "|")
		}
	}
	return out
}

// claims lets Nicolás, or somebody else, choose the name of a worker, and returns
// the question to the supervisors.
func (s *shop) claims(p *slacksim.Person, worker string) slacksim.Message {
	s.t.Helper()
	s.opens(p, s.asks(p, "/mis-spools", "Elegir"), view.ActionLinkChoose, view.CallbackLinkChoose)
	if _, err := p.Suggest(s.ctx, p.Top(), view.ActionLinkName, ""); err != nil {
		s.t.Fatal(err)
	}
	s.selects(p, view.ActionLinkName, worker)
	s.hears(p, "Pedí que aprueben")
	return s.sees(s.jefa, s.bosses, "", "the question", "<@"+p.ID()+"> dice ser")
}

func (s *shop) selects(p *slacksim.Person, action, value string) {
	s.t.Helper()
	if err := p.Select(s.ctx, p.Top(), action, value); err != nil {
		s.t.Fatal(err)
	}
	if a, err := p.Submit(s.ctx); err != nil || a.Action != "" {
		s.t.Fatalf("submitted: %+v, %v", a, err)
	}
}

// linkRows are the rows of the audit log about people.
func (s *shop) linkRows() []string {
	var out []string
	for _, r := range s.sheet.Rows("Metadata")[1:] {
		if strings.HasSuffix(r[2], "VINCULAR_TRABAJADOR") {
			out = append(out, strings.Join([]string{r[2], r[4], r[5], r[7], r[9]}, " "))
		}
	}
	return out
}

// A new person chooses their name, and a supervisor approves, while somebody sorts
// the workers: one cell is written, in the right row, with its audit row.
func TestLinkedBySupervisor(t *testing.T) {
	for name, edits := range map[string][]sheetsim.Edit{
		"nobody touches the sheet": nil,
		"sorted":                   {{Kind: "sort", Column: "Nombre", Value: "desc"}},
		"rows inserted":            {{Kind: "insert_rows", At: 4, Count: 2}},
		"a column inserted":        {{Kind: "insert_columns", At: 3}},
		"sorted, then inserted":    {{Kind: "sort", Column: "Apellido"}, {Kind: "insert_rows", At: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				nicolas := s.slack.Person("U0NICOLASV")
				want := s.workers()
				want["51"] += "U0NICOLASV"
				card := s.claims(nicolas, "51")
				for _, e := range edits {
					e.Sheet, e.When = "Trabajadores", sheetsim.BeforeNextWrite
					s.edits(e)
				}
				s.taps(s.jefa, card, "Aprobar", "es Nicolás Vera · NV(51)", "Lo aprobó Claudia Fuentes")
				s.hears(nicolas, "Listo, ya sé quién eres: Nicolás Vera")
				s.asks(nicolas, "/tomar "+tag(1), "tomado, es tuyo")
				if got := s.workers(); !maps.Equal(got, want) {
					t.Errorf("the workers\n got %q\nwant %q", got, want)
				}
				row := `VINCULAR_TRABAJADOR 51 Nicolás Vera VINCULAR {"slack_id":"U0NICOLASV","by":12}`
				if got := s.linkRows(); !slices.Equal(got, []string{row}) {
					t.Errorf("audit log %q", got)
				}
				s.wantWhole()
			})
		})
	}
}

// The line to Google breaks while a link is written: nothing is doubled, and what
// is not known is said.
func TestALinkOverABadLine(t *testing.T) {
	for name, f := range map[string]sheetsim.Fault{
		"the answer is lost":    {Op: "write", Cut: sheetsim.CutAfter},
		"it never arrives":      {Op: "write", Cut: sheetsim.CutBefore},
		"it arrives late":       {Op: "write", Cut: sheetsim.CutLate, LateBy: 20 * time.Second},
		"no write is free":      {Op: "write", Status: 429},
		"Google has a bad hour": {Op: "write", Status: 503, Times: 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{complaints: true}, func(s *shop) {
				nicolas := s.slack.Person("U0NICOLASV")
				card := s.claims(nicolas, "51")
				s.sheet.Fail(f)
				if f.Times == 100 {
					if err := s.jefa.Click(s.ctx, card, "Aprobar"); err != nil {
						t.Fatal(err)
					}
					s.sees(s.jefa, s.bosses, card.TS, "the answer", "no sé si alcanzó a quedar anotado")
					s.sheet.ClearFaults()
				}
				s.taps(s.jefa, card, "Aprobar", "Lo aprobó Claudia Fuentes")
				s.passes(time.Minute)
				s.asks(nicolas, "/tomar "+tag(1), "tomado, es tuyo")
				if rows := s.linkRows(); len(rows) != 1 || !strings.HasSuffix(s.workers()["51"], "|U0NICOLASV") {
					t.Errorf("audit log %q, worker %q", rows, s.workers()["51"])
				}
			})
		})
	}
}

// A link that is removed, or a worker who is made inactive in the sheet, gives no
// right any more: here at once, in another replica and after the office's edit
// within a minute. Buttons of before are refused too.
func TestARightIsLostWithinAMinute(t *testing.T) {
	t.Parallel()
	t.Run("removed by a supervisor", func(t *testing.T) {
		t.Parallel()
		inShop(t, shopOptions{}, func(s *shop) {
			held := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
			card := s.asks(s.jefa, "/vincular @Mauricio Rodríguez", "Mauricio Rodríguez · MR(93)")
			s.taps(s.jefa, card, "Quitar", "Quitado", "ninguna")
			s.taps(s.mauricio, held, "Pausar", "Todavía no sé quién eres")
			s.wantRow(tag(1), "MR(93)|ARM en progreso")
			s.hears(s.mauricio, "ya no es de Mauricio Rodríguez")
			if got := s.workers()["93"]; got != "Mauricio|Rodríguez|TRUE|" {
				t.Errorf("the row of the worker is %q", got)
			}
			if got := s.linkRows(); len(got) != 1 || !strings.HasPrefix(got[0], "DESVINCULAR_TRABAJADOR 93 ") {
				t.Errorf("audit log %q", got)
			}
		})
	})
	t.Run("made inactive in the sheet", func(t *testing.T) {
		t.Parallel()
		inShop(t, shopOptions{}, func(s *shop) {
			held := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
			s.mauricio.OpenHome()
			s.until("App Home is there", func() bool { v, _ := s.mauricio.Home(); return hasAll(v.Shown(), []string{tag(1)}) })
			for i, r := range s.sheet.Rows("Trabajadores") {
				if r[0] == "93" {
					s.edits(sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: fmt.Sprintf("D%d", i+1), Value: "FALSE"})
				}
			}
			s.passes(time.Minute)
			s.taps(s.mauricio, held, "Pausar", "tu ficha está inactiva")
			s.asks(s.mauricio, "/tomar "+tag(2), "tu ficha está inactiva")
			s.mauricio.OpenHome()
			s.until("App Home says so", func() bool { v, _ := s.mauricio.Home(); return hasAll(v.Shown(), []string{"tu ficha está inactiva"}) })
			s.wantRow(tag(1), "MR(93)|ARM en progreso")
			s.wantRow(tag(2), "|")
		})
	})
}

// What one replica writes it knows at once, and the other within a minute.
func TestALinkRemovedInAnotherReplica(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, other replica) {
		if w, err := other.core.WorkerBySlack(s.ctx, "U0MAURICIO"); err != nil || w.ID != mauricioID {
			t.Fatalf("%+v, %v", w, err)
		}
		_, err := one.core.SetLink(s.ctx, one.bossAsks(), occupation.Relink{Worker: mauricioID, Was: "U0MAURICIO"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []replica{one, other} {
			if r.app == other.app {
				s.passes(time.Minute)
			}
			if w, err := r.core.WorkerBySlack(s.ctx, "U0MAURICIO"); occupation.CodeOf(err) != occupation.WorkerUnknown {
				t.Errorf("%+v, %v; want nobody", w, err)
			}
		}
	})
}

// Two supervisors say yes to two people who claim one name, at the same moment and
// in two replicas: one of them gets it, and hears of it.
func TestTwoReplicasGiveOneNameToOnePerson(t *testing.T) {
	t.Parallel()
	inReplicas(t, func(s *shop, one, other replica) {
		var claims []occupation.Claimed
		for i, user := range []string{"U0ERSTER", "U0ZWEITER"} {
			c, err := []replica{one, other}[i].core.ClaimLink(s.ctx, user, 51)
			if err != nil {
				t.Fatal(err)
			}
			claims = append(claims, c)
		}
		errs := make(chan error, 2)
		for i, r := range []replica{one, other} {
			go func() { _, err := r.core.ApproveClaim(s.ctx, r.bossAsks(), claims[i].Claim.ID); errs <- err }()
		}
		if a, b := <-errs, <-errs; (a == nil) == (b == nil) {
			t.Errorf("the supervisors hear %v and %v", a, b)
		}
		if rows := s.linkRows(); len(rows) != 1 {
			t.Errorf("audit log %q", rows)
		}
	})
}

// bossAsks is a request of the supervisor.
func (r replica) bossAsks() occupation.Request {
	return occupation.Request{Worker: 12, Now: r.core.Now()}
}

// Without a column for it nobody can be linked, and everybody is told which.
func TestLinkingWithoutTheColumn(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		nicolas := s.slack.Person("U0NICOLASV")
		card := s.claims(nicolas, "51")
		s.edits(sheetsim.Edit{Kind: "rename_header", Sheet: "Trabajadores", Column: "Slack_ID", Value: "fono"})
		s.passes(time.Minute)
		if err := s.jefa.Click(s.ctx, card, "Aprobar"); err != nil {
			t.Fatal(err)
		}
		s.sees(s.jefa, s.bosses, card.TS, "the answer", "falta la columna Slack_ID")
		s.edits(sheetsim.Edit{Kind: "rename_header", Sheet: "Trabajadores", Column: "fono", Value: "Slack_ID"})
		s.passes(10 * time.Second)
		s.taps(s.jefa, card, "Aprobar", "Lo aprobó")
	})
}
