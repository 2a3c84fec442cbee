// A click on a cell of the table offers to show the rows of its value alone, or to leave them out.

import { canLeaveOut, withCell } from "./cell_conditions.mjs";
import { valueText } from "./conditions.mjs";
import { all, around, one } from "./dom.mjs";

/** @typedef {import("./cell_conditions.mjs").ColumnRecord} ColumnRecord */
/** @typedef {import("./conditions.mjs").Value} Value */

const OWN = "columns page per_page".split(" ");
const LONG = /([:[,]\s*)(-?\d{16,})(?=\s*[,}\]])/g;

/**
 * Return the address of one column of a page of the table.
 * @param {string} rows the query
 * @param {string} column
 * @param {number} page from 1
 * @param {number} size
 */
export function cellsAddress(rows, column, page, size) {
  const kept = rows.split("&").filter((pair) => pair && !OWN.includes(pair.split("=")[0]));
  const name = column.replace(/[\\,]/g, "\\$&").replace(/^-/, "\\-");
  const own = new URLSearchParams({ columns: name, page: String(page), per_page: String(size) });
  return `range/?${[...kept, own].join("&")}`;
}

/**
 * Return the value in a row of rows of one column; whole numbers that no browser counts are texts.
 * @param {string} json
 * @param {number} row
 * @param {boolean} isNumeric
 * @returns {Value}
 */
export function valueOfRow(json, row, isNumeric) {
  const rows = JSON.parse(isNumeric ? json.replace(LONG, '$1"$2"') : json);
  return /** @type {Value} */ (Object.values(rows[row])[0]);
}

export class Cells {
  #asking;
  #change;
  #rows = "";
  /** @type {Promise<ColumnRecord[]> | null} */
  #columns = null;
  /** @type {HTMLElement | null} */
  #menu = null;
  /** @type {HTMLElement | null} */
  #cell = null;

  /**
   * @param {import("./asking.mjs").Asking} asking
   * @param {(become: (search: string) => string) => void} change
   */
  constructor(asking, change) {
    this.#asking = asking;
    this.#change = change;
  }

  /** @param {string} rows the query of what is shown, as an address has it */
  under(rows) {
    this.#rows = rows;
    this.#close();
  }

  watch() {
    document.addEventListener("click", (event) => {
      const cell = around(event, "#table td.dash-cell");
      const isOpen = cell !== null && cell === this.#cell;
      if (!around(event, ".cell-menu")) this.#close();
      if (cell && !isOpen && !window.getSelection()?.toString()) this.#open(cell);
    });
    // Before the table's own keys, which reach nothing else.
    window.addEventListener("keydown", (event) => this.#press(event), true);
    window.addEventListener("scroll", () => this.#close(), true);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key } = event;
    const cell = around(event, "#table td.dash-cell");
    if (cell && (key === "Enter" || key === " ")) {
      event.preventDefault();
      this.#open(cell);
    }
    if (!this.#menu) return;
    const choices = all("button", this.#menu);
    const at = choices.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (key === "Escape") this.#leave();
    else if (at >= 0 && step) {
      event.preventDefault();
      choices[(at + step + choices.length) % choices.length].focus();
    } else if (key === "Tab" && at === (event.shiftKey ? 0 : choices.length - 1)) this.#leave();
  }

  /** Close the menu and go back to its cell. */
  #leave() {
    const cell = this.#cell;
    const had = this.#menu?.contains(document.activeElement);
    this.#close();
    if (had) cell?.focus({ preventScroll: true });
  }

  #close() {
    this.#menu?.remove();
    this.#menu = this.#cell = null;
  }

  /** @param {HTMLElement} cell */
  async #open(cell) {
    this.#close();
    this.#cell = cell;
    const found = await this.#read(cell).catch(() => null);
    if (!found || this.#cell !== cell) return; // no answer, or another click meanwhile
    const { column, value } = found;
    const menu = document.createElement("div");
    menu.className = "cell-menu";
    menu.setAttribute("role", "group");
    menu.setAttribute("aria-label", `${column.label} ${valueText(value)}`);
    const add = (/** @type {string} */ words, /** @type {boolean} */ out) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "link-button", textContent: words });
      button.addEventListener("click", () => {
        this.#leave();
        this.#change((search) => withCell(search, column, value, out));
      });
      menu.append(button);
    };
    add("Only this", false);
    if (canLeaveOut(column, value)) add("Leave this out", true);
    document.body.append(menu);
    const [at, own] = [cell, menu].map((part) => part.getBoundingClientRect());
    const room = document.documentElement.clientWidth - own.width - 8;
    menu.style.left = `${Math.max(8, Math.min(at.left, room))}px`;
    menu.style.top = `${at.bottom + own.height > window.innerHeight ? at.top - own.height : at.bottom}px`;
    this.#menu = menu;
    one("button", menu).focus({ preventScroll: true });
  }

  /**
   * Return the column of a cell, and its value as it is and not as it is shown.
   * @param {HTMLElement} cell
   */
  async #read(cell) {
    const { dashColumn = "", dashRow } = cell.dataset;
    const { page = 0, per_page = 10 } = this.#asking.newest ?? {};
    const row =
      dashRow ??
      String(
        all("tr:has(td)", one("#table")).indexOf(/** @type {HTMLElement} */ (cell.parentElement)),
      );
    this.#columns ??= fetch("schema/").then(async (answer) => (await answer.json()).columns);
    const [columns, answer] = await Promise.all([
      this.#columns,
      fetch(cellsAddress(this.#rows, dashColumn, page + 1, per_page)),
    ]);
    const column = columns.find(({ name }) => name === dashColumn);
    if (!column || !answer.ok) return null;
    const value = valueOfRow(await answer.text(), Number(row), column.kind === "measure");
    return { column: /** @type {ColumnRecord & { label: string }} */ (column), value };
  }
}
