//go:build browser

package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// browser is a headless Chromium with one tab, led over its DevTools protocol
// (https://chromedevtools.github.io/devtools-protocol/), of which the walk needs
// a dozen methods. Its mouse and keys are real ones: what is covered cannot be
// clicked.
type browser struct {
	t       *testing.T
	ctx     context.Context
	conn    *websocket.Conn
	session string

	demo          announced // what it visits
	width, height int
	taps          int // so far, a typed character being one

	mu         sync.Mutex
	last       int
	waiting    map[int]chan reply
	complaints []string // console errors, exceptions, failed loads
}

type reply struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// startBrowser starts a browser that ends with the test.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "chromium", "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
		"--force-prefers-reduced-motion", "--lang=es-CL", "--no-first-run", "--remote-debugging-port=0", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.WaitDelay = 5 * time.Second
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url := ""
	lines := bufio.NewScanner(stderr)
	for url == "" && lines.Scan() {
		_, url, _ = strings.Cut(lines.Text(), "DevTools listening on ")
	}
	if url == "" {
		t.Fatalf("chromium ended: %v", cmd.Wait())
	}
	var chatter sync.WaitGroup
	chatter.Go(func() {
		for lines.Scan() { // or the browser would wait for a reader
		}
	})
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 15*time.Minute)
	b := &browser{t: t, ctx: ctx, conn: conn, waiting: map[int]chan reply{}}
	var reader sync.WaitGroup
	reader.Go(b.read)
	t.Cleanup(func() {
		b.session = ""
		b.call("Browser.close", nil, nil)
		reader.Wait()
		_ = conn.Close()
		chatter.Wait()
		_ = cmd.Wait()
		cancel()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// read hands answers to those who wait for them and notes what the page
// complains about, until the browser closes the line.
func (b *browser) read() {
	for {
		var a reply
		if err := b.conn.ReadJSON(&a); err != nil {
			b.mu.Lock()
			defer b.mu.Unlock()
			for _, w := range b.waiting {
				close(w)
			}
			b.waiting = nil
			return
		}
		b.mu.Lock()
		if w := b.waiting[a.ID]; a.ID > 0 && w != nil {
			delete(b.waiting, a.ID)
			w <- a
		}
		if a.Method == "Runtime.exceptionThrown" || (a.Method == "Runtime.consoleAPICalled" && strings.Contains(string(a.Params), `"type":"error"`)) ||
			(a.Method == "Log.entryAdded" && strings.Contains(string(a.Params), `"level":"error"`)) {
			b.complaints = append(b.complaints, string(a.Params))
		}
		b.mu.Unlock()
	}
}

// call makes one call and reads its result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.mu.Lock()
	b.last++
	id, w := b.last, make(chan reply, 1)
	if b.waiting == nil {
		b.mu.Unlock()
		b.t.Fatalf("%s: the browser has ended", method)
	}
	b.waiting[id] = w
	message := map[string]any{"id": id, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	err := b.conn.WriteJSON(message)
	b.mu.Unlock()
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	select {
	case a, open := <-w:
		switch {
		case !open && method != "Browser.close":
			b.t.Fatalf("%s: the browser has ended", method)
		case a.Error != nil:
			b.t.Fatalf("%s: %s", method, a.Error.Message)
		case result != nil:
			if err := json.Unmarshal(a.Result, result); err != nil {
				b.t.Fatalf("%s: %v in %s", method, err, a.Result)
			}
		}
	case <-b.ctx.Done():
		b.t.Fatalf("%s: no reply", method)
	}
}

// open loads a page in a window of that many CSS pixels.
func (b *browser) open(url string, width, height int, scale float64) {
	b.t.Helper()
	b.width, b.height = width, height
	b.scheme("light")
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}, nil)
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	b.wait(`document.readyState === "complete"`)
}

// scheme makes the system of the browser's owner light or dark.
func (b *browser) scheme(name string) {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{
		{"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": "reduce"},
	}}, nil)
}

// eval is the value of a JavaScript expression, waited for if it is a promise.
func (b *browser) eval(expression string, into any) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		shot := filepath.Join(b.t.ArtifactDir(), "failed.png")
		_ = os.WriteFile(shot, b.picture(), 0o644) // best effort: the failure itself is told anyway
		b.t.Fatalf("%s %s\nin %s\nSee %s (kept with -artifacts)", r.ExceptionDetails.Text, r.ExceptionDetails.Exception.Description, expression, shot)
	}
	if into != nil {
		if err := json.Unmarshal(r.Result.Value, into); err != nil {
			b.t.Fatalf("%v: %s is %s", err, expression, r.Result.Value)
		}
	}
}

const waitFor = `new Promise((done, fail) => {
	const end = Date.now() + 60000;
	const look = () => {
		let v = null, why = "";
		try { v = (%s); } catch (err) { why = String(err); }
		if (v) done(v); else if (Date.now() > end) fail(new Error("waited a minute for nothing " + why)); else setTimeout(look, 40);
	};
	look();
})`

// wait waits until an expression is true.
func (b *browser) wait(expression string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(waitFor, expression), nil)
}

// click waits for an element that a finger can reach and that has stayed where
// it is for a moment, and puts one there.
func (b *browser) click(element string) {
	b.t.Helper()
	var at struct{ X, Y float64 }
	b.eval(fmt.Sprintf(waitFor, `(() => {
		const el = `+element+`;
		if (!el || el.disabled) return null;
		el.scrollIntoView({ block: "nearest", inline: "nearest" });
		const r = el.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2, top = document.elementFromPoint(x, y);
		if (!el.contains(top)) throw new Error("covered by " + top?.outerHTML.slice(0, 120));
		const was = window.aim, still = was?.el === el && was.x === x && was.y === y;
		window.aim = { el, x, y, looks: still ? was.looks + 1 : 0 };
		return window.aim.looks > 2 ? { x, y } : null;
	})()`), &at)
	b.taps++
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
}

// typeText types into what has the focus.
func (b *browser) typeText(s string) {
	b.t.Helper()
	b.taps += utf8.RuneCountInString(s)
	b.call("Input.insertText", map[string]any{"text": s}, nil)
}

// enter presses the Enter key.
func (b *browser) enter() {
	b.t.Helper()
	b.taps++
	for _, kind := range []string{"keyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}, nil)
	}
}

// picture is the window as PNG.
func (b *browser) picture() []byte {
	b.t.Helper()
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	return png
}
