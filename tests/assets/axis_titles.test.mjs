import assert from "node:assert/strict";
import { test } from "node:test";
import { fitTitles, mostThatFit, shortened } from "../../assets/scripts/axis_titles.mjs";

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

test("a title is measured once for the room that it has, and anew where Plotly has drawn it whole", () => {
  let measured = 0;
  const title = {
    children: [],
    dataset: {},
    textContent: "Sepal length",
    getAttribute: () => "xtitle",
    getComputedTextLength() {
      measured += 1;
      return this.textContent.length * 7;
    },
  };
  const axis = { _length: 84 };
  const chart = { _fullLayout: { xaxis: axis }, querySelectorAll: () => [title] };
  const fit = () => {
    measured = 0;
    fitTitles(chart);
    return [title.textContent, title.dataset.letters, measured];
  };
  assert.deepEqual(fit(), ["Sepal length", undefined, 1]);
  assert.deepEqual(fit(), ["Sepal length", undefined, 0]);
  axis._length = 63;
  assert.deepEqual(fit(), ["Sepal…gth", "9", 2]);
  assert.deepEqual(fit(), ["Sepal…gth", "9", 0]);
  title.textContent = "Sepal length";
  assert.deepEqual(fit(), ["Sepal…gth", "9", 2]);
  axis._length = 84;
  title.textContent = "Sepal length";
  assert.deepEqual(fit(), ["Sepal length", undefined, 1]);
});
