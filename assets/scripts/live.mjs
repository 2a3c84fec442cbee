// A slider that is dragged: the page follows from a live index, without a request until it is let go.
//
// The index is asked when the pointer or the focus comes near a slider. Where there is none, or it is
// of another question, each step is asked, one at a time; not while it may come at once, as answers
// take the server's time, and Dash's. Dash is told where a slider stands when it
// is let go, or keys have rested: what follows of that takes longer than a frame. Of an index whose
// rest is still on its way what is here is drawn, and nothing is asked; the rest joins in.

import { textOf } from "./asking.mjs";
import { all, around, columnOf, SLID_FILTER } from "./dom.mjs";
import { unpaintChips } from "./live_chips.mjs";
import { LiveIndexes } from "./live_indexes.mjs";
import {
  cardAround,
  hasPainters,
  isToldBetween,
  isWhollyPainted,
  paintStep,
  unmarkBehind,
} from "./live_painters.mjs";
import { repair } from "./live_repair.mjs";
import { boundsOf, positionsOf, tell, toldOf } from "./live_slider.mjs";
import { movePeriod } from "./periods.mjs";
import { filterOfLines } from "./trend_brush.mjs";

const NEAR = 60; // ms that the pointer stays in a filter before its index is asked
const KEYS_REST = 150; // ms without a key after which a slider is let go
const LONGEST_SETTLING = 30_000; // ms: who waits longer for an answer is told so by others
const KEYS = /^(Arrow|Page|Home|End)/;

/**
 * A slider on its way, and whether nothing is asked meanwhile.
 * @typedef {object} Drag
 * @property {HTMLElement} filter
 * @property {string} column
 * @property {number[]} stands where it is to stand for what it says
 * @property {string[]} texts what it says
 * @property {number[] | null} ends its bounds, as an index has its stops; null where one is none
 * @property {boolean} isHeld
 * @property {boolean} isWhole whether nothing of the index with which it is held was still to come
 */

export class Live {
  #asking;
  #sliders;
  #slid;
  #indexes;
  /** @type {Drag | null} */
  #drag = null;
  /** @type {Drag | null} the one that was let go and is not answered yet */
  #settling = null;
  /** @type {HTMLElement | null} the filter on which the pointer is down */
  #pressed = null;
  #isBrushed = false; // whether nothing is asked since the pointer is down on a histogram, or on lines
  /** @type {string | null} the card on which the pointer is down to draw a box */
  #drawnOn = null;
  #isKeyed = false;
  #isStruck = false; // whether a key is down of which no thumb has moved yet
  /** @type {WeakMap<HTMLElement, number[]>} where each filter's thumbs were seen last */
  #seen = new WeakMap();
  #isDirty = false;
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
    this.#indexes = new LiveIndexes(asking, () => {
      this.#isDirty = true;
    });
  }

  /** Follow the pointer, the focus and the sliders' thumbs. */
  watch() {
    document.addEventListener("pointerover", (event) => {
      clearTimeout(this.#nearing);
      const filter = around(event, SLID_FILTER) ?? filterOfLines(event);
      if (filter) this.#nearing = setTimeout(() => this.#want(filter), NEAR);
    });
    document.addEventListener("focusin", (event) => {
      const filter = around(event, "[role=slider]") && around(event, SLID_FILTER);
      if (filter) this.#want(filter);
    });
    document.addEventListener(
      "pointerdown",
      (event) => {
        this.#isKeyed = false;
        const ofLines = filterOfLines(event);
        this.#drawnOn = ofLines && cardAround(event);
        this.#pressed =
          ofLines ?? around(event, ".range, .histogram")?.closest(SLID_FILTER) ?? null;
        if (!this.#pressed) return;
        this.#want(this.#pressed);
        // What is drawn on a histogram is told Dash before the slider moves, and would be asked.
        this.#isBrushed = around(event, ".histogram") !== null && this.#hold(this.#pressed);
      },
      true,
    );
    document.addEventListener(
      "keydown",
      (event) => {
        const thumb = KEYS.test(event.key) && around(event, "[role=slider]");
        if (!thumb) return;
        if (this.#meets(thumb, event.key)) {
          event.preventDefault();
          event.stopPropagation();
          return;
        }
        this.#isKeyed = this.#isStruck = true;
        // One at an end of the slider moves none; what moves one then is no key.
        setTimeout(() => (this.#isStruck = false));
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
   * Whether the page follows a box over the lines of a filter's time: all that is in sight beside them
   * can be drawn.
   * @param {HTMLElement} filter
   */
  follows(filter) {
    if (this.#drag?.filter === filter) return this.#drag.isHeld;
    this.#isBrushed ||= this.#pressed === filter && this.#hold(filter);
    return this.#isBrushed;
  }

  /**
   * Learn of an answer which table it is of; a slider that has the focus still needs its index.
   * @param {string | undefined} table
   */
  under(table) {
    const focused = document.activeElement?.closest("[role=slider]")?.closest(SLID_FILTER);
    this.#indexes.under(table, focused instanceof HTMLElement ? columnOf(focused) : null);
  }

  /**
   * Ask for the index of a filter's column, unless it is here or cannot be.
   * @param {HTMLElement} filter
   */
  #want(filter) {
    if (!filter.querySelector("[role=slider]")) return;
    this.#indexes.want(columnOf(filter));
  }

  /**
   * Move a thumb to its own end where the slider would move the other one: Home on the upper thumb,
   * and End on the lower one, lead to the other thumb. Return whether the key is such.
   * @param {HTMLElement} thumb
   * @param {string} key
   */
  #meets(thumb, key) {
    const filter = /** @type {HTMLElement | null} */ (thumb.closest(SLID_FILTER));
    if (!filter) return false;
    const side = all("[role=slider]", filter).indexOf(thumb);
    if (key !== ["End", "Home"][side]) return false;
    if (this.#drag) this.#rest();
    if (filter.dataset.column === undefined) {
      const other = positionsOf(filter)[1 - side];
      tell(filter, [other, other]);
    } else this.#sliders.meet(filter, side);
    return true;
  }

  /**
   * Follow a thumb that stands elsewhere, unless Dash has put it there.
   * @param {HTMLElement} thumb
   */
  #moved(thumb) {
    const filter = /** @type {HTMLElement | null} */ (thumb.closest(SLID_FILTER));
    if (!filter) return;
    const [isPressed, positions] = [this.#pressed === filter, positionsOf(filter)];
    const before = this.#seen.get(filter) ?? toldOf(filter);
    this.#seen.set(filter, positions);
    if (textOf(positions) === textOf(before)) return; // two thumbs that moved at once
    const isHand = isPressed || this.#isStruck;
    this.#isStruck = false;
    const begins = this.#drag?.filter !== filter;
    const told = textOf(toldOf(filter));
    if (!isHand && (this.#isKeyed || textOf(positions) === told)) {
      // Dash draws what it was told some time later: what a key said meanwhile stays.
      if (this.#drag && !begins && textOf(this.#drag.stands) !== told) {
        tell(filter, this.#drag.stands);
      }
      return;
    }
    if (begins) {
      if (this.#drag) this.#rest();
      this.#begin(filter);
    }
    if (this.#drag) this.#move(this.#drag, positions, before);
    this.#isDirty = true;
    // The first step is drawn, or asked, in the frame that moves the thumb, not in the next one.
    if (begins && this.#drag) this.#follow(this.#drag);
    clearTimeout(this.#resting);
    if (!isPressed) this.#resting = setTimeout(() => this.#rest(), KEYS_REST);
  }

  /** @param {HTMLElement} filter */
  #begin(filter) {
    const column = columnOf(filter);
    this.#drag = {
      filter,
      column,
      stands: toldOf(filter),
      texts: [],
      ends: null,
      isHeld: this.#hold(filter),
      isWhole: false,
    };
    if (this.#isBrushed && !this.#drag.isHeld) this.#asking.release();
    this.#isBrushed = false;
    const drag = this.#drag;
    const follow = () => {
      if (this.#drag !== drag && this.#settling !== drag) return;
      this.#follow(drag);
      requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
  }

  /**
   * Let nothing be asked if all that is in sight can be drawn of an index, and return whether it can.
   * @param {HTMLElement} filter
   */
  #hold(filter) {
    const index = this.#indexes.of(columnOf(filter));
    if (!index || !this.#isEnough(index)) return false;
    this.#asking.hold();
    return true;
  }

  /**
   * Whether nothing need be asked with an index: all in sight is drawn of it, or will soon be.
   * @param {import("./live_index.mjs").LiveIndex} index
   */
  #isEnough(index) {
    return index.isWhole
      ? isWhollyPainted(index, this.#drawnOn)
      : this.#indexes.isComing(index) && hasPainters();
  }

  /**
   * Draw a slider's step. An older answer may have been drawn since the last frame, so all is.
   * @param {Drag} drag
   * @param {boolean} [rests] whether it is the last one
   */
  #follow(drag, rests = false) {
    const { filter, column } = drag;
    const isNew = this.#isDirty;
    this.#isDirty = false;
    const index = this.#indexes.of(column);
    const { ends } = drag;
    const span = index && ends && index.span(ends);
    let isTold = span ? isToldBetween(index, span, this.#drawnOn) : false;
    if (isTold && index && drag.isHeld && !drag.isWhole) {
      isTold = this.#isEnough(index);
      drag.isWhole = index.isWhole;
    }
    const isLost = drag.isHeld && !isTold;
    if (isLost) {
      drag.isHeld = false;
      this.#asking.release();
      unmarkBehind();
    }
    // Of one that was let go the answer is awaited.
    if (isNew && isTold && !drag.isHeld && drag === this.#drag) drag.isHeld = this.#hold(filter);
    if (span) {
      const bounds = boundsOf(filter, ends);
      const step = { index, span, column, ends, bounds, rests, drawnOn: this.#drawnOn };
      paintStep(step, drag.isHeld);
    }
    if (!(isNew || isLost) || drag.isHeld) return;
    // An answer would draw the chart anew on which a box is drawn.
    if (this.#drawnOn && !rests) return;
    if (!rests && this.#indexes.isExpected(column)) this.#isDirty = true;
    else this.#slid(column, drag.texts);
  }

  /**
   * Let a slider's numbers and words follow its thumbs.
   * @param {Drag} drag
   * @param {number[]} positions
   * @param {number[]} before where they were
   */
  #move(drag, positions, before) {
    const { filter } = drag;
    const by = positions.map((at, side) => at - before[side]);
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
    if (this.#isKeyed && isOff) tell(filter, found.positions);
  }

  #letGo() {
    const wasPressed = this.#pressed !== null;
    this.#pressed = null;
    if (this.#isBrushed) this.#asking.release();
    this.#isBrushed = false;
    if (wasPressed && this.#drag) this.#rest();
    this.#drawnOn = null;
  }

  /** The slider is let go: Dash is told where it stands, and what it asks is asked. */
  #rest() {
    const drag = this.#drag;
    if (!drag) return;
    clearTimeout(this.#resting);
    this.#follow(drag, true);
    this.#drag = null;
    this.#slid(drag.column, drag.texts);
    if (drag.isHeld) this.#asking.release();
    drag.isHeld = false;
    tell(drag.filter, drag.stands);
    // An answer to a step before may still come: what is drawn stays until that to the last.
    this.#settling = drag;
    const settle = () => {
      if (this.#settling !== drag) return;
      this.#settling = null;
      unmarkBehind();
      unpaintChips();
      // Once Dash has drawn what it was told.
      requestAnimationFrame(() => setTimeout(() => this.#drag || repair()));
    };
    this.#asking.whenAnswered(settle);
    setTimeout(settle, LONGEST_SETTLING);
  }
}
