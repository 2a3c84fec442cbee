// Lines painted where Plotly would draw them: each piece between two gaps is a path.

import { axisKey, rounded, tracesOf } from "./painting_traces.mjs";

/**
 * Return what paints a trace of lines; null where it cannot be painted.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 */
export function paintLine(chart, at, trace) {
  const known = chart._fullData[at];
  const { [axisKey(known.xaxis)]: across, [axisKey(known.yaxis)]: up } = chart._fullLayout;
  const [x, y] = [trace.x, trace.y].map((values) => /** @type {(number | null)[]} */ (values));
  const group = tracesOf(chart, ".scatterlayer > .trace")[at];
  const paths = [...(group?.querySelectorAll(".lines > path.js-line") ?? [])];
  const isStepped = Boolean(/** @type {{ shape?: string } | undefined} */ (trace.line)?.shape);
  const pieces = piecesOf(y);
  // An axis that ends where the values do has to be drawn anew.
  if (up.autorange || isStepped || pieces.length !== paths.length) return null;
  return () => {
    pieces.forEach((piece, i) => {
      const corners = piece.map((at) => [across.d2p(x[at]), up.d2p(y[at])].map(rounded).join(","));
      paths[i].setAttribute("d", `M${corners.join("L")}`);
    });
  };
}

/**
 * Return the places of the values of each piece of a line that has more than one.
 * @param {(number | null)[]} values
 */
export function piecesOf(values) {
  /** @type {number[][]} */
  const pieces = [[]];
  values.forEach((value, at) => {
    if (value !== null) pieces[pieces.length - 1].push(at);
    else if (pieces[pieces.length - 1].length) pieces.push([]);
  });
  return pieces.filter((piece) => piece.length > 1);
}
