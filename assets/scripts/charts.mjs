// What is pointed at in a chart becomes a filter; zooming never does.

import { all, one } from "./dom.mjs";
import { narrow, pick } from "./facets.mjs";
import { setBounds } from "./sliders.mjs";

/**
 * Listen to the charts that Plotly has made since. A chart's `meta` says what it points at: two
 * measures, which a box bounds, or a facet, whose values its traces name in their own.
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
    pickGroup(chart);
  }
}

/**
 * Save a chart as a picture of the size that it has on the page.
 * @param {string} chart
 * @param {string} format
 */
export function savePicture(chart, format) {
  const plot = one(`#${chart} .js-plotly-plot`);
  const { width, height } = plot.getBoundingClientRect();
  window.Plotly.downloadImage(plot, { format, width, height, scale: 2, filename: chart });
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
 * Return two values, in any order, as an address has bounds.
 * @param {number[]} ends
 */
export const boundsText = (ends) =>
  [...ends]
    .sort((a, b) => a - b)
    .map((end) => Number(end.toPrecision(4)))
    .join("..");

/** @param {Chart} chart */
function pickGroup(chart) {
  chart.on("plotly_click", ({ points, event }) => {
    const facet = chart.layout.meta;
    const value = points[0]?.data.meta;
    if (typeof facet === "string" && typeof value === "string") pick(facet, value, event.shiftKey);
  });
}
