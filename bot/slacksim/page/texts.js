// Slack's mrkdwn as nodes.

import { h, icon } from "./dom.js";
import { dayOf, hhmm, nameOf, now, world } from "./shop.js";

// Signs are drawn, not taken from a font: many machines have none for them. Others stay as they are.
const SIGNS = { "🔧": "wrench", "🛠": "wrench", "⛔": "no", "🚫": "no", "❌": "cross", "✅": "ok", "✔": "ok", "⏳": "wait", "⌛": "wait", "❓": "ask", "🏁": "flag",
  "⏰": "alarm", "⏸": "pause", "⚠": "alert", "🔒": "lock", "🔔": "bell", "📝": "note", "📋": "note", "🔁": "swap", "🔄": "swap", "✋": "hand", "🟢": "dot good", "🔴": "dot bad", "🟡": "dot mid", "🔵": "dot", "⚪": "dot off" };
const CODES = { white_check_mark: "✅", heavy_check_mark: "✔", x: "❌", warning: "⚠", lock: "🔒", bell: "🔔", hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰",
  no_entry: "⛔", no_entry_sign: "🚫", double_vertical_bar: "⏸", pause_button: "⏸", wrench: "🔧", hammer_and_wrench: "🛠", question: "❓", checkered_flag: "🏁",
  red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵", white_circle: "⚪", "+1": "👍", eyes: "👀", tada: "🎉", raised_hand: "✋", memo: "📝", clipboard: "📋", repeat: "🔁" };
const SIGN = new RegExp(`(${Object.keys(SIGNS).join("|")})\\ufe0f?`, "u");
const emoji = (s) => s.replace(/:([a-z0-9_+-]+):/g, (all, n) => CODES[n] ?? all);

/** words is a text with its signs drawn. */
export const words = (s) => emoji(s).split(SIGN).filter(Boolean).map((w) => !SIGNS[w] ? w
  : h("span", { class: `sign s-${SIGNS[w]}`, role: "img", "aria-label": w }, SIGNS[w].startsWith("dot") ? "" : icon(`s-${SIGNS[w]}`)));
const unescape = (s) => s.replace(/&(lt|gt|amp);/g, (_, e) => ({ lt: "<", gt: ">", amp: "&" })[e]);

export function slackDate(unix, format, fallback, zone) {
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
export function mrkdwn(text, zone, verbatim) {
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
export const textNode = (t, zone) => !t ? null : t.type === "mrkdwn" ? mrkdwn(t.text, zone, t.verbatim) : h("span", { class: "plain" }, words(unescape(t.text ?? "")));
export const label = (t) => emoji(unescape(t?.type === "mrkdwn" ? t.text.replace(/[*_~`]/g, "") : t?.text ?? ""));
