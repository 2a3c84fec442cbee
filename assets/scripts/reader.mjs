// How the reader of this page writes numbers and days: the server says it in the document's first line.

/**
 * As `Locale` in query/locale.py: what parts thousands and decimals, digits of the groups before the
 * last, digits from which on there are groups, and a day as `strftime` writes it.
 * @typedef {{ tag: string, group: string, point: string, second: number, least: number, day: string }} Reader
 */

/** How English is written, and this page's own texts before they are read. @type {Reader} */
export const ENGLISH = {
  tag: "en",
  group: ",",
  point: ".",
  second: 3,
  least: 4,
  day: "%Y-%m-%d",
};

/** @type {Reader | undefined} */
let known;

/** Return how the reader writes. @returns {Reader} */
export function reader() {
  known ??= {
    ...ENGLISH,
    ...JSON.parse(globalThis.document?.documentElement.dataset.reader ?? "{}"),
  };
  return /** @type {Reader} */ (known);
}

/**
 * Return a text with numbers in it, written as in English, with the reader's marks.
 * @param {string} text
 * @param {Reader} [of]
 */
export function numberRead(text, { group, point, second, least } = reader()) {
  return text.replace(/(\d[\d,]*)(\.\d+)?/g, (_, /** @type {string} */ whole, decimals = "") => {
    const digits = whole.replaceAll(",", "");
    const groups = [digits.slice(-3)];
    for (let head = digits.slice(0, -3); head; head = head.slice(0, -second)) {
      groups.unshift(head.slice(-second));
    }
    const isParted = digits !== whole && digits.length >= least;
    return (isParted ? groups.join(group) : digits) + decimals.replace(".", point);
  });
}

/** @type {Map<string, Intl.NumberFormat>} one costs more to make than a thousand numbers to write */
const formats = new Map();

/** @param {Intl.NumberFormatOptions} [how] */
function formatOf(how) {
  const key = JSON.stringify(how ?? {});
  const known = formats.get(key) ?? new Intl.NumberFormat("en", how);
  formats.set(key, known);
  return known;
}

/**
 * Return a number as the reader writes it; a count without a format, which takes long to make.
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [how]
 * @param {Reader} [of]
 */
export function numberText(value, how, of = reader()) {
  const isCount = !how && Number.isSafeInteger(value) && value >= 0;
  const text = isCount
    ? String(value).replace(/\B(?=(\d{3})+$)/g, ",")
    : formatOf(how).format(value);
  return numberRead(text, of).replace("-", "−");
}

const ISO_DAY = /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](.+))?)?$/;

/**
 * Return a time as ISO 8601 writes it the reader's way; other texts as they are.
 * @param {string} text
 * @param {Reader} [of]
 */
export function timeRead(text, { day: form } = reader()) {
  const [, year, month, day, clock] = ISO_DAY.exec(text) ?? [];
  if (!year || form === ENGLISH.day) return text;
  const written = (day ? form : monthForm(form))
    .replace("%Y", year)
    .replace("%m", month)
    .replace("%d", day ?? "");
  return clock ? `${written} ${clock}` : written;
}

/**
 * Return a time that a reader has written as ISO 8601 writes it; other texts as they are.
 * @param {string} text
 * @param {Reader} [of]
 */
export function isoOf(text, { day: form } = reader()) {
  if (form === ENGLISH.day) return text;
  for (const one of [form, monthForm(form)]) {
    const order = [...one.matchAll(/%([Ymd])/g)].map(([, part]) => part);
    const written = one
      .replace(/[.]? /g, "$&?")
      .replace(/[.\-/]/g, "\\$&")
      .replace("%Y", "(\\d{4})")
      .replace(/%[md]/g, "(\\d\\d?)")
      .replace(/ /g, "\\s?");
    const found = new RegExp(`^${written}(?:[T ,]+(\\d.*))?$`).exec(text);
    if (!found) continue;
    const parts = Object.fromEntries(order.map((part, i) => [part, found[i + 1].padStart(2, "0")]));
    const clock = found[order.length + 1];
    const date = [parts.Y, parts.m, parts.d].filter(Boolean).join("-");
    return clock ? `${date} ${clock}` : date;
  }
  return text;
}

/** @param {string} form */
const monthForm = (form) => form.replace(/%d[^%]*/, "").replace(/[ ./-]+$/, "");

/**
 * Return how Plotly is to write numbers and days: its settings, of which English needs none.
 * @param {Reader} [of]
 */
export function plotConfig({ tag, group, point, second, day } = reader()) {
  const isDayFirst = !day.startsWith("%Y") && !day.startsWith("%m");
  const isEnglish = tag === ENGLISH.tag;
  const days = isDayFirst
    ? { dayMonth: "%-d %b", dayMonthYear: "%-d %b %Y" }
    : { dayMonth: "%b %-d", dayMonthYear: "%b %-d, %Y" };
  const format = {
    decimal: point,
    thousands: group,
    grouping: [3, ...Array(5).fill(second)],
    date: day,
    ...days,
  };
  return isEnglish ? {} : { locale: tag, locales: { [tag]: { dictionary: {}, format } } };
}
