// What is asked of a column's values, one text per condition, as addresses have it.

const [NOT, STARTS, HAS] = ["~not:", "~starts:", "~has:"];
const [MISSING, PRESENT, NONE] = ["~missing", "~present", "~none"];
const SIGNS = /** @type {Record<string, string>} */ ({ " ": "␣", "\t": "⇥", "\u00a0": "⍽" });

/** @typedef {string | number | boolean | null} Value of a column, as JSON has it; null is missing */

/**
 * Return the condition that lets a value in, or leaves it `out`.
 * @param {Value} value
 * @param {boolean} out
 */
export function conditionOf(value, out) {
  if (value === null) return out ? PRESENT : MISSING;
  const text = String(value);
  return (out ? NOT : "") + (text.startsWith("~") ? `~${text}` : text);
}

/**
 * Return which value a condition lets in or leaves out; null if it says something else.
 * @param {string} condition
 * @returns {{ value: string | null, out: boolean } | null}
 */
export function valueIn(condition) {
  const out = condition.startsWith(NOT);
  const text = out ? condition.slice(NOT.length) : condition;
  if (condition === MISSING || condition === PRESENT) {
    return { value: null, out: condition === PRESENT };
  }
  if (!out && (condition === NONE || [STARTS, HAS].some((mark) => condition.startsWith(mark)))) {
    return null;
  }
  return { value: text.startsWith("~~") ? text.slice(1) : text, out };
}

/**
 * Return what a text that is typed may ask of a column beside its values: what is in it, or how it
 * begins.
 * @param {string} text
 */
export const partsAsked = (text) => (text.trim() ? [HAS + text.trim(), STARTS + text.trim()] : []);

/** @param {string[]} conditions whether they leave values out */
export const leavesOut = (conditions) => conditions.some((one) => valueIn(one)?.out);

/** @param {string[]} conditions whether they let values in, or leave some out */
export const haveValues = (conditions) => conditions.some(valueIn);

/**
 * Return the conditions with their values let in, or left `out`.
 * @param {string[]} conditions
 * @param {boolean} out
 */
export const turned = (conditions, out) =>
  conditions.map((one) => {
    const found = valueIn(one);
    return found ? conditionOf(found.value, out) : one;
  });

/**
 * Return the conditions with one more value, let in or left `out` as the others then are.
 * @param {string[]} conditions
 * @param {Value} value
 * @param {boolean} out
 */
export function withValue(conditions, value, out) {
  const added = conditionOf(value, out);
  const others = turned(conditions, out).filter((one) => one !== added && one !== NONE);
  return [...others, added];
}

/**
 * Return the conditions with one more, of whatever kind.
 * @param {string[]} conditions
 * @param {string} added
 */
export const withCondition = (conditions, added) => [
  ...conditions.filter((one) => one !== added && one !== NONE),
  added,
];

/** What does not show, or turns round what stands behind it, as in query/value_text.py. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/**
 * Return a value as people read it, in one line; a text that reads as what stands for none is quoted.
 * @param {Value} value
 */
export function valueText(value) {
  if (value === null) return "(missing)";
  const text = String(value);
  if (text === "") return "(empty)";
  if (/^“*\((missing|empty)\)”*$/.test(text)) return `“${text}”`;
  return text
    .replace(/^\s+|\s+$/g, (ends) => [...ends].map((blank) => SIGNS[blank] ?? blank).join(""))
    .replace(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, "↵")
    .replaceAll("\t", SIGNS["\t"])
    .replace(
      HIDDEN,
      (sign) => `⟨${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
    );
}

/**
 * Return a condition in words.
 * @param {string} condition
 */
export function words(condition) {
  const found = valueIn(condition);
  if (found) return `${found.out ? "not " : ""}${valueText(found.value)}`;
  if (condition.startsWith(STARTS)) return `begins with “${condition.slice(STARTS.length)}”`;
  if (condition.startsWith(HAS)) return `contains “${condition.slice(HAS.length)}”`;
  return "nothing";
}
