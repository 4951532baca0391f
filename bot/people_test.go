package bot_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

func TestASupervisorSeesChangesAndRemovesALink(t *testing.T) {
	inOffice(t, func(s *shop, otro *slacksim.Person) {
		held := s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		s.asks(s.juana, "/vincular @mauricio", "eso solo lo hace un supervisor")
		card := s.asks(s.patricia, "/vincular @mauricio", "Mauricio Rodríguez · MR(93)", "<@U93>", "Armador")

		// to another account, with which the old one loses the right at once
		form := s.opensForm(s.patricia, card, "Cambiar cuenta", view.CallbackLinkAccount)
		s.selects(s.patricia, form, view.ActionLinkAccount, "U405")
		s.sees(s.patricia, s.patricia.DM(), "La cuenta de <@U405> es de invitado")
		form = s.opensForm(s.patricia, card, "Cambiar cuenta", view.CallbackLinkAccount)
		s.selects(s.patricia, form, view.ActionLinkAccount, "U7")
		s.sees(s.patricia, s.patricia.DM(), "ya es de Juana Pérez")
		form = s.opensForm(s.patricia, card, "Cambiar cuenta", view.CallbackLinkAccount)
		s.selects(s.patricia, form, view.ActionLinkAccount, "U0OTRO")
		s.sees(s.patricia, s.patricia.DM(), "Quedó anotado", "<@U0OTRO>")
		s.sees(s.mauricio, s.mauricio.DM(), "ya no es de Mauricio Rodríguez", "Lo cambió Patricia Rojas", "sigue a nombre de Mauricio")
		s.sees(otro, otro.DM(), "Listo, ya sé quién eres: Mauricio Rodríguez")
		if err := s.mauricio.Click(s.t.Context(), held, "Pausar"); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.taller, "todavía no sé quién eres")
		s.asks(otro, "/pausar", "pausado")

		// the card is of before, and says so
		s.clicks(s.patricia, card, "Quitar", "Ese botón era de antes", "<@U0OTRO>", "Quitar")
		now := s.patricia.Last(s.taller)
		s.clicks(s.patricia, now, "Quitar", "Quitado", "ninguna", "Elegir cuenta")
		s.asks(otro, "/tomar "+tag(2), "todavía no sé quién eres")
		if s.linked("U0OTRO") != 0 {
			t.Error("still linked")
		}
		links := s.directory.Links()
		if len(links) != 2 || links[1].Audit.Kind != occupation.UnlinkWorker {
			t.Errorf("links %+v", links)
		}
	})
}

func TestASupervisorLinksWhoeverDidNotAsk(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		card := s.asks(s.patricia, "/vincular @nadie", "<@U404> todavía no tiene ficha")
		form := s.opensForm(s.patricia, card, "Elegir su nombre", view.CallbackLinkGive)
		s.picks(s.patricia, form, view.ActionLinkName, "vera", "52")
		s.sees(s.patricia, s.patricia.DM(), "Berta Vera", "Quedó anotado", "<@U404>")
		s.sees(s.nadie, s.nadie.DM(), "Listo, ya sé quién eres: Berta Vera")
		if s.linked("U404") != 52 {
			t.Error("not linked")
		}
	})
}

func TestASupervisorFindsPeopleByNameAndFromAppHome(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		s.asks(s.patricia, "/vincular", "Nadie espera")
		s.asks(s.patricia, "/vincular zzzz", "No encontré a nadie")
		found := s.asks(s.patricia, "/vincular o", "¿De quién es la ficha?", "Pedro Soto · PS(12)")
		s.clicks(s.patricia, found, "Pedro Soto", "¿De quién")
		s.sees(s.patricia, s.taller, "Pedro Soto · PS(12)", "<@U12>")
		s.asks(s.patricia, "/vincular nandu", "Nicolás Ñandú", "ninguna")

		s.patricia.OpenHome()
		s.wait("App Home", func() bool { v, _ := s.patricia.Home(); return hasAll(v.Shown(), []string{"Vincular personas"}) })
		home, _ := s.patricia.Home()
		form := s.opensForm(s.patricia, home, "Vincular personas", view.CallbackLinkPeople)
		s.picks(s.patricia, form, view.ActionLinkWorker, "INES", "50")
		s.sees(s.patricia, s.patricia.DM(), "Inés Vera", "ficha está inactiva")

		s.mauricio.OpenHome()
		s.wait("App Home", func() bool { v, _ := s.mauricio.Home(); return v.ID != "" })
		if home, _ := s.mauricio.Home(); hasAll(home.Shown(), []string{"Vincular personas"}) {
			t.Error("a worker is offered to link people")
		}
		public := s.publicCard(view.ActionLinkPeople, "")
		if err := s.mauricio.Click(s.t.Context(), public, view.ActionLinkPeople); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.taller, "eso solo lo hace un supervisor")
		if n := len(s.mauricio.Views()); n != 0 {
			t.Errorf("%d forms", n)
		}
	})
}

func TestASupervisorDecidesFromTheList(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		s.claims(s.nadie, "51")
		card := s.question("U404")
		s.types(s.patricia, s.taller, "/vincular")
		listed := s.sees(s.patricia, s.taller, "<@U404> dice ser Nicolás Ñandú", "Aprobar")
		s.clicks(s.patricia, listed, "Aprobar", "Lo aprobó Patricia Rojas")
		s.seesCard(s.patricia, card, "Lo aprobó Patricia Rojas")
		s.asks(s.patricia, "/vincular @nadie", "Nicolás Ñandú", "<@U404>")
	})
}

// Nobody decides about their own link; the office does, in the sheet.
func TestASupervisorsOwnLink(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		card := s.asks(s.patricia, "/vincular @patricia", "Patricia Rojas")
		if err := s.patricia.Click(s.t.Context(), card, "Quitar"); err != nil {
			t.Fatal(err)
		}
		s.sees(s.patricia, s.taller, "tu propia ficha la cambia otra persona")
		if s.linked("U3") != 3 {
			t.Error("she has removed herself")
		}
	})
}

// News for a worker go to whom they are linked to now, also when another replica,
// or the office, has changed that.
func TestNewsFollowTheLink(t *testing.T) {
	inOffice(t, func(s *shop, otro *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado, es tuyo")
		s.directory.Set(occupation.Worker{ID: 93, Given: "Mauricio", Surname: "Rodríguez", Active: true, Roles: []occupation.Role{occupation.Armador}, SlackID: "U0OTRO"})
		s.passes(62 * time.Minute)
		s.sees(otro, otro.DM(), tag(1), "venció")
		if n := len(s.mauricio.Messages(s.mauricio.DM())); n != 0 {
			t.Errorf("%d messages to who it was before", n)
		}
	})
}
