import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Asking, textOf } from "../../assets/scripts/asking.mjs";

let sent = [];
let settled = 0;
let asking;

beforeEach(() => {
  sent = [];
  settled = 0;
  asking = new Asking({
    send: (state, number) => sent.push([number, state.page]),
    settled: () => {
      settled += 1;
    },
  });
});

const ask = (...pages) => {
  for (const page of pages) asking.ask({ page });
};

test("the first state is sent at once", () => {
  assert.equal(asking.newest, null);
  ask(1);
  assert.deepEqual(sent, [[1, 1]]);
  assert.deepEqual(asking.newest, { page: 1 });
});

test("of those that come while an answer is under way the newest is sent after it", () => {
  ask(1, 2, 3);
  assert.deepEqual(sent, [[1, 1]]);
  assert.equal(asking.hasNewer, true);
  assert.deepEqual(asking.newest, { page: 3 });
  asking.settle();
  assert.deepEqual(sent, [
    [1, 1],
    [2, 3],
  ]);
  assert.equal(asking.hasNewer, false);
  assert.equal(asking.number, 2);
});

test("once it is answered the next is sent at once", () => {
  ask(1);
  asking.settle();
  assert.equal(settled, 1);
  ask(2);
  assert.equal(sent.length, 2);
});

test("the same state is not sent again, unless it is forgotten", () => {
  ask(1);
  asking.settle();
  ask(1);
  assert.equal(sent.length, 1);
  asking.forget();
  ask(1);
  assert.equal(sent.length, 2);
});

test("a state that comes back while another waits does not wait for nothing", () => {
  ask(1, 2, 1);
  asking.settle();
  assert.deepEqual(sent, [
    [1, 1],
    [2, 1],
  ]);
});

test("asking again sends the newest, though no answer has come", () => {
  asking.askAgain();
  assert.deepEqual(sent, []);
  ask(1, 2);
  asking.askAgain();
  assert.deepEqual(sent, [
    [1, 1],
    [2, 2],
  ]);
  assert.equal(asking.hasNewer, false);
});

test("what is given up is asked for at the next change", () => {
  ask(1, 2);
  asking.giveUp();
  assert.equal(sent.length, 1);
  assert.equal(asking.hasNewer, false);
  assert.deepEqual(asking.newest, { page: 2 });
  ask(3);
  assert.deepEqual(sent.at(-1), [2, 3]);
});

test("what waits for the newest state's answer is done after it, once", () => {
  const done = [];
  asking.whenAnswered(() => done.push("at rest"));
  assert.deepEqual(done, ["at rest"]);
  ask(1, 2);
  asking.whenAnswered(() => done.push(asking.number));
  asking.settle();
  assert.deepEqual(done, ["at rest"]);
  asking.settle();
  assert.deepEqual(done, ["at rest", 2]);
  ask(3);
  asking.whenAnswered(() => done.push("given up"));
  asking.giveUp();
  ask(4);
  asking.settle();
  assert.deepEqual(done, ["at rest", 2, "given up"]);
});

test("a change of one thing is asked for with all else as it is, once there is something", () => {
  asking.askWith({ theme: "dark" });
  assert.deepEqual(sent, []);
  ask(1, 2);
  asking.askWith({ theme: "dark" });
  assert.deepEqual(asking.newest, { page: 2, theme: "dark" });
});

test("what an address has opened is not asked for, and whatever is next is", () => {
  assert.equal(asking.adopt({ page: 1, by: null }), true);
  assert.deepEqual(asking.newest, { page: 1, by: null });
  asking.ask({ by: null, page: 1 });
  assert.deepEqual(sent, []);
  ask(2);
  assert.deepEqual(sent, [[1, 2]]);
});

test("nothing is taken for answered while an answer is under way", () => {
  ask(1);
  assert.equal(asking.adopt({ page: 2 }), false);
  ask(2);
  asking.settle();
  assert.deepEqual(sent, [
    [1, 1],
    [2, 2],
  ]);
});

test("values are equal whichever way their keys were written, lists only in order", () => {
  assert.equal(textOf({ a: { c: 1, b: [2, null] } }), textOf({ a: { b: [2, null], c: 1 } }));
  assert.notEqual(textOf({ a: [1, 2] }), textOf({ a: [2, 1] }));
  assert.notEqual(textOf({ a: {} }), textOf({ a: null }));
  assert.equal(textOf({ a: 5.0 }), '{"a":5}');
});

test("what is held is asked once it is released, the newest alone", () => {
  asking.hold();
  ask(1, 2, 3);
  assert.deepEqual(sent, []);
  assert.deepEqual(asking.newest, { page: 3 });
  asking.release();
  assert.deepEqual(sent, [[1, 3]]);
  // An answer that comes meanwhile lets nothing go.
  asking.hold();
  ask(4);
  asking.settle();
  assert.deepEqual(sent, [[1, 3]]);
  let answered = 0;
  asking.whenAnswered(() => {
    answered += 1;
  });
  assert.equal(answered, 0);
  asking.release();
  assert.deepEqual(sent.at(-1), [2, 4]);
  asking.settle();
  assert.equal(answered, 1);
});

test("a release waits for the answer that is under way", () => {
  ask(1);
  asking.hold();
  ask(2);
  asking.release();
  assert.equal(sent.length, 1);
  asking.settle();
  assert.deepEqual(sent.at(-1), [2, 2]);
});
