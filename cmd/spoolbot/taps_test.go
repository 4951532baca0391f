//go:build browser

package main

import (
	"fmt"
	"testing"
	"time"
)

// TestTaps counts what each deed costs a person with a phone in the hand: taps, and
// characters typed, which are taps as well; and the seconds until the phone says that
// it is done. The sheet of the demo takes a quarter of a second.
func TestTaps(t *testing.T) {
	b := startBrowser(t)
	b.visit(360, 740, 1)
	count := func(deed string, most int, do func()) {
		t.Helper()
		b.taps = 0
		began := time.Now()
		do()
		fmt.Printf("taps %-12s %2d of at most %2d, %4.1f s\n", deed, b.taps, most, time.Since(began).Seconds())
		if b.taps > most {
			t.Errorf("%s takes %d taps, at most %d are wanted", deed, b.taps, most)
		}
	}
	const home = mauricio + `.querySelector(".home")`
	held := func() (n int) {
		b.eval(`[...`+home+`.querySelectorAll("button")].filter(b => b.innerText === "Pausar").length`, &n)
		return n
	}
	holds := func(n int) {
		t.Helper()
		b.wait(fmt.Sprintf(`[...%s.querySelectorAll("button")].filter(b => b.innerText === "Pausar").length === %d`, home, n))
	}
	b.goes(mauricio, "Inicio")
	b.wait(button(home, "Tomar"))
	had := held()
	b.goes(mauricio, "taller")
	count("take", 2, func() {
		b.goes(mauricio, "Inicio")
		b.click(button(home, "Tomar"))
		holds(had + 1)
	})
	count("extend", 1, func() {
		var before string
		b.eval(home+`.innerText`, &before)
		b.click(button(home, "+1 h"))
		b.wait(home + `.innerText !== ` + quote(before))
	})
	count("pause", 1, func() {
		b.click(button(home, "Pausar"))
		holds(had)
	})
	count("complete", 2, func() {
		b.confirms(button(home, "Completar"))
		holds(had - 1)
	})
	count("batch of 10", 14, func() {
		b.click(button(home, "Buscar spools"))
		b.choosesTen(mauricio)
		b.click(modal + `.querySelector("footer [type=submit]")`)
		b.wait(modal + `.innerText.includes("Tomaste los 10")`)
	})
	b.calm()
}
