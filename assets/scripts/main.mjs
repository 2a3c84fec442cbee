// The page's scripts, put together; Dash starts once they stand.
//
// Dash calls the functions of `dash_clientside.dashboard` by name; ids are those of dashboard/ids.py.

import { watchComponents } from "./accessibility.mjs";
import { Address, withoutFilters } from "./address.mjs";
import { watchAlternatives } from "./alternatives.mjs";
import { announceCount, dimSoon, linkFiles, showFailures, undim } from "./answered.mjs";
import { Asking } from "./asking.mjs";
import { watchCalendarKeys } from "./calendar_keys.mjs";
import { Cells } from "./cells.mjs";
import { hookCharts } from "./charts.mjs";
import { choiceComponent } from "./choice.mjs";
import { drawChosen, watchChosen } from "./chosen.mjs";
import { clearSpan, watchClicks } from "./clicks.mjs";
import { withConditions } from "./column_search.mjs";
import { ColumnView } from "./column_view.mjs";
import { Columns } from "./columns.mjs";
import { Controls } from "./controls.mjs";
import { answerless, setProps, triggers } from "./dash.mjs";
import { all, around, atEachChange, one } from "./dom.mjs";
import { drawInTurn } from "./drawing.mjs";
import { drawLeftOut, sayMore, tickShown, watchFacets } from "./facets.mjs";
import { watchGestures } from "./gestures.mjs";
import { drawHistograms, drawMissing } from "./histograms.mjs";
import { Boxes, laterComponent } from "./later.mjs";
import { Live } from "./live.mjs";
import { atEachLook, look } from "./look.mjs";
import { gatheringStores } from "./notices.mjs";
import { paintSteps } from "./painting.mjs";
import { linkPeriod, sayPeriods } from "./periods.mjs";
import { plotConfig } from "./reader.mjs";
import { watchRequests } from "./requests.mjs";
import { Sliders } from "./sliders.mjs";
import { Sorting } from "./sorting.mjs";
import { Suggestions } from "./suggestions.mjs";
import { replaced } from "./summary_order.mjs";
import { SummaryView } from "./summary_view.mjs";
import { watchTimes } from "./times.mjs";
import { watchTouch } from "./touch.mjs";
import { watchTrendBrush } from "./trend_brush.mjs";
import { Trouble } from "./trouble.mjs";

const asking = new Asking({
  send(state, n) {
    dimSoon();
    address.asked();
    setProps("asked", { data: { ...state, n } });
  },
  settled: undim,
});
const address = new Address(asking);
/** @type {(column: string, texts: string[]) => void} */
const slid = (column, texts) => controls.slid(column, texts);
const sliders = new Sliders(slid);
const controls = new Controls(asking, address, sliders);
const live = new Live(asking, sliders, slid);
const columns = new Columns((become) => address.change(become));
const columnView = new ColumnView((become) => address.change(become));
const summaryView = new SummaryView((become) => address.change(become));
const suggestions = new Suggestions();
const sorting = new Sorting(asking);
const cells = new Cells(asking, (become) => address.change(become));

/** @param {import("./answered.mjs").Answer | null} answer */
function answered(answer) {
  if (!answer) return;
  const { n, state, search, rows, failed, table } = answer;
  if (state ? !asking.adopt(state) : n !== asking.number) return;
  try {
    if (state) address.unanswered = null;
    if (!asking.hasNewer && address.unanswered === null) address.write(search);
    linkFiles(rows);
    suggestions.under(rows);
    cells.under(rows);
    live.under(table);
    requestAnimationFrame(sayMore);
    showFailures(failed);
  } finally {
    asking.settle(); // or nothing would ever be asked again
  }
}

function reset() {
  if (triggers().some(({ value }) => value)) address.change(withoutFilters);
}

/** @param {number} clicks */
function foldFilters(clicks) {
  const open = document.body.classList.toggle("filters-open", clicks % 2 === 1);
  one("#filters-toggle").setAttribute("aria-expanded", String(open));
}

window.dash_clientside.dashboard = {
  ask: answerless(controls.ask.bind(controls)),
  answered: answerless(answered),
  drawChosen: answerless(drawChosen),
  drawLeftOut: answerless(drawLeftOut),
  drawHistograms: answerless(drawHistograms),
  drawColumnLines: answerless(columnView.draw.bind(columnView)),
  drawSummary: answerless(summaryView.draw.bind(summaryView)),
  showColumns: answerless(columns.show.bind(columns)),
  linkRange: sliders.link.bind(sliders),
  /** @type {(positions: number[], from: string | null, until: string | null) => unknown} */
  linkPeriod: (positions, from, until) => linkPeriod(positions, from, until, slid),
  tickShown,
  reset: answerless(reset),
  foldFilters: answerless(foldFilters),
};

const trouble = new Trouble(asking, address);
watchRequests(address, trouble, (table) => live.under(table));
trouble.watch();
address.watch();
atEachLook(() => asking.askWith(look()));
sliders.watch();
live.watch();
watchGestures();
watchTrendBrush((filter) => live.follows(filter));
watchTouch();
watchFacets();
watchTimes();
watchAlternatives(clearSpan);
watchChosen();
suggestions.watch();
sorting.watch();
cells.watch();
watchCalendarKeys();
watchClicks({
  open: (find) => asking.whenAnswered(() => requestAnimationFrame(() => address.open(find()))),
  whenAnswered: (then) => asking.whenAnswered(then),
});
columns.watch();
columnView.watch();
summaryView.watch();
// What is pointed at in a chart may be a column whose filter does not stand.
window.addEventListener("narrow", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  address.change((search) => withConditions(search, detail));
});
window.addEventListener("replace", (event) => {
  const { drop, pairs } = /** @type {CustomEvent} */ (event).detail;
  address.change((search) => replaced(search, drop, pairs));
});
watchComponents();
atEachChange(() => {
  hookCharts();
  drawMissing();
  announceCount();
  sliders.sayAllEnds();
  sayPeriods();
  suggestions.name();
  sorting.show();
});

// Safari has no idle time to ask for.
const atRest =
  window.requestIdleCallback ?? ((/** @type {() => void} */ then) => setTimeout(then, 100));
const boxes = new Boxes(
  (then) => atRest(() => then()),
  () =>
    all(".dash-graph").some(
      (chart) => chart.offsetParent && !chart.querySelector(".js-plotly-plot"),
    ),
);
window.iris_dash = {
  Later: laterComponent(window.React, boxes),
  Choice: choiceComponent(window.React),
};
window.Plotly.setPlotConfig(plotConfig());
drawInTurn(window.Plotly, {
  atRest: (then) => atRest(() => then()),
  whenSeen: (then) => requestAnimationFrame(() => setTimeout(then)),
  drawn: () => boxes.release(),
});
const drawDue = paintSteps(window.Plotly, (then, wait) =>
  setTimeout(() => atRest(() => then()), wait),
);
for (const near of ["pointerover", "pointerdown"]) {
  const draw = (/** @type {Event} */ event) => {
    const chart = around(event, ".js-plotly-plot");
    if (chart) drawDue(/** @type {HTMLElement} */ (chart));
  };
  document.addEventListener(near, draw, true);
}
const tasks = new MessageChannel();
/** @type {(() => void)[]} */
const due = [];
tasks.port1.onmessage = () => due.shift()?.();
window.dash_stores = gatheringStores(
  (then) => {
    due.push(then);
    tasks.port2.postMessage(null);
  },
  () => Boolean(window.event) && window.event?.type !== "message",
);
new window.DashRenderer();
