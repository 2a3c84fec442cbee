// The page's scripts: controls -> one question at a time -> answer -> address.
// Dash calls the functions of `dash_clientside.dashboard`; ids are those of dashboard/ids.py.
(function () {
  "use strict";

  const GESTURE = 800; // ms: changes closer than this are one step of the browser's history
  const RETRY = 2000; // ms between questions to a server that is away
  const STALE = 150; // ms without an answer after which what is older than the controls is dimmed
  const PATIENCE = 8000; // ms without an answer after which the page says so
  const FILTER_FREE = ["sort", "by", "per_page"]; // what Reset keeps, with the keys that begin with "_"

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const byId = (id) => document.getElementById(id);

  // --- Asking: at most one question is under way; the newest state waits for its turn, so that a
  // slow server sees few questions and an old answer never overwrites a newer one.
  const asking = { n: 0, current: null, underWay: false, waiting: null, last: "" };

  // While an address is being applied: it names the page of the table and stands in the history
  // already. A person's next touch of the page ends that.
  const opening = { address: null, search: "", here: true, active: false };
  for (const gesture of ["pointerdown", "keydown", "click"]) {
    document.addEventListener(gesture, () => (opening.active = false), true);
  }

  function send(state) {
    asking.n += 1;
    asking.current = state;
    asking.underWay = true;
    clearTimeout(asking.stale);
    asking.stale = setTimeout(() => document.body.classList.add("is-stale"), STALE);
    setProps("asked", { data: { ...state, n: asking.n } });
  }

  function askFor(state) {
    const text = JSON.stringify(state);
    if (text === asking.last) return;
    asking.last = text;
    if (asking.underWay) asking.waiting = state;
    else send(state);
  }

  function settle() {
    asking.underWay = false;
    clearTimeout(asking.stale);
    document.body.classList.remove("is-stale");
    const next = asking.waiting;
    asking.waiting = null;
    if (next) send(next);
  }

  // --- The server is away: Dash keeps silent about it, so its requests are watched here.
  const away = { timer: null };

  function showAway(isAway) {
    const banner = byId("connection");
    if (banner) banner.hidden = !isAway;
    document.body.classList.toggle("is-away", isAway);
    if (isAway && !away.timer) away.timer = setInterval(retry, RETRY);
    if (!isAway && away.timer) away.timer = clearInterval(away.timer) || null;
  }

  function retry() {
    const state = asking.waiting || asking.current;
    asking.waiting = null;
    if (opening.address !== null) openAddress(opening.address);
    else if (state) send(state);
  }

  const plainFetch = window.fetch;
  window.fetch = function (resource, options) {
    const url = typeof resource === "string" ? resource : resource.url || "";
    const answer = plainFetch.apply(this, arguments);
    if (!url.includes("_dash-update-component")) return answer;
    const slow = setTimeout(() => showAway(true), PATIENCE);
    answer.then(
      (response) => {
        clearTimeout(slow);
        showAway(response.status >= 500);
        if (response.status >= 400 && response.status < 500) settle(); // it will never be answered
      },
      () => {
        clearTimeout(slow);
        showAway(true);
      },
    );
    return answer;
  };

  // --- The address: written after each answer, read on load and on Back and Forward.
  const history = { written: 0 };

  function writeAddress(search) {
    const address = window.location.pathname + (search ? "?" + search : "");
    if (address === window.location.pathname + window.location.search) return;
    const now = Date.now();
    const here = opening.active && opening.here;
    const inPlace = here || now - history.written < GESTURE;
    history.written = now;
    if (inPlace) window.history.replaceState(null, "", address);
    else window.history.pushState(null, "", address);
  }

  function openAddress(search = window.location.search) {
    asking.last = "";
    opening.address = opening.search = search;
    opening.here = search === window.location.search; // else it is a step of its own, as Reset is
    opening.active = true;
    setProps("address", { data: { search, at: Date.now() } });
  }

  function number(text) {
    const value = Number(String(text).trim().replace(",", "."));
    return String(text).trim() === "" || !Number.isFinite(value) ? null : value;
  }

  // DataTable goes to its first page whenever its order changes, so an address's page is read here.
  function pageOf(search) {
    const page = Number(new URLSearchParams(search).get("page") || 1);
    return Number.isInteger(page) && page > 0 ? page - 1 : 0;
  }

  // What is changed in the address alone: a filter less, a step back.
  const open = (search) => openAddress(search.length > 1 ? search : "");

  // --- The count is said aloud once the controls are at rest, and only when it is another one.
  const REST = 700; // ms

  function announce() {
    clearTimeout(announce.timer);
    announce.timer = setTimeout(() => {
      const [count, said] = [byId("count").textContent, byId("said")];
      if (said.textContent !== count) said.textContent = count;
    }, REST);
  }

  // --- Files hold the shown query's rows.
  function linkFiles(rows) {
    for (const link of document.querySelectorAll("a[data-export]")) {
      link.setAttribute("href", link.dataset.export + (rows ? "?" + rows : ""));
    }
  }

  // --- Histograms above the sliders, as vectors: all rows behind, the groups stacked in front,
  // faded outside the measure's own bounds. A drag over one sets its bounds.
  const drawn = { histograms: {} };
  const HEIGHT = 40;

  const scaleOf = (filter) => ({
    low: Number(filter.dataset.low),
    high: Number(filter.dataset.high),
    step: Number(filter.dataset.step),
    decimals: Number(filter.dataset.decimals),
  });

  function bars(edges, bases, counts, most, scale, keep) {
    const across = (value) => ((value - scale.low) / (scale.high - scale.low)) * 100;
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
    const scale = scaleOf(filter);
    const { edges, groups } = histogram;
    const most = Math.max(1, ...histogram.all);
    const [low, high] = histogram.bounds;
    // A bin is inside if its middle is; the sliders' own ends show the rest exactly.
    const inside = (i) => {
      const middle = (edges[i] + edges[i + 1]) / 2;
      return (low === null || middle >= low) && (high === null || middle <= high);
    };
    const zeros = histogram.all.map(() => 0);
    const all = bars(edges, zeros, histogram.all, most, scale, () => true);
    const parts = [`<path class="all" d="${all}"/>`];
    for (const keep of [inside, (i) => !inside(i)]) {
      const bases = [...zeros];
      for (const group of groups) {
        const path = bars(edges, bases, group.counts, most, scale, keep);
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
    const steps = Math.round((value - low) / step);
    return Math.min(Math.max(Number((low + steps * step).toFixed(decimals)), low), high);
  }

  const filterOf = (column) =>
    [...document.querySelectorAll(".filter[data-column]")].find(
      (one) => one.dataset.column === column,
    );

  function setBounds(column, ends) {
    const filter = filterOf(column);
    if (!filter) return;
    const scale = scaleOf(filter);
    const [low, high] = ends.map((end) => onStep(end, scale)).sort((a, b) => a - b);
    setProps({ role: "range", column }, { value: [low, high] });
  }

  function clearMeasure(filter) {
    const { low, high } = scaleOf(filter);
    setProps({ role: "range", column: filter.dataset.column }, { value: [low, high] });
  }

  const dragging = { filter: null, from: 0 };

  function valueAt(filter, event) {
    const box = filter.querySelector(".histogram").getBoundingClientRect();
    const { low, high } = scaleOf(filter);
    return low + ((event.clientX - box.left) / box.width) * (high - low);
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
    if (opener) open(opener.dataset.open);
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
    if (link) copy(window.location.href, link);
    const picture = at("[data-picture]");
    if (picture) savePicture(picture.dataset.chart, picture.dataset.picture);
    if (at("[data-theme-switch]")) window.dispatchEvent(new Event("themeswitch"));
  });

  const filtersOf = (state) => state && JSON.stringify([state.facets, state.ranges]);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.dashboard = {
    start() {
      window.addEventListener("popstate", () => openAddress());
      window.addEventListener("themechange", () => {
        if (asking.current) askFor({ ...asking.current, theme: theme() });
      });
      openAddress();
      return window.dash_clientside.no_update;
    },

    // One measure's slider and its two numbers follow each other; the numbers are exact and win.
    linkRange(range, low, high, min, max) {
      const triggered = (window.dash_clientside.callback_context.triggered || []).map(
        (entry) => JSON.parse(entry.prop_id.slice(0, entry.prop_id.lastIndexOf("."))).role,
      );
      if (triggered.every((role) => role === "range")) {
        return [range, String(range[0]), String(range[1])];
      }
      let ends = [number(low), number(high)];
      ends = ends.map((end, side) => (end === null ? range[side] : end));
      if (ends[0] > ends[1]) ends.reverse();
      const onSlider = ends.map((end) => Math.min(Math.max(end, min), max));
      return [onSlider, String(ends[0]), String(ends[1])];
    },

    ask(facets, lows, highs, sort, page, perPage, choices, ...rest) {
      const [facetIds, lowIds, choiceIds] = rest.slice(-3);
      const inputs = window.dash_clientside.callback_context.inputs_list;
      const chosen = (id) => inputs.filter((input) => input.id === id).map((input) => input.value);
      const state = {
        facets: Object.fromEntries(facetIds.map((id, i) => [id.column, facets[i]])),
        ranges: Object.fromEntries(
          lowIds.map((id, i) => [id.column, [number(lows[i]), number(highs[i])]]),
        ),
        sort: sort || [],
        page: page || 0,
        per_page: Number(perPage),
        by: chosen("colour-by")[0] || null,
        axes: [...chosen("scatter-x"), ...chosen("scatter-y")],
        choices: Object.fromEntries(choiceIds.map((id, i) => [id.column, choices[i]])),
        theme: theme(),
      };
      const before = asking.waiting || asking.current;
      const narrowed = before && filtersOf(before) !== filtersOf(state);
      if (opening.active) state.page = pageOf(opening.search);
      else if (narrowed) state.page = 0;
      opening.address = null;
      askFor(state);
      return window.dash_clientside.no_update;
    },

    // Ticks or unticks what a facet's search shows, and all of it while nothing is searched.
    tickShown(all, none, ticked, id) {
      const clicked = (window.dash_clientside.callback_context.triggered || []).filter(
        (entry) => entry.value,
      );
      if (!clicked.length) return window.dash_clientside.no_update;
      const fieldset = [...document.querySelectorAll("fieldset[data-facet]")].find(
        (one) => one.dataset.facet === String(id.column),
      );
      const shown = [...fieldset.querySelectorAll(".form-check")]
        .filter((check) => !check.hidden)
        .map((check) => check.querySelector("input").value);
      const kept = ticked.filter((value) => !shown.includes(value));
      return clicked[0].prop_id.includes('"facet-all"') ? [...kept, ...shown] : kept;
    },

    answered(answer) {
      if (answer.n === asking.n) {
        if (!asking.waiting) writeAddress(answer.search);
        linkFiles(answer.rows);
        settle();
        announce();
      }
      return window.dash_clientside.no_update;
    },

    drawHistograms(histograms) {
      drawn.histograms = histograms || {};
      for (const filter of document.querySelectorAll(".filter[data-column]")) drawHistogram(filter);
      return window.dash_clientside.no_update;
    },

    reset() {
      const clicked = window.dash_clientside.callback_context.triggered || [];
      if (clicked.some((entry) => entry.value)) {
        const kept = new URLSearchParams(window.location.search);
        for (const key of [...kept.keys()]) {
          if (!key.startsWith("_") && !FILTER_FREE.includes(key)) kept.delete(key);
        }
        openAddress("?" + kept.toString());
      }
      return window.dash_clientside.no_update;
    },

    foldFilters(clicks) {
      const open = document.body.classList.toggle("filters-open", clicks % 2 === 1);
      byId("filters-toggle").setAttribute("aria-expanded", String(open));
      return window.dash_clientside.no_update;
    },
  };

  // --- The search in a long facet hides checkboxes; what is ticked stays as it is.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

  function searchFacets() {
    for (const box of document.querySelectorAll(".facet-search")) {
      const wanted = plain(box.value);
      for (const check of box.closest("fieldset").querySelectorAll(".form-check")) {
        const hidden = !plain(check.querySelector(".facet-value").textContent).includes(wanted);
        if (check.hidden !== hidden) check.hidden = hidden;
      }
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches(".facet-search")) searchFacets();
  });

  // --- Names for screen readers that Dash's components lack.
  const PAGING = {
    "first-page": "First page",
    "previous-page": "Previous page",
    "next-page": "Next page",
    "last-page": "Last page",
    "current-page": "Page",
  };
  const ORDERS = { "sort-up": "ascending", "sort-down": "descending" };

  function nameParts() {
    for (const filter of document.querySelectorAll(".filter[data-measure]")) {
      const thumbs = filter.querySelectorAll("[role=slider]");
      ["from", "to"].forEach((word, i) => {
        if (thumbs[i]) thumbs[i].setAttribute("aria-label", filter.dataset.measure + ", " + word);
      });
    }
    for (const [name, label] of Object.entries(PAGING)) {
      for (const part of document.querySelectorAll(`button.${name}, input.${name}`)) {
        part.setAttribute("aria-label", label);
      }
    }
    const name = (part, said) => Object.keys(said).forEach((key) => part.setAttribute(key, said[key]));
    const title = document.querySelector(".table-card h2");
    for (const box of document.querySelectorAll("#table .dash-spreadsheet-container")) {
      name(box, { tabindex: "0", role: "region", "aria-label": title.textContent });
    }
    for (const sort of document.querySelectorAll("#table .column-header--sort")) {
      const head = sort.closest("th");
      const icon = sort.querySelector("svg");
      const order = ORDERS[icon && icon.dataset.icon] || "none";
      name(head, { scope: "col", "aria-sort": order });
      const column = head.querySelector(".column-header-name").textContent;
      name(sort, { role: "button", tabindex: "0", "aria-label": "Sort by " + column });
    }
    for (const menu of document.querySelectorAll(".dropdown-menu:not([role])")) {
      menu.setAttribute("role", "group");
    }
  }

  // DataTable keeps the Tab key and the arrows to itself, though none of its cells can be chosen:
  // no key but those of the page's number reaches Dash; Tab and arrows do what they do elsewhere.
  window.addEventListener(
    "keydown",
    (event) => {
      if (!event.target.closest || !event.target.closest("#table")) return;
      if (event.key === "Tab" || !event.target.matches("input")) event.stopPropagation();
      const pressed = event.key === "Enter" || event.key === " ";
      if (!pressed || !event.target.matches(".column-header--sort")) return;
      event.preventDefault();
      event.target.click();
    },
    true,
  );

  new MutationObserver(() => {
    nameParts();
    hookCharts();
  }).observe(document.documentElement, {
    attributeFilter: ["data-icon"], // the order of a column of the table
    childList: true,
    subtree: true,
  });

  function theme() {
    return document.documentElement.getAttribute("data-bs-theme") || "light";
  }
})();
