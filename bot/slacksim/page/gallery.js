// Every view with sample data, as the golden tests keep them.

import { $, h, plain } from "./dom.js";
import { api, toast } from "./shop.js";
import { label, mrkdwn } from "./texts.js";
import { blocksOf } from "./blocks.js";

const KINDS = { modal: "modal", home: "inicio" };

export async function gallery() {
  document.body.dataset.mode = "gallery";
  $(".stage").hidden = true;
  $("main.gallery").hidden = false;
  const views = await api("/gallery.json"), shelf = $(".shelf"), find = $("main.gallery input");
  const only = () => toast("Solo muestra.", "good"), layer = { raise() {}, ask: only, pick: only };
  const cards = views.map(({ name, view: v }) => {
    const ctx = { key: name.replace(/\W/g, "_"), zone: "America/Santiago", form: {}, layer, act: only, suggest: async () => [] };
    return h("figure", { class: "card", data: { name: plain(name) } }, h("figcaption", {}, h("b", {}, name), h("span", {}, KINDS[v.type] || "mensaje")),
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
