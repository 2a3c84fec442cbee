// The lines of the Columns view: which stand, in which order, and what is drawn in them.

import { plain } from "./facets.mjs";

/**
 * What the server says of a column: dashboard/page/column_rows.py.
 * @typedef {object} Line
 * @property {string} name
 * @property {string} label
 * @property {string} unit
 * @property {string} kind
 * @property {number} missing rows without a value
 * @property {number} distinct
 * @property {string[]} notes
 * @property {boolean} groups whether its values may colour the charts
 * @property {string[]} [ends] the least, the middle and the greatest
 * @property {[value: string, part: string][]} [top] the commonest values
 * @property {string} [only] its one value
 * @property {number[]} [bars] rows of the table per bar
 * @property {number[]} [selected] the same of the selected rows, where they are others
 * @property {boolean} [cut] whether rows lie beyond the bars
 */

/** @typedef {{ key: "label" | "kind" | "missing" | "distinct", down: boolean } | null} Order */

const [WIDTH, HEIGHT] = [96, 28];

/**
 * Return the lines that a text finds, in label, name or notes, of a kind ("": any), in an order.
 * @param {Line[]} lines
 * @param {string} text
 * @param {string} kind
 * @param {Order} order null: the table's own; ties keep it
 */
export function foundLines(lines, text, kind, order) {
  const wanted = plain(text);
  const found = lines.filter(
    (line) =>
      (!kind || line.kind === kind) &&
      [line.label, line.name, ...line.notes].some((one) => plain(one).includes(wanted)),
  );
  if (!order) return found;
  const { key, down } = order;
  const compared = (/** @type {Line} */ a, /** @type {Line} */ b) => {
    const [one, other] = [a[key], b[key]];
    return typeof one === "number" && typeof other === "number"
      ? one - other
      : String(one).localeCompare(String(other), "en", { numeric: true, sensitivity: "base" });
  };
  return found.sort((a, b) => (down ? compared(b, a) : compared(a, b)));
}

/**
 * Return the order that a click on a head leads to: up, down, the table's own again; numbers begin
 * with the greatest.
 * @param {Order} order
 * @param {"label" | "kind" | "missing" | "distinct"} key
 * @returns {Order}
 */
export function nextOrder(order, key) {
  const first = key === "missing" || key === "distinct";
  if (order?.key !== key) return { key, down: first };
  return order.down === first ? { key, down: !first } : null;
}

/** As dashboard/page/column_words.py has them. */
const KINDS = ["time", "category", "number", "code", "text", "constant", "empty"];

/**
 * Return how many lines there are of each kind, as [kind, count], in the kinds' order.
 * @param {Line[]} lines
 * @returns {[string, number][]}
 */
export function countedKinds(lines) {
  const counts = KINDS.map((kind) => lines.filter((line) => line.kind === kind).length);
  const counted = KINDS.map((kind, i) => /** @type {[string, number]} */ ([kind, counts[i]]));
  return counted.filter(([, count]) => count > 0);
}

/**
 * Return the drawing of a line's bars, the selected rows in front of all; "" without any.
 * @param {Line} line
 */
export function barsSvg({ bars, selected }) {
  if (!bars?.length) return "";
  const most = Math.max(1, ...bars);
  const width = WIDTH / bars.length;
  const path = (/** @type {number[]} */ counts) =>
    counts
      .map((count, i) => {
        if (!count) return "";
        const gap = Math.min(0.5, width / 8);
        const height = Math.max(0.8, (HEIGHT * count) / most);
        const [left, right] = [i * width + gap, (i + 1) * width - gap].map((x) => x.toFixed(2));
        return `M${left} ${HEIGHT}V${(HEIGHT - height).toFixed(2)}H${right}V${HEIGHT}Z`;
      })
      .join("");
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><path class="all" d="${path(bars)}"/><path class="selected" d="${path(selected ?? bars)}"/></svg>`;
}

/**
 * Return a part of the rows as people read it.
 * @param {number} count
 * @param {number} rows
 */
export function share(count, rows) {
  if (!count || !rows) return "0 %";
  const part = (100 * count) / rows;
  if (part < 0.1) return "< 0.1 %";
  return part < 10
    ? `${part.toFixed(1)} %`
    : `${Math.min(part, count < rows ? 99 : 100).toFixed(0)} %`;
}

/**
 * Return names with one of them, in the order of all where it is added, or without it.
 * @param {string[]} names
 * @param {string} name
 * @param {string[]} all
 */
export function switched(names, name, all) {
  if (names.includes(name)) return names.filter((one) => one !== name);
  const place = all.indexOf(name);
  const before = names.findIndex((one) => all.indexOf(one) > place);
  return before < 0 ? [...names, name] : [...names.slice(0, before), name, ...names.slice(before)];
}
