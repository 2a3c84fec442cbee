import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({ addEventListener() {} });
globalThis.window = /** @type {any} */ ({ dash_clientside: {} });
const { rangeAcross, trendFigure, wholeTicks } = await import(
  "../../assets/scripts/live_trend.mjs"
);
const { bandOf, partOf, sizesOf } = await import("../../assets/scripts/trend_traces.mjs");
const { piecesOf } = await import("../../assets/scripts/painting_lines.mjs");

test("a line's parts: what is whole, and what leads to units that are cut short", () => {
  assert.deepEqual(partOf([1, 2, 3, 4, 5], "all", [true, true]), [1, 2, 3, 4, 5]);
  assert.deepEqual(partOf([1, 2, 3, 4, 5], "whole", [true, false]), [null, 2, 3, 4, 5]);
  assert.deepEqual(partOf([1, 2, 3, 4, 5], "short", [true, false]), [1, 2, null, null, null]);
  assert.deepEqual(partOf([1, 2, 3, 4, 5], "short", [true, true]), [1, 2, null, 4, 5]);
});

test("a symbol stands at the end, and where no line is", () => {
  assert.deepEqual(sizesOf([1, null, 2, null, 3, 4, null]), [5, 0, 5, 0, 0, 9, 0]);
  assert.deepEqual(sizesOf([null, null]), [0, 0]);
});

test("a band is in pieces where a mean has no interval", () => {
  const mean = (low) => ({ n: 2, mean: low && low + 1, low, high: low && low + 2 });
  assert.deepEqual(bandOf(["a", "b", "c", "d"], [1, 2, null, 4].map(mean)), {
    x: ["a", "b", "b", "a", null, "d", "d", null],
    y: [3, 4, 2, 1, null, 6, 4, null],
  });
});

test("a line is in pieces between gaps; one value alone is none", () => {
  assert.deepEqual(piecesOf([1, 2, null, 3, null, null, 4, 5, 6]), [
    [0, 1],
    [6, 7, 8],
  ]);
  assert.deepEqual(piecesOf([null]), []);
});

test("counts of groups: one without rows has no line, the axis ends at a round number", () => {
  const index = /** @type {any} */ ({
    trend: { time: "t", grouped: true, middle: null },
    groups: [
      { place: 1, text: "b" },
      { place: 0, text: "a" },
    ],
    overTime: () => [
      { counts: [3, 0, 17], means: null },
      { counts: [0, 0, 0], means: null },
    ],
  });
  const line = (group, part) => ({ type: "scatter", y: [], meta: { group, part } });
  const points = (group) => ({ ...line(group, "points"), marker: {} });
  const figure = {
    data: [line("a", "whole"), line("a", "short"), points("a"), line("b", "whole"), points("b")],
    layout: { meta: { time: "t", from: [], cut: [false, true] }, yaxis: { range: [0, 100] } },
  };
  const { data, layout } = trendFigure(/** @type {any} */ (figure), index, [0, 1]);
  const none = [null, null, null];
  assert.deepEqual(
    data.map(({ y, meta }) => [/** @type {any} */ (meta).part, y]),
    [
      ["whole", [3, 0, null]],
      ["short", [null, 0, 17]],
      ["points", [3, 0, 17]],
      ["whole", none],
      ["short", none],
      ["points", none],
    ],
  );
  assert.deepEqual(/** @type {any} */ (data[2].marker).size, [0, 0, 9]);
  assert.deepEqual(/** @type {any} */ (layout.yaxis).range, [0, 20]);
  assert.equal(/** @type {any} */ (layout.yaxis).tickvals, undefined);
});

test("an axis of few rows has whole ticks", () => {
  // As dashboard/charts/figures.py says of itself.
  assert.deepEqual(wholeTicks([0, 2]), [0, 1, 2]);
  assert.equal(wholeTicks([2, 40]), undefined);
  assert.deepEqual(wholeTicks([]), [0, 1]);
});

test("an axis of time stands still, holds all once it is outgrown, and is filled by few units", () => {
  const all = Array.from({ length: 101 }, (_, at) => String(at));
  const axis = /** @type {any} */ ({
    _length: 100,
    range: ["20", "70"],
    d2p: (text) => (Number(text) - 20) * 2,
    r2l: Number,
    l2r: String,
  });
  assert.deepEqual(rangeAcross(axis, all.slice(25, 60), all), ["20", "70"]);
  assert.deepEqual(rangeAcross(axis, all.slice(25, 72), all), ["-2", "102"]);
  assert.deepEqual(rangeAcross(axis, all.slice(10, 60), all), ["-2", "102"]);
  assert.deepEqual(rangeAcross(axis, all.slice(30, 41), all), ["29.8", "40.2"]);
});
