import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ENGLISH,
  isoOf,
  numberRead,
  numberText,
  plotConfig,
  timeRead,
} from "../../assets/scripts/reader.mjs";

const GERMAN = { ...ENGLISH, tag: "de", group: ".", point: ",", day: "%d.%m.%Y" };
const FRENCH = { ...ENGLISH, tag: "fr", group: "\u202f", point: ",", day: "%d/%m/%Y" };
const SWISS = { ...ENGLISH, tag: "de-CH", group: "’", day: "%d.%m.%Y" };
const HINDI = { ...ENGLISH, tag: "hi", second: 2, day: "%d/%m/%Y" };
const SPANISH = { ...ENGLISH, tag: "es", group: ".", point: ",", least: 5, day: "%d/%m/%Y" };
const CROATIAN = { ...ENGLISH, tag: "hr", group: ".", point: ",", day: "%d. %m. %Y." };
const HUNGARIAN = {
  ...ENGLISH,
  tag: "hu",
  group: "\u00a0",
  point: ",",
  least: 5,
  day: "%Y. %m. %d.",
};

test("numbers have the reader's marks", () => {
  for (const [reader, text, expected] of [
    [ENGLISH, "1,234.5", "1,234.5"],
    [GERMAN, "1,234.5", "1.234,5"],
    [GERMAN, "2013", "2013"],
    [GERMAN, "−0.25 – 12,345,678", "−0,25 – 12.345.678"],
    [FRENCH, "1,234,567.8", "1\u202f234\u202f567,8"],
    [SWISS, "336,776.25", "336’776.25"],
    [HINDI, "12,345,678", "1,23,45,678"],
    [HINDI, "1,234", "1,234"],
    [SPANISH, "1,234", "1234"],
    [SPANISH, "12,345", "12.345"],
  ]) {
    assert.equal(numberRead(text, reader), expected, `${reader.tag} ${text}`);
  }
  assert.equal(numberText(-1234.5, {}, GERMAN), "−1.234,5");
  assert.equal(numberText(-1234, undefined, GERMAN), "−1.234");
  assert.equal(numberText(1234.5, undefined, GERMAN), "1.234,5");
  assert.equal(numberText(12000, { notation: "compact" }, GERMAN), "12K");
});

test("a count is written without a format, which takes a frame to make", (t) => {
  t.mock.getter(Intl.NumberFormat.prototype, "format", () => assert.fail("a format is used"));
  for (const [reader, count, expected] of [
    [ENGLISH, 0, "0"],
    [ENGLISH, 999, "999"],
    [ENGLISH, 1000, "1,000"],
    [ENGLISH, 123456, "123,456"],
    [ENGLISH, 9007199254740991, "9,007,199,254,740,991"],
    [GERMAN, 336776, "336.776"],
    [HINDI, 10000000, "1,00,00,000"],
    [SPANISH, 1234, "1234"],
  ]) {
    assert.equal(numberText(count, undefined, reader), expected, `${reader.tag} ${count}`);
  }
});

test("times have the reader's order, and are read back in it and as ISO 8601", () => {
  for (const [reader, iso, expected] of [
    [ENGLISH, "2013-02-14", "2013-02-14"],
    [GERMAN, "2013-02-14", "14.02.2013"],
    [GERMAN, "2013-02", "02.2013"],
    [GERMAN, "2013-02-14 09:30", "14.02.2013 09:30"],
    [FRENCH, "2013-02-14", "14/02/2013"],
    [CROATIAN, "2013-02-14", "14. 02. 2013."],
    [CROATIAN, "2013-02", "02. 2013"],
    [HUNGARIAN, "2013-02-14 09:30", "2013. 02. 14. 09:30"],
    [HUNGARIAN, "2013-02", "2013. 02"],
    [GERMAN, "2013", "2013"],
  ]) {
    assert.equal(timeRead(iso, reader), expected, `${reader.tag} ${iso}`);
    assert.equal(isoOf(expected, reader), iso, `${reader.tag} ${expected}`);
    assert.equal(isoOf(iso, reader), iso, `${reader.tag} ${iso}`);
  }
  assert.equal(isoOf("1.2.2013", GERMAN), "2013-02-01");
  assert.equal(isoOf("14.2.2013, 9", GERMAN), "2013-02-14 9");
  assert.equal(isoOf("yesterday", GERMAN), "yesterday");
});

test("charts write as the reader does; English is their own", () => {
  assert.deepEqual(plotConfig(ENGLISH), {});
  const { locale, locales } = plotConfig(SWISS);
  assert.equal(locale, "de-CH");
  const { decimal, thousands, dayMonth } = locales["de-CH"].format;
  assert.deepEqual([decimal, thousands, dayMonth], [".", "’", "%-d %b"]);
});
