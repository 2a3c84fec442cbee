import assert from "node:assert/strict";
import { test } from "node:test";
import { histogramSvg } from "../../assets/scripts/histograms.mjs";

const SCALE = { low: 0, high: 4, step: 1, decimals: 0, stops: [] };
const HISTOGRAM = {
  edges: [0, 2, 4],
  all: [4, 2],
  groups: [
    { colour: "red", counts: [1, 2] },
    { colour: "blue", counts: [2, 0] },
  ],
  spans: [[null, null]],
  log: false,
};

/** Return each path's attributes but its shape, and its shape. */
const paths = (histogram, scale = SCALE) =>
  [...histogramSvg(histogram, scale).matchAll(/<path (.*?) ?d="(.*?)"\/>/g)].map(
    ([, look, shape]) => [look, shape],
  );

test("all rows stand behind, the groups on one another in front", () => {
  // The highest of all is 40 high; each of the two bins is 50 wide, less a gap of 0.35 on each side.
  assert.deepEqual(paths(HISTOGRAM), [
    ['class="all"', "M0.35 40V0H49.65V40ZM50.35 40V20H99.65V40Z"],
    ['style="fill:red"', "M0.35 40V30H49.65V40ZM50.35 40V20H99.65V40Z"],
    ['style="fill:blue"', "M0.35 30V10H49.65V30Z"],
  ]);
});

test("bins whose middle is outside the bounds are drawn apart", () => {
  assert.deepEqual(paths({ ...HISTOGRAM, spans: [[1.5, null]] }).slice(1), [
    ['style="fill:red"', "M50.35 40V20H99.65V40Z"],
    ['class="outside" style="fill:red"', "M0.35 40V30H49.65V40Z"],
    ['class="outside" style="fill:blue"', "M0.35 30V10H49.65V30Z"],
  ]);
  // Bounds are inclusive: 1 and 3 are the middles.
  assert.equal(paths({ ...HISTOGRAM, spans: [[1, 3]] }).length, 3);
  // Of two spans, each lets its own bins in.
  const two = [
    [1, 1],
    [3, null],
  ];
  assert.equal(paths({ ...HISTOGRAM, spans: two }).length, 3);
  assert.equal(paths({ ...HISTOGRAM, spans: [] }).length, 3);
});

test("a bin of one value is a bar about it", () => {
  const one = {
    ...HISTOGRAM,
    edges: [-0.5, 0.5, 1.5],
    values: [
      [0, 0],
      [1, 1],
    ],
    groups: [{ colour: "red", counts: [4, 2] }],
  };
  const scale = { ...SCALE, high: 1 };
  assert.deepEqual(paths(one, scale)[0], [
    'class="all"',
    "M-3.65 40V0H3.65V40ZM96.35 40V20H103.65V40Z",
  ]);
  assert.equal(paths({ ...one, spans: [[1, 1]] }, scale)[1][1], "M96.35 40V20H103.65V40Z");
});

test("a bar of few rows among many can still be seen", () => {
  const one = { ...HISTOGRAM, all: [1000, 1], groups: [] };
  assert.match(paths(one)[0][1], /M50\.35 40V39\.4H99\.65V40Z$/);
});

test("in log bins are as wide as their ratio says", () => {
  const log = { ...HISTOGRAM, edges: [1, 10, 100], log: true, groups: [] };
  const [[, shape]] = paths(log, { ...SCALE, low: 1, high: 100 });
  assert.match(shape, /^M0\.35 40V0H49\.65V40Z/);
});

test("in log the middle of a bin is its ends' geometric mean", () => {
  const log = { ...HISTOGRAM, edges: [1, 100, 10000], log: true };
  const scale = { ...SCALE, low: 1, high: 10000 };
  const outside = (bounds) =>
    paths({ ...log, spans: [bounds] }, scale).filter(([look]) =>
      look.startsWith('class="outside"'),
    );
  assert.equal(outside([10, 1000]).length, 0);
  assert.equal(outside([11, 1000]).length, 2);
});

test("where no row is, nothing is drawn in front", () => {
  const none = { ...HISTOGRAM, groups: [{ colour: "red", counts: [0, 0] }] };
  assert.equal(paths(none).length, 1);
  assert.deepEqual(paths({ ...none, all: [0, 0] }), [['class="all"', ""]]);
});
