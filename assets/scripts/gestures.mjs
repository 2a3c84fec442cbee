// A drag over a histogram bounds its column; a double click there or on the slider clears it.

import { around, one } from "./dom.mjs";
import { slide } from "./periods.mjs";
import { scaleOf, valueAt } from "./scale.mjs";
import { clearBounds, isLog, setBounds } from "./sliders.mjs";
import { clearPeriod } from "./times.mjs";

const SLACK = 4; // px: what moves less is a click
export const HOLD = 300; // ms: a finger that moves earlier scrolls

/** Follow the pointer over the histograms. */
export function watchGestures() {
  /** @type {{ filter: HTMLElement, from: number, x: number, at: number, held: boolean } | null} */
  let drag = null;

  document.addEventListener("pointerdown", (event) => {
    const filter = around(event, ".histogram")?.closest(".filter");
    if (!(filter instanceof HTMLElement) || event.button) return;
    const held = event.pointerType !== "touch";
    drag = { filter, from: valueUnder(filter, event), x: event.clientX, at: event.timeStamp, held };
    event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || Math.abs(event.clientX - drag.x) < SLACK) return;
    if (!drag.held && event.timeStamp - drag.at < HOLD) {
      drag = null;
      return;
    }
    drag.held = true;
    const { filter, from } = drag;
    const ends = [from, valueUnder(filter, event)];
    if (filter.dataset.column === undefined) slide(filter, ends);
    else setBounds(filter.dataset.column, ends);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      drag = null;
    });
  }
  document.addEventListener("dblclick", (event) => {
    const filter = around(event, ".filter:is([data-column], [data-time])");
    if (!filter || !around(event, ".histogram, .dash-slider-container")) return;
    if (filter.dataset.column === undefined) clearPeriod(filter);
    else clearBounds(filter);
  });
}

/**
 * @param {HTMLElement} filter
 * @param {PointerEvent} event
 */
function valueUnder(filter, event) {
  const { left, width } = one(".histogram", filter).getBoundingClientRect();
  return valueAt(scaleOf(filter.dataset), isLog(filter), (event.clientX - left) / width);
}
