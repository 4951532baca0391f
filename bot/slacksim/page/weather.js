// A hand on the shop's clock, and what a visitor may break and mend: a slow sheet, Redis
// down, the bot killed as by a power cut.

import { $, h } from "./dom.js";
import { api, complain, toast, world } from "./shop.js";

const TROUBLES = {
  slow_sheet: { name: "Planilla lenta", what: "Cada escritura tarda 6 segundos", ends: "La planilla responde como siempre." },
  redis_off: { name: "Redis caído", what: "No se puede tomar ni soltar nada, y el bot lo dice", ends: "Redis está de vuelta, con lo que sabía." },
  bot_off: { name: "Bot apagado", what: "Como un corte de luz. Al volver termina lo que quedó a medias", ends: "El bot está de vuelta y termina lo que quedó a medias." },
};
const inputs = new Map();

/** forward moves the shop's time by so many minutes. */
export async function forward(minutes) {
  await api("/sim/clock", { forward: `${minutes}m` });
  world.skew += minutes * 60;
  toast(`El reloj del taller avanzó ${minutes === 60 ? "una hora" : `${minutes} minutos`}.`, "good");
}

async function show() {
  const now = await api("/sim/weather");
  for (const [name, input] of inputs) input.checked = !!now[name];
  const bad = Object.keys(TROUBLES).filter((name) => now[name]);
  $(".sky").classList.toggle("bad", bad.length > 0);
  $(".sky").setAttribute("aria-label", ["Clima", ...bad.map((name) => TROUBLES[name].name)].join(": "));
  return now;
}

async function set(name, input) {
  const on = input.checked;
  input.disabled = true;
  try {
    await api("/sim/weather", { [name]: on });
    for (let n = 0; !on && n < 100 && (await show()).bot_away; n++) await new Promise((go) => setTimeout(go, 300));
    toast(on ? `${TROUBLES[name].name}. Nada se pierde: prueba y mira.` : TROUBLES[name].ends, "good");
  } catch (err) { complain(err); }
  input.disabled = false;
  show().catch(complain);
}

export function weather() {
  $(".clock").hidden = !world.page.clock;
  for (const button of document.querySelectorAll(".clock button")) button.onclick = async () => {
    button.disabled = true;
    await forward(Number(button.dataset.minutes)).catch(complain);
    button.disabled = false;
  };
  $(".sky").hidden = !world.page.weather.length;
  for (const name of Object.keys(TROUBLES).filter((n) => world.page.weather.includes(n))) {
    const input = h("input", { type: "checkbox", role: "switch", name, onchange: () => set(name, input) });
    inputs.set(name, input);
    $("#weather ul").append(h("li", {}, h("label", { class: "switch" }, h("span", {}, h("b", {}, TROUBLES[name].name), h("small", {}, TROUBLES[name].what)), input)));
  }
  show().catch(complain);
}
