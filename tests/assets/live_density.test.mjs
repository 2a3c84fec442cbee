// Read of arrays that Python wrote: tests/dashboard/test_live_answer.py, which has the table. Of 1,024
// rows red ones are 1 or 3 high, blue ones 2 or 4; widths are 5, 6 and 7 in turn, two rows each; the
// second half has weights, 128 rows each of 1, 2, 3 and 4.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commonestOf, densityFigure, scaleOf } from "../../assets/scripts/live_density.mjs";
import { LiveIndex } from "../../assets/scripts/live_index.mjs";

const file = readFileSync(new URL("live_density.arrays", import.meta.url));
const written = () => file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
const index = LiveIndex.read(written());
const sum = (numbers) => [...numbers].reduce((one, other) => one + other, 0);

test("rows per cell between two stops, group after group", () => {
  const { axes, grouped, x, y } = index.plane;
  assert.deepEqual([axes, grouped, index.axes], [["width", "height"], true, null]);
  const size = (x.length - 1) * (y.length - 1);
  const all = index.cells(index.span([1, 4]));
  assert.equal(all.length, 2 * size);
  assert.equal(sum(all), 1024); // those without a weight too
  const heavy = index.cells(index.span([3, 3]));
  // The first of them is row 768, red and 1 high: 64 of either colour, 32 of each height.
  assert.deepEqual([sum(heavy.subarray(0, size)), sum(heavy.subarray(size))], [64, 64]);
  const lowest = heavy.subarray(size, size + x.length - 1);
  assert.equal(sum(lowest), 32);
  // Widths of rows 768, 772, 776 …: 5, 7, 6 and so on: eleven times the first two, ten times the last.
  assert.deepEqual(
    [...lowest].filter((rows) => rows),
    [11, 10, 11],
  );
  // Of weight 2, from row 640 on, the widths begin with 7, 6 and 5.
  const light = index.cells(index.span([2, 2])).subarray(size, size + x.length - 1);
  assert.deepEqual(
    [...light].filter((rows) => rows),
    [10, 11, 11],
  );
});

test("each cell is of the group that most of its rows are of, of equal ones the first", () => {
  const found = commonestOf(Float64Array.of(1, 0, 2, 5, 3, 0, 2, 6), 4);
  assert.deepEqual([...found.whole], [4, 0, 4, 11]);
  assert.deepEqual([...found.commonest], [1, 0, 0, 1]);
});

test("a figure with the cells of some stops, of each group where it is the commonest", () => {
  const cells = (meta) => ({
    type: "heatmap",
    meta,
    colorscale: [
      [0, "rgba(1,2,3,0)"],
      [1, "rgba(1,2,3,0.950)"],
    ],
    customdata: {},
  });
  const bar = { type: "bar", meta: "red", orientation: "h", x: [], y: [], width: 0 };
  const bars = [bar, { ...bar, meta: "blue", orientation: "v", width: [0] }];
  const figure = { data: [cells("blue"), cells("red"), ...bars], layout: {} };
  const [blue, red, beside, above] = densityFigure(figure, index, index.span([3, 3])).data;
  const numbers = ({ z }) => z.flatMap((row) => [...row]).filter((rows) => !Number.isNaN(rows));
  assert.deepEqual([sum(numbers(blue)), sum(numbers(red))], [64, 64]);
  assert.deepEqual([blue.zmax, red.zmax], [11, 11]);
  assert.deepEqual([blue.x, blue.y], [index.plane.x, index.plane.y]);
  assert.equal(red.z.length, index.plane.y.length - 1);
  // The lowest row is red; where it has 11 rows no blue one is, and hovering says so.
  const full = red.z[0].indexOf(11);
  assert.deepEqual(red.customdata[0][full], [11, 0]);
  assert.deepEqual(blue.customdata[0][full], [0, 0]); // not drawn: as dashboard/charts/density.py
  // Beside the plane are the rows of each height of the red ones, and of each width of the blue.
  const drawn = (places, lengths) =>
    lengths.flatMap((n, i) => (n === null ? [] : [[places[i], n]]));
  const at = (edges, value) => {
    const i = edges.findLastIndex((edge) => edge <= value);
    return (edges[i] + edges[i + 1]) / 2;
  };
  const { x, y } = index.plane;
  const heights = [
    [at(y, 1), 32],
    [at(y, 3), 32],
  ];
  const widths = [
    [at(x, 5), 22],
    [at(x, 6), 21],
    [at(x, 7), 21],
  ];
  assert.deepEqual(drawn(beside.y, beside.x), heights);
  assert.deepEqual(drawn(above.x, above.y), widths);
  assert.equal(beside.width, y[1] - y[0]);
  assert.deepEqual(
    above.width,
    x.slice(1).map((edge, i) => edge - x[i]),
  );
  assert.equal(figure.data[0].z, undefined); // Dash holds it
});

test("a colour scale whose strength follows the logarithm of the rows", () => {
  const scale = scaleOf([[0, "rgba(9,8,7,0)"]], 256);
  assert.equal(scale.length, 10);
  // As dashboard/charts/density.py: from 0.15 at one row to 0.95 at most; each stop is twice the last.
  assert.deepEqual(
    [scale[0], scale[1], scale[2], scale[9]],
    [
      [0, "rgba(9,8,7,0)"],
      [1 / 256, "rgba(9,8,7,0.150)"],
      [2 / 256, "rgba(9,8,7,0.250)"],
      [1, "rgba(9,8,7,0.950)"],
    ],
  );
});

test("an index whose cells are cut short is none", () => {
  const text = new TextDecoder().decode(written());
  const cut = text.replace(/"rows of cell":\{"type":"u1","shape":\[(\d+)\]/, (all, length) =>
    all.replace(length, String(length - 1).padStart(length.length, " ")),
  );
  assert.notEqual(cut, text);
  const bytes = new Uint8Array(written());
  bytes.set(new TextEncoder().encode(cut.slice(4, cut.indexOf("}}") + 2)), 4);
  assert.equal(LiveIndex.read(bytes.buffer), null);
});
