// The demo's page: phones, the live sheet, the tour and the weather. It draws what the
// emulators' control doors say and sends what a person does; it knows nothing of the bot.

import { $, desk, h, icon, initials } from "./dom.js";
import { api, complain, envelopeChanged, stream, toast, trouble, world } from "./shop.js";
import { gallery } from "./gallery.js";
import { Phone } from "./phone.js";
import { Sheet } from "./sheet.js";
import { Tour } from "./tour.js";
import { weather } from "./weather.js";

const shop = { phones: [], sheet: null, showPane }, { phones } = shop;
let tour = null, shownPane = 0; // on a small screen: which phone, or "sheet"

function showPane(pane) {
  shownPane = pane;
  document.body.dataset.pane = pane;
  phones.forEach((p, i) => p.el.classList.toggle("current", i === pane));
  const p = phones[pane], { sheet } = shop;
  if (p?.at) p.draw();
  if (pane === "sheet") { sheet.tab.news.clear(); sheet.drawTabs(); sheet.paint(); sheet.catchUp(); }
  drawBottom();
}

function drawBottom() {
  const item = (pane, face, text, n, long) => h("button", { type: "button", "aria-current": shownPane === pane ? "page" : null, "aria-label": long, onclick: () => showPane(pane) },
    face, h("span", {}, text), n ? h("b", { class: "count" }, n > 9 ? "9+" : String(n)) : "");
  $(".bottom").replaceChildren(...phones.map((p, i) => {
    const u = world.people.find((x) => x.id === p.user), n = [...p.chats.values()].reduce((a, c) => a + c.unread, 0);
    return item(i, h("span", { class: "avatar", data: { tone: world.people.indexOf(u) % 6 } }, initials(u?.name || "?")), u?.name.split(" ")[0] || "", n, `Teléfono de ${u?.name}`);
  }), ...(shop.sheet ? [item("sheet", icon("sheet"), "Planilla", [...shop.sheet.tabs.values()].reduce((a, t) => a + t.news.size, 0), "Planilla en vivo")] : []));
}

function addPhone(user) {
  const p = new Phone(`p${phones.length}`, user, () => { drawBottom(); tour?.look(); });
  phones.push(p);
  $(".phones").append(p.el);
  fitPhones();
}
function fitPhones() {
  const room = Math.min(5, Math.floor((innerWidth - (shop.sheet ? 480 : 40)) / 372));
  $(".stage").style.setProperty("--n", phones.length);
  $(".add").hidden = !desk.matches || phones.length >= room || phones.length >= world.people.length;
}

async function readWorld() {
  const s = await api("/sim/state");
  if (world.channels.some((c) => !s.channels.some((n) => n.id === c.id))) location.reload(); // the demo was started anew
  world.bot = s.bot?.user_id;
  world.users = new Map(s.users.map((u) => [u.id, u]));
  Object.assign(world, { skew: (s.now - Date.now()) / 1000, channels: s.channels, commands: s.commands, shortcuts: s.shortcuts || [] });
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

function openSheet() {
  $(".sheet").hidden = false;
  const sheet = shop.sheet = new Sheet($(".sheet"), drawBottom, () => tour?.look()), live = $(".live");
  stream("/sheets-sim/sim/events", (e) => sheet.changed(e), (up) => {
    live.textContent = up ? "En vivo" : "Sin conexión, reintentando…";
    live.classList.toggle("on", up);
    if (up) { sheet.version = 0; sheet.loadAll(); }
  });
}

async function start() {
  world.page = await api("/page.json");
  document.title = `${world.page.title} · spoolbot demo`;
  $(".togallery").hidden = !world.page.gallery || location.pathname === "/gallery";
  await readWorld();
  if (location.pathname === "/gallery") { await gallery(); return; }
  weather();
  const holders = world.page.phones?.length ? world.page.phones : world.people.slice(0, 2).map((u) => u.id);
  holders.forEach(addPhone);
  if (world.page.sheets) openSheet();
  document.body.classList.toggle("nosheet", !shop.sheet);
  if (shop.sheet) tour = new Tour(shop);
  let up = true;
  stream("/sim/events", onChange, (ok) => {
    if (ok) { seq = 0; readWorld().then(refreshAll, complain); } else if (up) toast("Se cortó la conexión con la demo. Reintentando…");
    up = ok;
  });
  for (const p of phones) notices(p.user);
  $(".add").onclick = () => addPhone((world.people.find((u) => !phones.some((p) => p.user === u.id)) || world.people[0]).id);
  addEventListener("resize", fitPhones);
  showPane(0);
  fitPhones();
}

start().catch((err) => { complain(err); $(".stage").append(h("p", { class: "note" }, "No se pudo cargar la demo. Recarga la página para intentarlo otra vez.")); });
