//go:build browser

package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/slack-go/slack"
)

// TestWalk walks the page as a visitor does, on a small phone and on a desktop, and looks
// at it after every step.
func TestWalk(t *testing.T) {
	for _, size := range [][2]int{{360, 740}, {1280, 800}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			b := startBrowser(t)
			b.visit(size[0], size[1], 1)
			b.looks("01-empty")
			b.walkHistory(b.walkTour())
			b.walkHome()
			b.walkBatch()
			b.walkBlocks()
			b.walkExpiry()
			b.walkUndo()
			b.walkHold()
			b.walkLinking()
			b.walkDay()
			b.walkWeather()
			b.walkTheme()
			b.calm()
		})
	}
}

// walkTour follows the page's six steps, each until it ticks itself off, and returns the
// TAG that it was about.
func (b *browser) walkTour() string {
	b.t.Helper()
	done := func(n int) {
		b.t.Helper()
		b.wait(fmt.Sprintf(`document.querySelectorAll(".tour li.done").length >= %d`, n))
	}
	b.click(step)
	b.looks("02-tour-typed")
	b.enter()
	done(1)
	var tag string
	b.eval(`document.querySelector(".tour li[aria-current] code").innerText.split(" ")[1]`, &tag)
	b.sees(mauricio, tag, "es tuyo")
	b.looks("03-tour-taken")
	b.click(step)
	b.enter()
	done(2)
	b.sees(rodrigo, "Mauricio", "Pedírselo")
	b.looks("04-tour-refused")
	b.click(step)
	b.looks("05-tour-waits")
	done(3)
	b.click(step)
	b.sees(mauricio, tag, "vence a las")
	b.looks("06-tour-warned")
	b.click(of(mauricio, tag, "+1 h"))
	done(4)
	b.looks("07-tour-extended")
	b.click(step)
	b.confirms(of(mauricio, tag, "Completar"))
	done(5)
	b.wait(`!document.querySelector(".busy")`)
	b.looks("08-tour-completed")
	b.click(step)
	b.wait(`document.querySelector(".tour .end").innerText.includes("Listo")`)
	b.wait(`document.querySelector(".grid").innerText.includes("COMPLETAR")`)
	b.looks("09-tour-ends")
	return tag
}

// walkHistory asks what has happened to a spool, and has it as a file.
func (b *browser) walkHistory(tag string) {
	b.t.Helper()
	b.holds(mauricio)
	b.goes(mauricio, "taller")
	b.sends(mauricio, "/historia "+tag)
	b.wait(button(mauricio, "CSV"))
	b.looks("09a-history")
	b.click(button(mauricio, "CSV"))
	b.goes(mauricio, "directo")
	b.wait(mauricio + `.querySelector(".files a[download]")`)
	b.looks("09b-file")
}

// walkHome takes and pauses a spool on App Home.
func (b *browser) walkHome() {
	b.t.Helper()
	b.holds(rodrigo)
	b.goes(rodrigo, "Inicio")
	b.wait(button(rodrigo, "Tomar"))
	b.looks("10-home")
	b.click(button(rodrigo, "Tomar"))
	b.wait(button(rodrigo, "Pausar"))
	b.looks("11-home-holds")
	b.click(button(rodrigo, "Pausar"))
	b.wait(`!` + rodrigo + `.querySelector(".home").innerText.includes("Pausar")`)
	b.goes(rodrigo, "taller")
}

// walkBatch takes ten spools with the modal.
func (b *browser) walkBatch() {
	b.t.Helper()
	b.holds(rodrigo)
	b.sends(rodrigo, "/lote")
	b.wait(modal)
	b.looks("12-batch")
	b.choosesTen(rodrigo)
	b.looks("14-batch-chosen")
	b.click(modal + `.querySelector("footer [type=submit]")`)
	b.wait(modal + `.innerText.includes("Tomaste los 10")`)
	b.looks("15-batch-taken")
	b.click(modal + `.querySelector("footer .btn")`)
	b.wait(`!` + modal)
	b.sends(rodrigo, "/mis-spools")
	b.sees(rodrigo, "Tienes 1")
	b.looks("16-mine")
}

// choosesTen chooses the first ten spools of the batch modal.
func (b *browser) choosesTen(phone string) {
	b.t.Helper()
	b.click(modal + `.querySelector(".pick button")`)
	for range 10 {
		b.click(phone + `.querySelector('.picker .option:not([aria-selected="true"])')`)
	}
	b.click(phone + `.querySelector(".picker > .btn.wide")`)
}

// everyBlock is a message with everything that the bot's may be made of.
//
//go:embed testdata/every-block.json
var everyBlock []byte

// walkBlocks touches all kinds of blocks and controls, also those that no other step meets.
func (b *browser) walkBlocks() {
	b.t.Helper()
	var blocks slack.Blocks
	if err := json.Unmarshal(everyBlock, &blocks); err != nil {
		b.t.Fatal(err)
	}
	api := slack.New(b.demo.BotToken, slack.OptionAPIURL(b.demo.SlackAPI))
	channel, ts, err := api.PostMessageContext(b.ctx, b.demo.Channels["taller"], slack.MsgOptionText("todo", false), slack.MsgOptionBlocks(blocks.BlockSet...))
	if err != nil {
		b.t.Fatal(err)
	}
	b.sees(rodrigo, "Todo lo que un mensaje puede tener")
	last := rodrigo + `.querySelector(".msg:last-of-type")`
	b.wait(`!` + last + `.querySelector(".unknown")`)
	b.looks("14a-blocks-foot")
	b.eval(last+`.scrollIntoView({ block: "start" })`, nil)
	b.looks("14b-blocks-head")
	b.click(button(last, "Peligro"))
	b.wait(rodrigo + `.querySelector(".ask").innerText.includes("no se deshace")`)
	b.looks("14c-blocks-confirm")
	b.click(button(rodrigo+`.querySelector(".ask")`, "No"))
	for n, field := range []string{"ARM", "Rodrigo Sepúlveda"} {
		b.click(part(last, field))
		b.wait(rodrigo + `.querySelectorAll(".picker .option").length > 1`)
		b.looks(fmt.Sprintf("14d-blocks-select-%d", n))
		b.click(rodrigo + `.querySelector('.picker [aria-label="Cerrar"]')`)
		b.wait(`!` + rodrigo + `.querySelector(".picker")`)
	}
	b.click(last + `.querySelector('[aria-label^="Más acciones con el mensaje"]')`)
	b.wait(`[...` + rodrigo + `.querySelectorAll(".picker .option")].some(o => o.innerText.includes("Tomar de este mensaje"))`)
	b.looks("14e-message-menu")
	b.click(rodrigo + `.querySelector('.picker [aria-label="Cerrar"]')`)
	b.wait(`!` + rodrigo + `.querySelector(".picker")`)
	link, err := api.GetPermalinkContext(b.ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, _, _, err := api.UpdateMessageContext(b.ctx, channel, ts, slack.MsgOptionText("<"+link+"|Este mismo mensaje>", false), slack.MsgOptionBlocks()); err != nil {
		b.t.Fatal(err)
	}
	b.sees(rodrigo, "Este mismo mensaje", "(editado)")
	b.click(last + `.querySelector(".mrk a")`)
	b.wait(last + `.classList.contains("turned")`)
}

// walkExpiry lets the ten expire, and takes one back.
func (b *browser) walkExpiry() {
	b.t.Helper()
	b.goes(rodrigo, "directo")
	b.click(`document.querySelector('.clock button[data-minutes="60"]')`)
	b.sees(rodrigo, "venci", "Sigo con este spool")
	b.looks("17-expired")
	b.holds(claudia)
	b.goes(claudia, "supervisores")
	b.sees(claudia, "Rodrigo Sepúlveda") // on the board
	b.looks("18-supervisors")
	b.goes(claudia, "Inicio")
	b.wait(claudia + `.querySelector(".home .blocks")`)
	b.looks("18-supervisors-home")
	b.goes(claudia, "supervisores")
	b.holds(rodrigo)
	b.click(part(rodrigo, "Sigo con este spool"))
	b.sees(rodrigo, "es tuyo")
}

// walkLinking lets somebody whom the bot does not know choose his name, and the
// supervisor approve it.
func (b *browser) walkLinking() {
	b.t.Helper()
	b.eval(`(() => {
		const who = `+rodrigo+`.querySelector(".who select");
		who.value = "U0NICOLASV";
		who.dispatchEvent(new Event("change"));
	})()`, nil)
	b.wait(rodrigo + `.querySelector(".who strong").innerText === "Nicolás Vera" && ` + rodrigo + `.querySelector(".composer textarea").offsetParent`)
	b.sends(rodrigo, "/mis-spools")
	b.click(button(rodrigo, "Elegir mi nombre"))
	b.click(modal + `.querySelector(".pick button")`)
	b.wait(rodrigo + `.querySelectorAll(".picker .option").length > 0`)
	b.looks("18a-link-picker")
	b.typeText("Vera")
	b.click(`[...` + rodrigo + `.querySelectorAll(".picker .option")].find(o => o.innerText.includes("Nicolás Vera"))`)
	b.click(modal + `.querySelector("footer [type=submit]")`)
	b.wait(`!` + modal)
	b.holds(claudia)
	b.click(button(claudia, "Aprobar"))
	b.sees(claudia, "Nicolás Vera")
	b.looks("18b-link-approved")
	b.holds(rodrigo)
	b.goes(rodrigo, "directo")
	b.sees(rodrigo, "ya sé quién eres")
	b.looks("18c-link-welcome")
}

// walkWeather breaks each part of the shop and mends it.
func (b *browser) walkWeather() {
	b.t.Helper()
	sky := func(name string, bad bool) {
		b.t.Helper()
		b.click(`document.querySelector(".sky")`)
		b.click(`document.querySelector('#weather [name="` + name + `"]').closest("label")`)
		b.wait(fmt.Sprintf(`document.querySelector(".sky").classList.contains("bad") === %t && !document.querySelector("#weather :disabled")`, bad))
		if bad {
			b.looks("19-" + name)
		}
		b.click(`document.querySelector(".sky")`)
		b.wait(`!document.querySelector("#weather:popover-open")`)
	}
	b.holds(mauricio)
	b.goes(mauricio, "taller")
	count := mauricio + `.querySelectorAll(".msg").length`
	ask := func(line string) {
		b.t.Helper()
		var before int
		b.eval(count, &before)
		b.sends(mauricio, line)
		b.wait(fmt.Sprintf(`%s > %d && !%s.querySelector(".echo.sending")`, count, before, mauricio))
	}
	sky("slow_sheet", true)
	var free string
	b.eval(`fetch("/page.json").then(r => r.json()).then(p => p.tour.at(-1))`, &free)
	ask("/tomar " + free)
	b.sees(mauricio, free+" · tomado, es tuyo")
	b.looks("20-slow-sheet")
	sky("slow_sheet", false)
	sky("redis_off", true)
	ask("/mis-spools")
	b.sees(mauricio, "No puedo atender en este momento")
	b.looks("21-redis-off")
	sky("redis_off", false)
	ask("/mis-spools")
	sky("bot_off", true)
	ask("/mis-spools")
	b.sees(mauricio, "falló")
	b.looks("22-bot-off")
	sky("bot_off", false)
	ask("/mis-spools")
	b.looks("23-mended")
}

// walkTheme turns the page dark by hand, and looks at every view in the gallery.
func (b *browser) walkTheme() {
	b.t.Helper()
	b.click(`document.querySelector(".theme")`)
	b.wait(`document.documentElement.dataset.theme === "dark"`)
	b.click(`document.querySelector(".theme")`)
	b.eval(`localStorage.removeItem("theme")`, nil)
	b.open(b.demo.Page+"gallery", b.width, b.height, 1)
	b.wait(`document.querySelectorAll(".card").length > 50`)
	b.looks("24-gallery")
}
