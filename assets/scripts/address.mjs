// The address: written after each answer, read on load and on Back and Forward.

import { dimSoon } from "./answered.mjs";
import { setProps } from "./dash.mjs";
import { around } from "./dom.mjs";
import { look } from "./look.mjs";

const LONGEST = 16_000; // characters of an address that every server reads
const GESTURE = 800; // ms: changes closer than this are one step of the browser's history
const FILTER_FREE = ["sort", "by", "per_page"]; // what Reset keeps, with the keys that begin with "_"

// Whether the page stands in another one (theme.js reads it), and how its reader writes numbers, is no
// part of what it shows.
const EMBEDDED = "_embed=1";
const LOCALE = "_locale=";

/**
 * Return the address of what is shown, with its "?": one too long to be sent stands behind the "#".
 */
export const here = () =>
  window.location.hash.startsWith("#?") ? window.location.hash.slice(1) : window.location.search;

/**
 * Return an address as it is written behind a path.
 * @param {string} keys
 */
export const written = (keys) => `${keys.length > LONGEST ? "#" : ""}${keys ? `?${keys}` : ""}`;

/**
 * Return the address's page of the table, from 0: DataTable goes to its first page whenever its
 * order changes, so it is not asked.
 * @param {string} search
 */
export function pageOf(search) {
  const page = Number(new URLSearchParams(search).get("page") || 1);
  return Number.isInteger(page) && page > 0 ? page - 1 : 0;
}

/**
 * Return an address without its filters.
 * @param {string} search
 */
export function withoutFilters(search) {
  const kept = new URLSearchParams(search);
  for (const key of [...kept.keys()]) {
    if (!key.startsWith("_") && !FILTER_FREE.includes(key)) kept.delete(key);
  }
  return `?${kept}`;
}

/**
 * Return an address as it is where the page stands alone, for any reader.
 * @param {string} search
 */
export function unembedded(search) {
  const pairs = search.replace(/^\?/, "").split("&");
  return pairs.filter((pair) => pair !== EMBEDDED && !pair.startsWith(LOCALE)).join("&");
}

export class Address {
  /**
   * The address that the server was asked to read, until its controls are set.
   * @type {string | null}
   */
  unanswered = null;
  /** Whether the controls were set as an address says, in the page's layout or later. */
  isOpened = false;
  // The page opens at one.
  #search = here();
  #isHere = true;
  #isOpening = true;
  #written = 0;
  /** The gesture of a person's that is the last, the one that is asked for, and the written one. */
  #gesture = 0;
  #askedIn = 0;
  #writtenIn = -1;
  #asking;

  /** @param {import("./asking.mjs").Asking} asking */
  constructor(asking) {
    this.#asking = asking;
  }

  /** Follow Back and Forward; a person's touch ends what an address says of the page's state. */
  watch() {
    window.addEventListener("popstate", () => this.open());
    for (const gesture of ["pointerdown", "keydown", "click"]) {
      document.addEventListener(gesture, (event) => this.begin(event), true);
    }
    // What helps people to use a page may choose an option without a press or a key.
    document.addEventListener(
      "change",
      (event) => {
        if (around(event, "select")) this.begin(event);
      },
      true,
    );
  }

  /**
   * Let a gesture begin: all that is written until the next one is one step of the history. The click
   * at the end of a press is part of it, and so is a key that is held.
   * @param {Event} event
   */
  begin(event) {
    this.#isOpening = false;
    const isPart =
      event.type === "click"
        ? /** @type {UIEvent} */ (event).detail > 0
        : /** @type {KeyboardEvent} */ (event).repeat;
    if (!isPart) this.#gesture += 1;
  }

  /** Know that what is asked now is of the last gesture, whenever its answer comes. */
  asked() {
    this.#askedIn = this.#gesture;
  }

  /** Ask the server to set the controls as an address says. */
  open(search = here()) {
    this.#asking.forget();
    this.isOpened = true;
    this.unanswered = this.#search = search;
    this.#isHere = search === here(); // else it is a step of its own, as Reset is
    this.#isOpening = true;
    this.asked();
    dimSoon();
    setProps("address", { data: { search, ...look(), at: Date.now() } });
  }

  /**
   * Open what the newest address becomes by a choice. While controls were changed since, or another
   * one is being opened, what stands in the browser's is older than what a person sees.
   * @param {(search: string) => string} become
   */
  change(become) {
    this.#asking.whenAnswered(() => this.open(become(this.unanswered ?? here())));
  }

  /** The address's page of the table while it is being opened, else null. */
  get page() {
    return this.#isOpening ? pageOf(this.#search) : null;
  }

  /**
   * Write the address of what is shown: a step of the history, or over the last one if that is part
   * of the same gesture or the one that is being opened.
   * @param {string} search without "?"
   */
  write(search) {
    const { embed, locale } = document.documentElement.dataset;
    const own = [embed === undefined ? "" : EMBEDDED, locale ? LOCALE + locale : ""];
    const keys = [search, ...own].filter(Boolean).join("&");
    const { pathname } = window.location;
    const address = pathname + written(keys);
    if (keys === here().replace(/^\?/, "")) return;
    const now = Date.now();
    const opened = this.#isOpening && this.#isHere;
    const isSame = this.#askedIn === this.#writtenIn || now - this.#written < GESTURE;
    const inPlace = opened || isSame;
    this.#written = now;
    this.#writtenIn = this.#askedIn;
    if (inPlace) window.history.replaceState(null, "", address);
    else window.history.pushState(null, "", address);
  }
}

/** Return the address of what is shown, for another window. */
export function link() {
  const address = new URL(window.location.href);
  address.search = unembedded(address.search);
  return address.href;
}
