// What is pointed at in a chart becomes a filter; zooming never does.

import { fitTitles } from "./axis_titles.mjs";
import { layKeys, openCell } from "./calendar_keys.mjs";
import { all } from "./dom.mjs";
import { narrow, pick } from "./facets.mjs";
import { setBounds } from "./sliders.mjs";
import { clearPeriodOf, setPeriod } from "./times.mjs";

/**
 * Listen to the charts that Plotly has made since. A chart's `meta` says what it points at: two
 * measures, which a box bounds, units of a time, which one does too, a facet, whose values its traces
 * name in their own, or the cells of a calendar, by the filters of their row and their column.
 */
export function hookCharts() {
  for (const plot of all(".js-plotly-plot")) {
    const chart = /** @type {Chart} */ (plot);
    // Dash writes a zoom into the figure's own axes, where the next answer would undo it; left to
    // Plotly, `uirevision` keeps it. Nothing here asks Dash for it.
    chart.removeAllListeners?.("plotly_relayout");
    if (!chart.on || chart.dataset.hooked) continue;
    chart.dataset.hooked = "yes";
    selectBounds(chart);
    selectPeriod(chart);
    pickGroup(chart);
    pickCell(chart);
    fitTitles(chart);
    chart.on("plotly_afterplot", () => fitTitles(chart));
  }
}

/** @param {Chart} chart */
function selectBounds(chart) {
  chart.on("plotly_selected", (selected) => {
    const range = selected?.range;
    const { meta } = chart.layout;
    if (!range?.x || !range.y || !Array.isArray(meta)) return;
    const [x, y] = meta;
    const boxes = [[x, range.x], ...(y === x ? [] : [[y, range.y]])];
    const without = boxes.filter(([column, ends]) => !setBounds(column, ends));
    if (without.length) narrow(without.map(([column, ends]) => [column, boundsText(ends)]));
    window.Plotly.relayout(chart, { selections: [] });
  });
}

/**
 * Return two values, in any order, as an address has bounds: with four digits, or as many more as tell
 * values between them.
 * @param {number[]} ends
 */
export function boundsText(ends) {
  const [low, high] = [...ends].sort((a, b) => a - b);
  const most = Math.max(-low, high);
  const apart = Math.floor(Math.log10(most / (high - low))) + 4;
  const digits = apart > 4 ? Math.min(apart, 15) : 4;
  return [low, high].map((end) => Number(end.toPrecision(digits))).join("..");
}

/**
 * Return the period that a box over a chart's units bounds, both ends units: those whose points lie in
 * it, or the one that it lies in.
 * @param {Units} units
 * @param {string[]} ends two times, in any order
 */
export function periodOfBox({ from, until }, ends) {
  const [low, high] = ends.map(moment).sort((a, b) => a - b);
  const starts = from.map(moment);
  const last = starts.filter((start) => start <= high).length - 1;
  const first = starts.findIndex((start) => start >= low);
  const [begin, end] = [first < 0 || first > last ? last : first, last].map((at) =>
    Math.max(at, 0),
  );
  return [from[begin], until[end]];
}

/**
 * Return a time as Plotly writes it, or an address, as a number; no clock of the browser's matters.
 * @param {string} text
 */
function moment(text) {
  const [day, time = ""] = text.split(/[ T]/);
  const [year, month = "1", date = "1"] = day.split("-");
  const [hour, minute = "0", second = "0"] = (time || "0").split(":");
  const start = new Date(0);
  start.setUTCFullYear(Number(year), Number(month) - 1, Number(date)); // the year 13 is no 1913
  return start.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
}

/**
 * A box over units of a time bounds it, a double click clears it.
 * @param {Chart} chart
 */
function selectPeriod(chart) {
  const units = () => {
    const { meta } = chart.layout;
    const isOfTime = meta && typeof meta === "object" && "time" in meta;
    return isOfTime ? /** @type {Units} */ (meta) : null;
  };
  chart.on("plotly_selected", (selected) => {
    const of = units();
    if (!of?.from.length || !selected?.range?.x) return;
    const ends = periodOfBox(of, selected.range.x.map(String));
    if (!setPeriod(of.time, ends)) narrow([[of.time, ends.join("..")]]);
    window.Plotly.relayout(chart, { selections: [] });
  });
  chart.on("plotly_deselect", () => {
    const of = units();
    if (of) clearPeriodOf(of.time);
  });
}

/** @param {Chart} chart */
function pickGroup(chart) {
  chart.on("plotly_click", ({ points, event }) => {
    const facet = chart.layout.meta;
    const value = points[0]?.data.meta;
    if (typeof facet === "string" && typeof value === "string") pick(facet, value, event.shiftKey);
  });
}

/** @param {Chart} chart */
function pickCell(chart) {
  layKeys(chart);
  chart.on("plotly_afterplot", () => layKeys(chart));
  chart.on("plotly_click", ({ points }) => {
    const at = points[0]?.pointNumber;
    if (Array.isArray(at)) openCell(chart, at[0], at[1]);
  });
}
