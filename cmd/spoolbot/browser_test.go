//go:build browser

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	// Chromium is led by the library that others lead it with; tests behind the build
	// tag alone use it.
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser is a headless Chromium with one tab. Its mouse and keys are real ones: what
// is covered cannot be clicked.
type browser struct {
	t   *testing.T
	ctx context.Context // the tab's

	demo          announced // what it visits
	width, height int
	taps          int // so far, a typed character being one

	mu         sync.Mutex
	complaints []string // console errors, exceptions, failed loads
}

// startBrowser starts a browser that ends with the test.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("headless", "new"), chromedp.Flag("lang", "es-CL"), chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
	)
	life, end := context.WithTimeout(context.WithoutCancel(t.Context()), 15*time.Minute)
	process, kill := chromedp.NewExecAllocator(life, options...)
	ctx, _ := chromedp.NewContext(process, chromedp.WithErrorf(func(string, ...any) {})) // of events that it does not know
	b := &browser{t: t, ctx: ctx}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // closes the browser, and waits for it
		kill()
		end()
	})
	chromedp.ListenTarget(ctx, b.notes)
	b.do(log.Enable())
	return b
}

// notes keeps what the page complains about.
func (b *browser) notes(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			text, _ := json.Marshal(e.Args) // remote objects always marshal
			b.complaints = append(b.complaints, string(text))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError {
			b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// do lets the browser do things in order.
func (b *browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// open loads a page in a window of that many CSS pixels.
func (b *browser) open(url string, width, height int, scale float64) {
	b.t.Helper()
	b.width, b.height = width, height
	b.scheme("light")
	b.do(emulation.SetDeviceMetricsOverride(int64(width), int64(height), scale, width < 600), chromedp.Navigate(url))
}

// scheme makes the system of the browser's owner light or dark.
func (b *browser) scheme(name string) {
	b.t.Helper()
	b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

// eval is the value of a JavaScript expression, waited for if it is a promise.
func (b *browser) eval(expression string, into any) {
	b.t.Helper()
	var value []byte
	err := chromedp.Run(b.ctx, chromedp.Evaluate(expression, &value, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true).WithReturnByValue(true)
	}))
	if err != nil && !errors.Is(err, chromedp.ErrJSUndefined) {
		shot := filepath.Join(b.t.ArtifactDir(), "failed.png")
		_ = os.WriteFile(shot, b.picture(), 0o644) // best effort: the failure itself is told anyway
		b.t.Fatalf("%v\nin %s\nSee %s (kept with -artifacts)", err, expression, shot)
	}
	if into != nil {
		if err := json.Unmarshal(value, into); err != nil {
			b.t.Fatalf("%v: %s is %s", err, expression, value)
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
	b.do(chromedp.MouseClickXY(at.X, at.Y))
}

// typeText types into what has the focus.
func (b *browser) typeText(s string) {
	b.t.Helper()
	b.taps += utf8.RuneCountInString(s)
	b.do(input.InsertText(s))
}

// enter presses the Enter key.
func (b *browser) enter() {
	b.t.Helper()
	b.taps++
	b.do(chromedp.KeyEvent(kb.Enter))
	var broke bool
	if b.eval(`document.activeElement?.value === "\n"`, &broke); broke {
		b.t.Error("the key that sends a message leaves a line break behind")
	}
}

// picture is the window as PNG.
func (b *browser) picture() []byte {
	b.t.Helper()
	var png []byte
	b.do(chromedp.CaptureScreenshot(&png))
	return png
}
