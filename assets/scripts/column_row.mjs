// What the Columns view is made of: its frame, and a line for a column with its switches.

import { barsSvg, share } from "./column_lines.mjs";
import { numberText } from "./reader.mjs";

/** @typedef {import("./column_lines.mjs").Line} Line */

/**
 * What the server says: dashboard/views/columns.py.
 * @typedef {object} Columns
 * @property {Line[]} lines
 * @property {number} rows of which the numbers are
 * @property {string[] | null} filters whose controls stand; null: all
 * @property {string[]} filterable
 * @property {string[]} listed in the table of rows
 * @property {{ filters: number, listed: number }} limit
 * @property {{ filters: string, listed: string }} keys of the address
 * @property {string | null} by what colours the charts
 * @property {boolean} colours whether that can be chosen
 */

const HEADS = /** @type {const} */ ([
  ["label", "Column"],
  ["kind", "Kind"],
  ["missing", "Missing"],
  ["distinct", "Distinct"],
]);

/**
 * Return a new element with attributes and a text.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {string} text
 */
export function made(tag, attributes = {}, text = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

/**
 * Return the line of a column.
 * @param {Columns} said
 * @param {Line} line
 * @param {number} place among all lines, the head's being 1
 */
export function row(said, line, place) {
  const tr = made("tr", { "aria-rowindex": String(place) });
  const head = made("th", { scope: "row" });
  head.append(made("span", { class: "line-label" }, line.label));
  const small = [
    ...(line.name === line.label ? [] : [line.name]),
    ...(line.unit ? [line.unit] : []),
  ];
  if (small.length) head.append(made("span", { class: "line-name unit" }, small.join(" · ")));
  const missing = made("td", { class: "number" });
  missing.append(numberText(line.missing));
  if (line.missing) {
    const part = share(line.missing, said.rows);
    missing.append(made("span", { class: "unit line-part" }, part));
  } else missing.classList.add("is-none");
  const bars = made("td", { class: "line-bars" });
  bars.innerHTML = barsSvg(line); // numbers alone
  if (line.cut) bars.title = "Some rows lie beyond the bars: 1 % at most at each end";
  const notes = made("td", { class: "line-notes" });
  notes.append(...line.notes.map((note) => made("span", { class: "tag" }, note)));
  tr.append(
    head,
    made("td", { class: "line-kind" }, line.kind),
    missing,
    made("td", { class: "number" }, numberText(line.distinct)),
    bars,
    ...values(line),
    notes,
    ...switches(said, line),
  );
  return tr;
}

/** @param {Line} line */
function values({ ends, top, only, missing }) {
  if (ends) return ends.map((end) => made("td", { class: "number" }, end));
  const cell = made("td", { class: "line-top", colspan: "3" });
  if (only !== undefined) {
    cell.append(
      only,
      made("span", { class: "unit" }, missing ? " in every other row" : " in every row"),
    );
  }
  if (top) {
    const values = made("div", { class: "top-values" });
    for (const [value, part] of top) {
      const item = made("span", { class: "top-value" });
      item.append(
        made("span", { class: "top-word" }, value),
        made("span", { class: "unit" }, ` ${part}`),
      );
      values.append(item);
    }
    cell.append(values);
  }
  return [cell];
}

/**
 * @param {Columns} said
 * @param {Line} line
 */
function switches(said, line) {
  const { name, label } = line;
  const cell = (/** @type {string} */ does, /** @type {HTMLElement[]} */ ...parts) => {
    const td = made("td", { class: `line-does does-${does}` });
    td.append(...parts);
    return td;
  };
  const button = (
    /** @type {string} */ does,
    /** @type {boolean} */ isOn,
    /** @type {string} */ words,
  ) =>
    made("button", {
      type: "button",
      class: "line-switch",
      "aria-pressed": String(isOn),
      "aria-label": `${label}: ${words}`,
      title: words,
      "data-does": does,
      "data-name": name,
    });
  const filter = said.filterable.includes(name)
    ? said.filters
      ? [
          full(
            button("filter", said.filters.includes(name), "filter beside the page"),
            said.filters.length,
            said.limit.filters,
          ),
        ]
      : [goTo(name, label)]
    : [];
  const colour =
    said.colours && line.groups
      ? [button("colour", said.by === name, "colour the charts by it")]
      : [];
  const isListed = said.listed.includes(name);
  const listed = button("listed", isListed, "show in the table of rows");
  const isLast = isListed && said.listed.length === 1;
  if (isLast) listed.setAttribute("disabled", "");
  return [
    cell("filter", ...filter),
    cell("colour", ...colour),
    cell("listed", full(listed, said.listed.length, said.limit.listed)),
  ];
}

/**
 * Return a switch, which adds no more where so many are on.
 * @param {HTMLElement} button
 * @param {number} count
 * @param {number} limit
 */
function full(button, count, limit) {
  if (button.getAttribute("aria-pressed") === "false" && count >= limit) {
    button.setAttribute("disabled", "");
    button.title = `at most ${limit}: take one away first`;
  }
  return button;
}

/**
 * @param {string} name
 * @param {string} label
 */
const goTo = (name, label) =>
  made(
    "button",
    {
      type: "button",
      class: "link-button",
      "aria-label": `${label}: go to its filter`,
      "data-does": "go",
      "data-name": name,
    },
    "Go",
  );

export const FRAME = `<div class="line-tools"><label><span class="visually-hidden">Search columns</span>
  <input class="line-search text-search" type="search" placeholder="Search columns and notes"
    autocomplete="off" spellcheck="false"></label>
  <div class="line-kinds" role="group" aria-label="Kind"></div>
  <span class="line-count unit" role="status"></span></div>
  <table class="lines"><thead><tr>${HEADS.map(
    ([key, words]) =>
      `<th scope="col" data-sorts="${key}"><button type="button" data-order="${key}">${words}</button></th>`,
  ).join("")}<th scope="col" class="line-legend"><span class="key-selected">selected</span>
  <span class="key-all">all</span></th>
  <th scope="col" class="number">Min</th><th scope="col" class="number">Median</th>
  <th scope="col" class="number">Max</th><th scope="col">Notes</th>
  <th scope="col" class="does-filter">Filter</th><th scope="col" class="does-colour">Colour</th>
  <th scope="col" class="does-listed">Table</th></tr></thead><tbody></tbody></table>
  <div class="lines-end"></div>`;
