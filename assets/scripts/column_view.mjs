// The Columns view: a table with a line per column, made as they are scrolled to; search, order, and
// switches for a column's filter, the charts' colour and its place in the table of rows.
//
// What is switched is part of the address: each switch opens another one.

import { countedKinds, foundLines, nextOrder, switched } from "./column_lines.mjs";
import { FRAME, made, row } from "./column_row.mjs";
import { withColumns } from "./column_search.mjs";
import { all, around, input, one } from "./dom.mjs";
import { numberText } from "./reader.mjs";

const AT_ONCE = 40; // lines that are made together
const AHEAD = "600px"; // so far before they are seen
const PLACE = ".column-lines";

/** @typedef {import("./column_row.mjs").Columns} Columns */
/** @typedef {import("./column_lines.mjs").Line} Line */

export class ColumnView {
  /** @type {Columns | null} */
  #said = null;
  #kind = "";
  /** @type {import("./column_lines.mjs").Order} */
  #order = null;
  /** @type {Line[]} */
  #found = [];
  #made = 0;
  #change;
  #observer = new IntersectionObserver((seen) => this.#more(seen), { rootMargin: AHEAD });

  /** @param {(become: (search: string) => string) => void} change what opens what an address becomes */
  constructor(change) {
    this.#change = change;
  }

  /**
   * Show what the server says: Dash calls it.
   * @param {Columns | null} said
   */
  draw(said) {
    this.#said = said && { ...said }; // Dash keeps its own, to tell what is new
    const place = document.querySelector(PLACE);
    if (!said || !place) return;
    const focused = place.contains(document.activeElement) ? marked(document.activeElement) : "";
    if (!place.firstChild) place.innerHTML = FRAME;
    this.#kinds();
    this.#list(this.#made);
    focus(focused, place);
  }

  watch() {
    document.addEventListener("input", (event) => {
      if (around(event, ".line-search")) this.#list();
    });
    document.addEventListener("click", (event) => {
      const at = (/** @type {string} */ selector) => around(event, `${PLACE} ${selector}`);
      const head = at("[data-order]");
      const kind = at("[data-kind]");
      const button = at("[data-does]");
      if (head) {
        this.#order = nextOrder(this.#order, /** @type {any} */ (head.dataset.order));
        this.#list();
      }
      if (kind) {
        this.#kind = String(kind.dataset.kind);
        this.#kinds();
        this.#list();
      }
      if (button) this.#do(String(button.dataset.does), String(button.dataset.name));
    });
  }

  /** Say how many columns there are of each kind, and which kind is shown. */
  #kinds() {
    const { lines } = /** @type {Columns} */ (this.#said);
    const kinds = countedKinds(lines);
    if (!kinds.some(([kind]) => kind === this.#kind)) this.#kind = "";
    const counted = /** @type {[string, number][]} */ ([["", lines.length], ...kinds]);
    const group = one(`${PLACE} .line-kinds`);
    group.hidden = kinds.length < 2;
    const focused = group.contains(document.activeElement) ? marked(document.activeElement) : "";
    group.replaceChildren(
      ...counted.map(([kind, count]) => {
        const button = made("button", { type: "button", "data-kind": kind });
        button.setAttribute("aria-pressed", String(kind === this.#kind));
        button.append(kind || "all", " ", made("span", { class: "unit" }, numberText(count)));
        return button;
      }),
    );
    focus(focused, group);
  }

  /**
   * List the columns that are looked for, the first of them.
   * @param {number} most so many at least
   */
  #list(most = AT_ONCE) {
    const said = /** @type {Columns} */ (this.#said);
    const text = input(".line-search", one(PLACE)).value;
    this.#found = foundLines(said.lines, text, this.#kind, this.#order);
    this.#made = 0;
    one(`${PLACE} tbody`).replaceChildren();
    this.#add(Math.max(most, AT_ONCE));
    one(`${PLACE} table`).setAttribute("aria-rowcount", String(this.#found.length + 1));
    for (const head of all(`${PLACE} th[data-sorts]`)) {
      const isOwn = this.#order?.key === head.dataset.sorts;
      const way = this.#order?.down ? "descending" : "ascending";
      head.setAttribute("aria-sort", isOwn ? way : "none");
    }
    const count = this.#found.length;
    const found = count === 1 ? "one column" : `${numberText(count)} columns`;
    one(`${PLACE} .line-count`).textContent = count ? found : "no column has that in its name";
    const switches = { filter: said.filterable.length > 0, colour: said.colours };
    for (const [name, is] of Object.entries(switches))
      one(`${PLACE} table`).classList.toggle(`no-${name}`, !is);
  }

  /** @param {number} count of lines that are made now */
  #add(count) {
    const said = /** @type {Columns} */ (this.#said);
    const some = this.#found.slice(this.#made, this.#made + count);
    one(`${PLACE} tbody`).append(...some.map((line, i) => row(said, line, this.#made + i + 2)));
    this.#made += some.length;
    const end = one(`${PLACE} .lines-end`);
    this.#observer.unobserve(end); // seen or not, it says so anew
    if (this.#made < this.#found.length) this.#observer.observe(end);
  }

  /** @param {IntersectionObserverEntry[]} seen */
  #more(seen) {
    if (seen.some(({ isIntersecting }) => isIntersecting)) this.#add(AT_ONCE);
  }

  /**
   * @param {string} does
   * @param {string} name
   */
  #do(does, name) {
    const said = /** @type {Columns} */ (this.#said);
    const names = said.lines.map((line) => line.name);
    if (does === "listed") {
      said.listed = switched(said.listed, name, names);
      const { keys, listed } = said;
      if (listed.length) this.#change((search) => withColumns(search, keys.listed, listed));
    } else if (does === "filter") {
      const isOn = said.filters?.includes(name);
      said.filters = isOn
        ? switched(said.filters ?? [], name, names)
        : [name, ...(said.filters ?? [])];
      const chip = all("#chips [data-column]").find((chip) => chip.dataset.column === name);
      const from = isOn && chip ? String(chip.dataset.open) : undefined;
      const { keys, filters } = said;
      this.#change((search) => withColumns(from ?? search, keys.filters, filters));
    } else if (does === "colour") {
      const group = said.by === name ? "~none" : name;
      this.#change((search) => {
        const keys = new URLSearchParams(search);
        keys.set("by", group);
        return `?${keys}`;
      });
    } else showFilter(name);
  }
}

/**
 * Return a selector of a button of this view.
 * @param {Element | null} part
 */
function marked(part) {
  const { does, name, kind, order } = /** @type {HTMLElement} */ (part).dataset;
  if (does) return `[data-does="${does}"][data-name="${CSS.escape(String(name))}"]`;
  if (kind !== undefined) return `[data-kind="${kind}"]`;
  return order ? `[data-order="${order}"]` : "";
}

/**
 * Give the focus to the first part of a kind; "": to none.
 * @param {string} selector
 * @param {ParentNode} within
 */
function focus(selector, within) {
  if (selector) all(selector, within)[0]?.focus();
}

/**
 * Bring the filter of a column into sight.
 * @param {string} name
 */
function showFilter(name) {
  const toggle = one("#filters-toggle");
  if (toggle.offsetParent && toggle.getAttribute("aria-expanded") === "false") toggle.click();
  const filter = all(".filter").find(({ dataset }) =>
    [dataset.facet, dataset.column, dataset.text, dataset.time].includes(name),
  );
  filter?.scrollIntoView({ block: "center" });
  if (filter) focus("input:not([disabled])", filter);
}
