import assert from "node:assert/strict";
import { test } from "node:test";
import { gatheringStores } from "../../assets/scripts/notices.mjs";

/** Return a store whose listeners are told by `tell`, put where it is gathered. */
function gathered() {
  /** @type {(() => void)[]} */
  const listeners = [];
  /** @type {(() => void)[]} */
  const due = [];
  const hand = { isAt: false };
  const stores = gatheringStores(
    (then) => due.push(then),
    () => hand.isAt,
  );
  const store = {
    subscribe: (/** @type {() => void} */ listener) => {
      listeners.push(listener);
      return () => listeners.splice(listeners.indexOf(listener), 1);
    },
  };
  const heard = { before: 0, after: 0 };
  store.subscribe(() => {
    heard.before += 1;
  });
  assert.equal(stores.push(store), 1);
  const leave = store.subscribe(() => {
    heard.after += 1;
  });
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const endTask = () => {
    for (const then of due.splice(0)) then();
  };
  return { stores, store, heard, hand, leave, tell, endTask };
}

test("what changes in a task is told once, when it is over", () => {
  const { stores, store, heard, tell, endTask } = gathered();
  assert.equal(stores[0], store);
  tell();
  tell();
  tell();
  assert.deepEqual(heard, { before: 3, after: 0 });
  endTask();
  assert.deepEqual(heard, { before: 3, after: 1 });
  endTask();
  assert.equal(heard.after, 1);
  tell();
  endTask();
  assert.deepEqual(heard, { before: 4, after: 2 });
});

test("what a hand changes is told at once", () => {
  const { heard, hand, tell, endTask } = gathered();
  hand.isAt = true;
  tell();
  assert.equal(heard.after, 1);
  hand.isAt = false;
  tell();
  assert.equal(heard.after, 1);
  endTask();
  assert.equal(heard.after, 2);
});

test("who has left hears nothing any more", () => {
  const { heard, leave, tell, endTask } = gathered();
  leave();
  tell();
  endTask();
  assert.deepEqual(heard, { before: 1, after: 0 });
});
