import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleOf } from "../../assets/scripts/live_density.mjs";
import { pixelsOf, rowsOf } from "../../assets/scripts/painting_cells.mjs";

const SCALE = [
  [0, "rgba(10,20,30,0)"],
  [0.25, "rgba(10,20,30,0.2)"],
  [1, "rgba(10,20,30,1)"],
];

test("numbers as the server packs them are rows, as are rows", () => {
  const bdata = Buffer.from(Float32Array.of(1, 2, Number.NaN, 4, 5, 6).buffer).toString("base64");
  const rows = rowsOf({ dtype: "f4", bdata, shape: "2, 3" });
  assert.deepEqual(rows, [
    [1, 2, Number.NaN],
    [4, 5, 6],
  ]);
  assert.equal(rowsOf(rows), rows);
});

test("each cell is a pixel, the uppermost row first; a cell without a number has no colour", () => {
  const pixels = pixelsOf(
    [
      [8, Number.NaN],
      [2, 5],
    ],
    SCALE,
    8,
  );
  const [upperLeft, upperRight, left, right] = [0, 4, 8, 12].map((at) => [
    ...pixels.subarray(at, at + 4),
  ]);
  assert.deepEqual(upperLeft, [10, 20, 30, 51]); // 2 of 8 is a quarter: 0.2 of 255
  assert.deepEqual(upperRight, [10, 20, 30, 153]); // 5 is half way from 2 to 8: 0.6
  assert.deepEqual(left, [10, 20, 30, 255]);
  assert.deepEqual(right, [0, 0, 0, 0]);
});

test("where no cell has more than one row all are as strong as can be", () => {
  const scale = scaleOf([[0, "rgba(1,2,3,0)"]], 1);
  assert.equal(pixelsOf([[1]], scale, 1)[3], Math.round(0.95 * 255));
});
