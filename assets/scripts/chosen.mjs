// What is asked of a column of text beside its box: a list, and the switch that leaves it out.

import { haveValues, leavesOut, turned, withCondition, withValue, words } from "./conditions.mjs";
import { setProps } from "./dash.mjs";
import { all, around, input, one } from "./dom.mjs";

/**
 * What each column of text is asked now, by its name.
 * @type {Map<string, string[]>}
 */
const asked = new Map();

/**
 * @param {string} column
 * @param {string[]} conditions
 */
function set(column, conditions) {
  asked.set(column, conditions); // before Dash says so: two keys may come first
  setProps({ role: "conditions", column }, { data: conditions });
}

const controls = () => all(".filter[data-text]");

/** @param {Element} control */
const columnOf = (control) => String(/** @type {HTMLElement} */ (control).dataset.text);

/** @param {Element} control */
const isOut = (control) => one("[data-leave-out]", control).getAttribute("aria-pressed") === "true";

/**
 * Show what each column of text is asked.
 * @param {string[][]} lists
 * @param {{ column: string }[]} ids
 */
export function drawChosen(lists, ids) {
  for (const [i, { column }] of ids.entries()) asked.set(column, lists[i] ?? []);
  for (const control of controls()) draw(control, asked.get(columnOf(control)) ?? []);
}

/**
 * @param {HTMLElement} control
 * @param {string[]} conditions
 */
function draw(control, conditions) {
  const label = one(".measure-label", control).textContent;
  const items = conditions.map((condition) => {
    const [item, button, cross] = ["li", "button", "span"].map((n) => document.createElement(n));
    button.setAttribute("type", "button");
    button.className = "chosen-value";
    button.dataset.condition = condition;
    button.setAttribute("aria-label", `${label} ${words(condition)}, remove`);
    cross.textContent = " ×";
    cross.setAttribute("aria-hidden", "true");
    button.append(words(condition), cross);
    item.append(button);
    return item;
  });
  one(".chosen", control).replaceChildren(...items);
  const pressed = haveValues(conditions) ? leavesOut(conditions) : isOut(control);
  one("[data-leave-out]", control).setAttribute("aria-pressed", String(pressed));
}

/**
 * Let a value in, or leave it out as its control's switch says; its box is empty then.
 * @param {HTMLElement} control
 * @param {import("./conditions.mjs").Value} value
 */
export function choose(control, value) {
  const column = emptied(control);
  set(column, withValue(asked.get(column) ?? [], value, isOut(control)));
}

/**
 * Ask one more condition, as addresses have it, beside those there are; its box is empty then.
 * @param {HTMLElement} control
 * @param {string} condition
 */
export function ask(control, condition) {
  const column = emptied(control);
  set(column, withCondition(asked.get(column) ?? [], condition));
}

/**
 * Empty a control's box, and return its column.
 * @param {HTMLElement} control
 */
function emptied(control) {
  const column = columnOf(control);
  input(".text-search", control).value = "";
  setProps({ role: "contains", column }, { value: "" });
  return column;
}

/** Take away what is clicked, and turn the switches. */
export function watchChosen() {
  document.addEventListener("click", (event) => {
    const control = around(event, ".filter[data-text]");
    if (!control) return;
    const column = columnOf(control);
    const conditions = asked.get(column) ?? [];
    const removed = around(event, ".chosen-value");
    const out = around(event, "[data-leave-out]");
    if (removed) {
      const place = all(".chosen-value", control).indexOf(removed);
      set(column, conditions.toSpliced(place, 1));
      draw(control, asked.get(column) ?? []);
      // The focus stays near: it was on what is gone.
      const left = all(".chosen-value", control);
      (left[place] ?? left.at(-1) ?? input(".text-search", control)).focus();
    } else if (out) {
      const pressed = !isOut(control);
      out.setAttribute("aria-pressed", String(pressed));
      if (haveValues(conditions)) set(column, turned(conditions, pressed));
    }
  });
}
