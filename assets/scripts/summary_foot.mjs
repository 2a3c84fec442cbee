// What stands around a summary: the legend of its heat, what it leaves out, and its files.

import { made } from "./column_row.mjs";
import { numberText } from "./reader.mjs";

/** @typedef {import("./summary_cells.mjs").Summary} Summary */

/** @param {Summary} said */
export function legend({ scale, unit, cells, across }) {
  const p = made("p", { class: "summary-legend", hidden: "" });
  if (!scale || !across) return p;
  p.hidden = false;
  const [from, to] = scale;
  const short = (/** @type {number} */ value) => numberText(value, { maximumSignificantDigits: 3 });
  const below = cells.flat().some((cell) => (cell?.[1] ?? 0) < 0);
  if (below) p.append(short(-to), made("span", { class: "heat-bar is-below" }));
  p.append(short(from), made("span", { class: "heat-bar" }), short(to));
  if (unit) p.append(` ${unit}`);
  return p;
}

/** @param {Summary} said */
export function foot(said) {
  const box = made("div", { class: "summary-foot" });
  const words = ["Every figure opens its rows."];
  const hasSmall = said.cells.flat().some((cell) => cell && cell[2] < said.small);
  if (hasSmall) words.push(`Pale: fewer than ${said.small}.`);
  if (said.missing)
    words.push(`${numberText(said.missing)} ${said.noun} without a value are left out.`);
  const [rows, columns] = said.more;
  if (rows)
    words.push(
      `The first ${numberText(said.rows.length)} of ${numberText(said.rows.length + rows)} rows.`,
    );
  if (columns)
    words.push(
      `The first ${numberText(said.columns.length)} of ${numberText(said.columns.length + columns)} columns.`,
    );
  const links = made("span", { class: "summary-links" });
  links.append(
    made(
      "a",
      { href: `export/aggregate.csv?${said.asked}`, class: "link-button" },
      rows || columns ? "Show all as a file" : "As CSV",
    ),
    made("a", { href: `aggregate/?${said.asked}`, class: "link-button" }, "As JSON"),
    made("button", { type: "button", class: "link-button", "data-copy-as": "" }, "Copy as…"),
  );
  box.append(made("p", { class: "note" }, words.join(" ")), links);
  return box;
}
