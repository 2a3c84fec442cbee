// Light or dark, set before the first paint so that nothing flashes: as the system says, until a
// person chooses; the choice is remembered, and forgotten again when it is what the system says.
// Likewise whether the page stands in another site's frame, by its address: then without a header.
(() => {
  const KEY = "iris_dash theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const system = () => (dark.matches ? "dark" : "light");

  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch {
      return null; // storage is closed to this page
    }
  }

  function apply() {
    document.documentElement.setAttribute("data-bs-theme", remembered() || system());
  }

  function change() {
    apply();
    window.dispatchEvent(new Event("themechange"));
  }

  apply();
  const embedded = new URLSearchParams(window.location.search).get("_embed") === "1";
  document.documentElement.toggleAttribute("data-embed", embedded);
  dark.addEventListener("change", change);
  window.addEventListener("themeswitch", () => {
    const shown = document.documentElement.getAttribute("data-bs-theme");
    const next = shown === "dark" ? "light" : "dark";
    try {
      if (next === system()) window.localStorage.removeItem(KEY);
      else window.localStorage.setItem(KEY, next);
    } catch {
      document.documentElement.setAttribute("data-bs-theme", next);
      window.dispatchEvent(new Event("themechange"));
      return;
    }
    change();
  });
})();
