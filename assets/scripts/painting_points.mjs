// Points painted where Plotly would draw them: those that are there are moved, as many more are copied,
// and what is left over is put out of sight.

import { axisKey, rounded, tracesOf } from "./painting_traces.mjs";

const AWAY = "translate(-99,-99)"; // beyond the plot, which cuts it off

/**
 * Return what paints a trace of points; null where it cannot be painted.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 */
export function paintPoints(chart, at, trace) {
  const known = chart._fullData[at];
  const [x, y] = [trace.x, trace.y].map((values) => /** @type {(number | null)[]} */ (values));
  const group = tracesOf(chart, ".scatterlayer > .trace")[at]?.querySelector(".points");
  const points = /** @type {SVGElement[]} */ ([...(group?.querySelectorAll(".point") ?? [])]);
  if (!group || !points.length) return x.length ? null : () => {};
  const { [axisKey(known.xaxis)]: across, [axisKey(known.yaxis)]: up } = chart._fullLayout;
  return () => {
    let used = 0;
    x.forEach((value, i) => {
      const [left, top] = [across.d2p(value), up.d2p(y[i])];
      if (!Number.isFinite(left) || !Number.isFinite(top)) return;
      if (used === points.length) {
        const copy = /** @type {SVGElement} */ (points[0].cloneNode(true));
        Object.assign(copy, { __data__: dataOf(points[0]) }); // Plotly looks for it in each point
        points.push(copy);
        group.append(copy);
      }
      points[used].setAttribute("transform", `translate(${rounded(left)},${rounded(top)})`);
      used += 1;
    });
    // What is taken away waits out of sight: who follows which elements stand has nothing to do.
    for (const point of points.slice(used)) point.setAttribute("transform", AWAY);
  };
}

/** @param {Element} point */
const dataOf = (point) => /** @type {{ __data__?: unknown }} */ (point).__data__;
