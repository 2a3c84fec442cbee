// The bars of the counts as a live index has them. Those of many values keep the order in which they
// stand while a slider is dragged; the answer brings the commonest first.

import { all, write } from "./dom.mjs";
import { numberText } from "./reader.mjs";

/** @typedef {import("./live_index.mjs").LiveIndex} LiveIndex */

const THINNEST = 0.1; // as dashboard/views/counts.py has it

const lines = () => all(".bars > li > [data-pick]");

/** @param {LiveIndex} index */
export const canPaintCounts = ({ facets }) =>
  lines().every(({ dataset }) => String(dataset.pickFacet) in facets);

/** @param {{ index: LiveIndex, span: import("./live_index.mjs").Span }} step */
export function paintCounts({ index, span }) {
  const [first] = lines();
  if (!first || !canPaintCounts(index)) return;
  const facet = String(first.dataset.pickFacet);
  const counts = index.values(facet, span);
  const rows = new Map(index.facets[facet].map((text, at) => [text, counts[at]]));
  const bars = lines().map((line) => ({
    line,
    count: rows.get(String(line.dataset.pick)) ?? 0,
    whole: Number(line.dataset.whole),
  }));
  const { shares, behind } = sharesOf(bars);
  bars.forEach(({ line, count, whole }, i) => {
    const [back, front] = all(".bar-rail > span", line);
    back.style.width = behind[i];
    front.style.width = shares[i];
    const [number, of] = line.querySelector(".bar-count")?.childNodes ?? [];
    if (number instanceof Text) number.data = numberText(count);
    if (of instanceof Element) write(of, count === whole ? "" : ` of ${numberText(whole)}`);
  });
  const others = document.querySelector(".bars > li > :not([data-pick]) > .bar-count")?.firstChild;
  if (others instanceof Text) others.data = numberText(othersOf(counts, bars));
}

/**
 * Return how many rows have a value that has no bar.
 * @param {Iterable<number>} counts of all values
 * @param {{ count: number }[]} bars
 */
export const othersOf = (counts, bars) =>
  [...counts].reduce((sum, rows) => sum + rows, 0) -
  bars.reduce((sum, { count }) => sum + count, 0);

/**
 * Return how long bars are, and those of the whole table behind them.
 * @param {{ count: number, whole: number }[]} bars
 */
export function sharesOf(bars) {
  const [left, whole] = [
    Math.max(0, ...bars.map(({ count }) => count)),
    Math.max(0, ...bars.map((bar) => bar.whole)),
  ];
  const isBehind = !(left > 0 && left < THINNEST * whole);
  const most = (isBehind ? whole : left) || 1;
  const percent = (/** @type {number} */ rows) => `${((100 * rows) / most).toFixed(2)}%`;
  return {
    shares: bars.map(({ count }) => percent(count)),
    behind: bars.map((bar) => (isBehind ? percent(bar.whole) : "0")),
  };
}
