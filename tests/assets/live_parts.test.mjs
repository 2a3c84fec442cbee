// Of parts that Python wrote: tests/dashboard/test_live_answer.py, which has the tables.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LiveIndex } from "../../assets/scripts/live_index.mjs";
import { partsOf } from "../../assets/scripts/live_parts.mjs";

/** @param {string} name */
const written = (name) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const first = written("live_index.first.arrays");
const rest = written("live_index.rest.arrays");
const whole = written("live_index.arrays");
const both = Buffer.concat([first, rest]);

/**
 * @param {Uint8Array[]} pieces
 * @param {Error} [error] with which the stream breaks
 */
const streamed = (pieces, error) =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      if (error) setTimeout(() => controller.error(error));
      else controller.close();
    },
  });

/** @param {ReadableStream<Uint8Array>} stream */
async function read(stream) {
  const parts = [];
  for await (const part of partsOf(stream)) parts.push(Buffer.from(part));
  return parts;
}

test("parts are whole wherever the stream is cut", async () => {
  for (let at = 0; at <= both.length; at += 1) {
    const parts = await read(streamed([both.subarray(0, at), both.subarray(at)]));
    assert.deepEqual(parts, [Buffer.from(first), Buffer.from(rest)], `cut at ${at}`);
  }
  const bytes = Array.from(both, (_, at) => both.subarray(at, at + 1));
  assert.deepEqual(await read(streamed(bytes)), [Buffer.from(first), Buffer.from(rest)]);
  assert.deepEqual(await read(streamed([whole])), [Buffer.from(whole)]);
  assert.deepEqual(await read(streamed([])), []);
});

test("the first part is here before the rest has come", async () => {
  /** @type {ReadableStreamDefaultController<Uint8Array>} */
  let stream;
  const start = (controller) => {
    stream = controller;
  };
  const parts = partsOf(new ReadableStream({ start }));
  stream.enqueue(both.subarray(0, first.length + 9));
  const { value } = await parts.next();
  const index = LiveIndex.read(value);
  assert.equal(index.isWhole, false);
  const span = index.span([2, 3]);
  assert.equal(index.count(span), 3);
  assert.deepEqual([...index.values("colour", span)], [2, 1, 0]);
  assert.deepEqual([index.measures, index.axes, index.plane, index.trend], [[], null, null, null]);
  stream.enqueue(both.subarray(first.length + 9));
  stream.close();
  const joined = index.with((await parts.next()).value);
  const made = LiveIndex.read(
    whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length),
  );
  assert.equal(joined.isWhole && made.isWhole, true);
  assert.deepEqual(joined.means("width", span), made.means("width", span));
  assert.deepEqual(joined.points(span), made.points(span));
  assert.deepEqual(joined.bars("width", span), made.bars("width", span));
  assert.equal((await parts.next()).done, true);
});

test("of a stream that breaks there are the parts before", async () => {
  const parts = partsOf(streamed([both.subarray(0, both.length - 1)], new TypeError("broken")));
  assert.equal((await parts.next()).value.byteLength, first.length);
  await assert.rejects(parts.next(), /broken/);
});

test("of what is cut or tampered with there is no index, and no rest", async () => {
  for (const length of [1, 7, 8, 40, first.length - 1, first.length + 1, both.length - 1]) {
    const [one, other, ...more] = await read(streamed([both.subarray(0, length)]));
    const index = LiveIndex.read(new Uint8Array(one).buffer);
    assert.equal(index !== null, length >= first.length, `${length} bytes`);
    if (index) assert.equal(index.with(new Uint8Array(other).buffer), null);
    assert.deepEqual(more, []);
  }
  const index = () => LiveIndex.read(new Uint8Array(first).buffer);
  for (let at = 0; at < rest.length; at += 5) {
    const tampered = new Uint8Array(rest);
    tampered[at] ^= 1;
    assert.equal(index().with(tampered.buffer), null, `byte ${at}`);
  }
  for (let at = 0; at < both.length; at += 3) {
    const tampered = new Uint8Array(both);
    tampered[at] ^= 1;
    const [one] = await read(streamed([tampered]));
    const isFirst = at < first.length;
    assert.equal(LiveIndex.read(new Uint8Array(one).buffer) === null, isFirst, `byte ${at}`);
  }
});
