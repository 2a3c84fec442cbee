// The cells of a summary: a figure that opens its rows, how many it is of, the bar of a line.

import { made } from "./column_row.mjs";
import { numberText } from "./reader.mjs";
import { barCell } from "./summary_bars.mjs";
import { heat } from "./summary_order.mjs";

/** @typedef {import("./summary_order.mjs").Cell} Cell */
/** @typedef {import("./summary_order.mjs").Group} Group */

/**
 * What the server says: dashboard/views/summary_groups.py, or why there is nothing.
 * @typedef {object} Summary
 * @property {string} [why]
 * @property {string} title
 * @property {string} unit
 * @property {string} by
 * @property {string} across
 * @property {string} value what each figure is
 * @property {string} noun of rows
 * @property {Group[]} rows
 * @property {Group[]} columns
 * @property {string[]} dropRows
 * @property {string[]} dropColumns
 * @property {(Cell | null)[][]} cells
 * @property {(Cell | null)[]} foot
 * @property {"rows" | "across" | ""} times which of them are times, drawn as lines
 * @property {(number | null)[]} [ranks] the colours of the lines' groups, of a facet's values
 * @property {(number | null)[]} places where these times lie, in days
 * @property {number} small
 * @property {[number, number] | null} scale
 * @property {boolean} ordered whether rows stand by their figures at first
 * @property {import("./summary_order.mjs").Order} rowOrder
 * @property {import("./summary_order.mjs").Order} columnOrder
 * @property {boolean} ends whether there are intervals
 * @property {[rows: number, columns: number]} more that are not shown
 * @property {string} asked
 * @property {number} missing
 * @property {[drop: string[], pairs: [key: string, value: string][]]} own what the rows of a figure have
 * @property {string} opens
 */

/**
 * Return the cells of a line: a figure per column, that of the line, how many it is of, its bar.
 * @param {Summary} said
 * @param {(Cell | null)[]} cells
 * @param {number} row -1: of all
 * @param {number[]} columns
 * @param {import("./summary_bars.mjs").Scale | null} scale
 */
export function figures(said, cells, row, columns, scale) {
  const name = row < 0 ? "all" : said.rows[row][0];
  const own = cells.at(-1) ?? null;
  const parts = columns.map((at) =>
    figure(said, cells[at], row, at, `${name}, ${said.columns[at][0]}`),
  );
  const total = figure(said, own, row, -1, name);
  total.classList.add("is-total");
  const bar = scale ? [barCell(own, scale, said.small)] : [];
  return [...parts, total, made("td", { class: "is-n" }, own ? numberText(own[2]) : "–"), ...bar];
}

/**
 * @param {Summary} said
 * @param {Cell | null} cell
 * @param {number} row
 * @param {number} column
 * @param {string} name
 */
function figure(said, cell, row, column, name) {
  const td = made("td");
  if (!cell) {
    td.append("–");
    td.className = "is-none";
    return td;
  }
  const [text, value, n, , , ends] = cell;
  const words = `${name}: ${said.value} ${text}${ends ? ` (${ends})` : ""}, n = ${numberText(n)}`;
  const button = made(
    "button",
    {
      type: "button",
      tabindex: "-1",
      "data-figure": `${row} ${column}`,
      "aria-label": `${words}: show these rows`,
      title: words,
    },
    text,
  );
  const [strength, isBelow] = row >= 0 && column >= 0 ? heat(value, said.scale) : [0, false];
  if (n < said.small) button.classList.add("is-small");
  else if (strength) {
    button.style.setProperty("--heat", `${Math.round(100 * strength)}`);
    button.classList.add("has-heat");
    if (isBelow) button.classList.add("is-below");
  }
  if (n < said.small) button.append(made("small", {}, `n ${n}`));
  td.append(button);
  return td;
}

/**
 * @param {Summary} said
 * @param {number[]} columns
 * @param {import("./summary_bars.mjs").Scale | null} scale
 */
export function totals(said, columns, scale) {
  const tr = made("tr");
  const th = made("th", { scope: "row" });
  if (columns.length > 1) {
    const isOwn = said.columnOrder?.at === -1;
    const way = said.columnOrder?.down ? "descending" : "ascending";
    th.setAttribute("aria-sort", isOwn ? way : "none");
    const button = made("button", { type: "button", "data-row": "-1" }, "All");
    button.title = "Order the columns by their totals";
    th.append(button);
  } else th.append("All");
  tr.append(th, ...figures(said, said.foot, -1, columns, scale));
  const tfoot = made("tfoot");
  tfoot.append(tr);
  return tfoot;
}

/** @param {Summary} said */
export function barHead(said) {
  const words = `${said.value}${said.unit ? `, ${said.unit}` : ""}`;
  return made(
    "th",
    { scope: "col", class: "bar-head" },
    said.ends ? `${words}, 95 % interval` : words,
  );
}
