// The theme is chosen before the first paint: the reader's choice, else the system's.
(() => {
  const key = "imagerights-theme";
  const set = theme => document.documentElement.setAttribute("data-bs-theme", theme);
  set(localStorage.getItem(key) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  document.addEventListener("click", event => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    localStorage.setItem(key, next);
    set(next);
  });
})();
// A refused form is answered by its page: the address is the page's, so that loading it again sends nothing.
if (document.documentElement.dataset.page) {
  history.replaceState(null, "", document.documentElement.dataset.page);
  // A picture above it that comes after the reader was led there would push it away.
  addEventListener("DOMContentLoaded", () => { for (const picture of document.images) picture.loading = "eager"; });
  addEventListener("load", () => document.querySelector("[role=alert]")?.scrollIntoView({ block: "center" }));
}
