// What is pointed at in a chart becomes a filter; zooming never does.

import { all, one } from "./dom.mjs";
import { pick } from "./facets.mjs";
import { setBounds } from "./sliders.mjs";

/** Listen to the charts that Plotly has made since. */
export function hookCharts() {
  // Dash writes a zoom into the figure's own axes, where the next answer would undo it; left to
  // Plotly, `uirevision` keeps it. Nothing here asks Dash for it.
  for (const chart of all(".js-plotly-plot")) {
    /** @type {Chart} */ (chart).removeAllListeners?.("plotly_relayout");
  }
  hook("scatter", selectBounds);
  hook("means", pickGroup);
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

/**
 * @param {string} id
 * @param {(chart: Chart) => void} listen
 */
function hook(id, listen) {
  const chart = /** @type {Chart | null} */ (document.querySelector(`#${id} .js-plotly-plot`));
  if (!chart?.on || chart.dataset.hooked) return;
  chart.dataset.hooked = "yes";
  listen(chart);
}

/** @param {Chart} scatter */
function selectBounds(scatter) {
  scatter.on("plotly_selected", (selected) => {
    const range = selected?.range;
    if (!range?.x || !range.y) return;
    const [x, y] = /** @type {string[]} */ (scatter.layout.meta ?? []);
    setBounds(x, range.x);
    if (y !== x) setBounds(y, range.y);
    window.Plotly.relayout(scatter, { selections: [] });
  });
}

/** @param {Chart} means */
function pickGroup(means) {
  means.on("plotly_click", ({ points, event }) => {
    const facet = /** @type {string | undefined} */ (means.layout.meta);
    const value = /** @type {string | undefined} */ (points[0]?.data.meta);
    if (facet && typeof value === "string") pick(facet, value, event.shiftKey);
  });
}
