//go:build !shop

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// outsiders are people who are in the sheet, active and with a role, and are
// refused for what they are in Slack.
func (s *shop) outsiders() map[*slacksim.Person]string {
	s.t.Helper()
	out := map[*slacksim.Person]string{}
	for i, u := range []slacksim.User{
		{ID: "U0AJENO", RealName: "Ana Ajena", TeamID: "T0OTRA"},
		{ID: "U0VISITA", RealName: "Vito Visita", Guest: true},
		{ID: "U0UNSOLO", RealName: "Uno Solo", SingleGuest: true},
		{ID: "U0ROBOT", RealName: "Rob Otto", Bot: true},
		{ID: "U0SEFUE", RealName: "Se Fue", Deleted: true},
	} {
		s.slack.AddUser(u)
		for column, value := range []any{fmt.Sprint(900 + i), u.RealName, "Prueba", "TRUE", u.ID} {
			e := sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: cellName(column, 13+i), Value: value}
			if err := s.sheet.Edit(e); err != nil {
				s.t.Fatal(err)
			}
		}
		for column, value := range []any{fmt.Sprint(900 + i), "Armador", "TRUE"} {
			if err := s.sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Roles", Cell: cellName(column, 14+i), Value: value}); err != nil {
				s.t.Fatal(err)
			}
		}
		out[s.slack.Person(u.ID)] = map[string]string{
			"U0AJENO": "tu cuenta es de otra empresa", "U0VISITA": "invitado", "U0UNSOLO": "invitado", "U0ROBOT": "solo atiendo a personas", "U0SEFUE": "solo atiendo a personas",
		}[u.ID]
	}
	return out
}

// Whoever is not served is told why, at every door, and nothing happens.
func TestPeopleWhoAreNotServed(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		refused := s.outsiders()
		refused[s.slack.Person("U0PAULAINV")] = "invitado"
		refused[s.slack.Person("U0NICOLASV")] = "Elegir mi nombre"
		refused[s.slack.Person("U0HECTORDI")] = "inactiva"
		var ids []string
		for p := range refused {
			ids = append(ids, p.ID())
		}
		s.taller = s.slack.AddChannel("todos", append(ids, s.mauricio.ID())...)
		for p, words := range refused {
			for _, line := range []string{
				"/tomar " + tag(1), "/tomar", "/pausar", "/completar " + tag(1), "/lote", "/estado", "/estado all", "/estado " + tag(1), "/mis-spools",
			} {
				s.asks(p, line, words)
			}
			s.asks(p, "/ayuda", "/tomar") // for everybody
			if strings.Contains(words, "solo atiendo") {
				continue // bots have neither DM nor App Home
			}
			if err := p.Shortcut(s.ctx, "tomar_spools"); err != nil {
				t.Fatal(err)
			}
			s.sees(p, p.DM(), "", "the shortcut", words)
			if n := len(p.Views()); n != 0 {
				t.Errorf("%s was shown %d modals", p.ID(), n)
			}
			p.OpenHome()
			s.wait("App Home of "+p.ID(), []string{words}, func() (string, bool) {
				v, _ := p.Home()
				return v.Shown(), hasAll(v.Shown(), []string{words})
			})
		}
		s.ends()
	})
}

// The IT person fills in Slack_ID, and the person is served.
func TestWhoeverIsLinkedIsServedSoon(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		nicolas := s.slack.Person("U0NICOLASV")
		s.asks(nicolas, "/tomar "+tag(1), "Elegir mi nombre")
		if err := s.sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: "E11", Value: "U0NICOLASV"}); err != nil {
			t.Fatal(err)
		}
		s.passes(10 * time.Second)
		s.asks(nicolas, "/tomar "+tag(1), "tomado, es tuyo")
		s.wantRow(tag(1), "NV(51)|ARM en progreso")
		if err := s.sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: "D11", Value: "FALSE"}); err != nil {
			t.Fatal(err)
		}
		s.passes(time.Minute)
		s.asks(nicolas, "/tomar "+tag(2), "inactiva")
		s.ends("TOMAR:" + tag(1))
	})
}
