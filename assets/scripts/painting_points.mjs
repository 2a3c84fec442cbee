// Points painted where Plotly would draw them: those that are there are moved, as many more are copied,
// and what is left over is put out of sight. Where symbols have sizes, as many are moved as there are.

import { axisKey, rounded, tracesOf } from "./painting_traces.mjs";

const AWAY = "translate(-99,-99)"; // beyond the plot, which cuts it off

/**
 * Return what paints a trace of points; null where it cannot be painted.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 */
export function paintPoints(chart, at, trace) {
  const sizes = /** @type {{ size?: unknown } | undefined} */ (trace.marker)?.size;
  if (Array.isArray(sizes)) return paintSized(chart, at, trace, sizes);
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

/**
 * Return the same for symbols of several sizes: each is one of its size, and none is of size zero.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 * @param {number[]} sizes px
 */
function paintSized(chart, at, trace, sizes) {
  const known = chart._fullData[at];
  const { [axisKey(known.xaxis)]: across, [axisKey(known.yaxis)]: up } = chart._fullLayout;
  const [x, y] = [trace.x, trace.y].map((values) => /** @type {(number | null)[]} */ (values));
  const group = tracesOf(chart, ".scatterlayer > .trace")[at]?.querySelector(".points");
  const points = /** @type {SVGElement[]} */ ([...(group?.querySelectorAll(".point") ?? [])]);
  const free = points.filter((point) => sizeOf(point) > 0);
  /** @type {[number, SVGElement][]} the values that have a symbol, with it */
  const used = [];
  for (const [i, value] of y.entries()) {
    if (value === null || !sizes[i]) continue;
    const found = free.findIndex((point) => sizeOf(point) === sizes[i]);
    if (found < 0) return null;
    used.push([i, free.splice(found, 1)[0]]);
  }
  return () => {
    for (const [i, point] of used) {
      const [left, top] = [across.d2p(x[i]), up.d2p(y[i])].map(rounded);
      point.setAttribute("transform", `translate(${left},${top})`);
    }
    for (const point of free) point.setAttribute("transform", AWAY);
  };
}

/** @param {Element} point */
const sizeOf = (point) => Number(/** @type {{ ms?: number } | undefined} */ (dataOf(point))?.ms);

/** @param {Element} point */
const dataOf = (point) => /** @type {{ __data__?: unknown }} */ (point).__data__;
