//go:build !shop

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/occupation/checkup"
	"github.com/spoolbot/spoolbot/occupation/checkup/checkuptest"
	"github.com/spoolbot/spoolbot/store/locks/redistest"
	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// consult runs doctor --json with changes to the environment.
func (w *works) consult(code int, changes ...string) checkuptest.Found {
	w.t.Helper()
	p := runChild(w.t, with(w.far.environmentList(demoFlags{lockTTL: time.Hour}), changes...), "doctor", "--json")
	p.exits(code, time.Minute)
	var all checkuptest.Found
	if err := json.Unmarshal([]byte(p.stdout.String()), &all); err != nil {
		w.t.Fatalf("stdout is not one array: %v\n%s", err, p.stdout.String())
	}
	for _, secret := range []string{w.far.slack.BotToken(), w.far.slack.AppToken(), "PRIVATE KEY", "ya29"} {
		if strings.Contains(p.stdout.String()+p.stderr.String(), secret) {
			w.t.Errorf("%q stands in the output", secret)
		}
	}
	return all
}

func sound(t *testing.T) *works {
	t.Helper()
	w := openWorksWith(t, worksOptions{redis: []redistest.Option{redistest.AOF}})
	w.edit(sheetsim.Edit{Kind: "set", Cell: "Roles!B2", Value: "Supervisor"})
	return w
}

func (w *works) edit(edits ...sheetsim.Edit) {
	w.t.Helper()
	if err := w.far.sheet.Edit(edits...); err != nil {
		w.t.Fatal(err)
	}
}

// The whole program against a shop in which all is as it must be, while serve is
// running: nothing has to be put right, and nothing of the shop changes.
func TestDoctorOfASoundShop(t *testing.T) {
	w := sound(t)
	served := w.serve()
	w.twentyHold(served)
	got := w.consult(exitDone)
	ok, warned := checkuptest.OK, checkuptest.Warn
	checkuptest.Wants(t, got, []checkup.Finding{
		ok("environment", "variables are set"), warned("environment", "SLACK_API_URL is set", "a test"), warned("environment", "SHEETS_ENDPOINT is set", "a test"),
		ok("slack-bot-token", ""), ok("slack-scopes", "commands"), ok("slack-app-token", ""), ok("slack-socket", "more are open"), ok("slack-channel", ""), warned("slack-commands", "cannot be checked from here", "/ayuda"),
		ok("google-account", "no credentials"), ok("sheet-access", ""), ok("sheet-timezone", ""), ok("sheet-tabs", ""), ok("sheet-headers", ""), ok("sheet-protected", ""), ok("sheet-stamp", ""),
		ok("sheet-rows", "40 spools"), ok("sheet-workers", "30 active workers"),
		ok("redis", "version"), ok("redis-policy", ""), ok("redis-persistence", ""), ok("redis-latency", ""), ok("redis-clock", ""), ok("redis-scripts", ""), ok("redis-site", "20 locks"),
		ok("http", "off"), ok("timezone", "America/Santiago"),
	})
	if bad := got.Bad(); len(bad) != 3 {
		t.Errorf("it finds more:\n%s", checkuptest.Lines(bad))
	}
	if got[0].Check != "environment" || got[len(got)-1].Check != "timezone" {
		t.Errorf("they are not in order:\n%s", checkuptest.Lines(got))
	}
	w.whole.check(t)
}

// What is wrong in one place does not hide what is wrong in another.
func TestDoctorOfASickShop(t *testing.T) {
	w := openWorksWith(t, worksOptions{})
	w.complaints = true // wrong tokens
	w.far.slack.Expel(w.far.bosses)
	w.edit(
		sheetsim.Edit{Kind: "rename_header", Sheet: "Operaciones", Column: "Ocupado_Por", Value: "Ocupado"}, sheetsim.Edit{Kind: "rename_tab", Sheet: "Metadata", Value: "Meta data 2"},
		sheetsim.Edit{Kind: "protect", Sheet: "Trabajadores"}, sheetsim.Edit{Kind: "set", Cell: "Trabajadores!E3", Value: "U0CREW0000"},
	)
	got := w.consult(exitFailed, "SLACK_APP_TOKEN=xapp-wrong", "ALLOW_INSECURE_ENDPOINTS=1")
	warned, bad := checkuptest.Warn, checkuptest.Fail
	checkuptest.Wants(t, got, []checkup.Finding{
		warned("environment", "ALLOW_INSECURE_ENDPOINTS", "rediss://"), bad("slack-app-token", "invalid_auth", "connections:write"), bad("slack-channel", "not in", "/invite"),
		bad("sheet-tabs", "Metadata", `rename that tab`), bad("sheet-headers", `there is "Ocupado"`, "rename that column"), bad("sheet-protected", "the tab Trabajadores", "the service account"),
		warned("sheet-slack-ids", "U0CREW0000", "one worker"), warned("sheet-roles", "no active Supervisor", "Slack_ID"), warned("redis-persistence", "nothing on disk", "appendonly"),
	}, "xapp-wrong")

	got = w.consult(exitFailed, "REDIS_URL=redis://:hunter2@127.0.0.1:1/0", "SPREADSHEET_ID=1another-spreadsheet-that-is-not-there-00", "SLACK_BOT_TOKEN=xoxb-wrong")
	checkuptest.Wants(t, got, []checkup.Finding{
		bad("slack-bot-token", "invalid_auth", "Install App"), checkuptest.OK("slack-socket", ""), bad("sheet-access", "no spreadsheet 1another", "address bar"), bad("redis", "refused", "redis-cli"),
	}, "hunter2", "xoxb-wrong")
}

// Faults of the environment are all told, what does not depend on them is looked
// at, and the code is the one of a wrong configuration.
func TestDoctorOfAWrongEnvironment(t *testing.T) {
	w := sound(t)
	got := w.consult(exitUsage, "SLACK_APP_TOKEN=xoxb-1", "SPREADSHEET_ID=?", "SHIFTS=9")
	warned, bad := checkuptest.Warn, checkuptest.Fail
	checkuptest.Wants(t, got, []checkup.Finding{
		bad("environment", "SLACK_APP_TOKEN: must begin with xapp-", "app-level token"), bad("environment", "SPREADSHEET_ID", "whole link"), bad("environment", "SHIFTS", "shifts"),
		warned("slack", "not looked at", "environment"), warned("sheet", "not looked at", "environment"), checkuptest.OK("redis-scripts", ""), checkuptest.OK("timezone", ""),
	})
	got = w.consult(exitUsage, "REDIS_URL=http://x", "TIMEZONE=Santiago", "SUPERVISOR_CHANNEL=taller")
	checkuptest.Wants(t, got, []checkup.Finding{
		checkuptest.OK("slack-socket", ""), warned("redis", "not looked at", "environment"), warned("timezone", "not looked at", "environment"), warned("sheet", "not looked at", "environment"),
	})

	p := runChild(t, nil, "doctor")
	p.exits(exitUsage, time.Minute)
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SPREADSHEET_ID", "SUPERVISOR_CHANNEL", "GOOGLE_APPLICATION_CREDENTIALS"} {
		if !strings.Contains(p.stdout.String(), "fail  environment        "+name+": is missing") || !strings.Contains(p.stdout.String(), "\n                         -> "+name) {
			t.Errorf("%s is not in the text:\n%s", name, p.stdout.String())
		}
	}
	if !strings.HasSuffix(p.stdout.String(), " warnings\n") {
		t.Errorf("the text ends with no sum:\n%s", p.stdout.String())
	}
}

// keyFile is the key of a service account whose tokens come from here.
func keyFile(t *testing.T, tokens http.HandlerFunc) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	google := httptest.NewServer(tokens)
	t.Cleanup(google.Close)
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "robot@shop.iam.gserviceaccount.com", "client_id": "1", "project_id": "shop", "private_key_id": "1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": google.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, file, 0o644)
}

func writeFile(t *testing.T, content []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDoctorOfTheAccount(t *testing.T) {
	w := sound(t)
	good := keyFile(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, `{"access_token":"ya29.secret","expires_in":3600,"token_type":"Bearer"}`)
	})
	ok, warned, bad := checkuptest.OK, checkuptest.Warn, checkuptest.Fail
	checkuptest.Wants(t, w.consult(exitDone, "GOOGLE_APPLICATION_CREDENTIALS="+good), []checkup.Finding{
		ok("google-account", "robot@shop.iam.gserviceaccount.com: the sheet must be shared"), warned("google-account", "everybody on this machine", "chmod 600"),
		ok("sheet-access", "read as robot@shop.iam.gserviceaccount.com"), ok("sheet-stamp", ""),
	})
	if err := os.Chmod(good, 0o600); err != nil {
		t.Fatal(err)
	}
	w.far.sheet.Fail(sheetsim.Fault{Op: "read", Status: 403, Times: -1})
	got := w.consult(exitFailed, "GOOGLE_APPLICATION_CREDENTIALS="+good)
	checkuptest.Wants(t, got, []checkup.Finding{bad("sheet-access", "closed to robot@shop.iam.gserviceaccount.com", "share the sheet with robot@shop.iam.gserviceaccount.com as editor")})
	for _, f := range got {
		if f.Check == "google-account" && f.Status != checkup.OK {
			t.Errorf("a closed key file: %q", f)
		}
	}
	w.far.sheet.ClearFaults()

	gone := keyFile(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(rw, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`)
	})
	checkuptest.Wants(t, w.consult(exitFailed, "GOOGLE_APPLICATION_CREDENTIALS="+gone), []checkup.Finding{bad("sheet-access", "invalid_grant", "make a new one")})

	person := writeFile(t, []byte(`{"type":"authorized_user","client_id":"x"}`), 0o600)
	checkuptest.Wants(t, w.consult(exitFailed, "GOOGLE_APPLICATION_CREDENTIALS="+person), []checkup.Finding{
		bad("google-account", `of the type "authorized_user"`, "Service Accounts"), warned("sheet", "not looked at", "google-account"), ok("redis-scripts", ""),
	})
}

func TestExamineHTTP(t *testing.T) {
	t.Parallel()
	busy := httptest.NewServer(http.NotFoundHandler())
	defer busy.Close()
	for _, c := range []struct {
		cfg  Config
		want checkup.Finding
	}{
		{Config{}, checkuptest.OK("http", "off")},
		{Config{HTTPListen: "127.0.0.1:0"}, checkuptest.OK("http", "is free")},
		{Config{HTTPListen: busy.Listener.Addr().String()}, checkuptest.OK("http", "in use: by serve")},
		{Config{HTTPListen: "192.0.2.1:80"}, checkuptest.Fail("http", "192.0.2.1:80 cannot be used", "another port")},
		{Config{HTTPTokensFile: writeFile(t, []byte("nonsense"), 0o600)}, checkuptest.Fail("http", "HTTP_TOKENS_FILE", "README")},
	} {
		var got checkuptest.Found
		examineTokens(c.cfg, got.Tell)
		examineAddress(t.Context(), c.cfg, got.Tell)
		checkuptest.Wants(t, got, []checkup.Finding{c.want})
	}
}

func TestExamineZone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 16, 24, 0, 0, time.UTC)
	for name, want := range map[string]checkup.Finding{
		"America/Santiago":     checkuptest.OK("timezone", "America/Santiago: it is 13:24 (-03:00); the clocks change next on 2027-04-03"),
		"America/Punta_Arenas": checkuptest.OK("timezone", "it is 13:24 (-03:00); the clocks stay as they are"),
		"America/Lima":         checkuptest.OK("timezone", "it is 11:24 (-05:00)"),
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		var got checkuptest.Found
		examineZone(zone, now, got.Tell)
		checkuptest.Wants(t, got, []checkup.Finding{want})
	}
	var got checkuptest.Found
	examineZone(time.FixedZone("America/Santiago", -4*3600), now, got.Tell)
	checkuptest.Wants(t, got, []checkup.Finding{checkuptest.Fail("timezone", "too old: it is wrong on 2026-12-01", "tzdata")})
}
