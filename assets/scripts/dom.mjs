// Finding elements of the page, which all are HTML's, and writing into them.

/**
 * Return the elements of a kind, in the page's order.
 * @param {string} selector
 * @param {ParentNode} within
 * @returns {HTMLElement[]}
 */
export const all = (selector, within = document) => [
  .../** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll(selector)),
];

/**
 * Return the first element of a kind. Errors: Error if there is none.
 * @param {string} selector
 * @param {ParentNode} within
 */
export function one(selector, within = document) {
  const found = /** @type {HTMLElement | null} */ (within.querySelector(selector));
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/**
 * Return the input of a kind within an element. Errors: Error if there is none.
 * @param {string} selector
 * @param {ParentNode} within
 */
export const input = (selector, within) => /** @type {HTMLInputElement} */ (one(selector, within));

/**
 * Let an element have a text, in the place of the one that it has: no element changes by that.
 * @param {Element} place
 * @param {string} text
 */
export function write(place, text) {
  if (place.textContent === text) return;
  if (place.firstChild instanceof Text) place.firstChild.data = text;
  else place.textContent = text;
}

/**
 * Return the closest element of a kind around where an event happened; null if there is none.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const around = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;

/**
 * Return the group of a facet's checkboxes, if the table has that facet.
 * @param {string} facet
 */
export const facetGroup = (facet) =>
  all("fieldset[data-facet]").find((group) => group.dataset.facet === facet);

/**
 * Return all measures' filters: slider, numbers and histogram.
 */
export const measureFilters = () => all(".filter[data-column]");

/**
 * Return a measure's filter, if the table has that measure.
 * @param {string} column
 */
export const measureFilter = (column) =>
  measureFilters().find((filter) => filter.dataset.column === column);

/** A filter that has a slider: a measure's or a time's. */
export const SLID_FILTER = ".filter:is([data-column], [data-time])";

/**
 * Return the name of the column that such a filter is of.
 * @param {HTMLElement} filter
 */
export const columnOf = ({ dataset }) => String(dataset.column ?? dataset.time);

/** @type {Set<() => void>} what is due in the next frame */
const due = new Set();

/**
 * Call a function after changes of which elements stand in the page: once before the browser shows
 * them, however many they are.
 * @param {() => void} does
 * @param {string[]} attributes whose changes count too
 * @param {string} within a selector: changes elsewhere do not count
 */
export function atEachChange(does, attributes = [], within = "html") {
  const more = attributes.length ? { attributeFilter: attributes } : {};
  const observer = new MutationObserver((changes) => {
    if (!changes.some((change) => isWithin(change, within))) return;
    if (due.size === 0) requestAnimationFrame(doDue);
    due.add(does);
  });
  observer.observe(document.documentElement, { childList: true, subtree: true, ...more });
}

/**
 * @param {MutationRecord} change
 * @param {string} selector
 */
function isWithin({ type, target, addedNodes }, selector) {
  const changed = /** @type {Element} */ (target);
  // Points and bars that follow a slider come and go many times a second.
  if (type === "childList" && changed.closest("svg")) return false;
  if (changed.closest(selector)) return true;
  return [...addedNodes].some(
    (node) =>
      node instanceof Element && (node.matches(selector) || node.querySelector(selector) !== null),
  );
}

function doDue() {
  const now = [...due];
  due.clear();
  for (const does of now) does();
}
