import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionsOf, ticksOf } from "../../assets/scripts/controls.mjs";

test("what is in the box of a text stands behind what else is asked of it", () => {
  assert.deepEqual(conditionsOf([], "Star"), ["~has:Star"]);
  assert.deepEqual(conditionsOf(["~not:LAX"], " a "), ["~not:LAX", "~has: a "]);
  assert.deepEqual(conditionsOf(["~not:LAX"], " "), ["~not:LAX"]);
  assert.deepEqual(conditionsOf([], null), []);
});

test("of many values what is ticked is let in, or left out", () => {
  assert.deepEqual(ticksOf(["a", "~missing"], false), ["a", "~missing"]);
  assert.deepEqual(ticksOf(["a", "~missing"], true), ["~not:a", "~not:~missing"]);
});
