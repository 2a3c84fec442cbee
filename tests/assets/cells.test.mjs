import assert from "node:assert/strict";
import { test } from "node:test";
import { canLeaveOut, cellConditions, withCell } from "../../assets/scripts/cell_conditions.mjs";
import { cellsAddress, valueOfRow } from "../../assets/scripts/cells.mjs";

const FACET = { name: "origin", kind: "facet" };
const WHOLE = { name: "distance", kind: "measure", decimals: 0 };
const TENTHS = { name: "price", kind: "measure", decimals: 1 };
const TIME = { name: "day", kind: "time" };

for (const [asked, column, value, out, expected] of [
  [[], FACET, "JFK", false, ["JFK"]],
  [["EWR", "JFK"], FACET, "JFK", false, ["JFK"]],
  [[], FACET, "~odd", false, ["~~odd"]],
  [[], FACET, null, false, ["~missing"]],
  [[], FACET, "JFK", true, ["~not:JFK"]],
  [["~not:LGA"], FACET, "JFK", true, ["~not:LGA", "~not:JFK"]],
  [["EWR", "JFK"], FACET, "JFK", true, ["EWR"]],
  [["JFK"], FACET, "JFK", true, ["~none"]],
  [["100..500"], WHOLE, 300, false, ["300..300"]],
  [[], WHOLE, 300, true, ["..299", "301.."]],
  [["100..300"], WHOLE, 300, true, ["100..299"]],
  [["300..300"], WHOLE, 300, true, ["~none"]],
  [
    ["100..200", "250..", "~missing"],
    WHOLE,
    300,
    true,
    ["100..200", "250..299", "301..", "~missing"],
  ],
  [[], TENTHS, 4.3, true, ["..4.2", "4.4.."]],
  [[], WHOLE, "9007199254740993", true, ["..9007199254740992", "9007199254740994.."]],
  [[], WHOLE, null, true, ["~present"]],
  [["5..", "~missing"], WHOLE, null, true, ["5.."]],
  [
    [],
    TIME,
    "2013-01-01T05:00:00+00:00",
    false,
    ["2013-01-01T05:00:00+00:00..2013-01-01T05:00:00+00:00"],
  ],
]) {
  test(`${JSON.stringify(asked)}, ${out ? "without" : "only"} ${value}`, () => {
    assert.deepEqual(cellConditions(asked, column, value, out), expected);
  });
}

test("the rest of the query stays, its page does not", () => {
  assert.equal(
    withCell(
      "?origin=EWR&.origin=JFK&month=1..2&sort=-day&page=3&per_page=25",
      FACET,
      "JFK",
      false,
    ),
    "?month=1..2&sort=-day&per_page=25&.origin=JFK",
  );
});

test("of times only what is missing can be left out", () => {
  assert.equal(canLeaveOut(TIME, "2013-01-01"), false);
  assert.equal(canLeaveOut(TIME, null), true);
  assert.equal(canLeaveOut(FACET, "JFK"), true);
});

test("a cell is asked for as its page has it", () => {
  assert.equal(
    cellsAddress("origin=JFK&columns=a,b&sort=-day", "-a,b", 3, 25),
    "range/?origin=JFK&sort=-day&columns=%5C-a%5C%2Cb&page=3&per_page=25",
  );
  assert.equal(cellsAddress("", "a", 1, 10), "range/?columns=a&page=1&per_page=10");
});

test("a value is read as it is", () => {
  assert.equal(valueOfRow('[{"label":"a"},{"label":null}]', 1, false), null);
  assert.equal(valueOfRow('[{"n":4.25}]', 0, true), 4.25);
  assert.equal(valueOfRow('[{"n":-9007199254740993}]', 0, true), "-9007199254740993");
  assert.equal(valueOfRow('[{"t":": 9007199254740993,"}]', 0, false), ": 9007199254740993,");
});
