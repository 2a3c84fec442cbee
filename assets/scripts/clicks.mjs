// What a click on parts of the page does that are no components of Dash.

import { link } from "./address.mjs";
import { setProps } from "./dash.mjs";
import { all, around, input } from "./dom.mjs";
import { pick } from "./facets.mjs";
import { savePicture } from "./pictures.mjs";
import { clearBounds } from "./sliders.mjs";
import { clearPeriod, pickDay } from "./times.mjs";

const COPIED = "Copied";
const SHOWN = 1500; // ms for which a button says so

/**
 * What waits for the answer to the newest change, so that it is not lost: an address to open, which
 * is found then, and what else is done with what is shown.
 * @typedef {object} Waiting
 * @property {(find: () => string) => void} open
 * @property {(then: () => void) => void} whenAnswered
 */

/**
 * Listen to clicks.
 * @param {Waiting} waiting
 */
export function watchClicks({ open, whenAnswered }) {
  document.addEventListener("click", (event) => {
    const at = (/** @type {string} */ selector) => around(event, selector);
    const opener = at("[data-open]");
    if (opener) open(() => openedBy(opener));
    const key = at("[data-pick]")?.dataset;
    if (key) pick(String(key.pickFacet), String(key.pick), event.shiftKey);
    const chosen = at("[data-choose]")?.dataset;
    if (chosen) choose(String(chosen.choose), String(chosen.value));
    const word = at(".facet-value");
    if (word) pickWord(word, event);
    const filter = at(".clear-measure")?.closest(".filter");
    if (filter) clearSpan(/** @type {HTMLElement} */ (filter));
    const picker = at(".pick-day");
    if (picker) pickDay(picker);
    const copier = at("[data-copy]");
    if (copier) copy(String(copier.dataset.copy), copier);
    if (at("[data-copy-as]")) document.getElementById("copy-as")?.click();
    const linker = at("[data-copy-link]");
    if (linker) whenAnswered(() => copy(link(), linker));
    const picture = at("[data-picture]")?.dataset;
    if (picture) savePicture(String(picture.chart), String(picture.picture));
    if (at("[data-theme-switch]")) window.dispatchEvent(new Event("themeswitch"));
  });
}

/**
 * Return the address that a button opens: of a filter's chip what the newest one of that filter says.
 * @param {HTMLElement} opener
 */
function openedBy(opener) {
  const { column } = opener.dataset;
  const chips = column === undefined ? [] : all(".chip[data-open]");
  const newest = chips.find((chip) => chip.dataset.column === column) ?? opener;
  const { open = "" } = newest.dataset;
  return open.length > 1 ? open : "";
}

/**
 * Choose a value of one of the page's own choices.
 * @param {string} key
 * @param {string} value
 */
const choose = (key, value) => setProps({ role: "choice", column: key }, { value });

/**
 * Let a measure or a time be without bounds.
 * @param {HTMLElement} filter
 */
export function clearSpan(filter) {
  if (filter.dataset.column) clearBounds(filter);
  else clearPeriod(filter);
}

/**
 * Pick a facet's value by its name, where the name alone would tick its checkbox; of many values it
 * does.
 * @param {HTMLElement} word
 * @param {MouseEvent} event
 */
function pickWord(word, event) {
  if (word.closest(".is-many")) return;
  event.preventDefault();
  const check = /** @type {HTMLElement} */ (word.closest(".form-check"));
  const { facet } = /** @type {HTMLElement} */ (word.closest("fieldset")).dataset;
  pick(String(facet), input("input", check).value, event.shiftKey);
}

/**
 * @param {string} text
 * @param {HTMLElement} button
 */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelecting(text, button.closest(".modal") || document.body);
    button.focus(); // the text had taken it
  }
  const before = button.textContent;
  if (before === COPIED) return;
  button.textContent = COPIED;
  setTimeout(() => {
    button.textContent = before;
  }, SHOWN);
}

/**
 * Copy where the browser keeps its clipboard closed: on a page without TLS.
 * @param {string} text
 * @param {Element} place
 */
function copyBySelecting(text, place) {
  const area = document.createElement("textarea");
  area.value = text;
  place.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
