// A time as text, as coarse as wanted: what is none of them is said, and not asked for.

import { setProps } from "./dash.mjs";
import { all, around, input, one } from "./dom.mjs";
import { isoOf, timeRead } from "./reader.mjs";

const SPELLED =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?$/;

const SPELLED_OF_DAY = /^([01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?$/;

const LONGEST_DAY = 10;

/**
 * How fine a column's times are: days, times of day, times of a clock, or of a clock in a zone,
 * which may have an offset.
 * @typedef {"day" | "hours" | "clock" | "zone"} Grain
 */

/**
 * Return the text of a time without blanks around it; an empty one if it is no such time.
 * @param {string | null | undefined} text
 * @param {Grain} grain
 */
export function timeOf(text, grain) {
  const written = isoOf(String(text ?? "").trim());
  if (grain === "hours") return SPELLED_OF_DAY.test(written) ? written : "";
  if (grain === "day" && written.length > LONGEST_DAY) return "";
  if (grain === "clock" && /T.*(Z|[+-]\d\d:?\d\d)$/.test(written.replace(" ", "T"))) return "";
  return isTime(written) ? written : "";
}

/**
 * Return how fine the times of a column are.
 * @param {string} column
 */
export function grainOf(column) {
  return /** @type {Grain} */ (timeFilter(column)?.dataset.grain ?? "zone");
}

/**
 * Return a period's two ends as they are asked for: those `before` where the first is later, until
 * the other is written too.
 * @param {string | null | undefined} from
 * @param {string | null | undefined} until
 * @param {Grain} grain
 * @param {string[]} before
 */
export function periodOf(from, until, grain, before = ["", ""]) {
  const ends = [timeOf(from, grain), timeOf(until, grain)];
  return isLater(ends[0], ends[1]) ? before : ends;
}

/**
 * Whether a period would end before it begins.
 * @param {string} from
 * @param {string} until
 */
export function isLater(from, until) {
  const length = Math.min(from.length, until.length);
  return from.slice(0, length).replace(" ", "T") > until.slice(0, length).replace(" ", "T");
}

/** @param {string} text */
function isTime(text) {
  const found = SPELLED.exec(text);
  if (!found) return false;
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const days = new Date(Date.UTC(Number(year), month, 0)).getUTCDate();
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= days;
  return Number(year) > 0 && isDay && hour < 24 && minute < 60 && second < 60;
}

/**
 * Return what is said of the texts of a period's two ends; nothing while both are times, or empty.
 * @param {string[]} texts
 * @param {Grain} grain
 */
export function saidOfTimes(texts, grain) {
  const wrong = texts.find((text) => text.trim() && !timeOf(text, grain));
  if (wrong !== undefined) {
    const forms =
      grain === "hours"
        ? "an hour or a minute: 09 or 09:30"
        : `a year, a month or a day: 2013, ${timeRead("2013-02")} or ${timeRead("2013-02-14")}`;
    return `“${wrong}” is no such time; write ${forms}.`;
  }
  const [from = "", until = ""] = texts.map((text) => timeOf(text, grain));
  const isWrong = isLater(from, until);
  return isWrong ? `${timeRead(from)} is later than ${timeRead(until)}: change one of them.` : "";
}

/** Return a time's control, if it stands. @param {string} column */
export const timeFilter = (column) => all("[data-time]").find((one) => one.dataset.time === column);

/**
 * Bound a time by two texts. Where its control does not stand nothing happens, and false is returned.
 * @param {string} column
 * @param {string[]} ends
 */
export function setPeriod(column, ends) {
  if (!timeFilter(column)) return false;
  ["from", "until"].forEach((role, side) => {
    setProps({ role, column }, { value: ends[side] });
  });
  return true;
}

/**
 * Let the time of a name be without bounds.
 * @param {string} column
 */
export function clearPeriodOf(column) {
  const filter = timeFilter(column);
  if (filter) clearPeriod(filter);
}

/**
 * Let a time be without bounds.
 * @param {HTMLElement} filter
 */
export function clearPeriod(filter) {
  for (const role of ["from", "until"]) {
    setProps({ role, column: String(filter.dataset.time) }, { value: "" });
  }
}

/**
 * Let a day be picked for one end of a time, in the browser's own calendar.
 * @param {HTMLElement} button
 */
export function pickDay(button) {
  const filter = /** @type {HTMLElement} */ (button.closest("[data-time]"));
  const { time, first = "", last = "" } = filter.dataset;
  const calendar = /** @type {HTMLInputElement} */ (
    button.parentElement?.querySelector("input[type=date]") ?? document.createElement("input")
  );
  if (!calendar.isConnected) {
    Object.assign(calendar, { type: "date", className: "calendar", tabIndex: -1 });
    calendar.setAttribute("aria-hidden", "true");
    button.after(calendar);
    calendar.addEventListener("change", () => {
      if (!calendar.value) return;
      const role = String(button.dataset.pick);
      setProps({ role, column: String(time) }, { value: calendar.value });
      button.focus();
    });
  }
  Object.assign(calendar, { min: first, max: last, value: dayOf(writtenBeside(button), first) });
  calendar.showPicker();
}

/** @param {HTMLElement} button */
const writtenBeside = (button) =>
  input(".time-bound", /** @type {HTMLElement} */ (button.parentElement)).value;

/**
 * Return the day that a time begins with, as a calendar has it; without one the first.
 * @param {string} text
 * @param {string} first
 */
export function dayOf(text, first) {
  const written = timeOf(text, "zone").slice(0, LONGEST_DAY);
  return written ? `${written}-01-01`.slice(0, LONGEST_DAY) : first;
}

/**
 * Show which times have chosen parts, which else might stand folded.
 * @param {Record<string, string[]>} parts what is chosen of each part
 */
export function showParts(parts) {
  for (const details of /** @type {HTMLDetailsElement[]} */ (all(".time-parts"))) {
    const name = `${details.dataset.parts}:`;
    const isAsked = Object.entries(parts).some(
      ([part, chosen]) => part.startsWith(name) && chosen.length > 0,
    );
    if (isAsked && !details.classList.contains("is-asked")) details.open = true;
    details.classList.toggle("is-asked", isAsked);
  }
}

/**
 * Say what is no time, or no period, and mark the boxes that are to be changed.
 * @param {HTMLElement} filter
 */
export function sayTimes(filter) {
  const boxes = /** @type {HTMLInputElement[]} */ (all(".time-bound", filter));
  const grain = /** @type {Grain} */ (filter.dataset.grain);
  const texts = boxes.map((box) => box.value);
  const said = saidOfTimes(texts, grain);
  const areTimes = texts.every((text) => !saidOfTimes([text], grain));
  one(".time-said", filter).textContent = said;
  for (const box of boxes) {
    const isWrong = areTimes ? said : saidOfTimes([box.value], grain);
    box.setAttribute("aria-invalid", String(Boolean(isWrong)));
  }
}

/** Say what is no time as soon as it is written, and no more once a slider has changed it. */
export function watchTimes() {
  document.addEventListener("change", (event) => {
    const filter = around(event, "[data-time]");
    if (filter) sayTimes(filter);
  });
}
