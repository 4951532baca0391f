package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot"
	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/occupation"
)

// Words by which alerts are known.
const (
	conflictsWords = "choques al tomar spools"
	expiriesWords  = "spools vencen"
)

// told are the messages in the supervisors' channel with these words.
func (s *shop) told(words string) []slacksim.Message {
	return slices.DeleteFunc(s.patricia.Messages(s.jefes), func(m slacksim.Message) bool {
		return !hasAll(m.Shown(), []string{words}) || hasAll(m.Shown(), []string{boardTitle})
	})
}

// alerted waits until the supervisors are told in one message with all of the texts.
func (s *shop) alerted(texts ...string) slacksim.Message {
	s.t.Helper()
	var found []slacksim.Message
	s.wait("an alert of "+strings.Join(texts, ", "), func() bool {
		found = slices.DeleteFunc(s.told(texts[0]), func(m slacksim.Message) bool { return !hasAll(m.Shown(), texts) })
		return len(found) == 1
	})
	return found[0]
}

// takesAll takes n spools from the first on.
func (s *shop) takesAll(first, n int) {
	s.t.Helper()
	var line strings.Builder
	line.WriteString("/tomar")
	for i := range n {
		line.WriteString(" " + tag(first+i))
	}
	s.asks(s.mauricio, line.String(), "Tomaste los")
}

// meets is how often Juana finds occupied what she wants.
func (s *shop) meets(times int) {
	s.t.Helper()
	for range times {
		s.asks(s.juana, "/tomar "+tag(0), "Mauricio Rodríguez")
	}
}

func TestManyConflictsAreOneAlertFromBeginningToEnd(t *testing.T) {
	inShop(t, func(s *shop) {
		s.takesAll(0, 18)
		s.meets(2) // 10 %, which is not more
		s.passes(2 * time.Minute)
		if n := len(s.told(conflictsWords)); n != 0 {
			t.Errorf("%d alerts of exactly the limit", n)
		}
		s.meets(1)
		m := s.alerted(conflictsWords, "3 de 21 tomas", "14 %", "Qué hacer")
		s.meets(4)
		s.seesCard(s.patricia, m, "7 de 25 tomas", "28 %")
		s.passes(80 * time.Minute)
		s.seesCard(s.patricia, m, "Bajaron los choques", "Resuelto a las", "duró")
		if n := len(s.told(conflictsWords)); n != 1 {
			t.Errorf("%d messages of one alert", n)
		}
	}, supervised)
}

func TestOfFewTakesNoPercentageIsMade(t *testing.T) {
	inShop(t, func(s *shop) {
		s.takesAll(0, 10)
		s.meets(9)
		s.passes(2 * time.Minute)
		if n := len(s.told(conflictsWords)); n != 0 {
			t.Errorf("%d alerts of nineteen takes", n)
		}
	}, supervised)
}

func TestLimitsOfAlertsCanBeSet(t *testing.T) {
	inShop(t, func(s *shop) {
		s.takesAll(0, 2)
		s.meets(2)
		s.alerted(conflictsWords, "2 de 4 tomas", "Aviso desde 40 %")
	}, supervised, func(_ *slacksim.Options, o *bot.Options, _ *slowRecords) {
		o.Alerts = bot.AlertLimits{Conflicts: 40, Expiries: 40, MinTakes: 4, Away: time.Minute}
	})
}

func TestManyExpiriesAreAnAlert(t *testing.T) {
	inShop(t, func(s *shop) {
		s.takesAll(0, 3)
		s.passes(30 * time.Minute)
		s.takesAll(3, 30)
		s.passes(31 * time.Minute)
		s.alerted(expiriesWords, "3 de", "/extender")
	}, supervised)
}

// A sheet that is broken is told at once, one that is away after two minutes; a look
// at which all is well does not end it, two do.
func TestASheetThatFailsIsAnAlert(t *testing.T) {
	var records *slowRecords
	inShop(t, func(s *shop) {
		s.theBoard()
		records.fault.Store(&occupation.Error{Code: occupation.SheetUnavailable})
		s.passes(100 * time.Second)
		if n := len(s.told("La planilla no responde")); n != 0 {
			t.Error("told before two minutes were over")
		}
		m := s.alerted("La planilla no responde", "Desde las", "navegador")
		records.fault.Store(nil)
		s.passes(alertLook)
		s.seesCard(s.patricia, m, "La planilla no responde")
		records.fault.Store(&occupation.Error{Code: occupation.SheetUnavailable})
		s.passes(3 * time.Minute)
		s.seesCard(s.patricia, m, "La planilla no responde")
		records.fault.Store(nil)
		s.seesCard(s.patricia, m, "responde otra vez", "Resuelto a las")

		records.fault.Store(&occupation.Error{Code: occupation.SheetSchema, Reason: occupation.MissingHeader, Column: occupation.ColArmDate})
		m = s.alerted("no entiende la planilla", "Fecha_Armado", "Qué hacer")
		records.fault.Store(nil)
		s.seesCard(s.patricia, m, "entiende otra vez", "Resuelto a las")
		if n := len(s.patricia.Messages(s.jefes)); n != 3 {
			t.Errorf("%d messages, want the board and two alerts", n)
		}
	}, supervised, func(_ *slacksim.Options, _ *bot.Options, r *slowRecords) { records = r })
}

// alertLook is how often the bot looks for trouble.
const alertLook = 30 * time.Second

func TestARepairIsAnAlertWithItsSpools(t *testing.T) {
	inShop(t, func(s *shop) {
		s.bot.Repaired(true, []string{tag(3)})
		m := s.alerted("Corregí filas", tag(3), "Qué hacer")
		s.bot.Repaired(false, []string{tag(4)})
		s.seesCard(s.patricia, m, "No pude corregir", tag(3), tag(4), "Revisa en la planilla")
		s.passes(20 * time.Minute)
		s.seesCard(s.patricia, m, "Resuelto a las")
	}, supervised)
}

// What a reconcile finds is told anew when there is more of it, and over when nothing
// is left.
func TestWhatAReconcileFindsIsAnAlert(t *testing.T) {
	inShop(t, func(s *shop) {
		byHand := func(i int, who string) {
			s.records.Edit(tag(i), func(sp *occupation.Spool) { sp.HeldBy = who })
		}
		byHand(1, "don José")
		m := s.alerted("no coincidían", tag(1), "don José")
		byHand(2, "don Luis")
		s.alerted("no coincidían", tag(1), tag(2), "don Luis")
		s.seesCard(s.patricia, m, "sigue más abajo")
		s.passes(30 * time.Minute)
		byHand(1, "")
		byHand(2, "")
		s.passes(25 * time.Minute)
		s.alerted("no coincidían", "Resuelto a las")
		if n := len(s.patricia.Messages(s.jefes)); n != 3 {
			t.Errorf("%d messages, want the board, the alert and where it was before", n)
		}
	}, supervised)
}
