// A time's slider and its two boxes follow each other; the boxes are exact and win.

import { firstId, setProps, triggers } from "./dash.mjs";
import { all } from "./dom.mjs";
import { timeRead } from "./reader.mjs";
import { isLater, sayTimes, timeFilter, timeOf } from "./times.mjs";

/** @typedef {import("./times.mjs").Grain} Grain */

/**
 * A slider's stops: the text with which each begins, and that with which it ends.
 * @typedef {{ firsts: string[], lasts: string[], grain: Grain, zone: string }} Stops
 */

/** What a text leaves open, at its beginning and at its end; of no month more days are asked. */
const FILLED = ["0000-01-01T00:00:00.000000", "9999-12-31T23:59:59.999999"];
const FILLED_OF_DAY = FILLED.map((text) => text.slice(11));

const OFFSET = /(Z|[+-]\d\d:?\d\d)$/;
const MONTH = 7; // letters of a time that ends with its month
const HOUR = 13; // with its hour

/** @type {WeakMap<HTMLElement, Stops>} */
const known = new WeakMap();

/** @type {Map<string, string[]>} what each slider's two thumbs say */
const said = new Map();

/**
 * Return the stops that a time's filter says in its data attributes; null if it has no slider.
 * @param {HTMLElement} filter
 */
function stopsOf(filter) {
  const { firsts, lasts = "[]", grain, zone = "" } = filter.dataset;
  if (!firsts) return null;
  const found = known.get(filter) ?? {
    firsts: JSON.parse(firsts),
    lasts: JSON.parse(lasts),
    grain: /** @type {Grain} */ (grain),
    zone,
  };
  known.set(filter, found);
  return found;
}

/**
 * Return the first or the last moment of what a text names, as long as any: of two such texts the
 * later stands behind in the alphabet.
 * @param {string} text
 * @param {number} side 0: the first, 1: the last
 * @param {Grain} grain
 */
export function filled(text, side, grain) {
  const filling = (grain === "hours" ? FILLED_OF_DAY : FILLED)[side];
  const written = text.replace(" ", "T");
  return written + filling.slice(written.length);
}

/**
 * Return a time with an offset as the clock of a zone shows it; others as they are.
 * @param {string} text
 * @param {string} timeZone
 */
export function onClock(text, timeZone) {
  const written = text.replace(" ", "T");
  const [offset] = (written.includes("T") && OFFSET.exec(written)) || [""];
  if (!offset) return written;
  const bare = written.slice(0, -offset.length);
  const minute = bare.length === HOUR ? ":00" : "";
  const moment = new Date(bare + minute + offset.replace(/(\d\d)(\d\d)$/, "$1:$2"));
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return clock.format(moment).replace(" ", "T").slice(0, bare.length); // as fine as written
}

/**
 * Return on which stop each of two texts lies; what is no time lies at its end of the slider.
 * @param {Stops} stops
 * @param {string[]} texts
 */
export function stopsAt({ firsts, grain, zone }, texts) {
  const starts = firsts.map((text) => filled(text, 0, grain));
  return texts.map((text, side) => {
    const time = timeOf(text, grain);
    if (!time) return side ? firsts.length - 1 : 0;
    const moment = filled(zone ? onClock(time, zone) : time, side, grain);
    return Math.max(
      starts.findLastIndex((start) => start <= moment),
      0,
    );
  });
}

/**
 * Return the first and the last stop of a filter's slider in a period; null where it ends within one.
 * @param {HTMLElement} filter
 * @param {string[]} ends the texts of its ends
 */
export function stopsOfPeriod(filter, ends) {
  const stops = stopsOf(filter);
  return stops && wholeStops(stops, ends);
}

/**
 * Return the same of a slider's stops.
 * @param {Stops} stops
 * @param {string[]} ends
 */
export function wholeStops(stops, ends) {
  const found = stopsAt(stops, ends);
  const of = (/** @type {string} */ text, /** @type {number} */ side) =>
    filled(side && stops.grain !== "hours" ? lastDay(text) : text, side, stops.grain);
  const areEnds = found.every(
    (at, side) => of([stops.firsts, stops.lasts][side][at], side) === of(ends[side], side),
  );
  return areEnds ? found : null;
}

/**
 * Return the last day of a month or a year; a text that is finer as it is.
 * @param {string} text
 */
export function lastDay(text) {
  if (text.length > MONTH) return text;
  const [year, month = 12] = text.split("-").map(Number);
  const day = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return `${filled(text, 1, "clock").slice(0, MONTH)}-${day}`;
}

/**
 * Return the texts of two boxes once a slider's thumbs stand at these stops. A box whose thumb stands
 * where its text lies keeps it; that of a thumb at its end of the slider is empty.
 * @param {Stops} stops
 * @param {number[]} positions
 * @param {string[]} texts
 */
export function textsAt(stops, positions, texts) {
  const before = stopsAt(stops, texts);
  const isKept = before[0] <= before[1];
  const ends = [0, stops.firsts.length - 1];
  return positions.map((at, side) => {
    if (isKept && at === before[side]) return texts[side];
    return at === ends[side] ? "" : [stops.firsts, stops.lasts][side][at];
  });
}

/**
 * Return a slider's two positions and the texts of its two boxes, for the function that Dash is
 * running: those that were moved or written last win.
 * @param {number[]} positions
 * @param {string | null} from
 * @param {string | null} until
 * @param {(column: string, texts: string[]) => void} slid is told what a slider was moved to
 */
export function linkPeriod(positions, from, until, slid) {
  const { column } = firstId();
  const filter = timeFilter(column);
  const stops = filter && stopsOf(filter);
  if (!stops) return window.dash_clientside.no_update;
  const roles = triggers().map(({ id }) => /** @type {Record<string, string>} */ (id).role);
  const isSlid = roles.length > 0 && roles.every((role) => role === "period");
  const before = [from ?? "", until ?? ""];
  const texts = (isSlid ? textsAt(stops, positions, before) : before).map((text) => timeRead(text));
  requestAnimationFrame(() => sayTimes(filter)); // once its boxes have these texts
  const [first, last] = texts.map((text) => timeOf(text, stops.grain));
  if (isLater(first, last)) return window.dash_clientside.no_update;
  const found = stopsAt(stops, texts);
  said.set(
    column,
    found.map((at, side) => texts[side].trim() || timeRead([stops.firsts, stops.lasts][side][at])),
  );
  sayPeriods();
  if (isSlid) slid(column, texts);
  const isSame = (/** @type {unknown[]} */ one, /** @type {unknown[]} */ other) =>
    one.every((value, i) => value === other[i]);
  if (isSame(found, positions) && isSame(texts, before)) return window.dash_clientside.no_update;
  return [found, ...texts];
}

/**
 * Follow a slider whose thumbs are moved, before Dash is told: its boxes, and what its thumbs say.
 * Return the texts of its boxes, and whether they are those of the stops.
 * @param {HTMLElement} filter
 * @param {number[]} positions
 */
export function movePeriod(filter, positions) {
  const stops = stopsOf(filter);
  if (!stops) return null;
  const boxes = /** @type {HTMLInputElement[]} */ (all(".time-bound", filter));
  const texts = textsAt(
    stops,
    positions,
    boxes.map((box) => box.value),
  ).map((text) => timeRead(text));
  const own = positions.map((at, side) => timeRead([stops.firsts, stops.lasts][side][at]));
  said.set(
    String(filter.dataset.time),
    texts.map((text, side) => text.trim() || own[side]),
  );
  sayPeriods();
  for (const [side, box] of boxes.entries()) {
    if (box.value !== texts[side]) box.value = texts[side];
  }
  const ends = [0, stops.firsts.length - 1];
  const areStops = texts.every((text, side) =>
    text.trim() ? text === own[side] : positions[side] === ends[side],
  );
  return { texts, areStops };
}

/** Let every thumb say its time: they may come later than the slider. */
export function sayPeriods() {
  for (const [column, texts] of said) {
    const filter = timeFilter(column);
    if (!filter) continue;
    all("[role=slider]", filter).forEach((thumb, side) => {
      if (thumb.getAttribute("aria-valuetext") !== texts[side]) {
        thumb.setAttribute("aria-valuetext", texts[side]);
      }
    });
  }
}

/**
 * Move a time's slider, its thumbs in any order, onto the stops that are nearest.
 * @param {HTMLElement} filter
 * @param {number[]} positions
 */
export function slide(filter, positions) {
  const value = positions.map(Math.round).sort((one, other) => one - other);
  setProps({ role: "period", column: String(filter.dataset.time) }, { value });
}
