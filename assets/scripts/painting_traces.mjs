// Where Plotly has drawn each trace of a chart, and how it names and rounds.

/**
 * Return the elements of a chart's traces, by each trace's place in the figure.
 * @param {Drawn} chart
 * @param {string} selector of the elements of one kind of trace
 * @returns {Record<number, SVGElement>}
 */
export function tracesOf(chart, selector) {
  /** @type {Record<number, SVGElement>} */
  const found = {};
  for (const element of chart.querySelectorAll(selector)) {
    const drawn = /** @type {SVGElement & { __data__?: { trace: { index: number } }[] }} */ (
      element
    );
    const index = drawn.__data__?.[0]?.trace.index;
    if (index !== undefined) found[index] = drawn;
  }
  return found;
}

/**
 * Return an axis's key in a layout, from its short name: y2 is yaxis2.
 * @param {string} name
 */
export const axisKey = (name) => `${name[0]}axis${name.slice(1)}`;

/** @param {number} pixels */
export const rounded = (pixels) => Math.round(pixels * 100) / 100;
