// Titles of axes that are longer than their axis are shortened to what fits, on the page and in pictures.

import { all } from "./dom.mjs";

const LETTER = /&#?\w+;|./gsu; // an entity, as a figure has it, is one letter
const FEWEST = 4;

/**
 * Return a text without what is in the middle of a long one.
 * @param {string} text
 * @param {number} most how many letters it may have
 */
export function shortened(text, most) {
  const letters = text.match(LETTER) ?? [];
  if (letters.length <= most) return text;
  const last = Math.floor(most / 3);
  return [...letters.slice(0, most - last - 1), "…", ...letters.slice(letters.length - last)].join(
    "",
  );
}

/**
 * Return how many letters of a text fit.
 * @param {number} letters
 * @param {number} room in pixels
 * @param {(letters: number) => number} width of the text with so many letters
 */
export function mostThatFit(letters, room, width) {
  let most = letters;
  while (most > FEWEST) {
    const long = width(most);
    if (long <= room) break;
    most = Math.max(FEWEST, Math.min(most - 1, Math.floor((most * room) / long)));
  }
  return most;
}

/** @type {WeakMap<Element, { text: string, room: number }>} what each title showed in how much room */
const fitted = new WeakMap();

/**
 * Shorten a chart's titles of axes in the page.
 * @param {Chart} chart
 */
export function fitTitles(chart) {
  for (const [axis, title] of titlesOf(chart)) {
    const whole = title.textContent ?? "";
    const room = chart._fullLayout[axis]?._length;
    // A chart that is painted over keeps its titles; one that is drawn has them whole again. To
    // measure one that stands would lay out the page anew at each step.
    const known = fitted.get(title);
    const isFitted = known?.text === whole && (title.dataset.letters || known.room === room);
    if (!room || title.children.length || isFitted) continue;
    const letters = whole.match(LETTER)?.length ?? 0;
    const most = mostThatFit(letters, room, (count) => {
      const text = shortened(whole, count);
      if (title.textContent !== text) title.textContent = text;
      return title.getComputedTextLength();
    });
    delete title.dataset.letters;
    if (most < letters) title.dataset.letters = String(most);
    fitted.set(title, { text: title.textContent ?? "", room });
  }
}

/**
 * Return a chart's layout with its titles as they stand in the page.
 * @param {Chart} chart
 */
export function layoutAsShown(chart) {
  const layout = /** @type {Record<string, any>} */ ({ ...chart.layout });
  for (const [axis, { dataset }] of titlesOf(chart)) {
    if (!dataset.letters) continue;
    const { title } = layout[axis];
    const text = shortened(title.text, Number(dataset.letters));
    layout[axis] = { ...layout[axis], title: { ...title, text } };
  }
  return layout;
}

/**
 * Return the titles of a chart's axes, each with the axis's key in a layout.
 * @param {Chart} chart
 * @returns {[string, SVGTextElement][]}
 */
function titlesOf(chart) {
  const titles = all(".infolayer text:is([class^=x], [class^=y])", chart);
  return titles.flatMap((element) => {
    const title = /** @type {SVGTextElement} */ (/** @type {unknown} */ (element));
    const found = /^([xy])(\d*)title\b/.exec(title.getAttribute("class") ?? "");
    return found ? [[`${found[1]}axis${found[2]}`, title]] : [];
  });
}
