import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = /** @type {any} */ ({ dash_clientside: {} });
const { periodOfBox } = await import("../../assets/scripts/charts.mjs");

test("a box over units bounds those whose points lie in it", () => {
  const months = ["2013-01", "2013-02", "2013-03", "2013-04"];
  const units = { time: "t", from: months, until: months };
  const cases = /** @type {[string[], string[]][]} */ ([
    [
      ["2013-01-15 10:00:00.5", "2013-03-02"],
      ["2013-02", "2013-03"],
    ],
    [
      ["2013-04-20", "2013-02-01"],
      ["2013-02", "2013-04"],
    ],
    [
      ["2013-02-10", "2013-02-20 12:00"],
      ["2013-02", "2013-02"],
    ],
    [
      ["2012-01-01", "2012-02-01"],
      ["2013-01", "2013-01"],
    ],
    [
      ["2013-05-01", "2014-01-01"],
      ["2013-04", "2013-04"],
    ],
  ]);
  for (const [box, wanted] of cases) assert.deepEqual(periodOfBox(units, box), wanted);
});

test("a week ends with its Sunday", () => {
  const units = {
    time: "t",
    from: ["2012-12-31", "2013-01-07"],
    until: ["2013-01-06", "2013-01-13"],
  };
  assert.deepEqual(periodOfBox(units, ["2013-01-05", "2013-01-08"]), ["2013-01-07", "2013-01-13"]);
});
