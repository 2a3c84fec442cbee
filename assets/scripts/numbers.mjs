// Numbers as people write them: as this page does, or in the reader's own way.

/** @typedef {{ group: string, point: string }} Marks what parts thousands, and what decimals */

/** How this page writes numbers. @type {Marks} */
export const PAGE = { group: ",", point: "." };

/** How those write who part thousands by points. @type {Marks} */
const OTHER = { group: ".", point: "," };

const MINUS = /^[\u2212\ufe63\uff0d]/;
const BLANK_GROUPS = /^([+-]?[1-9]\d{0,2})((?:[\s\u00a0\u2009\u202f'’]\d{3})+)(?!\d)/;

/**
 * Return how numbers are written in a language.
 * @param {string} locale
 * @returns {Marks}
 */
export function marksOf(locale) {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5);
  const mark = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value;
  return { group: mark("group") ?? PAGE.group, point: mark("decimal") ?? PAGE.point };
}

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
 * Blanks part thousands everywhere; else what the page or the reader writes, and only where neither
 * does what others do.
 * @param {unknown} text
 * @param {Marks} marks the reader's
 */
export function readings(text, marks = PAGE) {
  const written = String(text ?? "")
    .trim()
    .replace(MINUS, "-")
    .replace(BLANK_GROUPS, (_, first, rest) => first + rest.replace(/\D/g, ""));
  const own = [PAGE, marks].map((one) => plainOf(written, one));
  const found = own.some((one) => one !== null) ? own : [plainOf(written, OTHER)];
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
export function number(text, marks = PAGE) {
  const found = readings(text, marks);
  return found.length === 1 ? Number(found[0]) : null;
}

/**
 * Return what a text says as it is asked: a number, or the text of a whole one that is too long to
 * be one here; null if it says none.
 * @param {unknown} text
 */
export function bound(text) {
  const [one] = readings(text);
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
 * Return how a number stands in its box: as it was written if that is longer than a number here.
 * @param {number} value
 * @param {unknown} text
 */
export function boxText(value, text) {
  const [one] = readings(text);
  return isLong(one) && Number(one) === value ? String(one) : String(value);
}
