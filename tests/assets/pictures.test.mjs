import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, pictureSvg } from "../../assets/scripts/pictures.mjs";

const PICTURE = {
  chart: '<svg id="drawn"/>',
  width: 400,
  height: 200,
  title: "Mean per <species>",
  query: "97 of 150 flowers · Petal length up to 4.5 cm",
  key: [
    { glyph: "●", colour: "rgb(0, 114, 178)", words: "setosa, n = 50" },
    { glyph: "◆", colour: "rgb(191, 76, 0)", words: "versicolor, n = 47" },
  ],
  note: "",
  source: "Iris, http://127.0.0.1/?a=1&b=2",
  colours: { ink: "#111", quiet: "#555", paper: "#fff" },
};

test("a picture says title, filters, key and source, and is as high as they need", () => {
  const { svg, width, height } = pictureSvg(PICTURE);
  for (const text of [
    ">Mean per &#60;species&#62;</text>",
    ">97 of 150 flowers · Petal length up to 4.5 cm</text>",
    '<tspan fill="rgb(0, 114, 178)">●</tspan> setosa, n = 50</text>',
    '<tspan fill="rgb(191, 76, 0)">◆</tspan> versicolor, n = 47</text>',
    ">Iris, http://127.0.0.1/?a=1&#38;b=2</text>",
    '<svg id="drawn"/>',
  ]) {
    assert.ok(svg.includes(text), text);
  }
  assert.equal(width, 400);
  // 16 of edge, two lines, 6, the chart, a line of key, one of source, 8.
  assert.equal(height, 16 + 2 * 18 + 6 + 200 + 18 + 18 + 8);
});

test("a key that is too long for a line has more", () => {
  const long = { ...PICTURE, key: Array(8).fill(PICTURE.key[1]) };
  assert.ok(pictureSvg(long).height > pictureSvg(PICTURE).height + 2 * 18);
});

test("long texts have lines, long words pieces", () => {
  assert.deepEqual(linesOf("one two three", 8), ["one two", "three"]);
  assert.deepEqual(linesOf("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
  assert.deepEqual(linesOf("", 8), []);
});
