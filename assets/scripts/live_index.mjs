// The live index of a slider, as the server packs it: dashboard/answer/live.py and packed_arrays.py.
//
// Counts per place of the slider's column, cumulated, answer each step of a drag by two look-ups and
// a subtraction. Of what is damaged there is no index. One that takes long to count is two parts.

import { unpacked } from "./live_parts.mjs";
import { gathered, unitsBetween } from "./live_units.mjs";
import { meanInterval } from "./mean_intervals.mjs";

const FIRST_PLACE = 2; // before it are missing values, and those below the slider's low end

/** @typedef {{ type: string, shape: number[], at: number }} Place where an array lies */

/**
 * @typedef {object} Header
 * @property {boolean} offered
 * @property {boolean} [more] whether another part follows
 * @property {string} table the fingerprint of the table that is counted
 * @property {string} column
 * @property {number[]} stops where the slider stands; of a time their numbers
 * @property {number} apart of how many places each stop is the first
 * @property {{ place: number, colour: string, text: string | null }[]} groups in the order in which they are drawn
 * @property {Record<string, string[]>} facets the texts of each one's values
 * @property {Record<string, number>} [measures] from where the sums of each are counted
 * @property {[x: string, y: string] | null} [axes] the measures of the points
 * @property {Plane | null} [plane] of a density
 * @property {OverTime | null} [trend] what is drawn over a time
 * @property {Words} [words] what the chip of the slider's column says
 * @property {Record<string, Place>} arrays
 */

/** @typedef {import("./live_chips.mjs").Words} Words */

/**
 * What is drawn over a time: from where a measure's sums are counted, null for the rows; and on the
 * slider of that time the units of its stops.
 * @typedef {{ time: string, grouped: boolean, middle: number | null, units?: import("./live_units.mjs").StopUnits[] }} OverTime
 */

/** The plane of a density: its measures, whether cells are of groups, and the edges of its cells. */
/** @typedef {{ axes: [x: string, y: string], grouped: boolean, x: number[], y: number[] }} Plane */

/** The places between two stops, the second exclusive. @typedef {[from: number, until: number]} Span */

/** Of a measure's values in a group: how many there are, their mean, its 95 % interval. */
/** @typedef {{ n: number, mean: number | null, low: number | null, high: number | null }} Mean */

const OF_CELLS = ["cell", "rows of cell"];
const OF_POINTS = ["x", "y", "group of point", "place of point"];

/** Points between two stops: of one group, in the table's order. */
/** @typedef {{ x: number[], y: number[] }} Points */

export class LiveIndex {
  #header;
  #arrays;
  #places;
  /** @type {Map<string, Float64Array>} */
  #cumulated = new Map();
  /** @type {Map<number, number>} */
  #stops;

  /** @param {import("./live_parts.mjs").Part} part */
  constructor({ header, arrays }) {
    this.#header = header;
    this.#arrays = arrays;
    this.#places = header.arrays.count.shape[0];
    this.#stops = new Map(header.stops.map((stop, at) => [stop, at]));
  }

  /**
   * Return the index that is packed; null where none is offered, or it is damaged.
   * @param {ArrayBuffer} buffer
   */
  static read(buffer) {
    try {
      const { header, arrays } = unpacked(buffer);
      return header.offered && isWhole(header) ? new LiveIndex({ header, arrays }) : null;
    } catch {
      return null;
    }
  }

  /** Whether nothing of it is still to come. */
  get isWhole() {
    return !this.#header.more;
  }

  /**
   * Return the index with the part that follows; null where that is damaged.
   * @param {ArrayBuffer} buffer
   */
  with(buffer) {
    try {
      const part = unpacked(buffer);
      const header = {
        ...this.#header,
        ...part.header,
        arrays: { ...this.#header.arrays, ...part.header.arrays },
        more: false,
      };
      const arrays = new Map([...this.#arrays, ...part.arrays]);
      return isWhole(header) ? new LiveIndex({ header, arrays }) : null;
    } catch {
      return null;
    }
  }

  get table() {
    return this.#header.table;
  }

  get column() {
    return this.#header.column;
  }

  get groups() {
    return this.#header.groups;
  }

  get facets() {
    return this.#header.facets;
  }

  /**
   * Whether a group has no row, wherever the slider stands.
   * @param {number} place the group's
   */
  isEmpty(place) {
    return this.rows([0, this.#places])[place] === 0;
  }

  /** The measures whose means it tells. */
  get measures() {
    return Object.keys(this.#header.measures ?? {});
  }

  /** The columns whose histograms it has. */
  get histograms() {
    const names = Object.keys(this.#header.arrays);
    return names.filter((name) => name.startsWith("histogram ")).map((name) => name.slice(10));
  }

  /**
   * Return the places between two values at which the slider stands; null if it stands at no such
   * value. An end of the slider bounds nothing, and what is missing is only in where neither does.
   * @param {number[]} ends
   * @returns {Span | null}
   */
  span([low, high]) {
    const [first, last] = [this.#stops.get(low), this.#stops.get(high)];
    if (first === undefined || last === undefined || first > last) return null;
    const { stops, apart } = this.#header;
    const [isOpen, isOpenAbove] = [first === 0, last === stops.length - 1];
    if (isOpen && isOpenAbove) return [0, this.#places];
    return [
      isOpen ? FIRST_PLACE - 1 : FIRST_PLACE + apart * first,
      isOpenAbove ? this.#places : FIRST_PLACE + apart * last + 1,
    ];
  }

  /** What the chip of its column says. */
  get words() {
    return this.#header.words ?? null;
  }

  /** How many rows there are wherever the slider stands. */
  get total() {
    return this.count([0, this.#places]);
  }

  /** The number of the last stop. */
  get lastStop() {
    return this.#header.stops.length - 1;
  }

  /**
   * Return the number of the stop at which the slider has a value.
   * @param {number} end
   */
  stopAt(end) {
    return this.#stops.get(end) ?? 0;
  }

  /**
   * Return how many rows there would be without the filter on another column; null where that is not
   * known.
   * @param {string} name
   * @param {Span} span
   */
  countWithout(name, span) {
    const array = `without ${name}`;
    return array in this.#header.arrays ? this.#between(array, span)[0] : null;
  }

  /**
   * Return how many rows there are.
   * @param {Span} span
   */
  count(span) {
    return this.#between("count", span).reduce((sum, rows) => sum + rows, 0);
  }

  /**
   * Return the rows per bin of each group of a histogram, as the groups are ordered; those without
   * rows are left out.
   * @param {string} name
   * @param {Span} span
   */
  bars(name, span) {
    const counts = this.#between(`histogram ${name}`, span);
    const [, , bins] = this.#header.arrays[`histogram ${name}`].shape;
    return this.groups
      .map(({ place, colour }) => ({
        colour,
        counts: [...counts.subarray(place * bins, (place + 1) * bins)],
      }))
      .filter((group) => group.counts.some((rows) => rows > 0));
  }

  /**
   * Return the rows per value of a facet, in the order of its texts.
   * @param {string} name
   * @param {Span} span
   */
  values(name, span) {
    return this.#between(`facet ${name}`, span);
  }

  /** The measures over which it has points; null: none. */
  get axes() {
    return this.#header.axes ?? null;
  }

  /**
   * Return the points of each group, by the group's place; NaN where a value is missing.
   * @param {Span} span
   * @returns {Points[]}
   */
  points([from, until]) {
    const [x, y, groups, places] = OF_POINTS.map((name) => this.#array(name));
    /** @type {Points[]} */
    const found = this.groups.map(() => ({ x: [], y: [] }));
    for (let i = 0; i < x.length; i += 1) {
      if (places[i] < from || places[i] >= until) continue;
      found[groups[i]].x.push(x[i]);
      found[groups[i]].y.push(y[i]);
    }
    return found;
  }

  /** The plane of a density; null: none. */
  get plane() {
    return this.#header.plane ?? null;
  }

  /**
   * Return the rows in each cell of the plane: from below up, from left to right, one group, or all
   * in one, after the other.
   * @param {Span} span
   */
  cells([from, until]) {
    const { x, y, grouped } = /** @type {Plane} */ (this.plane);
    const found = new Float64Array(
      (x.length - 1) * (y.length - 1) * (grouped ? this.groups.length : 1),
    );
    const [steps, counts, ends] = [...OF_CELLS, "cells until"].map((name) => this.#array(name));
    for (let place = from; place < until; place += 1) {
      let cell = 0;
      for (let i = place ? ends[place - 1] : 0; i < ends[place]; i += 1) {
        cell += steps[i];
        found[cell] += counts[i];
      }
    }
    return found;
  }

  /** What it has over time; null: nothing. */
  get trend() {
    return this.#header.trend ?? null;
  }

  /** Whether its slider is that of the time over which it has something. */
  get isOfTrend() {
    return Boolean(this.#header.trend?.units?.length);
  }

  /**
   * Return the units of its own time in which a trend is drawn; null where its stops do not tell them.
   * @param {Span} span
   */
  units(span) {
    return unitsBetween(this.#header.trend?.units ?? [], this.stopsIn(span));
  }

  /**
   * Return the first and the last stop of a time's slider that lie between two places.
   * @param {Span} span
   * @returns {[low: number, high: number]}
   */
  stopsIn([from, until]) {
    return [Math.max(from - FIRST_PLACE, 0), Math.min(until - FIRST_PLACE - 1, this.lastStop)];
  }

  /**
   * Return the rows of each line per unit, and of a measure their means; by the group's place, of one
   * line at 0. On the slider of the time itself the units are those that are drawn.
   * @param {Span} span
   * @returns {{ counts: number[], means: Mean[] | null }[]}
   */
  overTime(span) {
    const [, lines, width] = this.#header.arrays["over time"].shape;
    const middle = this.#header.trend?.middle ?? null;
    const names =
      middle === null
        ? ["over time"]
        : ["over time", "over time n", "over time first", "over time second"];
    const own = this.isOfTrend ? this.units(span) : null;
    const stops = this.stopsIn(span);
    const [counts, ns, firsts, seconds] = names.map((name) =>
      own ? gathered(this.#ofStops(name), lines, own, stops) : this.#between(name, span),
    );
    const units = own ? counts.length / lines : width;
    return Array.from({ length: lines }, (_, line) => {
      const at = Array.from({ length: units }, (_, unit) => line * units + unit);
      return {
        counts: at.map((i) => counts[i]),
        means: middle === null ? null : at.map((i) => meanOf(ns[i], firsts[i], seconds[i], middle)),
      };
    });
  }

  /**
   * Return the rows per group, by the group's place.
   * @param {Span} span
   */
  rows(span) {
    return this.#between("count", span);
  }

  /**
   * Return the mean of a measure per group, by the group's place, with its interval.
   * @param {string} name
   * @param {Span} span
   * @returns {Mean[]}
   */
  means(name, span) {
    const [counts, firsts, seconds] = ["n", "first", "second"].map((kind) =>
      this.#between(`${kind} ${name}`, span),
    );
    const middle = this.#header.measures?.[name] ?? 0;
    return [...counts].map((n, place) => meanOf(n, firsts[place], seconds[place], middle));
  }

  /**
   * Return what an array has between two places.
   * @param {string} name
   * @param {Span} span
   */
  #between(name, [from, until]) {
    const width = this.#width(name);
    const cumulated = this.#cumulate(name, width);
    const found = new Float64Array(width);
    for (let i = 0; i < width; i += 1) {
      found[i] = cumulated[until * width + i] - cumulated[from * width + i];
    }
    return found;
  }

  /**
   * Return what an array has before each place, made when it is first asked for.
   * @param {string} name
   * @param {number} width
   */
  #cumulate(name, width) {
    const known = this.#cumulated.get(name);
    if (known) return known;
    const own = this.#array(name);
    const sums = new Float64Array((this.#places + 1) * width);
    for (let i = 0; i < own.length; i += 1) sums[width + i] = sums[i] + own[i];
    this.#cumulated.set(name, sums);
    return sums;
  }

  /**
   * Return what an array has at each stop.
   * @param {string} name
   */
  #ofStops(name) {
    const from = FIRST_PLACE * this.#width(name);
    return /** @type {Float64Array} */ (this.#array(name)).subarray(from);
  }

  /** @param {string} name */
  #array(name) {
    return /** @type {ArrayLike<number>} */ (this.#arrays.get(name));
  }

  /** @param {string} name */
  #width(name) {
    return this.#header.arrays[name].shape.slice(1).reduce((product, one) => product * one, 1);
  }
}

/**
 * Whether each array has as many places as the others.
 * @param {Header} header
 */
function isWhole({ arrays, stops, apart, axes, plane }) {
  const places = arrays.count.shape[0];
  const isFull = places === FIRST_PLACE + apart * stops.length + (apart === 1 ? 1 : 0);
  return (
    isFull &&
    (!plane || OF_CELLS.every((name) => arrays[name]?.shape[0] === arrays.cell.shape[0])) &&
    (!axes || OF_POINTS.every((name) => arrays[name]?.shape[0] === arrays.x.shape[0])) &&
    Object.entries(arrays).every(
      ([name, { shape }]) => shape[0] === places || [...OF_POINTS, ...OF_CELLS].includes(name),
    )
  );
}

/**
 * Return the mean of values of which are known their number, and the sums of how far they and their
 * squares lie from a middle.
 * @param {number} n
 * @param {number} first
 * @param {number} second
 * @param {number} middle
 * @returns {Mean}
 */
function meanOf(n, first, second, middle) {
  if (n < 1) return { n, mean: null, low: null, high: null };
  const mean = middle + first / n;
  const deviation = n > 1 ? Math.sqrt(Math.max(second - (first * first) / n, 0) / (n - 1)) : null;
  const [low, high] = meanInterval(n, mean, deviation) ?? [null, null];
  return { n, mean, low, high };
}
