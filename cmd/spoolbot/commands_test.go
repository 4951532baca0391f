//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Each command with a TAG and without, as one day in the shop.
func TestEachCommandWithAndWithoutTag(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/ayuda", "/tomar", "/pausar", "/completar", "/lote", "/estado", "/mis-spools")
		s.asks(s.mauricio, "/ayuda "+tag(1), "/tomar")
		s.asks(s.mauricio, "/mis-spools", "No tienes spools tomados")
		s.asks(s.mauricio, "/estado", "No tienes spools tomados")
		s.asks(s.mauricio, "/estado all", "Nadie tiene spools tomados")
		s.asks(s.mauricio, "/estado "+tag(1), tag(1), "está libre", "Necesita ARM")
		s.asks(s.mauricio, "/pausar", "No tienes spools tomados")
		s.asks(s.mauricio, "/completar", "No tienes spools tomados")
		s.asks(s.mauricio, "/pausar "+tag(1), "nadie lo tiene")
		s.asks(s.mauricio, "/completar "+tag(1), "nadie lo tiene")

		offered := s.asks(s.mauricio, "/tomar", "Cuál quieres tomar")
		s.taps(s.mauricio, offered, tag(0), "tomado, es tuyo")
		s.asks(s.mauricio, "/estado", tag(0), "lo tienes tú")
		s.asks(s.mauricio, "/pausar", tag(0), "pausado")
		s.asks(s.mauricio, "/tomar "+tag(0), "tomado")
		s.asks(s.mauricio, "/completar", tag(0), "completado")

		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2)+" "+tag(3)+" "+tag(4), "Tomaste los 4")
		s.asks(s.mauricio, "/mis-spools", "Tienes 4 spools", tag(1), tag(4))
		s.asks(s.carlos, "/estado todos", "4 spools ocupados, 1 persona", "Mauricio Rodríguez")
		s.asks(s.carlos, "/estado "+tag(2), "lo tiene Mauricio Rodríguez", "desde las 21:00 hasta las 22:00")
		for verb, done := range map[string]string{"pausar": "pausado", "completar": "completado"} {
			if verb == "completar" { // its form does not open
				s.slack.Fail(slacksim.Fault{Method: "views.open", Error: "expired_trigger_id"})
			}
			which := s.asks(s.mauricio, "/"+verb, "¿Cuál quieres "+verb+"?")
			last := which.Buttons()[len(which.Buttons())-1]
			s.taps(s.mauricio, which, last, done)
			s.passes(time.Minute)
			s.seesCard(s.mauricio, which, done) // and nothing takes its place
		}
		s.asks(s.mauricio, "/pausar 1301", tag(1), "pausado")
		s.asks(s.mauricio, "/completar "+tag(2), tag(2), "completado")
		s.asks(s.mauricio, "/mis-spools", "No tienes")

		s.wantRow(tag(1), "|ARM parcial (pausado)")
		s.wantRow(tag(2), "|ARM completado")
		got := strings.Fields(s.audit())
		slices.Sort(got)
		s.ends(got...)
		if n := len(got); n != 12 {
			t.Errorf("%d changes, want 12: %v", n, got)
		}
	})
}

// Several TAGs at once, for the other commands as well.
func TestSeveralTagsForEachCommand(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		column := strings.Join(tagsFrom(0, 6), "\n")
		s.asks(s.mauricio, "/tomar "+column, "Tomaste los 6")
		status := s.asks(s.mauricio, "/estado "+column+"\n"+tag(9)+" NADA-99", "lo tienes tú", "está libre", "NADA-99", "no está")
		for _, tag := range tagsFrom(0, 6) {
			if !strings.Contains(status.Shown(), tag) {
				t.Errorf("%s is missing: %s", tag, status.Shown())
			}
		}
		s.asks(s.mauricio, "/pausar "+tag(0)+"; "+tag(1)+"; "+tag(9), "Pausaste 2 de 3", "nadie lo tiene")
		s.asks(s.carlos, "/completar "+tag(2)+" "+tag(3), "ninguno", "no es tuyo, lo tiene Mauricio Rodríguez")
		s.asks(s.mauricio, "/completar "+tag(2)+", "+tag(3)+" ayer", "Completaste los 2", "30-12")
		s.ends(slices.Concat(each("TOMAR", tagsFrom(0, 6)...), each("PAUSAR", tagsFrom(0, 2)...), each("COMPLETAR", tagsFrom(2, 4)...))...)
	})
}

// The operation is what the spool needs and the person may do.
func TestTheOperationIsInferred(t *testing.T) {
	t.Parallel()
	book := sheetsim.SmallWorkbook(
		map[string]any{"TAG_SPOOL": "NUEVO-1", "Fecha_Materiales": 36400},
		map[string]any{"TAG_SPOOL": "NUEVO-2", "Fecha_Materiales": 36400},
		map[string]any{"TAG_SPOOL": "ARMADO-1", "Fecha_Materiales": 36400, "Fecha_Armado": 36410, "Armador": "PS(57)"},
		map[string]any{"TAG_SPOOL": "ARMADO-2", "Fecha_Materiales": 36400, "Fecha_Armado": 36410, "Armador": "PS(57)"},
		map[string]any{"TAG_SPOOL": "HECHO-1", "Fecha_Materiales": 36400, "Fecha_Armado": 36410, "Armador": "PS(57)", "Fecha_Soldadura": 36420, "Soldador": "IM(18)"},
		map[string]any{"TAG_SPOOL": "VACIO-1"},
	)
	inShop(t, shopOptions{book: book}, func(s *shop) {
		helper := s.slack.Person("U0JOSELUIS")
		for _, c := range []struct {
			who   *slacksim.Person
			line  string
			words []string
		}{
			{s.mauricio, "/tomar ARMADO-1", []string{"necesita SOLD", "tu rol no lo permite", "Soldador o Ayudante"}},
			{s.ivan, "/tomar NUEVO-1", []string{"necesita ARM", "tu rol no lo permite"}},
			{s.ivan, "/tomar NUEVO-1 SOLD", []string{"todavía no está armado"}},
			{s.ivan, "/tomar ARMADO-1 ARM", []string{"Tu rol no permite ARM"}},
			{s.mauricio, "/tomar ARM ARMADO-1", []string{"ya tiene ARM hecho", "PS(57)"}},
			{helper, "/tomar HECHO-1", []string{"ya tiene SOLD hecho"}},
			{helper, "/tomar VACIO-1", []string{"todavía no tiene materiales", "Fecha_Materiales"}},
			{s.jefa, "/tomar NUEVO-1", []string{"tu rol no lo permite"}},
			{s.mauricio, "/tomar NUEVO-1", []string{"tomado", "ARM hasta"}},
			{helper, "/tomar soldadura ARMADO-1", []string{"tomado", "SOLD hasta"}},
			{s.ivan, "/tomar ARMADO-2", []string{"tomado", "SOLD hasta"}},
			{helper, "/tomar NUEVO-2 armado", []string{"tomado", "ARM hasta"}},
		} {
			s.asks(c.who, c.line, c.words...)
		}
		s.wantRow("NUEVO-1", "MR(93)|ARM en progreso")
		s.wantRow("ARMADO-2", "IM(18)|SOLD en progreso")
		s.asks(s.ivan, "/completar", "completado", "SOLD hecho hoy")
		if got := rowsByTag(s.sheet)["ARMADO-2"]; got["SOLDADOR"] != "IM(18)" || got["FECHASOLDADURA"] != "31-12-1999" || got["ARMADOR"] != "PS(57)" {
			t.Errorf("the row says %v", got)
		}
		s.ends(append(each("TOMAR", "NUEVO-1", "ARMADO-1", "ARMADO-2", "NUEVO-2"), "COMPLETAR:ARMADO-2")...)
	})
}
