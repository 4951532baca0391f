package occupation_test

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

func TestTheBoardIsHowTheShopStands(t *testing.T) {
	inShop(t, 6, func(s *shop) {
		board := func() occupation.Board {
			t.Helper()
			out, err := s.Board(s.t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if b := board(); len(b.Held)+len(b.Stopped)+len(b.Waits)+len(b.Done) > 0 || b.Soon != 15*time.Minute {
			t.Errorf("board of a shop at rest: %+v", b)
		}
		s.take(mauricio, "S-000", "S-001")
		s.passes(time.Minute)
		s.take(juana, "S-002")
		for _, w := range []occupation.Worker{pedro, juana} {
			if _, _, err := s.WaitFor(s.t.Context(), s.request(w), "S-001"); err != nil {
				t.Fatal(err)
			}
		}
		s.complete(mauricio, "S-000")
		s.records.Edit("S-003", func(sp *occupation.Spool) { sp.State = "Retenido: calidad" })
		s.records.Edit("S-004", func(sp *occupation.Spool) {
			sp.ArmDate, sp.SoldDate = time.Now().In(santiago).AddDate(0, 0, -1), occupation.Midnight(time.Now().In(santiago))
		})
		b := board()
		if len(b.Held) != 2 || b.Held[0].Lock.Tag != "S-001" || b.Held[1].Lock.Tag != "S-002" {
			t.Errorf("held %+v, want S-001 and then S-002", b.Held)
		}
		if len(b.Stopped) != 1 || b.Stopped[0].Tag != "S-003" {
			t.Errorf("stopped %+v, want S-003", b.Stopped)
		}
		want := []occupation.Waiter{{Tag: "S-001", Worker: pedro.AsHolder()}, {Tag: "S-001", Worker: juana.AsHolder()}}
		if len(b.Waits) != 2 || b.Waits[0] != want[0] || b.Waits[1] != want[1] {
			t.Errorf("waits %+v, want %+v", b.Waits, want)
		}
		if b.Done[occupation.ARM] != 1 || b.Done[occupation.SOLD] != 1 {
			t.Errorf("done %v, want one of each: yesterday's does not count", b.Done)
		}
		s.passes(24 * time.Hour)
		if b = board(); len(b.Done) > 0 {
			t.Errorf("done %v on the next day", b.Done)
		}
	})
}
