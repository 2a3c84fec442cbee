import assert from "node:assert/strict";
import { test } from "node:test";
import { periodOf, saidOfTimes, timeOf } from "../../assets/scripts/times.mjs";

test("a time is as coarse as wanted", () => {
  const times = ["2013", "2013-02", "2012-02-29", "2013-02-14T09", "2013-02-14 09:30:15.25Z"];
  for (const text of times) assert.equal(timeOf(` ${text} `, "zone"), text);
});

test("what is no time is not asked for", () => {
  const others = ["", null, "yesterday", "2013-13", "2013-02-29", "13-02-14", "2013-02-14T24"];
  for (const text of [...others, "0000", "2013-2-1"]) assert.equal(timeOf(text, "zone"), "");
});

test("a period whose end is before its beginning is said, and not asked for", () => {
  assert.deepEqual(periodOf("2013-02", " 2013", "zone"), ["2013-02", "2013"]);
  assert.deepEqual(periodOf("2013-03", "2013-02-28", "zone"), ["", ""]);
  assert.deepEqual(periodOf("nonsense", "2013", "zone"), ["", "2013"]);
  assert.equal(saidOfTimes(["2013-03", "2013-02-28"], "zone"), "2013-03 is later than 2013-02-28.");
});

test("the first text that is no time is named", () => {
  assert.equal(saidOfTimes(["2013", ""], "zone"), "");
  assert.match(saidOfTimes(["2013", "2013-02-30"], "zone"), /^“2013-02-30” is no such time; write/);
});

test("a column of days has no hours, and a clock of no zone no offset", () => {
  assert.equal(timeOf("2013-02-14", "day"), "2013-02-14");
  assert.equal(timeOf("2013-02-14T09", "day"), "");
  assert.equal(timeOf("2013-02-14T09:30", "clock"), "2013-02-14T09:30");
  for (const text of ["2013-02-14T09:30Z", "2013-02-14 09+01:00"]) {
    assert.equal(timeOf(text, "clock"), "");
    assert.equal(timeOf(text, "zone"), text);
  }
});
