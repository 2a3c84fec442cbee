// What a chip says while its slider is dragged: as tests/query/test_words.py has it of the answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { phraseOf } from "../../assets/scripts/live_chips.mjs";

const MEASURED = { texts: ["\u22121.0", "\u22120.5", "0.0", "0.5", "0.5", "1.0"] };
const MONTHS = {
  firsts: ["2012-11", "2012-12", "2013", "2013-02", "2013-03"],
  lasts: ["2012-11", "2012", "2013-01", "2013-02", "2013-03"],
};
const DAYS = {
  firsts: ["2012-02-27", "2012-02-28", "2012-02-29", "2012-03", "2012-03-02"],
  lasts: ["2012-02-27", "2012-02-28", "2012-02", "2012-03-01", "2012-03-02"],
};
const CLOCK = {
  firsts: ["09", "09:30", "10", "10:30"],
  lasts: ["09:29", "09", "10:29", "10"],
  ofDay: true,
};
const ZONED = {
  firsts: ["2013-11-03", "2013-11-03T01-04:00", "2013-11-03T01-05:00", "2013-11-03T02"],
  lasts: ["2013-11-03T00", "2013-11-03T01-04:00", "2013-11-03T01-05:00", "2013-11-03T02"],
};

test("a chip says what its slider lets in", () => {
  for (const [words, stops, expected] of [
    [MEASURED, [0, 5], null],
    [MEASURED, [1, 5], "from \u22120.5"],
    [MEASURED, [0, 2], "up to 0.0"],
    [MEASURED, [2, 3], "0.0 \u2013 0.5"],
    [MEASURED, [1, 2], "\u22120.5 to 0.0"],
    [MEASURED, [3, 4], "0.5"],
    [MONTHS, [0, 4], null],
    [MONTHS, [2, 4], "from 2013"],
    [MONTHS, [0, 1], "up to 2012"],
    [MONTHS, [1, 2], "2012-12 \u2013 2013-01"],
    [MONTHS, [2, 3], "2013-01 \u2013 2013-02"],
    [MONTHS, [3, 3], "2013-02"],
    [DAYS, [1, 2], "2012-02-28 \u2013 2012-02-29"],
    [DAYS, [3, 3], "2012-03-01"],
    [DAYS, [2, 3], "2012-02-29 \u2013 2012-03-01"],
    [CLOCK, [1, 2], "09:30 \u2013 10:29"],
    [CLOCK, [2, 2], "10:00 \u2013 10:29"],
    [ZONED, [1, 2], "2013-11-03T01-04:00 \u2013 2013-11-03T01-05:00"],
  ]) {
    const last = (words.texts ?? words.firsts).length - 1;
    assert.equal(
      phraseOf(words, stops, last, (text) => text),
      expected,
      `${stops}`,
    );
  }
});
