// Light or dark as the system is, until somebody chooses. It runs before the first drawing,
// so that nothing flashes.
(() => {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    root.dataset.theme = localStorage.theme || (dark.matches ? "dark" : "light");
    document.querySelector(".theme")?.setAttribute("aria-label", root.dataset.theme === "dark" ? "Pasar a modo claro" : "Pasar a modo oscuro");
  };
  dark.onchange = show;
  show();
  addEventListener("DOMContentLoaded", () => {
    show();
    document.querySelector(".theme").onclick = () => {
      localStorage.theme = root.dataset.theme === "dark" ? "light" : "dark";
      show();
    };
  });
})();
