// A box that is drawn over the lines over time moves the slider of their time meanwhile, so that the
// page follows. Plotly, which draws the box, says what it bounds at its end: see charts.mjs.

import { periodOfBox } from "./charts.mjs";
import { all, around } from "./dom.mjs";
import { slide, stopsOfPeriod } from "./periods.mjs";
import { timeFilter } from "./times.mjs";

const SLACK = 8; // px: what moves less is no box for Plotly either

/**
 * Return the filter of the time whose lines an event happened on; null if it has no slider.
 * @param {Event} event
 */
export function filterOfLines(event) {
  const chart = around(event, ".js-plotly-plot");
  const units = chart && unitsOf(/** @type {Chart} */ (chart));
  const filter = units && timeFilter(units.time);
  return filter && all("[role=slider]", filter).length ? filter : null;
}

/** @param {Chart} chart */
function unitsOf({ layout }) {
  const { meta } = layout;
  return meta && typeof meta === "object" && "time" in meta ? /** @type {Units} */ (meta) : null;
}

/**
 * Follow the pointer over lines over time; as long as nothing is asked meanwhile: an answer would draw
 * them anew below the box. A finger scrolls.
 * @param {(filter: HTMLElement) => boolean} follows whether the page follows a filter's slider now
 */
export function watchTrendBrush(follows) {
  /** @type {{ chart: Chart, filter: HTMLElement, x: number } | null} */
  let box = null;

  document.addEventListener("pointerdown", (event) => {
    const plane = around(event, ".nsewdrag");
    const filter = plane && filterOfLines(event);
    if (!filter || event.button || event.pointerType === "touch") return;
    const chart = /** @type {Chart} */ (plane.closest(".js-plotly-plot"));
    if (chart._fullLayout.dragmode !== "select") return; // but zooms, or moves the plane
    box = { chart, filter, x: event.clientX - leftOf(chart) };
  });
  document.addEventListener("pointermove", (event) => {
    if (!box) return;
    const { chart, filter, x } = box;
    const to = event.clientX - leftOf(chart);
    const units = unitsOf(chart);
    if (Math.abs(to - x) < SLACK || !units?.from.length) return;
    const { xaxis } = chart._fullLayout;
    const ends = [x, to].map((at) => String(xaxis.p2r(Math.min(Math.max(at, 0), xaxis._length))));
    const stops = stopsOfPeriod(filter, periodOfBox(units, ends));
    if (stops && follows(filter)) slide(filter, stops);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, () => {
      box = null;
    });
  }
}

/**
 * Return where a chart's plane begins in the window, in pixels.
 * @param {Chart} chart
 */
const leftOf = (chart) => chart.getBoundingClientRect().left + chart._fullLayout._size.l;
