package bot_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// People of one shop each notice nothing of the other: commands, buttons and forms go
// to their own, and nothing that they see names a shop.
func TestPeopleOfOneShopNoticeNothingOfTheOther(t *testing.T) {
	inCompany(t, func(c *company) {
		taken := c.norte.asks(c.ana, "/tomar "+tag(1), "es tuyo")
		c.row(tag(1), "AS(1)|ARM en progreso", "|")
		c.sur.asks(c.beto, "/tomar "+tag(1), "es tuyo")
		c.row(tag(1), "AS(1)|ARM en progreso", "BS(1)|ARM en progreso")
		if hasAll(taken.Shown(), []string{"norte"}) || hasAll(taken.Shown(), []string{"Taller:"}) {
			c.t.Errorf("Ana sees %s", taken.Shown())
		}
		c.norte.clicks(c.ana, taken, "Pausar", "pausado")
		c.row(tag(1), "|ARM parcial (pausado)", "BS(1)|ARM en progreso")
		c.norte.asks(c.ana, "/pausar", "No tienes")

		if err := c.beto.Type(c.t.Context(), c.sur.taller, "/lote ARM"); err != nil {
			c.t.Fatal(err)
		}
		c.sur.wait("the form", func() bool { return c.beto.Top().ID != "" })
		form := c.beto.Top()
		found, err := c.beto.Suggest(c.t.Context(), form, view.ActionBatchSpools, "NV0650")
		if err != nil || len(found) != 59 { // in norte it would be sixty
			c.t.Fatalf("%d spools are offered, %v", len(found), err)
		}
		if err := c.beto.Select(c.t.Context(), form, view.ActionBatchSpools, tag(2)); err != nil {
			c.t.Fatal(err)
		}
		if a, err := c.beto.Submit(c.t.Context()); err != nil || a.Failed != "" {
			c.t.Fatalf("submitted: %+v, %v", a, err)
		}
		c.sur.wait("the result", func() bool { return hasAll(c.beto.Top().Shown(), []string{tag(2)}) })
		c.row(tag(2), "|", "BS(1)|ARM en progreso")

		c.ana.OpenHome()
		c.norte.wait("her home", func() bool { v, ok := c.ana.Home(); return ok && !hasAll(v.Shown(), []string{"Taller:"}) })
	})
}

// Who is of both shops is asked once for which a command is, and it goes on after the
// tap. From then on it is remembered, and each answer says which shop it is of. What is
// done in a supervisors' channel is of that shop all the same.
func TestWhoIsOfBothShopsIsAskedOnce(t *testing.T) {
	inCompany(t, func(c *company) {
		asked := c.norte.asks(c.clara, "/tomar "+tag(1), "¿Con qué taller hablas?", "norte", "sur")
		c.row(tag(1), "|", "|")
		if err := c.clara.Click(c.t.Context(), asked, "sur"); err != nil {
			c.t.Fatal(err)
		}
		taken := c.sur.sees(c.clara, c.sur.taller, "es tuyo", "Taller: *sur*")
		c.row(tag(1), "|", "CS(3)|ARM en progreso")
		c.sur.asks(c.clara, "/tomar "+tag(2), "es tuyo", "Taller: *sur*")
		c.sur.clicks(c.clara, taken, "Pausar", "pausado", "Taller: *sur*")
		c.row(tag(1), "|", "|ARM parcial (pausado)")
		c.row(tag(2), "|", "CS(3)|ARM en progreso")

		c.norte.types(c.clara, c.norte.jefes, "/tomar "+tag(3))
		c.norte.sees(c.clara, c.norte.jefes, "es tuyo", "Taller: *norte*")
		c.row(tag(3), "CS(3)|ARM en progreso", "|")
		c.sur.asks(c.clara, "/mis-spools", tag(2))
	})
}

// A choice outlives the process: the shop remembers it.
func TestAChoiceIsRememberedByTheShop(t *testing.T) {
	inCompany(t, func(c *company) {
		asked := c.norte.asks(c.clara, "/mis-spools", "¿Con qué taller hablas?")
		c.sur.clicks(c.clara, asked, "sur", "Ahora hablas con el taller sur.")
		c.sur.sees(c.clara, c.sur.taller, "No tienes")
		c.restart()
		c.sur.asks(c.clara, "/tomar "+tag(1), "es tuyo")
		c.row(tag(1), "|", "CS(3)|ARM en progreso")
	})
}

// A choice counts at once, at whichever replica what the person does next arrives; and
// only the new shop publishes their App Home, whichever replica published it before.
func TestAChoiceCountsAtAllReplicas(t *testing.T) {
	inCompany(t, func(c *company) {
		end := c.replicate()
		defer end()
		c.norte.passes(30 * time.Second)
		if n := c.Sockets(); n != 4 {
			c.t.Fatalf("%d sockets", n)
		}
		asked := c.norte.asks(c.clara, "/mis-spools", "¿Con qué taller hablas?")
		c.norte.clicks(c.clara, asked, "norte", "hablas con el taller norte")
		shops := []*shop{c.norte, c.sur, c.norte, c.sur}
		for i, s := range shops {
			c.norte.passes(5 * time.Second)
			for range 4 {
				c.clara.OpenHome()
				c.norte.passes(time.Second)
				s.asks(c.clara, "/mis-spools", "Taller: *"+s.options.Site+"*")
			}
			home, _ := c.clara.Home()
			if !hasAll(home.Shown(), []string{"Taller: *" + s.options.Site + "*"}) {
				c.t.Fatalf("in %s her home shows %s", s.options.Site, home.Shown())
			}
			s.asks(c.clara, "/tomar "+tag(10+i), "es tuyo") // and her home changes
			c.norte.passes(5 * time.Second)
			if home, _ = c.clara.Home(); !hasAll(home.Shown(), []string{tag(10 + i)}) {
				c.t.Errorf("her home shows %s", home.Shown())
			}
			if i+1 < len(shops) {
				if err := c.clara.Click(c.t.Context(), home, "Cambiar a "+shops[i+1].options.Site); err != nil {
					c.t.Fatal(err)
				}
			}
		}
	})
}

// On App Home a person of both shops sees whose it is and changes with one tap; the
// shop before does not publish it any more, whatever happens there.
func TestChangingTheShopOnAppHome(t *testing.T) {
	inCompany(t, func(c *company) {
		shows := func(s *shop, texts ...string) slacksim.View {
			var home slacksim.View
			s.wait("home shows "+texts[0], func() bool {
				home, _ = c.clara.Home()
				return hasAll(home.Shown(), texts)
			})
			return home
		}
		c.clara.OpenHome()
		home := shows(c.norte, "¿Con qué taller hablas?")
		if err := c.clara.Click(c.t.Context(), home, "norte"); err != nil {
			c.t.Fatal(err)
		}
		shows(c.norte, "Taller: *norte*", "Cambiar a sur", "No tienes spools")
		c.norte.passes(5 * time.Second)
		c.norte.asks(c.clara, "/tomar "+tag(1), "es tuyo")
		home = shows(c.norte, "Taller: *norte*", tag(1))
		if err := c.clara.Click(c.t.Context(), home, "Cambiar a sur"); err != nil {
			c.t.Fatal(err)
		}
		shows(c.sur, "Taller: *sur*", "Cambiar a norte", "No tienes spools")
		c.norte.asks(c.ana, "/tomar "+tag(2), "es tuyo")
		c.norte.types(c.clara, c.norte.jefes, "/pausar "+tag(1))
		c.norte.passes(5 * time.Minute)
		c.row(tag(1), "|ARM parcial (pausado)", "|")
		shows(c.sur, "Taller: *sur*", "No tienes spools")
		c.sur.asks(c.clara, "/tomar "+tag(5), "es tuyo")
		shows(c.sur, "Taller: *sur*", tag(5))
	})
}

// What was asked of a shop on App Home before it was changed is told, and not there.
func TestAnAnswerThatComesAfterTheShopWasChanged(t *testing.T) {
	inCompany(t, func(c *company) {
		c.hangs["norte"].sheet.takes.Store(int64(3 * time.Second))
		shows := func(text string) slacksim.View {
			c.norte.wait("home shows "+text, func() bool { home, _ := c.clara.Home(); return hasAll(home.Shown(), []string{text}) })
			home, _ := c.clara.Home()
			return home
		}
		c.clara.OpenHome()
		if err := c.clara.Click(c.t.Context(), shows("norte"), "norte"); err != nil {
			c.t.Fatal(err)
		}
		home := shows("Cambiar a sur")
		for _, button := range []string{"Tomar " + tag(0), "Cambiar a sur"} {
			if err := c.clara.Click(c.t.Context(), home, button); err != nil {
				c.t.Fatal(err)
			}
		}
		shows("Cambiar a norte")
		c.norte.sees(c.clara, c.clara.DM(), "es tuyo", "Taller: *norte*")
		c.norte.passes(time.Minute)
		shows("Cambiar a norte")
	})
}

// A stranger to all shops chooses one, and says there who they are.
func TestAStrangerChoosesTheShopFirst(t *testing.T) {
	inCompany(t, func(c *company) {
		asked := c.norte.asks(c.dani, "/tomar "+tag(1), "¿Con qué taller hablas?")
		told := c.sur.clicks(c.dani, asked, "sur", "todavía no sé quién eres", "Taller: *sur*")
		form := c.sur.opensForm(c.dani, told, view.ActionLinkChoose, view.CallbackLinkChoose+"@sur")
		found, err := c.dani.Suggest(c.t.Context(), form, view.ActionLinkName, "")
		if err != nil || len(found) != 1 || !hasAll(found[0].Text, []string{"Sara"}) {
			c.t.Fatalf("names to choose from: %v, %v", found, err)
		}
		c.sur.selects(c.dani, form, view.ActionLinkName, "8")
		question := c.sur.sees(c.clara, c.sur.jefes, "Sara")
		c.sur.clicks(c.clara, question, view.ActionLinkApprove, "Sara")
		c.sur.sees(c.dani, c.dani.DM(), "ya sé quién eres: Sara")
		c.sur.asks(c.dani, "/tomar "+tag(1), "es tuyo")
		c.row(tag(1), "|", "SS(8)|ARM en progreso")
		if hasAll(c.dani.Last(c.sur.taller).Shown(), []string{"Taller:"}) {
			c.t.Error("who is of one shop is told which")
		}
		if len(c.clara.Messages(c.norte.jefes)) > 0 && hasAll(c.clara.Last(c.norte.jefes).Shown(), []string{"U4"}) {
			c.t.Error("the other shop's supervisors were asked")
		}
		c.norte.asks(c.visita, "/tomar "+tag(2), "invitad")
	})
}

// Who comes to a shop is known there at once, and who leaves it with the next thing
// that they do.
func TestPeopleComeAndGo(t *testing.T) {
	inCompany(t, func(c *company) {
		c.norte.asks(c.ana, "/mis-spools", "No tienes")
		c.sur.types(c.clara, c.sur.jefes, "/vincular Sara")
		card := c.sur.sees(c.clara, c.sur.jefes, "Sara", "Elegir cuenta")
		form := c.sur.opensForm(c.clara, card, view.ActionLinkChange, view.CallbackLinkAccount+"@sur")
		c.sur.selects(c.clara, form, view.ActionLinkAccount, "U1")
		c.sur.sees(c.ana, c.ana.DM(), "ya sé quién eres: Sara")
		asked := c.norte.asks(c.ana, "/mis-spools", "¿Con qué taller hablas?")
		c.norte.clicks(c.ana, asked, "norte", "hablas con el taller norte")
		c.norte.passes(time.Minute)

		c.norte.directory.Set(occupation.Worker{ID: 1, Given: "Ana", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Armador}})
		c.norte.asks(c.ana, "/tomar "+tag(1), "todavía no sé quién eres")
		c.sur.asks(c.ana, "/tomar "+tag(1), "es tuyo")
		c.row(tag(1), "|", "SS(8)|ARM en progreso")

		c.sur.directory.Set(occupation.Worker{ID: 8, Given: "Sara", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Armador}})
		c.norte.directory.Set(occupation.Worker{ID: 9, Given: "Nora", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Armador}, SlackID: "U1"})
		c.norte.passes(6 * time.Minute) // the sheets were changed by hand
		c.norte.asks(c.ana, "/tomar "+tag(2), "es tuyo")
		c.row(tag(2), "NS(9)|ARM en progreso", "|")
	})
}

// A mark comes from outside. That of another shop leads there, where the person is
// nobody; one that names no shop is none.
func TestAForgedMarkChangesNothing(t *testing.T) {
	inCompany(t, func(c *company) {
		c.sur.asks(c.beto, "/tomar "+tag(1), "es tuyo")
		taken := c.norte.asks(c.ana, "/tomar "+tag(1), "es tuyo")
		forge := func(site string) slacksim.Message {
			forged := taken
			forged.Blocks = nil
			for _, block := range taken.Blocks {
				copied := maps.Clone(block.(map[string]any))
				if id, ok := copied["block_id"].(string); ok {
					copied["block_id"] = strings.Replace(id, "@norte/", "@"+site+"/", 1)
				}
				forged.Blocks = append(forged.Blocks, copied)
			}
			return forged
		}
		if err := c.ana.Click(c.t.Context(), forge("sur"), "Pausar"); err != nil {
			c.t.Fatal(err)
		}
		c.sur.sees(c.ana, c.sur.taller, "todavía no sé quién eres")
		c.row(tag(1), "AS(1)|ARM en progreso", "BS(1)|ARM en progreso")
		if err := c.ana.Click(c.t.Context(), forge("este"), "Pausar"); err != nil {
			c.t.Fatal(err)
		}
		c.norte.sees(c.ana, c.norte.taller, "pausado")
		c.row(tag(1), "|ARM parcial (pausado)", "BS(1)|ARM en progreso")
	})
}
