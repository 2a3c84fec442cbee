// What an answer changes in the page beside what Dash shows of it.

import { all, one } from "./dom.mjs";

const STALE = 150; // ms without an answer after which what is older than the controls is dimmed
const REST = 700; // ms without a change of the count after which it is said aloud
const UNKNOWN = "…"; // how a count begins that nothing has answered yet

/**
 * What an answer says of itself. Either `n` is the question's number, or `state` is what an address
 * has opened, which nobody has asked for.
 * @typedef {object} Answer
 * @property {number} [n]
 * @property {import("./asking.mjs").State} [state]
 * @property {string} search the address of what is shown, without "?"
 * @property {string} rows the shown query without its page
 * @property {string} table the fingerprint of the table that answered
 * @property {Record<string, string>} failed a sentence for each part that failed
 */

/** @type {number | undefined} */
let dimming;
/** @type {number | undefined} */
let announcing;
/** @type {Element | null} */
let counted = null;

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
    place.parentElement?.classList.toggle("has-failed", Boolean(said)); // for CSS, which `:has` slows
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

/**
 * Say the count aloud once it is at rest, and only when it is another one. The rest begins when
 * the page shows it, which may be long after its answer.
 */
export function announceCount() {
  const count = document.querySelector("#count");
  if (!count || count === counted) return;
  counted = count;
  const rest = () => {
    clearTimeout(announcing);
    announcing = setTimeout(() => say(String(count.textContent)), REST);
  };
  const changes = { childList: true, characterData: true, subtree: true };
  new MutationObserver(rest).observe(count, changes);
  rest();
}

/** @param {string} count */
function say(count) {
  const said = one("#said");
  if (said.textContent !== count && !count.startsWith(UNKNOWN)) said.textContent = count;
}
