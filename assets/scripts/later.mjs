// What nobody looks at first waits for the page's first chart: Dash's component `Later`, a box whose
// content stands at once only in the first box in sight, and in a page that came without its answer,
// which Dash asks for once all stands.
//
// Each component that stands costs time at everything that Dash does, seen or not.

const LONGEST = 5000; // ms: should the chart never come

/** The boxes of a page, and what they wait for. */
export class Boxes {
  /** @type {(() => void)[]} */
  #waiting = [];
  #isFirst = true;
  #isDue = false;
  #atRest;
  #awaitsChart;

  /**
   * @param {(then: () => void) => void} atRest calls a function when the browser is idle
   * @param {() => boolean} awaitsChart whether a chart in sight is still to be drawn
   */
  constructor(atRest, awaitsChart) {
    this.#atRest = atRest;
    this.#awaitsChart = awaitsChart;
  }

  /**
   * Call a function when a box's content is to stand: at once in the first one in sight.
   * @param {boolean} isShown
   * @param {() => void} stand
   */
  add(isShown, stand) {
    if (this.#isDue || (isShown && this.#isFirst)) {
      this.#isFirst &&= !isShown;
      stand();
      return;
    }
    if (this.#waiting.push(stand) > 1) return;
    this.#atRest(() => this.#awaitsChart() || this.release());
    setTimeout(() => this.release(), LONGEST);
  }

  /** Let all stand, one after the other, whenever the browser is idle. */
  release() {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#next();
  }

  #next() {
    if (this.#waiting.length === 0) return;
    this.#atRest(() => {
      this.#waiting.shift()?.();
      this.#next();
    });
  }
}

/**
 * Return Dash's component `Later`.
 * @param {Window["React"]} react
 * @param {Boxes} boxes
 */
export function laterComponent({ createElement, useLayoutEffect, useRef, useState }, boxes) {
  /** @param {{ children?: unknown, className?: string, hidden?: boolean }} props */
  return function Later({ children, className, hidden }) {
    const box = /** @type {{ current: HTMLElement | null }} */ (useRef(null));
    const [stands, setStands] = useState(false);
    useLayoutEffect(() => {
      const element = /** @type {HTMLElement} */ (box.current);
      const stand = () => setStands(true);
      if (element.closest(".is-loading")) stand();
      else boxes.add(getComputedStyle(element).display !== "none", stand);
    }, []);
    const waits = stands ? undefined : "";
    const props = { className, hidden, ref: box, "data-waits": waits };
    return createElement("div", props, stands ? children : null);
  };
}
