// The means and the scatter's points as a live index has them, drawn as the server's answer would be.

import { all } from "./dom.mjs";
import { figureOf } from "./painting.mjs";
import { numberText } from "./reader.mjs";

/** @typedef {import("./live_index.mjs").LiveIndex} LiveIndex */
/** @typedef {import("./live_index.mjs").Span} Span */
/** @typedef {import("./painting.mjs").Figure} Figure */
/** @typedef {import("./painting.mjs").Trace} Trace */

/** Where an axis ends that stands still: dashboard/charts/figures.py. */
const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const HARDLY = 1 + 1e-9; // what is so little above a round number is that number

const ROOM = 1.3; // as much more than they need have bars that outgrow an axis: they grow on
const SMALL = 0.3; // bars that need no more of their axis have another one

const NO_INTERVAL = "none"; // as dashboard/charts/means.py says it

/**
 * Return the range of an axis between round numbers that holds zero and some values.
 * @param {number[]} ends
 */
export function roundRange(ends) {
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return low < high ? [0 - roundAbove(-low), roundAbove(high)] : [0, 1];
}

/** @param {number} number */
function roundAbove(number) {
  if (!number) return 0;
  const power = 10 ** Math.floor(Math.log10(number));
  return (ROUND.find((step) => step * power * HARDLY >= number) ?? 10) * power;
}

/** @param {string} card */
export function chartOf(card) {
  const chart = document.querySelector(`#${card} .js-plotly-plot`);
  const figure = chart && figureOf(/** @type {HTMLElement} */ (chart));
  return figure ? { chart: /** @type {HTMLElement} */ (chart), figure } : null;
}

/**
 * Return the place of a trace's group in an index; -1 if it is in none.
 * @param {LiveIndex} index
 * @param {Trace} trace
 */
const placeOf = ({ groups }, { meta }) =>
  groups.find(({ text }) => text === (meta ?? null))?.place ?? -1;

/**
 * Whether each group that has rows at some step has a trace.
 * @param {LiveIndex} index
 * @param {Figure} figure
 */
const hasAllGroups = (index, { data }) =>
  index.groups.every(
    ({ text, place }) => index.isEmpty(place) || data.some(({ meta }) => text === (meta ?? null)),
  );

/** @param {LiveIndex} index */
export function canPaintMeans(index) {
  const found = chartOf("means");
  if (!found || !hasAllGroups(index, found.figure)) return false;
  return found.figure.data.every(
    (trace) =>
      trace.type === "bar" &&
      placeOf(index, trace) >= 0 &&
      /** @type {string[]} */ (trace.ids).every((name) => index.measures.includes(name)),
  );
}

/** @param {{ index: LiveIndex, span: Span, rests: boolean }} step */
export function paintMeans({ index, span, rests }) {
  if (!show("means", rests ? meansFigure : steadyMeans, index, span)) return;
  const rows = index.rows(span);
  const key = chartOf("means")?.chart.closest("section") ?? document;
  const lines = all(".key-button", key);
  for (const { place, text } of index.groups) {
    const line = text === null ? key.querySelector(".key > li") : null;
    const own = line ?? lines.find(({ dataset }) => dataset.pick === text);
    if (own) sayRows(/** @type {HTMLElement} */ (own), rows[place]);
  }
}

/**
 * Return the figure of means with those of an index.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 * @returns {Figure}
 */
export function meansFigure(figure, index, span) {
  const means = new Map(index.measures.map((name) => [name, index.means(name, span)]));
  /** @type {Map<string, number[]>} where bars and intervals end, per axis */
  const ends = new Map();
  const axisOf = (/** @type {Trace} */ trace) => {
    const own = String(trace.yaxis ?? "y");
    const { matches } = /** @type {{ matches?: string }} */ (figure.layout[keyOf(own)]);
    return matches ?? own;
  };
  const data = figure.data.map((trace) => {
    const place = placeOf(index, trace);
    const own = /** @type {string[]} */ (trace.ids).map((name) => means.get(name)?.[place]);
    const halves = own.map((one) =>
      one && one.low !== null && one.high !== null ? (one.high - one.low) / 2 : NO_INTERVAL,
    );
    const y = own.map((one) => one?.mean ?? null);
    const interval = /** @type {{ visible?: boolean }} */ (trace.error_y);
    const isPale = interval.visible === false; // of a group that a filter took away
    const drawn = y.flatMap((mean, i) => {
      const half = isPale ? 0 : Number(halves[i]) || 0;
      return mean === null ? [] : [mean - half, mean + half];
    });
    ends.set(axisOf(trace), [...(ends.get(axisOf(trace)) ?? []), ...drawn]);
    return {
      ...trace,
      y,
      customdata: own.map((one) => one?.n ?? 0),
      error_y: isPale ? interval : { ...interval, array: halves },
    };
  });
  const layout = { ...figure.layout };
  for (const trace of figure.data) {
    const key = keyOf(String(trace.yaxis ?? "y"));
    const range = roundRange(ends.get(axisOf(trace)) ?? []);
    layout[key] = { .../** @type {object} */ (figure.layout[key]), range };
  }
  return { ...figure, data, layout };
}

/**
 * Return the figure of means whose axes stay as they are while the bars fit.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 */
const steadyMeans = (figure, index, span) => steady(figure, meansFigure(figure, index, span));

/**
 * Return a figure with the axes of the one before while what it draws fits: drawing axes takes longer
 * than a frame.
 * @param {Figure} figure
 * @param {Figure} made
 */
export function steady(figure, made) {
  for (const [key, axis] of Object.entries(made.layout)) {
    const { range } = /** @type {{ range?: number[] }} */ (axis ?? {});
    const before = /** @type {{ range?: number[] } | undefined} */ (figure.layout[key])?.range;
    if (!key.startsWith("yaxis") || !range || !before) continue;
    const fits = before[0] <= range[0] && range[1] <= before[1];
    const isSmall = range[1] - range[0] < SMALL * (before[1] - before[0]);
    if (fits && !isSmall) made.layout[key] = figure.layout[key];
    else if (!fits)
      made.layout[key] = {
        .../** @type {object} */ (axis),
        range: roundRange(range.map((end) => end * ROOM)),
      };
  }
  return made;
}

/** @param {string} axis */
const keyOf = (axis) => `yaxis${axis.slice(1)}`;

/**
 * Let a line of the key say how many rows its group has.
 * @param {HTMLElement} line
 * @param {number} rows
 */
export function sayRows(line, rows) {
  const words = [...line.childNodes].findLast((node) => node instanceof Text);
  if (!words) return;
  const [name] = words.data.split(/(?:, )?n = /);
  const said = `n = ${numberText(rows)}`;
  words.data = name && rows === 0 ? name : name ? `${name}, ${said}` : said;
  line.classList.toggle("is-out", rows === 0 && Boolean(name));
}

/** @param {LiveIndex} index */
export function canPaintPoints(index) {
  const found = chartOf("scatter");
  if (!found || !index.axes || !hasAllGroups(index, found.figure)) return false;
  const { data, layout } = found.figure;
  return (
    JSON.stringify(layout.meta) === JSON.stringify(index.axes) &&
    data.every((trace) => isOfPoints(trace) && placeOf(index, trace) >= 0)
  );
}

/** @param {Trace} trace */
const isOfPoints = ({ type, mode }) => type === "bar" || (type === "scatter" && mode === "markers");

/** @param {{ index: LiveIndex, span: Span }} step */
export function paintScatter({ index, span }) {
  show("scatter", scatterFigure, index, span);
}

/**
 * Return the figure of points, and of how many lie beside each other, with those of an index.
 * @param {Figure} figure
 * @param {LiveIndex} index
 * @param {Span} span
 * @returns {Figure}
 */
export function scatterFigure(figure, index, span) {
  const groups = index.points(span);
  const data = figure.data.map((trace) => {
    const { x, y } = groups[placeOf(index, trace)];
    if (trace.type === "scatter") {
      const isDrawn = (/** @type {number} */ at) => !Number.isNaN(x[at] + y[at]);
      const drawn = [...x.keys()].filter(isDrawn);
      return { ...trace, x: drawn.map((at) => x[at]), y: drawn.map((at) => y[at]) };
    }
    const isAcross = trace.orientation !== "h";
    const middles = /** @type {number[]} */ (isAcross ? trace.x : trace.y);
    const counts = countsOf(isAcross ? x : y, middles, trace.width);
    return { ...trace, [isAcross ? "y" : "x"]: counts.map((count) => count || null) };
  });
  return { ...figure, data };
}

/**
 * Return how many values lie in each of some bins, of which are known the middles and the widths; the
 * last one has its own upper end too.
 * @param {number[]} values
 * @param {number[]} middles
 * @param {unknown} width one number, or one for each
 */
export function countsOf(values, middles, width) {
  const widths = Array.isArray(width) ? width : middles.map(() => Number(width));
  const begins = middles.map((middle, i) => middle - widths[i] / 2);
  const last = middles.length - 1;
  const end = middles[last] + widths[last] / 2;
  const counts = middles.map(() => 0);
  for (const value of values) {
    if (!(value <= end)) continue;
    let [low, high] = [0, last + 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (begins[middle] <= value) low = middle;
      else high = middle;
    }
    if (value >= begins[0]) counts[low] += 1;
  }
  return counts;
}

/** @type {WeakMap<HTMLElement, { figure: Figure, step: string, index: LiveIndex }>} what was shown last */
const shown = new WeakMap();

/**
 * Let a card's chart show a step of an index; return false where it does already, or cannot.
 * @param {string} card
 * @param {(figure: Figure, index: LiveIndex, span: Span, chart: HTMLElement) => Figure} make
 * @param {LiveIndex} index
 * @param {Span} span
 */
export function show(card, make, index, span) {
  const found = chartOf(card);
  if (!found) return false;
  const [{ chart, figure: before }, step] = [found, `${make.name} ${span}`];
  const last = shown.get(chart);
  if (last?.figure === before && last.index === index && last.step === step) return false;
  const figure = make(before, index, span, chart);
  window.Plotly.react(chart, figure);
  shown.set(chart, { figure, index, step });
  return true;
}
