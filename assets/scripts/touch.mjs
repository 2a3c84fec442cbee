// A finger that swipes over a chart or a slider scrolls the page; one that rests first, or is on a
// slider's handle, filters.

import { around } from "./dom.mjs";
import { HOLD } from "./gestures.mjs";

const SLACK = 8; // px: a finger that moves less rests
const CHART = ".js-plotly-plot .draglayer";

/** @typedef {{ clientX: number, clientY: number }} Spot */

/** Keep fingers from Plotly and from sliders' tracks until they have rested. */
export function watchTouch() {
  /** @type {{ target: EventTarget, spot: Spot, timer: number, held: boolean } | null} */
  let press = null;

  const say = (/** @type {string} */ type, /** @type {Spot} */ { clientX, clientY }) => {
    const how = { bubbles: true, cancelable: true, clientX, clientY, buttons: 1, view: window };
    const at = type === "mousedown" ? press?.target : document.elementFromPoint(clientX, clientY);
    (at ?? document).dispatchEvent(new MouseEvent(type, how));
  };
  const options = { capture: true, passive: false };

  document.addEventListener(
    "touchstart",
    (event) => {
      if (!around(event, CHART) || !event.target || event.touches.length > 1) return end();
      event.stopPropagation(); // or Plotly would keep the page from scrolling
      const [spot] = event.touches;
      const timer = setTimeout(() => {
        if (!press) return;
        press.held = true;
        say("mousedown", spot);
      }, HOLD);
      press = { target: event.target, spot, timer, held: false };
    },
    options,
  );
  document.addEventListener(
    "touchmove",
    (event) => {
      if (!press) return;
      const [spot] = event.touches;
      if (press.held) {
        if (event.cancelable) event.preventDefault();
        event.stopPropagation();
        say("mousemove", spot);
      } else if (distance(press.spot, spot) > SLACK) end();
    },
    options,
  );
  for (const type of ["touchend", "touchcancel"]) {
    document.addEventListener(
      type,
      (event) => {
        if (press?.held) {
          if (event.cancelable) event.preventDefault(); // no click follows
          event.stopPropagation();
          say("mouseup", /** @type {TouchEvent} */ (event).changedTouches[0]);
        }
        end();
      },
      options,
    );
  }
  document.addEventListener("contextmenu", (event) => {
    if (press?.held) event.preventDefault();
  });
  document.addEventListener(
    "pointerdown",
    (event) => {
      const isTrack = around(event, ".dash-slider-root") && !around(event, "[role=slider]");
      if (!isTrack || event.pointerType !== "touch") return;
      event.stopPropagation();
      // What a finger touches has its pointer by itself, which the slider would follow.
      /** @type {Element} */ (event.target).releasePointerCapture(event.pointerId);
    },
    true,
  );

  function end() {
    if (press) clearTimeout(press.timer);
    press = null;
  }
}

/**
 * @param {Spot} one
 * @param {Spot} other
 */
const distance = (one, other) =>
  Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
