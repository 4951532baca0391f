//go:build !shop

package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// The program as a process, with a file of two shops that have the app of the
// environment: on a real Redis and two sheets a worker of each takes the same TAG, who
// is of both is asked first, and the doctor looks at the app once.
func TestOneAppForTwoShopsInOneProcess(t *testing.T) {
	norte := openWorksWith(t, worksOptions{life: 4 * time.Minute})
	sur := sheetsim.New(sheetsim.Options{ReadQuota: 600, WriteQuota: 600}, crewBook(40))
	if err := sur.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sur.Close)
	for sheet, cell := range map[*sheetsim.Server]string{norte.far.sheet: "E3", sur: "E2"} { // the second is not of norte, the first not of sur
		if err := sheet.Edit(sheetsim.Edit{Kind: "set", Sheet: "Trabajadores", Cell: cell, Value: ""}); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"HTTP_LISTEN=127.0.0.1:0", "LOG_FORMAT=json", "LOG_LEVEL=info"}
	for name, value := range norte.far.variables(demoFlags{lockTTL: time.Hour}) {
		switch name {
		case "SITE", "HTTP_LISTEN", "LOG_LEVEL", "LOG_FORMAT", "SPREADSHEET_ID", "SHEETS_ENDPOINT", "SUPERVISOR_CHANNEL":
		default:
			env = append(env, name+"="+value)
		}
	}
	env = append(env, "SHOPS_FILE="+shopsFile(t, fmt.Sprintf("[norte]\nSPREADSHEET_ID=%s\nSHEETS_ENDPOINT=%s\nSUPERVISOR_CHANNEL=%s\n[sur]\nSPREADSHEET_ID=%s\nSHEETS_ENDPOINT=%s\nSUPERVISOR_CHANNEL=%s\n",
		norte.far.sheet.SpreadsheetID(), norte.far.sheet.URL(), norte.far.bosses, sur.SpreadsheetID(), sur.URL(), norte.far.slack.AddChannel("jefes-sur"))))
	w := &web{works: norte, program: runChild(t, env, "serve")}
	w.comes("it listens", func() bool { return norte.far.slack.Sockets() > 0 }, w.program)
	w.comes("the HTTP door is open", func() bool { w.base = w.address(); return w.base != "" }, w.program)
	w.comes("all is ready", func() bool { status, _ := w.asks("GET", "/readyz", ""); return status == 200 }, w.program)

	norte.all(0, 2, func(int) string { return "/tomar " + tag(0) })
	norte.sees("both have taken it", func() bool {
		return strings.Contains(norte.heard(0), "es tuyo") && strings.Contains(norte.heard(1), "es tuyo")
	}, w.program)
	norte.all(2, 3, func(int) string { return "/tomar " + tag(1) })
	norte.sees("the third is asked", func() bool { return strings.Contains(norte.heard(2), "¿Con qué taller hablas?") }, w.program)
	third := norte.worker(2)
	if err := third.Click(norte.ctx, third.Last(norte.far.taller), "sur"); err != nil {
		t.Fatal(err)
	}
	norte.sees("it goes on", func() bool { return strings.Contains(norte.heard(2), "es tuyo") }, w.program)
	for key, want := range map[string]int64{
		"{spoolbot:norte}:lock:MK-1300-CW-1000": 1, "{spoolbot:sur}:lock:MK-1300-CW-1000": 1,
		"{spoolbot:norte}:lock:" + tag(1): 0, "{spoolbot:sur}:lock:" + tag(1): 1,
	} {
		if n := norte.redis.Exists(norte.ctx, key).Val(); n != want {
			t.Errorf("%s exists %d times, want %d", key, n, want)
		}
	}

	doctor := runChild(t, env, "doctor")
	doctor.exits(exitDone, time.Minute)
	if said := doctor.stdout.String(); strings.Count(said, "slack-bot-token") != 1 || strings.Count(said, "slack-channel") != 2 || !strings.Contains(said, "[sur] it is that of norte") {
		t.Errorf("the doctor says:\n%s", said)
	}
	w.program.signal(syscall.SIGTERM)
	w.program.exits(exitDone, 20*time.Second)
}
