// A measure's bound as people type it: a number, or a strict one, which means the next value.

import { inBox, readings } from "./numbers.mjs";

/** @typedef {import("./numbers.mjs").Marks} Marks */

/**
 * What a text in one of a measure's two boxes means: the bound, as machines write it, "" for none,
 * null where the text is refused; and what is to be said of it.
 * @typedef {{ bound: string | null, said: string }} Typed
 */

const RELATION = /^\s*(<=|>=|<|>|≤|≥)\s*(.*)$/;
const GENERAL = 6; // decimals of a column of which nobody knows how many it has

/**
 * Return what a text in a box means.
 * @param {unknown} text
 * @param {number} side 0: the lower bound, 1: the upper one
 * @param {number} decimals how many the column's values have
 * @param {Marks} [marks] the reader's
 * @returns {Typed}
 */
export function typedBound(text, side, decimals, marks) {
  const written = String(text ?? "").trim();
  if (!written) return { bound: "", said: "" };
  const [, relation = "", rest = written] = RELATION.exec(written) ?? [];
  const found = readings(rest, marks);
  if (!found.length) return refused(`“${written}” is not a number`);
  if (found.length > 1) {
    return refused(
      `“${written}” may be ${found.map((one) => inBox(String(Number(one)))).join(" or ")}: write one of them so`,
    );
  }
  if (!relation) return { bound: found[0], said: "" };
  const isUpper = /[<≤]/.test(relation);
  if (isUpper !== (side === 1)) {
    return refused(`“${written}” is ${isUpper ? "an upper" : "a lower"} bound, for the other box`);
  }
  const isStrict = relation === "<" || relation === ">";
  if (!isStrict) return { bound: found[0], said: "" };
  const next = nextValue(found[0], isUpper ? -1 : 1, decimals);
  return { bound: next, said: `“${written}” means ${isUpper ? "up to" : "from"} ${inBox(next)}.` };
}

/**
 * @param {string} why
 * @returns {Typed}
 */
const refused = (why) => ({ bound: null, said: why });

/**
 * Return the value of a column nearest to a number on one side of it: a multiple of its last decimal;
 * of a column whose decimals nobody knows the next number that can be told apart.
 * @param {string} text the number, as machines write it
 * @param {number} way 1: above, -1: below
 * @param {number} decimals
 */
export function nextValue(text, way, decimals) {
  if (decimals === 0 && /^[+-]?\d+$/.test(text)) return String(BigInt(text) + BigInt(way));
  const value = Number(text);
  if (decimals >= GENERAL) return String(nextFloat(value, way));
  const scale = 10 ** decimals;
  const at = (/** @type {number} */ steps) => Number((steps / scale).toFixed(decimals));
  const near = Math.round(value * scale);
  const found = [near - 1, near, near + 1].map(at).filter((one) => (one - value) * way > 0);
  return String(way > 0 ? Math.min(...found) : Math.max(...found));
}

/**
 * @param {number} value
 * @param {number} way
 */
function nextFloat(value, way) {
  if (value === 0) return way * Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(value > 0 ? way : -way));
  return view.getFloat64(0);
}
