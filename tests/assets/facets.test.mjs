import assert from "node:assert/strict";
import { test } from "node:test";
import { picked, plain } from "../../assets/scripts/facets.mjs";

const VALUES = ["a", "b", "c"];

test("a click picks a value alone, and all again if it was alone", () => {
  assert.deepEqual(picked(VALUES, VALUES, "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, ["a"], "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, ["b", "c"], "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, [], "b", false), ["b"]);
  assert.deepEqual(picked(VALUES, ["b"], "b", false), VALUES);
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
