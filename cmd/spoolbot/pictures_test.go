//go:build pictures

package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestPictures walks the demo as a visitor does, in a browser on a desktop and
// on a small phone, checks what it sees and takes the README's pictures.
func TestPictures(t *testing.T) {
	page := startDemo(t)
	b := startBrowser(t)

	b.open(page, 1280, 800, 1.5)
	b.wait(`document.querySelectorAll(".phone").length >= 2 && document.querySelectorAll(".grid .row").length > 10`)
	b.takeAndRefuse()
	b.keep("take.png")
	b.pauseAndComplete()
	b.fits()
	b.takeThirty()
	b.keep("batch.png")
	b.click(button(modal, "Cerrar"))
	b.wait(`!` + modal)

	b.open(page, 360, 740, 2)
	b.wait(`document.querySelector(".phone.current")`)
	b.onAPhone()

	b.open(startDemo(t), 1280, 800, 1.5) // time is moved there
	b.wait(`document.querySelectorAll(".phone").length >= 2 && document.querySelectorAll(".grid .row").length > 10`)
	b.warnedAndExpired()

	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		t.Errorf("the page complains: %s", c)
	}
}

// startDemo runs the subcommand itself, on any free port, until the test ends.
func startDemo(t *testing.T) (page string) {
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
	var first struct{ Page string }
	if err := json.NewDecoder(out).Decode(&first); err != nil {
		t.Fatalf("demo --json: %v", err)
	}
	return first.Page
}

// The parts of the page, as JavaScript expressions.
const (
	left  = `document.querySelectorAll(".phone")[0]`
	right = `document.querySelectorAll(".phone")[1]`
	modal = `document.querySelector(".modal")`
)

// said is the text of the newest message of a phone.
func said(phone string) string { return phone + `.querySelector(".msg:last-of-type").innerText` }

// button is the newest button with that label.
func button(in, label string) string {
	return `[...` + in + `.querySelectorAll("button")].findLast(b => b.innerText.trim() === ` + quote(label) + `)`
}

// row is the row of a TAG in the live sheet, cell one of its cells.
func row(tag string) string {
	return `[...document.querySelectorAll(".grid .row[data-r]")].find(r => r.innerText.includes(` + quote(tag) + `))`
}

func cell(tag, header string) string {
	return row(tag) + `.querySelector('[data-key="` + header + `"]').innerText.trim()`
}

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// send types into a phone and sends.
func (b *browser) send(phone, text string) {
	b.t.Helper()
	b.click(phone + `.querySelector(".composer textarea")`)
	b.eval(phone+`.querySelector(".composer textarea").select()`, nil)
	b.typeText(text)
	b.enter()
}

// takeAndRefuse follows the first two hints of the page: one person takes a
// spool, the other one is told who has it.
func (b *browser) takeAndRefuse() {
	b.t.Helper()
	b.click(`document.querySelectorAll(".tour li button")[0]`)
	b.enter()
	b.wait(button(left, "Pausar"))
	tag := b.tag()
	b.wait(cell(tag, "ocupadopor") + ` !== ""`)
	b.click(`document.querySelectorAll(".tour li button")[1]`)
	b.enter()
	name := `document.querySelectorAll(".phone")[0].querySelector(".who strong").innerText.split(" ")[0]`
	b.wait(said(right) + `.includes(` + name + `) && /\d\d:\d\d/.test(` + said(right) + `)`)
	b.wait(`!` + right + `.querySelector(".echo.sending")`)
}

// warnedAndExpired lets time go by: the first person is warned, extends with one
// tap, loses the spools all the same, and takes one back from a bot that was killed
// and started again meanwhile.
func (b *browser) warnedAndExpired() {
	b.t.Helper()
	forward := func(by string) { b.click(`document.querySelector('.clock button[data-forward="` + by + `"]')`) }
	b.click(`[...` + left + `.querySelectorAll(".chats button")].find(c => c.innerText.includes("spoolbot"))`)
	b.send(left, "/tomar")
	b.click(`[...` + left + `.querySelectorAll("button")].findLast(b => b.innerText.includes("necesita ARM"))`)
	b.wait(button(left, "Completar"))
	for range 5 {
		forward("10m")
	}
	const all = `[...` + left + `.querySelectorAll(".msg")].map(m => m.innerText).join("\n")`
	b.wait(all + `.includes("vence a las")`)
	b.wait(button(left, "+1 h"))
	b.keep("warning.png")
	b.click(button(left, "+1 h"))
	b.wait(all + `.includes("xtendi")`)
	forward("1h")
	forward("1h")
	b.wait(all + `.includes("venció a las")`)
	b.wait(button(left, "Sigo con este spool"))
	b.click(`document.querySelector(".power")`)
	b.wait(`document.querySelector(".power").innerText.includes("Encender")`)
	b.fits()
	b.click(`document.querySelector(".power")`)
	b.wait(`document.querySelector(".power").innerText.includes("Apagar") && !document.querySelector(".power").disabled`)
	b.click(button(left, "Sigo con este spool"))
	b.wait(all + `.includes("tomado, es tuyo")`)
}

// tag is the TAG that the left phone's newest message is about.
func (b *browser) tag() string {
	b.t.Helper()
	var tag string
	b.eval(said(left)+`.match(/[A-Z]{2}-[A-Z0-9-]*\d/)[0]`, &tag)
	return tag
}

// pauseAndComplete clicks the buttons under the message.
func (b *browser) pauseAndComplete() {
	b.t.Helper()
	tag := b.tag()
	b.click(button(left, "Pausar"))
	b.wait(cell(tag, "ocupadopor") + ` === ""`)
	b.wait(button(left, "Seguir"))
	b.click(button(left, "Seguir"))
	b.wait(cell(tag, "ocupadopor") + ` !== ""`)
	b.click(button(left, "Completar"))
	b.click(`document.querySelector(".ask .btn.primary, .ask .btn.danger")`)
	b.wait(cell(tag, "fechaarmado") + ` !== ""`)
	b.wait(cell(tag, "ocupadopor") + ` === ""`)
	b.wait(`!` + left + `.querySelector(".busy")`)
}

// takeThirty takes thirty spools with the modal.
func (b *browser) takeThirty() {
	b.t.Helper()
	before := b.held()
	b.send(left, "/lote")
	b.click(modal + `.querySelector(".pick button")`)
	b.click(left + `.querySelector(".picker input")`)
	b.typeText("MK")
	b.wait(left + `.querySelectorAll(".picker .option").length >= 30`)
	for range 30 {
		b.click(left + `.querySelector('.picker .option:not([aria-selected="true"])')`)
	}
	b.click(left + `.querySelector(".picker > .btn.wide")`)
	b.click(modal + `.querySelector("footer [type=submit]")`)
	b.wait(modal + `.innerText.includes("Tomaste los 30")`)
	if n := b.held() - before; n != 30 {
		b.t.Errorf("the sheet says that %d were taken, want 30", n)
	}
	b.click(`document.querySelector(".sheet input[type=search]")`)
	b.typeText("en progreso")
	b.wait(`document.querySelectorAll('.grid [data-key="ocupadopor"].lit').length > 5`)
}

// held is how many spools the sheet says that the first person holds.
func (b *browser) held() (n int) {
	b.t.Helper()
	b.eval(`fetch("/sheets-sim/sim/sheets/Operaciones").then(r => r.json()).then(s => {
		const column = s.values[0].indexOf("Ocupado_Por");
		return s.values.slice(1).filter(r => r[column] === "MR(93)").length;
	})`, &n)
	return n
}

// onAPhone is the second person's turn, who types no TAG: the bot offers some.
// Then it looks at every pane of the small screen.
func (b *browser) onAPhone() {
	b.t.Helper()
	const current = `document.querySelector(".phone.current")`
	b.click(`document.querySelectorAll(".bottom button")[1]`)
	b.wait(current + `.querySelectorAll(".msg").length > 0`)
	b.send(current, "/tomar")
	b.click(`[...` + current + `.querySelectorAll("button")].findLast(b => b.innerText.includes("necesita ARM"))`)
	b.wait(button(current, "Completar"))
	b.fits()
	b.send(current, "/mis-spools")
	b.wait(current + `.querySelectorAll(".msg").length > 2 && ` + button(current, "Pausar"))
	b.keep("phone.png")
	b.click(`[...` + current + `.querySelectorAll(".chats button")].at(-1)`)
	b.wait(current + `.querySelector(".home .blocks")`)
	b.keep("home.png")
	b.click(`[...document.querySelectorAll(".bottom button")].at(-1)`)
	b.wait(`document.querySelector(".grid .row[data-r]").offsetParent`)
	b.fits()
}

// keep takes a picture for the README, of a page that needs no scrolling aside.
func (b *browser) keep(name string) {
	b.t.Helper()
	b.fits()
	dir := filepath.Join("..", "..", ".github", "pictures")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name), b.picture(), 0o644)); err != nil {
		b.t.Fatal(err)
	}
}

// fits fails when the page, or a phone's list, is wider than its window.
func (b *browser) fits() {
	b.t.Helper()
	var wide []string
	b.eval(`[document.documentElement, ...document.querySelectorAll(".messages, .home, .modal .body")]
		.filter(el => el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 0)
		.map(el => (el.className || el.tagName) + ": " + el.scrollWidth + " in " + el.clientWidth)`, &wide)
	for _, w := range wide {
		b.t.Errorf("needs scrolling aside: %s", w)
	}
}
