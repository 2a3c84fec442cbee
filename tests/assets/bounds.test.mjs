import assert from "node:assert/strict";
import { test } from "node:test";
import { nextValue, typedBound } from "../../assets/scripts/bounds.mjs";

const [LOW, HIGH] = [0, 1];
const FRENCH = { group: "\u202f", point: "," };

test("a strict bound is the column's next value", () => {
  for (const [text, way, decimals, expected] of [
    ["1", -1, 2, "0.99"],
    ["1", 1, 2, "1.01"],
    ["5000", 1, 0, "5001"],
    ["-40", -1, 0, "-41"],
    ["1.005", -1, 2, "1"],
    ["1.005", 1, 2, "1.01"],
    ["0.3", 1, 1, "0.4"],
    ["2.5", -1, 0, "2"],
    ["9007199254740993", 1, 0, "9007199254740994"],
    ["1", -1, 6, "0.9999999999999999"],
    ["1", 1, 6, "1.0000000000000002"],
    ["-1", 1, 6, "-0.9999999999999999"],
    ["0", 1, 6, "5e-324"],
  ]) {
    assert.equal(nextValue(text, way, decimals), expected, `${text} ${way} ${decimals}`);
  }
});

test("what is typed as a bound", () => {
  for (const [text, side, decimals, bound, said] of [
    ["5,000", LOW, 0, "5000", ""],
    ["", HIGH, 0, "", ""],
    [null, LOW, 0, "", ""],
    ["<1", HIGH, 2, "0.99", "“<1” means up to 0.99."],
    ["> 5,000", LOW, 0, "5001", "“> 5,000” means from 5001."],
    ["≤ 7", HIGH, 1, "7", ""],
    [">= 7", LOW, 1, "7", ""],
    [">7", HIGH, 1, null, "“>7” is a lower bound, for the other box"],
    ["<7", LOW, 1, null, "“<7” is an upper bound, for the other box"],
    ["six", LOW, 1, null, "“six” is not a number"],
    ["<", HIGH, 1, null, "“<” is not a number"],
    ["> x", LOW, 1, null, "“> x” is not a number"],
  ]) {
    assert.deepEqual(typedBound(text, side, decimals), { bound, said }, String(text));
  }
});

test("what may be two numbers is refused", () => {
  assert.deepEqual(typedBound("5.000", HIGH, 0, FRENCH), {
    bound: null,
    said: "“5.000” may be 5 or 5000: write one of them so",
  });
});
