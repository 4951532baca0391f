//go:build !shop

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Whoever holds a spool stops it with two taps; everybody sees that, and a
// supervisor lifts it.
func TestAStopAndItsLifting(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		refused := s.asks(s.carlos, "/tomar "+tag(1), "lo tiene Mauricio Rodríguez")
		s.taps(s.carlos, refused, "Avísame cuando se libere", tag(1))
		status := s.asks(s.mauricio, "/estado "+tag(1), "lo tienes tú")
		why := s.taps(s.mauricio, status, "Retener", "por qué")
		s.taps(s.mauricio, why, "Falta material", "retenido", "falta material")
		s.wantRow(tag(1), "|ARM retenido: falta material, MR(93)")
		s.sees(s.jefa, s.bosses, "", "the supervisors' channel", tag(1), "retenido por Mauricio Rodríguez", "falta material")
		s.passes(25 * time.Second)
		s.hears(s.carlos, tag(1), "está retenido", "Te aviso cuando se levante")
		s.asks(s.carlos, "/tomar "+tag(1), "está retenido", "falta material", "MR(93)")
		s.asks(s.carlos, "/estado all", "Retenidos", tag(1), "falta material")
		s.carlos.OpenHome()
		s.wait("App Home", []string{"Retenidos", tag(1)}, func() (string, bool) {
			v, _ := s.carlos.Home()
			return v.Shown(), hasAll(v.Shown(), []string{"Retenidos", tag(1)})
		})
		if card := s.asks(s.carlos, "/estado "+tag(1), "está retenido"); strings.Contains(strings.Join(card.Buttons(), " "), "Levantar") {
			t.Errorf("whoever has not set it is offered %v", card.Buttons())
		}
		s.taps(s.jefa, s.asks(s.jefa, "/retener "+tag(1), "está retenido"), "Levantar retención", "sin retención")
		s.wantRow(tag(1), "|ARM disponible (sin retención)")
		s.sees(s.jefa, s.bosses, "", "the supervisors' channel", tag(1), "retención levantada por Claudia Fuentes")
		s.passes(25 * time.Second)
		s.taps(s.carlos, s.hears(s.carlos, tag(1), "quedó libre"), "Tomar", "es tuyo")
		s.ends("TOMAR:"+tag(1), "RETENER:"+tag(1), "SOLTAR:"+tag(1), "TOMAR:"+tag(1))
	})
}

func TestASupervisorStopsWhatSomebodyHas(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		card := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.asks(s.carlos, "/retener "+tag(1)+" calidad", "no es tuyo")
		s.asks(s.carlos, "/retener "+tag(2)+" calidad", "supervisor")
		why := s.taps(s.jefa, s.asks(s.jefa, "/estado "+tag(1), "Mauricio Rodríguez"), "Retener", "por qué")
		s.opens(s.jefa, why, "Otro motivo", view.CallbackRetain)
		s.fills(s.jefa, view.ActionRetainReason, "  =poros <!channel>\n en la raíz ")
		s.hears(s.jefa, tag(1), "retenido", "poros")
		s.hears(s.mauricio, tag(1), "Lo retuvo Claudia Fuentes", "en la raíz")
		s.seesCard(s.mauricio, card, "Claudia Fuentes")
		s.wantRow(tag(1), "|ARM retenido: =poros <!channel> en la raíz, CF(12)")
		s.asks(s.jefa, "/retener "+tag(2)+" calidad", "retenido")
		s.wantRow(tag(2), "|ARM retenido: calidad, CF(12)")
		s.asks(s.mauricio, "/tomar "+tag(2), "está retenido", "CF(12)")
		s.ends("TOMAR:"+tag(1), "RETENER:"+tag(1), "RETENER:"+tag(2))
	})
}

// The office stops a spool at the sheet and lifts it there; an old button does not
// lift a stop that it has not seen; without the column nothing can be stopped.
func TestStopsAtTheSheet(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		state := func(i int, value string) sheetsim.Edit {
			return sheetsim.Edit{Kind: "set", Sheet: "Operaciones", Cell: cellName(columns(s.sheet.Rows("Operaciones")[0])["ESTADODETALLE"], i+2), Value: value}
		}
		s.edits(state(1, "Retenido: pintura"))
		s.passes(time.Minute)
		s.asks(s.mauricio, "/tomar "+tag(1), "está retenido", "pintura")
		old := s.asks(s.jefa, "/estado "+tag(1), "Lo retuvo la oficina")
		s.edits(state(1, "Retenido: ensayos"))
		s.passes(time.Minute)
		s.taps(s.jefa, old, "Levantar retención", "está retenido", "ensayos")
		s.edits(state(1, ""))
		s.passes(time.Minute)
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.edits(sheetsim.Edit{Kind: "delete_columns", Sheet: "Operaciones", Column: "Estado_Detalle", Count: 1})
		s.passes(time.Minute)
		s.asks(s.mauricio, "/retener "+tag(1)+" calidad", "falta la columna Estado_Ocupacion", "No se cambió nada")
		s.asks(s.mauricio, "/pausar", "pausado")
		s.wantAudit("TOMAR:"+tag(1), "PAUSAR:"+tag(1))
	})
}

// Whoever may not stop a spool is not asked why; who has paused it for something else, or
// let it expire, still may.
func TestWhoMayStopASpoolIsOfferedThat(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		no := s.asks(s.mauricio, "/retener "+tag(1), "supervisor")
		if strings.Contains(no.Shown(), "Calidad") {
			t.Errorf("asked for a reason that is refused: %v", no.Buttons())
		}
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		noted := s.taps(s.mauricio, s.asks(s.mauricio, "/pausar "+tag(1), "pausado"), "Otro", "motivo anotado")
		why := s.taps(s.mauricio, noted, "Retener", "¿por qué se retiene?")
		s.taps(s.mauricio, why, "Calidad", "retenido", "«calidad»")
		s.wantRow(tag(1), "|ARM retenido: calidad, MR(93)")
		s.passes(62 * time.Minute)
		late := s.asks(s.mauricio, "/estado "+tag(2), "venció")
		s.taps(s.mauricio, s.taps(s.mauricio, late, "Retener", "¿por qué se retiene?"), "Falta material", "retenido")
		s.wantRow(tag(2), "|ARM retenido: falta material, MR(93)")
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2), "PAUSAR:"+tag(1), "MOTIVO:"+tag(1), "RETENER:"+tag(1), "VENCER:"+tag(2), "RETENER:"+tag(2))
	})
}

// Whoever waits for a spool that was stopped is told when the office lifts that at the
// sheet, once, and has it before others.
func TestWhoWaitsHearsOfAStopThatTheOfficeLifts(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		refused := s.asks(s.carlos, "/tomar "+tag(1), "Mauricio Rodríguez")
		s.taps(s.carlos, refused, "Avísame cuando se libere", "eres quien sigue")
		s.asks(s.mauricio, "/retener "+tag(1)+" calidad", "retenido")
		s.hears(s.carlos, tag(1), "Te aviso cuando se levante la retención")
		s.passes(5 * time.Minute)
		s.edits(sheetsim.Edit{Kind: "set", Sheet: "Operaciones", Cell: cellName(columns(s.sheet.Rows("Operaciones")[0])["ESTADODETALLE"], 3), Value: ""})
		s.passes(time.Minute)
		s.hears(s.carlos, tag(1), "quedó libre")
		s.asks(s.mauricio, "/tomar "+tag(1), "reservado hasta", "Alguien lo esperaba primero")
		told := len(s.carlos.Messages(s.carlos.DM()))
		s.passes(5 * time.Minute)
		if n := len(s.carlos.Messages(s.carlos.DM())) - told; n != 0 {
			t.Errorf("%d messages more", n)
		}
		s.asks(s.carlos, "/tomar "+tag(1), "tomado")
		s.ends("TOMAR:"+tag(1), "RETENER:"+tag(1), "TOMAR:"+tag(1))
	})
}

// Why there was a pause is one tap, if at all, and missing material becomes a stop with
// the next one.
func TestWhyThereWasAPause(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
		first := s.asks(s.mauricio, "/pausar "+tag(1), "pausado")
		noted := s.taps(s.mauricio, first, "Colación", "motivo anotado", "colación")
		s.taps(s.mauricio, noted, "Deshacer", "sigue siendo tuyo") // to say why is not to act
		second := s.asks(s.mauricio, "/pausar "+tag(2), "pausado")
		s.asks(s.carlos, "/tomar "+tag(2), "tomado") // also when somebody goes on with it
		s.taps(s.mauricio, second, "Máquina", "motivo anotado")
		third := s.asks(s.mauricio, "/pausar "+tag(1), "pausado")
		noted = s.taps(s.mauricio, third, "Falta material", "motivo anotado", "«falta material»")
		s.taps(s.mauricio, noted, "Retener", "retenido", "falta material")
		s.wantRow(tag(1), "|ARM retenido: falta material, MR(93)")
		s.sees(s.jefa, s.bosses, "", "the supervisors' channel", tag(1), "retenido por Mauricio Rodríguez")
		s.ends("TOMAR:"+tag(1), "TOMAR:"+tag(2), "PAUSAR:"+tag(1), "MOTIVO:"+tag(1), "DESHACER:"+tag(1), "PAUSAR:"+tag(2),
			"TOMAR:"+tag(2), "MOTIVO:"+tag(2), "PAUSAR:"+tag(1), "MOTIVO:"+tag(1), "RETENER:"+tag(1))
	})
}
