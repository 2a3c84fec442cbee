// The cells of a heat map painted where Plotly would draw them: an image of a pixel per cell, stretched.

import { tracesOf } from "./painting_traces.mjs";

/** @typedef {import("./painting.mjs").Trace} Trace */

/** Numbers as the server packs them. @typedef {{ dtype: string, bdata: string }} Packed */

/** @type {Record<string, new (buffer: ArrayBuffer) => ArrayLike<number>>} */
const KINDS = { f4: Float32Array, f8: Float64Array };

/**
 * Return what paints a trace of cells; null where it cannot be painted.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Trace} trace
 */
export function paintCells(chart, at, trace) {
  const image = tracesOf(chart, ".heatmaplayer > .hm")[at]?.querySelector("image");
  // Plotly draws cells that are not as wide as each other one by one.
  if (!image || !chart._fullData[at]._islinear) return null;
  const rows = rowsOf(trace.z);
  return () => {
    const { colorscale, zmax } = trace;
    const pixels = pixelsOf(rows, /** @type {[number, string][]} */ (colorscale), Number(zmax));
    const context = contextOf(rows[0].length, rows.length);
    context.putImageData(new ImageData(pixels, rows[0].length), 0, 0);
    image.setAttribute("href", context.canvas.toDataURL());
  };
}

/** @type {CanvasRenderingContext2D | undefined} one for all, which no graphics card holds */
let known;

/**
 * Return what draws an empty image.
 * @param {number} width
 * @param {number} height
 */
function contextOf(width, height) {
  known ??= /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  );
  Object.assign(known.canvas, { width, height });
  return known;
}

/**
 * Return numbers row by row, however they are packed.
 * @param {unknown} numbers
 * @returns {ArrayLike<number>[]}
 */
export function rowsOf(numbers) {
  if (Array.isArray(numbers)) return numbers;
  const { dtype, bdata, shape } = /** @type {Packed & { shape: string }} */ (numbers);
  const [height, width] = shape.split(",").map(Number);
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  const all = Array.from(new KINDS[dtype](bytes.buffer));
  return Array.from({ length: height }, (_, row) => all.slice(row * width, (row + 1) * width));
}

/**
 * Return the red, green, blue and strength of each cell, the uppermost row first.
 * @param {ArrayLike<number>[]} rows the lowest first; NaN for none
 * @param {[number, string][]} scale colours at parts of the largest number
 * @param {number} most
 */
export function pixelsOf(rows, scale, most) {
  const stops = scale.map(([part, colour]) => ({
    number: part * most,
    colour: (colour.match(/[\d.]+/g) ?? []).map(Number),
  }));
  const width = rows[0].length;
  const pixels = new Uint8ClampedArray(4 * width * rows.length);
  /** @type {Map<number, number[]>} many cells have the same few rows */
  const colours = new Map();
  rows.forEach((row, up) => {
    const begin = 4 * width * (rows.length - 1 - up);
    for (let i = 0; i < width; i += 1) {
      const number = row[i];
      if (Number.isNaN(number)) continue;
      const colour = colours.get(number) ?? colourOf(number, stops);
      colours.set(number, colour);
      pixels.set(colour, begin + 4 * i);
    }
  });
  return pixels;
}

/**
 * Return the red, green, blue and strength of a number between the colours of two others.
 * @param {number} number
 * @param {{ number: number, colour: number[] }[]} stops
 */
function colourOf(number, stops) {
  const above = stops.findIndex((stop) => stop.number >= number);
  const [low, high] = [stops[Math.max(0, above - 1)], stops[above < 0 ? stops.length - 1 : above]];
  const part = high === low ? 0 : (number - low.number) / (high.number - low.number || 1);
  const [red, green, blue, strength] = high.colour.map(
    (end, one) => low.colour[one] + part * (end - low.colour[one]),
  );
  return [red, green, blue, 255 * strength];
}
