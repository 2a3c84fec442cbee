// When a chart is drawn first: those in sight one after the other, each seen before the next is drawn;
// those of views that are not shown when the browser has nothing else to do.
//
// The page's first chart would wait for all that Dash draws with it; half of that nobody sees yet.

/**
 * A drawing that is put off: what it is to show by now, and the promise of it.
 * @typedef {{ given: unknown[], drawn: Promise<unknown>, draw: () => void }} Awaited
 */

/**
 * Put off the first drawing of each chart that is out of sight or not the first in sight. If it is
 * asked for anew meanwhile, it is drawn once, as it was asked for last; if it is in sight by then, at
 * once.
 * @param {{ react: (chart: HTMLElement, ...given: unknown[]) => unknown }} plotly
 * @param {object} moments
 * @param {(then: () => void) => void} moments.atRest calls a function when the browser is idle
 * @param {(then: () => void) => void} moments.whenSeen calls it when what was drawn is seen
 * @param {() => void} moments.drawn is called when a chart that is in sight is seen
 */
export function drawInTurn(plotly, { atRest, whenSeen, drawn }) {
  const react = plotly.react.bind(plotly);
  /** @type {Map<HTMLElement, Awaited>} */
  const waiting = new Map();
  /** @type {(() => unknown)[]} */
  const turns = [];
  let isTaken = false;
  plotly.react = (chart, ...given) => {
    if (chart.classList.contains("js-plotly-plot")) return react(chart, ...given);
    const isShown = Boolean(chart.offsetParent);
    const known = waiting.get(chart);
    if (!known && isShown && !isTaken) return take(() => react(chart, ...given));
    const awaited = known ?? putOff((latest) => react(chart, ...latest));
    awaited.given = given;
    if (known && isShown) draw(chart);
    if (known) return awaited.drawn;
    waiting.set(chart, awaited);
    if (isShown) turns.push(() => draw(chart));
    else atRest(() => draw(chart));
    return awaited.drawn;
  };

  /** @param {HTMLElement} chart */
  function draw(chart) {
    waiting.get(chart)?.draw();
    waiting.delete(chart);
  }

  /** @param {() => unknown} draws a chart in sight */
  function take(draws) {
    isTaken = true;
    whenSeen(() => {
      isTaken = false;
      drawn();
      const next = turns.shift();
      if (next) take(next);
    });
    return draws();
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
