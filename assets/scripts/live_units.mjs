// The units that the stops of a time's slider lie in: a trend follows its own time's slider in them.

const [FEWEST, BEST, MOST] = [30, 120, 400]; // so many make a line: analysis/trend_units.py

/**
 * A kind of unit beside the stops, counted from the table's first.
 * @typedef {object} StopUnits
 * @property {string} unit what one is called
 * @property {number[]} first of each stop the unit in which it begins
 * @property {number[]} [last] and in which it ends, where that is another; then no stop tells a unit
 * @property {string[]} [from] when each unit begins
 * @property {string[]} [until] and ends
 * @property {string} [hover] how a chart says one
 * @property {[number[], number[]]} [cut] the stops whose unit holds days before them, and behind
 */

/** Units of which each stop lies in one. @typedef {Required<Omit<StopUnits, "last">>} Told */

/**
 * Return the units that the server would draw between two stops. If they are finer than a stop, the
 * finest that stops tell; null if they are coarser, and part stops.
 * @param {StopUnits[]} units the coarsest first
 * @param {[low: number, high: number]} stops
 * @returns {Told | null}
 */
export function unitsBetween(units, [low, high]) {
  const countOf = (/** @type {StopUnits} */ { first, last = first }) => last[high] - first[low] + 1;
  const apart = (/** @type {StopUnits} */ one) => Math.abs(Math.log(countOf(one) / BEST));
  const fitting = units.filter((one) => countOf(one) >= FEWEST && countOf(one) <= MOST);
  const chosen = fitting.length
    ? fitting.reduce((best, one) => (apart(one) < apart(best) ? one : best))
    : (units.findLast((one) => countOf(one) < FEWEST) ?? units[0]);
  const finest = units.findLastIndex(({ from }) => from);
  const isFiner = units.indexOf(chosen) > finest;
  const found = chosen?.from ? chosen : isFiner ? units[finest] : null;
  return /** @type {Told | null} */ (found ?? null);
}

/**
 * Return what a chart over time says of the units between two stops: see dashboard/charts/trend.py.
 * @param {Told} units
 * @param {[low: number, high: number]} stops
 * @param {boolean} addsUp whether a unit that is cut short has less for that alone
 */
export function periodsBetween({ first, from, until, cut }, [low, high], addsUp) {
  const [begin, end] = [first[low], first[high] + 1];
  const isCut = addsUp && end - begin > 1;
  return {
    from: from.slice(begin, end),
    until: until.slice(begin, end),
    cut: /** @type {[boolean, boolean]} */ ([
      isCut && cut[0].includes(low),
      isCut && cut[1].includes(high),
    ]),
  };
}

/**
 * Return what an array has of each unit between two stops, line by line.
 * @param {ArrayLike<number>} own by stop, and line
 * @param {number} lines
 * @param {Told} units
 * @param {[low: number, high: number]} stops
 */
export function gathered(own, lines, { first }, [low, high]) {
  const count = first[high] - first[low] + 1;
  const found = new Float64Array(lines * count);
  for (let stop = low; stop <= high; stop += 1) {
    const unit = first[stop] - first[low];
    for (let line = 0; line < lines; line += 1) {
      found[line * count + unit] += own[stop * lines + line];
    }
  }
  return found;
}
