// A calendar's cells by keyboard: a button lies over each, which the pointer does not see.

import { made } from "./column_row.mjs";
import { all, around } from "./dom.mjs";
import { keepOneStop, moveStop, nextCell } from "./roving.mjs";

/**
 * Return the filters of a chart's cells; null of any other chart.
 * @param {Chart} chart
 * @returns {Cells | null}
 */
export function cellsOf(chart) {
  const { meta } = chart.layout;
  const isCalendar = meta && typeof meta === "object" && "across" in meta;
  return isCalendar ? /** @type {Cells} */ (meta) : null;
}

/**
 * Show the rows of a cell.
 * @param {Chart} chart
 * @param {number} row
 * @param {number} column
 */
export function openCell(chart, row, column) {
  const cells = cellsOf(chart);
  if (!cells) return;
  const pairs = [...cells.up[row], ...cells.across[column]];
  window.dispatchEvent(new CustomEvent("replace", { detail: { drop: cells.drop, pairs } }));
}

/**
 * Return what Plotly shows of a cell as plain words.
 * @param {string} text
 */
export function cellWords(text) {
  const page = new DOMParser().parseFromString(text.replaceAll("<br>", ", "), "text/html");
  return String(page.body.textContent);
}

/**
 * Lay buttons over a calendar's cells, anew whenever it is drawn.
 * @param {Chart} chart
 */
export function layKeys(chart) {
  const frame = chart.querySelector(".svg-container");
  const cells = cellsOf(chart);
  if (!frame || !cells) return;
  const texts = chart.data[0]?.text ?? [];
  let grid = /** @type {HTMLElement | null} */ (frame.querySelector(".cell-keys"));
  const said = JSON.stringify(texts);
  if (grid?.dataset.said !== said) {
    const had = grid?.contains(document.activeElement)
      ? /** @type {HTMLElement} */ (document.activeElement).dataset.cell
      : undefined;
    grid?.remove();
    grid = made("div", { class: "cell-keys", role: "group" });
    grid.setAttribute("aria-label", `${titleOf(chart)}, cells: arrows move, Enter shows the rows`);
    grid.dataset.said = said;
    for (const [row, line] of texts.entries())
      for (const [column, text] of line.entries()) if (text) grid.append(key(row, column, text));
    frame.append(grid);
    const again = all("button", grid).find((one) => one.dataset.cell === had);
    keepOneStop(all("button", grid));
    if (had) (again ?? all("button", grid)[0])?.focus();
  }
  const { l, t, w, h } = chart._fullLayout._size;
  Object.assign(grid.style, {
    left: `${l}px`,
    top: `${t}px`,
    width: `${w}px`,
    height: `${h}px`,
    gridTemplateColumns: `repeat(${cells.across.length}, minmax(0, 1fr))`,
    gridTemplateRows: `repeat(${cells.up.length}, minmax(0, 1fr))`,
  });
}

/** @param {Chart} chart */
const titleOf = (chart) =>
  String(chart.closest(".card")?.querySelector("h2")?.textContent ?? "Calendar");

/**
 * @param {number} row
 * @param {number} column
 * @param {string} text
 */
function key(row, column, text) {
  const words = cellWords(text);
  const button = made("button", { type: "button", "data-cell": `${row} ${column}` });
  button.setAttribute("aria-label", `${words}: show these rows`);
  button.dataset.words = words;
  button.style.gridRow = String(row + 1);
  button.style.gridColumn = String(column + 1);
  return button;
}

/** Listen to the keys, and to what a button is pressed for. */
export function watchCalendarKeys() {
  document.addEventListener("click", (event) => {
    const button = around(event, ".cell-keys [data-cell]");
    const chart = button?.closest(".js-plotly-plot");
    if (button && chart) openCell(/** @type {Chart} */ (chart), ...placeOf(button));
  });
  document.addEventListener("keydown", (event) => {
    const from = around(event, ".cell-keys [data-cell]");
    const grid = from?.parentElement;
    if (!from || !grid) return;
    const keys = new Map(all("[data-cell]", grid).map((one) => [one.dataset.cell, one]));
    const places = [...keys.values()].map(placeOf);
    const size = /** @type {[number, number]} */ (
      [0, 1].map((at) => 1 + Math.max(...places.map((place) => place[at])))
    );
    const to = nextCell(event.key, placeOf(from), size, (row, column) =>
      keys.has(`${row} ${column}`),
    );
    if (!to) return;
    event.preventDefault();
    moveStop(from, /** @type {HTMLElement} */ (keys.get(to.join(" "))));
  });
}

/**
 * @param {HTMLElement} button
 * @returns {[row: number, column: number]}
 */
function placeOf(button) {
  const [row, column] = String(button.dataset.cell).split(" ").map(Number);
  return [row, column];
}
