import assert from "node:assert/strict";
import { test } from "node:test";
import { keepOneStop, nextCell } from "../../assets/scripts/roving.mjs";

const all = () => true;

test("arrows lead to the next cell, and stay at the edge", () => {
  assert.deepEqual(nextCell("ArrowRight", [0, 0], [2, 3], all), [0, 1]);
  assert.deepEqual(nextCell("ArrowDown", [0, 1], [2, 3], all), [1, 1]);
  assert.deepEqual(nextCell("ArrowUp", [0, 1], [2, 3], all), [0, 1]);
  assert.deepEqual(nextCell("ArrowLeft", [1, 0], [2, 3], all), [1, 0]);
});

test("what is not there is passed", () => {
  const isThere = (row, column) => column !== 1 || row === 1;
  assert.deepEqual(nextCell("ArrowRight", [0, 0], [2, 3], isThere), [0, 2]);
  assert.deepEqual(nextCell("ArrowUp", [1, 1], [2, 3], isThere), [1, 1]);
});

test("Home and End lead to the ends of the row", () => {
  assert.deepEqual(nextCell("Home", [1, 1], [2, 3], all), [1, 0]);
  assert.deepEqual(nextCell("End", [1, 0], [2, 3], all), [1, 2]);
  assert.deepEqual(
    nextCell("End", [0, 0], [2, 3], (_, column) => column < 2),
    [0, 1],
  );
});

test("other keys lead nowhere", () => {
  assert.equal(nextCell("Enter", [0, 0], [1, 1], all), null);
});

test("one cell is a Tab stop: the one that was, else the first", () => {
  globalThis.document = { activeElement: null };
  const cell = (tabindex) => ({
    tabindex,
    getAttribute() {
      return this.tabindex;
    },
    setAttribute(_, value) {
      this.tabindex = value;
    },
  });
  const stops = (cells) => {
    keepOneStop(cells);
    return cells.map((one) => one.tabindex);
  };
  assert.deepEqual(stops([cell("-1"), cell("-1")]), ["0", "-1"]);
  assert.deepEqual(stops([cell("-1"), cell("0"), cell("0")]), ["-1", "0", "-1"]);
  const focused = cell("-1");
  globalThis.document = { activeElement: focused };
  assert.deepEqual(stops([cell("0"), focused]), ["-1", "0"]);
});
