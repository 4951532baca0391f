//go:build !shop

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// shopsFile writes a file of shops.
func shopsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shops")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const twoShops = `# las dos sucursales
[norte]
SPREADSHEET_ID = 1norte
[sur]
SPREADSHEET_ID=https://docs.google.com/spreadsheets/d/1sur/edit
SUPERVISOR_CHANNEL=C0SUR
SLACK_APP_TOKEN=xapp-1-sur
SLACK_BOT_TOKEN=xoxb-1-sur
TIMEZONE=America/Punta_Arenas
`

func TestShopsFile(t *testing.T) {
	t.Parallel()
	shops, err := loadShops(environment("SPREADSHEET_ID", "LOG_LEVEL=debug", "SITE=otro", "SHOPS_FILE="+shopsFile(t, twoShops)), true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range shops {
		got = append(got, fmt.Sprint(c.Site, c.SpreadsheetID, c.SupervisorChannel, c.Zone, c.LogLevel, c.Several, c.quota(), c.label()["site"], c.SlackAppToken.Reveal()))
	}
	want := "norte 1norte C0SUPERV America/Santiago debug true 27 norte " + appToken + "\nsur 1sur C0SUR America/Punta_Arenas debug true 27 sur xapp-1-sur"
	if text := strings.ReplaceAll(strings.Join(got, "\n"), "1norteC", "1norte C"); strings.Join(strings.Fields(text), "") != strings.Join(strings.Fields(want), "") {
		t.Errorf("shops:\n%s\nwant\n%s", text, want)
	}
	one, err := loadShops(environment(), true)
	if err != nil || len(one) != 1 || one[0].Several || one[0].quota() != 0 || one[0].label() != nil {
		t.Errorf("without a file: %+v, %v", one, err)
	}
}

// A file of shops and the keys that it names may be moved together, as systemd does
// with credentials.
func TestFilesBesideTheFileOfShops(t *testing.T) {
	t.Parallel()
	path := shopsFile(t, "[norte]\nSPREADSHEET_ID=1norte\nGOOGLE_APPLICATION_CREDENTIALS=norte.json\nHTTP_TOKENS_FILE=/dev/null")
	key := filepath.Join(filepath.Dir(path), "norte.json")
	if err := os.WriteFile(key, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	shops, err := loadShops(environment("SPREADSHEET_ID", "SHOPS_FILE="+path), false)
	if err != nil || shops[0].GoogleCredentials != key || shops[0].HTTPTokensFile != "/dev/null" {
		t.Errorf("%+v, %v", shops, err)
	}
}

func TestFaultsOfShops(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                       "has no shop",
		"SPREADSHEET_ID=1a\n[norte]":             "line 1: stands above the first [SITE]",
		"[a b]":                                  "line 1: \"a b\": use up to 64 letters",
		"[norte]\nhola":                          "line 2: is neither [SITE] nor NAME=value",
		"[norte]\n[norte]":                       "line 2: there is a shop norte already",
		"[norte]\nHTTP_LISTEN=:80":               "line 2: HTTP_LISTEN is of the whole process",
		"[norte]\nSHEET=1":                       `line 2: there is no variable "SHEET"`,
		"[norte]\nTIMEZONE=UTC\nTIMEZONE=UTC":    "line 3: TIMEZONE stands there twice",
		"[norte]\nTIMEZONE=Marte":                `[norte] TIMEZONE: "Marte" is not the name`,
		"[norte]\nSPREADSHEET_ID=1\n[sur]":       "[sur] SPREADSHEET_ID: is missing",
		"[norte]\n[sur]\nSLACK_BOT_TOKEN=xapp-1": "[sur] SLACK_BOT_TOKEN: must begin with xoxb-",
		"[norte]\nSPREADSHEET_ID=1\n[sur]\nSPREADSHEET_ID=1\nSLACK_APP_TOKEN=xapp-2":                           "[sur] SPREADSHEET_ID: is that of norte too",
		"[norte]\nSPREADSHEET_ID=1\n[sur]\nSPREADSHEET_ID=2":                                                   "[sur] SUPERVISOR_CHANNEL: is that of norte too: by the channel",
		"[norte]\nSPREADSHEET_ID=1\n[sur]\nSPREADSHEET_ID=2\nSUPERVISOR_CHANNEL=C0SUR\nSLACK_BOT_TOKEN=xoxb-2": "[sur] SLACK_BOT_TOKEN: is another than that of norte, whose SLACK_APP_TOKEN",
		"[norte]\nSPREADSHEET_ID=1\n[sur]\nSPREADSHEET_ID=2\nSUPERVISOR_CHANNEL=C0SUR\nSLACK_APP_TOKEN=xapp-2": "[sur] SLACK_APP_TOKEN: is another than that of norte, whose SLACK_BOT_TOKEN",
	} {
		_, err := loadShops(environment("SPREADSHEET_ID", "SHOPS_FILE="+shopsFile(t, text)), true)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	_, err := loadShops(environment("GRACE_MINUTES=x", "SHOPS_FILE="+shopsFile(t, twoShops)), true)
	if err == nil || err.Error() != `GRACE_MINUTES: "x" is not a whole number from 0 to 1440` {
		t.Errorf("a fault of all shops is told %v; want it once", err)
	}
	if _, err := loadShops(environment("SHOPS_FILE=/no/such/file"), true); err == nil || !strings.HasPrefix(err.Error(), "SHOPS_FILE: the file must exist") {
		t.Errorf("no file: %v", err)
	}
}

// What is done to one shop at a time wants its name.
func TestWhichShop(t *testing.T) {
	t.Parallel()
	env := environment("SHOPS_FILE=" + shopsFile(t, twoShops))
	for site, want := range map[string]string{"": "--site: name the shop: norte, sur", "este": "--site: name the shop: norte, sur"} {
		if _, err := ofShop(env, site); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", site, err, want)
		}
	}
	sur, err := ofShop(env, "sur")
	if err != nil {
		t.Fatal(err)
	}
	if zone, _ := sur("TIMEZONE"); zone != "America/Punta_Arenas" {
		t.Errorf("the zone is %q", zone)
	}
	if _, err := ofShop(environment(), "sur"); err == nil || !strings.Contains(err.Error(), "there is one shop") {
		t.Errorf("without a file: %v", err)
	}
}

// The whole program with a file of two shops: both work on one Redis, doctor and
// /readyz name the one whose sheet is gone, and the other goes on.
func TestTwoShopsInOneProcess(t *testing.T) {
	norte := openWorksWith(t, worksOptions{life: 4 * time.Minute})
	sur, err := openFarEndsOn(norte.ctx, demoFlags{quota: 600, redisURL: norte.server.URL()}, crewBook(40))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sur.close)
	var file strings.Builder
	common := norte.far.variables(demoFlags{lockTTL: time.Hour})
	for site, far := range map[string]*farEnds{"norte": norte.far, "sur": sur} {
		fmt.Fprintf(&file, "[%s]\n", site)
		for name, value := range far.variables(demoFlags{lockTTL: time.Hour}) {
			if name != "SITE" && name != "HTTP_LISTEN" && name != "LOG_LEVEL" && name != "LOG_FORMAT" {
				fmt.Fprintf(&file, "%s=%s\n", name, value)
				delete(common, name)
			}
		}
	}
	env := []string{"SHOPS_FILE=" + shopsFile(t, file.String()), "HTTP_LISTEN=127.0.0.1:0", "LOG_FORMAT=json", "LOG_LEVEL=info"}
	for name, value := range common {
		if name != "SITE" && !strings.HasPrefix(name, "LOG_") && name != "HTTP_LISTEN" {
			env = append(env, name+"="+value)
		}
	}
	w := &web{works: norte, program: runChild(t, env, "serve")}
	w.comes("both listen", func() bool { return norte.far.slack.Sockets() > 0 && sur.slack.Sockets() > 0 }, w.program)
	w.comes("the HTTP door is open", func() bool { w.base = w.address(); return w.base != "" }, w.program)
	w.comes("all is ready", func() bool { status, _ := w.asks("GET", "/readyz", ""); return status == 200 }, w.program)
	south := &works{t: t, ctx: norte.ctx, far: sur}
	for _, one := range []*works{norte, south} {
		one.all(0, 1, func(int) string { return "/tomar " + tag(0) })
		one.sees("it is taken", func() bool { return strings.Contains(one.heard(0), "es tuyo") }, w.program)
	}
	for _, site := range []string{"norte", "sur"} {
		if n := norte.redis.Exists(norte.ctx, "{spoolbot:"+site+"}:lock:MK-1300-CW-1000").Val(); n != 1 {
			t.Errorf("%s has %d locks of that TAG; keys: %v", site, n, norte.redis.Keys(norte.ctx, "*:lock:*").Val())
		}
	}
	w.wants("GET", "/metrics", "", 200, `spoolbot_occupations{site="norte"} 1`, `spoolbot_occupations{site="sur"} 1`)

	if err := sur.sheet.Edit(sheetsim.Edit{Kind: "rename_tab", Sheet: "Operaciones", Value: "Otra"}); err != nil {
		t.Fatal(err)
	}
	doctor := runChild(t, env, "doctor")
	doctor.exits(exitFailed, time.Minute)
	for line := range strings.Lines(doctor.stdout.String()) {
		if strings.HasPrefix(line, "fail") && !strings.Contains(line, "[sur]") {
			t.Errorf("the doctor says %s", line)
		}
	}
	if said := doctor.stdout.String(); !strings.Contains(said, "[sur] ") {
		t.Errorf("the doctor says:\n%s", said)
	}
	norte.all(1, 2, func(int) string { return "/tomar " + tag(1) })
	norte.sees("the other goes on", func() bool { return strings.Contains(norte.heard(1), "es tuyo") }, w.program)
	w.program.signal(syscall.SIGTERM)
	w.program.exits(exitDone, 20*time.Second)
}
