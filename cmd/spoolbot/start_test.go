//go:build !shop

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/store/sheetsim"
)

// with changes the variables of an environment.
func with(env []string, changes ...string) []string {
	out := slices.Clone(env)
	for _, change := range changes {
		name, _, _ := strings.Cut(change, "=")
		out = slices.DeleteFunc(out, func(v string) bool { return strings.HasPrefix(v, name+"=") })
		out = append(out, change)
	}
	return out
}

// Whatever keeps the program from serving, it says in one line what it is and
// what to do, and exits with 1; faults of the configuration all at once, with 2.
func TestServeCannotStart(t *testing.T) {
	edit := func(kind, sheet, column string, value any) []sheetsim.Edit {
		return []sheetsim.Edit{{Kind: kind, Sheet: sheet, Column: sheetsim.ColumnName(column), Value: value}}
	}
	for _, c := range []struct {
		name  string
		env   []string
		edits []sheetsim.Edit
		says  []string
	}{
		{name: "wrong bot token", env: []string{"SLACK_BOT_TOKEN=xoxb-wrong"}, says: []string{"invalid_auth", "check SLACK_BOT_TOKEN"}},
		{name: "wrong app token", env: []string{"SLACK_APP_TOKEN=xapp-wrong"}, says: []string{"invalid_auth", "SLACK_APP_TOKEN"}},
		{name: "Redis away", env: []string{"REDIS_URL=redis://127.0.0.1:1/0"}, says: []string{"redis does not answer", "is REDIS_URL right?"}},
		{
			name: "another sheet", env: []string{"SPREADSHEET_ID=1another-spreadsheet-that-is-not-there-00"},
			says: []string{"404", "is SPREADSHEET_ID right", "shared with the service account"},
		},
		{
			name: "a missing header", edits: edit("rename_header", "Operaciones", "Ocupado_Por", "quién"),
			says: []string{"Ocupado_Por", "give the tab or the column that name back"},
		},
		{
			name: "two faults of the sheet", edits: append(edit("rename_header", "Operaciones", "Armador", "x"), edit("rename_tab", "Roles", "", "Cargos")...),
			says: []string{"Armador", "Roles", "give the tab or the column that name back"},
		},
		{name: "Redis and sheet", env: []string{"REDIS_URL=redis://127.0.0.1:1/0"}, edits: edit("rename_tab", "Trabajadores", "", "Gente"), says: []string{"redis does not answer", "Trabajadores"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := openWorks(t, 0)
			w.complaints = len(c.env) > 0
			for _, e := range c.edits {
				if err := w.far.sheet.Edit(e); err != nil {
					t.Fatal(err)
				}
			}
			p := runChild(t, with(w.far.environmentList(demoFlags{lockTTL: time.Hour}), c.env...), "serve")
			p.exits(exitFailed, 30*time.Second)
			for _, word := range append(c.says, "spoolbot serve: ") {
				if !strings.Contains(p.lastLine(), word) {
					t.Errorf("the last line lacks %q: %s", word, p.lastLine())
				}
			}
			if strings.Contains(p.stderr.String(), w.far.slack.BotToken()) || strings.Contains(p.stderr.String(), "xoxb-wrong") {
				t.Error("a token stands in the output")
			}
			if n := len(events(w.far.sheet)); n != 0 {
				t.Errorf("%d rows in the audit log", n)
			}
		})
	}
	t.Run("configuration", func(t *testing.T) {
		t.Parallel()
		p := runChild(t, []string{"SLACK_APP_TOKEN=xoxb-1", "SPREADSHEET_ID=?", "REDIS_URL=http://x", "SITE=a b", "TIMEZONE=Santiago", "SHIFTS=9", "LOG_LEVEL=loud"}, "serve")
		p.exits(exitUsage, 10*time.Second)
		for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SPREADSHEET_ID", "REDIS_URL", "SITE", "TIMEZONE", "SHIFTS", "LOG_LEVEL", "SUPERVISOR_CHANNEL", "GOOGLE_APPLICATION_CREDENTIALS"} {
			if !strings.Contains(p.stderr.String(), "\n  "+name+": ") {
				t.Errorf("%s is not named:\n%s", name, p.stderr.String())
			}
		}
	})
}

// demo --json prints one object and nothing else, when everything answers.
func TestDemoJSON(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, out := io.Pipe()
	p := newChild(t, nil, "demo", "--json", "--listen", "127.0.0.1:0", "--sheet-latency", "10ms")
	p.cmd.Stdout = io.MultiWriter(&p.stdout, out)
	p.start()
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }() // ends with the pipe
	defer func() { _ = r.Close() }()
	var said map[string]any
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatalf("the first line is not JSON: %v\n%s", err, line)
	}
	for _, name := range []string{"page", "slack_api", "slack_sim", "app_token", "bot_token", "sheets", "sheets_sim", "spreadsheet_id", "redis", "http"} {
		if _, ok := said[name].(string); !ok {
			t.Errorf("%s is %T, want a text", name, said[name])
		}
	}
	var demo announced
	if err := json.Unmarshal(line, &demo); err != nil {
		t.Fatal(err)
	}
	get := func(url string) string {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %s, %v", url, resp.Status, err)
		}
		return string(body)
	}
	if page := get(demo.Page); !strings.Contains(page, "<html") {
		t.Errorf("the page is %.80q", page)
	}
	base := strings.TrimSuffix(demo.SheetsSim, "/")
	if tab := get(base + "/sim/sheets/Operaciones?count=2"); !strings.Contains(tab, "TAG_SPOOL") {
		t.Errorf("the sheet is %.80q", tab)
	}
	base = strings.TrimSuffix(demo.SlackSim, "/")
	if seen := get(base + "/sim/channels/" + demo.Channels["taller"] + "/messages?user=" + demo.Users[0].ID); !strings.HasPrefix(strings.TrimSpace(seen), "[") && !strings.HasPrefix(seen, "{") {
		t.Errorf("the channel is %.80q", seen)
	}
	if demo.Channels["supervisores"] == "" || !strings.HasPrefix(demo.SlackAPI, "http://") || !strings.HasPrefix(demo.Redis, "redis://") {
		t.Errorf("channels %v, slack_api %q, redis %q", demo.Channels, demo.SlackAPI, demo.Redis)
	}
	roles, unlinked := map[string]int{}, 0
	for _, u := range demo.Users {
		if u.WorkerID == 0 {
			unlinked++
		}
		for _, r := range u.Roles {
			roles[r]++
		}
	}
	if roles["Armador"] < 4 || roles["Soldador"] < 2 || roles["Ayudante"] < 1 || roles["Supervisor"] < 1 || unlinked < 2 {
		t.Errorf("users: %v, %d of them not linked", roles, unlinked)
	}
	p.signal(syscall.SIGTERM)
	p.exits(exitDone, 20*time.Second)
	if n := strings.Count(p.stdout.String(), "\n"); n != 1 {
		t.Errorf("%d lines on stdout, want 1:\n%s", n, p.stdout.String())
	}
}
