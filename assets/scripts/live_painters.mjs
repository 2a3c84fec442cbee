// What is drawn of a live index at each step of a drag, part by part: the count, the chips, the
// histograms above the other sliders, the counts beside the checkboxes; and cards, by those who know
// their charts.

import { all, around, input, one, write } from "./dom.mjs";
import { drawOver } from "./histograms.mjs";
import { canPaintMeans, canPaintPoints, paintMeans, paintScatter } from "./live_charts.mjs";
import { paintChips } from "./live_chips.mjs";
import { canPaintCounts, paintCounts } from "./live_counts.mjs";
import { canPaintDensity, paintDensity } from "./live_density.mjs";
import { canPaintTrend, paintTrend, tellsTrend } from "./live_trend.mjs";
import { numberText } from "./reader.mjs";

/**
 * What is to be shown: an index, its places between the slider's two stops, and the column's own span
 * as its histogram has it.
 * @typedef {object} Step
 * @property {import("./live_index.mjs").LiveIndex} index
 * @property {import("./live_index.mjs").Span} span
 * @property {string} column
 * @property {(number | null)[]} bounds
 * @property {number[]} ends the values of the two stops
 * @property {boolean} rests whether it is the last one
 * @property {string | null} [drawnOn] the card on which a box is drawn: it stays as it is
 */

/** Draw what every view has. @type {((step: Step) => void)[]} */
const PAINT = [paintCount, paintHistograms, paintFacets, paintChips];

/**
 * Who draws a card, by its id, whether it can be drawn of an index, and if that is not always so, of
 * which places; `isMarked`: it is not, but marked as older while no answer comes.
 * @typedef {object} Painter
 * @property {boolean} [isMarked]
 * @property {(index: Step["index"], card: string) => boolean} canPaint
 * @property {(index: Step["index"], span: Step["span"]) => boolean} [tells]
 * @property {(step: Step, card: string) => void} paint
 */

/** @type {Record<string, Painter>} */
const CARDS = {
  counts: { canPaint: canPaintCounts, paint: paintCounts },
  means: { canPaint: canPaintMeans, paint: paintMeans },
  scatter: {
    canPaint: (index) => canPaintPoints(index) || canPaintDensity(index),
    paint: (step) => {
      if (canPaintPoints(step.index)) paintScatter(step);
      else paintDensity(step);
    },
  },
  trend: { canPaint: canPaintTrend, tells: tellsTrend, paint: paintTrend },
  // The rows themselves come with the answer.
  table: { isMarked: true, canPaint: () => true, paint: () => markBehind("#table") },
};

/**
 * Mark a part, if it stands, as older than what is around it.
 * @param {string} selector
 */
export function markBehind(selector) {
  for (const part of all(selector)) part.classList.add("is-behind");
}

/** All parts are as new as each other again. */
export function unmarkBehind() {
  for (const part of all(".is-behind")) part.classList.remove("is-behind");
}

/**
 * Draw all that can be drawn of a step; of the cards, those in sight. What an index still lacks is
 * marked as older, and is drawn once it is here.
 * @param {Step} step
 * @param {boolean} isHeld whether nothing is asked meanwhile; else answers bring what nobody draws
 */
export function paintStep(step, isHeld) {
  // Where the cards are is asked of the page before anything is drawn.
  const cards = cardsInSight();
  for (const paint of PAINT) paint(step);
  // The words of a chart come with the answer, as the rows do.
  if (isHeld) markBehind("details[data-twin][open] .twin-body");
  const { drawnOn } = step;
  // Which units are cut short comes with the answer.
  if (isHeld && step.index.isOfTrend && !drawnOn) markBehind("#trend-note");
  for (const card of cards) {
    const painter = CARDS[card];
    if (!painter || card === drawnOn || (painter.isMarked && !isHeld)) continue;
    if (painter.tells?.(step.index, step.span) === false) continue;
    if (isHeld) {
      const isLacking = !step.index.isWhole && !painter.canPaint(step.index, card);
      cardOf(card).classList.toggle("is-behind", isLacking);
      if (isLacking) continue;
    }
    if (isHeld || painter.canPaint(step.index, card)) painter.paint(step, card);
  }
}

/**
 * Whether each card in sight is drawn by someone, but for the one on which a box is drawn.
 * @param {Step["index"]} index
 * @param {string | null} drawnOn
 */
export const isWhollyPainted = (index, drawnOn) =>
  cardsInSight().every((card) => card === drawnOn || CARDS[card]?.canPaint(index, card));

/**
 * Whether an index tells what each such card shows between two stops.
 * @param {Step["index"]} index
 * @param {Step["span"]} span
 * @param {string | null} drawnOn
 */
export const isToldBetween = (index, span, drawnOn) =>
  cardsInSight().every((card) => card === drawnOn || (CARDS[card]?.tells?.(index, span) ?? true));

/** Whether each card in sight will be drawn by someone, or be marked, as far as its index is here. */
export const hasPainters = () => cardsInSight().every((card) => card in CARDS);

/** @param {string} card */
const cardOf = (card) => /** @type {Element} */ (one(`#${card}-title`).closest("section"));

/** @param {HTMLElement} title */
const cardOfTitle = ({ id }) => id.replace(/-title$/, "");

/**
 * Return the id of the card that an event happened on; null if it was on none.
 * @param {Event} event
 */
export function cardAround(event) {
  const title = around(event, "section.card")?.querySelector("h2[id$='-title']");
  return title ? cardOfTitle(/** @type {HTMLElement} */ (title)) : null;
}

/** Return the ids of the cards of which a part is in the window. */
function cardsInSight() {
  return all("section.card h2[id$='-title']")
    .filter((title) => {
      const { top, bottom, height } = /** @type {HTMLElement} */ (
        title.closest("section")
      ).getBoundingClientRect();
      return height > 0 && top < window.innerHeight && bottom > 0;
    })
    .map(cardOfTitle);
}

/** @param {Step} step */
function paintCount({ index, span }) {
  write(one("#count .count"), numberText(index.count(span)));
}

/** @param {Step} step */
function paintHistograms({ index, span, column, bounds }) {
  const others = index.histograms.map((name) => [name, { groups: index.bars(name, span) }]);
  drawOver({ ...Object.fromEntries(others), [column]: { spans: [bounds] } });
}

/** @param {Step} step */
function paintFacets({ index, span }) {
  for (const group of all("fieldset[data-facet]")) {
    const name = String(group.dataset.facet);
    const texts = index.facets[name];
    if (!texts) continue;
    const counts = index.values(name, span);
    const known = new Map(texts.map((text, at) => [text, counts[at]]));
    for (const check of all(".facet .form-check", group)) {
      const rows = known.get(input("input", check).value);
      const place = check.querySelector(".facet-count");
      if (rows === undefined || !place) continue;
      write(place, numberText(rows));
      check.querySelector(".facet-choice")?.classList.toggle("no-rows", rows === 0);
    }
  }
}
