// Choosing columns of a wide table: a box that finds one of many, and what takes one away again.
//
// What is chosen is part of the address: each choice opens another one.

import { findColumns, withColumns } from "./column_search.mjs";
import { all, around, atEachChange, input, one } from "./dom.mjs";
import { numberText } from "./reader.mjs";

const FILTERS = "_filters";
const MOST_LISTED = 50; // entries of a list: who sees more of them types
const WORDS = /** @type {Record<string, string>} */ ({
  _filters: "Add a filter",
  _measures: "Add a measure",
  columns: "Add a column",
});

/** @typedef {import("./column_search.mjs").Column} Column */

export class Columns {
  /** The names of the columns that are shown, by the key of their choice.
   * @type {Record<string, string[]>} */
  #shown = {};
  /** @type {Column[]} */
  #columns = [];
  /** The filter whose control is to have the focus once it stands; "" for the box itself. */
  #awaited = /** @type {string | null} */ (null);
  #change;

  /** @param {(become: (search: string) => string) => void} change what opens what an address becomes */
  constructor(change) {
    this.#change = change;
  }

  /**
   * Learn which columns are shown: Dash calls it.
   * @param {Record<string, string[]> | null} shown
   */
  show(shown) {
    this.#shown = shown ?? {};
    const list = document.getElementById("column-names");
    this.#columns = JSON.parse(list?.dataset.columns ?? "[]");
    this.#fill();
  }

  /** Listen to the boxes, their lists and what takes a column away. */
  watch() {
    atEachChange(() => this.#fill());
    document.addEventListener("input", (event) => {
      const box = around(event, ".column-box");
      if (box) this.#list(/** @type {HTMLInputElement} */ (box));
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("focusin", (event) => {
      const within = around(event, "[data-chooser]");
      for (const chooser of all("[data-chooser]")) if (chooser !== within) close(chooser);
    });
    // Not at the click: a box that loses the focus closes its list.
    document.addEventListener("pointerdown", (event) => {
      if (around(event, "[role=listbox]")) event.preventDefault();
      else if (!around(event, "[data-chooser]")) all("[data-chooser]").forEach(close);
    });
    document.addEventListener("click", (event) => this.#click(event));
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const chooser = around(event, "[data-chooser]");
    const option = around(event, "[role=option]");
    const box = around(event, ".column-box");
    const away = around(event, "[data-away]");
    if (chooser && option) this.#add(chooser, String(option.dataset.name));
    else if (box) this.#list(/** @type {HTMLInputElement} */ (box));
    else if (away) this.#takeAway(chooser?.dataset.chooser ?? FILTERS, String(away.dataset.away));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const chooser = around(event, "[data-chooser]");
    if (!chooser) return;
    if (event.key === "Escape") {
      const panel = /** @type {HTMLDetailsElement | null} */ (chooser.querySelector("details"));
      const isOpen = !one("[role=listbox]", chooser).hidden;
      close(chooser);
      if (!isOpen && panel) {
        panel.open = false;
        one("summary", panel).focus();
      }
      return;
    }
    if (!around(event, ".column-box")) return;
    const options = all("[role=option]", chooser);
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (one("[role=listbox]", chooser).hidden) this.#list(input(".column-box", chooser));
      else {
        const step = event.key === "ArrowDown" ? 1 : -1;
        select(chooser, (at + step + options.length) % Math.max(1, options.length));
      }
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      const name = String(options[at].dataset.name);
      if (chooser.dataset.chooser === FILTERS) this.#awaited = name;
      this.#add(chooser, name);
    }
  }

  /**
   * @param {HTMLElement} chooser
   * @param {string} name
   */
  #add(chooser, name) {
    const key = String(chooser.dataset.chooser);
    const shown = this.#shown[key] ?? [];
    input(".column-box", chooser).value = "";
    close(chooser);
    this.#set(key, key === FILTERS ? [name, ...shown] : [...shown, name]);
  }

  /**
   * @param {string} key
   * @param {string} name
   */
  #takeAway(key, name) {
    const left = (this.#shown[key] ?? []).filter((one) => one !== name);
    const chip = all("#chips [data-column]").find((one) => one.dataset.column === name);
    const isActive = key === FILTERS && chip !== undefined;
    if (key === FILTERS) this.#awaited = "";
    this.#set(key, left, isActive ? String(chip.dataset.open) : undefined);
  }

  /**
   * @param {string} key
   * @param {string[]} names
   * @param {string} [from] the address that becomes another one, if not the newest
   */
  #set(key, names, from) {
    this.#shown = { ...this.#shown, [key]: names }; // for who chooses before the answer is there
    this.#change((search) => withColumns(from ?? search, key, names));
  }

  /** Bring what choosers say up to date: Dash makes them anew now and then. */
  #fill() {
    for (const chooser of all("[data-chooser]")) {
      const key = String(chooser.dataset.chooser);
      const shown = this.#shown[key];
      if (!shown) continue;
      if (!chooser.firstChild) chooser.innerHTML = madeOf(chooser, key);
      const said = JSON.stringify(shown);
      if (chooser.dataset.said === said) continue;
      chooser.dataset.said = said;
      this.#say(chooser, key, shown);
    }
    this.#focus();
  }

  /**
   * @param {HTMLElement} chooser
   * @param {string} key
   * @param {string[]} shown
   */
  #say(chooser, key, shown) {
    const { noun, count, limit, most } = chooser.dataset;
    const left = Number(count) - shown.length;
    one(".column-rest", chooser).textContent =
      key === FILTERS
        ? `${numberText(left)} more column${left === 1 ? "" : "s"}`
        : `${numberText(left)} more`;
    const isFull = shown.length >= Number(limit);
    input(".column-box", chooser).disabled = isFull;
    if (isFull) one(".column-rest", chooser).textContent = `at most ${limit}: take one away first`;
    if (key === FILTERS) return;
    const here = Math.min(shown.length, Number(most));
    one("summary", chooser).textContent = `${here} of ${numberText(Number(count))} ${noun}`;
    const labels = new Map(this.#columns.map(([name, label]) => [name, label]));
    one(".chosen", chooser).replaceChildren(
      ...shown.map((name) => chosenButton(name, labels.get(name) ?? name)),
    );
  }

  /** Give the focus to the control that was added by keyboard, or back to the box. */
  #focus() {
    if (this.#awaited === null) return;
    const away = all(".filter-away").find((one) => one.dataset.away === this.#awaited);
    const isBox = this.#awaited === "";
    const place = isBox ? document.querySelector(`[data-chooser=${FILTERS}]`) : away?.parentElement;
    if (!place) return;
    const inputs = all("input:not([disabled])", /** @type {HTMLElement} */ (place));
    const target = inputs.find((one) => one.offsetParent);
    if (!target) return;
    this.#awaited = null;
    target.focus();
  }

  /**
   * List the columns that a box's text finds.
   * @param {HTMLInputElement} box
   */
  #list(box) {
    const chooser = /** @type {HTMLElement} */ (box.closest("[data-chooser]"));
    const key = String(chooser.dataset.chooser);
    const shown = new Set(this.#shown[key]);
    const free = this.#columns.filter(([name, , keys]) => keys.includes(key) && !shown.has(name));
    const found = findColumns(free, box.value);
    const list = one("[role=listbox]", chooser);
    list.replaceChildren(
      ...found.slice(0, MOST_LISTED).map(([name, label], i) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${i}`;
        option.setAttribute("role", "option");
        option.dataset.name = name;
        option.append(label);
        if (label !== name) {
          const small = document.createElement("span");
          small.className = "unit";
          small.textContent = name;
          option.append(" ", small);
        }
        return option;
      }),
    );
    const more = found.length - MOST_LISTED;
    const count = numberText(found.length);
    one("[role=status]", chooser).textContent = found.length
      ? `${count} column${found.length === 1 ? "" : "s"}${more > 0 ? `, the first ${MOST_LISTED} are listed: type to find others` : ""}`
      : "no column has that in its name";
    list.hidden = found.length === 0;
    one(".column-found", chooser).hidden = false;
    box.setAttribute("aria-expanded", String(found.length > 0));
    select(chooser, found.length && box.value.trim() ? 0 : -1);
  }
}

/**
 * Select an entry of a chooser's list; -1: none.
 * @param {HTMLElement} chooser
 * @param {number} at
 */
function select(chooser, at) {
  const box = input(".column-box", chooser);
  all("[role=option]", chooser).forEach((option, i) => {
    option.setAttribute("aria-selected", String(i === at));
    if (i === at) {
      option.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", option.id);
    }
  });
  if (at < 0) box.removeAttribute("aria-activedescendant");
}

/**
 * Close a chooser's list.
 * @param {HTMLElement} chooser
 */
function close(chooser) {
  const list = chooser.querySelector("[role=listbox]");
  if (!(list instanceof HTMLElement)) return;
  list.hidden = true;
  one(".column-found", chooser).hidden = true;
  one(".column-box", chooser).setAttribute("aria-expanded", "false");
  one(".column-box", chooser).removeAttribute("aria-activedescendant");
}

/**
 * Return the button that takes a chosen column away.
 * @param {string} name
 * @param {string} label
 */
function chosenButton(name, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "chip";
  button.dataset.away = name;
  button.setAttribute("aria-label", `Take ${label} away`);
  button.textContent = `${label} ×`;
  return button;
}

/**
 * Return what a chooser is made of.
 * @param {HTMLElement} chooser
 * @param {string} key
 */
function madeOf(chooser, key) {
  const number = all("[data-chooser]").indexOf(chooser);
  const [id, words] = [`column-box-${number}`, WORDS[key]];
  const box = `<div class="column-line"><label class="visually-hidden" for="${id}">${words}</label>
    <input id="${id}" class="column-box" type="text" role="combobox" aria-autocomplete="list"
      aria-expanded="false" aria-controls="${id}-list" placeholder="${words}…" autocomplete="off"
      spellcheck="false">
    <span class="column-rest unit"></span></div>
    <div class="column-found" hidden>
    <ul id="${id}-list" role="listbox" aria-label="Columns" hidden></ul>
    <p class="column-said unit" role="status"></p></div>`;
  if (key === FILTERS) return box;
  return `<details class="column-panel"><summary></summary><div class="column-body">
    <div class="chosen"></div>${box}</div></details>`;
}
