// What an answer changes in the page beside what Dash shows of it.

import { all, one } from "./dom.mjs";

const STALE = 150; // ms without an answer after which what is older than the controls is dimmed
const REST = 700; // ms without a change of the count after which it is said aloud

/**
 * What an answer says of itself. Either `n` is the question's number, or `state` is what an address
 * has opened, which nobody has asked for.
 * @typedef {object} Answer
 * @property {number} [n]
 * @property {import("./asking.mjs").State} [state]
 * @property {string} search the address of what is shown, without "?"
 * @property {string} rows the shown query without its page
 * @property {Record<string, string>} failed a sentence for each part that failed
 */

/** @type {number | undefined} */
let dimming;
/** @type {number | undefined} */
let announcing;

/** Dim what is older than the controls, unless it is answered at once. */
export function dimSoon() {
  clearTimeout(dimming);
  dimming = setTimeout(() => document.body.classList.add("is-stale"), STALE);
}

/** What is shown is what was asked for, or says why not. */
export function undim() {
  clearTimeout(dimming);
  document.body.classList.remove("is-stale");
  for (const place of all("[data-failure]")) place.removeAttribute("aria-busy");
}

/**
 * Say in the place of each part that failed why it did.
 * @param {Record<string, string>} failed
 */
export function showFailures(failed) {
  for (const place of all("[data-failure]")) {
    const said = failed[String(place.dataset.failure)] || "";
    const text = one("p", place);
    if (text.textContent !== said) text.textContent = said;
    place.hidden = !said;
  }
}

/**
 * Let the links to files hold the shown query's rows.
 * @param {string} rows the query without its page
 */
export function linkFiles(rows) {
  for (const link of all("a[data-export]")) {
    const file = String(link.dataset.export);
    link.setAttribute("href", file + (rows ? `${file.includes("?") ? "&" : "?"}${rows}` : ""));
  }
}

/** Say the count aloud once the controls are at rest, and only when it is another one. */
export function announceCount() {
  clearTimeout(announcing);
  announcing = setTimeout(() => {
    const [count, said] = [one("#count").textContent, one("#said")];
    if (said.textContent !== count) said.textContent = count;
  }, REST);
}
