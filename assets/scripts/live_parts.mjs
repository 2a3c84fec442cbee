// The parts of a live index as they come: each is whole before the next one, wherever the stream of
// its bytes is cut.

import { crc32 } from "./checksum.mjs";

const CHECKED_FROM = 4; // bytes; before it stands their sum
const HEADER_FROM = 8; // before it stands its length
const WIDTH = 8; // each array begins at a multiple of so many bytes

/** @type {Record<string, new (buffer: ArrayBuffer, at: number, length: number) => ArrayLike<number>>} */
const KINDS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f8: Float64Array };

/** @typedef {import("./live_index.mjs").Header} Header */

/**
 * A part of an index: its header, and its arrays as they lie in its bytes.
 * @typedef {{ header: Header, arrays: Map<string, ArrayLike<number>> }} Part
 */

/**
 * Yield the bytes of each part of a stream as soon as all of them are here; of one that is cut what
 * there is: its sum tells that. Errors: that of the stream.
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<ArrayBuffer>}
 */
export async function* partsOf(stream) {
  const reader = stream.getReader();
  let rest = new Uint8Array();
  let size = null;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      rest = joined(rest, value);
      size ??= sizeOf(rest);
      while (size !== null && rest.length >= size) {
        const part = rest.slice(0, size);
        rest = rest.slice(size);
        size = sizeOf(rest);
        yield part.buffer;
      }
    }
    if (rest.length) yield rest.buffer;
  } finally {
    reader.cancel().catch(() => {}); // nobody reads on
  }
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function joined(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/**
 * Return how many bytes a part has that begins so; null where its header is not whole. Of what is
 * damaged all is one part.
 * @param {Uint8Array} bytes
 */
function sizeOf(bytes) {
  try {
    const read = headerOf(bytes);
    if (!read) return null;
    const ends = Object.values(read.header.arrays).map(
      ({ type, shape, at }) => at + shape.reduce((product, one) => product * one, Number(type[1])),
    );
    return read.begin + Math.ceil(Math.max(0, ...ends) / WIDTH) * WIDTH;
  } catch {
    return Infinity;
  }
}

/**
 * Return the header with which a part begins, and where its first array does; null where it is not
 * whole. Errors: where it is none.
 * @param {Uint8Array} bytes
 * @returns {{ header: Header, begin: number } | null}
 */
function headerOf({ buffer, byteOffset, length }) {
  if (length < HEADER_FROM) return null;
  const begin = HEADER_FROM + new DataView(buffer, byteOffset).getUint32(CHECKED_FROM, true);
  if (length < begin) return null;
  const text = new Uint8Array(buffer, byteOffset + HEADER_FROM, begin - HEADER_FROM);
  return { header: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text)), begin };
}

/**
 * Return a part of an index. Errors: where it is damaged.
 * @param {ArrayBuffer} buffer
 * @returns {Part}
 */
export function unpacked(buffer) {
  const sum = new DataView(buffer).getUint32(0, true);
  const read = headerOf(new Uint8Array(buffer));
  if (!read || sum !== crc32(new Uint8Array(buffer, CHECKED_FROM))) throw new Error("damaged");
  const { header, begin } = read;
  const arrays = Object.entries(header.arrays).map(([name, { type, shape, at }]) => {
    const length = shape.reduce((product, one) => product * one, 1);
    return /** @type {const} */ ([name, new KINDS[type](buffer, begin + at, length)]);
  });
  return { header, arrays: new Map(arrays) };
}
