// The live sheet: its tabs as the emulator tells them, drawn only where they are looked at.

import { $, calm, h, headerKey, plain } from "./dom.js";
import { api, complain, hhmm, now, once, world } from "./shop.js";

const FIRST = {
  Operaciones: ["TAG_SPOOL", "Ocupado_Por", "Fecha_Ocupacion", "Estado_Detalle", "Estado_Ocupacion", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "NV", "OT", "Fecha_Materiales"],
  Metadata: ["Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Worker_ID", "Metadata_JSON", "ID"],
};
const WIDTH = { tagspool: 120, nv: 72, ot: 82, ocupadopor: 92, armador: 84, soldador: 84, timestamp: 152, eventotipo: 146, workernombre: 150, metadatajson: 320, id: 250,
  estadodetalle: 168, estadoocupacion: 168, fechaocupacion: 152, cliente: 150, notas: 150 };
const ROW = 36, NO = 44; // height of a row, width of its number
const letters = (n) => (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26));

export class Sheet {
  /** counted is called when the number of changed rows may be another, changed after changes. */
  constructor(el, counted, changes) {
    Object.assign(this, { el, counted, changes });
    this.tabs = new Map(Object.keys(FIRST).map((name) => [name, { name, rows: [], news: new Set(), load: once(() => this.load(name)) }]));
    this.at = "Operaciones";
    this.lit = new Map(); // "tab:row:col" -> when
    this.batch = new Set(); // rows of it
    this.last = {}; // the last change of each tab, to be told once per batch
    this.grid = $(".grid", el);
    this.head = h("div", { class: "row head", role: "row" });
    this.space = h("div", { class: "space" });
    this.grid.append(this.head, this.space);
    this.find = $("input[type=search]", el);
    this.follow = $("[name=follow]", el);
    this.all = $("[name=all]", el);
    this.find.oninput = () => { this.filter(); this.grid.scrollTop = 0; };
    this.all.onchange = () => this.layout();
    this.grid.onscroll = () => this.paint();
    this.grid.ondblclick = (ev) => { if (this.pointed(ev)) this.edit(); };
    this.grid.onclick = (ev) => this.pointed(ev);
    this.grid.onkeydown = (ev) => this.keyed(ev);
    new ResizeObserver(() => this.paint()).observe(this.grid);
    $(".tabs", el).append(...[...this.tabs.values()].map((t) => (t.button = h("button", { type: "button", role: "tab", onclick: () => this.show(t.name) }, t.name))));
    this.show(this.at);
  }

  get tab() { return this.tabs.get(this.at); }
  show(name) {
    this.at = name;
    this.tab.news.clear();
    this.sel = this.missed = null;
    this.grid.scrollLeft = 0;
    this.layout();
    this.drawTabs();
    if (name === "Metadata") this.grid.scrollTop = this.grid.scrollHeight;
    this.changes();
  }
  drawTabs() {
    for (const t of this.tabs.values()) {
      t.button.setAttribute("aria-selected", String(t.name === this.at));
      t.button.replaceChildren(t.name, t.news.size ? h("b", { class: "count", title: "filas que cambiaron" }, String(t.news.size)) : "");
    }
    this.counted();
  }

  async load(name) {
    const t = this.tabs.get(name), rows = [], step = 2000;
    for (let from = 1, last = 1; from <= last; from += step) { // in parts: a shop's sheet may have 20,000 rows
      const got = await api(`/sheets-sim/sim/sheets/${encodeURIComponent(name)}?from=${from}&count=${step}`);
      if (got.version < this.version || (from > 1 && got.version !== t.version)) { t.load(); return; } // changed while reading
      t.version = got.version;
      last = got.rows;
      rows.push(...got.values);
    }
    t.rows = rows;
    t.texts = [];
    t.loaded = true;
    if (name === this.at) this.layout();
    if (name === "Metadata" && name === this.at && this.follow.checked) this.grid.scrollTop = this.grid.scrollHeight;
    this.changes();
  }
  loadAll() { for (const t of this.tabs.values()) t.load(); }

  column(name, header) { return (this.tabs.get(name).rows[0] || []).findIndex((c) => headerKey(c) === headerKey(header)); }

  layout() {
    const head = this.tab.rows[0] || [];
    const first = FIRST[this.at].map((n) => this.column(this.at, n)).filter((i) => i >= 0);
    const rest = head.map((_, i) => i).filter((i) => !first.includes(i));
    this.cols = this.all.checked || !first.length ? [...first, ...rest] : first;
    const widths = this.widths = this.cols.map((c) => WIDTH[headerKey(head[c])] ?? Math.min(150, Math.max(84, Math.max(...String(head[c] ?? "").split(/[_ ]/).map((w) => w.length)) * 8 + 22)));
    this.grid.style.setProperty("--cols", `${NO}px ${widths.map((w) => `${w}px`).join(" ")}`);
    this.grid.style.setProperty("--wide", `${NO + widths.reduce((a, b) => a + b, 0)}px`);
    this.grid.setAttribute("aria-colcount", String(this.cols.length + 1));
    this.head.replaceChildren(h("div", { class: "no", role: "columnheader" }, "Fila"), ...this.cols.map((c, i) =>
      h("div", { class: i ? "" : "pin", role: "columnheader", title: `${head[c]} (columna ${letters(c)})` }, h("span", {}, String(head[c] ?? letters(c)).replaceAll("_", "_\u200b")))));
    this.filter();
  }

  filter() {
    const t = this.tab, words = plain(this.find.value).split(/\s+/).filter(Boolean);
    t.texts ??= [];
    this.shown = [];
    for (let r = 1; r < t.rows.length; r++) {
      if (words.length) {
        const text = (t.texts[r] ??= plain(t.rows[r].join(" ")));
        if (!words.every((w) => text.includes(w))) continue;
      }
      this.shown.push(r);
    }
    this.space.style.height = `${this.shown.length * ROW}px`;
    this.grid.setAttribute("aria-rowcount", String(this.shown.length + 1));
    this.paint();
  }

  paint() {
    if (!this.shown || this.editing) return;
    const from = Math.max(0, Math.floor(this.grid.scrollTop / ROW) - 4), to = Math.min(this.shown.length, from + Math.ceil(this.grid.clientHeight / ROW) + 9);
    const t = Date.now(), rows = [];
    for (let i = from; i < to; i++) {
      const r = this.shown[i], cells = this.tab.rows[r] || [];
      const row = h("div", { class: "row", role: "row", "aria-rowindex": String(r + 1), data: { r } }, h("div", { class: "no", role: "rowheader" }, String(r + 1)),
        this.cols.map((c, k) => {
          const v = cells[c] ?? "", when = this.lit.get(`${this.at}:${r}:${c}`);
          const cell = h("div", { role: "gridcell", data: { c, key: headerKey(this.tab.rows[0]?.[c]) }, title: String(v).length > 16 ? String(v) : null },
            v === "" ? "" : h("span", {}, String(v)));
          if (!k) cell.classList.add("pin");
          if (when) { cell.classList.add("lit"); cell.style.animationDelay = `${when - t}ms`; }
          if (this.sel && this.sel.r === r && this.sel.c === c) { cell.classList.add("sel"); cell.setAttribute("aria-selected", "true"); }
          return cell;
        }));
      row.style.top = `${i * ROW}px`;
      rows.push(row);
    }
    if (!this.shown.length) rows.push(h("p", { class: "note" }, !this.tab.loaded ? "Cargando la planilla…" : this.find.value ? "Ninguna fila coincide con el filtro." : "Esta hoja está vacía."));
    this.space.replaceChildren(...rows);
  }

  /** changed takes one event: the cells of one commit, and whether there is more than it lists. */
  changed(e) {
    const lost = this.version && e.version > this.version + 1;
    this.version = e.version;
    for (const cell of e.cells || []) this.cellChanged(cell, e.who === "person" ? "una persona" : "spoolbot");
    if (lost || e.more) this.loadAll();
    this.later ||= requestAnimationFrame(() => this.settle());
  }
  cellChanged(e, who) {
    const name = e.tab, t = this.tabs.get(name), r = e.row - 1, c = e.column - 1;
    if (!t?.loaded) return;
    while (t.rows.length <= r) t.rows.push([]);
    const row = t.rows[r];
    while (row.length <= c) row.push("");
    row[c] = e.new ?? "";
    if (t.texts) delete t.texts[r];
    const key = `${name}:${r}:${c}`, when = Date.now();
    this.lit.set(key, when);
    setTimeout(() => { if (this.lit.get(key) === when) this.lit.delete(key); }, 8000);
    if (name !== this.at || !this.el.offsetParent) t.news.add(r);
    this.batch.add(`${name} ${r}`);
    const head = t.rows[0]?.[c] ?? letters(c), tag = name === "Operaciones" ? row[this.column(name, "TAG_SPOOL")] : "";
    const note = this.last[name] = { text: [h("b", {}, name === "Operaciones" ? tag || `Fila ${r + 1}` : `Metadata, fila ${r + 1}`), ` ${head}: `, h("s", {}, String(e.old || "vacío")), " → ", h("em", {}, String(e.new || "vacío")), ` · ${who}`], row: r, col: c };
    if (name === "Operaciones") this.first ||= note;
    if (r === 0 && name === this.at) this.layout();
  }
  settle() { // once for all changes of one batch
    this.later = 0;
    const note = this.first || Object.values(this.last)[0], here = this.at === "Metadata" ? this.last.Metadata : this.first;
    const more = [...this.batch].filter((k) => k.startsWith("Op")).length - 1;
    this.first = null;
    this.last = {};
    this.batch.clear();
    if (!note) return;
    $(".feed", this.el).replaceChildren(h("time", {}, hhmm(now())), " ", ...note.text, more > 0 ? ` · y ${more} más` : "");
    if (here) {
      this.filter();
      this.missed = here;
      if (this.el.offsetParent) this.catchUp();
    }
    this.drawTabs();
    this.changes();
  }
  catchUp() { // also when the sheet comes into view after the change
    if (this.missed && this.follow.checked && !this.editing) this.reveal(this.missed.row, this.at === "Metadata" ? -1 : this.cols.indexOf(this.missed.col));
    this.missed = null;
  }
  reveal(r, k = -1) {
    const i = this.shown.indexOf(r), g = this.grid, top = i * ROW, seen = g.clientHeight - 2 * ROW;
    if (i < 0) return;
    const to = { top: g.scrollTop, left: g.scrollLeft, behavior: calm.matches || Math.abs(top - g.scrollTop) > 4000 ? "auto" : "smooth" };
    if (top < g.scrollTop || top >= g.scrollTop + seen) to.top = Math.max(0, top - seen / 2);
    if (k > 0) { // beside the columns that stay
      const edge = (n) => this.widths.slice(0, n).reduce((a, b) => a + b, NO), stays = edge(1);
      if (edge(k) - stays < g.scrollLeft || edge(k + 1) > g.scrollLeft + g.clientWidth) to.left = edge(k) - stays;
    }
    g.scrollTo(to);
  }

  pointed(ev) {
    const cell = ev.target.closest("[role=gridcell]");
    if (!cell || this.editing) return false;
    this.sel = { r: Number(cell.closest(".row").dataset.r), c: Number(cell.dataset.c) };
    $(".sel", this.space)?.classList.remove("sel"); // no repaint: a double click needs its cell to stay
    cell.classList.add("sel");
    return true;
  }
  keyed(ev) {
    const by = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[ev.key];
    if (this.editing) return;
    if (by && this.shown.length) {
      ev.preventDefault();
      const i = this.sel ? Math.max(0, this.shown.indexOf(this.sel.r)) : 0, k = this.sel ? this.cols.indexOf(this.sel.c) : 0;
      const step = (n, d, max) => Math.min(max - 1, Math.max(0, n + (this.sel ? d : 0)));
      this.sel = { r: this.shown[step(i, by[0], this.shown.length)], c: this.cols[step(k, by[1], this.cols.length)] };
      this.reveal(this.sel.r);
      this.paint();
      $(".sel", this.space)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if ((ev.key === "Enter" || ev.key === "F2") && this.sel) { ev.preventDefault(); this.edit(); }
  }
  edit() {
    const { r, c } = this.sel, cell = $(".sel", this.space), old = String(this.tab.rows[r]?.[c] ?? "");
    if (!cell) return;
    const end = async (save) => {
      if (!this.editing) return;
      this.editing = false;
      this.paint();
      this.grid.focus({ preventScroll: true });
      if (!save || field.value === old) return;
      try {
        await api("/sheets-sim/sim/edits", [{ kind: "set", sheet: this.at, cell: `${letters(c)}${r + 1}`, value: field.value, when: "now" }]);
      } catch (err) { complain(err); }
    };
    const field = h("input", { value: old, "aria-label": `${this.tab.rows[0][c]}, fila ${r + 1}`, onblur: () => end(true),
      onkeydown: (ev) => { ev.stopPropagation(); if (ev.key === "Enter") end(true); if (ev.key === "Escape") end(false); } });
    this.editing = true;
    cell.replaceChildren(field);
    field.select();
    field.focus();
  }

  /** free finds TAGs that an Armador could take now. */
  free(n) {
    const rows = this.tabs.get("Operaciones").rows, col = (k) => this.column("Operaciones", k);
    const [tag, mat, arm, occ] = ["TAG_SPOOL", "Fecha_Materiales", "Fecha_Armado", "Ocupado_Por"].map(col);
    const can = (r) => r[tag] && r[mat] && !r[arm] && (!r[occ] || r[occ] === "DISPONIBLE");
    const wanted = world.page.tour || [], open = rows.slice(1).filter(can).map((r) => String(r[tag]));
    return [...wanted.filter((t) => open.includes(t)), ...open.filter((t) => !wanted.includes(t))].slice(0, n);
  }
}
