// The state of the page's controls, as it is asked for.

import { drawAlternatives, setOthers, withOthers, withoutSpan } from "./alternatives.mjs";
import { textOf } from "./asking.mjs";
import { inputs, inputsOf, states } from "./dash.mjs";
import { measureFilter } from "./dom.mjs";
import { look } from "./look.mjs";
import { bound } from "./numbers.mjs";
import { openEnds, scaleOf } from "./scale.mjs";
import { grainOf, periodOf, showParts } from "./times.mjs";

/** @param {import("./asking.mjs").State} state */
const filtersOf = ({ facets, ranges, texts, times, parts, others, search }) =>
  textOf([facets, ranges, texts, times, parts, others, search]);

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

/**
 * Return a value of a record by a column's name, which may be called as what every object has.
 * @template T
 * @param {Record<string, T>} record
 * @param {string} name
 * @returns {T | undefined}
 */
export const ownOf = (record, name) => (Object.hasOwn(record, name) ? record[name] : undefined);

/**
 * Return what is made of each entry.
 * @template T
 * @param {Record<string, any>} values
 * @param {(value: any, name: string) => T} make
 * @returns {Record<string, T>}
 */
const mapped = (values, make) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value, name)]));

export class Controls {
  #asking;
  #address;
  #sliders;
  /** @type {Map<string, string>} what each control showed last */
  #spans = new Map();
  /** @type {Map<string, string[]>} each time's last period */
  #periods = new Map();

  /**
   * @param {import("./asking.mjs").Asking} asking
   * @param {import("./address.mjs").Address} address
   * @param {import("./sliders.mjs").Sliders} sliders
   */
  constructor(asking, address, sliders) {
    this.#asking = asking;
    this.#address = address;
    this.#sliders = sliders;
  }

  /**
   * Ask for the state of the controls, which are the inputs of the function that Dash is running.
   * @param {any[]} given the values that Dash gives it, the last answer last
   */
  ask(...given) {
    const answer = /** @type {import("./answered.mjs").Answer | null} */ (given.at(-1));
    if (!this.#address.isOpened) {
      this.#address.open();
      return;
    }
    const chosen = /** @type {Record<string, any>} */ (inputs());
    const axes = [chosen["scatter-x"], chosen["scatter-y"]];
    const [ticked, leftOut] = [inputsOf("facet"), inputsOf("left-out")];
    const [contains, conditions] = [inputsOf("contains"), inputsOf("conditions")];
    const [highs, untils, logs] = [inputsOf("high"), inputsOf("until"), inputsOf("log")];
    /** @type {import("./asking.mjs").State} */
    const state = {
      facets: Object.fromEntries(
        Object.entries(ticked).filter(([name]) => !Object.hasOwn(leftOut, name)),
      ),
      ranges: mapped(inputsOf("low"), (low, name) =>
        this.#sliders.asked(name, [bound(low), bound(highs[name])]),
      ),
      texts: {
        ...mapped(leftOut, (isLeftOut, name) => ticksOf(ticked[name], isLeftOut)),
        ...mapped(contains, (text, name) => conditionsOf(ownOf(conditions, name) ?? [], text)),
      },
      times: mapped(inputsOf("from"), (from, name) => this.#period(name, from, untils[name])),
      parts: inputsOf("part"),
      others: chosen.others ?? {},
      search: chosen.search || "",
      sort: chosen.table.sort_by || [],
      page: chosen.table.page_current || 0,
      per_page: Number(chosen["per-page"]),
      by: chosen["colour-by"] || null,
      axes: axes.filter((axis) => typeof axis === "string"),
      choices: inputsOf("choice"),
      log: Object.keys(logs).filter((name) => logs[name]),
      columns: /** @type {Record<string, string[]>} */ (states()["shown-columns"]),
      ...look(),
    };
    showParts(state.parts);
    for (const column of [...Object.keys(state.times), ...Object.keys(state.ranges)]) {
      this.#showAlternatives(column, state);
    }
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

  /**
   * Ask at once what a slider was moved to. Dash, who sets its boxes first and calls `ask` then, finds
   * it asked for; where more than the span may change with it, nothing is asked here.
   * @param {string} column
   * @param {string[]} texts of its two boxes
   */
  slid(column, texts) {
    const { newest } = this.#asking;
    const { page, unanswered } = this.#address;
    if (!newest || newest.page || page !== null || unanswered !== null) return;
    if (ownOf(newest.others, column)) return;
    const { ranges, times } = newest;
    if (Object.hasOwn(ranges, column)) {
      this.#asking.askWith({ ranges: { ...ranges, [column]: texts.map((text) => bound(text)) } });
    } else if (Object.hasOwn(times, column)) {
      const [from, until] = texts;
      this.#asking.askWith({ times: { ...times, [column]: this.#period(column, from, until) } });
    }
  }

  /**
   * Return a time's period; while its first end is the later one, the last that was in order.
   * @param {string} name
   * @param {string | null} from
   * @param {string | null} until
   */
  #period(name, from, until) {
    const before = this.#periods.get(name) ?? ["", ""];
    const period = periodOf(from, until, grainOf(name), before);
    this.#periods.set(name, period);
    return period;
  }

  /**
   * Show what a column may be beside its span.
   * @param {string} column
   * @param {import("./asking.mjs").State} state
   */
  #showAlternatives(column, state) {
    const range = ownOf(state.ranges, column);
    const span = range
      ? spanOfRange(column, range)
      : spanOfPeriod(ownOf(state.times, column) ?? []);
    const before = this.#spans.get(column);
    this.#spans.set(column, span);
    const others = ownOf(state.others, column) ?? [];
    const fewer = before && !span ? withoutSpan(others, false) : others;
    if (fewer.length < others.length) {
      state.others = withOthers(state.others, column, fewer);
      setOthers(column, fewer);
    }
    drawAlternatives(column, fewer, span);
  }
}

/**
 * Return a measure's two numbers as an address has them; nothing where the slider shows all.
 * @param {string} column
 * @param {(number | string | null)[]} range
 */
function spanOfRange(column, [low, high]) {
  const filter = measureFilter(column);
  if (filter?.classList.contains("is-constant")) return "";
  const [least, most] = openEnds(scaleOf(filter?.dataset ?? {}));
  const ends = [
    low === null || Number(low) <= least ? "" : low,
    high === null || Number(high) >= most ? "" : high,
  ];
  return ends.some((end) => end !== "") ? ends.join("..") : "";
}

/** Return a period as an address has it. @param {string[]} ends */
const spanOfPeriod = ([from, until]) => (from || until ? `${from}..${until}` : "");
