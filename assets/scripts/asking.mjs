// One question at a time: while an answer is under way the newest state waits for its turn, so that
// a slow server sees few questions and an old answer never overwrites a newer one.

/**
 * Return the text that equal values have in common, whichever way their keys were written.
 * @param {unknown} something of JSON
 */
export const textOf = (something) =>
  JSON.stringify(something, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );

/**
 * The state of the page's controls: `Question` in dashboard/answer/question.py.
 * @typedef {object} State
 * @property {Record<string, string[]>} facets what is ticked
 * @property {Record<string, (number | string | null)[]>} ranges each measure's two numbers
 * @property {Record<string, string[]>} texts what is asked of each text, as addresses have it
 * @property {Record<string, string[]>} times each period's two ends
 * @property {Record<string, string[]>} parts what is chosen of each part of a time
 * @property {Record<string, string[]>} others what each measure or time may be beside that
 * @property {string} search what any text contains
 * @property {object[]} sort the table's own form
 * @property {number} page from 0
 * @property {number} per_page
 * @property {string | null} by
 * @property {string[]} axes the scatter's; empty if there is none
 * @property {Record<string, string>} choices
 * @property {string[]} log the measures on a log scale
 * @property {Record<string, string[]>} columns which are shown of a table of many
 * @property {string} theme
 * @property {boolean} narrow
 * @property {string[]} open the charts whose text alternatives are unfolded
 */

export class Asking {
  /** The number of the question that was sent last. */
  number = 0;
  /** @type {State | null} */
  #sent = null;
  /** @type {State | null} */
  #waiting = null;
  #underWay = false;
  #isHeld = false;
  #last = "";
  /** @type {(() => void)[]} what is to be done once nothing is asked any more */
  #due = [];
  #does;

  /**
   * @param {{ send: (state: State, number: number) => void, settled: () => void }} does `settled`
   * is called once a question has its answer, or will have none.
   */
  constructor(does) {
    this.#does = does;
  }

  /** The state that was asked for last; null before the first. */
  get newest() {
    return this.#waiting || this.#sent;
  }

  /** Whether a newer state waits for the answer that is under way. */
  get hasNewer() {
    return this.#waiting !== null;
  }

  /**
   * Ask for a state, at once or in its turn; what was asked for last is not asked for again.
   * @param {State} state
   */
  ask(state) {
    const text = textOf(state);
    if (text === this.#last) return;
    this.#last = text;
    if (this.#underWay || this.#isHeld) this.#waiting = state;
    else this.#send(state);
  }

  /** Let what is asked wait until it is released: the page shows it by itself meanwhile. */
  hold() {
    this.#isHeld = true;
  }

  /** Ask the newest of what was held. */
  release() {
    this.#isHeld = false;
    if (!this.#underWay) this.#sendWaiting();
  }

  /**
   * Ask for the newest state with something changed in it; before the first question, nothing.
   * @param {Partial<State>} change
   */
  askWith(change) {
    if (this.newest) this.ask({ ...this.newest, ...change });
  }

  /** Send the newest state once more, without waiting for an answer. */
  askAgain() {
    const state = this.takeNewest();
    if (state) this.#send(state);
  }

  /** Return the newest state; nothing waits any more. */
  takeNewest() {
    const state = this.newest;
    this.#waiting = null;
    return state;
  }

  /** The last question has its answer, or will have none: send what waits. */
  settle() {
    this.#underWay = false;
    this.#does.settled();
    if (!this.#isHeld) this.#sendWaiting();
  }

  /** Wait for no answer any more: the newest state is asked for at the next change. */
  giveUp() {
    this.#underWay = false;
    this.#sent = this.takeNewest();
    this.#doDue();
  }

  /**
   * Call a function once the newest state has its answer: at once if nothing is under way.
   * @param {() => void} does
   */
  whenAnswered(does) {
    this.#due.push(does);
    if (!this.#underWay && !this.#isHeld) this.#doDue();
  }

  /**
   * Take a state for answered that nobody has asked for, and return true; false, and nothing
   * changes, while an answer is under way.
   * @param {State} state
   */
  adopt(state) {
    if (this.#underWay) return false;
    this.#sent = state;
    this.#last = textOf(state);
    return true;
  }

  /** Let the state that was asked for last be asked for again. */
  forget() {
    this.#last = "";
  }

  #sendWaiting() {
    const next = this.#waiting;
    this.#waiting = null;
    if (next) this.#send(next);
    else this.#doDue();
  }

  #doDue() {
    for (const does of this.#due.splice(0)) does();
  }

  /** @param {State} state */
  #send(state) {
    this.number += 1;
    this.#sent = state;
    this.#underWay = true;
    this.#does.send(state, this.number);
  }
}
