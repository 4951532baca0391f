// What a stranger would hold against the page as it stands, one line each: horizontal
// scrolling, text cut off, a tap target under 44 px, contrast below 4.5:1. The tests put it
// into the page; it changes nothing there.
(() => {
  const faults = new Set();
  const each = (f, kept = new Map()) => (el) => { // f once for each element
    if (!kept.has(el)) kept.set(el, f(el));
    return kept.get(el);
  };
  const styleOf = each(getComputedStyle), boxOf = each((el) => el.getBoundingClientRect());
  const seen = each((el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !el.closest("[inert],[hidden]"));
  const name = (el) => {
    const id = el.tagName.toLowerCase() + [...el.classList].map((c) => "." + c).join("");
    return `${id} "${(el.getAttribute("aria-label") || el.innerText || el.value || el.placeholder || "").trim().replace(/\s+/g, " ").slice(0, 50)}"`;
  };
  const all = [...document.querySelectorAll("body *")].filter(seen);
  const sheet = (el) => el.closest(".grid, .b-table"); // tables scroll inside, as everywhere

  for (const el of [document.documentElement, ...all]) {
    const flow = styleOf(el).overflowX, wide = el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 0;
    if (wide && !sheet(el) && (el === document.documentElement || flow === "auto" || flow === "scroll")) faults.add(`scrolls aside: ${name(el).slice(0, 60)}, ${el.scrollWidth} in ${el.clientWidth}`);
    if (wide && el.matches("input, textarea") && !el.value) faults.add(`hint cut off: ${name(el)}`);
  }

  // Colours, as the screen mixes them: 1 x 1 pixel at a time.
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (css) => {
    if (!known.has(css)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = css;
      pen.fillRect(0, 0, 1, 1);
      known.set(css, [...pen.getImageData(0, 0, 1, 1).data].map((v) => v / 255));
    }
    return known.get(css);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const ground = each((el) => {
    if (!el) return [1, 1, 1];
    const c = rgba(styleOf(el).backgroundColor);
    return c[3] === 1 ? c.slice(0, 3) : over(c, ground(el.parentElement));
  });
  const opacity = each((el) => (el ? Number(styleOf(el).opacity) * opacity(el.parentElement) : 1));
  const light = (c) => c.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = texts.nextNode());) {
    const el = node.parentElement, style = styleOf(el);
    if (!node.data.trim() || !seen(el) || el.closest("svg, option, select, noscript, .name")) continue; // .name is read aloud on a phone
    const back = ground(el), [r, g, b, a] = rgba(style.color), ratio = contrast(over([r, g, b, a * opacity(el)], back), back);
    if (ratio < 4.5 && !el.closest(".busy")) faults.add(`contrast ${ratio.toFixed(2)}: ${name(el)}`);

    if (sheet(el) && !el.closest(".pin")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let x = false, y = false; // whether something around scrolls: what is out of sight may be brought there
    for (let up = el; up && !(x && y); up = up.parentElement) {
      const { overflowX, overflowY } = styleOf(up);
      const clips = (flow) => flow === "hidden" || flow === "clip";
      if (clips(overflowX) || clips(overflowY)) for (const t of range.getClientRects()) {
        const box = boxOf(up);
        if (!x && clips(overflowX) && (t.right > box.right + 1 || t.left < box.left - 1)) faults.add(`cut off: ${name(el)}`);
        if (!y && clips(overflowY) && up !== document.body && (t.bottom > box.bottom + 2 || t.top < box.top - 2)) faults.add(`cut off below: ${name(el)}`);
      }
      x ||= overflowX === "auto" || overflowX === "scroll";
      y ||= overflowY === "auto" || overflowY === "scroll";
    }
  }

  for (const el of all) {
    if (!el.matches("button, a[href], input, select, textarea, [role=option], [role=tab]") || sheet(el) || el.closest(".mrk")) continue;
    const target = el.closest("label, .write, .find") || el, { width, height } = boxOf(target);
    if (width < 43.5 || height < 43.5) faults.add(`tap target ${width.toFixed()}x${height.toFixed()}: ${name(target)}`);
  }
  return [...faults];
})()
