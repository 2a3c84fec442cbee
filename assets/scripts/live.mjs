// A slider that is dragged: the page follows from a live index, without a request until it is let go.
//
// The index is asked when the pointer or the focus comes near a slider. Where there is none, or it is
// of another question, each step is asked, one at a time. Dash is told where a slider stands when it
// is let go, or keys have rested: what follows of that takes longer than a frame.

import { textOf } from "./asking.mjs";
import { setProps } from "./dash.mjs";
import { all, around } from "./dom.mjs";
import { LiveIndex } from "./live_index.mjs";
import { PAINTERS } from "./live_painters.mjs";
import { movePeriod } from "./periods.mjs";

/** @typedef {import("./asking.mjs").State} State */

const PATH = "_live-index";
const NEAR = 60; // ms that the pointer stays in a filter before its index is asked
const KEYS_REST = 150; // ms without a key after which a slider is let go
const LONGEST_SETTLING = 3_000; // ms: who waits longer for an answer is told so by others
const MOST_KEPT = 4; // indexes
const FILTER = ".filter:is([data-column], [data-time])";
const KEYS = /^(Arrow|Page|Home|End)/;

/**
 * A slider on its way, and whether nothing is asked meanwhile.
 * @typedef {object} Drag
 * @property {HTMLElement} filter
 * @property {string} column
 * @property {number[]} positions of its thumbs
 * @property {number[]} stands where it is to stand for what it says
 * @property {string[]} texts what it says
 * @property {number[] | null} ends its bounds, as an index has its stops; null where one is none
 * @property {boolean} isHeld
 */

/**
 * Return what an index of a column depends on, of the state of the page's controls.
 * @param {State} state
 * @param {string} column
 */
export function keyOf(state, column) {
  const { ranges, times, facets, texts, parts, others, search, by, choices, log, columns } = state;
  const without = (/** @type {Record<string, unknown>} */ record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== column));
  const bounds = [without(ranges), without(times)];
  return textOf([column, bounds, facets, texts, parts, others, search, by, choices, log, columns]);
}

export class Live {
  #asking;
  #sliders;
  #slid;
  /** @type {Map<string, LiveIndex | null>} the newest last; null: there is none */
  #indexes = new Map();
  /** @type {string | null} the column whose index is to be asked once none is under way */
  #wanted = null;
  #isUnderWay = false;
  /** @type {Drag | null} */
  #drag = null;
  /** @type {Drag | null} the one that was let go and is not answered yet */
  #settling = null;
  /** @type {HTMLElement | null} the filter on which the pointer is down */
  #pressed = null;
  #isKeyed = false;
  #isDirty = false;
  #table = "";
  /** @type {number | undefined} */
  #nearing;
  /** @type {number | undefined} */
  #resting;

  /**
   * @param {import("./asking.mjs").Asking} asking
   * @param {import("./sliders.mjs").Sliders} sliders
   * @param {(column: string, texts: string[]) => void} slid asks what a slider was moved to
   */
  constructor(asking, sliders, slid) {
    this.#asking = asking;
    this.#sliders = sliders;
    this.#slid = slid;
  }

  /** Follow the pointer, the focus and the sliders' thumbs. */
  watch() {
    document.addEventListener("pointerover", (event) => {
      clearTimeout(this.#nearing);
      const filter = around(event, FILTER);
      if (filter) this.#nearing = setTimeout(() => this.#want(filter), NEAR);
    });
    document.addEventListener("focusin", (event) => {
      const filter = around(event, "[role=slider]") && around(event, FILTER);
      if (filter) this.#want(filter);
    });
    document.addEventListener(
      "pointerdown",
      (event) => {
        this.#isKeyed = false;
        this.#pressed = around(event, ".range, .histogram") && around(event, FILTER);
        if (this.#pressed) this.#want(this.#pressed);
      },
      true,
    );
    document.addEventListener(
      "keydown",
      ({ key }) => {
        if (KEYS.test(key)) this.#isKeyed = true;
      },
      true,
    );
    for (const end of ["pointerup", "pointercancel"]) {
      // Once the slider has heard of it too.
      window.addEventListener(end, () => setTimeout(() => this.#letGo()));
    }
    document.addEventListener("focusout", () => this.#drag && !this.#pressed && this.#rest());
    new MutationObserver((changes) => {
      for (const { target } of changes) this.#moved(/** @type {HTMLElement} */ (target));
    }).observe(document.documentElement, { subtree: true, attributeFilter: ["aria-valuenow"] });
  }

  /**
   * Learn of an answer which table it is of: indexes of another one tell nothing any more.
   * @param {string | undefined} table
   */
  under(table) {
    if (table && table !== this.#table) this.#indexes.clear();
    this.#table = table ?? this.#table;
    // What came near before there was a question, or has the focus still.
    const focused = document.activeElement?.closest("[role=slider]")?.closest(FILTER);
    if (focused instanceof HTMLElement) this.#want(focused);
    else this.#askWanted();
  }

  /**
   * Ask for the index of a filter's column, unless it is here or cannot be.
   * @param {HTMLElement} filter
   */
  #want(filter) {
    if (!filter.querySelector("[role=slider]")) return;
    this.#wanted = nameOf(filter);
    this.#askWanted();
  }

  async #askWanted() {
    const [column, state] = [this.#wanted, this.#asking.newest];
    if (this.#isUnderWay || !column || !state) return;
    this.#wanted = null;
    const key = keyOf(state, column);
    if (this.#indexes.has(key) || Object.hasOwn(state.others, column)) return;
    this.#isUnderWay = true;
    const index = await askIndex(column, state);
    this.#isUnderWay = false;
    if (index && !this.#table) this.#table = index.table;
    this.#indexes.set(key, index?.table === this.#table ? index : null);
    for (const old of [...this.#indexes.keys()].slice(0, -MOST_KEPT)) this.#indexes.delete(old);
    this.#isDirty = true;
    this.#askWanted();
  }

  /**
   * Return the index of a column for what is asked now; null if it is not here.
   * @param {string} column
   */
  #indexOf(column) {
    const state = this.#asking.newest;
    if (!state || Object.hasOwn(state.others, column)) return null;
    return this.#indexes.get(keyOf(state, column)) ?? null;
  }

  /**
   * Follow a thumb that stands elsewhere, unless Dash has put it there.
   * @param {HTMLElement} thumb
   */
  #moved(thumb) {
    const filter = /** @type {HTMLElement | null} */ (thumb.closest(FILTER));
    if (!filter) return;
    const [isPressed, positions] = [this.#pressed === filter, positionsOf(filter)];
    if (!isPressed && textOf(positions) === textOf(toldOf(filter))) {
      if (this.#drag?.filter === filter) this.#drag.positions = positions;
      return;
    }
    if (this.#drag?.filter !== filter) {
      if (this.#drag) this.#rest();
      this.#begin(filter);
    }
    if (this.#drag) this.#move(this.#drag, positions);
    this.#isDirty = true;
    clearTimeout(this.#resting);
    if (!isPressed) this.#resting = setTimeout(() => this.#rest(), KEYS_REST);
  }

  /** @param {HTMLElement} filter */
  #begin(filter) {
    const column = nameOf(filter);
    const positions = toldOf(filter);
    this.#drag = {
      filter,
      column,
      positions,
      stands: positions,
      texts: [],
      ends: null,
      isHeld: false,
    };
    this.#hold();
    const drag = this.#drag;
    const follow = () => {
      if (this.#drag !== drag && this.#settling !== drag) return;
      this.#follow(drag);
      requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
  }

  /** Let nothing be asked while all that is in sight is drawn of an index. */
  #hold() {
    const index = this.#drag && this.#indexOf(this.#drag.column);
    if (!this.#drag || !index || !isWhollyPainted(index)) return;
    this.#drag.isHeld = true;
    this.#asking.hold();
  }

  /**
   * Draw a slider's step. An older answer may have been drawn since the last frame, so all is.
   * @param {Drag} drag
   */
  #follow(drag) {
    const { filter, column } = drag;
    const isNew = this.#isDirty;
    this.#isDirty = false;
    if (isNew && !drag.isHeld) this.#hold();
    const index = this.#indexOf(column);
    const { ends } = drag;
    const span = index && ends && index.span(ends);
    if (span) {
      const bounds = boundsOf(filter, ends);
      for (const { card, paint } of PAINTERS) {
        if (!card || isInSight(card)) paint({ index, span, column, bounds });
      }
    } else if (drag.isHeld) {
      drag.isHeld = false;
      this.#asking.release();
    }
    if (isNew && !drag.isHeld) this.#slid(column, drag.texts);
  }

  /**
   * Let a slider's numbers and words follow its thumbs.
   * @param {Drag} drag
   * @param {number[]} positions
   */
  #move(drag, positions) {
    const { filter } = drag;
    const by = positions.map((at, side) => at - drag.positions[side]);
    drag.positions = positions;
    if (filter.dataset.column === undefined) {
      const period = movePeriod(filter, positions);
      drag.texts = period?.texts ?? drag.texts;
      drag.ends = period?.areStops ? positions : null;
      drag.stands = positions;
      return;
    }
    const found = this.#sliders.move(filter, positions, by);
    drag.texts = found.texts;
    drag.ends = found.ends;
    drag.stands = found.positions;
    // In log, and with tails, a key goes on from where the value is, which is no whole position.
    const isOff = textOf(found.positions) !== textOf(positions);
    if (this.#isKeyed && isOff) this.#tell(filter, found.positions);
  }

  #letGo() {
    const wasPressed = this.#pressed !== null;
    this.#pressed = null;
    if (wasPressed && this.#drag) this.#rest();
  }

  /** The slider is let go: Dash is told where it stands, and what it asks is asked. */
  #rest() {
    const drag = this.#drag;
    if (!drag) return;
    clearTimeout(this.#resting);
    if (this.#isDirty) this.#follow(drag);
    this.#drag = null;
    this.#slid(drag.column, drag.texts);
    if (drag.isHeld) this.#asking.release();
    drag.isHeld = false;
    this.#tell(drag.filter, drag.stands);
    // An answer to a step before may still come: what is drawn stays until that to the last.
    this.#settling = drag;
    const settle = () => {
      if (this.#settling === drag) this.#settling = null;
    };
    this.#asking.whenAnswered(settle);
    setTimeout(settle, LONGEST_SETTLING);
  }

  /**
   * Tell Dash where a slider stands, as the slider itself would at each step.
   * @param {HTMLElement} filter
   * @param {number[]} value
   */
  #tell(filter, value) {
    const role = filter.dataset.column === undefined ? "period" : "range";
    setProps({ role, column: nameOf(filter) }, { value });
  }
}

/**
 * Return the index of a column for a state; null if it does not come, or cannot be.
 * @param {string} column
 * @param {State} state
 */
async function askIndex(column, state) {
  try {
    const answer = await fetch(PATH, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ column, state }),
    });
    return answer.ok ? LiveIndex.read(await answer.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/** @param {HTMLElement} filter */
const nameOf = (filter) => String(filter.dataset.column ?? filter.dataset.time);

/** @param {HTMLElement} filter */
const positionsOf = (filter) =>
  all("[role=slider]", filter).map((thumb) => Number(thumb.getAttribute("aria-valuenow")));

/**
 * Return where Dash has been told that a slider stands.
 * @param {HTMLElement} filter
 */
function toldOf(filter) {
  const role = filter.dataset.column === undefined ? "period" : "range";
  const told = window.dash_component_api.getLayout({ role, column: nameOf(filter) })?.props.value;
  return Array.isArray(told) ? told.map(Number) : positionsOf(filter);
}

/**
 * Return a column's own span, as its histogram has it: an end of the slider is open, and a time's
 * stop reaches half a stop to each side.
 * @param {HTMLElement} filter
 * @param {number[]} ends
 */
function boundsOf({ dataset }, ends) {
  const reach = dataset.column === undefined ? 0.5 : 0;
  const [low, high] = [Number(dataset.low), Number(dataset.high)];
  return [ends[0] <= low ? null : ends[0] - reach, ends[1] >= high ? null : ends[1] + reach];
}

/**
 * Whether each card in sight is drawn by someone.
 * @param {LiveIndex} index
 */
function isWhollyPainted(index) {
  return cardsInSight().every((card) =>
    PAINTERS.some((painter) => painter.card === card && (painter.canPaint?.(index) ?? true)),
  );
}

/** @param {string} card */
const isInSight = (card) => cardsInSight().includes(card);

/** Return the ids of the cards of which a part is in the window. */
function cardsInSight() {
  return all("section.card h2[id$='-title']")
    .filter((title) => {
      const { top, bottom, height } = /** @type {HTMLElement} */ (
        title.closest("section")
      ).getBoundingClientRect();
      return height > 0 && top < window.innerHeight && bottom > 0;
    })
    .map((title) => title.id.replace(/-title$/, ""));
}
