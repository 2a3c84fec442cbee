// Lines painted where Plotly would draw them: each piece between two gaps is a path; and areas, of
// which all pieces are one path.

import { axisKey, rounded, tracesOf } from "./painting_traces.mjs";

/**
 * Return what paints a trace of lines; null where it cannot be painted.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 */
export function paintLine(chart, at, trace) {
  const group = tracesOf(chart, ".scatterlayer > .trace")[at];
  const paths = [...(group?.querySelectorAll(".lines > path.js-line") ?? [])];
  const isStepped = Boolean(/** @type {{ shape?: string } | undefined} */ (trace.line)?.shape);
  const pieces = piecesOf(/** @type {(number | null)[]} */ (trace.y));
  // An axis that ends where the values do has to be drawn anew.
  if (isLoose(chart, at, trace) || isStepped || (pieces.length && !paths.length)) return null;
  return () => {
    const shapes = pieces.map((piece) => shapeOf(chart, at, trace, piece));
    // Of more pieces than there are paths the last one has the rest.
    const rest = shapes.splice(Math.max(paths.length - 1, 0)).join("");
    for (const [i, path] of paths.entries()) {
      path.setAttribute("d", shapes[i] ?? (i === shapes.length ? rest : ""));
    }
  };
}

/**
 * Return what paints a trace of areas; null where it cannot be painted.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 */
export function paintArea(chart, at, trace) {
  const group = tracesOf(chart, ".scatterlayer > .trace")[at];
  const area = group?.querySelector(".fills path.js-fill");
  const isOutlined = /** @type {{ width?: number } | undefined} */ (trace.line)?.width !== 0;
  if (!area || isOutlined || isLoose(chart, at, trace)) return null;
  const pieces = piecesOf(/** @type {(number | null)[]} */ (trace.y));
  return () =>
    area.setAttribute("d", pieces.map((piece) => `${shapeOf(chart, at, trace, piece)}Z`).join(""));
}

/**
 * Whether an axis ends where the values do that a trace has others of.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 */
function isLoose(chart, at, trace) {
  const known = chart._fullData[at];
  const { [axisKey(known.xaxis)]: across, [axisKey(known.yaxis)]: up } = chart._fullLayout;
  return up.autorange || (across.autorange && String(known.x) !== String(trace.x));
}

/**
 * Return the path through some of a trace's values.
 * @param {Drawn} chart
 * @param {number} at the trace's place in the figure
 * @param {Record<string, unknown>} trace
 * @param {number[]} piece the places of the values
 */
function shapeOf(chart, at, trace, piece) {
  const known = chart._fullData[at];
  const { [axisKey(known.xaxis)]: across, [axisKey(known.yaxis)]: up } = chart._fullLayout;
  const [x, y] = [trace.x, trace.y].map((values) => /** @type {(number | null)[]} */ (values));
  const corners = piece.map((at) => [across.d2p(x[at]), up.d2p(y[at])].map(rounded).join(","));
  return `M${corners.join("L")}`;
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
