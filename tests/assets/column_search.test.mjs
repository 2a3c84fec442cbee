import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsText } from "../../assets/scripts/charts.mjs";
import { findColumns, withColumns, withConditions } from "../../assets/scripts/column_search.mjs";

/** @type {import("../../assets/scripts/column_search.mjs").Column[]} */
const COLUMNS = [
  ["air_time", "Air time", ["_filters"]],
  ["time_hour", "Departure", ["_filters"]],
  ["größe", "Größe", ["_filters"]],
  ["sensor_317", "Sensor 317", ["_filters"]],
];

const FOUND = [
  ["", ["air_time", "time_hour", "größe", "sensor_317"]],
  ["time", ["time_hour", "air_time"]],
  ["DEPART", ["time_hour"]],
  ["grosse", []],
  ["groß", ["größe"]],
  ["sensor 31", ["sensor_317"]],
  ["_31", ["sensor_317"]],
];

for (const [text, names] of FOUND) {
  test(`"${text}" finds ${names}`, () => {
    assert.deepEqual(
      findColumns(COLUMNS, String(text)).map(([name]) => name),
      names,
    );
  });
}

test("an address names the chosen columns as those of a sort, and keeps the rest", () => {
  const search = withColumns("?species=setosa&_filters=x&_view=table", "_filters", [
    "a,b",
    "-c",
    "d\\",
  ]);
  const keys = new URLSearchParams(search);
  assert.equal(keys.get("_filters"), "a\\,b,\\-c,d\\\\");
  assert.deepEqual([keys.get("species"), keys.get("_view")], ["setosa", "table"]);
  assert.equal(withColumns("", "_filters", []), "?_filters=");
});

test("conditions on columns of any name go behind an address", () => {
  const search = withConditions("?a=1", [
    ["page", "~not:x y"],
    ["_b", boundsText([6.28319, -2])],
  ]);
  assert.deepEqual(
    [...new URLSearchParams(search)],
    [
      ["a", "1"],
      [".page", "~not:x y"],
      ["._b", "-2..6.283"],
    ],
  );
});

test("a box between numbers far from zero has the digits that tell its ends", () => {
  assert.equal(boundsText([1_700_003_500.26, 1_700_000_100.51]), "1700000100..1700003500");
  assert.equal(boundsText([1013.26, 1012.74]), "1012.74..1013.26");
  assert.equal(boundsText([1000.5, 1.23456]), "1.235..1001"); // as on a log scale
  assert.equal(boundsText([5, 5]), "5..5");
  assert.equal(boundsText([0, 0]), "0..0");
});
