// Nothing is answered: Dash keeps silent about it, so the page says what is wrong, and asks again.

import { all, around } from "./dom.mjs";

/** What can be wrong; the page's layout has words for each (TROUBLES in dashboard/page/layout.py). */
export const KINDS = /** @type {const} */ (["away", "slow", "limited", "login"]);

/** @typedef {typeof KINDS[number]} Kind */

const RETRY = 2000; // ms between questions to a server that is away
const LATER = 30000; // ms until what took too long is asked again
const PATIENCE = 8000; // ms without an answer after which the page says so

/**
 * Return what an answer means to who waits for it; null: nothing is wrong.
 * @param {number} status HTTP's
 * @param {string | null} retryAfter the header: seconds
 * @returns {{ kind: Kind, wait: number } | null} `wait`: ms until it is asked again, 0: never
 */
export function troubleOf(status, retryAfter) {
  const said = 1000 * Number(retryAfter) || 0;
  const wait = Math.max(RETRY, said);
  if (status === 401) return { kind: "login", wait: 0 };
  if (status === 429) return { kind: "limited", wait };
  if (status === 504 || (status === 503 && !said)) return { kind: "slow", wait: LATER };
  if (status >= 500) return { kind: "away", wait };
  return null;
}

export class Trouble {
  /** @type {Kind | null} */
  #kind = null;
  /** @type {number | undefined} */
  #timer;
  #asking;
  #address;

  /**
   * @param {import("./asking.mjs").Asking} asking
   * @param {import("./address.mjs").Address} address
   */
  constructor(asking, address) {
    this.#asking = asking;
    this.#address = address;
  }

  /** Listen to the buttons that ask again. */
  watch() {
    document.addEventListener("click", (event) => {
      if (around(event, "[data-reload]")) window.location.reload();
      if (!around(event, "[data-retry]")) return;
      around(event, "[data-failure]")?.setAttribute("aria-busy", "true");
      this.#retry();
    });
  }

  /**
   * Say what is wrong if no answer comes, or one that is none.
   * @param {Promise<Response>} answer
   */
  await(answer) {
    const slow = setTimeout(() => this.#kind || this.#tell("slow"), PATIENCE);
    answer.then(
      (response) => {
        clearTimeout(slow);
        this.#hear(response);
      },
      () => {
        clearTimeout(slow);
        this.#tell("away", RETRY);
      },
    );
  }

  /** @param {Response} response */
  #hear(response) {
    const trouble = troubleOf(response.status, response.headers.get("Retry-After"));
    if (trouble) {
      if (trouble.kind === "login") this.#asking.giveUp(); // until a touch, or a new login
      this.#tell(trouble.kind, trouble.wait);
      return;
    }
    const lost = this.#timer; // another question, which waits for its turn
    this.#tell(null);
    const isRefused = response.status >= 400; // for good: there will be no answer
    if (isRefused) this.#asking.settle();
    else if (lost) this.#retry();
  }

  /**
   * @param {Kind | null} kind
   * @param {number} wait
   */
  #tell(kind, wait = 0) {
    this.#kind = kind;
    document.body.classList.toggle("is-away", kind !== null);
    const banner = document.getElementById("connection");
    if (banner) {
      for (const part of all("[data-trouble]", banner)) {
        part.hidden = !kind || !part.dataset.trouble?.split(" ").includes(kind);
      }
      banner.hidden = !kind;
    }
    clearTimeout(this.#timer);
    this.#timer = wait ? setTimeout(() => this.#retry(), wait) : undefined;
  }

  #retry() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { unanswered } = this.#address;
    if (unanswered === null) this.#asking.askAgain();
    else {
      this.#asking.takeNewest();
      this.#address.open(unanswered);
    }
  }
}
