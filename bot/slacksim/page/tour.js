// Pruébalo: six steps of a minute. Each ticks itself off by what has really happened: a row
// in the sheet's log, a message on a phone, a tab that is looked at.

import { $, h, icon, spinner } from "./dom.js";
import { complain, isBot, now, toast, world } from "./shop.js";
import { forward } from "./weather.js";

const kept = JSON.parse(sessionStorage.getItem("tour") || "{}");

export class Tour {
  /** shop: phones, sheet, showPane(phone or "sheet"). */
  constructor(shop) {
    Object.assign(this, { shop, done: [], tag: "", holder: "", from: 0 }, kept);
    this.el = $(".tour");
    $(".icon", this.el).onclick = () => { this.off = true; this.changed(); };
  }

  /** The steps: what is to do, what a tap on it does, and how one sees that it is done. */
  get steps() {
    const { phones, sheet, showPane } = this.shop, name = (p) => world.people.find((u) => u.id === p.user)?.name || "";
    const holder = phones.find((p) => name(p) === this.holder) || phones[0], other = phones.find((p) => p !== holder) || holder, first = (p) => name(p).split(" ")[0];
    const dm = (p) => [...p.chats.values()].find((c) => c.kind === "dm");
    const says = (chat, ...words) => chat?.messages.some((m) => Number(m.ts) > this.since && isBot(m.user) && (m.ephemeral || chat.kind === "dm") // to this person, unlike the board
      && words.every((w) => JSON.stringify([m.text, m.blocks]).includes(w)));
    const put = (p, text) => {
      showPane(phones.indexOf(p));
      if (p.layers.stack.length) toast("Cierra primero la ventana que está abierta en ese teléfono.", "good"); else p.fill(text);
    };
    const wanted = this.tag || sheet.free(1)[0] || "";
    return [
      { text: `${first(phones[0])} toma un spool`, command: `/tomar ${wanted}`, go: () => put(phones[0], `/tomar ${wanted}`), seen: () => this.logged("TOMAR") },
      { text: `${first(other)} quiere el mismo`, command: `/tomar ${wanted}`, go: () => put(other, `/tomar ${wanted}`),
        seen: () => this.tag && phones.some((p) => name(p) !== this.holder && [...p.chats.values()].some((c) => says(c, this.tag, this.holder))) },
      { text: "Adelanta el reloj 45 min", waits: "Ya viene el aviso…", go: () => forward(45), seen: () => this.tag && says(dm(holder), this.tag, '"button"') },
      { text: `Toca +1 h en el aviso`, go: () => { showPane(phones.indexOf(holder)); holder.show(dm(holder).id); }, seen: () => this.logged("EXTENDER") },
      { text: "Toca Completar", go: () => { showPane(phones.indexOf(holder)); holder.show(dm(holder).id); }, seen: () => this.logged("COMPLETAR") },
      { text: "Mira el registro de todo", go: () => { showPane("sheet"); sheet.show("Metadata"); }, seen: () => this.done[4] && sheet.at === "Metadata" && sheet.el.offsetParent },
    ];
  }

  /** logged tells whether the sheet's log has such a change since the tour began; a take sets what the tour is about. */
  logged(action) {
    const { sheet } = this.shop, rows = sheet.tabs.get("Metadata").rows, [act, tag, name] = ["Accion", "TAG_SPOOL", "Worker_Nombre"].map((k) => sheet.column("Metadata", k));
    const row = rows.slice(Math.max(1, this.from)).findLast((r) => r[act] === action && (action === "TOMAR" || r[tag] === this.tag));
    if (row && action === "TOMAR") Object.assign(this, { tag: String(row[tag]), holder: String(row[name]) });
    return !!row;
  }

  /** look ticks off what has happened; it is called after everything that can. */
  look() {
    const { sheet, phones } = this.shop, log = sheet?.tabs.get("Metadata");
    if (!log?.loaded || !sheet.tabs.get("Operaciones").loaded || !phones.length) return;
    if (!this.from) Object.assign(this, { from: log.rows.length, since: now() });
    this.steps.forEach((s, i) => { if (!this.done[i] && s.seen()) { this.done[i] = true; this.busy = false; } });
    this.changed();
  }

  again() {
    Object.assign(this, { done: [], tag: "", holder: "", from: 0 });
    this.look();
  }

  changed() {
    const { done, tag, holder, from, since, off } = this, steps = this.steps, at = steps.findIndex((_, i) => !done[i]);
    this.el.hidden = !!off;
    const print = JSON.stringify([done, steps.map((s) => [s.text, s.command]), off, this.busy]);
    if (print === this.print) return;
    this.print = print;
    sessionStorage.setItem("tour", JSON.stringify({ done, tag, holder, from, since, off }));
    $(".left", this.el).textContent = at < 0 ? "" : `${at + 1} de ${steps.length}`;
    $("ol", this.el).replaceChildren(...steps.map((s, i) => h("li", { class: done[i] ? "done" : "", "aria-current": i === at ? "step" : null },
      h("button", { type: "button", "aria-label": `Paso ${i + 1}: ${s.text}${done[i] ? ", hecho" : ""}`, disabled: done[i], onclick: () => this.go(s) },
        h("b", { "aria-hidden": "true" }, done[i] ? icon("check") : i === at && this.busy ? spinner() : String(i + 1)),
        i === at && h("span", {}, (this.busy && s.waits) || s.text), i === at && s.command && h("code", {}, s.command)))));
    $(".end", this.el).replaceChildren(...(at < 0 ? [h("span", {}, "¡Listo! Ahora prueba /lote o rompe algo en Clima."), h("button", { type: "button", class: "btn", onclick: () => this.again() }, "Otra vez")] : []));
  }

  async go(step) {
    if (step.waits) { this.busy = true; this.changed(); }
    try { await step.go(); } catch (err) { this.busy = false; complain(err); }
    this.look();
  }
}
