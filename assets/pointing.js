// What a person points at: histograms above the sliders, charts, and the buttons of the page.
// It sets the controls, as a hand on them would; dashboard.js asks what follows.
(function () {
  "use strict";

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  // --- Histograms above the sliders, as vectors: all rows behind, the groups stacked in front,
  // faded outside the measure's own bounds. A drag over one sets its bounds.
  const drawn = { histograms: {} };
  const HEIGHT = 40;

  const scaleOf = (filter) => ({
    low: Number(filter.dataset.low),
    high: Number(filter.dataset.high),
    step: Number(filter.dataset.step),
    decimals: Number(filter.dataset.decimals),
    stops: JSON.parse(filter.dataset.stops || "[]"), // where a slider in log stands
  });
  const isLog = (filter) => Boolean(filter.querySelector(".log-switch input:checked"));

  // Where a value lies between the ends of a scale, from 0 to 1, and which value lies there.
  const part = ({ low, high }, log, value) =>
    log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const valueOf = ({ low, high }, log, part) =>
    log ? low * (high / low) ** part : low + part * (high - low);
  const within = (value, low, high) => Math.min(Math.max(value, low), high);

  function bars(edges, bases, counts, most, across, keep) {
    let path = "";
    counts.forEach((count, i) => {
      if (!count || !keep(i)) return;
      const left = Math.max(0, across(edges[i]));
      const right = Math.min(100, across(edges[i + 1]));
      const gap = Math.min(0.35, (right - left) / 6);
      const bottom = HEIGHT * (1 - bases[i] / most);
      const top = HEIGHT * (1 - (bases[i] + count) / most);
      path += `M${left + gap} ${bottom}V${Math.min(top, bottom - 0.6)}H${right - gap}V${bottom}Z`;
    });
    return path;
  }

  function drawHistogram(filter) {
    const place = filter.querySelector(".histogram");
    const histogram = drawn.histograms[filter.dataset.column];
    if (!place || !histogram) return;
    const { edges, groups, log } = histogram;
    const scale = scaleOf(filter);
    const across = (value) => 100 * part(scale, log, log ? Math.max(value, scale.low) : value);
    const most = Math.max(1, ...histogram.all);
    const [low, high] = histogram.bounds;
    // A bin is inside if its middle is; the sliders' own ends show the rest exactly.
    const inside = (i) => {
      const middle = log
        ? Math.sqrt(edges[i] * edges[i + 1])
        : (Math.max(edges[i], scale.low) + edges[i + 1]) / 2;
      return (low === null || middle >= low) && (high === null || middle <= high);
    };
    const zeros = histogram.all.map(() => 0);
    const all = bars(edges, zeros, histogram.all, most, across, () => true);
    const parts = [`<path class="all" d="${all}"/>`];
    for (const keep of [inside, (i) => !inside(i)]) {
      const bases = [...zeros];
      for (const group of groups) {
        const path = bars(edges, bases, group.counts, most, across, keep);
        const look = keep === inside ? "" : ' class="outside"';
        if (path) parts.push(`<path${look} style="fill:${group.colour}" d="${path}"/>`);
        group.counts.forEach((count, i) => (bases[i] += count));
      }
    }
    place.innerHTML =
      `<svg viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none">${parts.join("")}</svg>`;
    filter.classList.toggle("is-bounded", low !== null || high !== null);
  }

  // The nearest value on the slider's steps, within its ends.
  function onStep(value, { low, high, step, decimals }) {
    if (value <= low || value >= high) return within(value, low, high);
    return within(Number((Math.round(value / step) * step).toFixed(decimals)), low, high);
  }

  // The place of the stop that is nearest in log.
  function nearestStop(value, stops) {
    const above = stops.findIndex((stop) => stop >= value);
    if (above <= 0) return above ? stops.length - 1 : 0;
    return value / stops[above - 1] < stops[above] / value ? above - 1 : above;
  }

  const snap = (value, scale, log) =>
    log ? scale.stops[nearestStop(value, scale.stops)] : onStep(value, scale);

  // --- A slider in log stands between 0 and LOG_STEPS: between its own numbers and a measure's.
  const LOG_STEPS = 100;
  const stands = new Map(); // each slider's ends, and whether they are on a log scale
  let byKey = false; // whether a slider was moved by a key last
  document.addEventListener("keydown", () => (byKey = true), true);
  document.addEventListener("pointerdown", () => (byKey = false), true);

  function slider(column, log) {
    const filter = filterOf(column);
    const scale = scaleOf(filter);
    const { low, high, step, stops } = scale;
    const [min, max] = log ? [0, LOG_STEPS] : [low, high];
    const position = (value) =>
      log ? LOG_STEPS * part(scale, true, within(value, low, high)) : within(value, low, high);

    // The value at a position: `before`, if that is where it puts the slider. A key moves on.
    function value(at, before) {
      if (at <= min) return low;
      if (at >= max) return high;
      if (at === position(before)) return before;
      const found = snap(log ? valueOf(scale, true, at / LOG_STEPS) : at, scale, log);
      if (!log || !byKey) return found;
      const up = at > position(before);
      if (up ? found > before : found < before) return found;
      return up
        ? stops.find((stop) => stop > before)
        : stops.findLast((stop) => stop < before);
    }

    function stand(ends) {
      stands.set(column, { ends, log });
      sayEnds(filter);
    }

    const { ends } = stands.get(column) || { ends: [low, high] };
    return { min, max, step: log ? 1 : step, ends, position, value, stand };
  }

  // A thumb's number is its position: in log it says the measure's.
  function sayEnds(filter) {
    const { ends, log } = stands.get(filter.dataset.column);
    filter.querySelectorAll("[role=slider]").forEach((thumb, side) => {
      const text = log && `${ends[side]} ${filter.dataset.unit || ""}`.trim();
      if (!text) thumb.removeAttribute("aria-valuetext");
      else if (thumb.getAttribute("aria-valuetext") !== text) {
        thumb.setAttribute("aria-valuetext", text);
      }
    });
  }

  const filterOf = (column) =>
    [...document.querySelectorAll(".filter[data-column]")].find(
      (one) => one.dataset.column === column,
    );

  function setBounds(column, ends) {
    const filter = filterOf(column);
    if (!filter) return;
    const [scale, log] = [scaleOf(filter), isLog(filter)];
    const onSlider = ends
      .map((end) => slider(column, log).position(snap(end, scale, log)))
      .sort((a, b) => a - b);
    setProps({ role: "range", column }, { value: onSlider });
  }

  function clearMeasure(filter) {
    const { min, max } = slider(filter.dataset.column, isLog(filter));
    setProps({ role: "range", column: filter.dataset.column }, { value: [min, max] });
  }

  const dragging = { filter: null, from: 0 };

  function valueAt(filter, event) {
    const box = filter.querySelector(".histogram").getBoundingClientRect();
    return valueOf(scaleOf(filter), isLog(filter), (event.clientX - box.left) / box.width);
  }

  document.addEventListener("pointerdown", (event) => {
    const place = event.target.closest && event.target.closest(".histogram");
    if (!place || event.button) return;
    dragging.filter = place.closest(".filter");
    dragging.from = valueAt(dragging.filter, event);
    dragging.x = event.clientX;
    event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => {
    if (!dragging.filter || Math.abs(event.clientX - dragging.x) < 4) return;
    setBounds(dragging.filter.dataset.column, [
      dragging.from,
      valueAt(dragging.filter, event),
    ]);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => (dragging.filter = null));
  }
  document.addEventListener("dblclick", (event) => {
    const filter = event.target.closest && event.target.closest(".filter[data-column]");
    if (filter && event.target.closest(".histogram, .dash-slider-container")) clearMeasure(filter);
  });

  // --- A click picks a facet's value alone, or all again; with Shift it adds or takes away.
  function pick(facet, value, add) {
    const fieldset = [...document.querySelectorAll("fieldset[data-facet]")].find(
      (one) => one.dataset.facet === facet,
    );
    if (!fieldset) return;
    const boxes = [...fieldset.querySelectorAll(".form-check input")];
    const every = boxes.map((box) => box.value);
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    const alone = ticked.length === 1 && ticked[0] === value;
    let next = alone ? every : [value];
    if (add) {
      next = ticked.includes(value)
        ? ticked.filter((one) => one !== value)
        : every.filter((one) => one === value || ticked.includes(one));
    }
    setProps({ role: "facet", column: facet }, { value: next });
  }

  // --- What is pointed at in a chart becomes a filter; zooming never does.
  function hookCharts() {
    // Dash writes a zoom into the figure's own axes, where the next answer would undo it; left to
    // Plotly, `uirevision` keeps it. Nothing here asks Dash for it.
    for (const chart of document.querySelectorAll(".js-plotly-plot")) {
      if (chart.removeAllListeners) chart.removeAllListeners("plotly_relayout");
    }
    const scatter = document.querySelector("#scatter .js-plotly-plot");
    if (scatter && scatter.on && !scatter.dataset.hooked) {
      scatter.dataset.hooked = "yes";
      scatter.on("plotly_selected", (chosen) => {
        const range = chosen && chosen.range;
        if (!range || !range.x || !range.y) return;
        const [x, y] = scatter.layout.meta || [];
        setBounds(x, range.x);
        if (y !== x) setBounds(y, range.y);
        window.Plotly.relayout(scatter, { selections: [] });
      });
    }
    const means = document.querySelector("#means .js-plotly-plot");
    if (means && means.on && !means.dataset.hooked) {
      means.dataset.hooked = "yes";
      means.on("plotly_click", ({ points, event }) => {
        const facet = means.layout.meta;
        const value = points.length ? points[0].data.meta : null;
        if (facet && value !== null && value !== undefined) pick(facet, value, event.shiftKey);
      });
    }
  }

  function savePicture(chart, format) {
    const plot = document.querySelector(`#${chart} .js-plotly-plot`);
    const { width, height } = plot.getBoundingClientRect();
    window.Plotly.downloadImage(plot, { format, width, height, scale: 2, filename: chart });
  }

  // --- Clicks on what stands in the page.
  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      (button.closest(".modal") || document.body).append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus(); // the text had taken it
    }
    const before = button.textContent;
    if (before === "Copied") return;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = before), 1500);
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    const at = (selector) => event.target.closest(selector);
    const opener = at("[data-open]");
    if (opener) window.dash_clientside.dashboard.open(opener.dataset.open);
    const key = at("[data-pick]");
    if (key) pick(key.dataset.pickFacet, key.dataset.pick, event.shiftKey);
    const word = at(".facet-value");
    if (word) {
      event.preventDefault();
      const box = word.closest(".form-check").querySelector("input");
      pick(word.closest("fieldset").dataset.facet, box.value, event.shiftKey);
    }
    const cross = at(".clear-measure");
    if (cross) clearMeasure(cross.closest(".filter"));
    const text = at("[data-copy]");
    if (text) copy(text.dataset.copy, text);
    const link = at("[data-copy-link]");
    if (link) copy(window.dash_clientside.dashboard.link(), link);
    const picture = at("[data-picture]");
    if (picture) savePicture(picture.dataset.chart, picture.dataset.picture);
    if (at("[data-theme-switch]")) window.dispatchEvent(new Event("themeswitch"));
  });

  function hookParts() {
    hookCharts();
    for (const column of stands.keys()) sayEnds(filterOf(column)); // its thumbs may come later
  }

  new MutationObserver(hookParts).observe(document.documentElement, {
    childList: true,
    subtree: true,
  });

  Object.assign(window.dash_clientside.dashboard, {
    slider,

    drawHistograms(histograms) {
      drawn.histograms = histograms || {};
      for (const filter of document.querySelectorAll(".filter[data-column]")) drawHistogram(filter);
      return window.dash_clientside.no_update;
    },
  });
})();
