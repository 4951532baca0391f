package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

func TestATakenSpoolIsRefusedToTheNextByNameAndHour(t *testing.T) {
	inShop(t, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(11), tag(11), "tomado, es tuyo", "ARM")
		if got, want := strings.Join(card.Buttons(), ","), "Pausar,Completar,+1 h,Deshacer,Otra fecha"; got != want {
			t.Errorf("buttons %s, want %s", got, want)
		}
		if !card.Ephemeral {
			t.Error("the answer in the channel is not private")
		}
		if got, want := s.row(tag(11)), "MR(93)|ARM en progreso"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
		refused := s.asks(s.juana, "/tomar "+tag(11), "lo tiene Mauricio Rodríguez", "desde las 21:00", "hasta las 22:00")
		if len(refused.Buttons()) == 0 {
			t.Error("a refusal without a next step")
		}
		s.clicks(s.mauricio, card, "Pausar", "pausado, quedó libre")
		if got, want := s.row(tag(11)), "|ARM parcial (pausado)"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
		s.asks(s.juana, "/tomar "+tag(11), "tomado, es tuyo")
	})
}

func TestWithoutATagTheOneSpoolHeldIsMeant(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/pausar", "No tienes spools tomados")
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.mauricio, "/estado", tag(1), "lo tienes tú")
		s.asks(s.mauricio, "/pausar", tag(1), "pausado")
		s.asks(s.mauricio, "/tomar "+tag(2), "tomado")
		s.asks(s.mauricio, "/completar", tag(2), "completado", "hoy")
		if got, want := s.row(tag(2)), "|ARM completado"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
	})
}

func TestWithoutATagSeveralHeldBecomeButtons(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2)+" "+tag(3), "Tomaste los 3")
		for _, c := range []struct{ command, question, answer, left string }{
			{"/pausar", "¿Cuál quieres pausar?", "pausado", "|ARM parcial (pausado)"},
			{"/completar", "¿Cuál quieres completar?", "completado", "|ARM completado"},
		} {
			if c.command == "/completar" { // its form does not open
				s.Fail(slacksim.Fault{Method: "views.open", Error: "expired_trigger_id"})
			}
			asked := s.asks(s.mauricio, c.command, c.question)
			n := len(asked.Buttons()) - 1
			button := asked.Buttons()[n]
			s.clicks(s.mauricio, asked, button, c.answer)
			s.passes(time.Minute)
			s.seesCard(s.mauricio, asked, c.answer) // and nothing takes its place
			picked, _, _ := strings.Cut(button, " ")
			if got := s.row(picked); got != c.left {
				t.Errorf("%s: row %q, want %q", c.command, got, c.left)
			}
		}
	})
}

func TestTomarWithoutATagOffersWhatIsFree(t *testing.T) {
	inShop(t, func(s *shop) {
		offered := s.asks(s.pedro, "/tomar", "Cuál quieres tomar")
		if got := offered.Buttons()[0]; !strings.Contains(got, tag(60)) {
			t.Fatalf("a welder is offered %v", offered.Buttons())
		}
		s.clicks(s.pedro, offered, tag(60), "tomado, es tuyo", "SOLD")
	})
}

func TestAPartOfATagIsEnoughWhenItIsUnique(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar 25211-011", tag(11), "tomado")
		s.asks(s.mauricio, "/estado cw–25211–011", tag(11), "lo tienes tú") // as a phone's autocorrect writes dashes
		s.asks(s.mauricio, "/pausar 011", tag(11), "pausado")
	})
}

func TestAPartIsLookedForFirstInWhatThePersonHolds(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(11), "tomado")
		s.asks(s.mauricio, "/pausar MK-1335", tag(11), "pausado") // all 63 have that part
	})
}

func TestAnAmbiguousPartBecomesButtons(t *testing.T) {
	inShop(t, func(s *shop) {
		asked := s.asks(s.mauricio, "/tomar 2520", "calza con 10 spools")
		s.clicks(s.mauricio, asked, tag(4), tag(4), "tomado, es tuyo")
	})
}

func TestAnUnknownTagOffersTheNearestOnes(t *testing.T) {
	inShop(t, func(s *shop) {
		m := s.asks(s.mauricio, "/tomar MK-1335-CW-25211-O11", "no está en la planilla")
		s.clicks(s.mauricio, m, tag(11), "tomado, es tuyo")
		s.asks(s.mauricio, "/estado ZZZ-99999-XX", "no está en la planilla")
	})
}

func TestSeveralPastedTagsWork(t *testing.T) {
	inShop(t, func(s *shop) {
		pasted := "“" + tag(1) + "”,\n• " + strings.ToLower(tag(2)) + "\n- " + tag(3) + ";" + tag(1) + " ARM"
		m := s.asks(s.mauricio, "/tomar "+pasted, "Tomaste los 3", tag(1), tag(2), tag(3))
		if n := strings.Count(m.Shown(), tag(1)); n != 1 {
			t.Errorf("a TAG named twice stands %d times in the answer", n)
		}
		s.asks(s.mauricio, "/estado "+tag(1)+" "+tag(5)+" NADA-123", "lo tienes tú", "está libre", "no está")
		s.asks(s.mauricio, "/pausar "+tag(1)+" "+tag(2)+" "+tag(3), "Pausaste los 3")
	})
}

func TestWhatIsClearIsDoneAndTheRestIsAsked(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" 2520", "Falta aclarar 1 TAG")
		if got, want := s.row(tag(1)), "MR(93)|ARM en progreso"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
	})
}

func TestTheOperationIsInferredOrSaid(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.juana, "/tomar "+tag(60), "SOLD") // an assistant may do both; this one needs SOLD
		s.asks(s.juana, "/tomar "+tag(1), "ARM")
		s.asks(s.juana, "/tomar "+tag(2)+" soldadura", "todavía no está armado")
		s.asks(s.mauricio, "/tomar "+tag(61), tag(61), "tu rol no")
		s.asks(s.pedro, "/tomar "+tag(3), tag(3), "tu rol no")
	})
}

func TestEachRefusalHasItsWords(t *testing.T) {
	long := strings.Repeat("A1", 150)
	var many []string
	for i := range 51 {
		many = append(many, tag(i))
	}
	cases := map[string][]string{
		"/tomar DOBLE-1":                            {"repetido en la planilla", "filas"},
		"/tomar SIN-MATERIAL-1":                     {"no tiene materiales"},
		"/tomar " + long:                            {"no parece un TAG"},
		"/tomar " + strings.Join(many, " "):         {"son 51 spools y el máximo es 50"},
		"/tomar 🔥":                                  {"Cuál quieres tomar"},
		"/tomar <!channel> *MK*":                    {"calza con"},
		"/pausar " + tag(5):                         {"nadie lo tiene"},
		"/completar " + tag(5) + " mañana":          {"No entiendo la fecha «mañana»"},
		"/completar " + tag(5) + " 02-01-2000":      {"fecha todavía no llega"},
		"/completar " + tag(5) + " 01-01-1999":      {"más de 30 días"},
		"/completar " + tag(5) + " 23 de noviembre": {"No entiendo la fecha «23 de noviembre»"},
	}
	inShop(t, func(s *shop) {
		before := s.audit()
		for line, words := range cases {
			s.asks(s.mauricio, line, words...)
		}
		if s.audit() != before {
			t.Error("a refusal changed something")
		}
	})
}

func TestCompletarTakesADate(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2)+" "+tag(3), "Tomaste los 3")
		s.asks(s.mauricio, "/completar "+tag(1)+" ayer", "completado", "30-12")
		s.asks(s.mauricio, "/completar 28/12/1999 "+tag(2), "No entiendo la fecha") // the TAG comes first
		s.asks(s.mauricio, "/completar "+tag(2)+" 28/12/99", "completado", "28-12")
		s.asks(s.mauricio, "/completar 29-12", tag(3), "completado", "29-12")
	})
}

func TestMineAndBoardAndHelp(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.juana, "/estado todos", "Nadie tiene spools tomados")
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		mine := s.asks(s.mauricio, "/mis-spools", "Tienes 2 spools", tag(1), tag(2))
		if len(mine.Buttons()) != 6 {
			t.Errorf("buttons %v, want three for each", mine.Buttons())
		}
		s.asks(s.juana, "/estado all", "2 spools ocupados", "Mauricio Rodríguez", tag(1))
		s.asks(s.nadie, "/ayuda", "/tomar")
	})
}

func TestInTheDMTheAnswerIsAMessageThatStays(t *testing.T) {
	inShop(t, func(s *shop) {
		dm := s.mauricio.DM()
		s.types(s.mauricio, dm, "/tomar "+tag(1))
		card := s.sees(s.mauricio, dm, "tomado, es tuyo")
		if card.Ephemeral {
			t.Error("the answer in the DM is ephemeral")
		}
		s.clicks(s.mauricio, card, "Pausar", "pausado, quedó libre")
	})
}

func TestOnlyLinkedMembersOfThisWorkspaceAreServed(t *testing.T) {
	inShop(t, func(s *shop) {
		s.asks(s.nadie, "/tomar "+tag(1), "Elegir mi nombre", "supervisor lo aprueba")
		s.asks(s.inactivo, "/tomar "+tag(1), "inactiva")
		s.asks(s.visita, "/tomar "+tag(1), "nvitad")
		s.asks(s.ajeno, "/tomar "+tag(1), "otra empresa")
		s.asks(s.ajeno, "/lote", "otra empresa")
		if got := s.row(tag(1)); got != "|" {
			t.Errorf("row %q, want it free", got)
		}
		for _, p := range []interface{ ID() string }{s.nadie, s.visita, s.ajeno} {
			if n := len(s.Person(p.ID()).Views()); n != 0 {
				t.Errorf("%s was shown %d modals", p.ID(), n)
			}
		}
	})
}
