// The traces of a line over time, as dashboard/charts/trend.py makes them, from one that stands.

/** @typedef {import("./live_index.mjs").Mean} Mean */
/** @typedef {import("./painting.mjs").Trace} Trace */

/** What a trace of a line draws: dashboard/charts/trend.py. @typedef {{ group: string | null, part: string }} Line */

const [END, ALONE] = [9, 5]; // px: as there
const BAND = "2e"; // how opaque, as there

/**
 * Return the traces of a line, as dashboard/charts/trend.py makes them; what a unit lacks that is cut
 * short is no fall: dotted lines lead there.
 * @param {Trace} trace one of the line's that has points
 * @param {string[]} from
 * @param {(number | null)[]} values
 * @param {number[] | null} counts of means
 * @param {[boolean, boolean]} cut
 * @returns {Trace[]}
 */
export function tracesOf(trace, from, values, counts, cut) {
  const { type, line } = trace;
  const group = lineOf(trace)?.group ?? null;
  const marker = { .../** @type {object} */ (trace.marker), size: sizesOf(values) };
  const points = {
    ...trace,
    x: from,
    y: values,
    marker,
    ...(counts ? { customdata: counts } : {}),
  };
  const isCut = cut.some(Boolean);
  const meta = (/** @type {string} */ part) => ({ group, part });
  const last = { ...points, mode: isCut ? "markers" : "lines+markers" };
  if (!isCut) return [{ ...last, meta: meta("all") }];
  const quiet = { type, x: from, line, mode: "lines", hoverinfo: "skip" };
  const dotted = { .../** @type {object} */ (line), dash: "dot" };
  return [
    { ...quiet, y: partOf(values, "whole", cut), meta: meta("whole") },
    { ...quiet, meta: meta("short"), y: partOf(values, "short", cut), line: dotted },
    { ...last, meta: meta("points") },
  ];
}

/**
 * Return the trace of a line's intervals.
 * @param {Trace} trace one of the line's
 * @param {{ x: unknown[], y: unknown[] }} band
 * @returns {Trace}
 */
export const bandTrace = (trace, { x, y }) => ({
  type: "scatter",
  mode: "lines",
  x,
  y,
  fill: "toself",
  fillcolor: `${/** @type {{ color: string }} */ (trace.line).color}${BAND}`,
  line: { width: 0 },
  hoverinfo: "skip",
  meta: { group: lineOf(trace)?.group ?? null, part: "band" },
});

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
export const lineOf = ({ meta }) =>
  meta && typeof meta === "object" && "part" in meta ? /** @type {Line} */ (meta) : null;
