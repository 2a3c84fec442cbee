import assert from "node:assert/strict";
import { test } from "node:test";
import {
  partOf,
  positionOf,
  scaleOf,
  snap,
  track,
  valueAt,
  valueOfSlider,
} from "../../assets/scripts/scale.mjs";

// Sepal lengths: 4.3 to 7.9 in steps of 0.1; then 1 to 10,000 with a few stops in log.
const EVEN = { low: 4.3, high: 7.9, step: 0.1, decimals: 1, stops: [] };
const LONG = { low: 1, high: 10000, step: 10, decimals: 0, stops: [1, 2, 5, 100, 110, 10000] };

const close = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-9, `${found}`);

test("a scale is read from data attributes", () => {
  const said = { low: "4.3", high: "7.9", step: "0.1", decimals: "1" };
  assert.deepEqual(scaleOf(said), EVEN);
  assert.deepEqual(scaleOf({ ...said, stops: "[4.3, 5.0]" }).stops, [4.3, 5]);
  assert.deepEqual(scaleOf({ ...said, ends: "[4.31, 7.88]" }).ends, [4.31, 7.88]);
});

test("the multiples of a step are those that the server computes, however small they are", () => {
  // From `multiple` in query/steps.py.
  for (const [step, decimals, value, expected] of [
    [0.1, 1, 0.31, 0.3],
    [0.05, 2, 1.16, 1.15],
    [1e-30, 30, 4.9e-29, 4.9000000000000004e-29],
    [1e-121, 121, 2.97e-120, 2.9999999999999998e-120],
    [1e25, 0, 1.31e26, 1.3000000000000002e26],
  ]) {
    const scale = { low: -1e300, high: 1e300, step, decimals, stops: [] };
    assert.equal(snap(scale, false, value), expected);
  }
});

test("a value's part of the scale and back", () => {
  close(partOf(EVEN, false, 4.3), 0);
  close(partOf(EVEN, false, 6.1), 0.5);
  close(partOf(EVEN, false, 7.9), 1);
  close(partOf(LONG, true, 100), 0.5);
  close(valueAt(EVEN, false, 0.5), 6.1);
  close(valueAt(LONG, true, 0.5), 100);
  close(valueAt(LONG, true, 0.75), 1000);
});

test("ends that lie further apart than a browser counts have parts too", () => {
  const wide = { ...EVEN, low: -1e308, high: 1e308, step: 1e306 };
  close(partOf(wide, false, 0), 0.5);
  close(partOf(wide, false, 1e308), 1);
  close(partOf(wide, false, 5e-324), 0.5);
  assert.equal(valueAt(wide, false, 0.5), 0);
  assert.equal(valueAt(wide, false, 1), 1e308);
  const long = { ...LONG, low: 1e-200, high: 1e200 };
  close(partOf(long, true, 1), 0.5);
  close(Math.log10(valueAt(long, true, 0.75)), 100);
});

test("a value is brought to the nearest step, without noise behind its decimals", () => {
  assert.equal(snap(EVEN, false, 5.04), 5);
  assert.equal(snap(EVEN, false, 5.06), 5.1);
  assert.equal(snap(EVEN, false, 6.9000000001), 6.9);
  assert.equal(snap(EVEN, false, -1), 4.3);
  assert.equal(snap(EVEN, false, 99), 7.9);
  // Steps are counted from zero: an end between two of them stays in reach.
  assert.equal(snap({ ...LONG, low: 3 }, false, 4), 3);
  assert.equal(snap({ ...LONG, low: 3 }, false, 6), 10);
});

test("in log a value is brought to the stop whose ratio to it is smallest", () => {
  assert.equal(snap(LONG, true, 3), 2); // 3/2 < 5/3
  assert.equal(snap(LONG, true, 3.2), 5); // 3.2/2 > 5/3.2
  assert.equal(snap(LONG, true, 0.1), 1);
  assert.equal(snap(LONG, true, 1e6), 10000);
  assert.equal(snap(LONG, true, 100), 100);
});

test("a slider in log stands between 0 and 100, any other between its ends", () => {
  assert.deepEqual(track(EVEN, false), { min: 4.3, max: 7.9, step: 0.1 });
  assert.deepEqual(track(LONG, true), { min: 0, max: 100, step: 1 });
  assert.equal(positionOf(EVEN, false, 5), 5);
  assert.equal(positionOf(EVEN, false, 99), 7.9);
  close(positionOf(LONG, true, 100), 50);
  assert.equal(positionOf(LONG, true, 0.5), 0);
  assert.equal(positionOf(LONG, true, 99999), 100);
});

test("a slider that stands where a typed number put it means that number", () => {
  assert.equal(valueOfSlider(EVEN, false, 5.123, 5.123, false), 5.123);
  assert.equal(valueOfSlider(LONG, true, positionOf(LONG, true, 105), 105, false), 105);
});

test("a slider at an end means the end", () => {
  assert.equal(valueOfSlider(EVEN, false, 4.3, 5, false), 4.3);
  assert.equal(valueOfSlider(EVEN, false, 7.9, 5, false), 7.9);
  assert.equal(valueOfSlider(LONG, true, 0, 5, false), 1);
  assert.equal(valueOfSlider(LONG, true, 100, 5, true), 10000);
});

test("elsewhere it means the nearest step or stop", () => {
  assert.equal(valueOfSlider(EVEN, false, 5.04, 6, false), 5);
  assert.equal(valueOfSlider(LONG, true, 12, 100, false), 2); // 10000 ** 0.12 = 3.02
});

test("in log a key moves on, even where the nearest stop is where it stood", () => {
  const at = positionOf(LONG, true, 100);
  assert.equal(valueOfSlider(LONG, true, at + 0.1, 100, false), 100);
  assert.equal(valueOfSlider(LONG, true, at + 0.1, 100, true), 110);
  assert.equal(valueOfSlider(LONG, true, at - 0.1, 100, true), 5);
  // From between two stops, as after a typed number.
  assert.equal(valueOfSlider(LONG, true, positionOf(LONG, true, 104) + 0.1, 104, true), 110);
});

// Delays: most from -20 to 200, some up to 700, none below -40 to be cut away.
const TAILED = { low: -40, high: 700, step: 10, decimals: 0, stops: [], tails: [-20, 200] };

test("a tail has a small part of the scale, however long it is", () => {
  close(partOf(TAILED, false, -40), 0);
  close(partOf(TAILED, false, -20), 0.06);
  close(partOf(TAILED, false, 90), 0.5);
  close(partOf(TAILED, false, 200), 0.94);
  close(partOf(TAILED, false, 450), 0.97);
  close(partOf(TAILED, false, 700), 1);
  for (const value of [-40, -30, -20, 0, 90, 200, 450, 700]) {
    close(valueAt(TAILED, false, partOf(TAILED, false, value)), value);
  }
  close(partOf({ ...TAILED, tails: [null, 200] }, false, -40), 0);
  close(partOf({ ...TAILED, tails: [null, 200] }, false, 80), 0.47);
  close(partOf({ ...TAILED, tails: [-20, null] }, false, 700), 1);
});

test("a slider with tails reaches the ends, and a key moves it by a step", () => {
  assert.deepEqual(track(TAILED, false), { min: 0, max: 1000, step: 1 });
  assert.equal(valueOfSlider(TAILED, false, 0, 90, false), -40);
  assert.equal(valueOfSlider(TAILED, false, 1000, 90, false), 700);
  assert.equal(valueOfSlider(TAILED, false, 500, 95, false), 90);
  assert.equal(valueOfSlider(TAILED, false, 501, 90, true), 100);
  assert.equal(valueOfSlider(TAILED, false, 999, 700, true), 690);
  assert.equal(valueOfSlider(TAILED, false, positionOf(TAILED, false, 90), 90, true), 90);
});
