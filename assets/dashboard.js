// The page's scripts: controls -> one question at a time -> answer -> address.
// Dash calls the functions of `dash_clientside.dashboard`; ids are those of dashboard/ids.py.
// What is pointed at is in pointing.js, what screen readers and keys need in access.js.
(function () {
  "use strict";

  const GESTURE = 800; // ms: changes closer than this are one step of the browser's history
  const RETRY = 2000; // ms between questions to a server that is away
  const LATER = 30000; // ms until what took too long is asked again
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
    for (const place of document.querySelectorAll("[data-failure]")) {
      place.removeAttribute("aria-busy");
    }
    const next = asking.waiting;
    asking.waiting = null;
    if (next) send(next);
  }

  // --- Nothing is answered: Dash keeps silent about it, so its requests are watched here. What is
  // wrong is one of the layout's TROUBLES.
  const trouble = { kind: "", timer: null };

  function tell(kind, wait) {
    trouble.kind = kind;
    document.body.classList.toggle("is-away", kind !== "");
    const banner = byId("connection");
    if (banner) {
      for (const part of banner.querySelectorAll("[data-trouble]")) {
        part.hidden = !part.dataset.trouble.split(" ").includes(kind);
      }
      banner.hidden = !kind;
    }
    clearTimeout(trouble.timer);
    trouble.timer = wait ? setTimeout(retry, wait) : null;
  }

  function hear(response) {
    const said = 1000 * Number(response.headers.get("Retry-After")) || 0;
    const wait = Math.max(RETRY, said);
    if (response.status === 401) {
      // Asked again at the next touch, or after a new login.
      asking.underWay = false;
      asking.current = asking.waiting || asking.current;
      asking.waiting = null;
      tell("login");
    } else if (response.status === 429) tell("limited", wait);
    else if (response.status === 504 || (response.status === 503 && !said)) tell("slow", LATER);
    else if (response.status >= 500) tell("away", wait);
    else {
      const lost = trouble.timer; // another question, which waits for its turn
      tell("");
      if (response.status >= 400) settle(); // it will never be answered
      else if (lost) retry();
    }
  }

  function retry() {
    clearTimeout(trouble.timer);
    trouble.timer = null;
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
    const slow = setTimeout(() => trouble.kind || tell("slow"), PATIENCE);
    answer.then(
      (response) => {
        clearTimeout(slow);
        hear(response);
      },
      () => {
        clearTimeout(slow);
        tell("away", RETRY);
      },
    );
    return answer;
  };

  // --- A part of an answer that failed says so in its own place.
  function showFailures(failed) {
    for (const place of document.querySelectorAll("[data-failure]")) {
      const said = failed[place.dataset.failure] || "";
      const text = place.querySelector("p");
      if (text.textContent !== said) text.textContent = said;
      place.hidden = !said;
    }
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest && event.target.closest(selector);
    if (at("[data-reload]")) window.location.reload();
    if (!at("[data-retry]")) return;
    const place = at("[data-failure]");
    if (place) place.setAttribute("aria-busy", "true");
    retry();
  });

  // --- The address: written after each answer, read on load and on Back and Forward.
  const history = { written: 0 };

  // Whether the page stands in another one (theme.js reads it) is no part of what it shows.
  const EMBEDDED = "_embed=1";
  const embedded = () => "embed" in document.documentElement.dataset;

  function writeAddress(search) {
    const keys = [search, embedded() ? EMBEDDED : ""].filter(Boolean).join("&");
    const address = window.location.pathname + (keys ? "?" + keys : "");
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

  // Says under a measure's two numbers which text is none; undefined: none of them is.
  function sayNoNumber(column, text, kept) {
    const filters = [...document.querySelectorAll(".filter[data-column]")];
    const said = filters.find((one) => one.dataset.column === column).querySelector(".bound-said");
    const words = `“${text}” is not a number; ${kept} stays. Type a number alone: it is included.`;
    said.textContent = text === undefined ? "" : words;
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

  const narrow = window.matchMedia("(max-width: 560px)"); // as in dashboard.css

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
      narrow.addEventListener("change", () => {
        if (asking.current) askFor({ ...asking.current, narrow: narrow.matches });
      });
      openAddress();
      return window.dash_clientside.no_update;
    },

    // One measure's slider and its two numbers follow each other; the numbers are exact and win.
    linkRange(range, low, high, log) {
      const triggered = (window.dash_clientside.callback_context.triggered || []).map((entry) =>
        JSON.parse(entry.prop_id.slice(0, entry.prop_id.lastIndexOf("."))),
      );
      const slider = window.dash_clientside.dashboard.slider(triggered[0].column, log);
      // What is no number puts the old one back.
      let ends = [number(low), number(high)].map((end, side) => end ?? slider.ends[side]);
      const wrong = [low, high].findIndex((text) => String(text ?? "").trim() && number(text) === null);
      sayNoNumber(triggered[0].column, [low, high][wrong], slider.ends[wrong]);
      if (triggered.every((id) => id.role === "range")) {
        ends = ends.map((end, side) => slider.value(range[side], end));
      }
      if (ends[0] > ends[1]) ends.reverse();
      slider.stand(ends);
      const { min, max, step } = slider;
      return [ends.map(slider.position), String(ends[0]), String(ends[1]), min, max, step];
    },

    ask(facets, lows, highs, sort, page, perPage, choices, logs, ...rest) {
      const [facetIds, lowIds, choiceIds, logIds] = rest.slice(-4);
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
        log: logIds.map((id) => id.column).filter((_, i) => logs[i]),
        theme: theme(),
        narrow: narrow.matches,
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

    // The address of what is shown, for another window.
    link() {
      const address = new URL(window.location.href);
      address.search = address.search
        .slice(1)
        .split("&")
        .filter((pair) => pair !== EMBEDDED)
        .join("&");
      return address.href;
    },

    answered(answer) {
      if (answer.n === asking.n) {
        try {
          if (!asking.waiting) writeAddress(answer.search);
          linkFiles(answer.rows);
          showFailures(answer.failed);
          announce();
        } finally {
          settle(); // or nothing would ever be asked again
        }
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
