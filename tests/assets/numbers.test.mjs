import assert from "node:assert/strict";
import { test } from "node:test";
import { bound, boxText, number, PLAIN, readings } from "../../assets/scripts/numbers.mjs";

const GERMAN = { group: ".", point: "," };

const CASES = [
  ["5.1", 5.1],
  ["5,1", 5.1],
  ["5,000", 5000],
  ["1,826", 1826],
  ["1,000,000", 1_000_000],
  ["1,234.5", 1234.5],
  ["1.234,5", 1234.5],
  ["1.234.567", 1_234_567],
  ["1 000", 1000],
  ["1\u202f234\u00a0567.25", 1_234_567.25],
  ["1’000", 1000],
  ["12,34,567", 1_234_567],
  ["\u22125", -5],
  ["\u22121,234", -1234],
  ["0,500", 0.5],
  [" -3 ", -3],
  ["1e3", 1000],
  [".5", 0.5],
  [0, 0],
  [4.25, 4.25],
  ["", null],
  ["  ", null],
  ["x", null],
  ["1_0", null],
  ["1,00,0", null],
  ["1 0000", null],
  ["1,2,3", null],
  ["Infinity", null],
  ["NaN", null],
  ["1e999", null],
  [null, null],
  [undefined, null],
];

for (const [text, expected] of CASES) {
  test(`${JSON.stringify(text)} says ${expected}`, () => assert.equal(number(text), expected));
}

test("a reader's own marks win, and what others would read as two numbers is none", () => {
  const FRENCH = { group: "\u202f", point: "," };
  const SWISS = { group: "’", point: "." };
  for (const [text, marks, expected] of [
    ["5.000", GERMAN, 5000],
    ["5,000", GERMAN, 5],
    ["5.5", GERMAN, 5.5],
    ["1.234,5", GERMAN, 1234.5],
    ["1,234.5", GERMAN, 1234.5],
    ["0.250", GERMAN, 0.25],
    ["−1.234", GERMAN, -1234],
    ["5.000", PLAIN, 5],
    ["1,234", FRENCH, 1.234],
    ["1\u202f234,5", FRENCH, 1234.5],
    ["5.1", FRENCH, 5.1],
    ["1.234", FRENCH, null],
    ["1’234.5", SWISS, 1234.5],
    ["1,234", SWISS, null],
    ["5,1", SWISS, 5.1],
  ]) {
    assert.equal(number(text, marks), expected, `${text} ${JSON.stringify(marks)}`);
  }
  assert.deepEqual(readings("1.234", FRENCH), ["1.234", "1234"]);
  assert.deepEqual(readings(1.234, GERMAN), ["1.234"]);
});

test("a whole number too long to be one here is asked as it is written", () => {
  assert.deepEqual(["9,007,199,254,740,993", " -9007199254740993 ", "5,1", "x"].map(bound), [
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
