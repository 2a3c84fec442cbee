// The chips as a live index has them: what the slider that is dragged lets in, and how many more rows
// there are without each filter.

import { all, write } from "./dom.mjs";
import { filled, lastDay } from "./periods.mjs";
import { numberText, timeRead } from "./reader.mjs";

/** @typedef {import("./live_index.mjs").LiveIndex} LiveIndex */

/**
 * What the chip of the slider's column says around its ends, and how many chips stand before it. Of a
 * measure each stop's text; of a time the texts with which each stop begins, and ends.
 * @typedef {object} Words
 * @property {string} label
 * @property {string} unit
 * @property {number} place
 * @property {string[]} [texts]
 * @property {string[]} [firsts]
 * @property {string[]} [lasts]
 * @property {boolean} [ofDay] whether they are times of day
 */

const OWN = "is-live"; // a chip that no answer has brought yet
const MINUS = "\u2212";
const MONTH = 7; // letters of a time that ends with its month
const OFFSET = /T.*(Z|[+-]\d\d:?\d\d)$/;

/** @param {{ index: LiveIndex, span: import("./live_index.mjs").Span, column: string, ends: number[] }} step */
export function paintChips({ index, span, column, ends }) {
  const { words } = index;
  const place = document.querySelector("#chips");
  if (!words || !place) return;
  const rows = index.count(span);
  for (const chip of all(".chip[data-column]", place)) {
    const name = String(chip.dataset.column);
    if (name === column) continue;
    const without = index.countWithout(name, span);
    chip.classList.toggle("is-behind", without === null);
    if (without !== null) say(chip, null, without - rows);
  }
  const stops = ends.map((end) => index.stopAt(end));
  const phrase = phraseOf(words, stops, index.lastStop);
  const chip = all(".chip", place).find(({ dataset }) => dataset.column === column);
  if (phrase === null) {
    if (chip) chip.hidden = true;
    return;
  }
  const own = chip ?? newChip(place, column, words.place);
  own.hidden = false;
  say(own, [words.label, phrase, words.unit].filter(Boolean).join(" "), index.total - rows);
}

/** Bring the chips back to those that Dash knows. */
export function unpaintChips() {
  for (const chip of all(`#chips .${OWN}`)) chip.remove();
  for (const chip of all("#chips .chip")) chip.hidden = false;
}

/**
 * Let a chip that an answer brings take the place of the one that was made here.
 * @param {Element} place
 * @param {HTMLElement} chip
 */
function giveWay(place, chip) {
  new MutationObserver((_, observer) => {
    const { column } = chip.dataset;
    const named = all(".chip", place).filter(({ dataset }) => dataset.column === column);
    if (named.length > 1) chip.remove();
    if (!chip.isConnected) observer.disconnect();
  }).observe(place, { childList: true });
}

/**
 * Return what is let in between two stops, as query/words.py says it; null: everything.
 * @param {Pick<Words, "texts" | "firsts" | "lasts" | "ofDay">} words
 * @param {number[]} stops
 * @param {number} last
 * @param {(text: string) => string} read how the reader writes a time
 */
export function phraseOf(
  { texts, firsts = [], lasts = [], ofDay },
  [low, high],
  last,
  read = timeRead,
) {
  const [isOpen, isOpenAbove] = [low === 0, high === last];
  if (isOpen && isOpenAbove) return null;
  const ends = texts
    ? [texts[low], texts[high]]
    : [firsts[low], lasts[high]].map((text) => read(text));
  if (isOpenAbove) return `from ${ends[0]}`;
  if (isOpen) return `up to ${ends[1]}`;
  const isTime = texts === undefined;
  const [start, end] = isTime
    ? alike(firsts[low], lasts[high], Boolean(ofDay)).map((text) => read(text))
    : ends;
  if (start === end) return start;
  const isUnclear = !isTime && `${start}${end}`.includes(MINUS);
  return `${start} ${isUnclear ? "to" : "–"} ${end}`;
}

/**
 * Return the texts of two ends of a period, both as fine as the finer one.
 * @param {string} first
 * @param {string} last
 * @param {boolean} ofDay
 */
function alike(first, last, ofDay) {
  if (OFFSET.test(first) || OFFSET.test(last)) return [first, last];
  const length = Math.max(first.length, last.length);
  const whole = [first, !ofDay && length > MONTH ? lastDay(last) : last];
  return whole.map((text, side) => filled(text, side, ofDay ? "hours" : "clock").slice(0, length));
}

/**
 * Let a chip say its filter, if that changes, and how many more rows there are without it.
 * @param {HTMLElement} chip
 * @param {string | null} words
 * @param {number} more
 */
function say(chip, words, more) {
  const [own, effect] = chip.children;
  if (words !== null) write(own, words);
  write(effect, `· ${more ? `${numberText(more)} more` : "no more"} without it`);
}

/**
 * Return a new chip of a column, after so many others.
 * @param {Element} place
 * @param {string} column
 * @param {number} before
 */
function newChip(place, column, before) {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = `chip ${OWN}`;
  chip.dataset.column = column;
  const parts = ["", "chip-effect", "chip-cross"].map((className) =>
    Object.assign(document.createElement("span"), { className }),
  );
  parts[2].textContent = "×";
  chip.append(...parts);
  place.insertBefore(chip, place.children[before] ?? null);
  giveWay(place, chip);
  return chip;
}
