import assert from "node:assert/strict";
import { test } from "node:test";
import {
  filled,
  lastDay,
  onClock,
  stopsAt,
  textsAt,
  wholeStops,
} from "../../assets/scripts/periods.mjs";

/** Four days; the second is the first of a month, the last the last of it. */
const DAYS = {
  firsts: ["2013-01-31", "2013-02", "2013-02-02", "2013-02-03"],
  lasts: ["2013-01", "2013-02-01", "2013-02-02", "2013-02-03"],
  grain: "clock",
  zone: "",
};
const HOURS = { firsts: ["09", "10", "11"], lasts: ["09", "10", "11"], grain: "hours", zone: "" };

test("a text names moments from its first to its last", () => {
  assert.equal(filled("2013-02", 0, "clock"), "2013-02-01T00:00:00.000000");
  assert.equal(filled("2013-02-14 09", 1, "clock"), "2013-02-14T09:59:59.999999");
  assert.equal(filled("09:30", 0, "hours"), "09:30:00.000000");
});

test("a period has the stops that it begins and ends with, or ends within one", () => {
  assert.deepEqual(wholeStops(DAYS, ["2013-02", "2013-02-02"]), [1, 2]);
  assert.deepEqual(wholeStops(DAYS, ["2013-01-31", "2013-01-31"]), [0, 0]); // "2013-01" ends so
  assert.equal(wholeStops(DAYS, ["2013-01", "2013-02-02"]), null);
  assert.equal(wholeStops(DAYS, ["2013-02-01", "2013-02-02T11"]), null);
  assert.deepEqual(wholeStops(HOURS, ["10", "11"]), [1, 2]);
  assert.equal(wholeStops(HOURS, ["10", "11:30"]), null);
});

test("a month and a year end with their last day", () => {
  const texts = ["2013-02", "2012-02", "2013-04", "2013", "2013-04-03", "2013-04-03T10"];
  const days = ["2013-02-28", "2012-02-29", "2013-04-30", "2013-12-31", ...texts.slice(4)];
  assert.deepEqual(texts.map(lastDay), days);
});

test("a thumb stands on the stop that its text lies in", () => {
  for (const [texts, at] of [
    [
      ["", ""],
      [0, 3],
    ],
    [
      ["2013-02", "2013-02"],
      [1, 3],
    ],
    [
      ["2013", "2013-01"],
      [0, 0],
    ],
    [
      ["2013-02-02T09:30", "2013-02-02 10"],
      [2, 2],
    ],
    [
      ["1969-12-31", "2030"],
      [0, 3],
    ],
    [
      ["nonsense", "2013-02-01"],
      [0, 1],
    ],
    [
      ["2014", "2012"],
      [3, 0],
    ],
  ]) {
    assert.deepEqual(stopsAt(DAYS, texts), at, texts.join(" "));
  }
  assert.deepEqual(stopsAt(HOURS, ["09:59", "10"]), [0, 1]);
});

test("a thumb that moves writes its box, and no other", () => {
  const exact = ["2013-02-01T09:30", ""];
  assert.deepEqual(textsAt(DAYS, [1, 2], exact), ["2013-02-01T09:30", "2013-02-02"]);
  assert.deepEqual(textsAt(DAYS, [2, 3], exact), ["2013-02-02", ""]);
  assert.deepEqual(textsAt(DAYS, [0, 3], ["2013-02", "2013-02-01"]), ["", ""]);
  assert.deepEqual(textsAt(DAYS, [1, 1], ["", ""]), ["2013-02", "2013-02-01"]);
  assert.deepEqual(textsAt(DAYS, [3, 3], ["2013-02-02", ""]), ["2013-02-03", ""]);
});

test("where one text is later than the other both thumbs write", () => {
  assert.deepEqual(textsAt(DAYS, [1, 2], ["2013-02-03", "2013-02-01"]), ["2013-02", "2013-02-02"]);
});

test("an offset is read on the column's own clock", () => {
  // New York is five hours behind in winter, and four from March on; Kolkata half an hour off.
  assert.equal(onClock("2013-02-14T09:30Z", "America/New_York"), "2013-02-14T04:30");
  assert.equal(onClock("2013-07-14 01+02:00", "America/New_York"), "2013-07-13T19");
  assert.equal(onClock("2013-07-14T01:15:30+0530", "Asia/Kolkata"), "2013-07-14T01:15:30");
  assert.equal(onClock("2013-02-14T09", "Asia/Kolkata"), "2013-02-14T09");
  assert.equal(onClock("2013-02", "Asia/Kolkata"), "2013-02");
  const zoned = { ...DAYS, grain: "zone", zone: "America/New_York" };
  assert.deepEqual(stopsAt(zoned, ["2013-02-02T04:59Z", "2013-02-02T05Z"]), [1, 2]);
});
