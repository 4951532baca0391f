// The emulators' control doors: what they say, what is asked of them, and their troubles in
// words for people.

import { $, h, icon } from "./dom.js";

export const world = { page: {}, users: new Map(), people: [], channels: [], commands: [], shortcuts: [], skew: 0 };
export const now = () => Date.now() / 1000 + world.skew;
export const nameOf = (id) => world.users.get(id)?.real_name || (id === "USLACKBOT" ? "Slackbot" : id === world.bot ? "Spoolbot" : id);
export const isBot = (id) => world.users.get(id)?.bot || id === world.bot;

export const hhmm = (ts, zone = "America/Santiago") =>
  new Intl.DateTimeFormat("es-CL", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(ts * 1000);
export const dayOf = (ts, zone = "America/Santiago") => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(ts * 1000);

export async function api(path, body) {
  const init = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let res;
  try { res = await fetch(path, init); } catch { throw new Error("La demo no responde. ¿Sigue corriendo make demo?"); }
  const data = await res.json().catch(() => null);
  if (!res.ok) throw new Error(data?.error || `${path}: respuesta ${res.status}`);
  return data;
}

export function toast(text, kind = "bad") {
  if ([...$(".toasts").children].some((t) => t.textContent === text)) return;
  const el = h("p", { class: `toast ${kind}` }, icon(kind === "bad" ? "warn" : "check"), h("span", {}, text));
  $(".toasts").append(el);
  setTimeout(() => el.remove(), kind === "bad" ? 7000 : 3500);
}
export const complain = (err) => toast(trouble(err.message || String(err)));

/** once runs f at most one at a time; calls meanwhile make it run once more. */
export function once(f) {
  let running = false, again = false;
  return async () => {
    if (running) { again = true; return; }
    running = true;
    do { again = false; try { await f(); } catch (err) { complain(err); } } while (again);
    running = false;
  };
}

/** stream listens to server-sent events while the page is visible: hidden tabs hold no connection. */
export function stream(url, onEvent, onState) {
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

// waits tells when an envelope is done: its second change (first sent, then acknowledged or given up).
const waits = { seen: new Map(), ready: new Map() };
export function envelopeChanged(id) {
  const n = (waits.seen.get(id) || 0) + 1;
  waits.seen.set(id, n);
  if (waits.seen.size > 500) waits.seen.delete(waits.seen.keys().next().value);
  if (n > 1) { waits.ready.get(id)?.(); waits.ready.delete(id); }
}
export const acknowledged = (id) => !id || waits.seen.get(id) > 1 ? Promise.resolve()
  : new Promise((done) => { waits.ready.set(id, done); setTimeout(done, 4000); });


export const trouble = (code) => ({
  operation_timeout: "No respondió a tiempo (operation_timeout). Inténtalo otra vez.", dispatch_failed: "No se pudo entregar a la app (dispatch_failed).",
  "We had some trouble connecting. Try again?": "Tuvimos problemas para conectar. Inténtalo otra vez.",
  "Please complete this required field.": "Completa este campo.",
}[code] || code.replace(/^(\/\S+) is not a valid command$/, "$1 no es un comando de este taller.").replace(/^Please enter at least (\d+) characters\.$/, "Escribe al menos $1 caracteres.")
  .replace(/^Please shorten this to (\d+) characters\.$/, "Acorta el texto a $1 caracteres."));

export const slackWords = (m) => m.user !== "USLACKBOT" ? m.text
  : m.text.replace(/^(\S+) failed with the error "(.+)"$/, (_, cmd, code) => `\`${cmd}\` falló. ${trouble(code)}`);
