// The page's scripts: controls -> one question at a time -> answer -> address.
// Dash calls the functions of `dash_clientside.dashboard`; ids are those of dashboard/ids.py.
// What is pointed at is in pointing.js, what screen readers and keys need in access.js.
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

  // The charts whose text twins are unfolded: only those are asked for.
  const openTwins = () =>
    [...document.querySelectorAll("details[data-twin][open]")].map((twin) => twin.dataset.twin);
  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches("details[data-twin][open]") || !asking.current) return;
      askFor({ ...(asking.waiting || asking.current), open: openTwins() });
    },
    true,
  );

  const filtersOf = (state) => state && JSON.stringify([state.facets, state.ranges]);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.dashboard = {
    // Opens what is changed in the address alone: a filter less, a step back.
    open(search) {
      openAddress(search.length > 1 ? search : "");
    },

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
        open: openTwins(),
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

  function theme() {
    return document.documentElement.getAttribute("data-bs-theme") || "light";
  }
})();
