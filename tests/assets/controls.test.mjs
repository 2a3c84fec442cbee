import assert from "node:assert/strict";
import { test } from "node:test";
import { Asking } from "../../assets/scripts/asking.mjs";
import { Controls, conditionsOf, ticksOf } from "../../assets/scripts/controls.mjs";

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

const STATE = { ranges: { x: [1, 2], y: [0, 9] }, times: {}, others: {}, page: 0 };

/**
 * Return the spans that are asked for once the slider of `x` was moved.
 * @param {object} state what was asked for before
 * @param {{ page: number | null, unanswered: string | null }} address
 */
function askedAfter(state, address = { page: null, unanswered: null }) {
  /** @type {unknown[]} */
  const sent = [];
  const asking = new Asking({ send: ({ ranges }) => sent.push(ranges), settled: () => {} });
  asking.adopt(/** @type {never} */ (state));
  const controls = new Controls(asking, /** @type {never} */ (address), /** @type {never} */ ({}));
  controls.slid("x", ["1.5", "9007199254740993"]);
  controls.slid("no", ["1", "2"]);
  return sent;
}

test("what a slider was moved to is asked at once, before its boxes say it", () => {
  assert.deepEqual(askedAfter(STATE), [{ x: [1.5, "9007199254740993"], y: [0, 9] }]);
});

test("where more than the span changes with it, Dash is waited for", () => {
  assert.deepEqual(askedAfter({ ...STATE, page: 2 }), []);
  assert.deepEqual(askedAfter({ ...STATE, others: { x: ["5.."] } }), []);
  assert.deepEqual(askedAfter(STATE, { page: 1, unanswered: null }), []);
  assert.deepEqual(askedAfter(STATE, { page: null, unanswered: "?x=1" }), []);
});
