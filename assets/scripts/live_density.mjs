// The density as a live index has it, drawn as the server's answer would be, on axes that stand still.

import { chartOf, show } from "./live_charts.mjs";

/** @typedef {import("./live_index.mjs").LiveIndex} LiveIndex */
/** @typedef {import("./live_index.mjs").Span} Span */
/** @typedef {import("./painting.mjs").Figure} Figure */
/** @typedef {import("./painting.mjs").Trace} Trace */

/** How strong a colour is: dashboard/charts/density.py. */
const [FAINTEST, STRONGEST, STOPS] = [0.15, 0.95, 8];

/** @param {LiveIndex} index */
export function canPaintDensity(index) {
  const [found, { plane }] = [chartOf("scatter"), index];
  if (!found || !plane) return false;
  const { data, layout } = found.figure;
  const groups = plane.grouped ? index.groups.map(({ text }) => text) : [null];
  const cells = data.filter(({ type }) => type === "heatmap");
  return (
    JSON.stringify(layout.meta) === JSON.stringify(plane.axes) &&
    cells.length === groups.length &&
    cells.every(({ meta }) => groups.includes(/** @type {string | null} */ (meta ?? null)))
  );
}

/** @param {{ index: LiveIndex, span: Span }} step */
export function paintDensity({ index, span }) {
  if (!show("scatter", densityFigure, index, span)) return;
  // What each colour means comes with the answer.
  const card = chartOf("scatter")?.chart.closest("section");
  card?.querySelector(".note")?.classList.add("is-behind");
}

/**
 * Return the figure of a density with the cells of an index; beside it are the sums of its columns
 * and of its rows.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 * @returns {Figure}
 */
export function densityFigure(figure, index, span) {
  const { x, y, grouped } = /** @type {import("./live_index.mjs").Plane} */ (index.plane);
  const cells = index.cells(span);
  const size = (x.length - 1) * (y.length - 1);
  const { whole, commonest } = commonestOf(cells, size);
  const most = whole.reduce((one, other) => Math.max(one, other), 1);
  const data = figure.data.map((trace) => {
    const place = index.groups.find(({ text }) => text === (trace.meta ?? null))?.place ?? 0;
    if (trace.type === "bar") {
      return barsOf(trace, [x, y], cells.subarray(place * size, (place + 1) * size));
    }
    const z = new Float64Array(size).fill(Number.NaN);
    for (let cell = 0; cell < size; cell += 1) {
      if (whole[cell] && (!grouped || commonest[cell] === place)) z[cell] = whole[cell];
    }
    return {
      ...trace,
      x,
      y,
      z: rowsOf(z, x.length - 1),
      zmax: most,
      colorscale: scaleOf(/** @type {[number, string][]} */ (trace.colorscale), most),
      ...(trace.customdata ? { customdata: toldOf(cells, z, place, x.length - 1) } : {}),
    };
  });
  return { ...figure, data };
}

/**
 * Return a trace of bars beside a plane: how many rows are in each of its columns, or of its rows.
 * @param {Trace} trace
 * @param {[x: number[], y: number[]]} edges of the plane
 * @param {Float64Array} cells of the bars' group
 * @returns {Trace}
 */
function barsOf(trace, [x, y], cells) {
  const isUpright = trace.orientation !== "h";
  const [edges, across] = [isUpright ? x : y, x.length - 1];
  const sums = new Float64Array(edges.length - 1);
  for (let i = 0; i < cells.length; i += 1) {
    sums[isUpright ? i % across : Math.floor(i / across)] += cells[i];
  }
  const widths = Array.from(sums, (_, i) => edges[i + 1] - edges[i]);
  const middles = Array.from(sums, (_, i) => (edges[i] + edges[i + 1]) / 2);
  const lengths = Array.from(sums, (rows) => rows || null);
  const width = Array.isArray(trace.width) ? widths : widths[0];
  const [along, up] = isUpright ? [middles, lengths] : [lengths, middles];
  return { ...trace, x: along, y: up, width };
}

/**
 * Return the rows of each cell of all groups, and the first of the groups that have most of them.
 * @param {Float64Array} cells group after group
 * @param {number} size how many cells a group has
 */
export function commonestOf(cells, size) {
  const [whole, commonest, most] = [
    new Float64Array(size),
    new Uint8Array(size),
    new Float64Array(size),
  ];
  for (let i = 0; i < cells.length; i += 1) {
    const [rows, cell] = [cells[i], i % size];
    whole[cell] += rows;
    if (rows <= most[cell]) continue;
    most[cell] = rows;
    commonest[cell] = Math.floor(i / size);
  }
  return { whole, commonest };
}

/**
 * Return numbers row by row.
 * @param {Float64Array} numbers
 * @param {number} width
 */
const rowsOf = (numbers, width) =>
  Array.from({ length: numbers.length / width }, (_, row) =>
    numbers.subarray(row * width, (row + 1) * width),
  );

/**
 * Return what hovering tells of each cell of a group: its rows, then those of the others; of a cell
 * that is not drawn, as most are, nothing.
 * @param {Float64Array} cells
 * @param {Float64Array} drawn NaN for a cell that is not
 * @param {number} place
 * @param {number} width
 */
function toldOf(cells, drawn, place, width) {
  const size = drawn.length;
  const groups = Array.from({ length: cells.length / size }, (_, group) => group);
  const order = [place, ...groups.filter((group) => group !== place)];
  const nothing = order.map(() => 0);
  return Array.from({ length: size / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const cell = row * width + column;
      return Number.isNaN(drawn[cell]) ? nothing : order.map((group) => cells[group * size + cell]);
    }),
  );
}

/**
 * Return a colour scale over 0 to another number of rows, whose strength follows the logarithm.
 * @param {[number, string][]} scale
 * @param {number} most
 * @returns {[number, string][]}
 */
export function scaleOf(scale, most) {
  const ink = scale[0][1].replace(/,[^,]*\)$/, "");
  const stops = Array.from({ length: STOPS + 1 }, (_, step) => {
    const count = most ** (step / STOPS);
    const share = most > 1 ? Math.log(count) / Math.log(most) : 1;
    const strength = (FAINTEST + (STRONGEST - FAINTEST) * share).toFixed(3);
    return /** @type {[number, string]} */ ([
      step === STOPS ? 1 : count / most,
      `${ink},${strength})`,
    ]);
  });
  return [[0, scale[0][1]], ...stops];
}
