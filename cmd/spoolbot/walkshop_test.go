//go:build browser

package main

import "fmt"

// freeNow are free TAGs of the demo's tour, the last of which no other step uses.
func (b *browser) freeNow() []string {
	b.t.Helper()
	var tags []string
	b.eval(`fetch("/page.json").then(r => r.json()).then(p => p.tour)`, &tags)
	return tags
}

// lastOf is the newest message of a phone: of what App Home has, too, its buttons are
// meant.
func lastOf(phone string) string { return phone + `.querySelector(".msg:last-of-type")` }

// walkUndo takes one spool and then three by mistake, and takes both back.
func (b *browser) walkUndo() {
	b.t.Helper()
	tags, last := b.freeNow(), lastOf(rodrigo)
	b.holds(rodrigo)
	b.goes(rodrigo, "directo")
	b.sends(rodrigo, "/tomar "+tags[1])
	b.sees(rodrigo, tags[1], "es tuyo")
	b.looks("15a-undo-offered")
	b.click(button(last, "Deshacer"))
	b.sees(rodrigo, "ya no lo tienes")
	b.looks("15b-undone")
	b.sends(rodrigo, fmt.Sprintf("/tomar %s %s %s", tags[1], tags[2], tags[3]))
	b.sees(rodrigo, "Tomaste los 3")
	b.looks("15c-batch-undo-offered")
	b.click(button(last, "Deshacer los 3"))
	b.sees(rodrigo, "Deshiciste los 3")
	b.looks("15d-batch-undone")
	b.goes(rodrigo, "Inicio")
	home := rodrigo + `.querySelector(".home")`
	b.click(`[...` + home + `.querySelectorAll("button")].find(b => b.innerText === "Tomar")`)
	b.wait(button(home, "Deshacer"))
	b.eval(button(home, "Deshacer")+`.scrollIntoView({ block: "center" })`, nil)
	b.looks("15e-home-undo-offered")
	b.click(button(home, "Deshacer"))
	b.wait(home + `.innerText.includes("ya no lo tienes")`)
	b.looks("15f-home-undone")
	b.goes(rodrigo, "taller")
}

// walkHold pauses a spool, says why, and stops it; nobody may take it until the
// supervisor lifts that.
func (b *browser) walkHold() {
	b.t.Helper()
	tag, last := b.freeNow()[2], lastOf(rodrigo)
	b.holds(rodrigo)
	b.goes(rodrigo, "directo")
	b.sends(rodrigo, "/tomar "+tag)
	b.sees(rodrigo, tag, "es tuyo")
	b.click(button(last, "Pausar"))
	b.wait(last + `.innerText.includes("pausado, quedó libre")`)
	b.looks("16a-paused")
	b.click(button(last, "Falta material"))
	b.sees(rodrigo, "motivo anotado")
	b.looks("16c-pause-explained")
	b.click(button(last, "Retener"))
	b.sees(rodrigo, "retenido")
	b.looks("16d-retained")
	b.holds(mauricio)
	b.goes(mauricio, "taller")
	b.sends(mauricio, "/tomar "+tag)
	b.sees(mauricio, "está retenido")
	b.looks("16e-retained-refused")
	b.goes(mauricio, "directo")
	b.holds(claudia)
	b.goes(claudia, "supervisores")
	b.sees(claudia, "retenido por Rodrigo Sepúlveda")
	b.looks("16f-retained-supervisors")
	b.click(of(claudia, tag, "Ver estado"))
	b.wait(button(claudia, "Levantar retención"))
	b.looks("16g-lift-offered")
	b.click(button(claudia, "Levantar retención"))
	b.sees(claudia, "sin retención, está libre")
	b.looks("16h-lifted")
	b.sends(claudia, "/retener "+tag)
	b.sees(claudia, "¿por qué se retiene?")
	b.looks("16i-why-retain")
	b.click(button(claudia, "Otro motivo"))
	b.wait(modal)
	b.looks("16j-retain-form")
	b.click(modal + `.querySelector("footer .btn")`)
	b.wait(`!` + modal)
	b.holds(rodrigo)
}

// walkDay lets a day go by: the digests come, and the board is posted anew.
func (b *browser) walkDay() {
	b.t.Helper()
	b.holds(claudia)
	b.goes(claudia, "supervisores")
	b.sees(claudia, "Pizarra del taller")
	b.eval(`fetch("/sim/clock", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"forward":"25h"}' }).then(r => r.ok)`, nil)
	b.sees(claudia, "La pizarra sigue más abajo", "Turno ")
	message := func(like string) string {
		return `[...` + claudia + `.querySelectorAll(".msg")].findLast(m => ` + like + `.test(m.innerText))`
	}
	for n, like := range []string{`/Turno \d/`, `/Desde .* 07:30/`, `/La pizarra sigue/`, `/Pizarra del taller/`} {
		b.wait(message(like))
		b.eval(message(like)+`.scrollIntoView({ block: "start" })`, nil)
		b.looks(fmt.Sprintf("18e-day-%d", n))
	}
}
