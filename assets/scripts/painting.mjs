// A step of a slider moves points and the ends of bars, colours cells, and does nothing else to a chart:
// such an answer is painted over what Plotly drew, in a tenth of its time; Plotly draws the same once
// the page rests, so that it knows what it shows under the pointer.

import { paintBars } from "./painting_bars.mjs";
import { paintCells } from "./painting_cells.mjs";
import { paintArea, paintLine } from "./painting_lines.mjs";
import { paintPoints } from "./painting_points.mjs";

/**
 * A figure as the server tells it.
 * @typedef {{ data: Trace[], layout: Record<string, unknown>, config?: unknown }} Figure
 * @typedef {Record<string, unknown> & { type?: string, orientation?: string }} Trace
 */

/**
 * A figure that stands, and its text without what can be painted.
 * @typedef {{ figure: Figure, rest: string }} Standing
 */

const REST = 400; // ms without another answer

/** What each kind of trace draws by, by its `type`; anything else is Plotly's alone. */
const VALUES = {
  /** @type {(trace: Trace) => string[]} */
  bar: ({ orientation }) => [orientation === "h" ? "x" : "y", "error_y", "customdata"],
  heatmap: () => ["z", "zmax", "colorscale", "customdata"],
  /** @type {(trace: Trace) => string[]} */
  scatter: ({ mode }) => ["x", "y", ...(mode === "markers" ? [] : ["customdata"])],
};

/** @type {WeakMap<HTMLElement, Standing>} */
const standing = new WeakMap();

/**
 * Return the figure that a chart shows; null before the first.
 * @param {HTMLElement} chart
 */
export const figureOf = (chart) => standing.get(chart)?.figure ?? null;

/**
 * Let a chart that stands follow an answer by painting where that is all it takes. Return what lets
 * Plotly draw a chart at once that was painted: it is pointed at.
 * @param {{ react: (chart: HTMLElement, ...given: unknown[]) => unknown }} plotly
 * @param {(then: () => void, wait: number) => unknown} later calls a function when so many
 *   milliseconds have passed and the browser is idle
 */
export function paintSteps(plotly, later) {
  const draw = plotly.react.bind(plotly);
  // Plotly writes what it finds out into the layout that it draws: what stands is not to change by
  // that, or no step after would be like it.
  /** @type {(chart: HTMLElement, ...given: unknown[]) => unknown} */
  const react = (chart, figure, ...more) => draw(chart, ownLayout(figure), ...more);
  /** @type {WeakMap<HTMLElement, unknown[]>} what Plotly is still to draw */
  const due = new WeakMap();
  plotly.react = (chart, ...given) => {
    const figure = /** @type {Figure} */ (given[0]);
    const before = standing.get(chart);
    const now = { figure, rest: restOf(figure) };
    standing.set(chart, now);
    due.delete(chart);
    if (before?.rest !== now.rest || !paint(/** @type {Drawn} */ (chart), figure)) {
      return react(chart, ...given);
    }
    due.set(chart, given);
    later(() => due.get(chart) === given && drawDue(chart), REST);
    return Promise.resolve(chart);
  };
  return drawDue;

  /** @param {HTMLElement} chart */
  function drawDue(chart) {
    const given = due.get(chart);
    due.delete(chart);
    if (given && chart.isConnected) react(chart, ...given);
  }
}

/**
 * Return a figure with a layout of its own.
 * @param {unknown} figure
 */
function ownLayout(figure) {
  const { layout, ...rest } = /** @type {Figure} */ (figure);
  return { ...rest, layout: structuredClone(layout) };
}

/**
 * Return the text of a figure without what can be painted.
 * @param {Figure} figure
 */
export function restOf({ data, layout }) {
  const traces = data.map((trace) => {
    const values = VALUES[/** @type {keyof typeof VALUES} */ (trace.type)]?.(trace) ?? [];
    const rest = values.map((part) => [part, styleOf(trace[part])]);
    const marker = /** @type {{ size?: unknown } | undefined} */ (trace.marker);
    const sized = Array.isArray(marker?.size) ? { marker: { ...marker, size: 0 } } : {};
    return { ...trace, ...Object.fromEntries(rest), ...sized };
  });
  return JSON.stringify([traces, restOfLayout(layout)]);
}

/**
 * Return a layout without the units of a chart over time, which are values too.
 * @param {Figure["layout"]} layout
 */
function restOfLayout(layout) {
  const { meta } = layout;
  if (!meta || typeof meta !== "object" || !("from" in meta)) return layout;
  return { ...layout, meta: { ...meta, from: 0, until: 0, cut: 0 } };
}

/** @param {unknown} part of a trace: numbers, or numbers with a look of their own */
function styleOf(part) {
  return part && typeof part === "object" && !Array.isArray(part) && "array" in part
    ? { ...part, array: 0 }
    : 0;
}

/**
 * Return what paints a trace of points, of a line, or of both, or of cells.
 * @param {Drawn} chart
 * @param {number} at
 * @param {Trace} trace
 */
function paintsOf(chart, at, trace) {
  const mode = trace.type === "scatter" ? String(trace.mode) : "";
  return [
    ...(mode.includes("markers") ? [paintPoints(chart, at, trace)] : []),
    ...(trace.type === "heatmap" ? [paintCells(chart, at, trace)] : []),
    ...(mode.includes("lines") ? [(trace.fill ? paintArea : paintLine)(chart, at, trace)] : []),
  ];
}

/**
 * Paint a figure that differs in values alone from what a chart shows; return whether it could be.
 * @param {Drawn} chart
 * @param {Figure} figure
 */
function paint(chart, { data, layout }) {
  if (!chart._fullLayout) return false;
  const paints = [
    ...data.flatMap((trace, at) => paintsOf(chart, at, trace)),
    ...paintBars(chart, data),
  ];
  if (paints.some((paints) => paints === null)) return false;
  for (const does of paints) if (does) does();
  chart.data = data;
  chart.layout.meta = layout.meta;
  chart.emit("plotly_afterplot");
  return true;
}
