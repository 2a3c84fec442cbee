// A measure's scale: where its values stand on a slider and in a histogram, evenly or in log.

/**
 * @typedef {object} Scale
 * @property {number} low
 * @property {number} high
 * @property {number} step
 * @property {number} decimals
 * @property {number[]} stops the values on which a slider in log stands; else empty
 * @property {number[]} [ends] the numbers at a slider's two ends, where values end nearer than it does
 * @property {(number | null)[]} [tails] where a long tail begins below and above, which is drawn short
 */

/** So much of an even scale a tail has, however long it is. */
const TAIL = 0.06;

/** A slider in log, or with a tail, stands between 0 and this: between its own numbers and a measure's. */
const LOG_LENGTH = 100;
const TAILED_LENGTH = 1000;

/** So many decimals has the greatest power of ten that is a number here. */
const MOST_EXACT_DECIMALS = 22;

/**
 * Return the scale that a measure's filter says in its data attributes.
 * @param {DOMStringMap} said
 * @returns {Scale}
 */
export const scaleOf = (said) => ({
  low: Number(said.low),
  high: Number(said.high),
  step: Number(said.step),
  decimals: Number(said.decimals),
  stops: JSON.parse(said.stops || "[]"),
  ...(said.ends ? { ends: JSON.parse(said.ends) } : {}),
  ...(said.tails ? { tails: JSON.parse(said.tails) } : {}),
});

/**
 * Return the numbers at a slider's two ends: a bound there, or beyond, bounds nothing.
 * @param {Pick<Scale, "low" | "high" | "ends">} scale
 */
export const openEnds = ({ low, high, ends }) => ends ?? [low, high];

/**
 * Return a bound as a slider stands for it: at its end, if it is at or beyond that end's number.
 * @param {Pick<Scale, "low" | "high" | "ends">} scale
 * @param {number} value
 * @param {number} side
 */
export function standOf(scale, value, side) {
  const [least, most] = openEnds(scale);
  if (side) return value >= most ? Math.max(value, scale.high) : value;
  return value <= least ? Math.min(value, scale.low) : value;
}

/**
 * Return the pieces of an even scale with tails: each a span of values and what part of it they have.
 * @param {Scale} scale
 * @returns {[low: number, high: number, from: number, until: number][]}
 */
function piecesOf({ low, high, tails = [] }) {
  const [below, above] = tails;
  const [from, until] = [below === null ? 0 : TAIL, above === null ? 1 : 1 - TAIL];
  return [
    ...(below === null
      ? []
      : [/** @type {[number, number, number, number]} */ ([low, below, 0, TAIL])]),
    [below ?? low, above ?? high, from, until],
    ...(above === null
      ? []
      : [/** @type {[number, number, number, number]} */ ([above, high, until, 1])]),
  ];
}

/**
 * Return where a value lies between the ends of a scale, from 0 to 1.
 * @param {Scale} scale
 * @param {boolean} log
 * @param {number} value
 */
export const partOf = (scale, log, value) => {
  const { low, high, tails } = scale;
  if (log) {
    return logOf(value, low) / logOf(high, low);
  }
  if (tails) {
    const pieces = piecesOf(scale);
    const [first, last, from, until] =
      pieces.find((piece) => value <= piece[1]) ?? pieces[pieces.length - 1];
    return from + ((value - first) / (last - first)) * (until - from);
  }
  const span = high - low;
  // Two ends may lie further apart than a browser counts.
  return Number.isFinite(span)
    ? (value - low) / span
    : (value / 2 - low / 2) / (high / 2 - low / 2);
};

/**
 * Return the value at a part of a scale.
 * @param {Scale} scale
 * @param {boolean} log
 * @param {number} part from 0 to 1
 */
export const valueAt = (scale, log, part) => {
  const { low, high, tails } = scale;
  if (tails && !log) {
    const pieces = piecesOf(scale);
    const [first, last, from, until] =
      pieces.find((piece) => part <= piece[3]) ?? pieces[pieces.length - 1];
    return first + ((part - from) / (until - from)) * (last - first);
  }
  if (log) {
    const ratio = high / low;
    const isCounted = Number.isFinite(ratio);
    return isCounted ? low * ratio ** part : Math.exp(Math.log(low) + part * logOf(high, low));
  }
  const span = high - low;
  return Number.isFinite(span) ? low + part * span : low * (1 - part) + high * part;
};

/**
 * Return the logarithm of a ratio that may itself be more than a browser counts.
 * @param {number} value
 * @param {number} low
 */
const logOf = (value, low) => Math.log(value) - Math.log(low);

/**
 * Return the value on which a slider can stand that is nearest.
 * @param {Scale} scale
 * @param {boolean} log
 * @param {number} value
 */
export const snap = (scale, log, value) =>
  log ? nearestInLog(scale.stops, value) : nearestStep(scale, value);

/**
 * Return the ends of a slider and its step, in its own numbers.
 * @param {Scale} scale
 * @param {boolean} log
 */
export const track = ({ low, high, step, tails }, log) => {
  if (log) return { min: 0, max: LOG_LENGTH, step: 1 };
  return tails ? { min: 0, max: TAILED_LENGTH, step: 1 } : { min: low, max: high, step };
};

/**
 * Return where a slider stands for a value.
 * @param {Scale} scale
 * @param {boolean} log
 * @param {number} value
 */
export function positionOf(scale, log, value) {
  const inside = within(value, scale.low, scale.high);
  if (log) return LOG_LENGTH * partOf(scale, true, inside);
  return scale.tails ? TAILED_LENGTH * partOf(scale, false, inside) : inside;
}

/**
 * Return the value that a slider means at a position: the one that it had `before` if it stands
 * there for that. In log, and with tails, a key moves it on to another stop, however near that is.
 * @param {Scale} scale
 * @param {boolean} log
 * @param {number} position
 * @param {number} before
 * @param {boolean} byKey
 */
export function valueOfSlider(scale, log, position, before, byKey) {
  const { min, max } = track(scale, log);
  if (position <= min) return scale.low;
  if (position >= max) return scale.high;
  const at = positionOf(scale, log, before);
  if (position === at) return before;
  if (!log && scale.tails) {
    const found = nearestStep(scale, valueAt(scale, false, position / TAILED_LENGTH));
    const isOn = position > at ? found > before : found < before;
    return !byKey || isOn
      ? found
      : nearestStep(scale, before + Math.sign(position - at) * scale.step);
  }
  if (!log) return nearestStep(scale, position);
  const found = nearestInLog(scale.stops, valueAt(scale, true, position / LOG_LENGTH));
  const isUp = position > at;
  if (!byKey || (isUp ? found > before : found < before)) return found;
  const next = isUp
    ? scale.stops.find((stop) => stop > before)
    : scale.stops.findLast((stop) => stop < before);
  return next ?? found;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const within = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * @param {Scale} scale
 * @param {number} value
 */
function nearestStep({ low, high, step, decimals }, value) {
  if (value <= low || value >= high) return within(value, low, high);
  return within(multiple(Math.round(value / step), step, decimals), low, high);
}

/**
 * Return so many steps, as the server computes them (query/steps.py): the number that its decimal
 * text reads as, up to 22 decimals.
 * @param {number} k
 * @param {number} step
 * @param {number} decimals
 */
function multiple(k, step, decimals) {
  const divisor = Number(`1e${decimals}`);
  const numerator = Math.max(1, Math.round(step * divisor));
  if (decimals > MOST_EXACT_DECIMALS) return k * numerator * Number(`1e-${decimals}`);
  return (k * numerator) / divisor;
}

/**
 * @param {number[]} stops
 * @param {number} value
 */
function nearestInLog(stops, value) {
  const above = stops.findIndex((stop) => stop >= value);
  if (above === 0) return stops[0];
  if (above === -1) return stops[stops.length - 1];
  return value / stops[above - 1] < stops[above] / value ? stops[above - 1] : stops[above];
}
