// A measure's slider and its two numbers follow each other; the numbers are exact and win.

import { typedBound } from "./bounds.mjs";
import { firstId, setProps, triggers } from "./dash.mjs";
import { all, around, measureFilter, one } from "./dom.mjs";
import { bound, boxText, inBox, PLAIN } from "./numbers.mjs";
import { openEnds, positionOf, scaleOf, snap, standOf, track, valueOfSlider } from "./scale.mjs";

/**
 * A slider's ends, their texts, which may be longer than a number here, and on which scale they are.
 * @typedef {{ ends: number[], texts: string[], log: boolean }} Stand
 */

/**
 * Whether a measure's scale is in log.
 * @param {HTMLElement} filter
 */
export const isLog = (filter) => filter.querySelector(".log-switch input:checked") !== null;

/**
 * What two boxes ask, by what is typed in them, or by what stands where that is refused.
 * @typedef {{ ends: number[], texts: string[], said: string, waits: boolean }} Read
 */

/**
 * Return what a measure's two boxes ask. An emptied one is without a bound; a low above the high waits
 * for the other one to be typed, and is marked.
 * @param {unknown[]} written
 * @param {Stand} before
 * @param {Pick<import("./scale.mjs").Scale, "low" | "high" | "ends">} scale
 * @param {number} decimals
 * @returns {Read}
 */
export function readBoxes(written, before, scale, decimals) {
  const read = written.map((text, side) => typedBound(text, side, decimals));
  const texts = read.map(({ bound }, side) => {
    if (bound === null) return before.texts[side];
    return bound === "" ? String(openEnds(scale)[side]) : boxText(Number(bound), bound);
  });
  const ends = texts.map((text, side) => standOf(scale, Number(text), side));
  const side = read.findIndex(({ bound }) => bound === null);
  let said = read.find((one) => one.said)?.said ?? "";
  if (side >= 0) said = `${read[side].said}; ${inBox(before.texts[side])} stays.`;
  const waits = isAbove(texts);
  if (waits) said = `${inBox(texts[0])} is above ${inBox(texts[1])}: type the other bound too.`;
  return { ends, texts, said, waits };
}

/**
 * Whether a low bound is above the high one: to the last digit of whole numbers.
 * @param {(string | number | null)[]} ends
 */
function isAbove([low, high]) {
  if (low === null || high === null) return false;
  const areWhole = [low, high].every((end) => /^[+-]?\d+$/.test(String(end)));
  return areWhole ? BigInt(low) > BigInt(high) : Number(low) > Number(high);
}

/**
 * Return the text of a slider's end.
 * @param {import("./scale.mjs").Scale} scale
 * @param {number} end
 * @param {number} side
 * @param {string} before
 */
function textAt(scale, end, side, before) {
  const isOpen = side ? end >= scale.high : end <= scale.low;
  return scale.ends && isOpen ? String(scale.ends[side]) : boxText(end, before);
}

export class Sliders {
  /** @type {Map<string, Stand>} */
  #stands = new Map();
  #byKey = false; // whether a slider was moved by a key last
  #slid;

  /** @param {(column: string, texts: string[]) => void} slid is told what a slider was moved to */
  constructor(slid) {
    this.#slid = slid;
  }

  /** Learn whether a slider is moved by a key; a click into a box chooses its number. */
  watch() {
    document.addEventListener("scalechange", ({ target }) => {
      this.#rescale(/** @type {HTMLElement} */ (target));
    });
    document.addEventListener("keydown", () => this.#movedBy(true), true);
    document.addEventListener("pointerdown", () => this.#movedBy(false), true);
    // A first click into a box chooses its number, as Tab does: what is typed replaces it.
    let entered = /** @type {HTMLInputElement | null} */ (null);
    document.addEventListener("pointerdown", (event) => {
      const box = /** @type {HTMLInputElement | null} */ (around(event, "input.bound"));
      entered = box === document.activeElement ? null : box;
    });
    document.addEventListener("click", (event) => {
      if (entered && around(event, "input.bound") === entered) entered.select();
    });
  }

  /**
   * Return a slider's two positions, both numbers, and the slider's least, greatest and step.
   * @param {number[]} range
   * @param {unknown} low
   * @param {unknown} high
   * @param {boolean} log
   */
  link(range, low, high, log) {
    const roles = triggers().map(({ id }) => /** @type {Record<string, string>} */ (id).role);
    const { column } = firstId();
    const filter = /** @type {HTMLElement} */ (measureFilter(column));
    const scale = scaleOf(filter.dataset);
    const whole = [scale.low, scale.high];
    const before = this.#stands.get(column) ?? {
      ends: whole,
      texts: openEnds(scale).map(String),
      log: false,
    };
    const boxes = /** @type {HTMLInputElement[]} */ (all("input.bound", filter));
    let read = readBoxes([low, high], before, scale, Number(filter.dataset.valueDecimals));
    if (roles.length && roles.every((role) => role === "range")) {
      const ends = before.ends.map((end, side) =>
        valueOfSlider(scale, log, range[side], end, this.#byKey),
      );
      const texts = ends.map((end, side) => textAt(scale, end, side, before.texts[side]));
      read = { ends, texts, said: "", waits: false };
      this.#slid(column, texts);
    }
    const { ends, texts, said, waits } = read;
    one(".bound-said", filter).textContent = said;
    for (const box of boxes) box.setAttribute("aria-invalid", String(waits));
    const shown = waits ? before : { ends, texts, log };
    this.#stands.set(column, { ...shown, log });
    this.#sayEnds(filter);
    const positions = shown.ends.map((end) => positionOf(scale, log, end));
    const written = texts.map(inBox);
    const isSame = (/** @type {unknown[]} */ one, /** @type {unknown[]} */ other) =>
      one.every((value, i) => value === other[i]);
    if (log === before.log && isSame(positions, range) && isSame(written, [low, high])) {
      return window.dash_clientside.no_update;
    }
    const { min, max, step } = track(scale, log);
    return [positions, ...written, min, max, step];
  }

  /**
   * Follow a slider whose thumbs are moved, before Dash is told: its numbers, and what they say.
   * Return its two bounds, their texts, and where it stands for them.
   * @param {HTMLElement} filter
   * @param {number[]} positions
   * @param {number[]} by how far each is moved; a key goes on from where the slider's value is
   */
  move(filter, positions, by) {
    const column = String(filter.dataset.column);
    const [scale, log] = [scaleOf(filter.dataset), isLog(filter)];
    const whole = [scale.low, scale.high];
    const before = this.#stands.get(column) ?? {
      ends: whole,
      texts: openEnds(scale).map(String),
      log,
    };
    const isEven = !log && !scale.tails;
    const at = (/** @type {number} */ end, /** @type {number} */ side) =>
      // A slider goes to whole positions, whether Dash has drawn where it stands or not.
      isEven || !this.#byKey ? positions[side] : Math.round(positionOf(scale, log, end) + by[side]);
    const ends = before.ends.map((end, side) =>
      by[side] ? valueOfSlider(scale, log, at(end, side), end, this.#byKey) : end,
    );
    const texts = ends.map((end, side) => textAt(scale, end, side, before.texts[side]));
    this.#stands.set(column, { ends, texts, log });
    this.#sayEnds(filter);
    for (const [side, box] of /** @type {HTMLInputElement[]} */ (
      all("input.bound", filter)
    ).entries()) {
      if (box.value !== inBox(texts[side])) box.value = inBox(texts[side]);
    }
    return { ends, texts, positions: ends.map((end) => positionOf(scale, log, end)) };
  }

  /**
   * Let a slider stand where its values are on a scale that is another one now.
   * @param {HTMLElement} filter
   */
  #rescale(filter) {
    const column = String(filter.dataset.column);
    const stand = this.#stands.get(column);
    // As if its number were typed anew; without a stand its first link is still to come.
    if (stand) setProps({ role: "low", column }, { value: inBox(stand.texts[0]) });
  }

  /**
   * Move one of a slider's thumbs to where the other one stands, exactly.
   * @param {HTMLElement} filter
   * @param {number} side
   */
  meet(filter, side) {
    const column = String(filter.dataset.column);
    const stand = this.#stands.get(column);
    const role = side ? "high" : "low";
    if (stand) setProps({ role, column }, { value: inBox(stand.texts[1 - side]) });
  }

  /**
   * Return a measure's bounds as they are asked: its two numbers, or while the low is above the high
   * those that stood before.
   * @param {string} column
   * @param {(number | string | null)[]} bounds
   */
  asked(column, bounds) {
    if (!isAbove(bounds)) return bounds;
    return this.#stands.get(column)?.texts.map((text) => bound(text, PLAIN)) ?? [null, null];
  }

  /** Let every thumb say its value: they may come later than the slider. */
  sayAllEnds() {
    for (const column of this.#stands.keys()) {
      const filter = measureFilter(column);
      if (filter) this.#sayEnds(filter);
    }
  }

  /**
   * A thumb's number is its position: in log, and with tails, it says the measure's.
   * @param {HTMLElement} filter
   */
  #sayEnds(filter) {
    const stand = this.#stands.get(String(filter.dataset.column));
    all("[role=slider]", filter).forEach((thumb, side) => {
      const { log, ends, texts } = stand ?? { log: false, ends: [], texts: [] };
      const isNearer = filter.dataset.ends && Number(texts[side]) !== ends[side];
      const said = isNearer ? texts[side] : String(ends[side]);
      const isOther = stand && (log || filter.dataset.tails || isNearer);
      const text = isOther ? `${inBox(said)} ${filter.dataset.unit || ""}`.trim() : "";
      if (!text) thumb.removeAttribute("aria-valuetext");
      else if (thumb.getAttribute("aria-valuetext") !== text) {
        thumb.setAttribute("aria-valuetext", text);
      }
    });
  }

  /** @param {boolean} key */
  #movedBy(key) {
    this.#byKey = key;
  }
}

/**
 * Bound a measure by two values in any order, each brought to where its slider can stand. Where it
 * has none nothing happens, and false is returned.
 * @param {string} column
 * @param {number[]} ends
 */
export function setBounds(column, ends) {
  const filter = measureFilter(column);
  if (!filter) return false;
  const [scale, log] = [scaleOf(filter.dataset), isLog(filter)];
  const positions = ends.map((end) => positionOf(scale, log, snap(scale, log, end)));
  setProps({ role: "range", column }, { value: positions.sort((a, b) => a - b) });
  return true;
}

/**
 * Let a measure be without bounds.
 * @param {HTMLElement} filter
 */
export function clearBounds(filter) {
  const { min, max } = track(scaleOf(filter.dataset), isLog(filter));
  setProps({ role: "range", column: String(filter.dataset.column) }, { value: [min, max] });
}
