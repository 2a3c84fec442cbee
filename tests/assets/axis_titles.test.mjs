import assert from "node:assert/strict";
import { test } from "node:test";
import { mostThatFit, shortened } from "../../assets/scripts/axis_titles.mjs";

test("a long text loses its middle, an entity is one letter", () => {
  assert.equal(shortened("Sepal length", 12), "Sepal length");
  assert.equal(shortened("Sepal length in centimetres", 12), "Sepal l…tres");
  assert.equal(shortened("a &lt; b and &lt; c", 9), "a &lt; b…&lt; c");
});

test("as many letters as fit", () => {
  const wide = (/** @type {number} */ letters) => letters * 7;
  assert.equal(mostThatFit(12, 84, wide), 12);
  assert.equal(mostThatFit(12, 83, wide), 11);
  assert.equal(mostThatFit(100, 70, wide), 10);
  assert.equal(mostThatFit(3, 1, wide), 3, "what is short already stays");
  assert.equal(mostThatFit(100, 1, wide), 4, "the beginning always stands");
});
