import assert from "node:assert/strict";
import { test } from "node:test";
import { along, barScale, barSvg } from "../../assets/scripts/summary_bars.mjs";
import { heat, nextOrder, opened, ordered, replaced } from "../../assets/scripts/summary_order.mjs";

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
