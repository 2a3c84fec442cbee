// When Dash's components hear that its state has changed: once for all changes of a task, not at each.
//
// A question and its answer change the state a hundred times and more; each time every component of the
// page would look whether the change is one of its own.

/** @typedef {{ subscribe: (listener: () => void) => () => void }} Store Dash's, which is Redux's */

/**
 * Return a list of stores that gathers what is told of each that is put into it. Dash's callbacks, which
 * follow each change at once, listen before a store is put there; what draws listens later.
 * @param {(then: () => void) => void} afterTask calls a function once the running task is over
 * @param {() => boolean} isAtHand whether a hand's event is being answered: a box that is typed in
 *   must show its text before that is over, or it would lose its caret
 * @returns {Store[]}
 */
export function gatheringStores(afterTask, isAtHand) {
  const stores = /** @type {Store[]} */ ([]);
  stores.push = (store) => {
    const subscribe = store.subscribe.bind(store);
    store.subscribe = (listener) => subscribe(gathered(listener, afterTask, isAtHand));
    return Array.prototype.push.call(stores, store);
  };
  return stores;
}

/**
 * Return a listener that is called once for all that is told in a task.
 * @param {() => void} listener
 * @param {(then: () => void) => void} afterTask
 * @param {() => boolean} isAtHand
 */
function gathered(listener, afterTask, isAtHand) {
  let isDue = false;
  return () => {
    if (isAtHand()) {
      listener();
      return;
    }
    if (isDue) return;
    isDue = true;
    afterTask(() => {
      isDue = false;
      listener();
    });
  };
}
