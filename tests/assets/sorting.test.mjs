import assert from "node:assert/strict";
import { test } from "node:test";
import { nextSort } from "../../assets/scripts/sorting.mjs";

/** @param {string} text such as "a -b" */
const order = (text) =>
  text
    .split(" ")
    .filter(Boolean)
    .map((one) => ({
      column_id: one.replace("-", ""),
      direction: one.startsWith("-") ? "desc" : "asc",
    }));

for (const [before, column, add, after] of [
  ["", "a", false, "a"],
  ["a", "a", false, "-a"],
  ["-a", "a", false, ""],
  ["a", "b", false, "b"],
  ["a -b", "b", false, "b"],
  ["a", "b", true, "a b"],
  ["a b", "a", true, "-a b"],
  ["-a b", "a", true, "b"],
  ["", "a", true, "a"],
]) {
  test(`${before || "nothing"}, then ${add ? "Shift and " : ""}${column}: ${after}`, () => {
    assert.deepEqual(nextSort(order(before), column, add), order(after));
  });
}
