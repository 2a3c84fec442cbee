// Which of many columns a text finds, and how an address names those that are chosen.

import { plain } from "./facets.mjs";

/**
 * A column as the page's layout lists it: its name, its label, and the keys of the choices that it
 * may be in.
 * @typedef {[name: string, label: string, keys: string[]]} Column
 */

/**
 * Return the columns whose name or label has a text in it: first those that begin with it.
 * @param {Column[]} columns
 * @param {string} text
 */
export function findColumns(columns, text) {
  const wanted = plain(text);
  const texts = (/** @type {Column} */ [name, label]) => [plain(label), plain(name)];
  const found = columns.filter((column) => texts(column).some((one) => one.includes(wanted)));
  const begins = (/** @type {Column} */ column) =>
    texts(column).some((one) => one.startsWith(wanted));
  return [...found.filter(begins), ...found.filter((column) => !begins(column))];
}

/**
 * Return an address in which the columns of a choice are these, in this order.
 * @param {string} search
 * @param {string} key
 * @param {string[]} names
 */
export function withColumns(search, key, names) {
  const keys = new URLSearchParams(search);
  keys.set(key, names.map(spelled).join(","));
  return `?${keys}`;
}

/**
 * Return an address with more conditions. A point may stand before every column's name.
 * @param {string} search
 * @param {[column: string, condition: string][]} conditions
 */
export function withConditions(search, conditions) {
  const keys = new URLSearchParams(search);
  for (const [column, condition] of conditions) keys.append(`.${column}`, condition);
  return `?${keys}`;
}

/**
 * Return a name as an entry of a list of columns has it: `join_sort` in query/sort.py.
 * @param {string} name
 */
const spelled = (name) => name.replace(/[\\,]/g, "\\$&").replace(/^-/, "\\-");
