// The histograms above the sliders, as vectors: all rows behind, the groups stacked in front, faded
// outside the column's own spans. A time's is drawn over its slider's stops, counted from 0.

import { all, columnOf, SLID_FILTER, write } from "./dom.mjs";
import { partOf, scaleOf } from "./scale.mjs";

/**
 * What the server says of one column: dashboard/page/histograms.py.
 * @typedef {object} Histogram
 * @property {number[]} edges one more than there are bins
 * @property {number[][] | null} values the least and greatest that each may hold; null: any
 * @property {number[]} all rows per bin
 * @property {{ colour: string, counts: number[] }[]} groups
 * @property {(number | null)[][]} spans the column's own, by their two ends; null: open
 * @property {boolean} log
 * @property {(number | null)[]} [tails] where a tail begins below and above, which has one short bar
 * @property {string[]} [rest] in words how much each of them holds
 */

/** @typedef {import("./scale.mjs").Scale} Scale */

const HEIGHT = 40;

/** A bar about a slider's end reaches so far beyond it, and that of one value so far from it. */
const REACH = 4;

/** @type {Record<string, Histogram> | null} */
let drawn = null;

/**
 * Draw the histograms of all measures and times.
 * @param {Record<string, Histogram> | null} histograms
 */
export function drawHistograms(histograms) {
  drawn = histograms;
  for (const filter of slidFilters()) draw(filter);
}

/**
 * Draw those of filters that came into the page since. Nothing else: who draws at each change of the
 * page what there is already never comes to rest.
 */
export function drawMissing() {
  for (const filter of slidFilters()) {
    if (filter.querySelector(".histogram:empty")) draw(filter);
  }
}

/** Draw all as they were told last. */
export const drawAgain = () => drawHistograms(drawn);

/**
 * Draw some columns' histograms with something else than was drawn, until all are drawn anew.
 * @param {Record<string, Partial<Histogram>>} changes by column
 */
export function drawOver(changes) {
  for (const filter of slidFilters()) {
    const change = changes[columnOf(filter)];
    if (change) draw(filter, change);
  }
}

/** Return the filters that have a slider: those of measures and of times. */
function slidFilters() {
  return all(SLID_FILTER);
}

/**
 * @param {HTMLElement} filter
 * @param {Partial<Histogram>} [change]
 */
function draw(filter, change) {
  const place = filter.querySelector(".histogram");
  const known = drawn?.[columnOf(filter)];
  if (!place || !known) return;
  const histogram = { ...known, ...change };
  showTails(filter, histogram);
  const paths = pathsOf(histogram, scaleOf(filter.dataset));
  if (!redraw(place, paths)) place.innerHTML = svgOf(paths);
  filter.classList.toggle(
    "is-bounded",
    histogram.spans.length !== 1 || histogram.spans[0].some((end) => end !== null),
  );
}

/**
 * Say how much a measure's tails hold, and let its slider have them as short as its histogram.
 * @param {HTMLElement} filter
 * @param {Histogram} histogram
 */
function showTails(filter, { tails, rest = ["", ""] }) {
  const said = tails ? JSON.stringify(tails) : "";
  const known = filter.querySelector(".tails");
  if (tails || known) {
    const place = known ?? document.createElement("p");
    if (!known) {
      place.className = "tails unit";
      place.append(document.createElement("span"), document.createElement("span"));
      filter.querySelector(".histogram")?.before(place);
    }
    write(place.children[0], rest[0] && `◂ ${rest[0]}`);
    write(place.children[1], rest[1] && `${rest[1]} ▸`);
  }
  if ((filter.dataset.tails ?? "") === said) return;
  filter.dataset.tails = said;
  filter.dispatchEvent(new Event("scalechange", { bubbles: true }));
}

/**
 * A path of a drawing: how it looks, as attributes, and its shape.
 * @typedef {{ look: Record<string, string>, shape: string }} Path
 */

/**
 * Give the paths of a drawing that stands other shapes, if they look alike: what is dragged is drawn
 * many times, and who follows changes of which elements stand has nothing to do.
 * @param {Element} place
 * @param {Path[]} paths
 */
function redraw(place, paths) {
  const own = [...place.querySelectorAll("path")];
  const isAlike = (/** @type {Path} */ { look }, /** @type {number} */ i) =>
    (own[i].getAttribute("class") ?? "") === (look.class ?? "") &&
    (own[i].getAttribute("style") ?? "") === (look.style ?? "");
  if (own.length !== paths.length || !paths.every(isAlike)) return false;
  for (const [i, { shape }] of paths.entries()) {
    if (own[i].getAttribute("d") !== shape) own[i].setAttribute("d", shape);
  }
  return true;
}

/** @param {Path[]} paths */
function svgOf(paths) {
  const drawn = paths.map(({ look, shape }) => {
    const said = Object.entries(look).map(([name, value]) => `${name}="${value}"`);
    return `<path ${[...said, `d="${shape}"`].join(" ")}/>`;
  });
  return `<svg viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none">${drawn.join("")}</svg>`;
}

/**
 * Return the drawing of a histogram; its width is 100.
 * @param {Histogram} histogram
 * @param {Scale} scale
 */
export const histogramSvg = (histogram, scale) => svgOf(pathsOf(histogram, scale));

/**
 * @param {Histogram} histogram
 * @param {Scale} scale
 * @returns {Path[]}
 */
function pathsOf(histogram, scale) {
  const { groups, all: rows } = histogram;
  const bars = barsOf(histogram, scale);
  const nothing = rows.map(() => 0);
  const paths = /** @type {Path[]} */ ([
    { look: { class: "all" }, shape: bars(nothing, rows, () => true) },
  ]);
  const isInside = insideOf(histogram, scale);
  for (const inside of [true, false]) {
    const below = [...nothing];
    for (const { colour, counts } of groups) {
      const shape = bars(below, counts, (i) => isInside(i) === inside);
      const look = { ...(inside ? {} : { class: "outside" }), style: `fill:${colour}` };
      if (shape) paths.push({ look, shape });
      counts.forEach((count, i) => {
        below[i] += count;
      });
    }
  }
  return paths;
}

/**
 * Return whether each bin is inside a span: its middle is; the slider shows the rest exactly.
 * @param {Histogram} histogram
 * @param {Scale} scale
 */
function insideOf({ edges, values, log, spans }, scale) {
  return (/** @type {number} */ i) => {
    const [low, high] = values?.[i] ?? [edges[i], edges[i + 1]];
    const middle = log ? Math.sqrt(low) * Math.sqrt(high) : Math.max(low, scale.low) / 2 + high / 2;
    return spans.some(
      ([low, high]) => (low === null || middle >= low) && (high === null || middle <= high),
    );
  };
}

/**
 * Return what draws some of the bins' counts, each on what stands below it.
 * @param {Histogram} histogram
 * @param {Scale} scale
 */
function barsOf({ edges, values, all, log }, scale) {
  const most = Math.max(1, ...all);
  const outer = values && !log ? REACH : 0;
  const across = (/** @type {number} */ value) =>
    100 * partOf(scale, log, log ? Math.max(value, scale.low) : value);
  const sides = all.map((_, i) => {
    const [low, high] = values?.[i] ?? [];
    const reach = low !== undefined && low === high ? REACH : Number.POSITIVE_INFINITY;
    const left = Math.max(-outer, across(edges[i]), across(low ?? edges[i]) - reach);
    const right = Math.min(100 + outer, across(edges[i + 1]), across(high ?? edges[i]) + reach);
    const gap = Math.min(0.35, (right - left) / 6);
    return [left + gap, right - gap];
  });

  /**
   * @param {number[]} below
   * @param {number[]} counts
   * @param {(bin: number) => boolean} isDrawn
   */
  return (below, counts, isDrawn) => {
    let path = "";
    counts.forEach((count, i) => {
      if (!count || !isDrawn(i)) return;
      const [left, right] = sides[i];
      const bottom = HEIGHT * (1 - below[i] / most);
      const top = HEIGHT * (1 - (below[i] + count) / most);
      path += `M${left} ${bottom}V${Math.min(top, bottom - 0.6)}H${right}V${bottom}Z`;
    });
    return path;
  };
}
