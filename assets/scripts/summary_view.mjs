// The Summarise view: a table of figures with heat, whose heads order it and whose figures open
// their rows; beside it a bar per row, above it lines where a key is a time.

import { made } from "./column_row.mjs";
import { all, around, one } from "./dom.mjs";
import { barScale } from "./summary_bars.mjs";
import { barHead, figures, totals } from "./summary_cells.mjs";
import { foot, legend } from "./summary_foot.mjs";
import { lineChart } from "./summary_lines.mjs";
import { nextOrder, opened, ordered, orderText, withKey } from "./summary_order.mjs";

const PLACE = ".summary";
/** @type {Record<string, [rows: number, columns: number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** @typedef {import("./summary_cells.mjs").Summary} Summary */

export class SummaryView {
  /** @type {Summary | null} */
  #said = null;
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
    this.#said = { ...said }; // Dash keeps its own, to tell what is new
    this.#show();
  }

  watch() {
    document.addEventListener("click", (event) => {
      const at = (/** @type {string} */ selector) => around(event, `${PLACE} ${selector}`)?.dataset;
      const [column, row, figure] = [at("[data-column]"), at("[data-row]"), at("[data-figure]")];
      const said = this.#said;
      if (column && said) {
        said.rowOrder = nextOrder(said.rowOrder, place(String(column.column)));
        this.#order("_order", orderText(said.rowOrder, said.columns.length, said.ordered));
      } else if (row && said) {
        said.columnOrder = nextOrder(said.columnOrder, Number(row.row));
        this.#order("_across", orderText(said.columnOrder, -1, false));
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

  /**
   * Show an order at once, and say it in the address: a link opens the table as it stands.
   * @param {string} key
   * @param {string} text
   */
  #order(key, text) {
    this.#show();
    this.#change((search) => withKey(search, key, text));
  }

  /** @param {string} figure "row column", -1 for all of them */
  #do(figure) {
    const said = /** @type {Summary} */ (this.#said);
    const [row, column] = figure.split(" ").map(Number);
    const drop = [...said.own[0]];
    const pairs = [...said.own[1]];
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
    const lines = lineChart(said, box.clientWidth);
    box.replaceChildren(...(lines ? [lines] : []), legend(said), scroller, foot(said));
    scroller.scrollLeft = left;
    if (focused) all(focused, box)[0]?.focus();
  }

  /** @param {Summary} said */
  #table(said) {
    const width = said.columns.length;
    const rowAt = said.rowOrder?.at;
    const by = typeof rowAt === "number" ? rowAt : width;
    const rows = ordered(
      said.cells.map((line) => line[by]),
      said.rows,
      said.rowOrder,
      said.small,
    );
    const across = Number(said.columnOrder?.at ?? -1);
    const line = across < 0 ? said.foot : said.cells[across];
    const columns = ordered(line.slice(0, width), said.columns, said.columnOrder, said.small);
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
      const isOwn = said.rowOrder?.at === at;
      const th = made("th", {
        scope: "col",
        class: look,
        "aria-sort": isOwn ? (said.rowOrder?.down ? "descending" : "ascending") : "none",
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
      const isOwn = said.columnOrder?.at === at;
      const way = said.columnOrder?.down ? "descending" : "ascending";
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
