import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { keyOf, LiveIndexes } from "../../assets/scripts/live_indexes.mjs";

const STATE = {
  facets: { colour: ["red"] },
  ranges: { height: [1, 2], width: [null, 3] },
  texts: {},
  times: { day: ["2013", ""] },
  parts: {},
  others: {},
  search: "",
  sort: [],
  page: 0,
  per_page: 10,
  by: null,
  axes: [],
  choices: { _view: "overview" },
  log: [],
  columns: {},
  theme: "light",
  narrow: false,
  open: [],
};
const key = (change = {}, column = "height") => keyOf({ ...STATE, ...change }, column);

test("an index holds as long as only the bounds of its own column change, and the page", () => {
  assert.equal(key({ ranges: { ...STATE.ranges, height: [2, 2] } }), key());
  assert.equal(key({ page: 3, per_page: 25, sort: [{ column_id: "a" }] }), key());
  assert.equal(key({ theme: "dark", open: ["means"] }), key());
  assert.equal(key({ times: { day: ["", "2014"] } }, "day"), key({}, "day"));
  for (const change of [
    { ranges: { ...STATE.ranges, width: [null, 2] } },
    { times: { day: ["2014", ""] } },
    { facets: {} },
    { search: "a" },
    { log: ["height"] },
    { by: "colour" },
    { axes: ["width", "height"] },
    { narrow: true },
    { choices: { _view: "table" } },
    { others: { width: ["~missing"] } },
  ]) {
    assert.notEqual(key(change), key(), JSON.stringify(change));
  }
  assert.notEqual(key({}, "day"), key());
});

test("an index is expected for 100 ms after it was asked, of its own column", async (t) => {
  let now = 7000;
  t.mock.method(performance, "now", () => now);
  /** @type {(answer: object) => void} */
  let answer = () => {};
  const before = globalThis.fetch;
  globalThis.fetch = /** @type {any} */ (() => new Promise((come) => (answer = come)));
  const indexes = new LiveIndexes(/** @type {any} */ ({ newest: STATE }), () => {});
  assert.equal(indexes.isExpected("height"), false);
  indexes.want("height");
  assert.deepEqual([indexes.isExpected("height"), indexes.isExpected("width")], [true, false]);
  now = 7099;
  assert.equal(indexes.isExpected("height"), true);
  now = 7100;
  assert.equal(indexes.isExpected("height"), false);
  now = 7000;
  answer({ ok: false });
  await new Promise((done) => setTimeout(done));
  assert.equal(indexes.isExpected("height"), false);
  globalThis.fetch = before;
});

test("an index that did not come is asked again, one that cannot be is not", async () => {
  const cannotBe = new Response(new ArrayBuffer(8));
  const answers = [{ ok: false }, null, cannotBe];
  let asked = 0;
  const before = globalThis.fetch;
  globalThis.fetch = /** @type {any} */ (
    async () => {
      asked += 1;
      const answer = answers.shift();
      if (!answer) throw new TypeError("no connection");
      return answer;
    }
  );
  const indexes = new LiveIndexes(/** @type {any} */ ({ newest: STATE }), () => {});
  for (const times of [1, 2, 3, 3]) {
    indexes.want("height");
    await new Promise((done) => setTimeout(done));
    assert.deepEqual([asked, indexes.of("height")], [times, null]);
  }
  globalThis.fetch = before;
});

/** @param {string} name */
const written = (name) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const settled = () => new Promise((done) => setTimeout(done));

/**
 * Ask for an index of the table "pots" of which the first part has come, and say how what follows does.
 * @param {(indexes: LiveIndexes, stream: ReadableStreamDefaultController<Uint8Array>, state: { came: number }) => Promise<void>} does
 */
async function withItsFirstPart(does) {
  const before = globalThis.fetch;
  /** @type {ReadableStreamDefaultController<Uint8Array>} */
  let stream;
  const start = (controller) => {
    stream = controller;
  };
  globalThis.fetch = /** @type {any} */ (async () => new Response(new ReadableStream({ start })));
  const told = { came: 0 };
  const came = () => {
    told.came += 1;
  };
  const indexes = new LiveIndexes(/** @type {any} */ ({ newest: STATE }), came);
  indexes.want("height");
  await settled();
  stream.enqueue(written("live_index.first.arrays"));
  await settled();
  await does(indexes, stream, told);
  globalThis.fetch = before;
}

test("the first part of an index is here while the rest is on its way, which joins in", () =>
  withItsFirstPart(async (indexes, stream, told) => {
    const index = indexes.of("height");
    assert.deepEqual([index.isWhole, indexes.isComing(index), told.came], [false, true, 1]);
    stream.enqueue(written("live_index.rest.arrays"));
    await settled();
    const whole = indexes.of("height");
    assert.deepEqual([whole.isWhole, indexes.isComing(whole), told.came], [true, false, 2]);
    assert.deepEqual(whole.measures, ["height", "width"]);
  }));

test("a rest is awaited for a second after the first part", (t) => {
  let now = 7000;
  t.mock.method(performance, "now", () => now);
  return withItsFirstPart(async (indexes) => {
    const index = indexes.of("height");
    now = 7999;
    assert.equal(indexes.isComing(index), true);
    now = 8000;
    assert.equal(indexes.isComing(index), false);
  });
});

for (const [how, end] of Object.entries({
  "that breaks": (stream) => stream.error(new TypeError("broken")),
  "that ends": (stream) => stream.close(),
  "that is damaged": (stream) => {
    stream.enqueue(written("live_index.rest.arrays").fill(1, 40, 50));
    stream.close();
  },
})) {
  test(`of an index ${how} the first part stays`, () =>
    withItsFirstPart(async (indexes, stream, told) => {
      const index = indexes.of("height");
      end(stream);
      await settled();
      assert.equal(indexes.of("height"), index);
      assert.deepEqual([index.isWhole, indexes.isComing(index), told.came], [false, false, 2]);
    }));
}

test("of a table that was replaced meanwhile the rest is not taken", () =>
  withItsFirstPart(async (indexes, stream) => {
    indexes.under("other", null);
    assert.equal(indexes.of("height"), null);
    stream.enqueue(written("live_index.rest.arrays"));
    await settled();
    assert.equal(indexes.of("height"), null);
    // Nor does it say that there is none.
    let asked = 0;
    globalThis.fetch = /** @type {any} */ (
      async () => {
        asked += 1;
        return { ok: false };
      }
    );
    indexes.want("height");
    await settled();
    assert.equal(asked, 1);
  }));
