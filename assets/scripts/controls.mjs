// The state of the page's controls, as it is asked for.

import { textOf } from "./asking.mjs";
import { inputs } from "./dash.mjs";
import { look } from "./look.mjs";
import { grainOf, periodOf } from "./times.mjs";

/**
 * Return the number that a text says, with a point or a comma; null if it says none.
 * @param {unknown} text
 */
export function number(text) {
  const written = String(text ?? "").trim();
  const value = Number(written.replace(",", "."));
  return written === "" || !Number.isFinite(value) ? null : value;
}

/**
 * Return what a text says as it is asked: a number, or the text of a whole one that is too long to
 * be one here; null if it says none.
 * @param {unknown} text
 */
export const bound = (text) => (isLong(text) ? String(text).trim() : number(text));

/**
 * Whether a text is a whole number beyond those that are told apart here.
 * @param {unknown} text
 */
const isLong = (text) =>
  /^\s*[+-]?\d+\s*$/.test(String(text ?? "")) && !Number.isSafeInteger(Number(text));

/**
 * Return how a number stands in its box: as it was written if that is longer than a number here.
 * @param {number} value
 * @param {unknown} text
 */
export const boxText = (value, text) =>
  isLong(text) && number(text) === value ? String(text) : String(value);

/** @param {import("./asking.mjs").State} state */
const filtersOf = ({ facets, ranges, texts, times }) => textOf([facets, ranges, texts, times]);

/**
 * Return what is asked of a column of text: what stands beside its box, and what is in it.
 * @param {string[]} conditions
 * @param {string | null} contains
 */
export const conditionsOf = (conditions, contains) =>
  contains?.trim() ? [...conditions, `~has:${contains}`] : conditions;

/**
 * Return what is asked of a facet of many values: those that are ticked, let in or left out.
 * @param {string[]} ticked as an address spells them
 * @param {boolean} isLeftOut
 */
export const ticksOf = (ticked, isLeftOut) =>
  isLeftOut ? ticked.map((value) => `~not:${value}`) : ticked;

/** @typedef {{ column: string }} Id of a column's control */

export class Controls {
  #asking;
  #address;

  /**
   * @param {import("./asking.mjs").Asking} asking
   * @param {import("./address.mjs").Address} address
   */
  constructor(asking, address) {
    this.#asking = asking;
    this.#address = address;
  }

  /**
   * Ask for the state of the controls; each list has a column's value where `ids` has its id.
   * @param {string[][]} facets
   * @param {string[]} lows
   * @param {string[]} highs
   * @param {object[] | null} sort
   * @param {number | null} page
   * @param {string} perPage
   * @param {string[]} choices
   * @param {boolean[]} logs
   * @param {(string | null)[]} contains
   * @param {(string | null)[]} froms
   * @param {(string | null)[]} untils
   * @param {string[][]} conditions what else is asked of each text
   * @param {boolean[]} leftOut whether what is ticked is left out, per facet of many values
   * @param {any[]} rest the single choices, which not every table has, then the seven lists of ids,
   * and the last answer
   */
  ask(
    facets,
    lows,
    highs,
    sort,
    page,
    perPage,
    choices,
    logs,
    contains,
    froms,
    untils,
    conditions,
    leftOut,
    ...rest
  ) {
    const answer = /** @type {import("./answered.mjs").Answer | null} */ (rest.at(-1));
    /** @type {Id[][]} */
    const [facetIds, lowIds, choiceIds, logIds, textIds, timeIds, manyIds] = rest.slice(-8, -1);
    if (!this.#address.isOpened) {
      this.#address.open();
      return;
    }
    const chosen = /** @type {Record<string, string | undefined>} */ (inputs());
    const axes = [chosen["scatter-x"], chosen["scatter-y"]];
    const ticked = Object.fromEntries(facetIds.map(({ column }, i) => [column, facets[i]]));
    const isLeftOut = Object.fromEntries(manyIds.map(({ column }, i) => [column, leftOut[i]]));
    /** @type {import("./asking.mjs").State} */
    const state = {
      facets: Object.fromEntries(
        Object.entries(ticked).filter(([column]) => !(column in isLeftOut)),
      ),
      ranges: Object.fromEntries(
        lowIds.map(({ column }, i) => [column, [bound(lows[i]), bound(highs[i])]]),
      ),
      texts: Object.fromEntries([
        ...manyIds.map(({ column }) => [column, ticksOf(ticked[column], isLeftOut[column])]),
        ...textIds.map(({ column }, i) => [column, conditionsOf(conditions[i] ?? [], contains[i])]),
      ]),
      times: Object.fromEntries(
        timeIds.map(({ column }, i) => [column, periodOf(froms[i], untils[i], grainOf(column))]),
      ),
      sort: sort || [],
      page: page || 0,
      per_page: Number(perPage),
      by: chosen["colour-by"] || null,
      axes: axes.filter((axis) => typeof axis === "string"),
      choices: Object.fromEntries(choiceIds.map(({ column }, i) => [column, choices[i]])),
      log: logIds.filter((_, i) => logs[i]).map(({ column }) => column),
      ...look(),
    };
    // What an address has opened is shown already.
    const shown = answer?.state;
    if (shown) this.#asking.adopt(shown);
    const before = this.#asking.newest;
    const isNarrowed = before && filtersOf(before) !== filtersOf(state);
    if (this.#address.page !== null) state.page = shown?.page ?? this.#address.page;
    else if (isNarrowed) state.page = 0;
    this.#address.unanswered = null;
    this.#asking.ask(state);
  }
}
