// Values that a box of a column of text suggests while one types: a combobox with a list, by ARIA's
// pattern. Its answers come from /values/, under the other filters; an old one never shows.

import { ask, choose } from "./chosen.mjs";
import { partsAsked, valueText, words } from "./conditions.mjs";
import { all, around, one } from "./dom.mjs";
import { numberText } from "./reader.mjs";

const REST = 150; // ms without a key after which is asked
const MOST = 8;
const BOX = ".filter[data-text] .text-search";
const LONGEST = 6_000; // characters of an address that every proxy reads
const OWN = ["sort", "by", "page", "per_page"];

/** @typedef {{ value: import("./conditions.mjs").Value, count: number }} Suggestion */

/**
 * Something to choose: a value, or where there is a `condition` that.
 * @typedef {{ words: string, count?: number, condition?: string,
 *   value?: import("./conditions.mjs").Value }} Offer
 */

/**
 * Return the address of a column's values that contain a text, under a query.
 * @param {string} column
 * @param {string} search
 * @param {string} rows the query
 */
export function valuesAddress(column, search, rows) {
  const kept = rows.split("&").filter((pair) => pair && !OWN.includes(pair.split("=")[0]));
  const own = new URLSearchParams({ column, ...(search && { search }), per_page: String(MOST) });
  return `values/?${[own, ...kept].join("&")}`;
}

export class Suggestions {
  #rows = "";
  #number = 0;
  /** @type {number | undefined} */
  #timer;
  /** @type {HTMLInputElement | null} */
  #box = null;
  /** @type {Offer[]} */
  #found = [];
  #active = -1;

  /** @param {string} rows the query of what is shown, as an address has it */
  under(rows) {
    this.#rows = rows;
  }

  watch() {
    document.addEventListener("input", (event) => {
      const box = boxOf(event);
      if (box) this.#askSoon(box, REST);
    });
    document.addEventListener("click", (event) => {
      const option = around(event, ".suggestions [data-place]");
      const box = boxOf(event);
      if (option) this.#choose(Number(option.dataset.place));
      else if (box && box !== this.#box) this.#askSoon(box, 0);
    });
    // The box keeps the focus while its list is used: what is typed would be asked for else.
    document.addEventListener("mousedown", (event) => {
      if (around(event, ".suggestions")) event.preventDefault();
    });
    document.addEventListener("focusout", (event) => {
      if (boxOf(event)) this.#close();
    });
    // Before Dash hears of it: Enter chooses, or asks for what is typed.
    document.addEventListener("keydown", (event) => this.#press(event), true);
  }

  /** Say of each box what it is; Dash's has no such properties. */
  name() {
    for (const box of all(`${BOX}:not([role])`)) {
      const list = listOf(box);
      list.id = `suggestions-${all(".suggestions").indexOf(list)}`;
      box.setAttribute("role", "combobox");
      box.setAttribute("aria-autocomplete", "list");
      box.setAttribute("aria-controls", list.id);
      box.setAttribute("aria-expanded", "false");
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const box = boxOf(event);
    if (!box || event.isComposing) return;
    const isOpen = box === this.#box;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      const step = steps[/** @type {keyof typeof steps} */ (event.key)];
      if (isOpen) this.#activate(stepped(this.#active, step, this.#found.length));
      else this.#askSoon(box, 0);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault(); // a search box would be emptied
      this.#close();
    } else if (event.key === "Enter") {
      const chosen = isOpen ? this.#active : -1;
      if (chosen < 0) this.#close();
      else {
        event.preventDefault();
        event.stopPropagation();
        this.#choose(chosen);
      }
    }
  }

  /**
   * @param {HTMLInputElement} box
   * @param {number} wait ms
   */
  #askSoon(box, wait) {
    this.#number += 1;
    const number = this.#number;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const found = await suggested(box, this.#rows);
      if (found && number === this.#number && document.activeElement === box) {
        this.#open(box, offered(found, box.value));
      }
    }, wait);
  }

  /**
   * @param {HTMLInputElement} box
   * @param {Offer[]} found
   */
  #open(box, found) {
    this.#close();
    if (!found.length && !box.value.trim()) return;
    this.#box = box;
    this.#found = found;
    const list = listOf(box);
    list.replaceChildren(
      ...found.map(({ words: said, count, condition }, place) => {
        const [item, name, n] = ["li", "span", "span"].map((kind) => document.createElement(kind));
        item.id = `${list.id}-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.dataset.place = String(place);
        name.textContent = said;
        n.className = "facet-count";
        n.textContent = count === undefined ? "" : numberText(count);
        item.append(name, " ", n);
        item.classList.toggle("is-part", condition !== undefined);
        return item;
      }),
      ...(found.length ? [] : [nothing(box.value.trim())]),
    );
    list.hidden = false;
    list.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-expanded", "true");
  }

  /** Close the list; an answer on its way shows no more. */
  #close() {
    this.#number += 1;
    clearTimeout(this.#timer);
    const box = this.#box;
    this.#box = null;
    this.#found = [];
    this.#active = -1;
    if (!box) return;
    listOf(box).hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  /** @param {number} place of the suggestion that Enter chooses; -1: none */
  #activate(place) {
    if (!this.#box) return;
    this.#active = place;
    const options = all("[role=option]", listOf(this.#box));
    for (const [i, option] of options.entries()) {
      option.setAttribute("aria-selected", String(i === place));
    }
    if (place < 0) this.#box.removeAttribute("aria-activedescendant");
    else this.#box.setAttribute("aria-activedescendant", options[place].id);
    options[place]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} place */
  #choose(place) {
    const control = this.#box?.closest(".filter");
    const { value = null, condition } = this.#found[place];
    this.#close();
    if (!control) return;
    if (condition === undefined) choose(/** @type {HTMLElement} */ (control), value);
    else ask(/** @type {HTMLElement} */ (control), condition);
  }
}

/**
 * Return what there is to choose: the values found, then what the text itself may ask.
 * @param {Suggestion[]} found
 * @param {string} text
 * @returns {Offer[]}
 */
export const offered = (found, text) => [
  ...found.map(({ value, count }) => ({ words: valueText(value), value, count })),
  ...(found.length ? partsAsked(text) : []).map((one) => ({ words: words(one), condition: one })),
];

/**
 * Return the place that a step leads to among so many, and before the first; it goes round.
 * @param {number} place
 * @param {number} step
 * @param {number} length
 */
export const stepped = (place, step, length) =>
  ((place + 1 + step + length + 1) % (length + 1)) - 1;

/**
 * Return the line that says that no value contains a text; it cannot be chosen.
 * @param {string} text
 */
function nothing(text) {
  const line = document.createElement("li");
  line.setAttribute("role", "option");
  line.setAttribute("aria-disabled", "true");
  line.setAttribute("aria-selected", "false");
  line.className = "is-none";
  line.textContent = `no value contains “${text}”`;
  return line;
}

/** @param {Element} box */
const listOf = (box) => one(".suggestions", /** @type {Element} */ (box.closest(".filter")));

/**
 * @param {Event} event
 * @returns {HTMLInputElement | null}
 */
const boxOf = (event) => /** @type {HTMLInputElement | null} */ (around(event, BOX));

/**
 * Return what the server suggests; null where it cannot.
 * @param {HTMLInputElement} box
 * @param {string} rows
 * @returns {Promise<Suggestion[] | null>}
 */
async function suggested(box, rows) {
  const control = /** @type {HTMLElement} */ (box.closest(".filter"));
  const path = valuesAddress(String(control.dataset.text), box.value.trim(), rows);
  if (path.length > LONGEST) return null;
  try {
    const answer = await fetch(new URL(path, window.location.href));
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
