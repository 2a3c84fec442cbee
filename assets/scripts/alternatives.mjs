// What a measure or a time may be beside what its control shows: other spans as chips, and what is
// asked of missing values. All is kept as addresses have it.

import { setProps } from "./dash.mjs";
import { all, around } from "./dom.mjs";

const MISSING = "~missing";
const PRESENT = "~present";
const NONE = "~none";
const RANGE = "..";

/** What is asked of missing values, by what their box says: without a span, and beside one. */
const WORDS = {
  [String(false)]: { "": "with missing", [PRESENT]: "without missing", [MISSING]: "only missing" },
  [String(true)]: { "": "without missing", [MISSING]: "or missing" },
};

/** @type {Map<string, string[]>} what each column may be beside what its control shows */
const kept = new Map();

/**
 * Return what is asked of missing values.
 * @param {string[]} others
 */
export const missingOf = (others) =>
  others.find((text) => text === MISSING || text === PRESENT) ?? "";

/**
 * Return the other spans.
 * @param {string[]} others
 */
export const spansOf = (others) => others.filter((text) => text !== MISSING && text !== PRESENT);

/**
 * Return a span as people say it.
 * @param {string} span
 */
export function spanText(span) {
  if (span === NONE) return "nothing";
  const [low, high] = span.includes(RANGE) ? span.split(RANGE) : [span, span];
  if (!low) return `up to ${high}`;
  if (!high) return `from ${low}`;
  return low === high ? low : `${low} – ${high}`;
}

/**
 * Return what else a column may be once its control shows no span any more: then a missing value
 * that stood beside the span would be all that is left.
 * @param {string[]} others
 * @param {boolean} isNarrow whether the control shows a span
 */
export const withoutSpan = (others, isNarrow) =>
  isNarrow || spansOf(others).length ? others : others.filter((text) => text !== MISSING);

/**
 * Return what else a column may be once its missing values are asked for otherwise.
 * @param {string[]} others
 * @param {string} missing
 */
export const withMissing = (others, missing) => [...spansOf(others), ...(missing ? [missing] : [])];

/** Return a column's control, which names it. @param {string} column */
const filterOf = (column) =>
  all(".filter[data-column], .filter[data-time]").find((one) => columnOf(one) === column);

/** @param {HTMLElement} filter */
const columnOf = (filter) => String(filter.dataset.column ?? filter.dataset.time);

/**
 * Show what a column may be beside the span that its control shows.
 * @param {string} column
 * @param {string[]} others
 * @param {string} span what the control shows, as an address has it; empty for all
 */
export function drawAlternatives(column, others, span) {
  const filter = filterOf(column);
  const place = filter?.querySelector(".other-spans");
  if (!filter || !place) return;
  kept.set(column, others);
  filter.dataset.span = span;
  const spans = spansOf(others);
  const written = [span ? "or" : "", ...spans].join("\n");
  if (/** @type {HTMLElement} */ (place).dataset.spans !== written) {
    /** @type {HTMLElement} */ (place).dataset.spans = written;
    const label = String(filter.ariaLabel);
    const chips = spans.map((text) => chip(label, text));
    place.replaceChildren(...(span ? [another(label)] : []), ...chips);
  }
  const box = /** @type {HTMLSelectElement | null} */ (filter.querySelector("select.missing"));
  if (!box) return;
  const words = WORDS[String(Boolean(span || spans.length))];
  if (box.dataset.words !== Object.keys(words).join()) {
    box.dataset.words = Object.keys(words).join();
    box.replaceChildren(...Object.entries(words).map(([value, text]) => new Option(text, value)));
  }
  const missing = missingOf(others);
  box.value = missing in words ? missing : "";
  box.classList.toggle("is-asked", box.value !== "");
}

/**
 * Return the button that keeps what the control shows and lets one choose another span.
 * @param {string} label
 */
function another(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button another-span";
  button.title = "Keep this range and choose another one";
  button.setAttribute("aria-label", `${label}: this range or another one`);
  button.textContent = "or…";
  return button;
}

/**
 * @param {string} label
 * @param {string} text
 */
function chip(label, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small-chip";
  button.dataset.span = text;
  button.setAttribute("aria-label", `${label}: or ${spanText(text)}, remove`);
  button.append(`or ${spanText(text)}`);
  const cross = document.createElement("span");
  cross.textContent = " ×";
  cross.setAttribute("aria-hidden", "true");
  button.append(cross);
  return button;
}

/**
 * @param {string} column
 * @param {string[]} others
 */
export const setOthers = (column, others) =>
  setProps("others", { data: withOthers(Object.fromEntries(kept), column, others) });

/**
 * Return what all columns may be, one of them otherwise; of those that may be nothing else nothing
 * is said.
 * @param {Record<string, string[]>} all
 * @param {string} column
 * @param {string[]} others
 */
export const withOthers = (all, column, others) =>
  Object.fromEntries(
    Object.entries({ ...all, [column]: others }).filter(([, texts]) => texts.length > 0),
  );

/**
 * Listen to what is asked beside the controls.
 * @param {(filter: HTMLElement) => void} clear what lets a column's control show no span
 */
export function watchAlternatives(clear) {
  document.addEventListener("click", (event) => {
    const filter = around(event, ".filter");
    if (!filter) return;
    const others = kept.get(columnOf(filter)) ?? [];
    const span = around(event, ".small-chip")?.dataset.span;
    if (span !== undefined) {
      setOthers(
        columnOf(filter),
        others.filter((text) => text !== span),
      );
    }
    if (around(event, ".another-span") && filter.dataset.span) {
      setOthers(columnOf(filter), [filter.dataset.span, ...others]);
      clear(filter);
      // The button goes with the span; the next one is written here.
      /** @type {HTMLElement | null} */ (filter.querySelector("input[type=text]"))?.focus();
    }
    if (around(event, ".clear-measure") && others.length) setOthers(columnOf(filter), []);
  });
  document.addEventListener("change", (event) => {
    const box = /** @type {HTMLSelectElement | null} */ (around(event, "select.missing"));
    const filter = around(event, ".filter");
    if (!box || !filter) return;
    const others = kept.get(columnOf(filter)) ?? [];
    setOthers(columnOf(filter), withMissing(others, box.value));
  });
}
