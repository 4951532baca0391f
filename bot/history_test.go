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

// escaping are the commands that name people, as the manifest has them.
func escaping(o *slacksim.Options) {
	for _, name := range []string{"/historia", "/quien", "/tomar", "/pausar", "/completar", "/estado"} {
		o.Commands = append(o.Commands, slacksim.Command{Name: name, ShouldEscape: true})
	}
}

// withBoss runs a story with a supervisor in the workshop.
func withBoss(t *testing.T, story func(s *shop, boss *slacksim.Person), options ...option) {
	t.Helper()
	escape := func(o *slacksim.Options, _ *bot.Options, _ *slowRecords) { escaping(o) }
	inShop(t, func(s *shop) { story(s, s.patricia) }, append([]option{escape}, options...)...)
}

func TestHistoryOfASpool(t *testing.T) {
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(11), "tomado")
		s.passes(25 * time.Minute)
		s.asks(s.mauricio, "/pausar", "pausado")
		s.asks(s.juana, "/historia 25211", "Historia de "+tag(11), "21:00 Mauricio Rodríguez tomó · ARM", "21:25 Mauricio Rodríguez pausó · ARM · 25 min")
		s.asks(s.juana, "/historia "+tag(12), "No hay nada anotado")
		s.asks(s.juana, "/historia NO-ESTA-1", "no está en la planilla")
		s.asks(s.juana, "/historia 25299-099", "no está en la planilla")
		several := s.asks(s.juana, "/historia 2520", "calza con 10 spools")
		s.clicks(s.juana, several, tag(9)) // its history comes beside the list
		s.sees(s.juana, s.taller, "Historia de "+tag(9))

		card := s.asks(boss, "/estado "+tag(11), "está libre")
		if got := strings.Join(card.Buttons(), ","); !strings.HasSuffix(got, "Historia") {
			t.Errorf("a supervisor's buttons are %s", got)
		}
		s.clicks(boss, card, "Historia", "está libre") // the card stays
		s.sees(boss, s.taller, "Historia de "+tag(11), "pausó")
		if mine := s.asks(s.juana, "/estado "+tag(11), "está libre"); slices.Contains(mine.Buttons(), "Historia") {
			t.Error("a worker's card has the supervisor's button")
		}
	})
}

func TestWhoseHistoryIsToldToWhom(t *testing.T) {
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.juana, "/tomar "+tag(2), "tomado")
		s.asks(s.mauricio, "/historia", "Historia de Mauricio Rodríguez", "tomó *"+tag(1))
		s.asks(s.mauricio, "/historia @juana", "solo lo hace un supervisor")
		s.asks(s.mauricio, "/historia hoy", "solo lo hace un supervisor")
		s.asks(boss, "/historia @juana", "Historia de Juana Pérez", "tomó *"+tag(2))
		s.asks(boss, "/historia @juana ayer", "Historia de Juana Pérez, ayer", "No hay nada anotado")
		s.asks(boss, "/historia hoy", "Historia de hoy", tag(1), tag(2))
		s.asks(boss, "/historia 31-12-1999", "Historia de hoy", tag(1))
		s.asks(boss, "/historia 30-02-1999", "no entiendo la fecha")
		s.asks(boss, "/historia 01-02-2000", "todavía no llega")
		s.asks(boss, "/historia @ines", "Historia de Inés Vera", "No hay nada anotado") // who has left
		s.asks(boss, "/historia @nadie", "no está unida a su Slack")
	})
}

func TestAHistoryAsAFile(t *testing.T) {
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		s.asks(s.mauricio, "/pausar "+tag(1), "pausado")
		told := s.asks(boss, "/historia "+tag(1), "pausó")
		s.clicks(boss, told, "CSV")
		m := s.sees(boss, boss.DM(), "historia-"+tag(1)+".csv", "2 movimientos")
		s.sees(boss, s.taller, "por mensaje directo")
		s.seesCard(boss, told, "pausó") // the card stays
		content, ok := s.Download(m.Files[0].ID)
		lines := strings.Split(strings.TrimSpace(string(content)), "\r\n")
		if !ok || len(lines) != 3 || !strings.Contains(lines[1], ";PAUSAR_SPOOL;"+tag(1)+";93;Mauricio Rodríguez;ARM;PAUSAR;") {
			t.Errorf("file %q", lines)
		}
		own := s.asks(s.mauricio, "/historia", "pausó")
		s.clicks(s.mauricio, own, "CSV")
		s.sees(s.mauricio, s.mauricio.DM(), "historia-mauricio-rodriguez-93.csv", "3 movimientos")
	})
}

// An app that was installed before it could send files says what to do.
func TestAFileThatSlackDoesNotTake(t *testing.T) {
	withBoss(t, func(s *shop, _ *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		own := s.asks(s.mauricio, "/historia", "tomó")
		s.Fail(slacksim.Fault{Method: "files.getUploadURLExternal", Error: "missing_scope"})
		s.clicks(s.mauricio, own, "CSV")
		s.sees(s.mauricio, s.taller, "files:write")
		s.passes(3 * time.Second)
		s.Fail(slacksim.Fault{Method: "upload", Status: 503})
		s.clicks(s.mauricio, own, "CSV")
		s.sees(s.mauricio, s.taller, "Prueba de nuevo en un rato")
		s.passes(3 * time.Second)
		s.clicks(s.mauricio, own, "CSV")
		s.sees(s.mauricio, s.mauricio.DM(), "historia-mauricio-rodriguez-93.csv")
	})
}

// What the button carries is a fact and no right: others' histories stay closed.
func TestAForgedHistoryButton(t *testing.T) {
	withBoss(t, func(s *shop, _ *slacksim.Person) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		own := s.asks(s.mauricio, "/historia", "tomó")
		s.directory.Set(occupation.Worker{ID: 12, Given: "Pedro", Surname: "Soto", Active: true, Roles: []occupation.Role{occupation.Soldador}, SlackID: "U93"})
		s.directory.Set(occupation.Worker{ID: 93, Given: "Mauricio", Surname: "Rodríguez", Active: true, Roles: []occupation.Role{occupation.Armador}})
		s.clicks(s.mauricio, own, "CSV") // whoever pressed it is another worker now
		s.sees(s.mauricio, s.taller, "solo lo hace un supervisor")
	})
}

func TestWhoHasWhat(t *testing.T) {
	withBoss(t, func(s *shop, boss *slacksim.Person) {
		s.asks(s.juana, "/quien", "Nadie tiene spools")
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.juana, "/tomar "+tag(2), "tomado")
		s.asks(s.juana, "/quien", "2 spools ocupados", "Mauricio Rodríguez", tag(1), tag(2))
		s.asks(s.juana, "/quien "+tag(1), tag(1), "lo tiene Mauricio Rodríguez")
		if m := s.asks(boss, "/quien @juana", "1 spool ocupado", tag(2)); strings.Contains(m.Shown(), tag(1)) {
			t.Errorf("what Juana has: %s", m.Shown())
		}
		s.asks(boss, "/quien @pedro", "Pedro Soto no tiene spools")
	})
}
