// Block Kit as nodes. ctx: zone, form {block:{action:value}}, errors {block:text}, user,
// act(action, control), suggest(...), layer (what lies over the screen).

import { $, h, icon, iconButton, plain } from "./dom.js";
import { trouble, world } from "./shop.js";
import { label, mrkdwn, textNode, words } from "./texts.js";

export function blocksOf(blocks, ctx) {
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
  header: (b) => h("h3", {}, words(label(b.text))),
  context: (b, ctx) => h("div", {}, b.elements.map((e) => e.type === "image" ? picture(e, "tiny") : textNode(e, ctx.zone))),
  actions: (b, ctx) => h("div", {}, b.elements.map((e) => element(e, b, ctx))),
  image: (b) => h("figure", {}, picture(b), b.title && h("figcaption", {}, label(b.title))),
  rich_text: (b, ctx) => h("div", { class: "mrk rich" }, rich(b, ctx.zone)),
  table: (b, ctx) => h("div", { tabindex: "0" }, h("table", {}, b.rows.map((row, i) => h("tr", {}, row.map((c, j) => h(i ? "td" : "th",
    { class: b.column_settings?.[j]?.align === "right" ? "num" : "" }, c?.type === "rich_text" ? rich(c, ctx.zone) : words(c?.text ?? String(c?.value ?? "")))))))),
  data_visualization: (b) => {
    const series = b.chart.series || [{ name: b.title, data: b.chart.segments || [] }], all = series.flatMap((s) => s.data);
    const most = Math.max(1, ...all.map((p) => p.value)), names = b.chart.axis_config?.categories || all.map((p) => p.label);
    const bar = (s, name, i) => { const v = s.data.find((p) => p.label === name)?.value ?? 0;
      return h("meter", { class: `m${i}`, min: "0", max: String(most), value: String(v), title: `${s.name}: ${v}`, "aria-label": `${name}, ${s.name}: ${v}` }); };
    return h("figure", { class: "chart" }, h("figcaption", {}, b.title), h("p", { class: "hint" }, series.map((s, i) => h("span", { class: `m${i}` }, s.name))),
      names.map((n) => h("div", {}, h("span", {}, n), h("span", {}, series.map((s, i) => bar(s, n, i))))));
  },
  alert: (b, ctx) => h("div", { class: b.level || "", role: "status" }, textNode(b.text, ctx.zone)),
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
// The parts of rich text, which people's own messages and table cells are made of.
function rich(e, zone) {
  const kids = (tag) => h(tag, {}, (e.elements || []).map((x) => rich(x, zone)));
  switch (e.type) {
    case "text": return h(e.style?.code ? "code" : e.style?.bold ? "strong" : e.style?.italic ? "em" : e.style?.strike ? "s" : "span", {}, words(e.text));
    case "link": return mrkdwn(`<${e.url}${e.text ? `|${e.text}` : ""}>`, zone);
    case "user": case "channel": return mrkdwn(`<${e.type === "user" ? "@" : "#"}${e[`${e.type}_id`]}>`, zone);
    case "emoji": return h("span", {}, words(`:${e.name}:`));
    case "rich_text_list": return h(e.style === "ordered" ? "ol" : "ul", {}, e.elements.map((x) => h("li", {}, rich(x, zone))));
    case "rich_text_quote": return kids("blockquote");
    case "rich_text_preformatted": return kids("pre");
    default: return kids(e.type === "rich_text" ? "div" : "p");
  }
}

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

export const chips = (list, drop) => list.map((o) => h("li", {}, h("button", { type: "button", "aria-label": `Quitar ${label(o.text)}`, onclick: () => drop(o) },
  h("span", {}, words(label(o.text))), icon("close"))));

/** person is somebody as an option of a select. */
export const person = (u) => ({ text: { type: "plain_text", text: u.name }, value: u.id });

/** initially is what a control of options begins with, as a list. */
const initially = (el) => el.initial_options ?? (el.initial_option ? [el.initial_option]
  : world.people.filter((u) => (el.initial_users || [el.initial_user]).includes(u.id)).map(person));

const pickField = (kind) => (el, b, ctx) => {
  const multi = kind.startsWith("multi"), external = kind.includes("external");
  const initial = initially(el), box = h("div", { class: "pick" });
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
  const groups = kind.endsWith("users_select") ? [{ options: world.people.map(person) }] : el.option_groups || [{ options: el.options || [] }];
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
  const many = type === "checkbox", initial = initially(el);
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
for (const k of ["static_select", "users_select", "external_select", "multi_static_select", "multi_users_select", "multi_external_select"]) ELEMENTS[k] = pickField(k);

/** formFrom is what is sent on submit: what was touched, else what the form began with. */
export function formFrom(blocks, form) {
  const out = {};
  for (const b of blocks) for (const el of [b.element, b.accessory, ...(b.elements || [])]) {
    if (!el?.action_id || el.type === "button" || el.type === "overflow") continue;
    let v = form[b.block_id]?.[el.action_id];
    v ??= initially(el).length ? initially(el) : el.initial_value ?? el.initial_date ?? el.initial_time ?? null;
    if (Array.isArray(v)) v = v.map((o) => o.value);
    (out[b.block_id] ??= {})[el.action_id] = v === "" ? null : v;
  }
  return out;
}
