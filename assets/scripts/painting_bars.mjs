// Bars and their intervals painted where Plotly would draw them: where they stand beside each other
// stays, where they end is written anew. Those of one axis that nobody reads grow to its whole height.

import { axisKey, rounded, tracesOf } from "./painting_traces.mjs";

const NOTHING = "M0,0Z"; // the path that Plotly gives a bar of no length
const FREE = 0.95; // the part of an axis that the longest of its bars takes, where Plotly chooses it

/** @typedef {import("./painting.mjs").Trace} Trace */

/**
 * Bars of one trace: each one's start and end along its axis, and half its interval, null without.
 * @typedef {{ at: number, ends: (readonly [number, number] | null)[], halves: (number | null)[] }} Bars
 */

/**
 * Return what paints each trace of bars; null for one that cannot be painted.
 * @param {Drawn} chart
 * @param {Trace[]} data
 */
export function paintBars(chart, data) {
  const places = data.map((_, at) => at).filter((at) => data[at].type === "bar");
  if (!places.length) return [];
  const elements = tracesOf(chart, ".barlayer > .trace");
  /** @type {Map<string, number[]>} the places of the traces of each subplot */
  const subplots = new Map();
  for (const at of places) {
    const { xaxis, yaxis } = chart._fullData[at];
    subplots.set(xaxis + yaxis, [...(subplots.get(xaxis + yaxis) ?? []), at]);
  }
  const isStacked = chart._fullLayout.barmode === "stack";
  return [...subplots.values()].flatMap((own) => {
    const bars = endsOf(
      own.map((at) => data[at]),
      isStacked,
    ).map((bars, i) => ({ ...bars, at: own[i] }));
    const toPixels = pixelsOf(chart, own[0], bars);
    return bars.map((one) => paintTrace(chart, elements[one.at], one, toPixels));
  });
}

/**
 * Return where bars begin and end: at zero, or stacked on those of the traces before.
 * @param {Trace[]} traces of one subplot
 * @param {boolean} isStacked
 */
export function endsOf(traces, isStacked) {
  /** @type {number[]} */
  const below = [];
  return traces.map(({ orientation, x, y, error_y: interval }) => {
    const lengths = /** @type {(number | null)[]} */ (orientation === "h" ? x : y);
    const ends = lengths.map((length, i) => {
      if (length === null) return null;
      const start = isStacked ? (below[i] ?? 0) : 0;
      below[i] = start + length;
      return /** @type {const} */ ([start, start + length]);
    });
    const { array = [], visible = true } =
      /** @type {{ array?: (number | null)[], visible?: boolean }} */ (interval ?? {});
    return { ends, halves: ends.map((_, i) => (visible && array[i]) || null) };
  });
}

/**
 * Return what turns a value along the bars' axis into pixels.
 * @param {Drawn} chart
 * @param {number} at a trace's place
 * @param {Bars[]} bars all of its subplot
 * @returns {(value: number) => number}
 */
function pixelsOf(chart, at, bars) {
  const { orientation, xaxis, yaxis } = chart._fullData[at];
  const isUpright = orientation !== "h";
  const axis = chart._fullLayout[axisKey(isUpright ? yaxis : xaxis)];
  if (axis.visible) return (value) => axis.d2p(value);
  const most = Math.max(...bars.flatMap(({ ends }) => ends.map((end) => end?.[1] ?? 0))) || 1;
  return (value) => axis._length * (isUpright ? 1 - (FREE * value) / most : (FREE * value) / most);
}

/**
 * @param {Drawn} chart
 * @param {SVGElement | undefined} element
 * @param {Bars} bars
 * @param {(value: number) => number} toPixels
 */
function paintTrace(chart, element, { at, ends, halves }, toPixels) {
  if (!element) return ends.some(Boolean) ? null : () => {};
  const isUpright = chart._fullData[at].orientation !== "h";
  const points = [...element.querySelectorAll(".point")];
  const intervals = [...element.querySelectorAll(".errorbar")];
  const [bar, interval] = [element, chart].map((within, i) =>
    within.querySelector(i ? ".yerror" : ".point path"),
  );
  const sides = points.map((point) => sidesOf(chart, at, point, isUpright));
  if (points.length !== ends.length || sides.some((pair) => !pair)) return null;
  if (!bar && ends.some(Boolean)) return null;
  if (halves.some(Boolean) && (!interval || intervals.length !== ends.length)) return null;
  return () => {
    ends.forEach((end, i) => {
      const [one, other] = /** @type {number[]} */ (sides[i]);
      const drawn = end?.map((value) => rounded(toPixels(value)));
      const path = drawn && barPath(drawn, [one, other], isUpright);
      write(points[i], bar, drawn && drawn[0] !== drawn[1] ? path : NOTHING);
      if (!intervals.length) return;
      const half = halves[i];
      const tips = half !== null && end ? [end[1] + half, end[1] - half] : undefined;
      const whiskers = tips && whiskersPath((one + other) / 2, tips.map(toPixels));
      write(intervals[i], interval, whiskers);
    });
  };
}

/**
 * Return the two sides of a bar in pixels, across its axis; null where they are not known.
 * @param {Drawn} chart
 * @param {number} at
 * @param {Element} point
 * @param {boolean} isUpright
 */
function sidesOf(chart, at, point, isUpright) {
  const path = point.querySelector("path")?.getAttribute("d");
  const [x0, y0, y1, x1] = path?.match(/-?[\d.]+/g)?.map(Number) ?? [];
  if (x1 !== undefined) return isUpright ? [x0, x1] : [y0, y1];
  const { p0, p1 } =
    /** @type {{ __data__?: { p0?: number, p1?: number } }} */ (point).__data__ ?? {};
  const { xaxis, yaxis } = chart._fullData[at];
  const axis = chart._fullLayout[axisKey(isUpright ? xaxis : yaxis)];
  return p0 === undefined || p1 === undefined ? null : [axis.c2p(p0), axis.c2p(p1)].map(rounded);
}

/**
 * @param {number[]} ends in pixels along the axis
 * @param {number[]} sides in pixels across it
 * @param {boolean} isUpright
 */
const barPath = ([start, end], [one, other], isUpright) =>
  isUpright
    ? `M${one},${start}V${end}H${other}V${start}Z`
    : `M${start},${one}V${other}H${end}V${one}Z`;

/**
 * @param {number} middle
 * @param {number[]} tips
 */
const whiskersPath = (middle, [top, bottom]) =>
  `M${rounded(middle - 4)},${rounded(top)}h8m-4,0V${rounded(bottom)}m-4,0h8`;

/**
 * Let an element have one path, or none.
 * @param {Element} element
 * @param {Element | null} like what a path that is not there yet looks like
 * @param {string | undefined} path
 */
function write(element, like, path) {
  const known = element.querySelector("path");
  if (!path) {
    known?.remove();
    return;
  }
  const drawn = known ?? element.appendChild(/** @type {Element} */ (like).cloneNode());
  /** @type {Element} */ (drawn).setAttribute("d", path);
}
