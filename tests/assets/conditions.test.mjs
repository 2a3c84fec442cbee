import assert from "node:assert/strict";
import { test } from "node:test";
import {
  conditionOf,
  leavesOut,
  partsAsked,
  turned,
  valueIn,
  valueText,
  withCondition,
  withValue,
  words,
} from "../../assets/scripts/conditions.mjs";
import { offered, stepped, valuesAddress } from "../../assets/scripts/suggestions.mjs";

// value, the condition that lets it in, the one that leaves it out
const SPELLED = [
  ["LAX", "LAX", "~not:LAX"],
  ["", "", "~not:"],
  ["~odd", "~~odd", "~not:~~odd"],
  [null, "~missing", "~present"],
];

test("a value is let in or left out as an address says it", () => {
  for (const [value, inside, outside] of SPELLED) {
    assert.equal(conditionOf(value, false), inside);
    assert.equal(conditionOf(value, true), outside);
    assert.deepEqual(valueIn(inside), { value, out: false });
    assert.deepEqual(valueIn(outside), { value, out: true });
  }
  for (const other of ["~none", "~has:LAX", "~starts:n1"]) assert.equal(valueIn(other), null);
});

test("the switch turns values and nothing else, and back", () => {
  const inside = ["LAX", "~missing", "~starts:n1", "~none"];
  const outside = ["~not:LAX", "~present", "~starts:n1", "~none"];
  assert.deepEqual(turned(inside, true), outside);
  assert.deepEqual(turned(outside, false), inside);
  assert.equal(leavesOut(outside), true);
  assert.equal(leavesOut(inside), false);
});

test("a value is added once, and ends that nothing is chosen", () => {
  assert.deepEqual(withValue([], "LAX", false), ["LAX"]);
  assert.deepEqual(withValue(["LAX", "SFO"], "LAX", false), ["SFO", "LAX"]);
  assert.deepEqual(withValue(["LAX"], null, true), ["~not:LAX", "~present"]);
  assert.deepEqual(withValue(["~none", "~has:a"], 7, false), ["~has:a", "7"]);
});

test("conditions are said in words", () => {
  const said = ["LAX", "~not:LAX", "~present", "~missing", "", "~starts:n1", "~has:%", "~none"];
  assert.deepEqual(said.map(words), [
    "LAX",
    "not LAX",
    "not (missing)",
    "(missing)",
    "(empty)",
    "begins with “n1”",
    "contains “%”",
    "nothing",
  ]);
  const values = [" a b\n", "(missing)", "x\r\ny", "a\tb", "\u202eabc", "\ufeffa\u200d"];
  assert.deepEqual(values.map(valueText), [
    "␣a b↵",
    "“(missing)”",
    "x↵y",
    "a⇥b",
    "⟨202E⟩abc",
    "⟨FEFF⟩a\u200d",
  ]);
});

test("values are asked for under the query without its order and page", () => {
  assert.equal(
    valuesAddress("a&b", "x y", "carrier=UA&sort=-x&by=carrier&.page=2&page=3"),
    "values/?column=a%26b&search=x+y&per_page=8&carrier=UA&.page=2",
  );
  assert.equal(valuesAddress("dest", "", ""), "values/?column=dest&per_page=8");
});

test("arrows go round, and past the end to none", () => {
  assert.deepEqual(
    [-1, 0, 1, 2].map((place) => stepped(place, 1, 3)),
    [0, 1, 2, -1],
  );
  assert.deepEqual(
    [-1, 0, 1, 2].map((place) => stepped(place, -1, 3)),
    [2, -1, 0, 1],
  );
});

test("what is typed may be part of a text too, beside the values that it finds", () => {
  assert.deepEqual(partsAsked(" N1 "), ["~has:N1", "~starts:N1"]);
  assert.deepEqual(partsAsked(" "), []);
  assert.deepEqual(withCondition(["~none", "~has:N1"], "~starts:N1"), ["~has:N1", "~starts:N1"]);
  assert.deepEqual(withCondition(["~starts:N1", "LAX"], "~starts:N1"), ["LAX", "~starts:N1"]);
  assert.deepEqual(offered([{ value: "N14228", count: 2 }], "N1"), [
    { words: "N14228", value: "N14228", count: 2 },
    { words: "contains “N1”", condition: "~has:N1" },
    { words: "begins with “N1”", condition: "~starts:N1" },
  ]);
  assert.deepEqual(offered([], "N1"), []);
});
