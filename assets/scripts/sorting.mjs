// The table's order: a click on a header sorts by that column alone, with Shift it adds it.

import { setProps } from "./dash.mjs";
import { all, around, one } from "./dom.mjs";

/** @typedef {{ column_id: string, direction?: string }} Order as DataTable has it */

const WAYS = ["asc", "desc"];

/**
 * Return the order after a click on a column: upwards, then downwards, then not by it any more.
 * @param {Order[]} sort
 * @param {string} column
 * @param {boolean} add whether the other columns stay
 * @returns {Order[]}
 */
export function nextSort(sort, column, add) {
  const at = sort.findIndex((one) => one.column_id === column);
  const isAlone = at === 0 && sort.length === 1;
  const isKnown = at >= 0 && (add || isAlone);
  const way = WAYS[isKnown ? WAYS.indexOf(sort[at].direction ?? "asc") + 1 : 0];
  const next = way ? [{ column_id: column, direction: way }] : [];
  if (!add) return next;
  return at < 0 ? [...sort, ...next] : sort.toSpliced(at, 1, ...next);
}

export class Sorting {
  #asking;

  /** @param {import("./asking.mjs").Asking} asking */
  constructor(asking) {
    this.#asking = asking;
  }

  /** Take the clicks on headers before DataTable does, which would always add. */
  watch() {
    document.addEventListener(
      "click",
      (event) => {
        const button = around(event, "#table .column-header--sort, #table .column-header-name");
        const column = button?.closest("th")?.dataset.dashColumn;
        if (column === undefined) return;
        event.stopPropagation();
        setProps(one("#table").id, { sort_by: nextSort(this.#sort, column, event.shiftKey) });
      },
      true,
    );
  }

  /** Show which of several columns comes first. */
  show() {
    const sort = this.#sort;
    for (const head of all("#table th[data-dash-column]")) {
      const at = sort.findIndex((one) => one.column_id === head.dataset.dashColumn);
      const place = sort.length > 1 && at >= 0 ? String(at + 1) : "";
      const icon = head.querySelector(".column-header--sort") && one(".column-header--sort", head);
      if (icon && (icon.dataset.order ?? "") !== place) icon.dataset.order = place;
    }
  }

  /** @returns {Order[]} */
  get #sort() {
    return /** @type {Order[]} */ (this.#asking.newest?.sort ?? []);
  }
}
