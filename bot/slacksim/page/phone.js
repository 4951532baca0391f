// A phone: who holds it, its conversations, messages, composer, App Home and modals.

import { $, calm, h, hash, icon, iconButton, initials, keepFocus, plain, spinner } from "./dom.js";
import { acknowledged, api, complain, dayOf, hhmm, isBot, nameOf, now, once, slackWords, trouble, world } from "./shop.js";
import { label, mrkdwn, slackDate, words } from "./texts.js";
import { blocksOf, formFrom, person } from "./blocks.js";
import { Layers } from "./layers.js";

const keptForms = new Map(); // what somebody filled in: per person and message or view
const formOf = (key, state) => keptForms.get(key) || keptForms.set(key, readState(state)).get(key);
function readState(values) { // Slack's view.state back to what the controls hold
  const out = {};
  for (const [b, actions] of Object.entries(values || {})) for (const [a, v] of Object.entries(actions)) {
    const users = world.people.filter((u) => (v?.selected_users || [v?.selected_user]).includes(u.id));
    const x = (users.length ? users.map(person) : null) ?? v?.selected_options ?? (v?.selected_option ? [v.selected_option] : null) ?? v?.selected_date ?? v?.selected_time ?? v?.value;
    if (x != null && !(Array.isArray(x) && !x.length)) (out[b] ??= {})[a] = x;
  }
  return out;
}

export class Phone {
  /** id is the phone's own in the document; counted is called when the number of unread messages may have changed. */
  constructor(id, user, counted) {
    Object.assign(this, { id, counted });
    this.chats = new Map(); // id -> {id, name, kind, messages, seen, unread}
    this.echoes = [];
    
    this.drafts = new Map();
    this.who = h("select", { "aria-label": "Persona de este teléfono", onchange: (ev) => this.become(ev.target.value) });
    this.avatar = h("span", { class: "avatar", "aria-hidden": "true" });
    this.whoName = h("strong", {});
    this.whoRole = h("small", {});
    this.tabs = h("div", { class: "chats", role: "tablist", "aria-label": "Conversaciones" });
    this.list = h("div", { class: "messages", role: "log", "aria-label": "Mensajes", tabindex: "0", onscroll: () => this.scrolled(), onclick: (ev) => this.follow(ev) });
    this.home = h("div", { class: "home", hidden: true, tabindex: "0", "aria-label": "Inicio de la app" });
    this.newer = h("button", { type: "button", class: "newer", hidden: true, onclick: () => this.toBottom() }, "Mensajes nuevos", icon("down"));
    this.box = h("textarea", { rows: "1", "aria-label": "Mensaje o comando", "aria-autocomplete": "list",
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "send", oninput: () => this.typed(), onkeydown: (ev) => this.keyed(ev),
      onfocus: () => this.typed(), onblur: () => setTimeout(() => this.suggest([]), 150) });
    this.sendButton = h("button", { type: "submit", class: "send", "aria-label": "Enviar", disabled: true }, icon("send"));
    this.hints = h("div", { class: "hints", role: "listbox", "aria-label": "Comandos", hidden: true });
    this.composer = h("form", { class: "composer", onsubmit: (ev) => { ev.preventDefault(); this.send(); } }, this.hints,
      h("div", { class: "write" }, this.box, this.sendButton));
    this.screen = h("div", { class: "screen" },
      h("header", {}, h("label", { class: "who" }, this.avatar, h("span", {}, this.whoName, this.whoRole), icon("down"), this.who),
        h("span", { class: "badge" }, "demo")),
      this.tabs, h("div", { class: "middle" }, this.list, this.home, this.newer), this.composer);
    this.layers = new Layers(this.id, this.screen);
    this.el = h("section", { class: "phone" }, this.screen, this.layers.el);
    this.views = once(() => this.loadViews());
    this.homes = once(() => this.loadHome());
    this.become(user);
  }

  async become(id) {
    const person = world.people.find((u) => u.id === id) || world.people[0];
    Object.assign(this, { user: person.id, zone: world.users.get(person.id)?.tz || "America/Santiago", homeView: undefined, viewKey: "", echoes: [] });
    this.chats.clear();
    this.drafts.clear();
    for (const l of [...this.layers.stack]) this.layers.drop(l);
    this.who.replaceChildren(...world.people.map((u) => h("option", { value: u.id, selected: u.id === id }, `${u.name} · ${u.role}`)));
    this.whoName.textContent = person.name;
    this.whoRole.textContent = person.role || world.page.title;
    this.avatar.replaceChildren(initials(person.name));
    this.avatar.dataset.tone = world.people.indexOf(person) % 6;
    this.el.setAttribute("aria-label", `Teléfono de ${person.name}`);
    this.counted();
    try {
      const dm = await api(`/sim/users/${this.user}/dm`).catch(() => null);
      if (this.user !== person.id) return;
      const add = (c) => this.chats.set(c.id, { messages: [], seen: "", unread: 0, load: once(() => this.load(c.id)), ...c });
      for (const c of world.channels) if (!c.im && c.members?.includes(this.user)) add({ id: c.id, name: c.name, kind: "channel" });
      if (dm) add({ id: dm.channel, name: "spoolbot", kind: "dm" });
      add({ id: "home", name: "Inicio", kind: "home", load: () => {} });
      this.show([...this.chats.values()].findLast((c) => c.kind === "channel")?.id ?? dm?.channel ?? "home"); // the narrowest of their channels
      for (const c of this.chats.values()) if (c.kind !== "home") c.load();
      this.views();
    } catch (err) { complain(err); }
  }

  get chat() { return this.chats.get(this.at); }
  show(id) {
    if (this.at) this.drafts.set(this.at, this.box.value);
    this.at = id;
    const home = this.chat.kind === "home";
    this.list.hidden = this.composer.hidden = home;
    this.home.hidden = !home;
    this.list.replaceChildren();
    this.box.value = this.drafts.get(id) || "";
    this.box.placeholder = "Mensaje o /comando";
    this.typed();
    if (home) { this.drawHome(); api(`/sim/users/${this.user}/home`, {}).then(this.homes, complain); }
    this.draw(true);
  }

  drawTabs() {
    this.tabs.classList.toggle("many", this.chats.size > 3);
    this.tabs.replaceChildren(...[...this.chats.values()].map((c) => h("button", {
      type: "button", role: "tab", "aria-selected": String(c.id === this.at), class: `to-${c.kind}`,
      "aria-label": (c.kind === "channel" ? "Canal " : c.kind === "dm" ? "Mensaje directo con " : "") + c.name + (c.unread ? `, ${c.unread} sin leer` : ""),
      onclick: () => this.show(c.id),
    }, c.kind === "channel" ? h("span", { class: "hash" }, "#") : icon(c.kind === "dm" ? "bot" : "home"), h("span", {}, c.name),
      c.unread ? h("b", { class: "count" }, c.unread > 9 ? "9+" : String(c.unread)) : "")));
  }

  async load(id) {
    const c = this.chats.get(id), user = this.user;
    const got = await api(`/sim/channels/${id}/messages?user=${user}`);
    if (user !== this.user) return;
    const first = !c.loaded;
    c.messages = got.messages ?? got;
    c.loaded = true;
    const last = c.messages.at(-1)?.ts || "";
    if (first || id === this.at) c.seen = last;
    c.unread = c.messages.filter((m) => m.ts > c.seen && m.user !== this.user).length;
    if (id === this.at) this.draw(); else this.drawTabs();
    this.counted();
  }

  scrolled() { if (this.atBottom()) this.newer.hidden = true; }
  atBottom() { return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 90; }
  toBottom(quick) {
    this.newer.hidden = true;
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: quick || calm.matches ? "auto" : "smooth" });
  }

  draw(fresh) {
    this.drawTabs();
    if (!this.chat || this.chat.kind === "home") return;
    const stay = !fresh && !this.atBottom();
    const old = new Map([...this.list.children].map((el) => [el.dataset.key, el]));
    const all = [...this.chat.messages.slice(-80), ...this.echoes.filter((e) => e.channel === this.at)].sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
    const out = [];
    let before = null, added = false;
    for (const m of all) {
      const t = parseFloat(m.ts), day = dayOf(t, this.zone);
      if (!before || dayOf(parseFloat(before.ts), this.zone) !== day) {
        const key = `day ${day}`;
        out.push(old.get(key) || h("div", { class: "day", data: { key } }, h("span", {}, slackDate(t, "{date_long_pretty}", "", this.zone).replace(/ de \d{4}$/, ""))));
        before = null;
      }
      const menu = !m.echo && !m.ephemeral && world.shortcuts.some((c) => c.type === "message");
      const joined = before && !menu && before.user === m.user && !before.echo && !m.echo && t - parseFloat(before.ts) < 300 && before.ephemeral === m.ephemeral;
      const key = m.ts + (m.echo ? "e" : ""), print = JSON.stringify([m, joined, menu]);
      let el = old.get(key);
      if (!el || el.dataset.print !== String(hash(print))) {
        const again = el;
        el = m.echo ? this.drawEcho(m) : this.drawMessage(m, joined, menu);
        Object.assign(el.dataset, { key, print: hash(print) });
        if (again) el.classList.add("turned"); else if (!fresh) { el.classList.add("in"); added ||= !m.echo; }
        if (again?.contains(document.activeElement)) requestAnimationFrame(() => el.querySelector("button")?.focus({ preventScroll: true }));
      }
      out.push(el);
      before = m;
    }
    if (!all.length) out.push(h("div", { class: "empty" }, icon(this.chat.kind === "dm" ? "bot" : "phone"),
      h("p", {}, !this.chat.loaded ? "Cargando…" : this.chat.kind === "dm" ? "Aquí te escribe spoolbot: avisos, plazos y respuestas." : "Todavía no hay mensajes."),
      this.chat.loaded && h("button", { type: "button", class: "btn", onclick: () => this.fill("/") }, "Ver los comandos")));
    if (out.length !== this.list.children.length || out.some((el, i) => el !== this.list.children[i])) this.list.replaceChildren(...out);
    if (stay) this.newer.hidden = !added; else this.toBottom(fresh || !added);
  }

  drawEcho(m) {
    return h("div", { class: `echo ${m.state}` }, h("code", { "aria-label": `Enviaste ${m.text}` }, m.text),
      m.state === "sending" ? spinner("Enviando…") : h("time", {}, m.state === "failed" ? "no se envió" : hhmm(parseFloat(m.ts), this.zone)));
  }

  drawMessage(m, joined, menu) {
    const bot = isBot(m.user), key = `${this.user}/${m.ts}`, name = nameOf(m.user);
    const ctx = this.context(key, { message: { channel: this.at, ts: m.ts } });
    const tone = world.people.findIndex((u) => u.id === m.user) % 6;
    return h("article", { class: ["msg", m.ephemeral && "eph", joined && "joined", m.thread_ts && m.thread_ts !== m.ts && "reply"].filter(Boolean).join(" ") },
      h("span", { class: "avatar", "aria-hidden": "true", data: { tone: bot ? "bot" : m.user === "USLACKBOT" || tone < 0 ? "sys" : tone } },
        bot ? icon("bot") : m.user === "USLACKBOT" ? icon("warn") : initials(name)),
      h("div", { class: "content" },
        h("p", { class: "by" }, h("strong", {}, name), bot && h("span", { class: "app" }, "APP"), h("time", {}, hhmm(parseFloat(m.ts), this.zone)),
          menu && this.menu(m, name)),
        m.thread_ts && m.thread_ts !== m.ts && h("p", { class: "only" }, "En un hilo"),
        m.ephemeral && h("p", { class: "only" }, icon("eye"), "Solo visible para ti"),
        m.blocks?.length ? h("div", { class: "blocks" }, blocksOf(m.blocks, ctx)) : mrkdwn(slackWords(m), this.zone),
        m.files?.length ? h("ul", { class: "files" }, m.files.map((f) => h("li", {}, h("a", { class: "btn", href: `/sim/files/${encodeURIComponent(f.id)}`, download: f.name }, icon("file"), h("span", {}, f.title || f.name, f.size && h("small", {}, `${Math.ceil(f.size / 1024)} kB`)))))) : "",
        m.edited && h("small", { class: "edited" }, "(editado)"),
        m.reactions?.length ? h("p", { class: "reactions" }, m.reactions.map((r) => h("span", { title: r.users.map(nameOf).join(", ") }, words(`:${r.name}: ${r.count}`)))) : "",
        m.warning && h("p", { class: "error" }, icon("warn"), trouble(m.warning))));
  }

  /** menu is the "…" of a message: the app's message shortcuts. */
  menu(m, name) {
    const options = world.shortcuts.filter((c) => c.type === "message").map((c) => ({ text: { type: "plain_text", text: c.name }, value: c.callback_id }));
    return iconButton("dots", `Más acciones con el mensaje de ${name}`, () => this.layers.pick({ title: "Con este mensaje", multi: false, chosen: [], plainList: true, load: async () => [{ options }],
      done: ([o]) => o && api(`/sim/users/${this.user}/shortcuts`, { callback_id: o.value, message: { channel: this.at, ts: m.ts } }).catch(complain) }));
  }

  /** follow goes to the message that a link of this workspace leads to. */
  follow(ev) {
    const [, channel, ts] = ev.target.closest("a")?.href.match(/\/archives\/(\w+)\/p(\d+)/) || [];
    if (!this.chats.has(channel)) return;
    ev.preventDefault();
    if (channel !== this.at) this.show(channel);
    const el = [...this.list.children].find((x) => x.dataset.key === `${ts.slice(0, -6)}.${ts.slice(-6)}`);
    el?.scrollIntoView({ block: "center" });
    el?.classList.add("turned");
  }

  context(key, src, extra = {}) {
    return {
      key: `${this.id}_${key}`.replace(/\W/g, "_"), zone: this.zone, user: this.user, form: formOf(key, extra.state), layer: this.layers, errors: extra.errors,
      act: (action, node) => this.busy(node, async () => acknowledged((await this.touch({ ...src, ...action }))?.envelope_id)),
      note: src.view_id && ((action) => this.touch({ ...src, ...action }).catch(() => {})), // what is typed is known at the next click
      suggest: async (q) => groupsOf(await api(`/sim/users/${this.user}/suggestions`, { ...src, ...q })),
    };
  }

  /** touch sends what a finger does, one after the other. */
  touch(action) {
    const user = this.user;
    this.touched = (this.touched || Promise.resolve()).catch(() => {}).then(() => api(`/sim/users/${user}/actions`, action));
    return this.touched;
  }
  /** busy shows a spinner at a control until what it started is done. */
  async busy(node, work) {
    if (node.classList.contains("busy")) return;
    node.classList.add("busy");
    node.setAttribute("aria-busy", "true");
    try { await work(); } catch (err) { complain(err); } finally {
      node.classList.remove("busy");
      node.removeAttribute("aria-busy");
    }
  }

  // the composer
  fill(text) {
    if (this.chat?.kind === "home") this.show(this.chats.keys().next().value);
    this.box.value = text;
    this.box.focus();
    this.box.classList.remove("filled");
    requestAnimationFrame(() => this.box.classList.add("filled"));
    this.typed();
  }
  typed() {
    if (!this.box.value.trim()) this.box.value = ""; // the line break of a key that has sent it
    const v = this.box.value;
    this.sendButton.disabled = !v.trim();
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 132)}px`;
    const m = v.match(/^\/(\S*)$/), known = v.match(/^(\/\S+)\s/);
    const all = [...world.commands, ...world.shortcuts.filter((s) => s.type === "global")];
    if (m && document.activeElement === this.box) this.suggest(all.filter((c) => plain(c.command || `/${c.name}`).startsWith(plain(v))));
    else this.suggest(known ? world.commands.filter((c) => c.command === known[1].toLowerCase()) : [], true);
  }
  suggest(list, still) {
    if (still && document.activeElement !== this.box) list = [];
    this.hintList = still ? [] : list;
    this.hintAt = 0;
    this.hints.hidden = !list.length;
    this.hints.classList.toggle("still", !!still);
    this.hints.replaceChildren(...list.map((c, i) => h("div", { role: "option", class: "hintrow", id: `${this.id}-h${i}`, "aria-selected": String(i === 0 && !still),
      onmousedown: (ev) => { ev.preventDefault(); if (!still) this.take(c); } },
    h("b", {}, c.command || c.name, " ", h("i", {}, c.usage_hint || (c.command ? "" : "atajo"))), h("small", {}, c.description || ""))));
    this.hintTo(0);
  }
  hintTo(at) {
    [...this.hints.children].forEach((el, i) => el.setAttribute("aria-selected", String(i === at && this.hintList.length > 0)));
    this.box.setAttribute("aria-activedescendant", this.hintList.length ? `${this.id}-h${at}` : "");
    this.hints.children[at]?.scrollIntoView({ block: "nearest" });
  }
  take(c) {
    if (c.command) { this.fill(`${c.command} `); return; }
    this.fill("");
    api(`/sim/users/${this.user}/shortcuts`, { callback_id: c.callback_id }).catch(complain);
  }
  keyed(ev) {
    const n = this.hintList?.length;
    if (n && ["ArrowDown", "ArrowUp"].includes(ev.key)) {
      ev.preventDefault();
      this.hintAt = (this.hintAt + (ev.key === "ArrowDown" ? 1 : n - 1)) % n;
      this.hintTo(this.hintAt);
    } else if (n && (ev.key === "Tab" || (ev.key === "Enter" && this.hintList[this.hintAt].command !== this.box.value.trim()))) {
      ev.preventDefault();
      this.take(this.hintList[this.hintAt]);
    } else if (ev.key === "Escape" && !this.hints.hidden) this.suggest([]);
    else if (ev.key === "Enter" && !ev.shiftKey && !ev.isComposing) { ev.preventDefault(); this.send(); }
  }
  async send() {
    const text = this.box.value.trim(), channel = this.at;
    if (!text) return;
    this.fill("");
    this.suggest([]);
    const m = text.match(/^(\/\S+)\s*([\s\S]*)$/);
    if (!m) { await api(`/sim/users/${this.user}/messages`, { channel, text }).catch(complain); return; }
    const last = Math.max(parseFloat(this.chat.messages.at(-1)?.ts || 0), now());
    const echo = { echo: true, channel, text, ts: last.toFixed(6), state: "sending", user: this.user };
    this.echoes = [...this.echoes.slice(-30), echo];
    this.draw();
    this.toBottom();
    try {
      const got = await api(`/sim/users/${this.user}/commands`, { channel, command: m[1], text: m[2] });
      await acknowledged(got?.envelope_id);
      echo.state = "done";
    } catch (err) { echo.state = "failed"; complain(err); }
    this.draw();
  }

  // App Home
  async loadHome() {
    const user = this.user, got = await api(`/sim/users/${user}/home`).catch(() => null);
    if (user !== this.user) return;
    this.homeView = got?.blocks ? got : got?.view ?? null;
    this.drawHome();
  }
  drawHome() {
    if (this.chat?.kind !== "home") return;
    const v = this.homeView;
    if (!v?.blocks) {
      this.home.replaceChildren(h("div", { class: "empty" }, v === undefined ? spinner() : icon("home"), h("p", {}, v === undefined ? "Cargando…" : "spoolbot aún no publica tu inicio.")));
      return;
    }
    if (this.home.dataset.hash === v.hash && this.home.dataset.user === this.user && this.home.querySelector(".blocks")) return;
    Object.assign(this.home.dataset, { hash: v.hash, user: this.user });
    const key = `${this.user}/${v.id}`, top = this.home.scrollTop;
    keepFocus(this.home, () => this.home.replaceChildren(h("div", { class: "blocks" }, blocksOf(v.blocks, this.context(key, { view_id: v.id }, { view: v, state: v.state?.values })))));
    this.home.scrollTop = top;
  }

  // modals
  async loadViews() {
    const user = this.user, got = await api(`/sim/users/${user}/views`);
    if (user !== this.user) return;
    const stack = got.views ?? got, top = stack.at(-1);
    if (!top) { if (this.layers.modal) this.layers.drop(this.layers.modal); this.viewKey = ""; return; }
    const key = JSON.stringify([top.id, top.hash, top.errors, top.warning, stack.length]);
    if (key !== this.viewKey) { this.viewKey = key; this.drawModal(top, stack.length); }
  }
  drawModal(v, depth) {
    const key = `${this.user}/${v.id}`, title = label(v.title);
    const path = `/sim/users/${this.user}/views/${v.id}`;
    const close = () => api(`${path}/close`, {}).catch(complain).finally(() => { keptForms.delete(key); this.views(); });
    const submit = (ev) => {
      ev.preventDefault();
      this.busy(ev.currentTarget.querySelector("[type=submit]"), async () => {
        await this.touched?.catch(() => {});
        const got = await api(`${path}/submit`, { values: formFrom(v.blocks, keptForms.get(key) || {}) });
        if (got.response_action === "errors" && got.errors) { v.errors = got.errors; this.drawModal(v, depth); }
        this.views();
      });
    };
    const ctx = this.context(key, { view_id: v.id }, { view: v, errors: v.errors, state: v.state?.values });
    const fresh = !this.layers.modal || this.layers.modal.view !== v.id;
    const form = h("form", { class: "sheetform", novalidate: true, onsubmit: submit },
      h("header", {}, iconButton(depth > 1 ? "back" : "close", depth > 1 ? "Volver" : "Cerrar", close), h("h2", {}, title),
        h("span", { class: "badge" }, "demo")),
      h("div", { class: "body blocks", tabindex: "-1" }, v.warning && h("p", { class: "error top" }, icon("warn"), trouble(v.warning)), blocksOf(v.blocks, ctx)),
      h("footer", {}, h("button", { type: "button", class: "btn", onclick: close }, label(v.close) || "Cerrar"),
        v.submit && h("button", { type: "submit", class: "btn primary" }, h("span", {}, label(v.submit)))));
    if (fresh) {
      const card = h("div", { class: "modal", role: "dialog", "aria-modal": "true", "aria-label": title }, form);
      if (this.layers.modal) { // another view of the stack: swap without a new slide
        this.layers.modal.el.replaceChildren(card);
        card.classList.add("swap");
        this.layers.modal.close = close;
      } else this.layers.modal = this.layers.raise(h("div", { class: "veil" }, card), () => this.layers.modal.close(), () => card.querySelector(".body input,.body textarea,.body button"));
      this.layers.modal.close = close;
      this.layers.modal.view = v.id;
    } else {
      const top = this.layers.modal.el.querySelector(".body").scrollTop;
      keepFocus(this.layers.modal.el, () => this.layers.modal.el.querySelector("form").replaceWith(form));
      this.layers.modal.el.querySelector(".modal").setAttribute("aria-label", title);
      this.layers.modal.el.querySelector(".body").scrollTop = top;
    }
    if (document.activeElement === document.body) this.layers.modal.el.querySelector(".body").focus({ preventScroll: true }); // Escape goes on working
    if (v.errors) this.layers.modal.el.querySelector(".wrong")?.scrollIntoView({ block: "center" });
  }
}

function groupsOf(a) { // the bot's answer: options, or groups of them
  if (Array.isArray(a)) return a[0]?.options ? a : [{ options: a }];
  return a?.option_groups?.length ? a.option_groups : [{ options: a?.options || [] }];
}

