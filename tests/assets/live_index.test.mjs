// Read of arrays that Python wrote: tests/dashboard/test_live_answer.py, which has the table.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32 } from "../../assets/scripts/checksum.mjs";
import { LiveIndex } from "../../assets/scripts/live_index.mjs";
import { meanInterval, tQuantile } from "../../assets/scripts/mean_intervals.mjs";

const file = readFileSync(new URL("live_index.arrays", import.meta.url));
const written = () => file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
const index = LiveIndex.read(written());

/** @param {number} low @param {number} high */
const count = (low, high) => index.count(index.span([low, high]));

test("rows between two stops, both inclusive; an end of the slider is open", () => {
  // Heights are 1, 2, 2, 3, 4, 4, missing, 1.
  assert.equal(count(1, 4), 8);
  assert.equal(count(1, 3), 5);
  assert.equal(count(2, 4), 5);
  assert.equal(count(2, 3), 3);
  assert.equal(count(2, 2), 2);
  assert.equal(count(4, 4), 2);
  assert.equal(count(1, 1), 2);
});

test("of bounds off the slider's stops, or in no order, there is nothing", () => {
  assert.equal(index.span([1.5, 3]), null);
  assert.equal(index.span([3, 2]), null);
  assert.equal(index.span([Number.NaN, 2]), null);
});

test("values of a facet, and bars of the groups that have rows", () => {
  assert.equal(index.table, "pots");
  assert.equal(index.column, "height");
  assert.deepEqual(index.facets, { colour: ["blue", "red", "~missing"] });
  assert.deepEqual([...index.values("colour", index.span([2, 4]))], [2, 2, 1]);
  assert.deepEqual([...index.values("colour", index.span([1, 1]))], [0, 2, 0]);
  assert.deepEqual(index.histograms, ["width"]);
  const bars = index.bars("width", index.span([1, 2]));
  // Red has 5.0 twice and 5.5, blue 5.5.
  assert.deepEqual(
    bars.map(({ counts }) => counts.filter((rows) => rows)),
    [[1], [2, 1]],
  );
  assert.equal(new Set(bars.map(({ colour }) => colour)).size, 2);
});

test("means with their intervals, by group", () => {
  assert.deepEqual(index.measures, ["height", "width"]);
  const [blue, red, none] = index.means("width", index.span([1, 3]));
  // Blue: 5.5 and 6; red: 5, 5.5 and 5.
  assert.equal(blue.n, 2);
  assert.ok(Math.abs(blue.mean - 5.75) < 1e-12);
  // The interval of two values that lie 0.5 apart: 0.25 times the quantile of one degree of freedom.
  assert.ok(Math.abs(blue.high - blue.mean - 0.25 * 12.706204736) < 1e-8);
  assert.equal(red.n, 3);
  assert.ok(Math.abs(red.mean - 15.5 / 3) < 1e-12);
  assert.deepEqual(none, { n: 0, mean: null, low: null, high: null });
  const [one] = index.means("width", index.span([3, 3]));
  assert.deepEqual([one.n, one.low, one.high], [1, null, null]);
});

test("points of each group in the table's order, and the rows that they are of", () => {
  assert.deepEqual(index.axes, ["width", "height"]);
  const [blue, red, none] = index.points(index.span([2, 4]));
  assert.deepEqual(blue, { x: [5.5, 6], y: [2, 3] });
  assert.deepEqual(red, { x: [5.5, Number.NaN], y: [2, 4] });
  assert.deepEqual(none, { x: [7], y: [4] });
  assert.deepEqual([...index.rows(index.span([1, 1]))], [0, 2, 0]);
});

test("of what is cut, tampered with or not offered there is no index", () => {
  for (const length of [0, 3, 40, file.length - 8]) {
    assert.equal(LiveIndex.read(written().slice(0, length)), null, `${length} bytes`);
  }
  for (let at = 0; at < file.length; at += 7) {
    const tampered = written();
    new Uint8Array(tampered)[at] ^= 1;
    assert.equal(LiveIndex.read(tampered), null, `byte ${at}`);
  }
  const text = new TextEncoder().encode('{"offered":false,"why":"","arrays":{}}');
  const refusal = new Uint8Array(8 + text.length);
  refusal.set(text, 8);
  const numbers = new DataView(refusal.buffer);
  numbers.setUint32(4, text.length, true);
  numbers.setUint32(0, crc32(refusal.subarray(4)), true);
  assert.equal(LiveIndex.read(refusal.buffer), null);
});

test("Student's t as tables have it", () => {
  // National Institute of Standards and Technology, e-Handbook of Statistical Methods, 1.3.6.7.2.
  const known = [
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [10, 2.228],
    [33, 2.035],
    [100, 1.984],
    [1e6, 1.96],
  ];
  for (const [freedom, quantile] of known) {
    assert.ok(Math.abs(tQuantile(freedom) - quantile) < 5e-4, `${freedom}`);
  }
  // Where the series begins.
  assert.ok(Math.abs(tQuantile(499) - tQuantile(500)) < 2e-5);
  assert.equal(meanInterval(1, 5, null), null);
});
