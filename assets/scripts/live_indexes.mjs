// The live indexes that are here: asked one at a time, and each of one question and one table alone.

import { textOf } from "./asking.mjs";
import { LiveIndex } from "./live_index.mjs";
import { partsOf } from "./live_parts.mjs";

/** @typedef {import("./asking.mjs").State} State */

const PATH = "_live-index";
const MOST_KEPT = 4;
const SOON = 100; // ms after which it is not likely any more that an index comes before an answer would
const LONGEST_REST = 1_000; // ms that what an index still lacks is awaited

/**
 * Return what an index of a column depends on, of the state of the page's controls.
 * @param {State} state
 * @param {string} column
 */
export function keyOf(state, column) {
  const {
    ranges,
    times,
    page: _page,
    per_page: _size,
    sort: _sort,
    theme: _theme,
    open: _open,
    ...rest
  } = state;
  const without = (/** @type {Record<string, unknown>} */ record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== column));
  const bounds = [without(ranges), without(times)];
  return textOf([column, bounds, rest]);
}

export class LiveIndexes {
  #asking;
  #came;
  /** @type {Map<string, LiveIndex | null>} the newest last; null: there is none */
  #known = new Map();
  /** @type {string | null} the column whose index is to be asked once none is under way */
  #wanted = null;
  /** @type {{ column: string, since: number } | null} since: when it was asked, or its first part came */
  #underWay = null;
  #table = "";

  /**
   * @param {import("./asking.mjs").Asking} asking
   * @param {() => void} came is called once an index is here
   */
  constructor(asking, came) {
    this.#asking = asking;
    this.#came = came;
  }

  /**
   * Ask for the index of a column, unless it is here or cannot be: at once or in its turn.
   * @param {string} column
   */
  want(column) {
    this.#wanted = column;
    this.#askWanted();
  }

  /**
   * Return the index of a column for what is asked now; null if it is not here.
   * @param {string} column
   */
  of(column) {
    const state = this.#asking.newest;
    if (!state || Object.hasOwn(state.others, column)) return null;
    return this.#known.get(keyOf(state, column)) ?? null;
  }

  /**
   * Whether the index of a column was asked so shortly before that it may be here at once.
   * @param {string} column
   */
  isExpected(column) {
    const asked = this.#underWay;
    return asked?.column === column && performance.now() - asked.since < SOON;
  }

  /**
   * Whether what an index still lacks is on its way, and may be here soon.
   * @param {LiveIndex} index
   */
  isComing(index) {
    const asked = this.#underWay;
    const isAsked = !index.isWhole && asked?.column === index.column;
    return isAsked && performance.now() - asked.since < LONGEST_REST;
  }

  /**
   * Learn of an answer which table it is of: indexes of another one tell nothing any more. What came
   * near before there was a question, or is near still, is asked now.
   * @param {string | undefined} table
   * @param {string | null} near a column
   */
  under(table, near) {
    if (table && table !== this.#table) this.#known.clear();
    this.#table = table ?? this.#table;
    this.#wanted = near ?? this.#wanted;
    this.#askWanted();
  }

  async #askWanted() {
    const [column, state] = [this.#wanted, this.#asking.newest];
    if (this.#underWay || !column || !state) return;
    this.#wanted = null;
    const key = keyOf(state, column);
    // What did not come may come the next time; what came in part is asked as steps are.
    if (this.#known.has(key) || Object.hasOwn(state.others, column)) return;
    this.#underWay = { column, since: performance.now() };
    let first = null;
    try {
      for await (const index of askIndex(column, state)) {
        // Without a rest, or of a table that was replaced meanwhile, what is here stays as it is.
        if (first && (!index || this.#known.get(key) !== first)) break;
        this.#keep(key, index);
        first = index;
        this.#underWay.since = performance.now();
        if (!index?.isWhole) this.#came();
      }
    } catch {
      // No connection, or one that broke.
    }
    this.#underWay = null;
    this.#came();
    this.#askWanted();
  }

  /**
   * @param {string} key
   * @param {LiveIndex | null} index
   */
  #keep(key, index) {
    if (index && !this.#table) this.#table = index.table;
    this.#known.set(key, index?.table === this.#table ? index : null);
    for (const old of [...this.#known.keys()].slice(0, -MOST_KEPT)) this.#known.delete(old);
  }
}

/**
 * Yield the index of a column for a state as far as it is here; null if it cannot be. Nothing comes
 * where there is no answer. Errors: that of the connection.
 * @param {string} column
 * @param {State} state
 */
async function* askIndex(column, state) {
  const answer = await fetch(PATH, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ column, state }),
  });
  if (!answer.ok || !answer.body) return;
  /** @type {LiveIndex | null} */
  let index = null;
  for await (const part of partsOf(answer.body)) {
    index = index ? index.with(part) : LiveIndex.read(part);
    yield index;
    if (!index || index.isWhole) return;
  }
}
