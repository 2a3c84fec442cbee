// The parts of a live index as they come: each is whole before the next one, wherever the stream of
// its bytes is cut.

import { sizeOf } from "./live_index.mjs";

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
