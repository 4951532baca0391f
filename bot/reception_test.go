package bot_test

import (
	"testing"

	"github.com/spoolbot/spoolbot/bot/view"
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
