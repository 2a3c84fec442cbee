// What Dash's components lack for keyboards and screen readers.

import { all, around, atEachChange, one } from "./dom.mjs";
import { keepOneStop, moveStop, nextCell } from "./roving.mjs";

/** @type {Record<string, string>} */
const PAGING = {
  "first-page": "First page",
  "previous-page": "Previous page",
  "next-page": "Next page",
  "last-page": "Last page",
  "current-page": "Page",
};
/** @type {Record<string, string>} */
const ORDERS = { "sort-up": "ascending", "sort-down": "descending" };

const WITH_SHIFT = "Sort; with Shift beside the other columns";

/** Name the components' parts whenever they change, and give the Tab key and the arrows back. */
export function watchComponents() {
  atEachChange(nameParts);
  atEachChange(nameTable, ["data-icon"], "#table"); // the order of a column
  window.addEventListener("keydown", keepKeys, true);
}

function nameParts() {
  nameThumbs();
  namePaging();
  for (const menu of all(".dropdown-menu:not([role])")) name(menu, { role: "group" });
}

function nameThumbs() {
  for (const filter of all(".filter:is([data-measure], [data-time])")) {
    const thumbs = all("[role=slider]", filter);
    ["from", "to"].forEach((word, side) => {
      const said = `${filter.dataset.measure ?? filter.ariaLabel}, ${word}`;
      if (thumbs[side]) name(thumbs[side], { "aria-label": said });
    });
  }
}

function namePaging() {
  for (const [part, label] of Object.entries(PAGING)) {
    for (const found of all(`button.${part}, input.${part}`)) name(found, { "aria-label": label });
  }
}

function nameTable() {
  for (const box of all("#table .dash-spreadsheet-container")) {
    const title = one(".table-card h2").textContent;
    name(box, { tabindex: "0", role: "region", "aria-label": String(title) });
  }
  nameCells();
  for (const sort of all("#table .column-header--sort")) {
    const head = /** @type {HTMLElement} */ (sort.closest("th"));
    const icon = /** @type {SVGElement | null} */ (sort.querySelector("svg"));
    name(head, { scope: "col", "aria-sort": ORDERS[icon?.dataset.icon ?? ""] || "none" });
    const words = one(".column-header-name", head);
    const label = `Sort by ${words.textContent}`;
    name(words, { role: "button", tabindex: "0", "aria-label": label, title: WITH_SHIFT });
    name(sort, { "aria-hidden": "true" });
  }
}

/** Of a long value the rest is seen in a title, or with the keyboard there. */
function nameCells() {
  // All are measured before any is changed, or the browser would lay the page out for each.
  const cells = all("#table td.dash-cell").map((cell) => {
    const text = cell.querySelector(".dash-cell-value") ?? cell;
    return { cell, isCut: text.scrollWidth > text.clientWidth };
  });
  for (const { cell, isCut } of cells) {
    if (isCut) name(cell, { title: String(cell.textContent) });
    else if (cell.title && cell !== document.activeElement) cell.removeAttribute("title");
  }
  keepOneStop(cells.map(({ cell }) => cell));
}

/**
 * @param {HTMLElement} part
 * @param {Record<string, string>} said
 */
function name(part, said) {
  for (const [attribute, text] of Object.entries(said)) {
    if (part.getAttribute(attribute) !== text) part.setAttribute(attribute, text);
  }
}

/**
 * DataTable keeps the Tab key and the arrows to itself, though none of its cells can be chosen: no
 * key but those of the page's number reaches Dash; Tab and arrows do what they do elsewhere.
 * @param {KeyboardEvent} event
 */
function keepKeys(event) {
  if (!around(event, "#table")) return;
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key === "Tab" || !target.matches("input")) event.stopPropagation();
  moveCell(event);
  const isPressed = event.key === "Enter" || event.key === " ";
  if (!isPressed || !target.matches(".column-header-name")) return;
  event.preventDefault();
  target.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: event.shiftKey }));
}

/**
 * Let arrows, Home and End move among the table's cells, of which one is a Tab stop.
 * @param {KeyboardEvent} event
 */
function moveCell(event) {
  const from = /** @type {HTMLTableCellElement | null} */ (around(event, "#table td.dash-cell"));
  if (!from) return;
  const lines = all("#table tr:has(td.dash-cell)").map((tr) => all("td.dash-cell", tr));
  const row = lines.findIndex((line) => line.includes(from));
  const to = nextCell(
    event.key,
    [row, lines[row].indexOf(from)],
    [lines.length, lines[row].length],
    () => true,
  );
  if (!to) return;
  event.preventDefault();
  moveStop(from, lines[to[0]][to[1]]);
}
