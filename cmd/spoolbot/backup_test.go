//go:build !shop

package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Stories of what was lost for good, and of what was put back from a backup. The
// README tells both, under Backup.

// backup keeps what two tabs say now, and returns what puts that back, as the office
// does from the sheet's version history.
func (s *shop) backup() (restore func()) {
	s.t.Helper()
	old, log := s.sheet.Rows("Operaciones"), len(s.sheet.Rows("Metadata"))
	return func() {
		var edits []sheetsim.Edit
		at := func(rows [][]string, r, c int) string {
			if r < len(rows) && c < len(rows[r]) {
				return rows[r][c]
			}
			return ""
		}
		now := s.sheet.Rows("Operaciones")
		for r := range now {
			for c := range max(len(now[r]), len(old[0])) {
				if was := at(old, r, c); was != at(now, r, c) {
					e := sheetsim.Edit{Kind: "set", Cell: fmt.Sprintf("Operaciones!%c%d", 'A'+c, r+1), Value: was}
					if was == "" {
						e.Value = nil
					}
					edits = append(edits, e)
				}
			}
		}
		if more := len(s.sheet.Rows("Metadata")) - log; more > 0 {
			edits = append(edits, sheetsim.Edit{Kind: "delete_rows", Sheet: "Metadata", At: log + 1, Count: more})
		}
		if err := s.sheet.Edit(edits...); err != nil {
			s.t.Fatal(err)
		}
	}
}

// Redis is lost for good: an empty one comes in its place, and the program is started
// anew. Who held a spool holds it until the same time; what was finished is finished;
// numbers go on above all that were given; of the wait list people hear nothing, and
// ask again. The supervisor has nothing to do.
func TestRedisLostForGood(t *testing.T) {
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(0), "es tuyo")
		s.asks(s.mauricio, "/extender "+tag(0)+" 1h", "hasta")
		s.asks(s.carlos, "/tomar "+tag(1), "es tuyo")
		s.asks(s.carlos, "/completar "+tag(1), "completado")
		s.passes(5 * time.Second)
		until := s.asks(s.mauricio, "/mis-spools", tag(0)).Shown()
		fences := s.whole.oneHolder(s.t)
		if err := s.stop(); err != nil {
			s.t.Fatal(err)
		}
		s.redis.FlushAll()
		s.start()
		s.passes(30 * time.Second)
		s.asks(s.carlos, "/tomar "+tag(0), "Mauricio Rodríguez")
		s.asks(s.carlos, "/tomar "+tag(1)+" ARM", "ya tiene ARM hecho")
		if again := s.asks(s.mauricio, "/mis-spools", tag(0)).Shown(); again != until {
			s.t.Errorf("he reads\n%s\nand read before\n%s", again, until)
		}
		s.asks(s.carlos, "/tomar "+tag(2), "es tuyo")
		after := s.whole.oneHolder(s.t)
		if last, highest := after[len(after)-1].fence, fences[len(fences)-1].fence; last <= highest {
			s.t.Errorf("the number %d is given after %d", last, highest)
		}
		s.asks(s.mauricio, "/pausar "+tag(0), "pausado")
		s.passes(5 * time.Second)
		s.wantWhole()
	})
}

// The sheet is put back from yesterday's version while Redis and the program go on.
// The sheet wins: what was taken since is free, and who had it is told; what was held
// then is held again by whoever had it, or expires at once because its time is over;
// what was completed since is open again, and only the office can put that right.
func TestTheSheetIsPutBackFromYesterday(t *testing.T) {
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(0), "es tuyo")
		s.passes(time.Minute)
		restore := s.backup()
		s.asks(s.mauricio, "/pausar "+tag(0), "pausado")
		s.passes(90 * time.Minute)
		s.asks(s.mauricio, "/tomar "+tag(1), "es tuyo")
		s.asks(s.carlos, "/tomar "+tag(2), "es tuyo")
		s.asks(s.carlos, "/completar "+tag(2), "completado")
		last := s.whole.oneHolder(s.t)
		s.passes(time.Minute)
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		restore()
		s.wantRow(tag(0), "MR(93)|ARM en progreso")
		s.wantRow(tag(1), "|")
		told := s.mauricio.Last(s.mauricio.DM()).TS
		s.passes(11 * time.Minute) // the next comparison; /reconciliar does it at once
		s.sees(s.mauricio, s.mauricio.DM(), told, "he hears that it is free", tag(1), "planilla")
		s.sees(s.mauricio, s.mauricio.DM(), told, "he hears that the other's time is over", tag(0))
		s.wantRow(tag(0), "|ARM parcial (vencido)")
		s.sees(s.jefa, s.bosses, "", "the supervisors see what differed", tag(1))
		// What was completed since is open again: whoever did it does it again, with its date.
		s.asks(s.carlos, "/tomar "+tag(2), "es tuyo")
		s.asks(s.carlos, "/completar "+tag(2), "completado")
		s.asks(s.mauricio, "/tomar "+tag(1), "es tuyo")
		if e := ofTag(events(s.sheet), tag(1)); e[len(e)-1].fence <= last[len(last)-1].fence {
			s.t.Errorf("the log of it says %+v; the numbers were at %d", e, last[len(last)-1].fence)
		}
		s.passes(5 * time.Second)
		s.whole.check(s.t, tag(0), tag(1), tag(2))
	})
}
