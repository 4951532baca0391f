package slacksim_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spoolbot/spoolbot/bot/slacksim"
)

// newPage is the page of a workspace with one person, at http://127.0.0.1.
func newPage(t *testing.T, opt slacksim.PageOptions) http.Handler {
	t.Helper()
	sim := slacksim.New(slacksim.Options{})
	t.Cleanup(sim.Close)
	sim.AddUser(slacksim.User{ID: "U1", RealName: "Mauricio Rodríguez"})
	return sim.Page(opt)
}

func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8790"
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPageServesItsFilesAndDoors(t *testing.T) {
	t.Parallel()
	h := newPage(t, slacksim.PageOptions{Users: []slacksim.PageUser{{ID: "U1", Name: "Mauricio", Role: "Armador"}}, Tour: []string{"TEST-01"}})
	for _, c := range []struct{ path, kind, has string }{
		{"/", "text/html", `lang="es-CL"`},
		{"/gallery", "text/html", "Galería"},
		{"/page.js", "javascript", "import"},
		{"/theme.js", "javascript", "prefers-color-scheme"},
		{"/page.css", "text/css", "prefers-reduced-motion"},
		{"/page.json", "application/json", `"tour":["TEST-01"]`},
		{"/page.json", "application/json", `"role":"Armador"`},
		{"/page.json", "application/json", `"sheets":false`},
		{"/page.json", "application/json", `"weather":[]`},
		{"/gallery.json", "application/json", "[]"},
		{"/sim/state", "application/json", "Mauricio Rodríguez"},
	} {
		w := ask(h, "GET", c.path, "")
		if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Type"), c.kind) || !strings.Contains(w.Body.String(), c.has) {
			t.Errorf("GET %s = %d %s, want %s with %q", c.path, w.Code, w.Header().Get("Content-Type"), c.kind, c.has)
		}
	}
	for _, path := range []string{"/page.go", "/api/auth.test", "/sheets-sim/sim/sheets/Operaciones"} {
		if w := ask(h, "GET", path, ""); w.Code != 404 {
			t.Errorf("GET %s = %d, want 404", path, w.Code)
		}
	}
}

// The page shows text that people of the shop typed: nothing inline may ever run.
func TestPagePolicyAllowsNothingInline(t *testing.T) {
	t.Parallel()
	h := newPage(t, slacksim.PageOptions{})
	w := ask(h, "GET", "/", "")
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy = %q", policy)
	}
	for _, bad := range []string{"style=", "onclick=", "<style", "<script>", "https://", "//cdn"} {
		if strings.Contains(w.Body.String(), bad) {
			t.Errorf("the html holds %q, which the policy blocks", bad)
		}
	}
	scripts, err := filepath.Glob("page/*.js")
	if err != nil || len(scripts) < 5 {
		t.Fatalf("scripts: %v, %v", scripts, err)
	}
	for _, path := range scripts {
		js := ask(h, "GET", strings.TrimPrefix(path, "page"), "").Body.String()
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"} {
			if js == "" || strings.Contains(js, bad) {
				t.Errorf("%s is empty or uses %s", path, bad)
			}
		}
	}
}

func TestPageAnswersToLoopbackNamesOnly(t *testing.T) {
	t.Parallel()
	h := newPage(t, slacksim.PageOptions{})
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8790": 200, "127.0.0.1": 200, "127.0.0.1:1": 200, "[::1]": 200, "[::1]:8790": 200,
		"evil.example": 403, "evil.example:8790": 403, "127.0.0.1.evil.example": 403, "localhost.evil.example": 403, "10.0.0.5:8790": 403, "": 403,
	} {
		if w := ask(h, "GET", "/page.json", "", "Host", host); w.Code != want {
			t.Errorf("Host %q = %d, want %d", host, w.Code, want)
		}
	}
}

func TestPageRefusesWhatAnotherSiteAsks(t *testing.T) {
	t.Parallel()
	moved := 0
	h := newPage(t, slacksim.PageOptions{
		Clock:  func(time.Duration) error { moved++; return nil },
		Sheets: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { moved++ }),
	})
	for _, path := range []string{"/sim/clock", "/sim/users/U1/home", "/sheets-sim/sim/edits"} {
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://evil.example"}} {
			if w := ask(h, "POST", path, `{"forward":"1h"}`, header...); w.Code != 403 {
				t.Errorf("POST %s with %v = %d, want 403", path, header, w.Code)
			}
		}
	}
	if moved != 0 {
		t.Errorf("%d of them got through", moved)
	}
}

func TestPageClock(t *testing.T) {
	t.Parallel()
	var moved time.Duration
	h := newPage(t, slacksim.PageOptions{Clock: func(d time.Duration) error {
		if d == 2*time.Hour {
			return errors.New("not that far")
		}
		moved += d
		return nil
	}})
	for body, want := range map[string]int{
		`{"forward":"1h"}`: 200, `{"forward":"90s"}`: 200,
		`{"forward":"2h"}`: 400, `{"forward":"-1h"}`: 400, `{"forward":"0s"}`: 400, `{"forward":"1000h"}`: 400, `{"forward":"mañana"}`: 400, `{}`: 400, `x`: 400,
	} {
		w := ask(h, "POST", "/sim/clock", body)
		if w.Code != want || want == 400 && !strings.Contains(w.Body.String(), `"error"`) {
			t.Errorf("%s = %d %s, want %d", body, w.Code, w.Body, want)
		}
	}
	if want := time.Hour + 90*time.Second; moved != want {
		t.Errorf("moved %v, want %v", moved, want)
	}
	if w := ask(newPage(t, slacksim.PageOptions{}), "POST", "/sim/clock", `{"forward":"1h"}`); w.Code != 400 {
		t.Errorf("without a hand on the clock = %d, want 400", w.Code)
	}
}

func TestPageWeather(t *testing.T) {
	t.Parallel()
	dark := false
	h := newPage(t, slacksim.PageOptions{Weather: map[string]slacksim.Trouble{
		"bot_off": {Is: func() bool { return dark }, Set: func(on bool) error { dark = on; return nil }},
		"broken":  {Is: func() bool { return false }, Set: func(bool) error { return errors.New("it is stuck") }},
	}})
	if got := ask(h, "GET", "/page.json", "").Body.String(); !strings.Contains(got, `"weather":["bot_off","broken"]`) {
		t.Errorf("the page offers %s", got)
	}
	for _, c := range []struct {
		body string
		code int
		dark bool
	}{
		{`{"bot_off":true}`, 200, true},
		{`{"bot_off":true}`, 200, true},
		{`{"snow":true}`, 400, true},
		{`{"broken":true}`, 400, true},
		{`{}`, 400, true},
		{`{"bot_off":"no"}`, 400, true},
		{`{"bot_off":false}`, 200, false},
	} {
		if w := ask(h, "POST", "/sim/weather", c.body); w.Code != c.code || dark != c.dark {
			t.Errorf("%s = %d %s, dark %t", c.body, w.Code, w.Body, dark)
		}
		var now map[string]bool
		if err := json.Unmarshal(ask(h, "GET", "/sim/weather", "").Body.Bytes(), &now); err != nil || now["bot_off"] != c.dark || !now["bot_away"] {
			t.Errorf("after %s the weather is %v, %v", c.body, now, err)
		}
	}
}

// The sheet's events must come through at once, also when its doors are another server.
func TestPagePassesTheSheetsDoorsOn(t *testing.T) {
	t.Parallel()
	more := make(chan string)
	sheets := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/sim/events" {
			fmt.Fprintf(w, "%s %s", r.Method, r.URL.RequestURI())
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for line := range more {
			fmt.Fprintf(w, "data: %s\n\n", line)
			_ = http.NewResponseController(w).Flush()
		}
	}))
	defer sheets.Close()
	base, err := url.Parse(sheets.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(base) }, FlushInterval: -1}
	front := httptest.NewServer(newPage(t, slacksim.PageOptions{Sheets: proxy}))
	defer front.Close()

	res, err := front.Client().Get(front.URL + "/sheets-sim/sim/sheets/Operaciones?from=2&count=3")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); string(b) != "GET /sim/sheets/Operaciones?from=2&count=3" {
		t.Errorf("the sheet was asked %q", b)
	}
	go func() { more <- "first" }()
	events, err := front.Client().Get(front.URL + "/sheets-sim/sim/events")
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	if line, err := bufio.NewReader(events.Body).ReadString('\n'); line != "data: first\n" {
		t.Errorf("first line of an open stream = %q, %v", line, err)
	}
	close(more)
}

func TestPageGalleryListsViewsByName(t *testing.T) {
	t.Parallel()
	h := newPage(t, slacksim.PageOptions{Gallery: fstest.MapFS{
		"taken.json":  {Data: []byte(`{"blocks":[{"type":"divider"}]}`)},
		"batch.json":  {Data: []byte(`{"type":"modal","blocks":[]}`)},
		"notes.txt":   {Data: []byte("no")},
		"deep/a.json": {Data: []byte(`{}`)},
	}})
	var got []struct {
		Name string
		View struct{ Type string }
	}
	if err := json.Unmarshal(ask(h, "GET", "/gallery.json", "").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Name != "batch" || got[0].View.Type != "modal" || got[1].Name != "taken" {
		t.Errorf("gallery = %+v", got)
	}
	broken := newPage(t, slacksim.PageOptions{Gallery: fstest.MapFS{"x.json": {Data: []byte("{")}}})
	if w := ask(broken, "GET", "/gallery.json", ""); w.Code != 400 || !strings.Contains(w.Body.String(), "x.json") {
		t.Errorf("broken view = %d %s, want 400 that names the file", w.Code, w.Body)
	}
}
