// The lines over time as a live index has them, drawn as the server's answer would be.

import { all } from "./dom.mjs";
import { chartOf, roundRange, sayRows, show, steady } from "./live_charts.mjs";

/** @typedef {import("./live_index.mjs").LiveIndex} LiveIndex */
/** @typedef {import("./live_index.mjs").Span} Span */
/** @typedef {import("./live_index.mjs").Mean} Mean */
/** @typedef {import("./painting.mjs").Figure} Figure */
/** @typedef {import("./painting.mjs").Trace} Trace */

/** What a trace of a line draws: dashboard/charts/trend.py. @typedef {{ group: string | null, part: string }} Line */
/** What a chart over time says of itself. @typedef {{ time: string, from: string[], cut: [boolean, boolean] }} Meta */

const [END, ALONE] = [9, 5]; // px: as dashboard/charts/trend.py has them

/**
 * @param {LiveIndex} index
 * @param {string} card
 */
export function canPaintTrend(index, card) {
  const found = chartOf(card);
  const { trend } = index;
  if (!found || !trend) return false;
  const { data, layout } = found.figure;
  // A band stands where there is one line alone, be it of the groups that have rows.
  const hasBand = data.some((trace) => lineOf(trace)?.part === "band");
  if (trend.middle !== null && hasBand === trend.grouped) return false;
  const groups = trend.grouped ? index.groups.map(({ text }) => text) : [null];
  return (
    /** @type {Meta | undefined} */ (layout.meta)?.time === trend.time &&
    data.every((trace) => lineOf(trace) && placeOf(index, trace) >= 0) &&
    groups.every((text) => data.some((trace) => lineOf(trace)?.group === text))
  );
}

/**
 * @param {{ index: LiveIndex, span: Span, rests: boolean }} step
 * @param {string} card
 */
export function paintTrend({ index, span, rests }, card) {
  if (!show(card, rests ? trendFigure : steadyTrend, index, span)) return;
  if (!index.trend?.grouped) return;
  const rows = index.overTime(span).map(({ counts }) => counts.reduce((sum, one) => sum + one, 0));
  const key = chartOf(card)?.chart.closest("section") ?? document;
  for (const line of all(".key-button", key)) {
    const group = index.groups.find(({ text }) => text === line.dataset.pick);
    if (group) sayRows(line, rows[group.place]);
  }
}

/**
 * Return the figure of lines with those of an index.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 * @returns {Figure}
 */
export function trendFigure(figure, index, span) {
  const lines = index.overTime(span);
  const { cut, from } = /** @type {Meta} */ (figure.layout.meta);
  /** @type {number[]} */
  const ends = [];
  const data = figure.data.map((trace) => {
    const { counts, means } = lines[placeOf(index, trace)];
    const hasRows = counts.some((rows) => rows > 0);
    const values = means
      ? means.map(({ mean }) => mean)
      : hasRows
        ? counts
        : counts.map(() => null);
    for (const value of values) if (value !== null) ends.push(value);
    const part = lineOf(trace)?.part ?? "";
    if (part === "band") return { ...trace, ...bandOf(from, means ?? []) };
    const y = partOf(values, part, cut);
    if (!trace.marker) return { ...trace, y };
    const marker = { .../** @type {object} */ (trace.marker), size: sizesOf(values) };
    return { ...trace, y, marker, ...(means ? { customdata: counts } : {}) };
  });
  if (index.trend?.middle !== null) return { ...figure, data };
  const yaxis = { .../** @type {object} */ (figure.layout.yaxis), range: roundRange(ends) };
  return { ...figure, data, layout: { ...figure.layout, yaxis } };
}

/**
 * Return the same with an axis that stands still while the lines fit.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 */
const steadyTrend = (figure, index, span) => steady(figure, trendFigure(figure, index, span));

/**
 * Return what a part of a line draws: all of it, or what is whole, or what leads to units that are
 * cut short.
 * @param {(number | null)[]} values
 * @param {string} part
 * @param {[boolean, boolean]} cut whether the first unit is, and the last
 */
export function partOf(values, part, cut) {
  const last = values.length - 1;
  const short = [0, last].filter((_, i) => cut[i]);
  if (part === "whole") return values.map((value, at) => (short.includes(at) ? null : value));
  if (part !== "short") return values;
  const isBeside = (/** @type {number} */ at) => short.some((end) => Math.abs(end - at) <= 1);
  return values.map((value, at) => (isBeside(at) ? value : null));
}

/**
 * Return the outline of the intervals of means: a piece for each run of units that have one.
 * @param {string[]} from when each unit begins
 * @param {Mean[]} means
 */
export function bandOf(from, means) {
  /** @type {{ x: (string | null)[], y: (number | null)[] }} */
  const band = { x: [], y: [] };
  let begin = 0;
  for (let end = 0; end <= means.length; end += 1) {
    if (end < means.length && means[end].low !== null) continue;
    const run = means.slice(begin, end);
    if (run.length) {
      const across = from.slice(begin, end);
      band.x.push(...across, ...across.toReversed(), null);
      band.y.push(...run.map(({ high }) => high), ...run.map(({ low }) => low).toReversed(), null);
    }
    begin = end + 1;
  }
  return band;
}

/**
 * Return the size of each point's symbol: none along a line.
 * @param {(number | null)[]} values
 */
export function sizesOf(values) {
  const last = values.findLastIndex((value) => value !== null);
  const isKnown = (/** @type {number} */ at) => (values[at] ?? null) !== null;
  return values.map((value, at) => {
    if (at === last) return END;
    return value !== null && !(isKnown(at - 1) || isKnown(at + 1)) ? ALONE : 0;
  });
}

/**
 * @param {Trace} trace
 * @returns {Line | null}
 */
const lineOf = ({ meta }) =>
  meta && typeof meta === "object" && "part" in meta ? /** @type {Line} */ (meta) : null;

/**
 * Return the place of a line among those of an index; -1 if it is none of them.
 * @param {LiveIndex} index
 * @param {Trace} trace
 */
function placeOf(index, trace) {
  if (!index.trend?.grouped) return 0;
  return index.groups.find(({ text }) => text === lineOf(trace)?.group)?.place ?? -1;
}
