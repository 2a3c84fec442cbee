// A summary over time as lines: one per group of the other key, those that most rows have in colour.

import { made } from "./column_row.mjs";
import { numberText } from "./reader.mjs";

const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [220, 48, 12, 10, 24];
const MOST_COLOURS = 8;
const TICKS = 4;
const LEAST_WIDTH = 300;
const LABEL = 80; // pixels that a time's name takes, the first and the last beside their point

/** @typedef {import("./summary_order.mjs").Cell} Cell */
/** @typedef {import("./summary_cells.mjs").Summary} Summary */
/** @typedef {{ name: string, cells: (Cell | null)[], n: number, colour: number | null }} Line */

/**
 * Return the lines of a summary, those of most rows last, so that they are drawn above the others.
 * @param {Summary} said
 * @returns {Line[]}
 */
export function linesOf({ times, rows, columns, cells, foot, value, ranks = [] }) {
  const width = columns.length;
  const byColumn = times === "rows" && width > 0;
  const groups = times === "across" ? rows : byColumn ? columns : [[value, []]];
  const lines = groups.map(([name], at) => {
    const own = times === "across" ? cells[at].slice(0, width) : cells.map((line) => line[at]);
    const total = times === "across" ? cells[at][width] : foot[at];
    return { name: String(name), cells: own, n: total?.[2] ?? 0, colour: ranks[at] ?? null };
  });
  const ranked = [...lines].sort((a, b) => b.n - a.n);
  // A facet's values have the colours that they have everywhere.
  if (ranked.every(({ colour }) => colour === null))
    ranked.forEach((line, place) => {
      line.colour = place < MOST_COLOURS ? place : null;
    });
  return ranked.reverse().sort((a, b) => Number(a.colour !== null) - Number(b.colour !== null));
}

/**
 * Return the two ends of the figures' axis and the ticks between them; zero is on it unless all lie
 * far from it, and the intervals of a line that is alone. Null with fewer than two figures.
 * @param {Line[]} lines
 * @param {number} small figures of fewer say little
 * @returns {{ low: number, high: number, ticks: number[] } | null}
 */
export function axisOf(lines, small) {
  const all = lines.flatMap(({ cells }) => cells.filter((cell) => cell && cell[1] !== null));
  const large = all.filter((cell) => (cell?.[2] ?? 0) >= small);
  const told = large.length > 1 ? large : all;
  if (told.length < 2) return null;
  const ends = lines.length === 1 ? told.flatMap((cell) => [cell?.[3], cell?.[4]]) : [];
  const values = [...told.map((cell) => cell?.[1]), ...ends.filter((end) => end != null)].map(
    Number,
  );
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(low > high / 2 && low > 0)) [low, high] = [Math.min(0, low), Math.max(0, high)];
  const rough = (high - low || Math.abs(high) || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  [low, high] = [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from({ length: high - low + 1 }, (_, i) =>
    Number(((low + i) * step).toPrecision(12)),
  );
  return { low: ticks[0], high: ticks[ticks.length - 1], ticks };
}

/**
 * Return the drawing of a summary over time with its legend; null where there is none.
 * @param {Summary} said
 * @param {number} room pixels of its width
 */
export function lineChart(said, room) {
  const { places, times } = said;
  const known = (places ?? []).filter((place) => place !== null);
  if (!times || known.length < 2) return null;
  const lines = linesOf(said);
  const axis = axisOf(lines, said.small);
  if (!axis) return null;
  const width = Math.max(LEAST_WIDTH, room);
  const [first, last] = [Math.min(...known), Math.max(...known)];
  const x = (/** @type {number} */ place) =>
    LEFT + ((place - first) / (last - first || 1)) * (width - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => {
    const part = (value - axis.low) / (axis.high - axis.low || 1);
    return TOP + (1 - Math.min(1, Math.max(0, part))) * (HEIGHT - TOP - BOTTOM);
  };
  const figure = made("figure", { class: "summary-lines" });
  const words = `${said.value} over time, ${lines.length} ${lines.length > 1 ? "lines" : "line"}`;
  const box = made("div", { role: "img", "aria-label": `${words}: the table has every figure` });
  const parts = axis.ticks.map(
    (tick) =>
      `<path class="${tick ? "grid" : "zero"}" d="M${LEFT} ${r(y(tick))}H${width - RIGHT}"/>` +
      `<text x="${LEFT - 6}" y="${r(y(tick) + 4)}" text-anchor="end">${short(tick)}</text>`,
  );
  for (const line of lines) parts.push(lineSvg(line, places, said.small, x, y, lines.length === 1));
  box.innerHTML = `<svg viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}">${parts.join("")}</svg>`;
  box.firstElementChild?.append(...timeLabels(said, width, x));
  figure.append(box);
  if (lines.length > 1) figure.append(legend(lines));
  return figure;
}

/** @param {number} value */
const short = (value) => numberText(value, { notation: "compact", maximumSignificantDigits: 3 });

/** @param {number} value */
const r = (value) => value.toFixed(1);

/**
 * Return a line's drawing, broken where there is no figure; points of few rows are hollow.
 * @param {Line} line
 * @param {(number | null)[]} places
 * @param {number} small
 * @param {(place: number) => number} x
 * @param {(value: number) => number} y
 * @param {boolean} isAlone whether there is room for its intervals
 */
export function lineSvg({ cells, colour }, places, small, x, y, isAlone = false) {
  const look = colour === null ? "others" : `line-${colour}`;
  let path = "";
  let band = "";
  let points = "";
  let isDrawing = false;
  /** @type {[x: number, low: number, high: number][]} */
  const ends = [];
  cells.forEach((cell, at) => {
    const place = places[at];
    // A figure of few rows may lie far beyond the axis: the others' would hide what is in colour.
    const isShown = cell && cell[1] !== null && (colour !== null || cell[2] >= small);
    if (place === null || !isShown) {
      isDrawing &&= place === null;
      return;
    }
    const [px, py] = [x(place), y(Number(cell[1]))];
    path += `${isDrawing ? "L" : "M"}${r(px)} ${r(py)}`;
    isDrawing = true;
    const few = cell[2] < small;
    if (few && colour !== null)
      points += `<circle class="few" cx="${r(px)}" cy="${r(py)}" r="2.5"/>`;
    if (cell[3] !== undefined && cell[4] !== undefined) ends.push([px, y(cell[3]), y(cell[4])]);
  });
  if (cells.length === ends.length) {
    const up = ends.map(([px, low]) => `${r(px)} ${r(low)}`);
    const down = ends.map(([px, , high]) => `${r(px)} ${r(high)}`).reverse();
    band = `<path class="band" d="M${[...up, ...down].join("L")}Z"/>`;
  }
  return `<g class="${look}">${isAlone ? band : ""}<path class="path" d="${path}"/>${points}</g>`;
}

/**
 * Return the names of as many times as have room below the lines.
 * @param {Summary} said
 * @param {number} width
 * @param {(place: number) => number} x
 */
function timeLabels({ times, rows, columns, places }, width, x) {
  const names = (times === "rows" ? rows : columns).map(([name]) => name);
  const step = Math.ceil(names.length / Math.max(1, Math.floor((width - LEFT - RIGHT) / LABEL)));
  return names.flatMap((name, at) => {
    const place = places[at];
    if (place === null || at % step) return [];
    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    text.setAttribute("x", r(x(place)));
    text.setAttribute("y", String(HEIGHT - 6));
    text.setAttribute(
      "text-anchor",
      at === 0 ? "start" : at === names.length - 1 ? "end" : "middle",
    );
    text.textContent = name;
    return [text];
  });
}

/** @param {Line[]} lines */
function legend(lines) {
  const caption = made("figcaption");
  const coloured = lines.filter(({ colour }) => colour !== null).reverse();
  for (const { name, colour } of coloured) {
    const key = made("span", { class: `line-key line-${colour}` });
    key.append(made("i"), name);
    caption.append(key);
  }
  const others = lines.length - coloured.length;
  if (others) {
    const key = made("span", { class: "line-key others" });
    key.append(made("i"), others === 1 ? "1 other" : `${numberText(others)} others`);
    caption.append(key);
  }
  return caption;
}
