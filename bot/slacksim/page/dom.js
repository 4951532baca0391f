// Tools for the document: making elements, keeping the focus. Text of others only ever
// becomes text nodes.

export const $ = (sel, root = document) => root.querySelector(sel);

/** h makes an element: props are attributes, on* listeners, or class/data/text. */
export function h(tag, props = {}, ...kids) {
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

export const icon = (name) => {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg"), use = document.createElementNS(ns, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
};
export const spinner = (label = "Cargando…") => h("span", { class: "spin", role: "img", "aria-label": label });
export const iconButton = (name, label, onclick) => h("button", { type: "button", class: "icon", "aria-label": label, onclick }, icon(name));

export const plain = (s) => String(s ?? "").normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
export const headerKey = (s) => plain(s).replace(/[\s_/.°]/g, "");
export const initials = (name) => name.split(/\s+/).slice(0, 2).map((w) => w[0]).join("").toUpperCase();
export const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const desk = matchMedia("(min-width: 1000px)");
export const hash = (s) => { let n = 0; for (let i = 0; i < s.length; i++) n = (n * 31 + s.charCodeAt(i)) | 0; return n; };

/** keepFocus redraws without the person losing the place where they type. */
export function keepFocus(root, redraw) {
  const was = root.contains(document.activeElement) ? document.activeElement : null, k = was?.dataset?.k, at = was?.selectionStart;
  redraw();
  const el = k && [...root.querySelectorAll("[data-k]")].find((x) => x.dataset.k === k);
  if (!el) return;
  el.focus({ preventScroll: true });
  try { if (at != null) el.setSelectionRange(at, at); } catch { /* a date has no selection */ }
}
