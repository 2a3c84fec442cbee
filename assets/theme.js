// Light or dark, as the system says, set before the first paint so that nothing flashes.
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () =>
    document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  apply();
  dark.addEventListener("change", () => {
    apply();
    window.dispatchEvent(new Event("themechange"));
  });
})();
