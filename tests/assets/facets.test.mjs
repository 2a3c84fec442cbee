import assert from "node:assert/strict";
import { test } from "node:test";
import { foldedAway, picked, plain } from "../../assets/scripts/facets.mjs";

const VALUES = ["a", "b", "c"];

test("a click picks a value alone, and all again if it was alone", () => {
  assert.deepEqual(picked(VALUES, VALUES, "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, ["a"], "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, ["b", "c"], "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, [], "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, ["b"], "b", false), VALUES);
});

test("of many values a pick of the only one ticks none, which lets all in", () => {
  assert.deepEqual(picked(VALUES, ["b"], "b", false, []), []);
  assert.deepEqual(picked(VALUES, [], "b", true, []), ["b"]);
});

test("of many values those beyond the first eight with rows are folded, unless they are ticked", () => {
  const value = (isTicked, hasRows) => ({ isTicked, hasRows });
  const many = [
    value(false, false),
    ...Array(10)
      .fill(0)
      .map(() => value(false, true)),
  ];
  assert.equal(foldedAway(many), 3);
  assert.equal(foldedAway([...many, value(true, false)]), 3);
  assert.equal(foldedAway(many.slice(0, 5)), 1);
});

test("with Shift it is added in the facet's order, or taken away", () => {
  assert.deepEqual(picked(VALUES, ["c"], "a", true), ["a", "c"]);
  assert.deepEqual(picked(VALUES, ["c", "a"], "a", true), ["c"]);
  assert.deepEqual(picked(VALUES, ["a"], "a", true), []);
  assert.deepEqual(picked(VALUES, [], "a", true), ["a"]);
});

test("a search knows no accents, capitals and spaces around", () => {
  assert.equal(plain("  Éclair Ångström "), "eclair angstrom");
  assert.equal(plain("naïve"), plain("NAI\u0308VE"));
  assert.equal(plain(null), "");
});
