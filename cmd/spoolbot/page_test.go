//go:build browser

package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// startDemo runs the subcommand itself, on any free port, until the test ends.
func startDemo(t *testing.T) announced {
	t.Helper()
	t.Setenv(asChild, "1") // the demo's bot is this very file
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := demo(ctx, invocation{args: []string{"--json", "--listen", "127.0.0.1:0"}, getenv: os.LookupEnv, stdout: stdout, stderr: os.Stderr})
		stdout.CloseWithError(errors.Join(io.EOF, err))
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("demo: %v", err)
		}
	})
	var first announced
	if err := json.NewDecoder(out).Decode(&first); err != nil {
		t.Fatalf("demo --json: %v", err)
	}
	return first
}

// visit opens a fresh demo and waits for its phones and its sheet.
func (b *browser) visit(width, height int, scale float64) {
	b.t.Helper()
	b.demo = startDemo(b.t)
	b.open(b.demo.Page, width, height, scale)
	b.wait(`document.querySelectorAll(".phone").length === 3 && document.querySelectorAll(".tour li[aria-current]").length === 1`)
}

// The parts of the page, as JavaScript expressions. The phones are Mauricio's and
// Rodrigo's, who both do ARM, and Claudia's, who is a supervisor.
const (
	mauricio = `document.querySelectorAll(".phone")[0]`
	rodrigo  = `document.querySelectorAll(".phone")[1]`
	claudia  = `document.querySelectorAll(".phone")[2]`
	modal    = `document.querySelector(".modal")`
	step     = `document.querySelector(".tour li[aria-current] button")`
)

// all is what all messages of a phone say.
func all(phone string) string {
	return `[...` + phone + `.querySelectorAll(".msg")].map(m => m.innerText).join("\n")`
}

// button is the newest button with that label; part has it somewhere in its label.
func button(in, label string) string {
	return `[...` + in + `.querySelectorAll("button")].findLast(b => b.innerText.trim() === ` + quote(label) + `)`
}

func part(in, label string) string {
	return `[...` + in + `.querySelectorAll("button")].findLast(b => b.innerText.includes(` + quote(label) + `))`
}

// of is the newest button with that label that stands under or beside a TAG.
func of(phone, tag, label string) string {
	return `(() => {
		let found = null;
		for (const m of ` + phone + `.querySelectorAll(".msg, .home .blocks")) {
			let here = false;
			for (const b of m.querySelectorAll(".b")) {
				if (/[A-Z]{2,4}-[A-Z0-9-]*\d/.test(b.innerText)) here = b.innerText.includes(` + quote(tag) + `);
				if (here) found = [...b.querySelectorAll("button")].find(x => x.innerText.trim() === ` + quote(label) + `) || found;
			}
		}
		return found;
	})()`
}

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

func (b *browser) small() bool { return b.width < 600 }

// holds takes a phone into the hand: a small screen shows one at a time.
func (b *browser) holds(phone string) {
	b.t.Helper()
	if b.small() {
		b.click(fmt.Sprintf(`document.querySelectorAll(".bottom button")[[...document.querySelectorAll(".phone")].indexOf(%s)]`, phone))
	}
}

// goes opens a conversation, or "Inicio".
func (b *browser) goes(phone, chat string) {
	b.t.Helper()
	b.click(`[...` + phone + `.querySelectorAll(".chats button")].find(c => c.getAttribute("aria-label").includes(` + quote(chat) + `))`)
}

// sends types into a phone and sends.
func (b *browser) sends(phone, text string) {
	b.t.Helper()
	b.click(phone + `.querySelector(".composer textarea")`)
	b.eval(phone+`.querySelector(".composer textarea").select()`, nil)
	b.typeText(text)
	b.enter()
}

// sees waits until the newest message of a phone, or an older one, has the words.
func (b *browser) sees(phone string, words ...string) {
	b.t.Helper()
	for _, w := range words {
		b.wait(all(phone) + `.includes(` + quote(w) + `)`)
	}
	b.wait(`!` + phone + `.querySelector(".echo.sending, .busy")`)
}

// confirms says yes if a button asks back.
func (b *browser) confirms(button string) {
	b.t.Helper()
	b.click(button)
	var asked bool
	if b.eval(`!!document.querySelector(".ask")`, &asked); asked {
		b.click(`document.querySelector(".ask .row .btn:last-child")`)
	}
}

// lookScript finds what a stranger would hold against the page.
//
//go:embed testdata/look.js
var lookScript string

// settle lets the next frame come and whatever moves or fades arrive where it goes.
const settle = `new Promise(requestAnimationFrame).then(() => {
	for (const a of document.getAnimations()) if (a.effect.getComputedTiming().endTime < Infinity) a.finish();
	return new Promise(requestAnimationFrame);
}).then(() => true)`

// looks fails on what lookScript finds, in a light and in a dark room, and keeps a
// picture of it.
func (b *browser) looks(at string) {
	b.t.Helper()
	for _, scheme := range []string{"dark", "light"} {
		b.scheme(scheme)
		b.wait(`document.documentElement.dataset.theme === ` + quote(scheme))
		for _, f := range b.faults() {
			b.t.Errorf("%dx%d, %s, %s: %s", b.width, b.height, scheme, at, f)
		}
		if dir := os.Getenv("SPOOLBOT_LOOKS"); dir != "" {
			name := fmt.Sprintf("%d-%s-%s.png", b.width, at, scheme)
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name), b.picture(), 0o644)); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

// faults are what lookScript finds and still finds twice after a while: what a change
// of colours leaves behind for some frames nobody sees.
func (b *browser) faults() (faults []string) {
	b.t.Helper()
	b.eval(settle, nil)
	b.eval(lookScript, &faults)
	for range 2 {
		if len(faults) == 0 {
			return nil
		}
		var again []string
		b.eval(`new Promise((later) => setTimeout(later, 300)).then(() => true)`, nil)
		b.eval(settle, nil)
		b.eval(lookScript, &again)
		faults = slices.DeleteFunc(faults, func(f string) bool { return !slices.Contains(again, f) })
	}
	return faults
}

// calm fails on what the page has complained about.
func (b *browser) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the page complains: %s", c)
	}
	b.complaints = nil
}
