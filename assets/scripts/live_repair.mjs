// What was drawn of a live index is brought back to what Dash knows, once nothing is asked any more.
//
// Dash tells its components, and React writes into the page, only what an answer changes of what they
// know. They do not know what was drawn between: of an answer that equals the one before the drag
// nothing would be written. Mostly there is nothing to do.

import { all } from "./dom.mjs";
import { drawAgain } from "./histograms.mjs";
import { figureOf } from "./painting.mjs";

/** @typedef {{ props: Record<string, unknown> & { children?: unknown } }} Component as Dash has it */

const PARTS = ["count", "chips", "counts", "means-key", "trend-title", "trend-key"]; // made of HTML alone

/** Let all parts show what Dash knows of them. */
export function repair() {
  for (const id of PARTS) {
    const element = document.getElementById(id);
    if (element) restore(element, propsOf(id)?.children);
  }
  for (const group of all("fieldset[data-facet]")) restoreFacet(group);
  for (const chart of all(".dash-graph")) restoreChart(chart);
  drawAgain();
}

/** Return the properties of a component that stands. @param {string | Record<string, string>} id */
const propsOf = (id) => window.dash_component_api.getLayout(id)?.props;

/**
 * Let an element's texts, classes and styles be those of the components that it was made of.
 * @param {Element} element
 * @param {unknown} children
 */
export function restore(element, children) {
  const parts = [children].flat().filter((part) => part !== null && part !== undefined);
  const nodes = [...element.childNodes];
  if (nodes.length !== parts.length) return; // React is still to make them
  for (const [i, part] of parts.entries()) {
    const node = nodes[i];
    if (typeof part !== "object") {
      const text = String(part);
      if (node.nodeValue !== null && node.nodeValue !== text) node.nodeValue = text;
    } else {
      restorePart(/** @type {HTMLElement} */ (node), /** @type {Component} */ (part));
    }
  }
}

/**
 * @param {HTMLElement} element
 * @param {Component} component
 */
function restorePart(element, { props }) {
  const { className, style, children } = props;
  if (typeof className === "string" && element.className !== className) {
    element.className = className;
  }
  Object.assign(element.style, style);
  restore(element, children);
}

/** @param {HTMLElement} group */
function restoreFacet(group) {
  const options = propsOf({ column: String(group.dataset.facet), role: "facet" })?.options;
  if (!Array.isArray(options)) return;
  for (const check of all(".form-check", group)) {
    const value = check.querySelector("input")?.value;
    const label = options.find((option) => option.value === value)?.label?.props;
    const place = check.querySelector(".facet-count");
    if (!label || !place) continue;
    if (place.textContent !== (label.count ?? "")) place.textContent = label.count ?? "";
    check.querySelector(".facet-choice")?.classList.toggle("no-rows", Boolean(label.dimmed));
  }
}

/** @param {HTMLElement} graph */
function restoreChart(graph) {
  const chart = /** @type {HTMLElement | null} */ (graph.querySelector(".js-plotly-plot"));
  const shown = chart && figureOf(chart);
  const known = shown && /** @type {typeof shown | undefined} */ (propsOf(graph.id)?.figure);
  if (!known) return;
  const isSame = JSON.stringify([known.data, rangesOf(known)]);
  if (isSame === JSON.stringify([shown.data, rangesOf(shown)])) return;
  const layout = { ...shown.layout, ...known.layout };
  window.Plotly.react(chart, { ...shown, data: known.data, layout });
}

/** @param {import("./painting.mjs").Figure} figure */
const rangesOf = ({ layout }) =>
  Object.entries(layout).map(([key, axis]) => [
    key,
    /** @type {{ range?: unknown } | null} */ (axis)?.range,
  ]);
