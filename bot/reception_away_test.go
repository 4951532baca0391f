package bot_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
)

// While a shop is not served its people are told so, whatever they do, and the others
// notice nothing; when it is back it goes on.
func TestAShopThatIsNotServed(t *testing.T) {
	inCompany(t, func(c *company) {
		taken := c.sur.asks(c.beto, "/tomar "+tag(1), "es tuyo")
		c.norte.asks(c.ana, "/tomar "+tag(2), "es tuyo")
		if err := c.beto.Type(c.t.Context(), c.sur.taller, "/lote ARM"); err != nil {
			c.t.Fatal(err)
		}
		c.sur.wait("the form", func() bool { return c.beto.Top().ID != "" })
		form := c.beto.Top()
		if _, err := c.beto.Suggest(c.t.Context(), form, view.ActionBatchSpools, ""); err != nil {
			c.t.Fatal(err)
		}
		if err := c.beto.Select(c.t.Context(), form, view.ActionBatchSpools, tag(7)); err != nil {
			c.t.Fatal(err)
		}
		if err := c.sur.stop(); err != nil {
			c.t.Fatal(err)
		}

		away := "El taller sur no responde ahora."
		c.sur.asks(c.beto, "/tomar "+tag(3), away, "Prueba en un minuto")
		if err := c.beto.Click(c.t.Context(), taken, "Pausar"); err != nil {
			c.t.Fatal(err)
		}
		c.sur.wait("the tap is answered", func() bool {
			all := c.beto.Messages(c.sur.taller)
			return len(all) > 2 && hasAll(all[len(all)-1].Shown(), []string{away})
		})
		if answer, err := c.beto.Submit(c.t.Context()); err != nil || answer.Errors[view.BlockBatchSpools] == "" {
			c.t.Errorf("the form is answered %+v, %v", answer, err)
		}
		if found, err := c.beto.Suggest(c.t.Context(), form, view.ActionBatchSpools, ""); err != nil || len(found) > 0 {
			c.t.Errorf("offered %v, %v", found, err)
		}
		c.beto.OpenHome()
		c.sur.wait("his home says so", func() bool { v, _ := c.beto.Home(); return hasAll(v.Shown(), []string{away}) })
		c.sur.types(c.clara, c.sur.jefes, "/quien "+tag(1))
		c.sur.sees(c.clara, c.sur.jefes, away)
		c.norte.asks(c.dani, "/tomar "+tag(4), "Tu taller no responde ahora.", "Cambiar a norte") // nobody knows where he is
		c.norte.asks(c.ana, "/pausar", "pausado")

		c.sur.opens()
		c.sur.passes(time.Second)
		c.sur.asks(c.beto, "/pausar", "pausado")
		c.beto.OpenHome()
		c.sur.wait("his home is his again", func() bool { v, _ := c.beto.Home(); return hasAll(v.Shown(), []string{"No tienes"}) })
	})
}

// A sheet and a Redis that hang are their shop's trouble alone.
func TestAShopThatHangsDoesNotSlowTheOthers(t *testing.T) {
	inCompany(t, func(c *company) {
		takes := func(who func(), most time.Duration) {
			c.t.Helper()
			began := time.Now()
			if who(); time.Since(began) > most {
				c.t.Errorf("it took %v, want at most %v", time.Since(began), most)
			}
		}
		c.hangs["sur"].people.Store(true)
		c.hangs["sur"].memory.Store(true)
		takes(func() { c.norte.asks(c.ana, "/tomar "+tag(1), "es tuyo") }, 150*time.Millisecond) // it is not known yet where she is
		takes(func() { c.norte.asks(c.ana, "/pausar", "pausado") }, 0)
		c.norte.passes(10 * time.Minute) // what is known is old
		takes(func() { c.norte.asks(c.ana, "/tomar "+tag(1), "es tuyo") }, 150*time.Millisecond)

		c.hangs["sur"].people.Store(false)
		asked := c.norte.asks(c.clara, "/tomar "+tag(2), "¿Con qué taller hablas?")
		c.norte.clicks(c.clara, asked, "norte", "Ahora hablas con el taller norte")
		c.norte.passes(time.Minute)
		takes(func() { c.norte.asks(c.clara, "/tomar "+tag(3), "es tuyo") }, 300*time.Millisecond)
		takes(func() { c.norte.asks(c.clara, "/tomar "+tag(4), "es tuyo") }, 0) // nobody waits for it again
		c.row(tag(3), "CS(3)|ARM en progreso", "|")
		c.hangs["sur"].memory.Store(false)
	})
}
