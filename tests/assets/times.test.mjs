import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, periodOf, saidOfTimes, timeOf } from "../../assets/scripts/times.mjs";

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
  const before = ["2013-01", "2013-02-28"]; // stays until the other end is written too
  assert.deepEqual(periodOf("2013-03", "2013-02-28", "zone", before), before);
  assert.deepEqual(periodOf("nonsense", "2013", "zone"), ["", "2013"]);
  assert.equal(
    saidOfTimes(["2013-03", "2013-02-28"], "zone"),
    "2013-03 is later than 2013-02-28: change one of them.",
  );
});

test("the first text that is no time is named", () => {
  assert.equal(saidOfTimes(["2013", ""], "zone"), "");
  assert.match(saidOfTimes(["2013", "2013-02-30"], "zone"), /^“2013-02-30” is no such time; write/);
});

test("a time of day has hours and minutes, and no day", () => {
  for (const text of ["09", "23:59", "09:30:15.25"]) assert.equal(timeOf(text, "hours"), text);
  for (const text of ["24", "9:30", "2013-02-14", "09:60"]) assert.equal(timeOf(text, "hours"), "");
  assert.deepEqual(periodOf("09", "16:30", "hours"), ["09", "16:30"]);
  assert.equal(saidOfTimes(["16", "09"], "hours"), "16 is later than 09: change one of them.");
  assert.match(saidOfTimes(["2013"], "hours"), /write an hour or a minute: 09 or 09:30\.$/);
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

test("a calendar opens at the day that is written, or at the first", () => {
  const opened = ["2013", "2013-02", "2013-02-14T09", "", "x"].map((text) =>
    dayOf(text, "2012-01-05"),
  );
  assert.deepEqual(opened, ["2013-01-01", "2013-02-01", "2013-02-14", "2012-01-05", "2012-01-05"]);
});
