//go:build !shop

package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// inOneWorkspace moves in the people of two shops that have one app: Mauricio is of the
// first, Carlos of the second, Claudia and the others of both.
func inOneWorkspace(t *testing.T) func(*shop) {
	var first *shop
	return func(s *shop) {
		s.sheet = sheetsim.New(sheetsim.Options{Latency: 250 * time.Millisecond}, sheetsim.SmallWorkbook(smallRows(40)...))
		row := 3
		if first == nil {
			s.slack = s.workspace()
			s.moveIn()
			first = s
		} else {
			s.slack, s.taller, s.mauricio, s.carlos, s.ivan, s.jefa = first.slack, first.taller, first.mauricio, first.carlos, first.ivan, first.jefa
			s.bosses = s.slack.AddChannel("jefes-sur", "U0CLAUDIAF")
			row = 2
		}
		at := columns(s.sheet.Rows("Trabajadores")[0])["SLACKID"]
		if err := s.sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: string(rune('A'+at)) + string(rune('0'+row)), Value: ""}); err != nil {
			t.Fatal(err)
		}
	}
}

// Two shops of one app, through the whole program: a worker of each takes the same TAG
// at once, the supervisor of both works in each channel, and while one shop's sheet
// hangs the other's answers take as long as ever.
func TestTwoShopsOfOneApp(t *testing.T) {
	inStreet(t, []string{"norte", "sur"}, inOneWorkspace(t), func(*street) {}, func(st *street) {
		norte, sur := st.shops["norte"], st.shops["sur"]
		st.opens("norte")
		norte.passes(time.Second)
		st.wants("/readyz", http.StatusOK, `"norte":{"redis":"ok","sheet":"ok","slack":"ok"}`, `"sur":{"redis":"ok","sheet":"ok","slack":"ok"}`)
		for _, p := range []*slacksim.Person{norte.mauricio, sur.carlos} {
			if err := p.Type(st.ctx, norte.taller, "/tomar "+tag(1)); err != nil {
				st.t.Fatal(err)
			}
		}
		mine := norte.sees(norte.mauricio, norte.taller, "", "his", "es tuyo")
		sur.sees(sur.carlos, sur.taller, "", "his", "es tuyo")
		norte.wantRow(tag(1), "MR(93)|ARM en progreso")
		sur.wantRow(tag(1), "CN(41)|ARM en progreso")
		norte.asksIn(norte.jefa, norte.bosses, "/quien "+tag(1), "Mauricio", "Taller: *norte*")
		sur.asksIn(sur.jefa, sur.bosses, "/quien "+tag(1), "Carlos", "Taller: *sur*")

		norte.passes(6 * time.Minute)
		began := time.Now()
		norte.asks(norte.mauricio, "/tomar "+tag(2), "es tuyo")
		quiet := time.Since(began)
		sur.sheet.Fail(sheetsim.Fault{Op: "any", Times: 1000, Delay: 10 * time.Minute})
		norte.passes(6 * time.Minute) // what is known of people is old, as it was then
		if err := sur.carlos.Type(st.ctx, sur.taller, "/tomar "+tag(5)); err != nil {
			st.t.Fatal(err)
		}
		for i := 6; i < 9; i++ {
			began = time.Now()
			norte.asks(norte.mauricio, "/tomar "+tag(i), "es tuyo")
			if took := time.Since(began); took > quiet+200*time.Millisecond {
				st.t.Errorf("while the other's sheet hangs an answer took %v, and %v without it", took, quiet)
			}
		}
		norte.taps(norte.mauricio, mine, "Completar", "completado")
		st.wants("/metrics", http.StatusOK, `spoolbot_operations_total{operation="TOMAR",result="ok",site="norte"} 5`, `spoolbot_operations_total{operation="TOMAR",result="ok",site="sur"} 1`)
		sur.sheet.ClearFaults()
		norte.passes(time.Minute)
		sur.asks(sur.carlos, "/pausar "+tag(1), "pausado")
		norte.wantRow(tag(1), "|ARM completado")
		norte.whole.check(st.t)
		sur.whole.check(st.t)
		for _, c := range norte.slack.Complaints() {
			if !strings.Contains(c, "dispatch") {
				st.t.Errorf("Slack complains: %s", c)
			}
		}
	})
}
