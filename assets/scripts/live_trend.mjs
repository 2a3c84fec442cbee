// The lines over time as a live index has them, drawn as the server's answer would be.

import { all, write } from "./dom.mjs";
import { chartOf, roundRange, sayRows, show, steady } from "./live_charts.mjs";
import { periodsBetween } from "./live_units.mjs";
import { bandOf, bandTrace, lineOf, tracesOf } from "./trend_traces.mjs";

/** @typedef {import("./live_index.mjs").LiveIndex} LiveIndex */
/** @typedef {import("./live_index.mjs").Span} Span */
/** @typedef {import("./painting.mjs").Figure} Figure */
/** @typedef {import("./painting.mjs").Trace} Trace */

/** What a chart over time says of itself. @typedef {{ time: string, from: string[], until: string[], cut: [boolean, boolean] }} Meta */

const ROOM = 0.02; // of an axis that holds all units, at each side
const FEW_ROWS = 5; // counts below may have ticks at halves: dashboard/charts/figures.py
const SMALL = 0.3; // units that need no more of their axis have another one

/**
 * @param {LiveIndex} index
 * @param {string} card
 */
export function canPaintTrend(index, card) {
  const found = chartOf(card);
  const { trend } = index;
  if (!found || !trend) return false;
  const { data, layout } = found.figure;
  const groups = trend.grouped ? index.groups.map(({ text }) => text) : [null];
  const drawn = data.filter(({ marker }) => marker).map((trace) => lineOf(trace)?.group);
  return (
    /** @type {Meta | undefined} */ (layout.meta)?.time === trend.time &&
    data.every((trace) => lineOf(trace) && placeOf(index, trace) >= 0) &&
    groups.every((text) => drawn.includes(text))
  );
}

/**
 * Whether an index tells the units that are drawn between two stops.
 * @param {LiveIndex} index
 * @param {Span} span
 */
export const tellsTrend = (index, span) => !index.isOfTrend || index.units(span) !== null;

/**
 * @param {{ index: LiveIndex, span: Span, rests: boolean }} step
 * @param {string} card
 */
export function paintTrend({ index, span, rests }, card) {
  if (!show(card, rests ? trendFigure : steadyTrend, index, span)) return;
  const section = chartOf(card)?.chart.closest("section") ?? document;
  const title = section.querySelector("h2");
  if (index.isOfTrend && title) {
    const words = String(title.textContent);
    write(title, words.replace(/ per \S+$/, ` per ${index.units(span)?.unit}`));
  }
  if (!index.trend?.grouped) return;
  const rows = index.overTime(span).map(({ counts }) => counts.reduce((sum, one) => sum + one, 0));
  for (const line of all(".key-button", section)) {
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
  const layout = layoutOf(figure, index, span);
  const { from, cut } = /** @type {Meta} */ (layout.meta);
  const isAlone = lines.filter(({ counts }) => counts.some((rows) => rows > 0)).length === 1;
  /** @type {Trace[]} */
  const bands = [];
  /** @type {number[]} */
  const ends = [];
  const drawn = figure.data
    .filter(({ marker }) => marker)
    .flatMap((trace) => {
      const { counts, means } = lines[placeOf(index, trace)];
      const hasRows = counts.some((rows) => rows > 0);
      const none = counts.map(() => null);
      const values = means ? means.map(({ mean }) => mean) : hasRows ? counts : none;
      for (const value of values) if (value !== null) ends.push(value);
      if (isAlone && means?.some(({ low }) => low !== null)) {
        bands.push(bandTrace(trace, bandOf(from, means)));
      }
      return tracesOf(trace, from, values, means ? counts : null, cut);
    });
  const data = [...bands, ...drawn];
  const isOfRows = index.trend?.middle === null;
  const axis = between(layout.yaxis, isOfRows ? roundRange(ends) : undefined);
  const yaxis = isOfRows ? { ...axis, tickvals: wholeTicks(ends) } : axis;
  return { ...figure, data, layout: { ...layout, yaxis } };
}

/**
 * Return the ticks of an axis of few rows, whole numbers; undefined where Plotly's own are whole.
 * @param {number[]} counts
 */
export function wholeTicks(counts) {
  const most = Math.max(0, ...counts);
  return most < FEW_ROWS ? Array.from({ length: Math.max(1, most) + 1 }, (_, i) => i) : undefined;
}

/**
 * Return the layout of a figure between two places; its units are others on the slider of their time.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 * @returns {Figure["layout"]}
 */
function layoutOf({ layout }, index, span) {
  const units = index.isOfTrend ? index.units(span) : null;
  if (!units) return layout;
  const { time } = /** @type {Meta} */ (layout.meta);
  const periods = periodsBetween(units, index.stopsIn(span), index.trend?.middle === null);
  return {
    ...layout,
    xaxis: { ...between(layout.xaxis, undefined), hoverformat: units.hover },
    meta: { time, ...periods },
    uirevision: `${time} ${units.unit}`,
  };
}

/**
 * Return the same with axes that stand still while the lines fit, and are not much too long.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 * @param {HTMLElement} chart
 */
function steadyTrend(figure, index, span, chart) {
  const made = steady(figure, trendFigure(figure, index, span));
  const { xaxis, yaxis } = /** @type {Drawn} */ (chart)._fullLayout ?? {};
  const units = index.isOfTrend ? index.units(span) : null;
  if (!xaxis || !yaxis) return made;
  const { from } = /** @type {Meta} */ (made.layout.meta);
  const layout = { ...made.layout };
  if (units) layout.xaxis = between(layout.xaxis, rangeAcross(xaxis, from, units.from));
  if (index.trend?.middle !== null) layout.yaxis = between(layout.yaxis, rangeUp(yaxis, made));
  return { ...made, layout };
}

/**
 * Return an axis that ends where it is told to; undefined: where the values do.
 * @param {unknown} axis
 * @param {unknown[] | undefined} range
 */
function between(axis, range) {
  // Plotly lets an axis end where the values do again only where it was told not to before.
  const { range: _, autorange, ...rest } = /** @type {Record<string, unknown>} */ (axis);
  return range ? { ...rest, range, autorange: false } : rest;
}

/**
 * Return where the axis of means stands, if what is drawn lies there and is not too small for it.
 * @param {Axis} axis
 * @param {Figure} figure
 */
function rangeUp(axis, { data }) {
  const values = data.flatMap(({ y }) => /** @type {(number | null)[]} */ (y));
  const drawn = values.filter((value) => value !== null);
  if (!drawn.length) return [...axis.range];
  const [low, high] = /** @type {number[]} */ (axis.range);
  const [least, most] = drawn.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [drawn[0], drawn[0]],
  );
  const fits = low <= least && most <= high && most - least >= SMALL * (high - low);
  return fits ? [low, high] : undefined;
}

/**
 * Return where an axis of time is to begin and to end.
 * @param {Axis} axis as it stands
 * @param {string[]} from when the units begin that are drawn
 * @param {string[]} all when all units of the table do
 */
export function rangeAcross(axis, from, all) {
  const length = axis._length;
  const [begin, end] = [axis.d2p(from[0]), axis.d2p(from[from.length - 1])];
  const isInside = begin >= 0 && end <= length;
  if (isInside && end - begin >= SMALL * length) return [...axis.range];
  // What outgrows its axis has one that holds all; what is small on it one that it fills.
  const [low, high] = [0, -1].map((at) =>
    axis.r2l(/** @type {string} */ ((isInside ? from : all).at(at))),
  );
  const room = (high - low) * ROOM;
  return [axis.l2r(low - room), axis.l2r(high + room)];
}

/**
 * Return the place of a line among those of an index; -1 if it is none of them.
 * @param {LiveIndex} index
 * @param {Trace} trace
 */
function placeOf(index, trace) {
  if (!index.trend?.grouped) return 0;
  return index.groups.find(({ text }) => text === lineOf(trace)?.group)?.place ?? -1;
}
