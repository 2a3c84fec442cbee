// A facet's checkboxes: what a click ticks, which of many are shown, and the search in them.

import { setProps, triggers } from "./dash.mjs";
import { all, around, facetGroup, input, one } from "./dom.mjs";
import { numberText } from "./reader.mjs";

/**
 * Return what is ticked once a value is picked: it alone, or `whole` again if it was alone; to `add`
 * it is to tick it beside the others, or not any more.
 * @param {string[]} values all of the facet's
 * @param {string[]} ticked
 * @param {string} value
 * @param {boolean} add
 * @param {string[]} whole what is ticked where all are let in
 */
export function picked(values, ticked, value, add, whole = values) {
  if (!add) return ticked.length === 1 && ticked[0] === value ? whole : [value];
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
  const isOut = leavesOut(group);
  const ticked = isOut ? [] : boxes.filter((box) => box.checked).map((box) => box.value);
  const whole = hasMany(group) ? [] : values;
  if (isOut) setProps({ role: "left-out", column: facet }, { data: false });
  setProps({ role: "facet", column: facet }, { value: picked(values, ticked, value, add, whole) });
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
    .filter(isShown)
    .map((check) => input("input", check).value);
  const kept = ticked.filter((value) => !shown.includes(value));
  const { role } = /** @type {Record<string, string>} */ (clicked.id);
  return role === "facet-all" ? [...kept, ...shown] : kept;
}

/** @param {HTMLElement} group whether it has so many values that ticks choose some */
const hasMany = (group) => group.classList.contains("is-many");

/** @param {HTMLElement} group whether what is ticked is left out */
const leavesOut = (group) =>
  all("[data-leave-out]", group).some((button) => button.getAttribute("aria-pressed") === "true");

/** @param {HTMLElement} check whether it is shown where its filters are */
const isShown = (check) => getComputedStyle(check).display !== "none";

/**
 * Let the switches say which facets' ticks are left out.
 * @param {boolean[]} leftOut
 * @param {{ column: string }[]} ids
 */
export function drawLeftOut(leftOut, ids) {
  for (const [i, { column }] of ids.entries()) {
    const group = facetGroup(column);
    if (group) one("[data-leave-out]", group).setAttribute("aria-pressed", String(!!leftOut[i]));
  }
}

const SHOWN = 8; // of many values, as in the style sheet

/**
 * Return how many of many values are folded away: all but the first that have rows, and the ticked.
 * @param {{ isTicked: boolean, hasRows: boolean }[]} values
 */
export function foldedAway(values) {
  const first = values.filter(({ hasRows }) => hasRows).slice(0, SHOWN);
  return values.filter((value) => !value.isTicked && !first.includes(value)).length;
}

/** Say how many of a facet's many values are folded away; the style sheet folds them. */
export function sayMore() {
  for (const group of all("fieldset.is-many")) {
    const folded = foldedAway(
      all(".form-check", group).map((check) => ({
        isTicked: input("input", check).checked,
        hasRows: !check.querySelector(".no-rows"),
      })),
    );
    const isOpen = group.classList.contains("is-open");
    const button = one(".facet-more", group);
    const said = isOpen ? "fewer" : `${numberText(folded)} more…`;
    if (button.textContent !== said) button.textContent = said;
    button.hidden = !isOpen && !folded;
    button.setAttribute("aria-expanded", String(isOpen));
  }
}

/**
 * Let what is typed in a facet's search hide checkboxes; what is ticked stays as it is. Unfold many
 * values, and turn what is ticked from let in to left out.
 */
export function watchFacets() {
  document.addEventListener("input", (event) => {
    if (!around(event, ".facet-search")) return;
    for (const box of all(".facet-search")) searchFacet(/** @type {HTMLInputElement} */ (box));
    sayMore();
  });
  document.addEventListener("change", () => requestAnimationFrame(sayMore));
  document.addEventListener("click", (event) => {
    const group = around(event, "fieldset.is-many");
    if (!group) return;
    if (around(event, ".facet-more")) {
      group.classList.toggle("is-open");
      sayMore();
    }
    if (around(event, "[data-leave-out]")) {
      const column = String(group.dataset.facet);
      setProps({ role: "left-out", column }, { data: !leavesOut(group) });
    }
  });
}

/** @param {HTMLInputElement} box */
function searchFacet(box) {
  const wanted = plain(box.value);
  const group = /** @type {HTMLElement} */ (box.closest("fieldset"));
  group.classList.toggle("is-searching", wanted !== "");
  for (const check of all(".form-check", group)) {
    const hidden = !plain(one(".facet-value", check).textContent).includes(wanted);
    if (check.hidden !== hidden) check.hidden = hidden;
  }
}
