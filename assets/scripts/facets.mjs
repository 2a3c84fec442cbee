// A facet's checkboxes: what a click ticks, and the search in a long facet.

import { setProps, triggers } from "./dash.mjs";
import { all, around, facetGroup, input, one } from "./dom.mjs";

/**
 * Return what is ticked once a value is picked: it alone, or all again if it was alone; to `add` it
 * is to tick it beside the others, or not any more.
 * @param {string[]} values all of the facet's
 * @param {string[]} ticked
 * @param {string} value
 * @param {boolean} add
 */
export function picked(values, ticked, value, add) {
  if (!add) return ticked.length === 1 && ticked[0] === value ? values : [value];
  if (ticked.includes(value)) return ticked.filter((one) => one !== value);
  return values.filter((one) => one === value || ticked.includes(one));
}

/**
 * Return a text as a search compares it: without accents, capitals and spaces around.
 * @param {string | null} text
 */
export const plain = (text) =>
  String(text ?? "")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .trim();

/**
 * Pick a value of a facet.
 * @param {string} facet
 * @param {string} value
 * @param {boolean} add
 */
export function pick(facet, value, add) {
  const group = facetGroup(facet);
  if (!group) {
    narrow([[facet, add ? `~not:${value}` : value]]);
    return;
  }
  const boxes = /** @type {HTMLInputElement[]} */ (all(".form-check input", group));
  const values = boxes.map((box) => box.value);
  const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
  setProps({ role: "facet", column: facet }, { value: picked(values, ticked, value, add) });
}

/**
 * Narrow the table by columns whose filters do not stand in the page.
 * @param {[column: string, condition: string][]} conditions as addresses have them
 */
export function narrow(conditions) {
  window.dispatchEvent(new CustomEvent("narrow", { detail: conditions }));
}

/**
 * Return what is ticked after a click on "all" or "none", which mean what the search shows.
 * @param {number} _all
 * @param {number} _none
 * @param {string[]} ticked
 * @param {{ column: string }} id
 */
export function tickShown(_all, _none, ticked, { column }) {
  const clicked = triggers().find(({ value }) => value);
  const group = facetGroup(String(column));
  if (!clicked || !group) return window.dash_clientside.no_update;
  const shown = all(".form-check", group)
    .filter((check) => !check.hidden)
    .map((check) => input("input", check).value);
  const kept = ticked.filter((value) => !shown.includes(value));
  const { role } = /** @type {Record<string, string>} */ (clicked.id);
  return role === "facet-all" ? [...kept, ...shown] : kept;
}

/** Let what is typed in a facet's search hide checkboxes; what is ticked stays as it is. */
export function watchSearches() {
  document.addEventListener("input", (event) => {
    if (!around(event, ".facet-search")) return;
    for (const box of all(".facet-search")) searchFacet(/** @type {HTMLInputElement} */ (box));
  });
}

/** @param {HTMLInputElement} box */
function searchFacet(box) {
  const wanted = plain(box.value);
  const group = /** @type {HTMLElement} */ (box.closest("fieldset"));
  for (const check of all(".form-check", group)) {
    const hidden = !plain(one(".facet-value", check).textContent).includes(wanted);
    if (check.hidden !== hidden) check.hidden = hidden;
  }
}
