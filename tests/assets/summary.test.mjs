import assert from "node:assert/strict";
import { test } from "node:test";
import { along, barScale, barSvg } from "../../assets/scripts/summary_bars.mjs";
import { axisOf, lineSvg, linesOf } from "../../assets/scripts/summary_lines.mjs";
import {
  heat,
  nextOrder,
  opened,
  ordered,
  orderText,
  replaced,
  withKey,
} from "../../assets/scripts/summary_order.mjs";

const GROUPS = [
  ["w 10", []],
  ["W 9", []],
  ["ä", []],
  ["b", []],
  ["c", []],
];
// The third has no rows, the fourth no value, the last says little.
const CELLS = [["2", 2, 40], ["5", 5, 30], null, ["–", null, 90], ["9", 9, 29]];

test("groups stand by their figures, of few rows behind, without one last", () => {
  assert.deepEqual(ordered(CELLS, GROUPS, { at: 0, down: true }, 30), [1, 0, 4, 2, 3]);
  assert.deepEqual(ordered(CELLS, GROUPS, { at: 0, down: false }, 30), [0, 1, 4, 2, 3]);
  assert.deepEqual(ordered(CELLS, GROUPS, { at: "n", down: true }, 30), [3, 0, 1, 4, 2]);
  assert.deepEqual(ordered(CELLS, GROUPS, { at: "name", down: false }, 30), [2, 3, 4, 1, 0]);
  assert.deepEqual(ordered(CELLS, GROUPS, null, 30), [0, 1, 2, 3, 4]);
});

test("a head leads to the greatest first, the least first, the server's order; names begin low", () => {
  const down = nextOrder(null, 2);
  assert.deepEqual(down, { at: 2, down: true });
  assert.deepEqual(nextOrder(down, 2), { at: 2, down: false });
  assert.equal(nextOrder({ at: 2, down: false }, 2), null);
  assert.deepEqual(nextOrder(down, "name"), { at: "name", down: false });
});

test("heat begins at zero, or where a scale does", () => {
  assert.deepEqual(heat(5, [0, 20]), [0.25, false]);
  assert.deepEqual(heat(-10, [0, 20]), [0.5, true]);
  assert.deepEqual(heat(45, [0, 20]), [1, false]);
  assert.deepEqual(heat(15, [10, 20]), [0.5, false]);
  assert.deepEqual(heat(null, [0, 20]), [0, false]);
  assert.deepEqual(heat(3, null), [0, false]);
});

test("a figure's address has its group's filters instead of those there were", () => {
  const from = "?carrier=UA&carrier=AA&.day=2013&page=3&per_page=25&_view=a&_stat=sum";
  const drop = ["carrier", ".carrier", "day", ".day"];
  const pairs = [
    ["carrier", "AA"],
    ["day", "2013-02"],
  ];
  assert.equal(
    opened(from, drop, pairs, "b"),
    "?per_page=25&_view=b&_stat=sum&carrier=AA&day=2013-02",
  );
  assert.equal(
    replaced(from, drop, pairs),
    "?per_page=25&_view=a&_stat=sum&carrier=AA&day=2013-02",
  );
});

test("bars begin at zero, and a wide interval does not shrink them to nothing", () => {
  const scale = barScale([["1", 10, 40, 8, 12], ["2", -10, 2, -500, 480], null]);
  assert.deepEqual(scale, { width: 120, low: -20, high: 20 });
  assert.equal(along(0, scale), 60);
  assert.equal(along(-500, scale), 4);
  assert.equal(barScale([null, ["–", null, 0]]), null);
  const svg = barSvg(["2", -10, 2, -500, 480], scale, 30);
  assert.match(svg, /<rect class="below few" x="32" y="7" width="28.0"/);
  assert.match(svg, /class="ends" d="M4 12H116/);
  assert.doesNotMatch(barSvg(["–", null, 3], scale, 30), /rect/);
});

test("an order is said in the address unless the view chooses it itself", () => {
  assert.equal(orderText(null, 3, false), "");
  assert.equal(orderText(null, 3, true), "given");
  assert.equal(orderText({ at: 3, down: true }, 3, true), "");
  assert.equal(orderText({ at: 3, down: true }, 3, false), "-all");
  assert.equal(orderText({ at: 0, down: false }, 3, true), "1");
  assert.equal(orderText({ at: -1, down: true }, -1, false), "-all");
  assert.equal(orderText({ at: "name", down: true }, 3, false), "-name");
  assert.equal(withKey("?a=1&_order=2", "_order", "-n"), "?a=1&_order=-n");
  assert.equal(withKey("?a=1&_order=2", "_order", ""), "?a=1");
});

const OVER_TIME = {
  value: "mean",
  times: "across",
  rows: [
    ["few", []],
    ["many", []],
  ],
  columns: [
    ["Jan", []],
    ["Feb", []],
    ["Mar", []],
  ],
  cells: [
    [["99", 99, 3], null, ["1", 1, 40], ["2", 2, 43]],
    [
      ["-4", -4, 40],
      ["2", 2, 50],
      ["13", 13, 60],
      ["4", 4, 150],
    ],
  ],
  foot: [null, null, null, ["3", 3, 193]],
};

test("lines are of the groups that are no times, those of most rows above the others", () => {
  const lines = linesOf(OVER_TIME);
  assert.deepEqual(
    lines.map(({ name, n, colour }) => [name, n, colour]),
    [
      ["few", 43, 1],
      ["many", 150, 0],
    ],
  );
  assert.equal(lines[0].cells.length, 3);
  const facet = linesOf({ ...OVER_TIME, ranks: [5, null] });
  assert.deepEqual(
    facet.map(({ name, colour }) => [name, colour]),
    [
      ["many", null],
      ["few", 5],
    ],
  );
  const turned = { ...OVER_TIME, times: "rows", columns: [], rows: OVER_TIME.columns };
  turned.cells = [[["1", 1, 40]], [["2", 2, 40]], [null]];
  assert.deepEqual(
    linesOf(turned).map(({ name, cells }) => [name, cells.length]),
    [["mean", 3]],
  );
});

test("a line's axis has zero and round ticks, and no figure of few rows makes it longer", () => {
  assert.deepEqual(axisOf(linesOf(OVER_TIME), 30), {
    low: -5,
    high: 15,
    ticks: [-5, 0, 5, 10, 15],
  });
  const far = [
    {
      name: "",
      n: 90,
      colour: 0,
      cells: [
        ["90", 90, 40],
        ["100", 100, 40],
      ],
    },
  ];
  assert.deepEqual(axisOf(far, 30)?.ticks, [90, 95, 100]);
  assert.equal(axisOf([{ name: "", n: 9, colour: 0, cells: [null] }], 30), null);
  // An interval is drawn of a line that is alone.
  const sure = [
    {
      ...far[0],
      cells: far[0].cells.map(([text, value, n]) => [text, value, n, value - 6, value + 3]),
    },
  ];
  assert.deepEqual(axisOf(sure, 30)?.ticks, [80, 85, 90, 95, 100, 105]);
  assert.deepEqual(axisOf([...sure, ...sure], 30)?.ticks, [90, 95, 100]);
});

test("a line is broken where there is no figure, and the others leave out those of few rows", () => {
  const [few] = linesOf(OVER_TIME);
  const [x, y] = [(place) => place, (value) => value];
  assert.match(lineSvg(few, [0, 31, 59], 30, x, y), /d="M0.0 99.0M59.0 1.0".*class="few"/);
  assert.match(lineSvg({ ...few, colour: null }, [0, 31, 59], 30, x, y), /d="M59.0 1.0"/);
});
