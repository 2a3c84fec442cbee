// Dash's component `Choice`: a facet's value beside its checkbox, with how many rows have it.
//
// Each part of it as a component of Dash's would be looked at whenever anything on the page changes.

/**
 * What a choice shows: dashboard/page/choice.py.
 * @typedef {object} Choice
 * @property {string} text
 * @property {number} [end] how many characters of a long text stand last on its line
 * @property {string} [count]
 * @property {boolean} [dimmed]
 * @property {string} [mark] the symbol of a value that colours the charts
 * @property {string} [look] its class
 * @property {string} [colour] its own, if it has no class's
 */

/**
 * Return Dash's component `Choice`.
 * @param {Pick<Window["React"], "createElement">} react
 */
export function choiceComponent({ createElement }) {
  const span = (/** @type {object} */ props, /** @type {unknown[]} */ ...children) =>
    createElement("span", props, ...children);

  /** @param {Choice} choice */
  return function Choice({ text, end, count, dimmed, mark, look, colour }) {
    const parts = [];
    if (mark) {
      const style = colour ? { color: colour } : undefined;
      parts.push(span({ className: `glyph ${look}`, style, "aria-hidden": "true" }, mark));
    }
    if (end) {
      const start = span({ className: "value-start" }, text.slice(0, -end));
      const last = span({ className: "value-end" }, text.slice(-end));
      parts.push(span({ className: "facet-value is-cut", title: text }, start, last));
    } else {
      parts.push(span({ className: "facet-value" }, text));
    }
    parts.push(span({ className: "facet-count" }, count ?? ""));
    return span({ className: `facet-choice${dimmed ? " no-rows" : ""}` }, ...parts);
  };
}
