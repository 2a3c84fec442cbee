import assert from "node:assert/strict";
import { test } from "node:test";
import { gathered, periodsBetween, unitsBetween } from "../../assets/scripts/live_units.mjs";

const upTo = (count, of = (at) => at) => Array.from({ length: count }, (_, at) => of(at));
const told = (unit, first, more = {}) => ({ unit, first, from: [], ...more });
const parted = (unit, first, last) => ({ unit, first, last });

test("units are those of which nearest to 120 lie between the stops, and 30 to 400", () => {
  const weeks = told(
    "week",
    upTo(365, (day) => Math.floor(day / 7)),
  );
  const units = [
    told(
      "year",
      upTo(365, () => 0),
    ),
    weeks,
    told("day", upTo(365)),
  ];
  assert.equal(unitsBetween(units, [0, 364])?.unit, "week", "53 weeks are nearer than 365 days");
  assert.equal(unitsBetween(units, [0, 203])?.unit, "day", "29 weeks are too few");
  assert.equal(unitsBetween(units, [10, 29])?.unit, "day", "of too few all the finest");
});

test("hours are finer than a stop: the days are drawn until the answer brings them", () => {
  const hours = parted(
    "hour",
    upTo(20, (day) => day * 24),
    upTo(20, (day) => day * 24 + 23),
  );
  const units = [
    told(
      "week",
      upTo(20, (day) => Math.floor(day / 7)),
    ),
    told("day", upTo(20)),
    hours,
  ];
  assert.equal(unitsBetween(units, [0, 9])?.unit, "day");
});

test("months part weeks, so that stops do not tell them", () => {
  const month = (week) => Math.floor(week / 4.4);
  const months = parted(
    "month",
    upTo(400, month),
    upTo(400, (week) => month(week + 1)),
  );
  const units = [months, told("week", upTo(400))];
  assert.equal(unitsBetween(units, [0, 399]), null);
  assert.equal(unitsBetween(units, [0, 99])?.unit, "week");
  assert.equal(unitsBetween([months], [0, 99]), null);
  assert.equal(unitsBetween([], [0, 0]), null);
});

const HALVES = {
  unit: "half",
  first: [0, 0, 1, 1, 2],
  from: ["a", "c", "e"],
  until: ["b", "d", "f"],
  hover: "%H",
  cut: /** @type {[number[], number[]]} */ ([
    [1, 3],
    [0, 2, 4],
  ]),
};

test("what is said of the units between two stops: counts are cut short there, means are not", () => {
  assert.deepEqual(periodsBetween(HALVES, [1, 3], true), {
    from: ["a", "c"],
    until: ["b", "d"],
    cut: [true, false],
  });
  assert.deepEqual(periodsBetween(HALVES, [2, 4], true).cut, [false, true]);
  assert.deepEqual(periodsBetween(HALVES, [1, 3], false).cut, [false, false]);
  assert.deepEqual(periodsBetween(HALVES, [1, 1], true).cut, [false, false], "one unit alone");
});

test("stops are put into units, line by line", () => {
  const own = [1, 10, 2, 20, 3, 30, 4, 40, 5, 50]; // of each stop two lines
  assert.deepEqual([...gathered(own, 2, HALVES, [0, 4])], [3, 7, 5, 30, 70, 50]);
  assert.deepEqual([...gathered(own, 2, HALVES, [1, 2])], [2, 3, 20, 30]);
});
