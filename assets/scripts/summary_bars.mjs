// The bars beside a summary's rows, each with its interval.

import { made } from "./column_row.mjs";

const [NARROW, WIDE, HEIGHT, MARGIN] = [120, 320, 24, 4];

/** @typedef {import("./summary_order.mjs").Cell} Cell */
/** @typedef {{ low: number, high: number, width: number }} Scale */

/**
 * Return the two ends of the bars' axis, zero among them; intervals of few values, which may be very
 * wide, make it no longer than twice the bars. Null without a number.
 * @param {(Cell | null)[]} cells
 * @param {boolean} isAlone whether the bars have the room that columns would
 * @returns {Scale | null}
 */
export function barScale(cells, isAlone = false) {
  const values = cells.flatMap((cell) => (cell && cell[1] !== null ? [cell[1]] : []));
  if (!values.length) return null;
  const ends = cells.flatMap((cell) => (cell ? [cell[3], cell[4]] : []));
  const known = ends.filter((end) => end !== undefined);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const reach = high - low || 1;
  return {
    width: isAlone ? WIDE : NARROW,
    low: Math.max(low - reach / 2, Math.min(low, ...known)),
    high: Math.min(high + reach / 2, Math.max(high, ...known)),
  };
}

/**
 * Return where a value lies along the axis, in pixels.
 * @param {number} value
 * @param {Scale} scale
 */
export function along(value, { low, high, width }) {
  const part = (Math.min(high, Math.max(low, value)) - low) / (high - low || 1);
  return Number((MARGIN + part * (width - 2 * MARGIN)).toFixed(1));
}

/**
 * @param {Cell | null} cell
 * @param {Scale} scale
 * @param {number} small figures of fewer are not filled
 */
export function barCell(cell, scale, small) {
  const td = made("td", { class: "summary-bar", "aria-hidden": "true" });
  td.innerHTML = barSvg(cell, scale, small); // numbers alone
  return td;
}

/**
 * Return the drawing of a figure's bar, from zero.
 * @param {Cell | null} cell
 * @param {Scale} scale
 * @param {number} small
 */
export function barSvg(cell, scale, small) {
  const zero = along(0, scale);
  const parts = [`<path class="zero" d="M${zero} 0V${HEIGHT}"/>`];
  if (cell && cell[1] !== null) {
    const [, value, n, low, high] = cell;
    const end = along(value, scale);
    const look = `${value < 0 ? "below" : "above"}${n < small ? " few" : ""}`;
    const [x, width] = [Math.min(zero, end), Math.abs(end - zero)];
    parts.push(`<rect class="${look}" x="${x}" y="7" width="${width.toFixed(1)}" height="10"/>`);
    if (low !== undefined && high !== undefined) {
      const [from, to] = [along(low, scale), along(high, scale)];
      parts.push(`<path class="ends" d="M${from} 12H${to}M${from} 8V16M${to} 8V16"/>`);
    }
  }
  return `<svg viewBox="0 0 ${scale.width} ${HEIGHT}" width="${scale.width}" height="${HEIGHT}">${parts.join("")}</svg>`;
}
