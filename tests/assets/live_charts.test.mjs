// The index is the one of live_index.test.mjs, whose table stands in tests/dashboard/test_live_answer.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  countsOf,
  meansFigure,
  roundRange,
  scatterFigure,
} from "../../assets/scripts/live_charts.mjs";
import { sharesOf } from "../../assets/scripts/live_counts.mjs";
import { LiveIndex } from "../../assets/scripts/live_index.mjs";

const file = readFileSync(new URL("live_index.arrays", import.meta.url));
const index = LiveIndex.read(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));

test("an axis ends at round numbers", () => {
  // As dashboard/charts/figures.py says of itself.
  assert.deepEqual(roundRange([5.006, 1.462]), [0, 6]);
  assert.deepEqual(roundRange([-3.1, 212]), [-4, 250]);
  assert.deepEqual(roundRange([]), [0, 1]);
  assert.deepEqual(roundRange([9.1]), [0, 10]);
  assert.deepEqual(roundRange([5.000000000000001]), [0, 5]);
});

test("values are counted in bins, the last of which is closed", () => {
  assert.deepEqual(countsOf([0, 0.9, 1, 2, 2.1, -0.1, Number.NaN], [0.5, 1.5], 1), [2, 2]);
  assert.deepEqual(countsOf([1, 9, 10, 99], [5.5, 55], [9, 90]), [2, 2]);
});

test("means of some stops, each with its interval, on an axis that holds them", () => {
  const bar = (meta, yaxis) => ({
    type: "bar",
    meta,
    ids: ["width"],
    x: ["Width"],
    y: [9],
    error_y: { array: [9], color: "grey" },
    ...(yaxis ? { yaxis } : {}),
  });
  const layout = { yaxis: { range: [0, 9] }, yaxis2: { matches: "y", range: [0, 9] } };
  const figure = { data: [bar("blue"), bar("~missing"), bar("red", "y2")], layout, config: {} };
  const made = meansFigure(figure, index, index.span([1, 3]));
  const [blue, none, red] = made.data;
  // Blue: 5.5 and 6; red: 5, 5.5 and 5, whose standard deviation is 1 / sqrt(12).
  assert.deepEqual([blue.y, blue.customdata], [[5.75], [2]]);
  assert.deepEqual([none.y, none.error_y], [[null], { array: ["none"], color: "grey" }]);
  assert.ok(Math.abs(red.error_y.array[0] - 4.30265 / 6) < 1e-5);
  // Blue's interval ends at 5.75 + 0.25 × 12.7 = 8.93: both axes have the same end.
  assert.deepEqual(
    [made.layout.yaxis.range, made.layout.yaxis2.range],
    [
      [0, 10],
      [0, 10],
    ],
  );
  assert.deepEqual(figure.layout.yaxis, { range: [0, 9] }); // Dash holds it
  assert.equal(made.config, figure.config);
});

test("points of some stops that have both values, and how many lie beside", () => {
  const points = (meta) => ({ type: "scatter", mode: "markers", meta, x: [], y: [] });
  const above = { type: "bar", meta: "red", orientation: "v", x: [5, 6], width: 1, y: [] };
  const aside = { type: "bar", meta: "red", orientation: "h", y: [1.5, 3.5], width: 2, x: [] };
  const figure = { data: [points("blue"), points("red"), above, aside], layout: {} };
  const { data } = scatterFigure(figure, index, index.span([2, 4]));
  assert.deepEqual(
    [data[0].x, data[0].y],
    [
      [5.5, 6],
      [2, 3],
    ],
  );
  // A red one is 4 high and has no width: it is no point, and counts beside its height.
  assert.deepEqual([data[1].x, data[1].y], [[5.5], [2]]);
  assert.deepEqual(
    [data[2].y, data[3].x],
    [
      [null, 1],
      [1, 1],
    ],
  );
});

test("bars are parts of the longest of the whole table, or of themselves where they are short", () => {
  const bars = (...pairs) => pairs.map(([count, whole]) => ({ count, whole }));
  assert.deepEqual(sharesOf(bars([10, 20], [40, 40])), {
    shares: ["25.00%", "100.00%"],
    behind: ["50.00%", "100.00%"],
  });
  assert.deepEqual(sharesOf(bars([1, 20], [2, 40])), {
    shares: ["50.00%", "100.00%"],
    behind: ["0", "0"],
  });
  assert.deepEqual(sharesOf(bars([0, 0])), { shares: ["0.00%"], behind: ["0.00%"] });
});
