// Numbers as people write them: as this page does, which writes as its reader, or as others do.

import { numberRead, reader } from "./reader.mjs";

/** @typedef {{ group: string, point: string }} Marks what parts thousands, and what decimals */

/** How numbers are written in English, and for machines. @type {Marks} */
export const PLAIN = { group: ",", point: "." };

/** How those write who part thousands by points. @type {Marks} */
const OTHER = { group: ".", point: "," };

const MINUS = /^[\u2212\ufe63\uff0d]/;
const BLANK_GROUPS = /^([+-]?[1-9]\d{0,2})((?:[\s\u00a0\u2009\u202f'’]\d{3})+)(?!\d)/;

/**
 * Return a text as a number is written for machines; null if it says none under these marks.
 * @param {string} text
 * @param {Marks} marks
 */
function plainOf(text, { group, point }) {
  const [g, p] = [group, point].map((mark) => `\\${mark}`);
  const grouped = new RegExp(`^[+-]?[1-9]\\d{0,2}(?:${g}\\d{2,3})*${g}\\d{3}(?:${p}\\d*)?$`);
  const bare = new RegExp(`^[+-]?(?:\\d+(?:${p}\\d*)?|${p}\\d+)(?:e[+-]?\\d+)?$`, "i");
  if (!grouped.test(text) && !bare.test(text)) return null;
  const plain = text.replaceAll(group, "").replace(point, ".");
  return Number.isFinite(Number(plain)) ? plain : null;
}

/**
 * Return the numbers that a text may say, each as machines write it: none, one, or two that differ.
 * Blanks part thousands everywhere; else what the reader writes, and only where that says none what
 * others do.
 * @param {unknown} text
 * @param {Marks} marks the reader's
 */
export function readings(text, marks = reader()) {
  if (typeof text === "number") return Number.isFinite(text) ? [String(text)] : [];
  const written = String(text ?? "")
    .trim()
    .replace(MINUS, "-")
    .replace(BLANK_GROUPS, (_, first, rest) => first + rest.replace(/\D/g, ""));
  const own = plainOf(written, marks);
  const found = own === null ? [PLAIN, OTHER].map((one) => plainOf(written, one)) : [own];
  /** @type {string[]} */
  const different = [];
  for (const one of found) {
    if (one !== null && !different.some((other) => Number(other) === Number(one))) {
      different.push(one);
    }
  }
  return different;
}

/**
 * Return the number that a text says; null if it says none, or may say two.
 * @param {unknown} text
 * @param {Marks} marks
 */
export function number(text, marks = reader()) {
  const found = readings(text, marks);
  return found.length === 1 ? Number(found[0]) : null;
}

/**
 * Return what a text says as it is asked: a number, or the text of a whole one that is too long to
 * be one here; null if it says none, or may say two.
 * @param {unknown} text
 * @param {Marks} marks
 */
export function bound(text, marks = reader()) {
  const [one] = readings(text, marks);
  if (one === undefined) return null;
  return isLong(one) ? one.replace("+", "") : Number(one);
}

/**
 * Whether a text is a whole number beyond those that are told apart here.
 * @param {unknown} text
 */
const isLong = (text) =>
  /^[+-]?\d+$/.test(String(text ?? "")) && !Number.isSafeInteger(Number(text));

/**
 * Return a number for machines as it stands in its box: with the reader's point.
 * @param {string} text
 */
export const inBox = (text) => numberRead(text);

/**
 * Return how a number stands in its box, for machines: as it was written if that is longer than a number here.
 * @param {number} value
 * @param {unknown} text
 */
export function boxText(value, text) {
  const [one] = readings(text, PLAIN);
  return isLong(one) && Number(one) === value ? String(one) : String(value);
}
