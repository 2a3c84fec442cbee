// The Summarise view: a table of figures with heat, whose heads order it and whose figures open
// their rows; beside it a bar per row.

import { made, number } from "./column_row.mjs";
import { all, around, one } from "./dom.mjs";
import { barCell, barScale } from "./summary_bars.mjs";
import { heat, nextOrder, opened, ordered } from "./summary_order.mjs";

const PLACE = ".summary";
/** @type {Record<string, [rows: number, columns: number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

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
 * @property {number} small
 * @property {[number, number] | null} scale
 * @property {boolean} ordered whether rows stand by their figures at first
 * @property {boolean} ends whether there are intervals
 * @property {[rows: number, columns: number]} more that are not shown
 * @property {string} asked
 * @property {number} missing
 * @property {string} opens
 */

export class SummaryView {
  /** @type {Summary | null} */
  #said = null;
  /** @type {import("./summary_order.mjs").Order} */
  #rowOrder = null;
  /** @type {import("./summary_order.mjs").Order} */
  #columnOrder = null;
  #change;

  /** @param {(become: (search: string) => string) => void} change what changes the address */
  constructor(change) {
    this.#change = change;
  }

  /**
   * Show what the server says: Dash calls it.
   * @param {Summary | null} said
   */
  draw(said) {
    if (!said) return;
    const before = this.#said;
    if (before?.by !== said.by || before?.across !== said.across || before?.title !== said.title) {
      this.#rowOrder = said.ordered ? { at: said.columns.length, down: true } : null;
      this.#columnOrder = null;
    }
    this.#said = said;
    this.#show();
  }

  watch() {
    document.addEventListener("click", (event) => {
      const at = (/** @type {string} */ selector) => around(event, `${PLACE} ${selector}`)?.dataset;
      const [column, row, figure] = [at("[data-column]"), at("[data-row]"), at("[data-figure]")];
      if (column) {
        this.#rowOrder = nextOrder(this.#rowOrder, place(String(column.column)));
        this.#show();
      } else if (row) {
        this.#columnOrder = nextOrder(this.#columnOrder, Number(row.row));
        this.#show();
      } else if (figure) this.#do(String(figure.figure));
    });
    document.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      const from = step && around(event, `${PLACE} [data-figure]`);
      if (!from) return;
      event.preventDefault();
      move(from, step);
    });
  }

  /** @param {string} figure "row column", -1 for all of them */
  #do(figure) {
    const said = /** @type {Summary} */ (this.#said);
    const [row, column] = figure.split(" ").map(Number);
    /** @type {string[]} */
    const drop = [];
    /** @type {[key: string, value: string][]} */
    const pairs = [];
    if (row >= 0) {
      drop.push(...said.dropRows);
      pairs.push(...said.rows[row][1]);
    }
    if (column >= 0) {
      drop.push(...said.dropColumns);
      pairs.push(...said.columns[column][1]);
    }
    this.#change((search) => opened(search, drop, pairs, said.opens));
  }

  #show() {
    const said = /** @type {Summary} */ (this.#said);
    const box = document.querySelector(PLACE);
    if (!box) return;
    if (said.why) {
      box.replaceChildren(made("p", { class: "note" }, said.why));
      return;
    }
    const active = /** @type {HTMLElement | null} */ (
      box.contains(document.activeElement) ? document.activeElement : null
    );
    const focused = ["column", "row", "figure"]
      .filter((name) => active?.dataset[name] !== undefined)
      .map((name) => `[data-${name}="${active?.dataset[name]}"]`)[0];
    const scroller = made("div", {
      class: "summary-scroller",
      tabindex: "0",
      role: "region",
      "aria-labelledby": "summary-title",
    });
    scroller.append(this.#table(said));
    const left = box.querySelector(".summary-scroller")?.scrollLeft ?? 0;
    box.replaceChildren(legend(said), scroller, foot(said));
    scroller.scrollLeft = left;
    if (focused) all(focused, box)[0]?.focus();
  }

  /** @param {Summary} said */
  #table(said) {
    const width = said.columns.length;
    const rowAt = this.#rowOrder?.at;
    const by = typeof rowAt === "number" ? rowAt : width;
    const rows = ordered(
      said.cells.map((line) => line[by]),
      said.rows,
      this.#rowOrder,
      said.small,
    );
    const line = this.#columnOrder ? said.cells[Number(this.#columnOrder.at)] : said.foot;
    const columns = ordered(line.slice(0, width), said.columns, this.#columnOrder, said.small);
    const box = made("div");
    box.innerHTML = `<table class="summary-table"></table>`;
    const table = one("table.summary-table", box);
    const own = [...said.cells, said.foot].map((cells) => cells.at(-1) ?? null);
    const scale = barScale(own, !width);
    table.append(this.#head(said, columns, scale), this.#body(said, rows, columns, scale));
    table.append(totals(said, columns, scale));
    /** @type {HTMLElement | undefined} */ (all("[data-figure]", table)[0])?.setAttribute(
      "tabindex",
      "0",
    );
    return table;
  }

  /**
   * @param {Summary} said
   * @param {number[]} columns
   * @param {import("./summary_bars.mjs").Scale | null} scale
   */
  #head(said, columns, scale) {
    const tr = made("tr");
    const head = (
      /** @type {number | "name" | "n"} */ at,
      /** @type {string} */ words,
      look = "",
    ) => {
      const isOwn = this.#rowOrder?.at === at;
      const th = made("th", {
        scope: "col",
        class: look,
        "aria-sort": isOwn ? (this.#rowOrder?.down ? "descending" : "ascending") : "none",
      });
      th.append(made("button", { type: "button", "data-column": String(at) }, words));
      return th;
    };
    const width = said.columns.length;
    tr.append(head("name", said.by));
    tr.append(...columns.map((at) => head(at, said.columns[at][0])));
    tr.append(head(width, width ? "all" : said.value, "is-total"), head("n", "n", "is-n"));
    if (scale) tr.append(barHead(said));
    const thead = made("thead");
    thead.append(tr);
    return thead;
  }

  /**
   * @param {Summary} said
   * @param {number[]} rows
   * @param {number[]} columns
   * @param {import("./summary_bars.mjs").Scale | null} scale
   */
  #body(said, rows, columns, scale) {
    const tbody = made("tbody");
    for (const at of rows) {
      const isOwn = this.#columnOrder?.at === at;
      const way = this.#columnOrder?.down ? "descending" : "ascending";
      const [name] = said.rows[at];
      const th = made("th", { scope: "row" });
      if (columns.length > 1) {
        th.setAttribute("aria-sort", isOwn ? way : "none");
        const button = made("button", { type: "button", "data-row": String(at) }, name);
        button.title = `Order the columns by ${name}`;
        th.append(button);
      } else th.append(name);
      const tr = made("tr");
      tr.append(th, ...figures(said, said.cells[at], at, columns, scale));
      tbody.append(tr);
    }
    return tbody;
  }
}

/** @param {string} at */
const place = (at) => (at === "name" || at === "n" ? at : Number(at));

/**
 * Return the cells of a line: a figure per column, that of the line, how many it is of, its bar.
 * @param {Summary} said
 * @param {(Cell | null)[]} cells
 * @param {number} row -1: of all
 * @param {number[]} columns
 * @param {import("./summary_bars.mjs").Scale | null} scale
 */
function figures(said, cells, row, columns, scale) {
  const name = row < 0 ? "all" : said.rows[row][0];
  const own = cells.at(-1) ?? null;
  const parts = columns.map((at) =>
    figure(said, cells[at], row, at, `${name}, ${said.columns[at][0]}`),
  );
  const total = figure(said, own, row, -1, name);
  total.classList.add("is-total");
  const bar = scale ? [barCell(own, scale, said.small)] : [];
  return [...parts, total, made("td", { class: "is-n" }, own ? number(own[2]) : "–"), ...bar];
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
  const words = `${name}: ${said.value} ${text}${ends ? ` (${ends})` : ""}, n = ${number(n)}`;
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
function totals(said, columns, scale) {
  const tr = made("tr");
  tr.append(made("th", { scope: "row" }, "All"), ...figures(said, said.foot, -1, columns, scale));
  const tfoot = made("tfoot");
  tfoot.append(tr);
  return tfoot;
}

/** @param {Summary} said */
function barHead(said) {
  const words = `${said.value}${said.unit ? `, ${said.unit}` : ""}`;
  return made(
    "th",
    { scope: "col", class: "bar-head" },
    said.ends ? `${words}, 95 % interval` : words,
  );
}

/** @param {Summary} said */
function legend({ scale, unit, cells, across }) {
  const p = made("p", { class: "summary-legend", hidden: "" });
  if (!scale || !across) return p;
  p.hidden = false;
  const [from, to] = scale;
  const short = (/** @type {number} */ value) =>
    value.toLocaleString("en", { maximumSignificantDigits: 3 }).replace("-", "−");
  const below = cells.flat().some((cell) => (cell?.[1] ?? 0) < 0);
  if (below) p.append(short(-to), made("span", { class: "heat-bar is-below" }));
  p.append(short(from), made("span", { class: "heat-bar" }), short(to));
  if (unit) p.append(` ${unit}`);
  return p;
}

/** @param {Summary} said */
function foot(said) {
  const box = made("div", { class: "summary-foot" });
  const words = ["Every figure opens its rows."];
  const hasSmall = said.cells.flat().some((cell) => cell && cell[2] < said.small);
  if (hasSmall) words.push(`Pale: fewer than ${said.small}.`);
  if (said.missing)
    words.push(`${number(said.missing)} ${said.noun} without a value are left out.`);
  const [rows, columns] = said.more;
  if (rows)
    words.push(`The first ${number(said.rows.length)} of ${number(said.rows.length + rows)} rows.`);
  if (columns)
    words.push(
      `The first ${number(said.columns.length)} of ${number(said.columns.length + columns)} columns.`,
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

/**
 * Give the focus to a figure beside another one.
 * @param {HTMLElement} from
 * @param {number[]} step rows and columns
 */
function move(from, [down, across]) {
  const cell = /** @type {HTMLTableCellElement} */ (from.closest("td"));
  const table = /** @type {HTMLTableElement} */ (from.closest(".summary-table"));
  let [row, column] = [
    /** @type {HTMLTableRowElement} */ (cell.parentElement).rowIndex,
    cell.cellIndex,
  ];
  for (;;) {
    row += down;
    column += across;
    const next = table.rows[row]?.cells[column];
    if (!next || next.closest("thead")) return;
    const found = /** @type {HTMLElement | null} */ (next.querySelector("[data-figure]"));
    if (found) {
      from.setAttribute("tabindex", "-1");
      found.setAttribute("tabindex", "0");
      found.focus();
      return;
    }
  }
}
