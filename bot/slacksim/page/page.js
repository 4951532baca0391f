// The phones and the sheet of the demo. It draws what the emulators' control doors say and
// sends what a person does; it knows nothing of the bot. Text of others only ever becomes
// text nodes. The file in order: tools, texts, blocks, pickers, phones, sheet, the page.

// ---------- tools

const $ = (sel, root = document) => root.querySelector(sel);

/** h makes an element: props are attributes, on* listeners, or class/data/text. */
function h(tag, props = {}, ...kids) {
  const el = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (v == null || v === false) continue;
    if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
    else if (k === "class" || k === "value") el[k === "class" ? "className" : k] = v;
    else if (k === "data") Object.assign(el.dataset, v);
    else if (k in el && typeof v !== "string") el[k] = v;
    else el.setAttribute(k, v === true ? "" : v);
  }
  el.append(...kids.flat(3).filter((k) => k != null && k !== false && k !== ""));
  return el;
}

const icon = (name) => {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg"), use = document.createElementNS(ns, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
};
const spinner = (label = "Cargando…") => h("span", { class: "spin", role: "img", "aria-label": label });
const iconButton = (name, label, onclick) => h("button", { type: "button", class: "icon", "aria-label": label, onclick }, icon(name));

async function api(path, body) {
  const init = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let res;
  try { res = await fetch(path, init); } catch { throw new Error("La demo no responde. ¿Sigue corriendo make demo?"); }
  const data = await res.json().catch(() => null);
  if (!res.ok) throw new Error(data?.error || `${path}: respuesta ${res.status}`);
  return data;
}

function toast(text, kind = "bad") {
  if ([...$(".toasts").children].some((t) => t.textContent === text)) return;
  const el = h("p", { class: `toast ${kind}` }, icon(kind === "bad" ? "warn" : "check"), h("span", {}, text));
  $(".toasts").append(el);
  setTimeout(() => el.remove(), kind === "bad" ? 7000 : 3500);
}
const complain = (err) => toast(trouble(err.message || String(err)));

/** once runs f at most one at a time; calls meanwhile make it run once more. */
function once(f) {
  let running = false, again = false;
  return async () => {
    if (running) { again = true; return; }
    running = true;
    do { again = false; try { await f(); } catch (err) { complain(err); } } while (again);
    running = false;
  };
}

/** stream listens to server-sent events while the page is visible: hidden tabs hold no connection. */
function stream(url, onEvent, onState) {
  let es = null;
  const open = () => {
    if (es || document.hidden) return;
    es = new EventSource(url);
    es.onopen = () => onState(true);
    es.onerror = () => { onState(false); if (es?.readyState === 2) { es = null; setTimeout(open, 2000); } };
    for (const kind of ["message", "change"]) es.addEventListener(kind, (m) => onEvent(JSON.parse(m.data)));
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { es?.close(); es = null; } else open();
  });
  open();
}

const plain = (s) => String(s ?? "").normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const headerKey = (s) => plain(s).replace(/[\s_/.°]/g, "");
const hhmm = (ts, zone = "America/Santiago") =>
  new Intl.DateTimeFormat("es-CL", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(ts * 1000);
const dayOf = (ts, zone = "America/Santiago") => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(ts * 1000);
const initials = (name) => name.split(/\s+/).slice(0, 2).map((w) => w[0]).join("").toUpperCase();
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const desk = matchMedia("(min-width: 1000px)");

const world = { page: {}, users: new Map(), people: [], channels: [], commands: [], shortcuts: [], skew: 0 };
const now = () => Date.now() / 1000 + world.skew;
const nameOf = (id) => world.users.get(id)?.real_name || (id === "USLACKBOT" ? "Slackbot" : id === world.bot ? "Spoolbot" : id);
const isBot = (id) => world.users.get(id)?.bot || id === world.bot;

// ---------- texts: Slack's mrkdwn, safely

// Signs are drawn, not taken from a font: many machines have none for them. Others stay as they are.
const SIGNS = { "🔧": "wrench", "🛠": "wrench", "⛔": "no", "🚫": "no", "❌": "cross", "✅": "ok", "✔": "ok", "⏳": "wait", "⌛": "wait", "❓": "ask", "🏁": "flag",
  "⏰": "alarm", "⏸": "pause", "⚠": "alert", "🔒": "lock", "🔔": "bell", "🟢": "dot good", "🔴": "dot bad", "🟡": "dot mid", "🔵": "dot", "⚪": "dot off" };
const CODES = { white_check_mark: "✅", heavy_check_mark: "✔", x: "❌", warning: "⚠", lock: "🔒", bell: "🔔", hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰",
  no_entry: "⛔", no_entry_sign: "🚫", double_vertical_bar: "⏸", pause_button: "⏸", wrench: "🔧", hammer_and_wrench: "🛠", question: "❓", checkered_flag: "🏁",
  red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵", white_circle: "⚪", "+1": "👍", eyes: "👀", tada: "🎉", raised_hand: "✋" };
const SIGN = new RegExp(`(${Object.keys(SIGNS).join("|")})\\ufe0f?`, "u");
const emoji = (s) => s.replace(/:([a-z0-9_+-]+):/g, (all, n) => CODES[n] ?? all);

/** words is a text with its signs drawn. */
const words = (s) => emoji(s).split(SIGN).filter(Boolean).map((w) => !SIGNS[w] ? w
  : h("span", { class: `sign s-${SIGNS[w]}`, role: "img", "aria-label": w }, SIGNS[w].startsWith("dot") ? "" : icon(`s-${SIGNS[w]}`)));
const unescape = (s) => s.replace(/&(lt|gt|amp);/g, (_, e) => ({ lt: "<", gt: ">", amp: "&" })[e]);

function slackDate(unix, format, fallback, zone) {
  const t = Number(unix);
  if (!Number.isFinite(t)) return fallback;
  const f = (o) => new Intl.DateTimeFormat("es-CL", { timeZone: zone, ...o }).format(t * 1000);
  const near = { [dayOf(now(), zone)]: "hoy", [dayOf(now() - 86400, zone)]: "ayer", [dayOf(now() + 86400, zone)]: "mañana" }[dayOf(t, zone)];
  const date = f({ day: "numeric", month: "long", year: "numeric" }), short = f({ day: "numeric", month: "short", year: "numeric" });
  const long = f({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const known = {
    date_num: dayOf(t, zone), date, date_short: short, date_long: long, date_pretty: near || date, date_short_pretty: near || short,
    date_long_pretty: near || long, time: hhmm(t, zone), time_secs: f({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    ago: new Intl.RelativeTimeFormat("es").format(Math.round((t - now()) / 60), "minute"),
  };
  return format.replace(/\{(\w+)\}/g, (all, k) => known[k] ?? all);
}

const link = (href, text) => /^(https?:|mailto:)/i.test(href)
  ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text) : document.createTextNode(text);

function angle(inner, zone) { // what stands between < and >
  const [ref, label] = inner.split(/\|(.*)/s);
  if (ref[0] === "@") return h("span", { class: "mention" }, "@" + (label || nameOf(ref.slice(1))));
  if (ref[0] === "#") return h("span", { class: "mention" }, "#" + (label || world.channels.find((c) => c.id === ref.slice(1))?.name || ref.slice(1)));
  if (ref.startsWith("!date^")) {
    const [, unix, format, href] = ref.split("^");
    const el = h("time", {}, slackDate(unix, unescape(format || ""), unescape(label || ""), zone));
    return href ? link(unescape(href), el.textContent) : el;
  }
  if (ref[0] === "!") return h("span", { class: "mention loud" }, "@" + (label || ref.slice(1).split("^")[0]).replace(/^@/, ""));
  return link(unescape(ref), unescape(label || ref).replace(/^mailto:/, ""));
}

const edge = (c, body = `[^${c}\\n]*?[^\\s${c}]`) => `(?<![\\p{L}\\p{N}${c}])[${c}](?=\\S)(${body})[${c}](?![\\p{L}\\p{N}${c}])`;
const INLINE = new RegExp(`\`([^\`\\n]+)\`|<([^<>\\n]+)>|${edge("*")}|${edge("_")}|${edge("~")}|(https?:\\/\\/[^\\s<>|]+)`, "gu");

function inline(text, zone, out, verbatim) {
  let at = 0;
  for (const m of text.matchAll(INLINE)) {
    if (m.index > at) out.append(...words(unescape(text.slice(at, m.index))));
    at = m.index + m[0].length;
    const [, code, ref, bold, italic, strike, url] = m;
    if (code) out.append(h("code", {}, unescape(code)));
    else if (ref) out.append(angle(ref, zone));
    else if (url) out.append(verbatim ? unescape(url) : link(unescape(url), unescape(url)));
    else out.append(inline(bold || italic || strike, zone, h(bold ? "strong" : italic ? "em" : "s"), verbatim));
  }
  if (at < text.length) out.append(...words(unescape(text.slice(at))));
  return out;
}

/** mrkdwn turns Slack's marks into nodes. */
function mrkdwn(text, zone, verbatim) {
  const out = h("div", { class: "mrk" });
  String(text ?? "").split(/```([\s\S]*?)```/).forEach((part, i) => {
    if (i % 2) { out.append(h("pre", {}, unescape(part.replace(/^\n|\n$/g, "")))); return; }
    let quote = null;
    for (const line of part.replace(/^\n|\n$/g, "").split("\n")) {
      const q = line.match(/^(?:&gt;|>)\s?(.*)$/);
      if (q && !quote) out.append((quote = h("blockquote")));
      if (!q) quote = null;
      const row = inline(q ? q[1] : line, zone, h("p"), verbatim);
      if (!row.childNodes.length) row.className = "gap";
      (quote || out).append(row);
    }
  });
  return out;
}
const textNode = (t, zone) => !t ? null : t.type === "mrkdwn" ? mrkdwn(t.text, zone, t.verbatim) : h("span", { class: "plain" }, words(unescape(t.text ?? "")));
const label = (t) => emoji(unescape(t?.type === "mrkdwn" ? t.text.replace(/[*_~`]/g, "") : t?.text ?? ""));

// ---------- blocks. ctx: zone, form {block:{action:value}}, errors {block:text}, user, act(action, control), suggest(...), layer (a Phone)

function blocksOf(blocks, ctx) {
  return (blocks || []).map((b) => {
    const draw = BLOCKS[b.type];
    const el = draw ? draw(b, ctx) : h("div", { class: "unknown" }, `Este teléfono no muestra bloques «${b.type}».`);
    el.classList.add("b", `b-${b.type}`);
    return el;
  });
}

const shows = (el, ctx) => el && (!el.visible_to_user_ids || el.visible_to_user_ids.includes(ctx.user));
const element = (el, b, ctx) => !shows(el, ctx) ? null
  : ELEMENTS[el.type] ? ELEMENTS[el.type](el, b, ctx) : h("span", { class: "unknown" }, `«${el.type}»`);

const BLOCKS = {
  section: (b, ctx) => h("div", { class: b.accessory ? "with-accessory" : "" },
    h("div", { class: "say" }, b.text && textNode(b.text, ctx.zone),
      b.fields && h("div", { class: "fields" }, b.fields.map((f) => h("div", {}, textNode(f, ctx.zone))))),
    b.accessory && h("div", { class: "accessory" }, element(b.accessory, b, ctx))),
  divider: () => h("hr"),
  table: (b) => h("div", { class: "wide" }, h("table", {}, b.rows.map((row, i) => h("tr", {}, row.map((c, j) => h(i ? "td" : "th",
    { class: b.column_settings?.[j]?.align === "right" ? "num" : "" }, words(c?.text ?? String(c?.value ?? "")))))))),
  data_visualization: (b) => {
    const series = b.chart.series || [{ name: b.title, data: b.chart.segments || [] }], all = series.flatMap((s) => s.data);
    const most = Math.max(1, ...all.map((p) => p.value)), names = b.chart.axis_config?.categories || all.map((p) => p.label);
    const bar = (s, name, i) => { const v = s.data.find((p) => p.label === name)?.value ?? 0;
      return h("meter", { class: `m${i}`, min: "0", max: String(most), value: String(v), title: `${s.name}: ${v}`, "aria-label": `${name}, ${s.name}: ${v}` }); };
    return h("figure", { class: "chart" }, h("figcaption", {}, b.title), h("p", { class: "hint" }, series.map((s, i) => h("span", { class: `m${i}` }, s.name))),
      names.map((n) => h("div", {}, h("span", {}, n), h("span", {}, series.map((s, i) => bar(s, n, i))))));
  },
  header: (b) => h("h3", {}, words(label(b.text))),
  context: (b, ctx) => h("div", {}, b.elements.map((e) => e.type === "image" ? picture(e, "tiny") : textNode(e, ctx.zone))),
  actions: (b, ctx) => h("div", {}, b.elements.map((e) => element(e, b, ctx))),
  image: (b) => h("figure", {}, picture(b), b.title && h("figcaption", {}, label(b.title))),
  input: (b, ctx) => {
    const error = ctx.errors?.[b.block_id], id = `${ctx.key}-${b.block_id}`;
    const el = element(b.element, b, ctx);
    const field = el?.matches("input,textarea,button") ? el : $("input,textarea,button", el || undefined);
    if (field?.tagName === "BUTTON") field.id = `${id}-f`;
    field?.setAttribute("aria-labelledby", `${id}-l ${field.id}`.trim());
    if (error) field?.setAttribute("aria-invalid", "true");
    if (error || b.hint) field?.setAttribute("aria-describedby", `${id}-h`);
    return h("div", { class: error ? "wrong" : "" },
      h("label", { id: `${id}-l`, onclick: () => field?.focus() }, label(b.label), b.optional && h("small", {}, " (opcional)")), el,
      error ? h("p", { class: "error", id: `${id}-h` }, icon("warn"), trouble(error)) : b.hint && h("p", { class: "hint", id: `${id}-h` }, label(b.hint)));
  },
};

// Pictures of other hosts are not fetched (the page's policy): their alternative text stands there instead.
const picture = (p, size = "") => /^data:image\//.test(p.image_url || "") ? h("img", { class: size, alt: p.alt_text || "", src: p.image_url })
  : h("span", { class: `noimg ${size}`, role: "img", "aria-label": p.alt_text || "Imagen" }, p.alt_text || "Imagen");

function hold(ctx, b, el, v) { (ctx.form[b.block_id] ??= {})[el.action_id] = v; }
const valueOr = (ctx, b, el, initial) => ctx.form[b.block_id]?.[el.action_id] ?? initial;
const sends = (b) => b.type !== "input" || b.dispatch_action;

/** changed keeps a value and tells Slack, which tells the bot unless it is a plain input. */
function changed(ctx, b, el, v, send, node) {
  hold(ctx, b, el, v);
  const action = { block_id: b.block_id, action_id: el.action_id, ...send };
  if (sends(b)) confirmed(ctx, el, () => ctx.act(action, node)); else ctx.note?.(action);
}
function confirmed(ctx, el, go) {
  const c = el.confirm;
  if (!c) { go(); return; }
  ctx.layer.ask({ title: label(c.title), body: textNode(c.text, ctx.zone), yes: label(c.confirm), no: label(c.deny), danger: c.style === "danger", go });
}

const chips = (list, drop) => list.map((o) => h("li", {}, h("button", { type: "button", "aria-label": `Quitar ${label(o.text)}`, onclick: () => drop(o) },
  h("span", {}, words(label(o.text))), icon("close"))));

/** person is somebody as an option of a select. */
const person = (u) => ({ text: { type: "plain_text", text: u.name }, value: u.id });

const pickField = (kind) => (el, b, ctx) => {
  const multi = kind.startsWith("multi"), external = kind.includes("external");
  const initial = multi ? el.initial_options || [] : el.initial_option ? [el.initial_option] : [];
  const box = h("div", { class: "pick" });
  const redraw = () => {
    const chosen = valueOr(ctx, b, el, initial);
    box.replaceChildren(
      h("button", { type: "button", class: "field", "aria-haspopup": "listbox", data: { k: `${b.block_id}/${el.action_id}` }, onclick: open },
        h("span", { class: chosen.length ? "" : "ghost" }, multi && chosen.length ? `${chosen.length} ${chosen.length === 1 ? "elegido" : "elegidos"}`
          : chosen.length ? label(chosen[0].text) : label(el.placeholder) || "Elegir…"), icon("down")),
      multi && chosen.length ? h("ul", { class: "chips" }, chips(chosen, (o) => set(chosen.filter((x) => x !== o)))) : "");
  };
  const set = (list) => {
    changed(ctx, b, el, list, { selected: list.map((o) => o.value) }, box);
    redraw();
  };
  const groups = kind === "users_select" ? [{ options: world.people.map(person) }] : el.option_groups || [{ options: el.options || [] }];
  const open = () => ctx.layer.pick({
    title: label(b.label) || label(el.placeholder) || "Elegir", multi, chosen: valueOr(ctx, b, el, initial), max: el.max_selected_items,
    min: external ? el.min_query_length ?? 3 : 0, external,
    step: external && multi && !sends(b) ? (list) => changed(ctx, b, el, list, { selected: list.map((o) => o.value) }, box) : null,
    load: external ? (q) => ctx.suggest({ block_id: b.block_id, action_id: el.action_id, query: q })
      : async (q) => groups.map((g) => ({ ...g, options: g.options.filter((o) => plain(label(o.text) + " " + label(o.description)).includes(plain(q))) })),
    done: set,
  });
  redraw();
  return box;
};

const textField = (type) => (el, b, ctx) => {
  const area = el.multiline;
  let timer = 0;
  const say = (node) => changed(ctx, b, el, node.value, { value: node.value }, node);
  return h(area ? "textarea" : "input", {
    class: "field", type: area ? null : type, rows: area ? "4" : null, placeholder: label(el.placeholder), maxlength: el.max_length && String(el.max_length),
    value: valueOr(ctx, b, el, el.initial_value ?? ""), data: { k: `${b.block_id}/${el.action_id}` }, autocomplete: "off",
    ...(area ? {} : { autocapitalize: "off", spellcheck: "false" }),
    onchange: (ev) => { if (!b.dispatch_action) say(ev.target); },
    oninput: (ev) => {
      hold(ctx, b, el, ev.target.value);
      clearTimeout(timer);
      if (b.dispatch_action && el.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered")) timer = setTimeout(() => say(ev.target), 400);
    },
    onkeydown: (ev) => { if (ev.key === "Enter" && !area) { ev.preventDefault(); if (b.dispatch_action) say(ev.target); } },
  });
};

const dateField = (type, key) => (el, b, ctx) => h("input", { class: "field", type, data: { k: `${b.block_id}/${el.action_id}` },
  value: valueOr(ctx, b, el, el[`initial_${key}`] ?? ""), "aria-label": label(el.placeholder) || (type === "date" ? "Fecha" : "Hora"),
  onchange: (ev) => changed(ctx, b, el, ev.target.value, { value: ev.target.value }, ev.target) });

const choices = (type) => (el, b, ctx) => {
  const many = type === "checkbox", initial = many ? el.initial_options || [] : el.initial_option ? [el.initial_option] : [];
  const name = `${ctx.key}-${b.block_id}-${el.action_id}`, chosen = valueOr(ctx, b, el, initial);
  const box = h("div", { class: "choices", role: many ? "group" : "radiogroup" }, (el.options || []).map((o) => h("label", {},
    h("input", { type, name, value: o.value, checked: chosen.some((x) => x.value === o.value), data: { k: `${name}/${o.value}` }, onchange: () => {
      const on = [...box.querySelectorAll("input:checked")].map((i) => i.value), list = el.options.filter((x) => on.includes(x.value));
      changed(ctx, b, el, list, { selected: on }, box);
    } }), h("span", {}, textNode(o.text, ctx.zone), o.description && h("small", {}, label(o.description))))));
  return box;
};

const ELEMENTS = {
  button: (el, b, ctx) => {
    const node = h("button", { type: "button", class: `btn ${el.style || ""}`, "aria-label": el.accessibility_label, data: { k: `${b.block_id}/${el.action_id}` },
      onclick: () => confirmed(ctx, el, () => {
        if (el.url && /^https?:/i.test(el.url)) window.open(el.url, "_blank", "noopener");
        ctx.act({ block_id: b.block_id, action_id: el.action_id, value: el.value }, node);
      }) }, h("span", {}, words(label(el.text))));
    return node;
  },
  overflow: (el, b, ctx) => {
    const node = iconButton("dots", "Más acciones", () => ctx.layer.pick({ title: "Más acciones", multi: false, chosen: [], plainList: true,
      load: async () => [{ options: el.options }], done: ([o]) => o && confirmed(ctx, el, () =>
        ctx.act({ block_id: b.block_id, action_id: el.action_id, selected: [o.value] }, node)) }));
    node.setAttribute("aria-haspopup", "listbox");
    return node;
  },
  image: (el) => picture(el, "thumb"),
  plain_text_input: textField("text"), email_text_input: textField("email"), url_text_input: textField("url"), number_input: textField("text"),
  datepicker: dateField("date", "date"), timepicker: dateField("time", "time"),
  checkboxes: choices("checkbox"), radio_buttons: choices("radio"),
};
for (const k of ["static_select", "users_select", "external_select", "multi_static_select", "multi_external_select"]) ELEMENTS[k] = pickField(k);

/** formFrom is what is sent on submit: what was touched, else what the form began with. */
function formFrom(blocks, form) {
  const out = {};
  for (const b of blocks) for (const el of [b.element, b.accessory, ...(b.elements || [])]) {
    if (!el?.action_id || el.type === "button" || el.type === "overflow") continue;
    let v = form[b.block_id]?.[el.action_id];
    v ??= el.initial_options ?? (el.initial_option ? [el.initial_option] : null) ?? el.initial_value ?? el.initial_date ?? el.initial_time ?? null;
    if (Array.isArray(v)) v = v.map((o) => o.value);
    (out[b.block_id] ??= {})[el.action_id] = v === "" ? null : v;
  }
  return out;
}

// ---------- phones

// waits tells when an envelope is done: its second change (first sent, then acknowledged or given up).
const waits = { seen: new Map(), ready: new Map() };
function envelopeChanged(id) {
  const n = (waits.seen.get(id) || 0) + 1;
  waits.seen.set(id, n);
  if (waits.seen.size > 500) waits.seen.delete(waits.seen.keys().next().value);
  if (n > 1) { waits.ready.get(id)?.(); waits.ready.delete(id); }
}
const acknowledged = (id) => !id || waits.seen.get(id) > 1 ? Promise.resolve()
  : new Promise((done) => { waits.ready.set(id, done); setTimeout(done, 4000); });

const keptForms = new Map(); // what somebody filled in: per person and message or view
const formOf = (key, state) => keptForms.get(key) || keptForms.set(key, readState(state)).get(key);
function readState(values) { // Slack's view.state back to what the controls hold
  const out = {};
  for (const [b, actions] of Object.entries(values || {})) for (const [a, v] of Object.entries(actions)) {
    const user = world.people.find((u) => u.id === v?.selected_user);
    const x = (user ? [person(user)] : null) ?? v?.selected_options ?? (v?.selected_option ? [v.selected_option] : null) ?? v?.selected_date ?? v?.selected_time ?? v?.value;
    if (x != null && !(Array.isArray(x) && !x.length)) (out[b] ??= {})[a] = x;
  }
  return out;
}

class Phone {
  constructor(user) {
    this.id = `p${phones.length}`; // ids and names in the document stay apart, also when two phones show one person
    this.chats = new Map(); // id -> {id, name, kind, messages, seen, unread}
    this.echoes = [];
    this.layers = [];
    this.drafts = new Map();
    this.who = h("select", { "aria-label": "Persona de este teléfono", onchange: (ev) => this.become(ev.target.value) });
    this.avatar = h("span", { class: "avatar", "aria-hidden": "true" });
    this.whoName = h("strong", {});
    this.whoRole = h("small", {});
    this.tabs = h("div", { class: "chats", role: "tablist", "aria-label": "Conversaciones" });
    this.list = h("div", { class: "messages", role: "log", "aria-label": "Mensajes", tabindex: "0", onscroll: () => this.scrolled() });
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
    this.over = h("div", { class: "layers" });
    this.el = h("section", { class: "phone" }, this.screen, this.over);
    this.views = once(() => this.loadViews());
    this.homes = once(() => this.loadHome());
    this.become(user);
  }

  async become(id) {
    const person = world.people.find((u) => u.id === id) || world.people[0];
    Object.assign(this, { user: person.id, zone: world.users.get(person.id)?.tz || "America/Santiago", homeView: undefined, viewKey: "", echoes: [] });
    this.chats.clear();
    this.drafts.clear();
    for (const l of [...this.layers]) this.drop(l);
    this.who.replaceChildren(...world.people.map((u) => h("option", { value: u.id, selected: u.id === id }, `${u.name} · ${u.role}`)));
    this.whoName.textContent = person.name;
    this.whoRole.textContent = [person.role, world.page.title].filter(Boolean).join(" · ");
    this.avatar.replaceChildren(initials(person.name));
    this.avatar.dataset.tone = world.people.indexOf(person) % 6;
    this.el.setAttribute("aria-label", `Teléfono de ${person.name}`);
    drawBottom();
    try {
      const dm = await api(`/sim/users/${this.user}/dm`).catch(() => null);
      if (this.user !== person.id) return;
      const add = (c) => this.chats.set(c.id, { messages: [], seen: "", unread: 0, load: once(() => this.load(c.id)), ...c });
      for (const c of world.channels) if (!c.im && c.members?.includes(this.user)) add({ id: c.id, name: c.name, kind: "channel" });
      if (dm) add({ id: dm.channel, name: "spoolbot", kind: "dm" });
      add({ id: "home", name: "Inicio", kind: "home", load: () => {} });
      this.show(this.chats.keys().next().value);
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
    this.box.placeholder = this.chat.kind === "dm" ? "Mensaje o /comando" : `Mensaje o /comando en #${this.chat.name}`;
    this.typed();
    if (home) { this.drawHome(); api(`/sim/users/${this.user}/home`, {}).then(this.homes, complain); }
    this.draw(true);
  }

  drawTabs() {
    this.tabs.replaceChildren(...[...this.chats.values()].map((c) => h("button", {
      type: "button", role: "tab", "aria-selected": String(c.id === this.at), class: c.kind,
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
    drawBottom();
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
      const joined = before && before.user === m.user && !before.echo && !m.echo && t - parseFloat(before.ts) < 300 && before.ephemeral === m.ephemeral;
      const key = m.ts + (m.echo ? "e" : ""), print = JSON.stringify([m, joined]);
      let el = old.get(key);
      if (!el || el.dataset.print !== String(hash(print))) {
        const again = el;
        el = m.echo ? this.drawEcho(m) : this.drawMessage(m, joined);
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

  drawMessage(m, joined) {
    const bot = isBot(m.user), key = `${this.user}/${m.ts}`, name = nameOf(m.user);
    const ctx = this.context(key, { message: { channel: this.at, ts: m.ts } });
    const tone = world.people.findIndex((u) => u.id === m.user) % 6;
    return h("article", { class: ["msg", m.ephemeral && "eph", joined && "joined", m.thread_ts && m.thread_ts !== m.ts && "reply"].filter(Boolean).join(" ") },
      h("span", { class: "avatar", "aria-hidden": "true", data: { tone: bot ? "bot" : m.user === "USLACKBOT" || tone < 0 ? "sys" : tone } },
        bot ? icon("bot") : m.user === "USLACKBOT" ? icon("warn") : initials(name)),
      h("div", { class: "content" },
        h("p", { class: "by" }, h("strong", {}, name), bot && h("span", { class: "app" }, "APP"), h("time", {}, hhmm(parseFloat(m.ts), this.zone)),
          m.thread_ts && m.thread_ts !== m.ts && h("span", { class: "thread" }, "en un hilo")),
        m.ephemeral && h("p", { class: "only" }, icon("eye"), "Solo visible para ti"),
        m.blocks?.length ? h("div", { class: "blocks" }, blocksOf(m.blocks, ctx)) : mrkdwn(slackWords(m), this.zone),
        m.files?.length ? h("ul", { class: "files" }, m.files.map((f) => h("li", {}, h("a", { class: "btn", href: `/sim/files/${encodeURIComponent(f.id)}`, download: f.name }, f.name)))) : "",
        m.edited && h("small", { class: "edited" }, "(editado)"),
        m.reactions?.length ? h("p", { class: "reactions" }, m.reactions.map((r) => h("span", { title: r.users.map(nameOf).join(", ") }, words(`:${r.name}: ${r.count}`)))) : "",
        m.warning && h("p", { class: "error" }, icon("warn"), trouble(m.warning))));
  }

  context(key, src, extra = {}) {
    return {
      key: `${this.id}_${key}`.replace(/\W/g, "_"), zone: this.zone, user: this.user, form: formOf(key, extra.state), layer: this, errors: extra.errors,
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

  // layers: modal, picker, question, each over what lies below
  raise(el, close, focus) {
    const layer = { el, close, back: document.activeElement };
    (this.layers.at(-1)?.el ?? this.screen).inert = true;
    this.layers.push(layer);
    this.over.append(el);
    el.addEventListener("keydown", (ev) => { if (ev.key === "Escape") { ev.stopPropagation(); close(); } });
    requestAnimationFrame(() => { if (this.visible()) (focus?.() || el.querySelector("input,textarea,select,.body button,button"))?.focus({ preventScroll: true }); });
    return layer;
  }
  visible() { return this.el.offsetParent !== null && (this.el.contains(document.activeElement) || document.activeElement === document.body); }
  drop(layer) {
    const i = this.layers.indexOf(layer);
    if (i < 0) return;
    const had = layer.el.contains(document.activeElement);
    for (const l of this.layers.splice(i)) { l.el.classList.add("out"); l.el.inert = true; setTimeout(() => l.el.remove(), calm.matches ? 0 : 200); }
    (this.layers.at(-1)?.el ?? this.screen).inert = false;
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

  // modals
  async loadViews() {
    const user = this.user, got = await api(`/sim/users/${user}/views`);
    if (user !== this.user) return;
    const stack = got.views ?? got, top = stack.at(-1);
    if (!top) { if (this.modal) this.drop(this.modal); this.viewKey = ""; return; }
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
    const fresh = !this.modal || this.modal.view !== v.id;
    const form = h("form", { class: "sheetform", novalidate: true, onsubmit: submit },
      h("header", {}, iconButton(depth > 1 ? "back" : "close", depth > 1 ? "Volver" : "Cerrar", close), h("h2", {}, title),
        h("span", { class: "badge" }, "demo")),
      h("div", { class: "body blocks", tabindex: "-1" }, v.warning && h("p", { class: "error top" }, icon("warn"), trouble(v.warning)), blocksOf(v.blocks, ctx)),
      h("footer", {}, h("button", { type: "button", class: "btn", onclick: close }, label(v.close) || "Cerrar"),
        v.submit && h("button", { type: "submit", class: "btn primary" }, h("span", {}, label(v.submit)))));
    if (fresh) {
      const card = h("div", { class: "modal", role: "dialog", "aria-modal": "true", "aria-label": title }, form);
      if (this.modal) { // another view of the stack: swap without a new slide
        this.modal.el.replaceChildren(card);
        card.classList.add("swap");
        this.modal.close = close;
      } else this.modal = this.raise(h("div", { class: "veil" }, card), () => this.modal.close(), () => card.querySelector(".body input,.body textarea,.body button"));
      this.modal.close = close;
      this.modal.view = v.id;
    } else {
      const top = this.modal.el.querySelector(".body").scrollTop;
      keepFocus(this.modal.el, () => this.modal.el.querySelector("form").replaceWith(form));
      this.modal.el.querySelector(".modal").setAttribute("aria-label", title);
      this.modal.el.querySelector(".body").scrollTop = top;
    }
    if (document.activeElement === document.body) this.modal.el.querySelector(".body").focus({ preventScroll: true }); // Escape goes on working
    if (v.errors) this.modal.el.querySelector(".wrong")?.scrollIntoView({ block: "center" });
  }
}

const hash = (s) => { let n = 0; for (let i = 0; i < s.length; i++) n = (n * 31 + s.charCodeAt(i)) | 0; return n; };
const trouble = (code) => ({
  operation_timeout: "No respondió a tiempo (operation_timeout). Inténtalo otra vez.", dispatch_failed: "No se pudo entregar a la app (dispatch_failed).",
  "We had some trouble connecting. Try again?": "Tuvimos problemas para conectar. Inténtalo otra vez.",
  "Please complete this required field.": "Completa este campo.",
}[code] || code.replace(/^(\/\S+) is not a valid command$/, "$1 no es un comando de este taller.").replace(/^Please enter at least (\d+) characters\.$/, "Escribe al menos $1 caracteres.")
  .replace(/^Please shorten this to (\d+) characters\.$/, "Acorta el texto a $1 caracteres."));

const slackWords = (m) => m.user !== "USLACKBOT" ? m.text
  : m.text.replace(/^(\S+) failed with the error "(.+)"$/, (_, cmd, code) => `\`${cmd}\` falló. ${trouble(code)}`);

function groupsOf(a) { // the bot's answer: options, or groups of them
  if (Array.isArray(a)) return a[0]?.options ? a : [{ options: a }];
  return a?.option_groups?.length ? a.option_groups : [{ options: a?.options || [] }];
}

/** keepFocus redraws without the person losing the place where they type. */
function keepFocus(root, redraw) {
  const was = root.contains(document.activeElement) ? document.activeElement : null, k = was?.dataset?.k, at = was?.selectionStart;
  redraw();
  const el = k && [...root.querySelectorAll("[data-k]")].find((x) => x.dataset.k === k);
  if (!el) return;
  el.focus({ preventScroll: true });
  try { if (at != null) el.setSelectionRange(at, at); } catch { /* a date has no selection */ }
}

// ---------- the sheet

const FIRST = {
  Operaciones: ["TAG_SPOOL", "NV", "OT", "Fecha_Materiales", "Fecha_Armado", "Armador", "Fecha_Soldadura", "Soldador", "Ocupado_Por", "Fecha_Ocupacion", "Estado_Detalle", "Estado_Ocupacion"],
  Metadata: ["Timestamp", "Evento_Tipo", "TAG_SPOOL", "Worker_Nombre", "Operacion", "Accion", "Fecha_Operacion", "Worker_ID", "Metadata_JSON", "ID"],
};
const WIDTH = { tagspool: 174, nv: 72, ot: 82, ocupadopor: 92, armador: 84, soldador: 84, timestamp: 152, eventotipo: 146, workernombre: 150, metadatajson: 320, id: 250,
  estadodetalle: 168, estadoocupacion: 168, fechaocupacion: 152, cliente: 150, notas: 150 };
const ROW = 36, NO = 44; // height of a row, width of its number
const letters = (n) => (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26));

class Sheet {
  constructor(el) {
    this.el = el;
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
  }
  drawTabs() {
    for (const t of this.tabs.values()) {
      t.button.setAttribute("aria-selected", String(t.name === this.at));
      t.button.replaceChildren(t.name, t.news.size ? h("b", { class: "count", title: "filas que cambiaron" }, String(t.news.size)) : "");
    }
    drawBottom();
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
    tour.draw();
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
    tour.draw();
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

// ---------- the page

const phones = [];
let sheet = null, shownPane = 0; // on a small screen: which phone, or "sheet"

const tour = {
  tag: "",
  draw() {
    const el = $(".tour"), free = sheet?.tab ? sheet.free(1) : (world.page.tour || []).slice(0, 1);
    if (!this.tag || !this.used) this.tag = free[0] || (world.page.tour || [])[0] || "";
    el.hidden = !phones.length || sessionStorage.getItem("tour") === "off" || !this.tag;
    const print = `${this.tag}|${phones.map((p) => p.user)}`;
    if (el.hidden || print === this.print) return;
    this.print = print;
    const a = phones[0], b = phones[1] || a, first = (p) => world.people.find((u) => u.id === p.user)?.name.split(" ")[0] || "";
    const step = (n, text, command, go) => h("li", {}, h("button", { type: "button", onclick: go }, h("b", { "aria-hidden": "true" }, n), h("span", {}, text, h("code", {}, command))));
    $("ol", el).replaceChildren(
      step("1", `${first(a)} toma un spool`, `/tomar ${this.tag}`, () => { this.used = true; this.put(a, `/tomar ${this.tag}`); }),
      step("2", `${first(b)} quiere el mismo`, `/tomar ${this.tag}`, () => { this.used = true; this.put(b, `/tomar ${this.tag}`); }),
      step("3", "Varios de una vez", "/lote", () => { this.used = false; this.put(a, "/lote"); }));
  },
  put(phone, text) {
    showPane(phones.indexOf(phone));
    if (phone.layers.length) toast("Cierra primero la ventana que está abierta en ese teléfono.", "good"); else phone.fill(text);
  },
};

function showPane(pane) {
  shownPane = pane;
  document.body.dataset.pane = pane;
  phones.forEach((p, i) => p.el.classList.toggle("current", i === pane));
  const p = phones[pane];
  if (p?.at) p.draw();
  if (pane === "sheet") { sheet.tab.news.clear(); sheet.drawTabs(); sheet.paint(); sheet.catchUp(); }
  drawBottom();
}

function drawBottom() {
  const bar = $(".bottom");
  const item = (pane, face, text, n, long) => h("button", { type: "button", "aria-current": shownPane === pane ? "page" : null, "aria-label": long, onclick: () => showPane(pane) },
    face, h("span", {}, text), n ? h("b", { class: "count" }, n > 9 ? "9+" : String(n)) : "");
  bar.replaceChildren(...phones.map((p, i) => {
    const u = world.people.find((x) => x.id === p.user), n = [...p.chats.values()].reduce((a, c) => a + c.unread, 0);
    return item(i, h("span", { class: "avatar", data: { tone: world.people.indexOf(u) % 6 } }, initials(u?.name || "?")), u?.name.split(" ")[0] || "", n, `Teléfono de ${u?.name}`);
  }), ...(sheet ? [item("sheet", icon("sheet"), "Planilla", [...sheet.tabs.values()].reduce((a, t) => a + t.news.size, 0), "Planilla en vivo")] : []));
}

function addPhone(user) {
  const p = new Phone(user);
  phones.push(p);
  $(".phones").append(p.el);
  fitPhones();
}
function fitPhones() {
  const room = Math.min(4, Math.max(2, Math.floor((innerWidth - (sheet ? 480 : 40)) / 372)));
  $(".add").hidden = !desk.matches || phones.length >= room || phones.length >= world.people.length;
  if (typeof shownPane === "number" && shownPane >= phones.length) showPane(0);
}

async function readWorld() {
  const s = await api("/sim/state");
  if (world.channels.some((c) => !s.channels.some((n) => n.id === c.id))) location.reload(); // the demo was started anew
  world.bot = s.bot?.user_id;
  world.users = new Map(s.users.map((u) => [u.id, u]));
  Object.assign(world, { channels: s.channels, commands: s.commands, shortcuts: s.shortcuts || [] });
  world.people = world.page.users?.length ? world.page.users : s.users.filter((u) => !u.bot).map((u) => ({ id: u.id, name: u.real_name, role: "" }));
}

const told = new Map();
async function notices(user) { // Slack's trouble that belongs to no message and no view
  const all = await api(`/sim/users/${user}/notices`).catch(() => []);
  all.slice(told.get(user) ?? all.length).forEach((code) => toast(trouble(code)));
  told.set(user, all.length);
}

function refreshAll() {
  for (const p of phones) { for (const c of p.chats.values()) c.load(); p.views(); if (p.chat?.kind === "home") p.homes(); }
}

let seq = 0;
function onChange(e) {
  if (seq && e.seq > seq + 1) refreshAll(); // some were left out
  seq = e.seq;
  for (const p of phones) {
    if (e.user && e.user !== p.user && e.kind !== "channel") continue;
    if (e.kind === "channel" && (!e.user || e.user === p.user)) p.chats.get(e.id)?.load();
    if (e.kind === "views") { p.views(); if (!e.id) notices(p.user); }
    if (e.kind === "home") p.homes();
  }
  if (e.kind === "envelope") envelopeChanged(e.id);
  if (e.kind === "people") readWorld().catch(complain);
}

async function moveClock(button) {
  button.disabled = true;
  try {
    await api("/sim/clock", { forward: button.dataset.forward });
    world.skew += button.dataset.forward === "1h" ? 3600 : 600;
    toast(`El reloj del taller avanzó ${button.dataset.forward === "1h" ? "una hora" : "10 minutos"}.`, "good");
  } catch (err) { complain(err); }
  button.disabled = false;
}

// The bot is a program of its own, which may be killed here as a power cut would.
async function showPower() {
  const { on } = await api("/sim/bot"), button = $(".power");
  button.setAttribute("aria-pressed", String(!on));
  button.classList.toggle("off", !on);
  $("span", button).textContent = on ? "Apagar el bot" : "Encender el bot";
  button.setAttribute("aria-label", on ? "Apagar el bot" : "Encender el bot");
  return on;
}

async function switchPower() {
  const button = $(".power");
  button.disabled = true;
  try {
    const on = !(await showPower());
    await api("/sim/bot", { on });
    if (on) $("span", button).textContent = "Encendiendo…";
    for (let n = 0; on && n < 100 && !(await api("/sim/bot")).connected; n++) await new Promise((go) => setTimeout(go, 300));
    await showPower();
    toast(on ? "El bot está de vuelta y termina lo que quedó a medias." : "El bot se apagó de golpe. Nada se pierde: enciéndelo y mira.", "good");
  } catch (err) { complain(err); }
  button.disabled = false;
}

async function gallery() {
  document.body.dataset.mode = "gallery";
  $(".stage").hidden = true;
  $("main.gallery").hidden = false;
  const views = await api("/gallery.json"), shelf = $(".shelf"), find = $("main.gallery input");
  const just = { raise() {}, ask: () => toast("Solo muestra.", "good"), pick: () => toast("Solo muestra.", "good") };
  const cards = views.map(({ name, view: v }) => {
    const ctx = { key: name.replace(/\W/g, "_"), zone: "America/Santiago", form: {}, layer: just, act: () => toast("Solo muestra.", "good"), suggest: async () => [] };
    return h("figure", { class: "card", data: { name: plain(name) } }, h("figcaption", {}, h("b", {}, name), h("span", {}, v.type === "modal" ? "modal" : v.type === "home" ? "inicio" : "mensaje")),
      h("div", { class: "frame" }, v.title && h("header", {}, h("h2", {}, label(v.title))), h("div", { class: "blocks" }, v.blocks ? blocksOf(v.blocks, ctx) : mrkdwn(v.text, ctx.zone)),
        v.type === "modal" && h("footer", {}, h("span", { class: "btn" }, label(v.close) || "Cerrar"), v.submit && h("span", { class: "btn primary" }, label(v.submit)))));
  });
  const show = () => {
    cards.forEach((c) => (c.hidden = !c.dataset.name.includes(plain(find.value))));
    const n = cards.filter((c) => !c.hidden).length;
    $(".count", $("main.gallery")).textContent = cards.length ? `${n} de ${cards.length} vistas` : "Aún no hay vistas que mostrar.";
  };
  find.oninput = show;
  shelf.append(...cards);
  show();
}

async function start() {
  world.page = await api("/page.json");
  document.title = `${world.page.title} · spoolbot demo`;
  $(".togallery").hidden = !world.page.gallery || location.pathname === "/gallery";
  await readWorld();
  if (location.pathname === "/gallery") { await gallery(); return; }
  $(".clock").hidden = !world.page.clock;
  for (const b of document.querySelectorAll(".clock button")) b.onclick = () => moveClock(b);
  if (world.page.bot) {
    $(".power").hidden = false;
    $(".power").onclick = switchPower;
    showPower().catch(complain);
  }
  for (const u of world.people.slice(0, 2)) addPhone(u.id);
  if (world.page.sheets) {
    $(".sheet").hidden = false;
    sheet = new Sheet($(".sheet"));
    const live = $(".live");
    stream("/sheets-sim/sim/events", (e) => sheet.changed(e), (up) => {
      live.textContent = up ? "En vivo" : "Sin conexión, reintentando…";
      live.classList.toggle("on", up);
      if (up) { sheet.version = 0; sheet.loadAll(); }
    });
  }
  document.body.classList.toggle("nosheet", !sheet);
  let up = true;
  stream("/sim/events", onChange, (ok) => {
    if (ok) { seq = 0; readWorld().then(refreshAll, complain); } else if (up) toast("Se cortó la conexión con la demo. Reintentando…");
    up = ok;
  });
  for (const p of phones) notices(p.user);
  $(".add").onclick = () => addPhone((world.people.find((u) => !phones.some((p) => p.user === u.id)) || world.people[0]).id);
  $(".tour .icon").onclick = () => { sessionStorage.setItem("tour", "off"); tour.draw(); };
  addEventListener("resize", fitPhones);
  showPane(0);
  fitPhones();
  tour.draw();
}

start().catch((err) => { complain(err); $(".stage").append(h("p", { class: "note" }, "No se pudo cargar la demo. Recarga la página para intentarlo otra vez.")); });
