//go:build !shop

package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// web is a program with an HTTP door.
type web struct {
	*works
	program *child
	base    string
}

const restToken = "0123456789abcdef-of-a-kiosk"

func openWeb(t *testing.T) *web {
	t.Helper()
	w := &web{works: openWorks(t, 0)}
	tokens := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(tokens, fmt.Appendf(nil, "%x kiosco sistema\n", sha256.Sum256([]byte(restToken))), 0o600); err != nil {
		t.Fatal(err)
	}
	w.program = w.replica("HTTP_LISTEN=127.0.0.1:0", "HTTP_TOKENS_FILE="+tokens, "LOG_LEVEL=info", "LOG_FORMAT=json")
	w.sees("the program serves", func() bool { return w.far.slack.Sockets() > 0 }, w.program)
	w.comes("the HTTP door is open", func() bool { w.base = w.address(); return w.base != "" }, w.program)
	return w
}

// address is where the program says that it listens.
func (w *web) address() string {
	for line := range strings.Lines(w.program.stderr.String()) {
		var said struct{ Message, Address string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Message == "http_listening" {
			return "http://" + said.Address
		}
	}
	return ""
}

func (w *web) asks(method, path, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, method, w.base+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+restToken)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (w *web) wants(method, path, body string, status int, parts ...string) {
	w.t.Helper()
	got, text := w.asks(method, path, body)
	if got != status {
		w.t.Errorf("%s %s: %d %s, want %d", method, path, got, text, status)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			w.t.Errorf("%s %s: want %q in %s", method, path, part, text)
		}
	}
}

// A take by REST stands in the sheet, is refused to whoever asks in Slack, and is
// counted.
func TestTheHTTPDoor(t *testing.T) {
	w := openWeb(t)
	w.wants("GET", "/healthz", "", http.StatusOK, `"site":"demo"`)
	w.comes("all is ready", func() bool { status, _ := w.asks("GET", "/readyz", ""); return status == http.StatusOK }, w.program)
	w.wants("GET", "/metrics", "", http.StatusOK,
		`spoolbot_operations_total{operation="TOMAR",result="ok"} 0`, `spoolbot_operations_total{operation="TOMAR",result="SPOOL_OCCUPIED"} 0`)
	w.wants("POST", "/api/occupation/tomar", `{"tag_spool":"`+tag(1)+`","worker_id":100,"operacion":"ARM"}`, http.StatusOK, `"success":true`)
	w.wants("GET", "/api/occupation/"+tag(1), "", http.StatusOK, `"ocupado_por":"ÓÑ(100)"`)
	if row := rowsByTag(w.far.sheet)[tag(1)]; row["OCUPADOPOR"] != "ÓÑ(100)" {
		t.Errorf("the row says %v", row)
	}
	other := w.worker(1)
	if err := other.Type(w.ctx, w.far.taller, "/tomar "+tag(1)); err != nil {
		t.Fatal(err)
	}
	w.sees("the other is refused", func() bool {
		for _, m := range other.Messages(w.far.taller) {
			if strings.Contains(m.Shown(), "Ñancupil00") {
				return true
			}
		}
		return false
	}, w.program)
	w.wants("GET", "/metrics", "", http.StatusOK,
		`spoolbot_operations_total{operation="TOMAR",result="ok"} 1`, `spoolbot_operations_total{operation="TOMAR",result="SPOOL_OCCUPIED"} 1`,
		"spoolbot_occupations 1", "spoolbot_outbox_pending 0", "spoolbot_quota_tokens ", `spoolbot_sheet_calls_total{kind="write",status="200"}`,
		`spoolbot_sheet_calls_total{kind="read",status="200"}`, "spoolbot_sheet_commit_events_count 1", "spoolbot_sheet_call_seconds_count",
		"spoolbot_redis_seconds_count", "spoolbot_redis_errors_total ", `spoolbot_slack_calls_total{method="auth.test",result="ok"}`,
		"spoolbot_ack_seconds_count", "spoolbot_operation_seconds_count 2", "spoolbot_expired_total 0", "spoolbot_repairs_total 0", "spoolbot_leader ")
	third := w.worker(1)
	if err := third.Type(w.ctx, w.far.taller, "/tomar "+tag(2)); err != nil {
		t.Fatal(err)
	}
	card := func(words string) func() bool {
		return func() bool { return strings.Contains(third.Last(w.far.taller).Shown(), words) }
	}
	w.sees("it is theirs", card("es tuyo"), w.program)
	w.comes("the bot knows where their card stands", func() bool { return strings.Count(w.program.stderr.String(), `"message":"request"`) == 2 }, w.program)
	w.wants("POST", "/api/occupation/pausar", `{"tag_spool":"`+tag(2)+`","worker_id":101}`, http.StatusOK, `"success":true`)
	w.sees("their card says that it is paused", card("pausado, quedó libre"), w.program)
	_, metrics := w.asks("GET", "/metrics", "")
	wantServed(t, metrics)
	if said := w.program.stderr.String(); strings.Contains(said, restToken) {
		t.Error("the token stands in the log")
	}

	w.server.Stop()
	w.wants("GET", "/readyz", "", http.StatusServiceUnavailable, `"redis":"not ready"`, `"slack":"ok"`)
	w.wants("GET", "/healthz", "", http.StatusOK)
	w.server.Restart(t)
	w.program.signal(15)
	w.program.exits(exitDone, 25*time.Second)
}

// wantServed checks that what alerts and dashboard ask for stands in an answer of
// GET /metrics, but for what is told only after there was some, or where there are
// several shops.
func wantServed(t *testing.T, metrics string) {
	t.Helper()
	for file, names := range asked(t) {
		for _, name := range names {
			told := strings.Contains(metrics, "\n"+name+" ") || strings.Contains(metrics, "\n"+name+"{") || strings.Contains(metrics, "\n"+name+"_count ")
			if !told && name != "spoolbot_shop_up" && name != "spoolbot_reconcile_total" {
				t.Errorf("%s asks for %s, which GET /metrics does not tell", file, name)
			}
		}
	}
}
