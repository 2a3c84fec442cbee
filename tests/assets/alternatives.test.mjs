// What a measure or a time may be beside what its control shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  missingOf,
  spansOf,
  spanText,
  withMissing,
  withOthers,
  withoutSpan,
} from "../../assets/scripts/alternatives.mjs";

test("a span is said as people say it", () => {
  const said = ["16..19", "..0", "5..", "2013-02", "6..6", "~none"].map(spanText);
  assert.deepEqual(said, ["16 – 19", "up to 0", "from 5", "2013-02", "6", "nothing"]);
});

test("other spans stand beside what is asked of missing values", () => {
  assert.deepEqual(spansOf(["6..9", "~missing"]), ["6..9"]);
  assert.equal(missingOf(["6..9", "~missing"]), "~missing");
  assert.equal(missingOf(["6..9"]), "");
  assert.deepEqual(withMissing(["6..9", "~missing"], ""), ["6..9"]);
  assert.deepEqual(withMissing(["6..9"], "~missing"), ["6..9", "~missing"]);
  assert.deepEqual(withMissing(["~missing"], "~present"), ["~present"]);
});

test("of a column that may be nothing else nothing is said", () => {
  assert.deepEqual(withOthers({ a: ["1..2"] }, "b", ["..3"]), { a: ["1..2"], b: ["..3"] });
  assert.deepEqual(withOthers({ a: ["1..2"] }, "a", []), {});
});

test("missing values that stood beside a span go with it, those beside another one stay", () => {
  assert.deepEqual(withoutSpan(["~missing"], true), ["~missing"]);
  assert.deepEqual(withoutSpan(["~missing"], false), []);
  assert.deepEqual(withoutSpan(["6..9", "~missing"], false), ["6..9", "~missing"]);
  assert.deepEqual(withoutSpan(["~present"], false), ["~present"]);
});
