// A measure's slider and its two numbers follow each other; the numbers are exact and win.

import { boxText, number } from "./controls.mjs";
import { firstId, setProps, triggers } from "./dash.mjs";
import { all, measureFilter, one } from "./dom.mjs";
import { positionOf, scaleOf, snap, track, valueOfSlider } from "./scale.mjs";

/** @typedef {{ ends: number[], log: boolean }} Stand a slider's ends, and on which scale */

/**
 * Whether a measure's scale is in log.
 * @param {HTMLElement} filter
 */
export const isLog = (filter) => filter.querySelector(".log-switch input:checked") !== null;

/**
 * Return what is said of a measure's two numbers where one of them is none; "" if both are.
 * @param {unknown[]} texts
 * @param {number[]} kept
 */
export function saidOfTexts(texts, kept) {
  const side = texts.findIndex((text) => String(text ?? "").trim() && number(text) === null);
  if (side < 0) return "";
  const stays = `“${texts[side]}” is not a number; ${kept[side]} stays.`;
  return `${stays} Type a number alone: it is included.`;
}

export class Sliders {
  /** @type {Map<string, Stand>} */
  #stands = new Map();
  #byKey = false; // whether a slider was moved by a key last

  /** Learn whether a slider is moved by a key. */
  watch() {
    document.addEventListener("keydown", () => this.#movedBy(true), true);
    document.addEventListener("pointerdown", () => this.#movedBy(false), true);
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
    const before = this.#stands.get(column) ?? { ends: [scale.low, scale.high], log: false };
    one(".bound-said", filter).textContent = saidOfTexts([low, high], before.ends);
    // What is no number puts the old one back.
    let ends = [low, high].map((text, side) => number(text) ?? before.ends[side]);
    if (roles.length && roles.every((role) => role === "range")) {
      ends = ends.map((end, side) => valueOfSlider(scale, log, range[side], end, this.#byKey));
    }
    const written = [low, high];
    if (ends[0] > ends[1]) {
      ends.reverse();
      written.reverse();
    }
    this.#stands.set(column, { ends, log });
    this.#sayEnds(filter);
    const positions = ends.map((end) => positionOf(scale, log, end));
    const texts = ends.map((end, side) => boxText(end, written[side]));
    const isSame = (/** @type {unknown[]} */ one, /** @type {unknown[]} */ other) =>
      one.every((value, i) => value === other[i]);
    if (log === before.log && isSame(positions, range) && isSame(texts, [low, high])) {
      return window.dash_clientside.no_update;
    }
    const { min, max, step } = track(scale, log);
    return [positions, ...texts, min, max, step];
  }

  /** Let every thumb say its value: they may come later than the slider. */
  sayAllEnds() {
    for (const column of this.#stands.keys()) {
      const filter = measureFilter(column);
      if (filter) this.#sayEnds(filter);
    }
  }

  /**
   * A thumb's number is its position: in log it says the measure's.
   * @param {HTMLElement} filter
   */
  #sayEnds(filter) {
    const stand = this.#stands.get(String(filter.dataset.column));
    all("[role=slider]", filter).forEach((thumb, side) => {
      const text = stand?.log ? `${stand.ends[side]} ${filter.dataset.unit || ""}`.trim() : "";
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
