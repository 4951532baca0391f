//go:build !shop

package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// How the web system before this one failed, and the stories that such a failure
// would break. Those that are not in this file stand where their subject is.
//
//	a lock of 1 h against work of 8 h:
//	  the holder's PAUSAR answered 410        TestAPauseInTheGraceIsInTime
//	  the sheet said occupied for ever        TestExpiryIsToldAndTheGraceCanBeUsed
//	  another took the spool unnoticed        TestAfterTheGraceWhoHasItNowIsSaid, TestWarnedAndExtendedWithOneTap
//	the release compared another value        TestEveryReleaseFrees
//	audit rows lost behind a success          TestBrokenAuditLog, TestOwedRowsOutliveARestart, TestAnswersOfTheSheet
//	retries on 429 were dead code             TestAnswersOfTheSheet, TestA429IsTriedAgainWithinBounds
//	a batch cost 200 reads and 100 writes     TestABatchOfFiftyIsOneWriteAndNoReads
//	five whole reads at the start             TestTheStartReadsLittle
//	columns were inserted                     TestHeaders, TestPeopleMoveRowsUnderTheWrite
//	headers had accents or not                TestHeadersAndDatesAsPeopleWriteThem
//	dates came back as serial numbers         TestHeadersAndDatesAsPeopleWriteThem, TestDatesThatAreTaken
//	a TAG stood in two rows                   TestATagInTwoRowsIsRefusedByItsRows
//	an empty answer was cached                TestSheetComesBackEmptyOrHalved
//	users typed a worker id of their choice   TestATypedWorkerIDActsForNobody, TestAButtonOfAnotherPersonActsForWhoTapsIt
//
// And what it could not do at all: whoever was told that an outcome is being
// checked reads it later in the same message (TestSlowSheet).

func TestAPauseInTheGraceIsInTime(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{lockTTL: 10 * time.Minute}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "hasta las 21:10")
		s.passes(20 * time.Minute)
		s.wantRow(tag(1), "|ARM parcial (vencido)")
		s.asks(s.carlos, "/tomar "+tag(1), "Mauricio Rodríguez", "21:25")
		s.asks(s.mauricio, "/pausar "+tag(1), "pausado, quedó libre")
		s.wantRow(tag(1), "|ARM parcial (pausado)")
		s.asks(s.carlos, "/tomar "+tag(1), "tomado, es tuyo")
		s.ends("TOMAR:"+tag(1), "VENCER:"+tag(1), "PAUSAR:"+tag(1), "TOMAR:"+tag(1))
	})
}

// However an occupation ends, Redis holds no lock any more, and another may take
// the spool at once.
func TestEveryReleaseFrees(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{lockTTL: 10 * time.Minute}, func(s *shop) {
		helper := s.slack.Person("U0JOSELUIS")
		for i, end := range []func(tag string){
			func(tag string) { s.asks(s.mauricio, "/pausar "+tag, "pausado") },
			func(tag string) { s.asks(s.mauricio, "/completar "+tag, "completado") },
			func(tag string) { s.asks(s.jefa, "/liberar "+tag+" se fue a su casa", tag) },
			func(tag string) {
				s.passes(26 * time.Minute) // its time and the grace are over
				s.sees(s.mauricio, s.mauricio.DM(), "", "the news", tag, "venció")
			},
		} {
			of := tag(i)
			s.asks(s.mauricio, "/tomar "+of, "tomado")
			if !s.redis.Exists("{spoolbot:prueba}:lock:" + of) {
				t.Fatalf("Redis has no lock of %s: what is looked for?", of)
			}
			end(of)
			if s.redis.Exists("{spoolbot:prueba}:lock:" + of) {
				t.Errorf("Redis still has a lock of %s", of)
			}
			s.asks(helper, "/tomar "+of, "tomado, es tuyo")
			s.asks(helper, "/completar "+of, "completado")
		}
		s.passes(10 * time.Second)
		s.wantWhole()
		s.whole.oneHolder(t)
	})
}

// The program is put in anew while the audit log cannot be written: what is owed
// comes with the next one, each row once.
func TestOwedRowsOutliveARestart(t *testing.T) {
	for name, edits := range map[string][2]sheetsim.Edit{
		"protected": {{Kind: "protect", Sheet: "Metadata"}, {Kind: "unprotect", Sheet: "Metadata"}},
		"missing":   {{Kind: "rename_tab", Sheet: "Metadata", Value: "Historia"}, {Kind: "rename_tab", Sheet: "Historia", Value: "Metadata"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.asks(s.carlos, "/tomar "+tag(9), "tomado")
				s.edits(edits[0])
				s.passes(20 * time.Second)
				s.asks(s.mauricio, "/tomar "+tag(1)+" "+tag(2), "Tomaste los 2")
				s.asks(s.carlos, "/completar "+tag(9), "completado")
				s.wantRow(tag(9), "|ARM completado")
				s.restarts()
				s.asks(s.mauricio, "/pausar "+tag(2), "pausado")
				s.edits(edits[1])
				s.passes(3 * time.Minute)
				s.ends(append(each("TOMAR", tag(1), tag(2), tag(9)), "COMPLETAR:"+tag(9), "PAUSAR:"+tag(2))...)
			})
		})
	}
}

// A sheet that answers 429 for minutes is asked again, but not often; whoever
// waits hears that nothing was changed, and then it works.
func TestA429IsTriedAgainWithinBounds(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.sheet.Fail(sheetsim.Fault{Op: "write", Status: http.StatusTooManyRequests, Times: -1})
		m := s.asks(s.mauricio, "/tomar "+tag(1), tag(1))
		s.passes(3 * time.Minute)
		s.seesCard(s.mauricio, m, "la planilla no responde", "No se cambió nada")
		if n := s.refused(); n < 3 || n > 12 {
			t.Errorf("the write was tried %d times in three minutes", n)
		}
		s.wantRow(tag(1), "|")
		s.sheet.ClearFaults()
		s.sheet.Fail(sheetsim.Fault{Op: "write", Status: http.StatusTooManyRequests, Times: 2})
		s.seesCard(s.mauricio, s.asks(s.mauricio, "/tomar "+tag(1), tag(1)), "tomado, es tuyo")
		s.ends("TOMAR:" + tag(1))
	})
}

// refused counts the calls of the sheet that were answered with 429.
func (s *shop) refused() (n int) {
	for _, c := range s.sheet.Calls() {
		if c.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}

// Fifty spools while the shop is busy: one write, no read, and each script of
// the way through Redis once.
func TestABatchOfFiftyIsOneWriteAndNoReads(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{book: sixty()}, func(s *shop) {
		s.asks(s.carlos, "/tomar "+tag(59), "tomado") // Redis knows the scripts then
		form := s.opensBatch(s.mauricio)
		s.passes(10 * time.Second)
		s.chooses(s.mauricio, form, "MK", tagsFrom(0, 50)...)
		s.passes(time.Second) // the choosing has brought the newest rows
		before, ran := len(s.sheet.Calls()), map[string]int{}
		s.line.cutWhen(func(cmd redis.Cmder) cutPoint {
			ran[scriptOf(cmd)]++
			return notCut
		})
		s.submits(s.mauricio, "Tomaste los 50")
		s.line.cutWhen(nil)
		calls := map[string]int{}
		for _, c := range s.sheet.Calls()[before:] {
			calls[c.Kind]++
		}
		if calls["write"] != 1 || calls["read"] != 0 {
			t.Errorf("the batch cost %v", calls)
		}
		for _, script := range []string{"take", "bind", "settle"} {
			if ran[script] != 1 {
				t.Errorf("%s ran %d times", script, ran[script])
			}
		}
		s.ends(each("TOMAR", append(tagsFrom(0, 50), tag(59))...)...)
	})
}

// Also where the sheet allows very little: somebody else has used up the minute.
func TestTheStartReadsLittle(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{notStarted: true, quota: 6}, func(s *shop) {
		s.start()
		reads := 0
		for _, c := range s.sheet.Calls() {
			if c.Kind == "read" {
				reads++
			}
		}
		if n := s.refused(); reads > 5 || n > 0 {
			t.Errorf("the start has cost %d reads, %d calls were refused", reads, n)
		}
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		if n := s.refused(); n > 0 {
			t.Errorf("%d calls were refused", n)
		}
	})
}

func TestHeadersAndDatesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	var rows []map[string]any
	for i, date := range []any{46300, 46300.75, "05-10-1999", "5/10/99", "1999-10-05", "05-10-1999 14:30", "5.10.1999"} {
		rows = append(rows, map[string]any{"TAG_SPOOL": tag(i), "NV": "NV1", "Fecha_Materiales": date})
	}
	rows[0]["Fecha_Materiales"] = 36438
	rows[1]["Fecha_Materiales"] = 36438.604
	inShop(t, shopOptions{book: sheetsim.SmallWorkbook(rows...), notStarted: true}, func(s *shop) {
		for was, is := range map[string]string{
			"TAG_SPOOL": "Tag Spool", "Fecha_Materiales": "FECHA MATERIALES", "Fecha_Armado": "fecha armado ", "Armador": "ARMADOR",
			"Fecha_Soldadura": "Fecha  Soldadura", "Ocupado_Por": "Ocupado por", "Fecha_Ocupacion": "Fecha Ocupación", "Estado_Detalle": "Estado Ocupación",
		} {
			s.edits(sheetsim.Edit{Kind: "rename_header", Column: sheetsim.ColumnName(was), Value: is})
		}
		s.edits(sheetsim.Edit{Kind: "insert_columns", At: 4, Count: 2})
		s.start()
		for i := range rows {
			s.asks(s.mauricio, "/tomar "+tag(i), "tomado, es tuyo")
			s.asks(s.mauricio, "/completar "+tag(i), "completado")
			if got := s.whole.rowOf(tag(i)); got["FECHAARMADO"] != "31-12-1999" || got["ARMADOR"] != "MR(93)" || got["OCUPADOPOR"] != "" {
				t.Errorf("row of %s: %v", tag(i), got)
			}
		}
		s.ends(append(each("TOMAR", tagsFrom(0, len(rows))...), each("COMPLETAR", tagsFrom(0, len(rows))...)...)...)
	})
}

func (w whole) rowOf(tag string) map[string]string { return rowsByTag(w.sheet)[tag] }

func TestATagInTwoRowsIsRefusedByItsRows(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		cell := cellName(columns(s.sheet.Rows("Operaciones")[0])["TAGSPOOL"], 8+2)
		doubled := strings.ToLower(strings.ReplaceAll(tag(3), "-", " – "))
		s.edits(sheetsim.Edit{Kind: "set", Cell: cell, Value: doubled})
		s.passes(time.Minute)
		s.asks(s.mauricio, "/tomar "+tag(3), "repetido", "filas 5 y 10", "No se cambió nada")
		s.asks(s.mauricio, "/tomar "+tag(2)+" "+tag(3), "Tomaste 1 de 2", "repetido")
		s.edits(sheetsim.Edit{Kind: "set", Cell: cell, Value: tag(8)})
		s.passes(10 * time.Second)
		s.asks(s.mauricio, "/tomar "+tag(3), "tomado, es tuyo")
		s.ends("TOMAR:"+tag(2), "TOMAR:"+tag(3))
	})
}

// Who acts is who Slack says, whatever worker's id stands in the line or in the
// button: nothing happens to the others.
func TestATypedWorkerIDActsForNobody(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{}, func(s *shop) {
		s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		for _, line := range []string{
			"/pausar " + tag(1) + " 93", "/pausar " + tag(1) + " MR(93)", "/completar " + tag(1) + " 93", "/extender " + tag(1) + " 93",
			"/liberar " + tag(1) + " 93", "/traspasar " + tag(1) + " @Carlos Núñez", "/traspasar " + tag(1) + " @Carlos Núñez 93",
		} {
			before := s.carlos.Last(s.taller).TS
			s.sends(s.carlos, line)
			s.sees(s.carlos, s.taller, before, line)
		}
		s.asks(s.carlos, "/tomar "+tag(2)+" MR(93)", tag(2))
		if row := s.row(tag(2)); strings.HasPrefix(row, "MR(93)") {
			t.Errorf("Carlos took a spool for Mauricio: %s", row)
		}
		for _, worker := range []int{93, 41, 1_000_000} {
			value := view.Facts{Tag: tag(1), Fence: 1, Worker: worker, Offer: "x"}.Value()
			for _, action := range view.ActionIDs() {
				if !slices.Contains([]string{view.ActionHelp, view.ActionBoard, view.ActionMine, view.ActionBatch, view.ActionExtendAll, view.ActionExtendAllShift}, action) {
					s.posted(s.carlos, action, value)
				}
			}
		}
		s.passes(time.Minute)
		s.wantRow(tag(1), "MR(93)|ARM en progreso")
		for i, e := range events(s.sheet) {
			if who := map[string]string{tag(1): "93", tag(2): "41"}[e.tag]; e.worker != who || e.action != "TOMAR" {
				t.Errorf("event %d is %+v", i, e)
			}
		}
		s.wantWhole()
	})
}

// posted lets somebody press a forged button.
func (s *shop) posted(p *slacksim.Person, action, value string) {
	s.t.Helper()
	if err := p.Click(s.ctx, s.posts(action, value), "Aquí"); err != nil {
		s.t.Error(fmt.Errorf("%s: %w", action, err))
	}
}
