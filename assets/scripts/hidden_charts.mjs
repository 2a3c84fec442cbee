// The charts of views that are not shown: drawn when the browser has nothing else to do.
//
// The page's first chart waits for all that Dash draws with it; half of that nobody sees yet.

/**
 * A drawing that is put off: what it is to show by now, and the promise of it.
 * @typedef {{ given: unknown[], drawn: Promise<unknown>, draw: () => void }} Awaited
 */

/**
 * Put off the first drawing of each chart that is out of sight. If it is asked for anew meanwhile,
 * it is drawn once, as it was asked for last; if it is in sight by then, at once.
 * @param {{ react: (chart: HTMLElement, ...given: unknown[]) => unknown }} plotly
 * @param {(then: () => void) => void} atRest calls a function when the browser is idle
 */
export function drawHiddenLater(plotly, atRest) {
  const react = plotly.react.bind(plotly);
  /** @type {Map<HTMLElement, Awaited>} */
  const waiting = new Map();
  plotly.react = (chart, ...given) => {
    const hidden = !chart.offsetParent && !chart.classList.contains("js-plotly-plot");
    if (!waiting.has(chart)) {
      if (!hidden) return react(chart, ...given);
      waiting.set(
        chart,
        putOff((latest) => react(chart, ...latest)),
      );
      atRest(() => draw(chart));
    }
    const awaited = /** @type {Awaited} */ (waiting.get(chart));
    awaited.given = given;
    if (!hidden) draw(chart);
    return awaited.drawn;
  };

  /** @param {HTMLElement} chart */
  function draw(chart) {
    waiting.get(chart)?.draw();
    waiting.delete(chart);
  }
}

/**
 * @param {(given: unknown[]) => unknown} react
 * @returns {Awaited}
 */
function putOff(react) {
  /** @type {(value: unknown) => void} */
  let resolve;
  /** @type {Awaited} */
  const awaited = {
    given: [],
    drawn: new Promise((found) => {
      resolve = found;
    }),
    draw: () => resolve(react(awaited.given)),
  };
  return awaited;
}
