// How the page looks, which an answer depends on: `Look` in dashboard/answer/question.py.

import { all } from "./dom.mjs";

/** Whether the page is as narrow as a phone's, as in dashboard.css. */
const narrow = "(max-width: 560px)";

/**
 * Return how the page looks: its theme, whether it is narrow, and the charts whose text alternatives are
 * unfolded, as only those are asked for.
 */
export const look = () => ({
  theme: document.documentElement.getAttribute("data-bs-theme") || "light",
  narrow: window.matchMedia(narrow).matches,
  open: all("details[data-twin][open]")
    .map((twin) => String(twin.dataset.twin))
    .sort(),
});

/**
 * Call a function whenever the page looks otherwise.
 * @param {() => void} does
 */
export function atEachLook(does) {
  window.addEventListener("themechange", does);
  window.matchMedia(narrow).addEventListener("change", does);
  document.addEventListener(
    "toggle",
    (event) => {
      const twin = /** @type {HTMLElement} */ (event.target);
      if (twin.matches("details[data-twin][open]")) does();
    },
    true,
  );
}
