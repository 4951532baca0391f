// What lies over a phone's screen: modals, pickers and questions, each over the one below.

import { calm, h, icon, iconButton, spinner } from "./dom.js";
import { toast, trouble } from "./shop.js";
import { chips } from "./blocks.js";
import { label, words } from "./texts.js";

export class Layers {
  constructor(id, screen) {
    Object.assign(this, { id, screen, stack: [], modal: null });
    this.el = h("div", { class: "layers" });
  }

  raise(el, close, focus) {
    const layer = { el, close, back: document.activeElement };
    (this.stack.at(-1)?.el ?? this.screen).inert = true;
    this.stack.push(layer);
    this.el.append(el);
    el.addEventListener("keydown", (ev) => { if (ev.key === "Escape") { ev.stopPropagation(); close(); } });
    requestAnimationFrame(() => { if (this.visible()) (focus?.() || el.querySelector("input,textarea,select,.body button,button"))?.focus({ preventScroll: true }); });
    return layer;
  }
  visible() { return this.screen.offsetParent !== null && (this.el.parentNode.contains(document.activeElement) || document.activeElement === document.body); }
  drop(layer) {
    const i = this.stack.indexOf(layer);
    if (i < 0) return;
    const had = layer.el.contains(document.activeElement);
    for (const l of this.stack.splice(i)) { l.el.classList.add("out"); l.el.inert = true; setTimeout(() => l.el.remove(), calm.matches ? 0 : 200); }
    (this.stack.at(-1)?.el ?? this.screen).inert = false;
    if (layer === this.modal) this.modal = null;
    if (had && layer.back?.isConnected) layer.back.focus({ preventScroll: true });
  }

  ask({ title, body, yes, no, danger, go }) {
    const close = () => this.drop(layer);
    const layer = this.raise(h("div", { class: "veil", onclick: (ev) => ev.target === ev.currentTarget && close() },
      h("div", { class: "ask", role: "alertdialog", "aria-label": title }, h("h3", {}, title), body,
        h("div", { class: "row" }, h("button", { type: "button", class: "btn", onclick: close }, no || "Cancelar"),
          h("button", { type: "button", class: `btn ${danger ? "danger solid" : "primary"}`, onclick: () => { close(); go(); } }, yes || "Sí")))), close);
  }

  pick({ title, multi, chosen, max, min = 0, external, load, done, step, plainList }) {
    let list = [...chosen], options = [], at = -1, turn = 0, timer = 0;
    const close = () => { this.drop(layer); if (step) done(list); }; // each step has been taken already
    const field = h("input", { type: "search", class: "field", placeholder: min ? "Escribe para buscar…" : "Buscar…", "aria-label": `Buscar en ${title}`, role: "combobox",
      "aria-controls": `${this.id}-options`, "aria-expanded": "true", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      oninput: () => { clearTimeout(timer); timer = setTimeout(search, external ? 180 : 0); }, onkeydown: (ev) => {
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") { ev.preventDefault(); move(ev.key === "ArrowDown" ? 1 : -1); }
        else if (ev.key === "Enter") { ev.preventDefault(); if (options[at]) toggle(options[at].o); else if (multi) finish(); }
        else if (ev.key === "Backspace" && multi && !field.value && list.length) { list.pop(); drawChips(); mark(); }
      } });
    const box = h("div", { class: "options", id: `${this.id}-options`, "aria-label": title });
    const chosenBox = h("ul", { class: "chips" });
    const ready = h("button", { type: "button", class: "btn primary wide", onclick: () => finish() });
    const finish = () => { close(); if (!step) done(list); };
    const has = (o) => list.some((x) => x.value === o.value);
    const toggle = (o) => {
      if (!multi) { list = [o]; finish(); return; }
      if (has(o)) list = list.filter((x) => x.value !== o.value);
      else if (max && list.length >= max) { toast(`Puedes elegir hasta ${max}.`); return; }
      else list.push(o);
      step?.(list.slice());
      drawChips();
      mark();
    };
    const move = (by) => { at = options.length ? (at + by + options.length) % options.length : -1; mark(); options[at]?.el.scrollIntoView({ block: "nearest" }); };
    const mark = () => {
      options.forEach(({ el, o }, i) => { el.setAttribute("aria-selected", String(has(o))); el.classList.toggle("at", i === at); });
      field.setAttribute("aria-activedescendant", options[at]?.el.id || "");
      box.setAttribute("role", options.length ? "listbox" : "status"); // a list without options is none
      if (multi && options.length) box.setAttribute("aria-multiselectable", "true"); else box.removeAttribute("aria-multiselectable");
    };
    const drawChips = () => {
      chosenBox.replaceChildren(...(multi ? chips(list, toggle) : []));
      ready.replaceChildren(list.length ? `Listo (${list.length}${max ? ` de ${max}` : ""})` : "Listo");
    };
    const say = (...kids) => { options = []; at = -1; box.replaceChildren(h("p", { class: "note" }, ...kids)); mark(); };
    const search = async () => {
      const q = field.value.trim(), mine = ++turn;
      if (external && q.length < min) { say(`Escribe al menos ${min} ${min === 1 ? "letra o número" : "letras"}.`); return; }
      if (external) say(spinner("Buscando…"), "Buscando…");
      let groups;
      try { groups = await load(q); } catch (err) { if (mine === turn) say(icon("warn"), `No se pudo cargar. ${trouble(err.message)}`); return; }
      if (mine !== turn) return;
      options = [];
      const kids = groups.filter((g) => g.options?.length).map((g) => [g.label && h("p", { class: "group" }, label(g.label)), g.options.map((o) => {
        const el = h("div", { role: "option", class: "option", id: `${this.id}-o${options.length}`, onclick: () => toggle(o) }, h("span", {}, words(label(o.text)), o.description && h("small", {}, label(o.description))), icon("check"));
        options.push({ el, o });
        return el;
      })]);
      if (!options.length) { say("Sin resultados."); return; }
      box.replaceChildren(...kids.flat(2).filter(Boolean));
      at = q || plainList ? 0 : -1;
      mark();
    };
    const layer = this.raise(h("div", { class: "veil", onclick: (ev) => ev.target === ev.currentTarget && close() },
      h("div", { class: `picker ${plainList ? "short" : ""}`, role: "dialog", "aria-label": title },
        h("header", {}, h("h3", {}, title), iconButton("close", "Cerrar", close)), field, chosenBox, box, multi && ready)), close, () => field);
    drawChips();
    search();
  }
}
