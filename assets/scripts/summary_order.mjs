// The order of a summary's rows and columns, and what of the address a figure opens.

/**
 * A figure as the server says it: dashboard/views/summary_groups.py. Its text, its number, n, and of
 * a mean the ends of its interval with their text; null where there are no rows.
 * @typedef {[text: string, value: number | null, n: number, low?: number, high?: number, ends?: string]} Cell
 */

/** @typedef {[name: string, pairs: [key: string, value: string][]]} Group */

/**
 * By which column rows stand, or by which row columns do ("n": by how many there are), and whether
 * the greatest come first; null: as the server has them.
 * @typedef {{ at: number | "name" | "n", down: boolean } | null} Order
 */

/**
 * Return the order that a click on a head leads to: the greatest first, the least first, none;
 * names the other way round.
 * @param {Order} order
 * @param {number | "name" | "n"} at
 * @returns {Order}
 */
export function nextOrder(order, at) {
  const first = at !== "name";
  if (order?.at !== at) return { at, down: first };
  return order.down === first ? { at, down: !first } : null;
}

/**
 * Return the places of groups in an order; those without a value last, of few rows behind the
 * others, ties as they stood.
 * @param {(Cell | null)[]} cells of the groups, by which they stand
 * @param {Group[]} groups
 * @param {Order} order
 * @param {number} small figures of fewer say little
 */
export function ordered(cells, groups, order, small) {
  const places = groups.map((_, i) => i);
  if (!order) return places;
  const { at, down } = order;
  const way = down ? -1 : 1;
  if (at === "name") {
    const compared = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
    return places.sort((a, b) => way * compared(groups[a][0], groups[b][0]));
  }
  const value = (/** @type {number} */ i) => (at === "n" ? cells[i]?.[2] : cells[i]?.[1]) ?? null;
  const rank = (/** @type {number} */ i) =>
    value(i) === null ? 2 : at !== "n" && (cells[i]?.[2] ?? 0) < small ? 1 : 0;
  return places.sort(
    (a, b) => rank(a) - rank(b) || (rank(a) < 2 ? way * (Number(value(a)) - Number(value(b))) : 0),
  );
}

/**
 * Return how strong a value's colour is, from 0 to 1, and whether it lies below zero.
 * @param {number | null} value
 * @param {[from: number, to: number] | null} scale
 * @returns {[strength: number, isBelow: boolean]}
 */
export function heat(value, scale) {
  if (value === null || !scale) return [0, false];
  const [from, to] = scale;
  const part = from ? (value - from) / (to - from || 1) : Math.abs(value) / to;
  return [Math.min(1, Math.max(0, part)), value < 0];
}

/**
 * Return an address in which some keys say something else, on the first page of a view.
 * @param {string} search
 * @param {string[]} drop the keys that are replaced
 * @param {[key: string, value: string][]} pairs
 * @param {string} view
 */
export function opened(search, drop, pairs, view) {
  const keys = new URLSearchParams(replaced(search, drop, pairs));
  keys.set("_view", view);
  return `?${keys}`;
}

/**
 * Return an address in which some keys say something else, on the first page.
 * @param {string} search
 * @param {string[]} drop the keys that are replaced
 * @param {[key: string, value: string][]} pairs
 */
export function replaced(search, drop, pairs) {
  const keys = new URLSearchParams(search);
  for (const key of [...drop, "page"]) keys.delete(key);
  for (const [key, value] of pairs) keys.append(key, value);
  return `?${keys}`;
}
