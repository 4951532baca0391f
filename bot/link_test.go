package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// inOffice is a shop whose supervisors are asked, with two workers to whom nobody
// is linked, and two people without a link: U404, and U405b, who says to be the
// same.
func inOffice(t *testing.T, story func(s *shop, otro *slacksim.Person)) {
	t.Helper()
	inShop(t, func(s *shop) {
		s.directory.Set(occupation.Worker{ID: 51, Given: "Nicolás Andrés", Surname: "Ñandú", Active: true, Roles: []occupation.Role{occupation.Armador}})
		s.directory.Set(occupation.Worker{ID: 52, Given: "Berta", Surname: "Vera", Active: true, Roles: []occupation.Role{occupation.Soldador}})
		s.AddUser(slacksim.User{ID: "U0OTRO", Name: "otro"})
		s.taller = s.AddChannel("nave", "U93", "U7", "U12", "U3", "U50", "U404", "U405", "U406", "U0OTRO")
		story(s, s.Person("U0OTRO"))
	}, supervised, func(o *slacksim.Options, _ *bot.Options, _ *slowRecords) {
		for _, name := range []string{"/tomar", "/pausar", "/mis-spools", "/vincular"} {
			o.Commands = append(o.Commands, slacksim.Command{Name: name, ShouldEscape: true}) // as the manifest has it
		}
	})
}

// opensForm presses a button that opens a form.
func (s *shop) opensForm(p *slacksim.Person, on slacksim.Touchable, button, callback string) slacksim.View {
	s.t.Helper()
	s.passes(3 * time.Second) // two taps at once are one
	if err := p.Click(s.t.Context(), on, button); err != nil {
		s.t.Fatal(err)
	}
	s.wait("the form "+callback, func() bool { return p.Top().CallbackID == callback })
	return p.Top()
}

// picks chooses one of the options that typing finds, and submits the form.
func (s *shop) picks(p *slacksim.Person, form slacksim.View, selects, typed, value string) {
	s.t.Helper()
	if _, err := p.Suggest(s.t.Context(), form, selects, typed); err != nil {
		s.t.Fatal(err)
	}
	s.selects(p, form, selects, value)
}

func (s *shop) selects(p *slacksim.Person, form slacksim.View, selects, value string) {
	s.t.Helper()
	if err := p.Select(s.t.Context(), form, selects, value); err != nil {
		s.t.Fatal(err)
	}
	if a, err := p.Submit(s.t.Context()); err != nil || a.Action != "" || a.Failed != "" {
		s.t.Fatalf("submitted: %+v, %v", a, err)
	}
}

// claims lets somebody say that they are the worker; the answer is in their DM.
func (s *shop) claims(p *slacksim.Person, worker string) slacksim.Message {
	s.t.Helper()
	asked := s.asks(p, "/tomar "+tag(1), "Elegir")
	s.picks(p, s.opensForm(p, asked, view.ActionLinkChoose, view.CallbackLinkChoose), view.ActionLinkName, "", worker)
	return s.sees(p, p.DM(), "Pedí que aprueben")
}

// question waits for the question about somebody in the supervisors' channel.
func (s *shop) question(who string, texts ...string) slacksim.Message {
	s.t.Helper()
	var found slacksim.Message
	s.wait("the question about "+who, func() bool {
		all := s.patricia.Messages(s.jefes)
		i := slices.IndexFunc(all, func(m slacksim.Message) bool { return hasAll(m.Shown(), append(texts, "<@"+who+"> ")) })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found
}

func (s *shop) linked(user string) int {
	w, _ := s.directory.BySlack(s.t.Context(), user) // the zero worker when there is none
	return w.ID
}

func TestAPersonChoosesTheirNameAndASupervisorApproves(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		s.nadie.OpenHome()
		s.wait("App Home says what to do", func() bool {
			v, _ := s.nadie.Home()
			return hasAll(v.Shown(), []string{"1. Toca Elegir mi nombre", "2. Un supervisor lo aprueba", "3. Te aviso"})
		})
		home, _ := s.nadie.Home()
		form := s.opensForm(s.nadie, home, "Elegir mi nombre", view.CallbackLinkChoose)
		for typed, want := range map[string]string{"": "Berta Vera · BV(52),Nicolás Andrés Ñandú · NÑ(51)", "nandu NIC": "Nicolás Andrés Ñandú · NÑ(51)", "mauricio": ""} {
			found, err := s.nadie.Suggest(s.t.Context(), form, view.ActionLinkName, typed)
			var names []string
			for _, o := range found {
				names = append(names, o.Text)
			}
			if got := strings.Join(names, ","); err != nil || got != want {
				t.Errorf("%q finds %q, %v; want %q", typed, got, err, want)
			}
		}
		s.picks(s.nadie, form, view.ActionLinkName, "ñandu", "51")
		s.sees(s.nadie, s.nadie.DM(), "Pedí que aprueben que eres Nicolás Ñandú")
		if s.linked("U404") != 0 {
			t.Fatal("linked by their own word")
		}
		s.asks(s.nadie, "/tomar "+tag(1), "Falta que un supervisor apruebe que eres Nicolás Ñandú")
		s.wait("App Home says that it waits", func() bool {
			v, _ := s.nadie.Home()
			return hasAll(v.Shown(), []string{"falta que un supervisor"})
		})

		card := s.question("U404", "dice ser Nicolás Ñandú", "NÑ(51)", "Armador")
		if err := s.juana.Click(s.t.Context(), card, "Aprobar"); err != nil { // she is no supervisor
			t.Fatal(err)
		}
		if m := s.sees(s.juana, s.jefes, "eso solo lo hace un supervisor"); !m.Ephemeral {
			t.Error("the refusal is not hers alone")
		}
		if s.linked("U404") != 0 {
			t.Fatal("linked by somebody who is no supervisor")
		}
		s.clicks(s.patricia, card, "Aprobar", "es Nicolás Ñandú", "Lo aprobó Patricia Rojas a las")
		if s.linked("U404") != 51 {
			t.Fatal("not linked")
		}
		s.sees(s.nadie, s.nadie.DM(), "Listo, ya sé quién eres", "1. *Tomar*", "2. *Pausar*", "3. *+1 h*")
		s.wait("App Home is the real one", func() bool {
			v, _ := s.nadie.Home()
			return hasAll(v.Shown(), []string{"lo que puedes tomar ahora"})
		})
		s.asks(s.nadie, "/tomar "+tag(1), "tomado, es tuyo")
		if row := s.row(tag(1)); row != "NÑ(51)|ARM en progreso" {
			t.Errorf("row %q", row)
		}
		links := s.directory.Links()
		if len(links) != 1 || links[0].Audit.Kind != occupation.LinkWorker || !strings.Contains(links[0].Audit.JSON, `"by":3`) {
			t.Errorf("links %+v", links)
		}
	})
}

func TestASupervisorRefusesWithAReason(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		s.claims(s.nadie, "51")
		card := s.question("U404")
		if err := s.juana.Click(s.t.Context(), card, "Rechazar"); err != nil {
			t.Fatal(err)
		}
		s.sees(s.juana, s.jefes, "eso solo lo hace un supervisor")
		if n := len(s.juana.Views()); n != 0 {
			t.Errorf("%d forms are open for who is no supervisor", n)
		}
		form := s.opensForm(s.patricia, card, "Rechazar", view.CallbackLinkReject)
		if err := s.patricia.Fill(s.t.Context(), form, view.ActionLinkReason, "no trabaja <aquí>"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.patricia.Submit(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.seesCard(s.patricia, card, "no es Nicolás Ñandú", "Lo rechazó Patricia Rojas", "no trabaja &lt;aquí&gt;")
		s.sees(s.nadie, s.nadie.DM(), "No aprobaron que eres Nicolás Ñandú", "no trabaja", "Elegir mi nombre")
		if s.linked("U404") != 0 || len(s.directory.Links()) != 0 {
			t.Error("something was written")
		}
		if n := len(s.patricia.Messages(s.patricia.DM())); n != 0 {
			t.Errorf("%d messages to the supervisor beside the card", n)
		}
	})
}

func TestTwoPeopleClaimOneName(t *testing.T) {
	inOffice(t, func(s *shop, otro *slacksim.Person) {
		s.claims(s.nadie, "51")
		first := s.question("U404")
		s.claims(otro, "51")
		second := s.question("U0OTRO", "También lo pide <@U404>")
		s.seesCard(s.patricia, first, "También lo pide <@U0OTRO>")
		s.clicks(s.patricia, second, "Aprobar", "<@U0OTRO> es Nicolás Ñandú")
		s.seesCard(s.patricia, first, "<@U404> no es Nicolás Ñandú", "aprobó a otra persona")
		s.sees(otro, otro.DM(), "Listo, ya sé quién eres")
		s.sees(s.nadie, s.nadie.DM(), "No aprobaron que eres Nicolás Ñandú")
		// her phone still shows the old button
		if err := s.patricia.Click(s.t.Context(), first, "Aprobar"); err != nil {
			t.Fatal(err)
		}
		s.sees(s.patricia, s.jefes, "El pedido de <@U404> ya no está pendiente", "<@U0OTRO>")
		s.seesCard(s.patricia, first, "aprobó a otra persona")
		if s.linked("U0OTRO") != 51 || s.linked("U404") != 0 {
			t.Error("the wrong one is linked")
		}
	})
}

func TestASecondNameReplacesTheFirst(t *testing.T) {
	inOffice(t, func(s *shop, otro *slacksim.Person) {
		s.claims(otro, "51")
		s.claims(s.nadie, "51")
		first := s.question("U404", "dice ser Nicolás")
		before := len(s.nadie.Messages(s.nadie.DM()))
		asked := s.asks(s.nadie, "/mis-spools", "Elegir otro nombre")
		s.picks(s.nadie, s.opensForm(s.nadie, asked, "Elegir otro nombre", view.CallbackLinkChoose), view.ActionLinkName, "berta", "52")
		s.wait("the second answer", func() bool { return len(s.nadie.Messages(s.nadie.DM())) > before })
		s.sees(s.nadie, s.nadie.DM(), "Pedí que aprueben que eres Berta Vera")
		s.seesCard(s.patricia, first, "ya no dice ser Nicolás", "Eligió otro nombre")
		rival := s.question("U0OTRO", "dice ser Nicolás")
		s.wait("the rival is named no more", func() bool {
			return slices.ContainsFunc(s.patricia.Messages(s.jefes), func(m slacksim.Message) bool {
				return m.TS == rival.TS && !strings.Contains(m.Shown(), "También lo pide")
			})
		})
		second := s.question("U404", "dice ser Berta")
		// the same name once more asks nobody again
		questions := func() (n int) { // the board stands in the channel too
			for _, m := range s.patricia.Messages(s.jefes) {
				if strings.Contains(m.Shown(), "dice ser") {
					n++
				}
			}
			return n
		}
		n := questions()
		s.picks(s.nadie, s.opensForm(s.nadie, asked, "Elegir otro nombre", view.CallbackLinkChoose), view.ActionLinkName, "berta", "52")
		s.passes(time.Minute)
		if now := questions(); now != n {
			t.Errorf("%d questions to the supervisors more", now-n)
		}
		s.clicks(s.patricia, second, "Aprobar", "es Berta Vera")
		if s.linked("U404") != 52 {
			t.Error("not linked")
		}
	})
}

func TestAClaimThatIsTooOldIsNotApproved(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		s.claims(s.nadie, "51")
		card := s.question("U404")
		s.locks.Advance(8 * 24 * time.Hour)
		s.clicks(s.patricia, card, "Aprobar", "ya no está pendiente", "sin cuenta de Slack")
		if s.linked("U404") != 0 {
			t.Error("linked")
		}
	})
}

// A question that nobody answers does not just vanish: it is closed, and who asked hears
// of it and may ask again; not who has asked anew meanwhile, or is linked by now.
func TestAClaimThatNobodyAnswersIsTold(t *testing.T) {
	inOffice(t, func(s *shop, otro *slacksim.Person) {
		s.claims(s.nadie, "51")
		s.claims(otro, "51")
		card, rival := s.question("U404"), s.question("U0OTRO")
		s.directory.Set(occupation.Worker{ID: 52, Given: "Berta", Surname: "Vera", SlackID: "U0OTRO", Active: true}) // by the office
		s.locks.Advance(8 * 24 * time.Hour)
		s.passes(30 * time.Second)
		s.seesCard(s.patricia, card, "Nadie respondió si <@U404>", "Puede pedirlo de nuevo")
		s.seesCard(s.patricia, rival, "Nadie respondió si <@U0OTRO>")
		told := s.sees(s.nadie, s.nadie.DM(), "Nadie respondió a tiempo si eres Nicolás", "elige tu nombre otra vez")
		s.sees(otro, otro.DM(), "Pedí que aprueben")
		if n := len(s.nadie.Messages(s.nadie.DM())); n != 2 {
			t.Errorf("%d messages, want the first answer and that nobody has decided", n)
		}
		s.picks(s.nadie, s.opensForm(s.nadie, told, "Elegir mi nombre", view.CallbackLinkChoose), view.ActionLinkName, "nicolas", "51")
		s.sees(s.nadie, s.nadie.DM(), "Pedí que aprueben")
		s.passes(time.Minute)
		s.clicks(s.patricia, s.question("U404", "dice ser"), "Aprobar", "es Nicolás")
	})
}

// Guests, bots, people of other workspaces and inactive workers get no form, and
// what a forged value says is not believed.
func TestWhoMayNotClaimAName(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		asked := s.asks(s.nadie, "/tomar "+tag(1), "Elegir")
		for p, words := range map[*slacksim.Person]string{s.visita: "invitad", s.ajeno: "otra empresa", s.inactivo: "inactiva", s.mauricio: "ya es de Mauricio"} {
			s.passes(2 * time.Second)
			public := s.publicCard(view.ActionLinkChoose, "")
			if err := p.Click(s.t.Context(), public, view.ActionLinkChoose); err != nil {
				t.Fatal(err)
			}
			s.sees(p, s.taller, words)
			if n := len(p.Views()); n != 0 {
				t.Errorf("%s sees %d forms", p.ID(), n)
			}
		}
		form := s.opensForm(s.nadie, asked, "Elegir mi nombre", view.CallbackLinkChoose)
		if found, err := s.nadie.Suggest(s.t.Context(), form, view.ActionLinkName, "nicolas"); err != nil || len(found) != 1 {
			t.Fatalf("%v, %v", found, err)
		}
		for value, words := range map[string]string{
			`{"i":"nobody","w":51,"s":"U404"}`: "ya no está pendiente", `{"w":-1}`: "no entendí", `x`: "no entendí", ``: "no entendí",
		} {
			s.passes(2 * time.Second) // Slack takes one message a second
			public := s.publicCard(view.ActionLinkApprove, value)
			if err := s.patricia.Click(s.t.Context(), public, view.ActionLinkApprove); err != nil {
				t.Fatal(err)
			}
			s.sees(s.patricia, s.taller, words)
		}
		if len(s.directory.Links()) != 0 {
			t.Error("something was written")
		}
	})
}

// No supervisor could be asked: the person is told, and may choose again.
func TestAClaimThatReachesNobody(t *testing.T) {
	inOffice(t, func(s *shop, _ *slacksim.Person) {
		asked := s.asks(s.nadie, "/tomar "+tag(1), "Elegir")
		form := s.opensForm(s.nadie, asked, "Elegir mi nombre", view.CallbackLinkChoose)
		s.Fail(slacksim.Fault{Method: "chat.postMessage", Times: 1, Error: "channel_not_found"})
		s.picks(s.nadie, form, view.ActionLinkName, "nicolas", "51")
		again := s.sees(s.nadie, s.nadie.DM(), "No pude avisar a los supervisores")
		s.picks(s.nadie, s.opensForm(s.nadie, again, "Elegir mi nombre", view.CallbackLinkChoose), view.ActionLinkName, "nicolas", "51")
		s.clicks(s.patricia, s.question("U404"), "Aprobar", "es Nicolás")
	})
}
