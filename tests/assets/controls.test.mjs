import assert from "node:assert/strict";
import { test } from "node:test";
import { number } from "../../assets/scripts/controls.mjs";

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
