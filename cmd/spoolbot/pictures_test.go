//go:build browser

package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestPictures takes the README's pictures.
func TestPictures(t *testing.T) {
	b := startBrowser(t)
	b.visit(1280, 800, 0.7)
	f := &film{b: b}
	f.shoot(12)
	b.filmTour(f)
	b.store("tour.gif", f.gif())

	b.visit(1280, 800, 1.5)
	b.click(step)
	b.enter()
	b.wait(of(mauricio, "MK-", "Pausar"))
	b.click(step)
	b.enter()
	b.sees(rodrigo, "Mauricio", "Pedírselo")
	b.sends(rodrigo, "/lote")
	b.choosesTen(rodrigo)
	b.click(modal + `.querySelector("footer [type=submit]")`)
	b.wait(modal + `.innerText.includes("Tomaste los 10")`)
	b.keep("batch.png")

	b.visit(360, 740, 2)
	b.sends(mauricio, "/tomar")
	b.click(part(mauricio, "necesita ARM"))
	b.wait(button(mauricio, "Completar"))
	b.goes(mauricio, "Inicio")
	b.wait(button(mauricio, "Completar"))
	b.keep("home.png")
	b.goes(mauricio, "directo")
	b.sends(mauricio, "/mis-spools")
	b.sees(mauricio, "Tienes")
	b.keep("phone.png")
	for range 5 {
		b.click(`document.querySelector('.clock button[data-minutes="10"]')`)
	}
	b.sees(mauricio, "vence a las", "+1 h a todos")
	b.keep("warning.png")
	b.calm()
}

// filmTour follows the page's tour for the animated picture.
func (b *browser) filmTour(f *film) {
	b.t.Helper()
	b.click(step)
	f.shoot(12)
	b.enter()
	b.wait(button(mauricio, "Pausar"))
	b.wait(`document.querySelector(".grid .lit")`)
	f.shoot(25)
	b.click(step)
	b.enter()
	b.sees(rodrigo, "Mauricio", "Pedírselo")
	f.shoot(25)
	b.click(step)
	b.wait(`document.querySelectorAll(".tour li.done").length === 3`)
	b.click(step)
	b.sees(mauricio, "vence a las")
	f.shoot(25)
	var tag string
	b.eval(`JSON.parse(sessionStorage.tour).tag`, &tag)
	b.click(of(mauricio, tag, "+1 h"))
	b.wait(`document.querySelectorAll(".tour li.done").length === 4`)
	f.shoot(20)
	b.click(step)
	b.confirms(of(mauricio, tag, "Completar"))
	b.wait(`document.querySelectorAll(".tour li.done").length === 5`)
	f.shoot(25)
	b.click(step)
	b.wait(`document.querySelector(".tour .end").innerText.includes("Listo")`)
	f.shoot(30)
}

// keep takes a picture for the README, of a page that has come to rest.
func (b *browser) keep(name string) {
	b.t.Helper()
	b.wait(`!document.querySelector(".toast, .busy, .echo.sending")`)
	b.store(name, b.picture())
}

func (b *browser) store(name string, data []byte) {
	b.t.Helper()
	dir := filepath.Join("..", "..", ".github", "pictures")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name), data, 0o644)); err != nil {
		b.t.Fatal(err)
	}
}
