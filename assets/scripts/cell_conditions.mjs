// What an address asks of a column once a cell of the table is all that it is to be, or is left out.

import { nextValue } from "./bounds.mjs";
import { conditionOf } from "./conditions.mjs";

/**
 * What `/schema/` says of a column.
 * @typedef {{ name: string, kind: string, decimals?: number }} ColumnRecord
 */

/** @typedef {import("./conditions.mjs").Value} Value */

const RANGE = "..";
const [MISSING, PRESENT, NONE] = ["~missing", "~present", "~none"];

/** @param {ColumnRecord} column whether a value of it can be left out, and not only chosen */
export const canLeaveOut = ({ kind }, /** @type {Value} */ value) =>
  kind !== "time" || value === null;

/**
 * Return an address whose query lets in this value of a column alone, or all others that it lets in.
 * @param {string} search
 * @param {ColumnRecord} column
 * @param {Value} value
 * @param {boolean} out
 */
export function withCell(search, column, value, out) {
  const keys = new URLSearchParams(search);
  const names = [column.name, `.${column.name}`];
  const asked = names.flatMap((name) => keys.getAll(name));
  for (const name of [...names, "page"]) keys.delete(name);
  for (const condition of cellConditions(asked, column, value, out)) {
    keys.append(`.${column.name}`, condition);
  }
  return `?${keys}`;
}

/**
 * Return the conditions of a column, as addresses have them.
 * @param {string[]} asked what they were
 * @param {ColumnRecord} column
 * @param {Value} value
 * @param {boolean} out
 */
export function cellConditions(asked, { kind, decimals = 0 }, value, out) {
  const isBounded = kind === "measure" || kind === "time";
  if (!out)
    return [isBounded && value !== null ? `${value}${RANGE}${value}` : conditionOf(value, false)];
  if (!isBounded) return withoutValue(asked, value);
  if (value === null)
    return [
      ...asked.filter((one) => one !== MISSING && one !== PRESENT),
      ...(asked.some(isSpan) ? [] : [PRESENT]),
    ];
  const spans = asked.filter(isSpan);
  const others = asked.filter((one) => !isSpan(one) && one !== NONE);
  const left = (spans.length ? spans : [RANGE]).flatMap((span) =>
    around(span, String(value), decimals),
  );
  return left.length || others.length ? [...left, ...others] : [NONE];
}

/** @param {string} condition */
const isSpan = (condition) => condition.includes(RANGE);

/**
 * Values are chosen or left out, not both.
 * @param {string[]} asked
 * @param {Value} value
 */
function withoutValue(asked, value) {
  const chosen = conditionOf(value, false);
  if (!asked.includes(chosen)) return [...asked, conditionOf(value, true)];
  const left = asked.filter((one) => one !== chosen);
  return left.length ? left : [NONE];
}

/**
 * Return what is left of a span of a measure without one value.
 * @param {string} span
 * @param {string} value
 * @param {number} decimals
 */
function around(span, value, decimals) {
  const [low, high] = span.split(RANGE);
  const isBelow = low !== "" && Number(value) < Number(low);
  if (isBelow || (high !== "" && Number(value) > Number(high))) return [span];
  const [below, above] = [-1, 1].map((way) => nextValue(value, way, decimals));
  return [
    ...(low === "" || Number(below) >= Number(low) ? [`${low}${RANGE}${below}`] : []),
    ...(high === "" || Number(above) <= Number(high) ? [`${above}${RANGE}${high}`] : []),
  ];
}
