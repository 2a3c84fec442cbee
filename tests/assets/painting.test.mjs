import assert from "node:assert/strict";
import { test } from "node:test";
import { figureOf, paintSteps, restOf } from "../../assets/scripts/painting.mjs";
import { endsOf } from "../../assets/scripts/painting_bars.mjs";

const bars = (y, more = {}) => ({ type: "bar", x: ["a", "b"], y, ...more });
const figure = (data, layout = {}) => ({ data, layout });

test("figures whose bars end elsewhere have the same rest, those that look otherwise have not", () => {
  const rest = restOf(figure([bars([1, 2])]));
  assert.equal(restOf(figure([bars([3, null])])), rest);
  for (const other of [
    figure([bars([1, 2], { opacity: 0.3 })]),
    figure([bars([1, 2], { x: ["a", "c"] })]),
    figure([bars([1, 2])], { yaxis: { range: [0, 3] } }),
    figure([bars([1, 2]), bars([1, 2])]),
  ]) {
    assert.notEqual(restOf(other), rest);
  }
  const interval = (array, color) => bars([1, 2], { error_y: { array, color } });
  assert.equal(restOf(figure([interval([1], "red")])), restOf(figure([interval([2], "red")])));
  assert.notEqual(restOf(figure([interval([1], "red")])), restOf(figure([interval([1], "grey")])));
});

test("points may be others and more, lines and areas go elsewhere, cells have others", () => {
  const drawn = (type, mode, values, more = {}) =>
    restOf(figure([{ type, mode, x: [1], [type === "heatmap" ? "z" : "y"]: values, ...more }]));
  assert.equal(drawn("scatter", "markers", [1]), drawn("scatter", "markers", [2, 3]));
  assert.equal(drawn("scatter", "lines", [1]), drawn("scatter", "lines", [2]));
  const fill = { fill: "toself" };
  assert.equal(drawn("scatter", "lines", [1], fill), drawn("scatter", "lines", [2], fill));
  assert.notEqual(drawn("scatter", "lines", [1], fill), drawn("scatter", "lines", [1]));
  const sized = (...size) => ({ marker: { size, color: "red" } });
  assert.equal(
    drawn("scatter", "lines+markers", [1], sized(9)),
    drawn("scatter", "lines+markers", [1, 2], sized(0, 9)),
  );
  const blue = { marker: { size: [9], color: "blue" } };
  assert.notEqual(
    drawn("scatter", "markers", [1], sized(9)),
    drawn("scatter", "markers", [1], blue),
  );
  assert.equal(drawn("heatmap", undefined, [[1]]), drawn("heatmap", undefined, [[2]]));
  const edges = { x: [1, 2] };
  assert.notEqual(drawn("heatmap", undefined, [[1]]), drawn("heatmap", undefined, [[1]], edges));
  assert.notEqual(drawn("contour", undefined, [[1]]), drawn("contour", undefined, [[2]]));
});

test("the units of a chart over time may be others, its time and its words may not", () => {
  const over = (from, more = {}) =>
    restOf(figure([], { meta: { time: "t", from, until: from, cut: [false, true] }, ...more }));
  assert.equal(over(["2013"]), over(["2013", "2014"]));
  assert.notEqual(over(["2013"]), over(["2013"], { xaxis: { hoverformat: "%Y" } }));
  assert.notEqual(restOf(figure([], { meta: "a" })), restOf(figure([], { meta: "b" })));
});

test("stacked bars stand on those before, others at zero; one without a value is none", () => {
  const traces = [bars([1, null]), bars([4, 2], { error_y: { array: [0.5, null] } })];
  assert.deepEqual(endsOf(traces, false), [
    { ends: [[0, 1], null], halves: [null, null] },
    {
      ends: [
        [0, 4],
        [0, 2],
      ],
      halves: [0.5, null],
    },
  ]);
  const sideways = traces.map(({ x, y }) => ({ orientation: "h", x: y, y: x }));
  assert.deepEqual(
    endsOf(sideways, true).map(({ ends }) => ends),
    [
      [[0, 1], null],
      [
        [1, 5],
        [0, 2],
      ],
    ],
  );
  const hidden = bars([1, 2], { error_y: { array: [1, 1], visible: false } });
  assert.deepEqual(endsOf([hidden], false)[0].halves, [null, null]);
});

/** A Plotly that notes what it draws, a chart whose figures have no traces, and its later moments. */
function page() {
  const drawn = [];
  const later = [];
  const plotly = { react: (_, { layout }) => drawn.push(layout.meta) };
  const drawDue = paintSteps(plotly, (then) => later.push(then));
  const emitted = [];
  const chart = { _fullLayout: {}, _fullData: [], layout: {}, offsetParent: {}, isConnected: true };
  chart.emit = (event) => emitted.push(event);
  chart.querySelectorAll = () => [];
  const rest = () => later.splice(0).map((then) => then());
  const react = (meta, data = []) => plotly.react(chart, figure(data, { meta }));
  return { chart, drawDue, drawn, emitted, react, rest };
}

test("what can be painted is drawn by Plotly once, when no answer has come for a while", () => {
  const { chart, drawn, emitted, react, rest } = page();
  react("one");
  assert.deepEqual([drawn, emitted], [["one"], []]);
  react("one");
  react("one");
  assert.deepEqual([drawn, emitted], [["one"], ["plotly_afterplot", "plotly_afterplot"]]);
  rest();
  assert.deepEqual(drawn, ["one", "one"]);
  react("one");
  react("two"); // looks otherwise: at once, and nothing is left to do
  rest();
  assert.deepEqual(drawn, ["one", "one", "two"]);
  react("two");
  chart.isConnected = false;
  rest();
  assert.deepEqual(drawn, ["one", "one", "two"]);
});

test("what Plotly writes into a layout is not in what stands: the next step is painted still", () => {
  const drawn = [];
  const plotly = {
    react: (_, { layout }) => {
      drawn.push(layout.xaxis);
      layout.xaxis.type = "linear";
    },
  };
  paintSteps(plotly, () => {});
  const { chart, emitted } = page();
  const asked = figure([], { xaxis: { title: "x" } });
  plotly.react(chart, asked);
  plotly.react(chart, figureOf(chart)); // as a step of a live index is made of it
  plotly.react(chart, figure([], { xaxis: { title: "x" } })); // as the server tells it
  assert.deepEqual(drawn, [{ title: "x", type: "linear" }]);
  assert.equal(emitted.length, 2);
  assert.deepEqual(figureOf(chart).layout, { xaxis: { title: "x" } });
});

test("a painted chart that is pointed at is drawn by Plotly at once, and no second time", () => {
  const { chart, drawDue, drawn, react, rest } = page();
  react("one");
  drawDue(chart);
  assert.deepEqual(drawn, ["one"]);
  react("one");
  drawDue(chart);
  rest();
  assert.deepEqual(drawn, ["one", "one"]);
});

test("a chart that Plotly has not drawn yet is Plotly's", () => {
  const { chart, drawn, react } = page();
  react("one");
  chart._fullLayout = undefined;
  react("one");
  assert.deepEqual(drawn, ["one", "one"]);
});

test("bars that Plotly has drawn nowhere are Plotly's, with a value; without, they are nothing", () => {
  const { chart, drawn, react } = page();
  chart._fullData = [{ xaxis: "x", yaxis: "y" }];
  chart._fullLayout = { yaxis: { visible: true, d2p: (value) => value } };
  react("one", [bars([null, null])]);
  react("one", [bars([null, null])]);
  assert.deepEqual(drawn, ["one"]);
  react("one", [bars([1, null])]);
  assert.deepEqual(drawn, ["one", "one"]);
});
