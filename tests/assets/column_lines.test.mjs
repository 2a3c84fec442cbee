import assert from "node:assert/strict";
import { test } from "node:test";
import {
  barsSvg,
  countedKinds,
  foundLines,
  nextOrder,
  share,
  switched,
} from "../../assets/scripts/column_lines.mjs";

const line = (label, kind, missing, distinct, notes = []) => ({
  ...{ name: label.toLowerCase(), label, unit: "", kind, missing, distinct, notes, groups: false },
});
const LINES = [
  line("Wing 10", "number", 3, 7),
  line("Größe", "number", 0, 9, ["skewed"]),
  line("Wing 9", "code", 3, 8),
  line("Day", "time", 1, 2, ["sorted"]),
];
const labels = (found) => found.map((one) => one.label);

test("lines are found by label, name and notes, without accents and capitals", () => {
  assert.deepEqual(labels(foundLines(LINES, "WING", "", null)), ["Wing 10", "Wing 9"]);
  assert.deepEqual(labels(foundLines(LINES, "grosse", "", null)), []);
  assert.deepEqual(labels(foundLines(LINES, "grö", "", null)), ["Größe"]);
  assert.deepEqual(labels(foundLines(LINES, "skew", "", null)), ["Größe"]);
  assert.deepEqual(labels(foundLines(LINES, "wing", "code", null)), ["Wing 9"]);
});

test("lines are put in order, ties as the table has them", () => {
  const by = (key, down) => labels(foundLines(LINES, "", "", { key, down }));
  assert.deepEqual(by("label", false), ["Day", "Größe", "Wing 9", "Wing 10"]);
  assert.deepEqual(by("missing", true), ["Wing 10", "Wing 9", "Day", "Größe"]);
  assert.deepEqual(by("distinct", false), ["Day", "Wing 10", "Wing 9", "Größe"]);
  assert.deepEqual(labels(LINES)[0], "Wing 10");
});

test("a head turns the order, and back to the table's own", () => {
  assert.deepEqual(nextOrder(null, "label"), { key: "label", down: false });
  assert.deepEqual(nextOrder({ key: "label", down: false }, "label"), { key: "label", down: true });
  assert.equal(nextOrder({ key: "label", down: true }, "label"), null);
  assert.deepEqual(nextOrder({ key: "label", down: true }, "missing"), {
    ...{ key: "missing", down: true },
  });
  assert.equal(nextOrder({ key: "missing", down: false }, "missing"), null);
});

test("kinds are counted in one order", () => {
  assert.deepEqual(countedKinds(LINES), [
    ["time", 1],
    ["number", 2],
    ["code", 1],
  ]);
});

test("bars have the height of their counts, the selected ones in front", () => {
  const svg = barsSvg({ bars: [10, 0, 5], selected: [5, 0, 0] });
  const [all, selected] = [...svg.matchAll(/d="([^"]*)"/g)].map(([, path]) => path);
  assert.equal(all, "M0.50 28V0.00H31.50V28ZM64.50 28V14.00H95.50V28Z");
  assert.equal(selected, "M0.50 28V14.00H31.50V28Z");
  assert.equal(barsSvg({}), "");
  assert.match(barsSvg({ bars: [0, 0] }), /d=""/);
});

test("a part of the rows is never said to be all or none of them", () => {
  const said = [0, 1, 12, 499, 999, 1000].map((count) => share(count, 1000));
  assert.deepEqual(said, ["0 %", "0.1 %", "1.2 %", "50 %", "99 %", "100 %"]);
  assert.equal(share(1, 100_000), "< 0.1 %");
  assert.equal(share(0, 0), "0 %");
});

test("a name is switched on in its place, and off", () => {
  const all = ["a", "b", "c", "d"];
  assert.deepEqual(switched(["a", "d"], "c", all), ["a", "c", "d"]);
  assert.deepEqual(switched(["d"], "a", all), ["a", "d"]);
  assert.deepEqual(switched(["a"], "b", all), ["a", "b"]);
  assert.deepEqual(switched(["a", "b"], "a", all), ["b"]);
});
