import assert from "node:assert/strict";
import { test } from "node:test";
import { drawInTurn } from "../../assets/scripts/drawing.mjs";

/** A Plotly that notes what it draws, and the moments at which the browser is idle or has painted. */
function page() {
  const drawn = [];
  const rests = [];
  const paints = [];
  const plotly = {
    react(chart, figure) {
      chart.classes.push("js-plotly-plot");
      drawn.push([chart.name, figure]);
      return Promise.resolve(figure);
    },
  };
  drawInTurn(plotly, {
    atRest: (then) => rests.push(then),
    whenSeen: (then) => paints.push(then),
    drawn: () => drawn.push("seen"),
  });
  const rest = () => rests.splice(0).map((then) => then());
  const paint = () => paints.splice(0).map((then) => then());
  return { drawn, plotly, rest, paint };
}

function chart(name, shown) {
  const classes = [];
  const classList = { contains: (one) => classes.includes(one) };
  return { name, classes, classList, offsetParent: shown ? {} : null };
}

test("a chart in sight is drawn at once, one out of sight when the browser is idle", async () => {
  const { drawn, plotly, rest } = page();
  const hidden = plotly.react(chart("hidden", false), "empty");
  plotly.react(chart("shown", true), "points");
  assert.deepEqual(drawn, [["shown", "points"]]);
  rest();
  assert.deepEqual(drawn.at(-1), ["hidden", "empty"]);
  assert.equal(await hidden, "empty");
});

test("what is asked for meanwhile is drawn once, as it was asked for last", async () => {
  const { drawn, plotly, rest } = page();
  const one = chart("one", false);
  const first = plotly.react(one, "empty");
  assert.equal(plotly.react(one, "bars"), first);
  rest();
  assert.deepEqual(drawn, [["one", "bars"]]);
  assert.equal(await first, "bars");
});

test("one that came into sight does not wait, nor does one that was drawn before", () => {
  const { drawn, plotly, rest } = page();
  const one = chart("one", false);
  plotly.react(one, "empty");
  one.offsetParent = {};
  plotly.react(one, "bars");
  assert.deepEqual(drawn, [["one", "bars"]]);
  one.offsetParent = null;
  plotly.react(one, "lines");
  rest();
  assert.deepEqual(drawn.slice(1), [["one", "lines"]]);
});

test("charts in sight are drawn one after the other, each seen before the next", async () => {
  const { drawn, plotly, paint } = page();
  plotly.react(chart("first", true), "points");
  const second = plotly.react(chart("second", true), "bars");
  const third = chart("third", true);
  plotly.react(third, "lines");
  assert.deepEqual(drawn, [["first", "points"]]);
  paint();
  assert.deepEqual(drawn.slice(1), ["seen", ["second", "bars"]]);
  assert.equal(await second, "bars");
  plotly.react(third, "areas");
  assert.deepEqual(drawn.slice(3), [["third", "areas"]]);
  paint();
  paint();
  plotly.react(chart("fourth", true), "dots");
  assert.deepEqual(drawn.slice(4), ["seen", "seen", ["fourth", "dots"]]);
});
