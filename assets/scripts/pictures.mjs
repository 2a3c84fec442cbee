// A chart as a picture that explains itself: title, filters, the chart, its key, where it is from.

import { link } from "./address.mjs";
import { layoutAsShown } from "./axis_titles.mjs";
import { all, one } from "./dom.mjs";

const [EDGE, LINE] = [16, 18];
const LETTER = 6.8; // px of a letter of the small text, on average
const SCALE = 2;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** @typedef {{ glyph: string, colour: string, words: string }} KeyEntry */

/**
 * What a picture says; `chart` is an SVG of this width and height.
 * @typedef {object} Picture
 * @property {string} chart
 * @property {number} width
 * @property {number} height
 * @property {string} title
 * @property {string} query what was asked, in words
 * @property {KeyEntry[]} key
 * @property {string} note
 * @property {string} source
 * @property {{ ink: string, quiet: string, paper: string }} colours
 */

/** @param {string} text */
const escaped = (text) =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\P{C}\n\t]/gu, "");

/**
 * Return a text in lines of at most so many letters, a longer word in pieces.
 * @param {string} text
 * @param {number} most
 */
export function linesOf(text, most) {
  /** @type {string[]} */
  const lines = [];
  const words = text.split(/\s+/).filter(Boolean);
  for (const word of words.flatMap((one) => one.match(new RegExp(`.{1,${most}}`, "gu")) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < most)
      lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/**
 * Return a picture as SVG, with its width and height.
 * @param {Picture} picture
 */
export function pictureSvg(picture) {
  const { chart, width, height, title, query, key, note, source, colours } = picture;
  const most = Math.max(20, Math.floor((width - 2 * EDGE) / LETTER));
  let y = EDGE;
  /** @type {string[]} */
  const parts = [];
  const write = (/** @type {string} */ text, /** @type {string} */ look) => {
    for (const line of linesOf(text, most)) {
      y += LINE;
      parts.push(`<text x="${EDGE}" y="${y - 4}" ${look}>${escaped(line)}</text>`);
    }
  };
  write(title, `font-size="15" font-weight="600" fill="${colours.ink}"`);
  write(query, `font-size="12" fill="${colours.quiet}"`);
  y += 6;
  parts.push(`<g transform="translate(0,${y})">${chart}</g>`);
  y += height;
  let x = EDGE;
  if (key.length) y += LINE;
  for (const { glyph, colour, words } of key) {
    const room = (words.length + 3) * LETTER + EDGE;
    if (x > EDGE && x + room > width) {
      x = EDGE;
      y += LINE;
    }
    parts.push(
      `<text x="${x}" y="${y - 4}" font-size="12" fill="${colours.ink}">` +
        `<tspan fill="${escaped(colour)}">${escaped(glyph)}</tspan> ${escaped(words)}</text>`,
    );
    x += room;
  }
  write(note, `font-size="12" fill="${colours.quiet}"`);
  write(source, `font-size="11" fill="${colours.quiet}"`);
  y += EDGE / 2;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" ` +
    `width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="${FONT}">` +
    `<title>${escaped(title)}</title><rect width="${width}" height="${y}" fill="${colours.paper}"/>` +
    `${parts.join("")}</svg>`;
  return { svg, width, height: y };
}

/**
 * Save a chart as a picture of the size that it has on the page.
 * @param {string} chart
 * @param {string} format
 */
export async function savePicture(chart, format) {
  const plot = /** @type {Chart} */ (one(`#${chart} .js-plotly-plot`));
  const { width, height } = plot.getBoundingClientRect();
  const shown = { data: plot.data, layout: layoutAsShown(plot) };
  const url = await window.Plotly.toImage(shown, { format: "svg", width, height });
  const drawn = decodeURIComponent(url.slice(url.indexOf(",") + 1)).replace(/^<\?xml.*?\?>/, "");
  const said = pictureSvg({ chart: drawn, width, height, ...wordsOf(plot) });
  if (format === "svg") save(new Blob([said.svg], { type: "image/svg+xml" }), `${chart}.svg`);
  else save(await asPng(said), `${chart}.png`);
}

/**
 * Return what the page says of a chart.
 * @param {HTMLElement} plot
 */
function wordsOf(plot) {
  const card = /** @type {HTMLElement} */ (plot.closest(".card"));
  const text = (/** @type {Element | null} */ part) => part?.textContent?.trim() ?? "";
  const chips = all("#chips .chip").map((chip) => text(chip.firstElementChild));
  const style = getComputedStyle(card);
  // A chart without a key of its own has the colours of the facet beside it.
  const own = all(".key li:not(:has(.is-out))", card);
  const lines = own.length ? own : all(".facet .form-check:has(.glyph):has(:checked)");
  const key = lines.map((line) => {
    const glyph = /** @type {HTMLElement | null} */ (line.querySelector(".glyph"));
    const colour = glyph ? getComputedStyle(glyph).color : style.color;
    const words = text(line.querySelector(".facet-value") ?? line);
    return { glyph: text(glyph), colour, words: words.replace(text(glyph), "").trim() };
  });
  const notes = all(".note", card).map((note) => {
    const own = /** @type {HTMLElement} */ (note.cloneNode(true));
    for (const part of own.querySelectorAll("button, .swatches")) part.remove();
    return text(own).replace(/\s+/g, " ");
  });
  return {
    title: text(one("h2", card)),
    query: [text(one("#count")), ...chips].join(" · "),
    key: key.filter(({ words }) => words),
    note: notes.join(" "),
    source: `${text(one("h1"))}, ${link()}`,
    colours: {
      ink: style.color,
      quiet: getComputedStyle(one("#count")).color,
      paper: style.backgroundColor,
    },
  };
}

/** @param {{ svg: string, width: number, height: number }} picture */
async function asPng({ svg, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE].map(Math.round);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  /** @type {Blob} */
  const blob = await new Promise((made, failed) => {
    canvas.toBlob((found) => (found ? made(found) : failed(new Error("no picture"))), "image/png");
  });
  return blob;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}
