package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// A stop while Slack takes nothing: what waits for it is lost, which is no fault of
// the tokens.
func TestAStopWhileSlackWantsUsToWaitIsOrderly(t *testing.T) {
	inShop(t, func(s *shop) {
		m := s.asks(s.mauricio, "/tomar "+tag(1), "tomado")
		s.Fail(slacksim.Fault{Method: "response_url", Status: 429, RetryAfter: time.Minute, Times: -1})
		if err := s.mauricio.Click(s.t.Context(), m, "Pausar"); err != nil {
			t.Fatal(err)
		}
		s.passes(time.Second)
		began := time.Now()
		if err := s.stop(); err != nil {
			t.Errorf("the bot ended with %v", err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("the stop took %v", took)
		}
		if !strings.Contains(s.log.String(), "stopped_with_work_left") {
			t.Errorf("nothing of it in the log:\n%s", s.log.String())
		}
		if got, want := s.row(tag(1)), "|ARM parcial (pausado)"; got != want {
			t.Errorf("row %q, want %q", got, want)
		}
	})
}
