//go:build !shop

package main

import (
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// Whatever a write of the sheet is answered, the change lands exactly once or
// not at all, and the person hears which.
func TestAnswersOfTheSheet(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault sheetsim.Fault
	}{
		{"429", sheetsim.Fault{Status: 429}},
		{"429 twice", sheetsim.Fault{Status: 429, Times: 2}},
		{"429 with Retry-After", sheetsim.Fault{Status: 429, RetryAfter: 4 * time.Second}},
		{"500 before applying", sheetsim.Fault{Status: 500}},
		{"500 after applying", sheetsim.Fault{Status: 500, Cut: sheetsim.CutAfter}},
		{"503 twice before", sheetsim.Fault{Status: 503, Times: 2}},
		{"503 after, again and again", sheetsim.Fault{Status: 503, Cut: sheetsim.CutAfter, Times: 3}},
		{"a proxy's page", sheetsim.Fault{Status: 502}},
		{"a proxy's page after applying", sheetsim.Fault{Status: 504, Cut: sheetsim.CutAfter}},
		{"cut before applying", sheetsim.Fault{Cut: sheetsim.CutBefore}},
		{"cut after applying", sheetsim.Fault{Cut: sheetsim.CutAfter}},
		{"a truncated 200", sheetsim.Fault{Cut: sheetsim.CutTruncate}},
		{"cut, and it lands at once after", sheetsim.Fault{Cut: sheetsim.CutLate, LateBy: 50 * time.Millisecond}},
		{"cut, and it lands half a minute later", sheetsim.Fault{Cut: sheetsim.CutLate, LateBy: 30 * time.Second}},
		{"no answer, and it lands after we gave up", sheetsim.Fault{Delay: 90 * time.Second}},
		{"no answer, and it lands just before we give up", sheetsim.Fault{Delay: 59*time.Second + 900*time.Millisecond}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				c.fault.Op = "write"
				for n, step := range []struct{ line, says, row string }{
					{"/tomar " + tag(3), "es tuyo", "MR(93)|ARM en progreso"},
					{"/pausar", "pausado", "|ARM parcial (pausado)"},
					{"/tomar " + tag(3), "es tuyo", "MR(93)|ARM en progreso"},
					{"/completar", "completado", "|ARM completado"},
				} {
					s.sheet.Fail(c.fault)
					m := s.types(s.mauricio, s.taller, step.line)
					s.says(s.seesChanged(s.mauricio, m, step.says), step.says, tag(3))
					s.wantRow(tag(3), step.row)
					if got := len(events(s.sheet)); got != n+1 {
						t.Errorf("%d rows in the audit log after %s, want %d: %s", got, step.line, n+1, s.audit())
					}
					s.wantWhole()
					s.sheet.ClearFaults()
				}
				s.passes(90 * time.Second) // for what lands late
				s.wantAudit("TOMAR:"+tag(3), "PAUSAR:"+tag(3), "TOMAR:"+tag(3), "COMPLETAR:"+tag(3))
				s.wantWhole()
				if news := s.mauricio.Messages(s.mauricio.DM()); len(news) > 0 {
					t.Errorf("beside the answers the person got %q", news[0].Text)
				}
			})
		})
	}
}

// A sheet that stays away: people hear that nothing was changed, and it is so.
func TestSheetStaysAway(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault sheetsim.Fault
		lands bool
	}{
		{"cut before", sheetsim.Fault{Op: "any", Times: -1, Cut: sheetsim.CutBefore}, false},
		{"500", sheetsim.Fault{Op: "any", Times: -1, Status: 500}, false},
		{"429", sheetsim.Fault{Op: "any", Times: -1, Status: 429}, false},
		{"writes cut after", sheetsim.Fault{Op: "write", Times: -1, Cut: sheetsim.CutAfter}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				held := s.types(s.carlos, s.taller, "/tomar "+tag(9))
				s.sheet.Fail(c.fault)
				took := s.types(s.mauricio, s.taller, "/tomar "+tag(3))
				paused := s.clicks(s.carlos, held, "Pausar")
				s.passes(4 * time.Minute)
				s.sheet.ClearFaults()
				s.passes(time.Minute)
				took, paused = s.again(s.mauricio, took), s.again(s.carlos, paused)
				if c.lands {
					s.says(took, "es tuyo")
					s.says(paused, "pausado")
					s.wantAudit("TOMAR:"+tag(9), "TOMAR:"+tag(3), "PAUSAR:"+tag(9))
				} else {
					s.says(took, "no responde", "No se cambió nada", "Prueba en un minuto")
					s.says(paused, "no responde", "No se cambió nada", "Prueba en un minuto")
					s.wantAudit("TOMAR:" + tag(9))
				}
				s.wantWhole()
			})
		})
	}
}

// A sheet that takes 20 s: the person hears at once that it is being checked,
// and then, in the very same message, what became of it.
func TestSlowSheet(t *testing.T) {
	for _, c := range []struct {
		name    string
		slow    sheetsim.Fault
		channel func(*shop) string
	}{
		{"in a channel", sheetsim.Fault{Op: "write"}, func(s *shop) string { return s.taller }},
		{"in the DM", sheetsim.Fault{Op: "write"}, func(s *shop) string { return s.mauricio.DM() }},
		{"reads as well", sheetsim.Fault{Op: "any"}, func(s *shop) string { return s.taller }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				c.slow.Times, c.slow.Delay = -1, 20*time.Second
				s.sheet.Fail(c.slow)
				for _, step := range []struct{ line, says, row string }{
					{"/tomar " + tag(3), "es tuyo", "MR(93)|ARM en progreso"},
					{"/completar", "completado", "|ARM completado"},
					{"/tomar " + tag(4) + " " + tag(5) + " " + tag(6), "Tomaste los 3", "|ARM completado"},
				} {
					began := time.Now()
					m := s.types(s.mauricio, c.channel(s), step.line)
					if waited := time.Since(began); waited > 10*time.Second {
						t.Errorf("%s: the first word came after %v", step.line, waited)
					}
					s.says(m, "verificando")
					now := s.seesChanged(s.mauricio, m, step.says)
					if took := time.Since(began); took < 20*time.Second || took > 65*time.Second {
						t.Errorf("%s: its end came after %v", step.line, took)
					}
					if n := len(now.Buttons()); n == 0 {
						t.Errorf("%s: the answer has no buttons", step.line)
					}
					s.wantRow(tag(3), step.row)
					s.wantWhole()
				}
				if n := len(s.mauricio.Messages(c.channel(s))); n != 3 {
					t.Errorf("%d messages for three commands", n)
				}
				s.wantAudit("TOMAR:"+tag(3), "COMPLETAR:"+tag(3), "TOMAR:"+tag(4), "TOMAR:"+tag(5), "TOMAR:"+tag(6))
				s.sheet.ClearFaults()
			})
		})
	}
}

// A spreadsheet that takes a stamp twice: nothing is sent twice, the outcome is
// looked up in the audit log, and "absent" is believed after 200 s only.
func TestNoGuardOnStamps(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault sheetsim.Fault
		takes bool
		after time.Duration // the answer is known then, at the latest
	}{
		{"good weather", sheetsim.Fault{}, true, time.Second},
		{"cut after applying", sheetsim.Fault{Cut: sheetsim.CutAfter}, true, 20 * time.Second},
		{"a truncated 200", sheetsim.Fault{Cut: sheetsim.CutTruncate}, true, 20 * time.Second},
		{"500 after applying", sheetsim.Fault{Status: 500, Cut: sheetsim.CutAfter}, true, 20 * time.Second},
		{"429", sheetsim.Fault{Status: 429}, true, 70 * time.Second},
		{"cut before applying", sheetsim.Fault{Cut: sheetsim.CutBefore}, false, 240 * time.Second},
		{"it lands a minute later", sheetsim.Fault{Cut: sheetsim.CutLate, LateBy: time.Minute}, true, 90 * time.Second},
		{"it lands at Google's limit", sheetsim.Fault{Cut: sheetsim.CutLate, LateBy: 179 * time.Second}, true, 220 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{notStarted: true}, func(s *shop) {
				s.sheet.Fail(sheetsim.Fault{NoStampGuard: true})
				s.start()
				s.types(s.carlos, s.taller, "/tomar "+tag(9))
				if c.fault.Op = "write"; c.fault.Status != 0 || c.fault.Cut != "" {
					s.sheet.Fail(c.fault)
				}
				began := time.Now()
				m := s.types(s.mauricio, s.taller, "/tomar "+tag(3))
				want := []string{"TOMAR:" + tag(9)}
				if c.takes {
					s.seesChanged(s.mauricio, m, "es tuyo")
					want = append(want, "TOMAR:"+tag(3))
				} else {
					s.says(s.seesChanged(s.mauricio, m, "no alcanzaste"), "No se cambió nada")
				}
				if took := time.Since(began); took > c.after {
					t.Errorf("the answer came after %v", took)
				}
				s.passes(time.Minute)
				s.wantAudit(want...)
				s.wantWhole()
			})
		})
	}
}

// The audit log is broken: nobody is kept from work, and its rows come as soon
// as it is back, each once.
func TestBrokenAuditLog(t *testing.T) {
	tab := func(kind string, value any) sheetsim.Edit {
		return sheetsim.Edit{Kind: kind, Sheet: "Metadata", Value: value}
	}
	for _, c := range []struct {
		name         string
		breaks, mend sheetsim.Edit
	}{
		{"missing", tab("rename_tab", "Historia"), sheetsim.Edit{Kind: "rename_tab", Sheet: "Historia", Value: "Metadata"}},
		{"protected", tab("protect", nil), tab("unprotect", nil)},
		{
			"without a header",
			sheetsim.Edit{Kind: "rename_header", Sheet: "Metadata", Column: "ID", Value: "N°"},
			sheetsim.Edit{Kind: "rename_header", Sheet: "Metadata", Column: "N°", Value: "ID"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inShop(t, shopOptions{}, func(s *shop) {
				s.types(s.carlos, s.taller, "/tomar "+tag(9))
				s.edits(c.breaks)
				s.passes(20 * time.Second)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(2)+" "+tag(3)), "Tomaste los 2")
				s.says(s.types(s.carlos, s.taller, "/completar "+tag(9)), "completado")
				s.wantRow(tag(3), "MR(93)|ARM en progreso")
				s.wantRow(tag(9), "|ARM completado")
				s.passes(2 * time.Minute)
				s.says(s.types(s.mauricio, s.taller, "/pausar "+tag(2)), "pausado")
				s.edits(c.mend)
				s.passes(2 * time.Minute)
				s.says(s.types(s.mauricio, s.taller, "/tomar "+tag(4)), "es tuyo")
				if n := len(events(s.sheet)); n != 6 {
					t.Errorf("%d rows in the audit log, want 6: %s", n, s.audit())
				}
				s.wantWhole()
			})
		})
	}
}
