// The 95 % interval of a mean, by Student's t: as analysis/mean_intervals.py has it.

const NORMAL = 1.959963984540054; // the standard normal's 97.5 %
const SERIES_FROM = 500; // degrees of freedom

/** @type {Map<number, number>} quantiles that were found */
const known = new Map();

/**
 * Return the two ends of a mean's interval; null where there is none.
 * @param {number} n
 * @param {number} mean
 * @param {number | null} deviation
 */
export function meanInterval(n, mean, deviation) {
  if (deviation === null || n < 2) return null;
  const half = tQuantile(n - 1) * (deviation / Math.sqrt(n));
  const ends = [mean - half, mean + half];
  return ends.every(Number.isFinite) ? ends : null;
}

/**
 * Return the value below which Student's t lies with a probability of 97.5 %.
 * @param {number} freedom degrees of freedom, whole ones
 */
export function tQuantile(freedom) {
  if (freedom >= SERIES_FROM) return series(freedom);
  const found = known.get(freedom) ?? solve(freedom);
  known.set(freedom, found);
  return found;
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5. @param {number} freedom */
function series(freedom) {
  const square = NORMAL * NORMAL;
  const terms = [
    (NORMAL * (square + 1)) / 4,
    (NORMAL * ((5 * square + 16) * square + 3)) / 96,
    (NORMAL * (((3 * square + 19) * square + 17) * square - 15)) / 384,
    (NORMAL * ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945)) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), NORMAL);
}

/**
 * By halves: the tail beyond t has a closed form for whole degrees of freedom (26.7.3 and 26.7.4).
 * @param {number} freedom
 */
function solve(freedom) {
  let [low, high] = [1.9, 13];
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < 0.95) low = middle;
    else high = middle;
    if (middle === low && middle === high) break;
  }
  return (low + high) / 2;
}

/**
 * Return the probability that Student's t lies between -t and t.
 * @param {number} t
 * @param {number} freedom
 */
function within(t, freedom) {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  // Odd: 2/π (θ + sin θ (cos θ + 2/3 cos³ θ + …)); even: sin θ (1 + 1/2 cos² θ + 3/8 cos⁴ θ + …).
  let term = isOdd ? cosine : 1;
  let sum = isOdd && freedom === 1 ? 0 : term;
  for (let k = isOdd ? 2 : 1; k <= freedom - 3; k += 2) {
    term *= (k / (k + 1)) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
