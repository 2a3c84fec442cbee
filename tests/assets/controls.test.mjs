import assert from "node:assert/strict";
import { test } from "node:test";
import { bound, boxText, conditionsOf, number, ticksOf } from "../../assets/scripts/controls.mjs";

const CASES = [
  ["5.1", 5.1],
  ["5,1", 5.1],
  [" -3 ", -3],
  ["1e3", 1000],
  [0, 0],
  [4.25, 4.25],
  ["", null],
  ["  ", null],
  ["x", null],
  ["1 000", null],
  ["1,000,000", null],
  ["Infinity", null],
  ["NaN", null],
  [null, null],
  [undefined, null],
];

for (const [text, expected] of CASES) {
  test(`${JSON.stringify(text)} says ${expected}`, () => assert.equal(number(text), expected));
}

test("a whole number too long to be one here is asked as it is written", () => {
  assert.deepEqual(["9007199254740993", " -9007199254740993 ", "5,1", "x"].map(bound), [
    "9007199254740993",
    "-9007199254740993",
    5.1,
    null,
  ]);
});

test("it stands so in its box until the slider is moved", () => {
  assert.equal(boxText(9007199254740992, "9007199254740993"), "9007199254740993");
  assert.equal(boxText(9e15, "9007199254740993"), "9000000000000000");
});

test("what is in the box of a text stands behind what else is asked of it", () => {
  assert.deepEqual(conditionsOf([], "Star"), ["~has:Star"]);
  assert.deepEqual(conditionsOf(["~not:LAX"], " a "), ["~not:LAX", "~has: a "]);
  assert.deepEqual(conditionsOf(["~not:LAX"], " "), ["~not:LAX"]);
  assert.deepEqual(conditionsOf([], null), []);
});

test("of many values what is ticked is let in, or left out", () => {
  assert.deepEqual(ticksOf(["a", "~missing"], false), ["a", "~missing"]);
  assert.deepEqual(ticksOf(["a", "~missing"], true), ["~not:a", "~not:~missing"]);
});
