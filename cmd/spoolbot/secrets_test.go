//go:build !shop

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/spoolbot/spoolbot/bot/slacksim"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

const (
	redisPassword = "contraseña-de-redis"
	googleToken   = "ya29.token-de-google"
)

// serviceAccount is a service account whose tokens come from a server of the test, and the
// lines of its private key.
func serviceAccount(t *testing.T) (path string, lines []string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	google := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, googleToken)
	}))
	t.Cleanup(google.Close)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "bot@shop.iam.gserviceaccount.com", "private_key": text, "private_key_id": "k1", "token_uri": google.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "google.json")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, strings.Split(text, "\n")[1:20]
}

// A day on which everything goes wrong once, with logs at their most talkative:
// nothing that the program says, answers or shows holds a token, a key, a password or
// a link that is as good as one.
func TestNoSecretLeavesTheProgram(t *testing.T) {
	store := miniredis.RunT(t)
	store.RequireAuth(redisPassword)
	w := &web{works: openWorksWith(t, worksOptions{others: func() (string, redis.UniversalClient) {
		client := redis.NewClient(&redis.Options{Addr: store.Addr(), Password: redisPassword})
		t.Cleanup(func() { _ = client.Close() })
		return "redis://:contrase%C3%B1a-de-redis@" + store.Addr(), client
	}})}
	w.complaints = true
	key, secret := serviceAccount(t)
	tokens := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(tokens, fmt.Appendf(nil, "%x kiosco sistema\n", sha256.Sum256([]byte(restToken))), 0o600); err != nil {
		t.Fatal(err)
	}
	secret = append(secret, w.far.slack.AppToken(), w.far.slack.BotToken(), redisPassword, "contrase%C3%B1a", googleToken, restToken)
	env := with(w.far.environmentList(demoFlags{lockTTL: time.Hour}),
		"GOOGLE_APPLICATION_CREDENTIALS="+key, "HTTP_LISTEN=127.0.0.1:0", "HTTP_TOKENS_FILE="+tokens, "LOG_LEVEL=trace", "LOG_FORMAT=json")
	w.program = runChild(t, env, "serve")
	w.sees("the program serves", func() bool { return w.far.slack.Sockets() > 0 }, w.program)
	w.comes("the HTTP door is open", func() bool { w.base = w.address(); return w.base != "" }, w.program)

	var said lockedBuffer // Redis' client goes on to log beside the program
	asks := func(path, body string) {
		t.Helper()
		_, text := w.asks(map[bool]string{true: "GET", false: "POST"}[body == ""], path, body)
		fmt.Fprint(&said, text)
	}
	w.all(0, 10, func(i int) string { return "/tomar " + tag(i) })
	w.sees("ten hold a spool", func() bool { return strings.Contains(w.heard(9), "es tuyo") }, w.program)
	asks("/api/occupation/tomar", `{"tag_spool":"`+tag(20)+`","worker_id":120}`)
	asks("/api/occupation/tomar", `{"tag_spool":`+restToken)
	for _, f := range []slacksim.Fault{
		{Method: "response_url", Times: 3, Cut: true},
		{Method: "response_url", Times: 2, Status: 500},
		{Method: "chat.postMessage", Times: 2, Cut: true},
		{Method: "chat.update", Times: 2, Status: 500},
	} {
		w.far.slack.Fail(f)
	}
	for _, f := range []sheetsim.Fault{{Op: "write", Times: 1, Status: 500}, {Op: "read", Times: 1, Status: 401}, {Op: "write", Times: 1, Cut: "before"}} {
		w.far.sheet.Fail(f)
	}
	w.all(0, 10, func(i int) string { return []string{"/pausar ", "/completar "}[i%2] + tag(i) })
	w.comes("all ten are free", func() bool {
		free := 0
		for i := range 10 {
			if rowsByTag(w.far.sheet)[tag(i)]["OCUPADOPOR"] == "" {
				free++
			}
		}
		return free == 10 && w.inRedis("intents")+w.inRedis("commits") == 0
	}, w.program)
	w.far.slack.Fail(slacksim.Fault{Method: "apps.connections.open", Times: 1, Cut: true})
	w.far.slack.Fail(slacksim.Fault{Disconnect: "refresh_requested", Connections: 2})
	w.sees("it is greeted again", func() bool { return w.far.slack.Sockets() > 0 }, w.program)
	store.RequireAuth("another")
	store.Close()
	w.all(10, 12, func(i int) string { return "/tomar " + tag(i) })
	asks("/api/occupation/pausar", `{"tag_spool":"`+tag(20)+`","worker_id":120}`)
	asks("/readyz", "")
	asks("/metrics", "")
	asks("/api/openapi.json", "")
	for _, name := range []string{"cmdline", "comm", "status"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", w.program.cmd.Process.Pid, name))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = said.Write(text)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", w.program.cmd.Process.Pid))
	if err != nil || !regexp.MustCompile(`Max core file size +0 +0 `).Match(limits) {
		t.Errorf("%v: a core may be written:\n%s", err, limits)
	}
	w.program.signal(syscall.SIGTERM)
	<-w.program.ended // without Redis it may not end well
	fmt.Fprint(&said, w.program.stdout.String(), w.program.stderr.String())
	for _, want := range []string{`"level":"trace"`, "pausar", "response_url", "spoolbot_redis_errors_total"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the story did not bring about %q", want)
		}
	}
	vars := w.far.variables(demoFlags{lockTTL: time.Hour})
	vars["REDIS_URL"], vars["GOOGLE_APPLICATION_CREDENTIALS"] = w.far.redisURL, key
	for _, args := range [][]string{{"doctor"}, {"doctor", "--json"}, {"export"}, {"init-sheet"}, {"serve", w.far.slack.BotToken()}} {
		run(args, func(name string) (string, bool) { v, ok := vars[name]; return v, ok }, &said, &said)
	}
	for _, name := range []string{"TIMEZONE", "SITE", "SHIFTS", "HTTP_LISTEN", "SLACK_API_URL", "LOG_LEVEL", "SUPERVISOR_CHANNEL", "SLACK_APP_TOKEN"} {
		run([]string{"serve"}, func(n string) (string, bool) {
			if n == name {
				return w.far.slack.BotToken(), true // pasted into the wrong place
			}
			v, ok := vars[n]
			return v, ok
		}, &said, &said)
	}
	for _, s := range append(secret, "/commands/T0", "/actions/T0", "ticket=0") {
		if at := strings.Index(said.String(), s); at >= 0 {
			t.Errorf("a secret that begins with %.8q was said: …%q", s, said.String()[max(0, at-300):at])
		}
	}
}
